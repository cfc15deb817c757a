//! Names of the function's module, in the generated one.

use super::*;

#[test]
fn imports_renames_and_own_items_are_brought_along() {
    let text = generated(
        "pub mod users {
                use std::io as stdio;
                use super::db::{Db as Handle, Row};
                pub struct Id(pub u64);
                /// @cache(skip(_db))
                pub fn row(_db: &Handle, id: Id) -> stdio::Result<Row> { todo!() }
            }
            mod db { pub struct Db; pub struct Row; }",
    );
    has(
        &text,
        "use super::{__FUNCTIONS, __LATE, __selfsame};
             use ::std::io as stdio;
             use crate::db::Db as Handle;
             use crate::db::Row;
             use crate::users::Id;",
    );
    has(
        &text,
        "pub fn cached_row(db: &Handle, id: Id) -> stdio::Result<Row> {",
    );
    has(&text, "move || crate::users::row(db, id)");
}

#[test]
fn relative_paths_become_absolute_and_reexports_are_followed() {
    let text = generated(
        "pub mod a { pub mod b {
                /// @cache
                pub fn f(x: super::X, y: self::Y, z: crate::hidden::Z, v: X2) -> u8 { 0 }
                pub struct Y;
                use super::X as X2;
            } pub struct X; }
            mod hidden { mod deep { pub struct Z; } pub use deep::Z; }",
    );
    has(
        &text,
        "x: crate::a::X, y: crate::a::b::Y, z: crate::hidden::Z, v: X2,",
    );
    has(&text, "use crate::a::X as X2;");
}

#[test]
fn crates_are_named_absolutely_and_the_prelude_not_at_all() {
    let text = generated(
        "/// @cache\npub fn f(x: std::net::IpAddr, y: Vec<String>) -> Option<u8> { None }",
    );
    has(&text, "x: ::std::net::IpAddr, y: Vec<String>");
    lacks(&text, "use ::std");
}

#[test]
fn a_name_that_is_taken_is_imported_under_another() {
    let text = generated(
        "pub mod users { pub mod get { /// @cache\npub fn x() {} }
                use super::other::get;
                /// @cache(key(get::A, cached_f()))
                pub fn f(a: u8) -> u8 { a }
                use super::other::cached_f; }
            mod other { pub mod get { pub const A: u8 = 1; } pub fn cached_f() -> u8 { 1 } }",
    );
    has(&text, "use crate::other::cached_f as cached_f_;");
    has(
        &text,
        "parts.part(&crate::other::get::A); parts.part(&cached_f_());",
    );
}

#[test]
fn twins_keep_their_conditions() {
    let text = generated(
        "pub mod m {
                #[cfg(unix)] use super::a::T;
                #[cfg(not(unix))] use super::b::T;
                /// @cache
                #[cfg(fast)]
                pub fn f(t: T) {}
            }
            mod a { pub struct T; } mod b { pub struct T; }",
    );
    has(
        &text,
        "#[cfg(unix)] use crate::a::T; #[cfg(not(unix))] use crate::b::T;",
    );
    has(&text, "#[cfg(fast)] pub fn cached_f(t: T)");
    has(
        &text,
        "#[cfg(fast)] __selfsame::Function::new( \"app::m::f\"",
    );
}

#[test]
fn globs_of_other_crates_come_along_where_a_name_may_be_theirs() {
    let text = generated(
        "pub mod m { use serde_json::*; /// @cache\npub fn f(x: Value) -> u8 { 0 } }\n/// @cache\npub fn g(x: u8) {}",
    );
    has(
        &text,
        "#[allow(clippy::wildcard_imports)] use ::serde_json::*;",
    );
    assert_eq!(text.matches("serde_json").count(), 1);
}

#[test]
fn method_calls_bring_traits_under_no_name() {
    let text = generated(
        "pub mod m {
                use super::t::Shown;
                use std::fmt::Debug;
                trait Own {}
                pub(crate) trait Wide {}
                /// @cache(key(x.shown()))
                pub fn f(x: &str) {}
            }
            mod t { pub trait Shown {} }",
    );
    has(
        &text,
        "use ::std::fmt::Debug as _; use crate::m::Wide as _; use crate::t::Shown as _;",
    );
    lacks(&text, "Own as _");
}

#[test]
fn what_can_not_be_named_is_reported_with_both_edits() {
    let files = one_file(
        "mod users {
    struct Secret;
    /// @cache(key(x.0, hidden(x)))
    pub fn f(x: &Secret) -> Unheard { todo!() }
    fn hidden(x: &Secret) -> u8 { 0 }
}",
    );
    assert_eq!(
        problems_of(&files.report),
        [
            "unreachable-name]: the generated module can't use `hidden`: no path from the crate root leads to it @src/lib.rs:3:25",
            "unreachable-name]: the generated module can't use `Secret`: no path from the crate root leads to it @src/lib.rs:4:18",
            "unreachable-name]: nothing in sight defines `Unheard`; it may be the product of a macro @src/lib.rs:4:29",
        ]
    );
    has(
        &files.report,
        "help: make it `pub(crate)`, or put `selfsame::include_generated!(mod users);` into module `users`, which places its wrappers there",
    );
}

#[test]
fn a_local_macro_in_a_key_is_reported() {
    let problems = problems(
        "mod m { macro_rules! up { ($x:expr) => { $x } }\n/// @cache(key(up!(x)))\npub fn f(x: u8) {} }",
    );
    assert_eq!(
        problems,
        [
            "unreachable-name]: the generated module can't use the macro `up!`, which is known by its place in the text only @src/lib.rs:2:16"
        ]
    );
}
