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
