//! Modules that macros make or import, so that paths lead through them; impls in places where nobody looks for any.

use super::*;

#[track_caller]
fn moves_with(items: &str, body: &str) {
    let text = format!(
        "//- Cargo.toml\n[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nother = \"1\"\n\
        //- src/lib.rs\npub struct A;\n{items}\n/// @cache\npub fn f(a: A) -> u8 {{ {body} }}"
    );
    edit_moves(&text, &text, "41", "42");
}

#[test]
fn a_path_through_a_module_that_a_macro_imports() {
    const FUNCTION: &str = "pub fn near() -> u8 { 41 }";
    const MODULE: &str = "pub mod y { pub fn near() -> u8 { 41 } }";
    const TYPE: &str = "pub struct S; impl S { pub fn near() -> u8 { 41 } }";
    const NAMED: &str = "macro_rules! m { ($n:ident) => { use crate::z as $n; } } m!(me);";
    for made in [
        NAMED,
        "macro_rules! m { () => { use crate::z as me; } } m!();",
        "macro_rules! m { ($p:path) => { use $p as me; } } m!(crate::z);",
        "macro_rules! m { ($n:ident) => { mod $n { pub use crate::z::*; } } } m!(me);",
        "elsewhere::alias!(me = crate::z);",
    ] {
        for (inner, body) in [
            (FUNCTION, "me::near()"),
            (MODULE, "me::y::near()"),
            (TYPE, "me::S::near()"),
            ("pub static N: u8 = 41;", "me::N"),
            (FUNCTION, "use me::near; near()"),
            (MODULE, "use me::y as w; w::near()"),
        ] {
            moves_with(&format!("mod z {{ {inner} }} {made}"), body);
        }
    }
    for (import, body) in [
        ("use me::near;", "near()"),
        ("use me::near as far;", "far()"),
        ("use me::*;", "near()"),
        ("mod w { pub use super::me; }", "w::me::near()"),
    ] {
        moves_with(&format!("mod z {{ {FUNCTION} }} {NAMED} {import}"), body);
    }
}

#[test]
fn a_glob_of_a_module_that_a_macro_makes_is_seen_by_those_who_may() {
    let items = |glob: &str| {
        format!(
            "macro_rules! m {{ () => {{ pub mod me {{ pub fn near() -> u8 {{ 41 }} }} }} }} m!();
            pub mod k {{ {glob} use crate::me::*; }} use k::*;"
        )
    };
    for glob in ["pub", "pub(crate)", "pub(super)", "pub(in crate)"] {
        moves_with(&items(glob), "near()");
    }
    moves_with(
        &items("pub mod l { use super::*; pub fn mid() -> u8 { near() } }"),
        "k::l::mid()",
    );
    let text = |body: &str| {
        single(&format!(
            "{}\n/// @cache\npub fn f(a: u8) -> u8 {{ {body} }}",
            items("")
        ))
    };
    edit_stays("private", &text("far(a)"), "41", "42");
}

#[test]
fn a_path_through_a_crate_or_module_that_a_macro_has_another_name_for() {
    for import in [
        "use crate as $n;",
        "extern crate self as $n;",
        "use self as $n;",
    ] {
        let items = format!(
            "macro_rules! m {{ ($n:ident) => {{ {import} }} }} m!(me); pub fn near() -> u8 {{ 41 }}"
        );
        moves_with(&items, "me::near()");
    }
    for (made, inner) in [
        ("use super::z as $n;", "pub fn near() -> u8 { 41 }"),
        ("pub use $crate::z as $n;", "pub fn near() -> u8 { 41 }"),
        (
            "pub mod $n { pub use crate::z::*; }",
            "pub fn near() -> u8 { 41 }",
        ),
        (
            "pub mod $n { pub use super::super::z::far as near; }",
            "pub fn far() -> u8 { 41 }",
        ),
    ] {
        let items = format!(
            "macro_rules! m {{ ($n:ident) => {{ {made} }} }}
            mod y {{ m!(me); pub fn go() -> u8 {{ me::near() }} }} mod z {{ {inner} }}"
        );
        moves_with(&items, "y::go()");
    }
}

