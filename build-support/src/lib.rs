//! The build-time half of selfsame, memoization that knows when the code changed.
//!
//! One line in `build.rs` walks the crate's sources, fingerprints every function marked with `@cache` together
//! with everything it can reach, and generates a module of `*_VERSION` constants and `cached_*` wrappers that
//! `selfsame::include_generated!()` brings into the crate:
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), selfsame_build::Error> {
//!     selfsame_build::generate()
//! }
//! ```
//!
//! ```text
//! // src/lib.rs
//! selfsame::include_generated!();
//!
//! /// The price of an order.
//! ///
//! /// @cache(ttl = "5m")
//! pub fn price(order: u64) -> u64 {
//!     /* … */
//! }
//!
//! // anywhere
//! let price = crate::cached::cached_price(42);
//! ```
//!
//! # What a version is made of
//!
//! The canonical tokens of the function and of every item it can reach: by name, by path, through imports,
//! globs, macros, methods, operators and trait impls, also those that macro calls make; the imports, `mod` items
//! and traits in scope that decide what names mean; files that code includes; the packages it uses, by their
//! entries in the lock file; the compiler, its flags and the profile; and the marker's own options that change
//! what an entry answers. What only the compiler knows, such as `cfg` predicates and `env!`, it adds itself when
//! it compiles the generated constant. Comments, formatting, the order of items, documentation and lint levels
//! are not in it. A name leads to *every* definition that could be meant, so a wrong guess costs a cold start,
//! never a stale answer; where even that can't be told, the version takes in more, and the manifest says why.
//!
//! # What is generated
//!
//! ```text
//! $OUT_DIR
//! ├── selfsame.rs            the library's wrappers, or those of a package's only binary
//! ├── selfsame.json          the manifest: versions, and what each is made of, with reasons
//! ├── selfsame/users/sql.rs  of modules that include their own wrappers
//! └── selfsame-bin-NAME.rs   of a binary, with .json and folder as above
//! ```
//!
//! What was found out about each source file, and what the compiler said of itself, is kept in `target/selfsame`,
//! which all packages of a workspace share: no build script parses what another one has. It is never watched and may
//! be deleted at any time.
//!
//! # How it works
//!
//! Six stages, each from plain data to plain data, in `pipeline`:
//! sources → index → graph → fingerprint → plan → emit. Problems are gathered and reported together, each with
//! its place and the edit that solves it.

mod analysis;
mod cargo;
mod config;
mod depends;
mod diagnostic;
mod emit;
mod error;
mod fingerprint;
mod graph;
mod hash;
mod hints;
mod index;
mod inputs;
mod manifest;
mod marker;
mod material;
mod output;
mod pipeline;
mod plan;
mod source;
mod unique;

/// For fuzz targets only.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn read_any_marker(bytes: &[u8]) {
    marker::bare::read_any(bytes);
}

#[doc(hidden)]
pub mod tool;

pub use config::Config;
#[doc(hidden)]
pub use diagnostic::diagnostic_codes;
pub use error::{Error, ErrorKind};

/// Generates the wrappers of every target of the package: [`Config::generate`] with all defaults.
///
/// # Errors
///
/// As [`Config::generate`].
pub fn generate() -> Result<(), Error> {
    Config::new().generate()
}
