//! Files that macros make modules of, or include: no item says which.

use super::*;

#[test]
fn modules_that_macros_make_of_files() {
    const LIST: &str = "macro_rules! m { ($($n:ident)*) => { $(mod $n;)* } } m!(a b);";
    for (declared, file) in [
        (LIST, "b.rs"),
        (LIST, "b/mod.rs"),
        ("macro_rules! m { () => { mod b; } } m! {}", "b.rs"),
        (
            "macro_rules! m { ($p:literal $n:ident) => { #[path = $p] mod $n; } } m!(\"x.rs\" b);",
            "x.rs",
        ),
    ] {
        let text = format!(
            "//- src/lib.rs\n{declared}\npub trait T {{ fn t(&self) -> u8; }}\nmod c {{ pub fn k() -> u8 {{ 43 }} }}\n\
             /// @cache\npub fn f() -> u8 {{ b::g() + 1u8.t() }}\n//- src/a.rs\n\
             //- src/{file}\npub fn g() -> u8 {{ crate::c::k() + 41 }} impl crate::T for u8 {{ fn t(&self) -> u8 {{ 45 }} }}\n"
        );
        for number in ["41", "43", "45"] {
            edit_moves(declared, &text, number, "50");
        }
    }
}

#[test]
fn files_that_are_no_modules() {
    let text = "//- src/lib.rs\nmacro_rules! m { ($n:ident { $($i:item)* }) => { mod $n { $($i)* } } } m!(b { pub fn g() {} });\n\
                /// @cache\npub fn f() { b::g() }\n//- src/a.rs\npub fn g() -> u8 { 41 }\n";
    edit_stays("a macro that makes modules of its own", text, "41", "42");
}

#[test]
fn modules_of_files_by_macros_of_another_crate() {
    let files = "//- dep/src/lib.rs
macro_rules! m { ($($n:ident)*) => { $(mod $n; pub use $n::*;)* } }
m!(a);
//- dep/src/a.rs
pub fn g() -> u8 { 41 }
//- src/lib.rs
/// @cache
pub fn f() -> u8 { dep::g() }
";
    edit_moves("another crate", &with_dep("", "", files), "41", "42");
}

