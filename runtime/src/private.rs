//! Everything generated code may name. Not part of the public interface: it changes with the generator.

/// In edition 2015, code can name it only where the crate root says so.
pub use ::core;

pub use crate::__shape as shape;
pub use crate::codec::Codec;
pub use crate::evicted::Evicted;
pub use crate::function::{Function, Refresh};
pub use crate::key::{Key, KeyPart, KeyParts, Tags};
pub use crate::memo::Memo;
pub use crate::own::{GivesUp, Kept, Own, Ownable, keep, timed_out};
pub use crate::shape::{
    Flat, OptionOf, Plain, Probe, ResultOf, ResultOfOption, Returns, Shape, ViaClone, ViaCopy,
    ViaOption, ViaPlain, ViaResult, ViaResultOfOption,
};
pub use crate::stored::Stored;
pub use crate::tag::{Tag, tag};
pub use crate::version::Version;

mod late;
#[cfg(test)]
mod tests;

pub use self::late::Late;

/// Number of the contract between generated code and this crate. Bump it whenever code that was generated before would
/// not compile, or would mean something else.
pub const CONTRACT: u32 = 5;

/// Checks, while the user's crate compiles, that its code was generated for this contract.
///
/// # Panics
///
/// If it was not; in const evaluation, so that it is a compile error.
pub const fn assert_contract(expected: u32) {
    assert!(
        expected == CONTRACT,
        "selfsame and selfsame-build do not fit together: use the same version of both in Cargo.toml"
    );
}

/// Checks, while the user's crate compiles, that the build script has generated something this time, and there:
/// `generated` is the `OUT_DIR` it had then. A process that cargo runs for another package has a variable of that one.
///
/// # Panics
///
/// If it has not; in const evaluation, so that it is a compile error.
pub const fn assert_generated(generated: Option<&str>, out_dir: &str) {
    let is_generated = match generated {
        Some(generated) => same(generated.as_bytes(), out_dir.as_bytes()),
        None => false,
    };
    assert!(
        is_generated,
        "the build script did not generate this module: call `selfsame_build::generate()` in build.rs, and return its \
         error"
    );
}

/// Checks, while the user's crate compiles, that the included file was generated for the target that includes it.
///
/// # Panics
///
/// If it was not; in const evaluation, so that it is a compile error.
pub const fn assert_target(
    generated_for: &str,
    for_binary: bool,
    compiling: &str,
    compiling_binary: bool,
) {
    assert!(
        same(generated_for.as_bytes(), compiling.as_bytes()) && for_binary == compiling_binary,
        "this code was generated for another target of the package: in a further binary, write \
         `selfsame::include_generated!(bin = \"its name\")`"
    );
}

/// `==` of text, which const evaluation does not have yet.
const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}
