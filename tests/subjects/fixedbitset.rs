//! Ways into `fixedbitset`: bits, ranges, iterators, and operators on sets.

use fixedbitset::FixedBitSet;

/// The multiples of a number below 200.
fn multiples(number: usize) -> FixedBitSet {
    let mut set = FixedBitSet::with_capacity(200);
    for bit in (0..200).step_by(number) {
        set.insert(bit);
    }
    set
}

/// @cache
pub fn collected(number: usize) -> Vec<usize> {
    multiples(number).ones().collect()
}

/// @cache
pub fn backwards(number: usize) -> Vec<usize> {
    multiples(number).into_ones().rev().collect()
}

/// @cache
pub fn gaps(number: usize) -> Vec<usize> {
    multiples(number).zeroes().take(20).collect()
}

/// @cache
pub fn both(number: usize) -> Vec<usize> {
    (&multiples(number) & &multiples(6)).ones().collect()
}

/// @cache
pub fn either(number: usize) -> usize {
    multiples(number).union(&multiples(6)).count()
}

/// @cache
pub fn only_one(number: usize) -> usize {
    let mut set = multiples(number);
    set ^= &multiples(6);
    set.count_ones(..)
}

/// @cache
pub fn without(number: usize) -> Vec<usize> {
    multiples(number).difference(&multiples(6)).rev().take(9).collect()
}

/// @cache
pub fn ranges(number: usize) -> (usize, usize, bool) {
    let mut set = multiples(number);
    set.toggle_range(3..70);
    set.remove_range(100..);
    (set.count_ones(..90), set.count_zeroes(40..120), set.contains_any_in_range(95..130))
}

/// @cache
pub fn ends(number: usize) -> (Option<usize>, Option<usize>) {
    let set = multiples(number);
    (set.minimum(), set.maximum())
}

/// @cache
pub fn grown(number: usize) -> (usize, bool) {
    let mut set = FixedBitSet::with_capacity(number);
    set.grow_and_insert(number * 70);
    (set.len(), set.contains(number * 70))
}

/// @cache
pub fn shown(number: usize) -> String {
    format!("{:#b}", multiples(number))
}

/// @cache
pub fn ordered(number: usize) -> (bool, bool, bool) {
    let (one, other) = (multiples(number), multiples(2));
    (one < other, one == other.clone(), one.is_subset(&other))
}

/// @cache
pub fn copied(number: usize) -> (bool, bool, bool) {
    let mut set = multiples(number);
    set.copy_bit(0, 5);
    set.set(8, number == 3);
    (set[5], set.put(8), set[9])
}

const NUMBERS: &[usize] = &[1, 2, 3, 4, 6, 7, 64, 130];

fn main() {
    table::print(&[
        ("collected", &|| table::of(NUMBERS, |number| collected(*number))),
        ("backwards", &|| table::of(NUMBERS, |number| backwards(*number))),
        ("gaps", &|| table::of(NUMBERS, |number| gaps(*number))),
        ("both", &|| table::of(NUMBERS, |number| both(*number))),
        ("either", &|| table::of(NUMBERS, |number| either(*number))),
        ("only_one", &|| table::of(NUMBERS, |number| only_one(*number))),
        ("without", &|| table::of(NUMBERS, |number| without(*number))),
        ("ranges", &|| table::of(NUMBERS, |number| ranges(*number))),
        ("ends", &|| table::of(NUMBERS, |number| ends(*number))),
        ("grown", &|| table::of(NUMBERS, |number| grown(*number))),
        ("shown", &|| table::of(NUMBERS, |number| shown(*number))),
        ("ordered", &|| table::of(NUMBERS, |number| ordered(*number))),
        ("copied", &|| table::of(NUMBERS, |number| copied(*number))),
    ]);
}

mod table;
