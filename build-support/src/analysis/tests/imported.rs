//! What imports bring into scope that lead to no item of ours: our macros, and through our modules to other crates.

use super::*;

/// A module that brings something, and a function that uses it. The impl's members matter where code of another crate
/// may run that calls them.
fn with(brought: &str, used: &str) -> String {
    format!(
        "//- Cargo.toml\n[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nmemchr = \"2\"\nother = \"1\"\n\
        //- src/lib.rs\n{brought}
        pub struct V(u8);
        impl Default for V {{ fn default() -> Self {{ V(41) }} }}
        /// @cache\npub fn f(v: V, n: u8) -> u8 {{ {used}; 1 }}\n"
    )
}

const MACRO: &str = "mod m { macro_rules! same { ($e:expr) => { $e } } pub(crate) use same; }";

#[test]
fn a_macro_of_ours_that_is_imported_is_no_trait() {
    for (import, used) in [
        ("use m::same;", "same!(n)"),
        ("use crate::m::same as other_name;", "other_name!(n)"),
        ("use self::m::same;", "g(v)"),
        ("", "crate::m::same!(n)"),
    ] {
        let text = with(&format!("{MACRO} {import} fn g(_: V) {{}}"), used);
        edit_stays(import, &text, "41", "42");
    }
    let exported = "mod a { #[macro_export] macro_rules! same { ($e:expr) => { $e } } }";
    for import in ["use crate::same;", "pub use same;"] {
        let text = with(&format!("{exported} {import}"), "same!(n)");
        edit_stays(import, &text, "41", "42");
    }
}

#[test]
fn a_macro_of_another_crate_may_have_the_name_of_one_of_ours() {
    for (import, used) in [
        ("use other::same;", "same!(n)"),
        ("use ::other::same;", "v.same()"),
        ("use other::macros::same as similar;", "v.similar()"),
    ] {
        edit_moves(
            import,
            &with(&format!("{MACRO} {import}"), used),
            "41",
            "42",
        );
    }
}

#[test]
fn what_comes_through_a_module_of_ours_is_of_the_crate_that_its_glob_names() {
    for (brought, used) in [
        (
            "mod net { pub use std::net::*; } use crate::net::ToSocketAddrs;",
            "v.to_socket_addrs()",
        ),
        (
            "mod net { pub use std::net::*; } use crate::net::IpAddr;",
            "let a: Option<IpAddr> = None",
        ),
        (
            "mod a { pub use std::net::*; } mod b { pub use crate::a::IpAddr; } use b::IpAddr;",
            "let a: Option<IpAddr> = None",
        ),
        (
            "mod lib { pub use core::*; pub use std::*; } use crate::lib::mem;",
            "mem::size_of::<V>()",
        ),
        (
            "mod lib { pub use memchr::*; } use crate::lib::memchr;",
            "memchr(n, &[n])",
        ),
    ] {
        edit_stays(brought, &with(brought, used), "41", "42");
        let others = [
            ("std::net::*", "other::*"),
            ("std::*", "other::*"),
            ("memchr::*", "other::*"),
        ];
        let other = others.iter().fold(brought.to_owned(), |text, (from, to)| {
            text.replace(from, to)
        });
        edit_moves(&other, &with(&other, used), "41", "42");
        let both = brought.replace("pub use ", "pub use other::*; pub use ");
        edit_moves(&both, &with(&both, used), "41", "42");
    }
}

#[test]
fn a_glob_of_a_crate_under_another_name_is_of_that_crate() {
    let text = |krate: &str| {
        with(
            &format!("mod a {{ pub use {krate}::inner; }} use a::inner::*;"),
            "g()",
        )
    };
    edit_moves("other", &text("other"), "41", "42");
    edit_stays("std", &text("std"), "41", "42");
}

#[test]
fn a_type_of_ours_in_every_build_is_of_no_glob() {
    // The glob itself stands where no code is reached.
    let text = |thing: &str| {
        let brought = format!("pub use other::*; {thing} mod user {{ use crate::Thing;");
        with(&brought, "1") + "}"
    };
    edit_stays("ours", &text("pub struct Thing;"), "41", "42");
    for thing in [
        "#[cfg(one)] pub struct Thing;",
        "#[cfg(one)] mod m { pub struct Thing; } pub use m::Thing;",
        "mod m { pub struct Thing; } #[cfg(one)] pub use m::Thing;",
        "#[allow(non_snake_case)] pub fn Thing() {}",
    ] {
        edit_moves(thing, &text(thing), "41", "42");
    }
}

#[test]
fn a_trait_of_std_is_known_through_a_module_of_ours() {
    let text = "//- src/lib.rs\nmod lib { pub use core::*; } use crate::lib::fmt;
        pub struct V(u8);
        impl fmt::Display for V { fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result { to.write_str(\"41\") } }
        /// @cache\npub fn f(v: V) -> u8 { g(&v) } fn g(_: &V) -> u8 { 1 }\n";
    edit_stays("nothing formats", text, "41", "42");
    let shown = text.replace("{ g(&v) }", "{ println!(\"{v}\"); 1 }");
    edit_moves("a format", &shown, "41", "42");
}