#[test]
fn an_impl_in_whatever_place() {
    const T: &str = "trait T { fn near(&self) -> u8; }
        macro_rules! m { ($v:expr) => { impl T for A { fn near(&self) -> u8 { $v } } } }";
    const IMPL: &str = "impl T for A { fn near(&self) -> u8 { 41 } }";
    for place in [
        "const _: () = { HERE };",
        "const _: fn() = || { HERE };",
        "static S: u8 = { HERE 1 };",
        "struct Z([u8; { HERE 1 }]);",
        "enum Z { P = { HERE 1 } }",
        "type Z = [u8; { HERE 1 }];",
        "fn hidden() { HERE }",
        "fn hidden() -> [u8; { HERE 1 }] { [1] }",
        "trait Z { fn z() { HERE } }",
        "impl A { fn hidden() { HERE } }",
        "mod z { use crate::{A, T}; mod y { use super::*; HERE } }",
        "thread_local! { static Z: u8 = { HERE 1 }; }",
        "macro_rules! h { () => { fn hidden() { HERE } } } impl A { h!(); }",
        "macro_rules! h { ($($t:tt)*) => { fn hidden() { $($t)* } } } impl A { h!(HERE); }",
    ] {
        for written in [IMPL, "m!(41);"] {
            moves_with(
                &format!("{T} {}", place.replace("HERE", written)),
                "a.near()",
            );
        }
    }
}

#[test]
fn what_an_attribute_macro_makes_of_a_module() {
    const Z: &str = "#[other::expand] mod z { pub fn other() -> u8 { 41 } }";
    const INNER: &str = "#[other::expand] mod z { pub mod y { pub fn other() -> u8 { 41 } } }";
    for (items, body) in [
        (Z, "z::near()"),
        (INNER, "z::near()"),
        (INNER, "z::y::near()"),
    ] {
        moves_with(items, body);
    }
    for (import, body) in [
        ("use z::*;", "near()"),
        ("use z::near;", "near()"),
        ("use z as w;", "w::near()"),
    ] {
        moves_with(&format!("{Z} {import}"), body);
    }
}

#[test]
fn a_name_for_each_number() {
    for (items, called) in [
        ("fn near1() -> u8 { 41 }", "near~N()"),
        ("mod z { pub fn near1() -> u8 { 41 } }", "z::near~N()"),
        ("impl A { fn near1(&self) -> u8 { 41 } }", "a.near~N()"),
        ("impl A { fn near1(&self) -> u8 { 41 } }", "A::near~N(&a)"),
    ] {
        let body = format!("let mut s = 0; other::seq!(N in 0..3 {{ s += {called}; }}); s");
        moves_with(items, &body);
    }
}

#[test]
fn a_macro_of_another_crate_with_the_name_of_one_of_ours() {
    const OURS: &str =
        "mod q { macro_rules! m { ($($t:tt)*) => { fn far() {} } } pub(crate) use m; }";
    for (beside, call) in [
        ("", "other::m!"),
        ("use other::m;", "m!"),
        ("use other as o;", "o::m!"),
        ("use other::n::m as k;", "k!"),
        (
            "macro_rules! w { ($($t:tt)*) => { other::m! { $($t)* } } }",
            "w!",
        ),
        (
            "use other::m; macro_rules! w { ($($t:tt)*) => { m! { $($t)* } } }",
            "w!",
        ),
    ] {
        let items = format!("{OURS} {beside} {call} {{ nearly = 41 }}");
        moves_with(&items, "near()");
        let members = format!("{OURS} {beside} impl A {{ {call} {{ nearly = 41 }} }}");
        moves_with(&members, "a.near()");
    }
}