#[test]
fn code_that_macros_include() {
    for text in [
        "//- src/lib.rs
macro_rules! inc { ($n:literal) => { include!($n); } }
inc!(\"e.in\");
/// @cache
pub fn f() -> u8 { g() }
//- src/e.in
fn g() -> u8 { 41 }
",
        "//- src/lib.rs
macro_rules! inc { ($n:literal) => { include!($n); } }
inc!(\"e.in\"); fn h() -> u8 { 41 }
/// @cache
pub fn f() -> u8 { g() }
//- src/e.in
fn g() -> u8 { h() }
",
        "//- src/lib.rs
macro_rules! inc { ($n:literal) => { include!($n) } }
mod m { pub fn h() -> u8 { 41 } }
/// @cache
pub fn f() -> u8 { inc!(\"e.in\") }
//- src/e.in
m::h()
",
    ] {
        edit_moves(text, text, "41", "42");
    }
}

/// Whatever code in the place of an expression mentions, it is no part of the index.
#[test]
fn what_included_expressions_mention() {
    for (code, part, more) in [
        (
            "",
            "include_str!(\"n.txt\").len() as u8",
            "//- src/n.txt\n41",
        ),
        (
            "",
            "include!(\"p/q.in\")",
            "//- src/p/q.in\ninclude!(\"r.in\")\n//- src/p/r.in\n41",
        ),
        (
            "mod m { pub fn g() -> u8 { 41 } }",
            "include!(\"p/q.in\")",
            "//- src/p/q.in\nm::g()",
        ),
        (
            "mod cents { pub fn serialize<S: serde::Serializer>(n: &u8, s: S) -> Result<S::Ok, S::Error> { s.serialize_u8(n + 41) } }",
            "{ #[derive(serde::Serialize)] struct A { #[serde(with = \"cents\")] x: u8 } to_u8(A { x: 1 }) }",
            "",
        ),
        (
            "fn get_a() -> u8 { 41 }",
            "paste::paste! { [<get_ a>]() }",
            "",
        ),
        (
            "trait P { fn g() -> u8; } struct D; struct E; impl P for D { fn g() -> u8 { 1 } } impl P for E { fn g() -> u8 { 41 } }",
            "{ fn h<D: P>() -> u8 { D::g() } h::<E>() }",
            "",
        ),
        (
            "pub struct T(u8); impl std::str::FromStr for T { type Err = (); fn from_str(_: &str) -> Result<T, ()> { Ok(T(41)) } }",
            "\"1\".parse::<T>().unwrap().0",
            "",
        ),
        (
            "macro_rules! text { ($n:expr) => { include_str!($n) } }",
            "text!(\"n.txt\").len() as u8",
            "//- src/n.txt\n41",
        ),
    ] {
        let text = format!(
            "//- src/lib.rs\n{code}\n/// @cache\npub fn f() -> u8 {{ include!(\"part.in\") }}\n//- src/part.in\n{part}\n{more}\n"
        );
        edit_moves(part, &text, "41", "42");
    }
}

#[test]
fn code_that_several_places_include() {
    for text in [
        "//- src/lib.rs
mod a { fn g() -> u8 { 1 } pub fn h() -> u8 { include!(\"part.in\") } }
mod b { fn g() -> u8 { 41 } pub fn h() -> u8 { include!(\"part.in\") } }
/// @cache
pub fn f() -> u8 { a::h() + b::h() }
//- src/part.in
g()
",
        "//- src/lib.rs
struct A; impl A { fn g() -> u8 { 1 } fn h() -> u8 { include!(\"part.in\") } }
struct B; impl B { fn g() -> u8 { 41 } fn h() -> u8 { include!(\"part.in\") } }
/// @cache
pub fn f() -> u8 { A::h() + B::h() }
//- src/part.in
Self::g()
",
        "//- src/lib.rs
fn g() -> u8 { 41 }
/// @cache
pub fn f() -> usize { include_str!(\"part.in\").len() + usize::from(include!(\"part.in\")) }
//- src/part.in
g()
",
    ] {
        edit_moves(text, text, "41", "42");
    }
}

#[test]
fn a_file_that_an_included_expression_puts_together_is_refused() {
    let text = "//- src/lib.rs
/// @cache
pub fn f() -> usize { include!(\"part.in\") }
//- src/part.in
include_str!(concat!(\"é\", stringify!(b))).len()
";
    let report = Sources::new(text).report();
    assert!(report.contains("unknown-file"), "{report}");
}

/// What only the compiler knows is asked for in included code as in any other.
#[test]
fn what_included_expressions_ask_the_compiler() {
    let text = "//- src/lib.rs
/// @cache
pub fn f() -> u8 { include!(\"part.in\") }
//- src/part.in
if cfg!(feature = \"x\") { 1 } else { env!(\"SOMETHING\").len() as u8 }
";
    let versions = Sources::new(text).versions();
    let late: Vec<_> = versions.values().map(|version| &version.late).collect();
    let late = format!("{late:?}");
    assert!(late.contains("feature=\\\"x\\\""), "{late}");
    assert!(late.contains("SOMETHING"), "{late}");
}

/// rustc looks for the file from where the macro is called.
#[test]
fn files_beside_the_call_of_a_macro() {
    let text = "//- src/lib.rs
mod a; mod b { pub mod c; }
/// @cache
pub fn f() -> &'static str { b::c::x() }
//- src/a.rs
#[macro_export] macro_rules! here { () => { include_str!(\"n.txt\") } }
//- src/b/c.rs
pub fn x() -> &'static str { crate::here!() }
//- src/n.txt
1
//- src/b/n.txt
41
";
    edit_moves("beside the call", text, "41", "42");
}

#[test]
fn a_file_that_one_macro_is_given_is_none_that_another_puts_together() {
    let text = "//- src/lib.rs
macro_rules! load { ($n:literal) => { include_str!(concat!(\"../data/\", $n, \".txt\")) } }
macro_rules! inc { ($n:literal) => { include!($n) } }
/// @cache
pub fn f() -> usize { inc!(\"e.in\") + load!(\"x\").len() }
//- src/e.in
1
//- data/x.txt
41
";
    let report = Sources::new(text).report();
    assert!(report.contains("unknown-file"), "{report}");
    assert!(report.contains("../data/"), "{report}");
}

/// A crate whose build script takes more than one file to say what its code does.
#[test]
fn what_the_build_script_of_another_package_is_made_of() {
    for (script, dependencies, more) in [
        (
            "mod helper; fn main() { println!(\"cargo:rustc-env=X={}\", helper::x()); }",
            "",
            "dep/helper.rs\npub fn x() -> u8 { 41 }",
        ),
        (
            "#[path = \"../shared/h.rs\"] mod helper; fn main() { helper::deep::x(); }",
            "",
            "shared/h.rs\npub mod deep;\n//- shared/deep.rs\npub fn x() -> u8 { 41 }",
        ),
        (
            "mod helper; fn main() { helper::x(); }",
            "",
            "dep/helper.rs\npub fn x() { std::fs::read_to_string(\"data/x.txt\"); }\n//- dep/data/x.txt\n41",
        ),
        (
            "fn main() { made::code() }",
            "[build-dependencies]\nmade = { path = \"../made\" }",
            "made/Cargo.toml\n[package]\nname = \"made\"\n//- made/src/lib.rs\nmod m;\n//- made/src/m.rs\npub fn code() -> u8 { 41 }",
        ),
        (
            "fn main() { println!(\"cargo:rustc-env=X={}\", std::env::var(\"DEP_NATIVE_X\").unwrap()); }",
            "[dependencies]\nnative = { path = \"../native\" }",
            "native/Cargo.toml\n[package]\nname = \"native\"\nlinks = \"native\"\n//- native/src/lib.rs\n\
             //- native/build.rs\nfn main() { println!(\"cargo:x=41\"); }",
        ),
    ] {
        let files = format!(
            "//- dep/build.rs\n{script}\n//- {more}\n\
             //- dep/src/lib.rs\npub fn g() -> &'static str {{ env!(\"X\") }}\n\
             //- src/lib.rs\n/// @cache\npub fn f() -> &'static str {{ dep::g() }}\n"
        );
        edit_moves(script, &with_dep("", dependencies, &files), "41", "42");
    }
}
