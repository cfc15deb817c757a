//! Ways into `num-traits`: traits that macros implement for every number.

use num_traits::{
    AsPrimitive, Bounded, CheckedMul, Euclid, FromBytes, FromPrimitive, Inv, MulAdd, Num, NumCast, One, Pow, PrimInt,
    Saturating, Signed, ToPrimitive, WrappingAdd, WrappingNeg, Zero,
};

/// @cache
pub fn bounds(number: u8) -> (u8, i64) {
    (u8::max_value() - number, <i64 as Bounded>::min_value())
}

/// @cache
pub fn narrowed(number: i64) -> (Option<u8>, Option<i16>) {
    (number.to_u8(), <i16 as NumCast>::from(number))
}

/// @cache
pub fn from_float(number: f64) -> (Option<u32>, Option<i8>) {
    (u32::from_f64(number), i8::from_f64(number))
}

/// @cache
pub fn cast(number: i64) -> (u8, f32) {
    (number.as_(), number.as_())
}

/// @cache
pub fn product(number: i64) -> Option<i64> {
    CheckedMul::checked_mul(&number, &3_000_000_000_000_000_000)
}

/// @cache
pub fn remainder(number: i64) -> (i64, i64) {
    (Euclid::div_euclid(&number, &-7), Euclid::rem_euclid(&number, &-7))
}

/// @cache
pub fn bits(number: i64) -> (u32, u32, i64) {
    (PrimInt::count_ones(number), PrimInt::leading_zeros(number), PrimInt::signed_shr(number, 3))
}

/// @cache
pub fn saturated(number: i64) -> i64 {
    Saturating::saturating_add(number, i64::MAX - 5)
}

/// @cache
pub fn wrapped(number: i64) -> (i64, i64) {
    (WrappingAdd::wrapping_add(&number, &i64::MAX), WrappingNeg::wrapping_neg(&number))
}

/// @cache
pub fn sign(number: i64) -> (i64, i64, bool) {
    (number.signum(), Signed::abs_sub(&number, &3), Signed::is_negative(&number))
}

/// @cache
pub fn power(number: u32) -> (u64, Option<u64>) {
    (Pow::pow(3u64, number), num_traits::checked_pow(7u64, number as usize))
}

/// @cache
pub fn clamped(number: i64) -> i64 {
    num_traits::clamp(number, -5, 90)
}

/// @cache
pub fn identities(number: i64) -> (i64, bool, bool) {
    (i64::one() + i64::zero(), number.is_zero(), number.is_one())
}

/// @cache
pub fn radix(text: &str) -> (Option<i32>, Option<f64>) {
    (i32::from_str_radix(text, 7).ok(), f64::from_str_radix(text, 10).ok())
}

/// @cache
pub fn swapped(number: u32) -> u32 {
    FromBytes::from_be_bytes(&number.to_le_bytes())
}

/// @cache
pub fn fused(number: f64) -> (f64, f64) {
    (MulAdd::mul_add(number, 2.0, 0.5), Inv::inv(number))
}

const NUMBERS: &[i64] = &[0, 1, -1, 3, 99, 127, 128, -129, 70_000, i64::MAX, i64::MIN];
const FLOATS: &[f64] = &[0.0, 1.5, -1.0, 300.7, 1e300, f64::NAN, f64::NEG_INFINITY, 127.9];
const TEXTS: &[&str] = &["0", "12", "-36", "7", "1.5e3", "nan", "", "infinity", "+.5"];

fn main() {
    table::print(&[
        ("bounds", &|| table::of(&[0, 7], |number| bounds(*number))),
        ("narrowed", &|| table::of(NUMBERS, |number| narrowed(*number))),
        ("from_float", &|| table::of(FLOATS, |number| from_float(*number))),
        ("cast", &|| table::of(NUMBERS, |number| cast(*number))),
        ("product", &|| table::of(NUMBERS, |number| product(*number))),
        ("remainder", &|| table::of(NUMBERS, |number| remainder(*number))),
        ("bits", &|| table::of(NUMBERS, |number| bits(*number))),
        ("saturated", &|| table::of(NUMBERS, |number| saturated(*number))),
        ("wrapped", &|| table::of(NUMBERS, |number| wrapped(*number))),
        ("sign", &|| table::of(NUMBERS, |number| sign(*number))),
        ("power", &|| table::of(&[0, 1, 2, 19, 30], |number| power(*number))),
        ("clamped", &|| table::of(NUMBERS, |number| clamped(*number))),
        ("identities", &|| table::of(NUMBERS, |number| identities(*number))),
        ("radix", &|| table::of(TEXTS, |text| radix(text))),
        ("swapped", &|| table::of(&[0, 1, 0x0102_0304], |number| swapped(*number))),
        ("fused", &|| table::of(FLOATS, |number| fused(*number))),
    ]);
}

mod table;
