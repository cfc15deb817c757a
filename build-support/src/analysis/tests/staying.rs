//! Edits that can't change what a function answers.

use super::*;

const BASE: &str = r#"//- src/lib.rs
mod other;
use std::collections::{BTreeMap, HashMap};

/// What it does.
///
/// @cache(ttl = 300)
#[inline]
pub fn f(x: i64) -> i64 {
    let unused = match x {
        0 => helper(x, 1),
        _ => { x }
    };
    let closure = |y: i64| { y + 1 };
    // a comment
    println!("{}", unused);
    return closure(unused);
}

/// Documented.
fn helper(a: i64, b: i64) -> i64 {
    a + b
}

fn unrelated() -> i64 { 1 }
struct Unrelated { a: u8 }
impl Unrelated { fn m(&self) -> u8 { 1 } }
//- src/other.rs
pub fn g() -> i64 { 7 }
"#;

#[test]
fn comments_formatting_and_unrelated_edits() {
    let edits = [
        ("N1", "// a comment", "/* another */ // one"),
        ("N2", "What it does", "What else it does"),
        (
            "N3",
            "/// Documented.",
            "/// Documented well.\n/// At length.",
        ),
        (
            "N4",
            "fn helper(a: i64, b: i64) -> i64 {\n    a + b\n}",
            "fn helper(\n    a: i64,\n    b: i64\n) -> i64 { a\n + b }",
        ),
        (
            "N5",
            "fn helper(a: i64, b: i64)",
            "fn helper(\n    a: i64,\n    b: i64,\n)",
        ),
        ("N5", "helper(x, 1)", "helper(x, 1,)"),
        (
            "N5",
            "println!(\"{}\", unused)",
            "println!(\"{}\", unused,)",
        ),
        ("N6", "0 => helper(x, 1),", "0 => { helper(x, 1) }"),
        ("N6", "_ => { x }", "_ => x,"),
        ("N6", "|y: i64| { y + 1 }", "|y: i64| y + 1"),
        (
            "return",
            "return closure(unused);",
            "return closure(unused)",
        ),
        ("pipe", "0 => helper", "| 0 => helper"),
        ("N8", "{BTreeMap, HashMap}", "{HashMap, BTreeMap}"),
        (
            "N9",
            "fn unrelated() -> i64 { 1 }",
            "fn unrelated() -> i64 { 2 }",
        ),
        ("N9", "pub fn g() -> i64 { 7 }", "pub fn g() -> i64 { 8 }"),
        ("N10", "mod other;", "mod other; mod more { pub fn z() {} }"),
        ("N11", "fn unrelated()", "fn renamed()"),
        (
            "N12",
            "mod other;",
            "mod other;\n#[cfg(test)] mod tests { use super::*; #[test] fn helper() { f(1); } }",
        ),
        (
            "N13",
            "struct Unrelated",
            "impl Default for Unrelated { fn default() -> Self { Self { a: 1 } } } struct Unrelated",
        ),
        ("N14", "mod other;", "\n\n\nmod other;"),
        ("N15", "#[inline]", "#[inline(always)] #[allow(unused)]"),
        ("N15", "let unused", "#[allow(unused_variables)] let unused"),
        ("N16", "use std::collections::{BTreeMap, HashMap};", ""),
        (
            "N28",
            "@cache(ttl = 300)",
            "@cache( ttl =  \"10m\", l1 = \"5s\" )",
        ),
    ];
    for (case, from, to) in edits {
        edit_stays(case, BASE, from, to);
    }
    stays(
        "line ends",
        BASE,
        &BASE
            .replace('\n', "\r\n")
            .replace("//- src/lib.rs\r", "//- src/lib.rs")
            .replace("//- src/other.rs\r", "//- src/other.rs"),
    );
}

#[test]
fn items_may_change_places() {
    let one =
        "fn a() -> i64 { 1 }\nfn b() -> i64 { 2 }\n/// @cache\npub fn f() -> i64 { a() + b() }\n";
    let other =
        "/// @cache\npub fn f() -> i64 { a() + b() }\nfn b() -> i64 { 2 }\nfn a() -> i64 { 1 }\n";
    one_stays("N7", one, other);
}

#[test]
fn a_member_of_another_type_does_not_matter() {
    let text = single(
        "struct A; struct B; impl A { fn new() -> A { A } } impl B { fn new() -> B { B } }\n/// @cache\npub fn f(b: B) -> u8 { A::new(); 1 }",
    );
    edit_stays(
        "R6",
        &text,
        "fn new() -> B { B }",
        "fn new() -> B { let b = B; b }",
    );
}

#[test]
fn documentation_of_a_serde_type_is_no_code() {
    let text = single(
        "/// Old.\n#[derive(Serialize, Clone)] struct S { a: u8 }\n/// @cache\npub fn f(s: S) -> u8 { 1 }",
    );
    edit_stays("R2", &text, "/// Old.", "/// New.");
}

#[test]
fn documentation_that_a_foreign_macro_may_read_is_code() {
    let text = single(
        "/// Old.\n#[derive(Args)] struct S { a: u8 }\n/// @cache\npub fn f(s: S) -> u8 { 1 }",
    );
    edit_moves("R2", &text, "/// Old.", "/// New.");
}

#[test]
fn a_pinned_version_ignores_the_code() {
    let text = single("/// @cache(pin = \"1\")\npub fn f(x: i64) -> i64 { x }");
    edit_stays("pin", &text, "{ x }", "{ x + 1 }");
}

#[test]
fn the_checkout_path_does_not_matter() {
    assert_eq!(Sources::new(BASE).versions(), Sources::new(BASE).versions());
}

#[test]
fn merged_derives_are_the_same() {
    let text = single(
        "#[derive(Clone)]\n#[derive(Debug)]\nstruct S { a: u8 }\n/// @cache\npub fn f(s: S) -> u8 { 1 }",
    );
    edit_stays(
        "derives",
        &text,
        "#[derive(Clone)]\n#[derive(Debug)]",
        "#[derive(Clone, Debug)]",
    );
}

#[test]
fn imports_that_seem_to_lead_through_themselves_come_to_an_end() {
    let text = single(
        "use quote::quote; use a::b; use b::a; mod m { pub use super::n::*; } mod n { pub use super::m::*; } use m::*;\n/// @cache\npub fn f() -> u8 { quote!(a b); 1 }",
    );
    edit_stays("imports", &text, "; 1 }", ";  1 }");
}

#[test]
fn a_marker_behind_a_fence_that_holds_a_fence_is_a_marker() {
    let docs = "/// ````text\n/// ```\n/// @cache(ttl = 1)\n/// ```\n/// ````\n/// @cache\n";
    let sources = Sources::new(&single(&format!("{docs}pub fn f() -> u8 {{ 1 }}")));
    assert_eq!(sources.versions().len(), 1);
}

#[test]
fn a_name_whose_letters_are_composed_otherwise() {
    let text = single("fn e\u{301}() -> i64 { 1 }\n/// @cache\npub fn f() -> i64 { e\u{301}() }\n");
    stays("composed", &text, &text.replace("e\u{301}", "\u{e9}"));
}
