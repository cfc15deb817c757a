//! Edits that change what a function answers.

use super::*;

const F: &str = "/// @cache\npub fn f(x: i64) -> i64 { BODY }\n";

fn body(text: &str) -> String {
    F.replace("BODY", text)
}

#[test]
fn own_body() {
    for (case, before, after) in [
        ("1", "x + 1", "x + 2"),
        ("2", "x * 2", "x - 2"),
        ("3", r#"g("a b")"#, r#"g("a  b")"#),
        ("4", "300u16 as i64", "300u32 as i64"),
        (
            "5",
            "match x { 0..=5 => 1, 3..=9 => 2, _ => 0 }",
            "match x { 3..=9 => 2, 0..=5 => 1, _ => 0 }",
        ),
        ("6", "fn g() -> i64 { 1 } g()", "fn g() -> i64 { 2 } g()"),
        (
            "& and &&",
            "(true && false) as i64",
            "(true & &false) as i64",
        ),
    ] {
        one_moves(case, &body(before), &body(after));
    }
}

#[test]
fn a_name_is_the_same_however_its_letters_are_composed() {
    let callee = "fn e\u{301}() -> i64 { 1 }\n";
    let caller = body("\u{e9}()");
    one_moves(
        "composed",
        &(callee.to_owned() + &caller),
        &(callee.replace('1', "2") + &caller),
    );
}

#[test]
fn types_by_any_mention() {
    let edits = [
        ("9", "/// @cache\npub fn f() -> i8 { 1 }", "-> i8", "-> i16"),
        (
            "10",
            "type T = u8;\n/// @cache\npub fn f() -> T { 1 }",
            "= u8",
            "= u16",
        ),
        (
            "11",
            "struct S { a: u8 }\n/// @cache\npub fn f(s: S) -> u8 { 1 }",
            "a: u8",
            "a: u16",
        ),
        (
            "12",
            "#[derive(PartialOrd)] struct S { a: u8, b: u8 }\n/// @cache\npub fn f(s: S) -> u8 { 1 }",
            "a: u8, b: u8",
            "b: u8, a: u8",
        ),
        (
            "13",
            "enum E { A, B = 2 }\n/// @cache\npub fn f() -> i64 { E::B as i64 }",
            "B = 2",
            "B = 5",
        ),
        (
            "15",
            "#[repr(u8)] enum E { A }\n/// @cache\npub fn f(e: E) -> i64 { 1 }",
            "u8",
            "u32",
        ),
        (
            "17",
            "struct S<T = u8>(T);\n/// @cache\npub fn f(s: S) -> i64 { 1 }",
            "= u8",
            "= u64",
        ),
        (
            "19",
            "#[derive(PartialEq)] struct S;\n/// @cache\npub fn f(s: S) -> i64 { 1 }",
            "#[derive(PartialEq)] struct S;",
            "struct S; impl PartialEq for S { fn eq(&self, _: &S) -> bool { true } }",
        ),
        (
            "20",
            "#[derive(Default)] enum E { #[default] A, B }\n/// @cache\npub fn f(e: E) -> i64 { 1 }",
            "#[default] A, B",
            "A, #[default] B",
        ),
        (
            "21",
            "#[derive(Serialize)] struct S { a: u8 }\n/// @cache\npub fn f(s: S) -> i64 { 1 }",
            "{ a",
            "{ #[serde(rename = \"b\")] a",
        ),
        (
            "24",
            "#[derive(Debug)] struct S { a: u8 }\n/// @cache\npub fn f(s: S) -> i64 { 1 }",
            "a:",
            "b:",
        ),
    ];
    for (case, text, from, to) in edits {
        edit_moves(case, &single(text), from, to);
    }
}

#[test]
fn callees_by_every_path() {
    let edits = [
        (
            "25",
            "fn g() -> i64 { 1 }\n/// @cache\npub fn f() -> i64 { g() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "26",
            "struct A; impl A { fn m(&self) -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { A.m() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "27",
            "struct A; impl A { fn m(&self) -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { A::m(&A) }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "28",
            "mod b { pub fn h() -> i64 { 1 } } pub use b::h;\n/// @cache\npub fn f() -> i64 { h() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "29",
            "mod b { pub fn h() -> i64 { 1 } pub fn g() -> i64 { 2 } } pub use b::h;\n/// @cache\npub fn f() -> i64 { h() }",
            "use b::h",
            "use b::g as h",
        ),
        (
            "30",
            "mod b { pub fn h() -> i64 { 1 } } use b::h as z;\n/// @cache\npub fn f() -> i64 { z() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "31",
            "mod a { pub fn h() -> i64 { 1 } pub fn g() -> i64 { 2 } } use a::h as z;\n/// @cache\npub fn f() -> i64 { z() }",
            "a::h",
            "a::g",
        ),
        (
            "32",
            "mod a { pub fn h() -> i64 { 1 } } use a::*;\n/// @cache\npub fn f() -> i64 { h() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "36",
            "fn g() -> i64 { 1 } mod m {\n/// @cache\npub fn f() -> i64 { super::g() } }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "37",
            "fn g() -> i64 { 1 } mod m {\n/// @cache\npub fn f() -> i64 { crate::g() } }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "38",
            "extern crate self as me; fn g() -> i64 { 1 } mod m {\n/// @cache\npub fn f() -> i64 { me::g() } }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "40",
            "struct A; fn unrelated() { impl A { fn m(&self) -> i64 { 1 } } }\n/// @cache\npub fn f() -> i64 { A.m() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "41",
            "async fn g() -> i64 { 1 }\n/// @cache\npub async fn f() -> i64 { g().await }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "42",
            "fn g() -> i64 { 1 } static T: [fn() -> i64; 1] = [g];\n/// @cache\npub fn f() -> i64 { T[0]() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "43",
            "static T: fn() -> i64 = || 1;\n/// @cache\npub fn f() -> i64 { T() }",
            "|| 1",
            "|| 2",
        ),
        (
            "44",
            "fn g() -> impl Fn() -> i64 { || 1 }\n/// @cache\npub fn f() -> i64 { g()() }",
            "|| 1",
            "|| 2",
        ),
        (
            "45",
            "fn g(x: i64) -> i64 { x + 1 }\n/// @cache\npub fn f() -> Option<i64> { Some(1).map(g) }",
            "+ 1",
            "+ 2",
        ),
        (
            "use in body",
            "mod a { pub fn h() -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { use a::h as k; k() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "turbofish",
            "fn g<T>() -> i64 { 1 }\n/// @cache\npub fn f() -> i64 { g::<u8>() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "turbofish type",
            "struct A<T>(T); impl<T> A<T> { fn n() -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { A::<u8>::n() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "Self",
            "struct A; impl A { fn n() -> i64 { 1 }\n/// @cache(skip(self))\npub fn f(&self) -> i64 { Self::n() } }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "enum variant glob",
            "enum E { A = 1, B = 2 } use E::*;\n/// @cache\npub fn f() -> i64 { A as i64 }",
            "A = 1",
            "A = 7",
        ),
    ];
    for (case, text, from, to) in edits {
        edit_moves(case, &single(text), from, to);
    }
}

#[test]
fn modules_in_files() {
    let nested = "//- src/lib.rs\nmod a;\n/// @cache\npub fn f() -> i64 { a::b::g() }\n//- src/a.rs\npub mod b;\n//- src/a/b.rs\npub fn g() -> i64 { 1 }\n";
    edit_moves("33", nested, "{ 1 }", "{ 2 }");
    let dir = "//- src/lib.rs\nmod a;\n/// @cache\npub fn f() -> i64 { a::b::g() }\n//- src/a/mod.rs\npub mod b;\n//- src/a/b.rs\npub fn g() -> i64 { 1 }\n";
    edit_moves("33 mod.rs", dir, "{ 1 }", "{ 2 }");
    let path = "//- src/lib.rs\n#[path = \"x/other.rs\"] mod a;\n/// @cache\npub fn f() -> i64 { a::g() }\n//- src/x/other.rs\npub fn g() -> i64 { 1 }\n//- src/x/third.rs\npub fn g() -> i64 { 3 }\n";
    edit_moves("34", path, "{ 1 }", "{ 2 }");
    edit_moves("35", path, "x/other.rs", "x/third.rs");
    let inline = "//- src/lib.rs\nmod a { pub mod b; }\n/// @cache\npub fn f() -> i64 { a::b::g() }\n//- src/a/b.rs\npub fn g() -> i64 { 1 }\n";
    edit_moves("inline folder", inline, "{ 1 }", "{ 2 }");
    let conditional = "//- src/lib.rs\n#[cfg_attr(windows, path = \"win.rs\")] mod a;\n/// @cache\npub fn f() -> i64 { a::g() }\n//- src/win.rs\npub fn g() -> i64 { 1 }\n//- src/a.rs\npub fn g() -> i64 { 3 }\n";
    edit_moves("144", conditional, "{ 1 }", "{ 2 }");
    edit_moves("144", conditional, "{ 3 }", "{ 2 }");
    edit_moves("144", conditional, "cfg_attr(windows", "cfg_attr(unix");
    let swapped = "//- src/lib.rs\nmod a { pub fn g() -> i64 { 1 } } mod b { pub fn g() -> i64 { 2 } }\n/// @cache\npub fn f() -> i64 { a::g() - b::g() }\n";
    let other = swapped
        .replace("{ 1 }", "{ 9 }")
        .replace("{ 2 }", "{ 1 }")
        .replace("{ 9 }", "{ 2 }");
    moves("39", swapped, &other);
}

#[test]
fn additions_elsewhere() {
    let edits = [
        (
            "83",
            "trait T { fn m(&self) -> i64 { 1 } } struct S; impl T for S {}\n/// @cache\npub fn f() -> i64 { S.m() }",
            "struct S;",
            "struct S; impl S { fn m(&self) -> i64 { 2 } }",
        ),
        (
            "87",
            "trait T { fn m(&self) -> i64; } impl T for Box<u8> { fn m(&self) -> i64 { 1 } } impl T for u8 { fn m(&self) -> i64 { 2 } }\n/// @cache\npub fn f() -> i64 { Box::new(1u8).m() }",
            "impl T for Box<u8> { fn m(&self) -> i64 { 1 } }",
            "",
        ),
        (
            "88",
            "mod a { pub fn h() -> i64 { 1 } } use a::*;\n/// @cache\npub fn f() -> i64 { h() }",
            "use a::*;",
            "use a::*; fn h() -> i64 { 2 }",
        ),
        (
            "89",
            "mod a { pub fn h() -> i64 { 1 } } mod b { pub fn h() -> i64 { 2 } } use a::*;\n/// @cache\npub fn f() -> i64 { h() }",
            "use a::*;",
            "use a::*; use b::h;",
        ),
        (
            "90",
            "/// @cache\npub fn f() -> Option<i64> { Some(1) }",
            "pub fn f",
            "#[allow(non_snake_case)] pub fn f",
        ),
        (
            "92",
            "trait T { fn m(&self) -> i64 { 1 } } mod q { pub struct S; impl S { fn m(&self) -> i64 { 2 } } } use q::S; impl T for S {}\n/// @cache\npub fn f() -> i64 { S.m() }",
            "impl S { fn",
            "impl S { pub fn",
        ),
        (
            "93",
            "enum E { A, B } use E::*;\n/// @cache\npub fn f(e: E) -> i64 { match e { B => 1, _ => 2 } }",
            "use E::*",
            "use E::A",
        ),
        (
            "94",
            "/// @cache\npub fn f(x: i64) -> i64 { match x { LIMIT => 1, } }",
            "/// @cache",
            "const LIMIT: i64 = 3;\n/// @cache",
        ),
        (
            "95",
            "trait T { fn m(&self) -> i64; } impl T for u8 { fn m(&self) -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { 5.m() }",
            "trait T",
            "impl T for i32 { fn m(&self) -> i64 { 2 } } trait T",
        ),
        (
            "98",
            "macro_rules! m { () => { 1 } }\n/// @cache\npub fn f() -> i64 { m!() }",
            "/// @cache",
            "macro_rules! m { () => { 2 } }\n/// @cache",
        ),
    ];
    for (case, text, from, to) in edits {
        if case == "90" {
            one_moves(
                case,
                text,
                &format!(
                    "#[allow(non_snake_case)] fn Some(x: i64) -> Option<i64> {{ None }}\n{text}"
                ),
            );
        } else {
            edit_moves(case, &single(text), from, to);
        }
    }
    let two = "macro_rules! m { () => { 1 } }\nmacro_rules! m { () => { 2 } }\n/// @cache\npub fn f() -> i64 { m!() }\n";
    let between = "macro_rules! m { () => { 1 } }\n/// @cache\npub fn f() -> i64 { m!() }\nmacro_rules! m { () => { 2 } }\n";
    one_moves("99", two, between);
}

#[test]
fn constants_and_macros() {
    let edits = [
        (
            "100",
            "const C: i64 = 1;\n/// @cache\npub fn f() -> i64 { C }",
            "= 1",
            "= 2",
        ),
        (
            "101",
            "const fn c() -> i64 { 1 } const C: i64 = c();\n/// @cache\npub fn f() -> i64 { C }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "102",
            "const N: usize = 1;\n/// @cache\npub fn f(x: [u8; N]) -> i64 { 1 }",
            "= 1",
            "= 2",
        ),
        (
            "103",
            "const C: i64 = 1;\n/// @cache\npub fn f(x: i64) -> i64 { match x { C => 1, _ => 2 } }",
            "= 1",
            "= 2",
        ),
        (
            "104",
            "const C: i64 = 1;\n/// @cache\npub fn f() -> String { format!(\"{C}\") }",
            "= 1",
            "= 2",
        ),
        (
            "104 width",
            "const W: usize = 1;\n/// @cache\npub fn f() -> String { format!(\"{:>W$}\", 1) }",
            "= 1",
            "= 2",
        ),
        (
            "105",
            "static S: i64 = 1;\n/// @cache\npub fn f() -> i64 { S }",
            "= 1",
            "= 2",
        ),
        (
            "106",
            "static S: LazyLock<i64> = LazyLock::new(|| 1);\n/// @cache\npub fn f() -> i64 { *S }",
            "|| 1",
            "|| 2",
        ),
        (
            "113",
            "macro_rules! m { () => { 1 } }\n/// @cache\npub fn f() -> i64 { m!() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "114",
            "macro_rules! a { () => { 1 } } macro_rules! m { () => { a!() } }\n/// @cache\npub fn f() -> i64 { m!() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "115",
            "fn g() -> i64 { 1 } macro_rules! m { () => { g() } }\n/// @cache\npub fn f() -> i64 { m!() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "115 crate",
            "pub fn g() -> i64 { 1 } mod q { #[macro_export] macro_rules! m { () => { $crate::g() } } }\n/// @cache\npub fn f() -> i64 { m!() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "116",
            "fn g() -> i64 { 1 } macro_rules! m { ($e:expr) => { $e } }\n/// @cache\npub fn f() -> i64 { m!(g()) }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "serde path",
            "mod w { pub fn serialize() -> i64 { 1 } } #[derive(Serialize)] struct S { #[serde(serialize_with = \"w::serialize\")] a: u8 }\n/// @cache\npub fn f(s: S) -> i64 { 1 }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "163",
            "/// @cache\npub fn h() -> i64 { 1 }\n/// @cache\npub fn f() -> i64 { crate::cached::cached_h() }",
            "{ 1 }",
            "{ 2 }",
        ),
    ];
    for (case, text, from, to) in edits {
        edit_moves(case, &single(text), from, to);
    }
    let file = "//- src/lib.rs\n#[macro_use] mod m;\n/// @cache\npub fn f() -> i64 { m!() }\n//- src/m.rs\nmacro_rules! m { () => { 1 } }\n";
    edit_moves("117", file, "{ 1 }", "{ 2 }");
}

#[test]
fn both_functions_move_when_one_calls_the_other_s_wrapper() {
    let text = single(
        "/// @cache\npub fn h() -> i64 { 1 }\n/// @cache\npub fn f() -> i64 { crate::cached::cached_h() }",
    );
    let (before, after) = (
        Sources::new(&text).versions(),
        Sources::new(&text.replace("{ 1 }", "{ 2 }")).versions(),
    );
    assert!(
        before.iter().all(|(path, version)| after[path] != *version),
        "{before:?} {after:?}"
    );
}

#[test]
fn paths_of_the_oldest_edition_begin_at_the_crate_root() {
    let text = |edition: &str, imports: &str, call: &str| {
        format!(
            "//- Cargo.toml\n[package]\nname = \"app\"\n{edition}\n\
             //- src/lib.rs\nmod helper;\nmod user;\n\
             //- src/helper.rs\npub fn g() -> i64 {{ 1 }}\npub mod deep {{ pub fn h() -> i64 {{ 1 }} }}\n\
             //- src/user.rs\n{imports}\n/// @cache\npub fn f() -> i64 {{ {call} }}\n"
        )
    };
    for (imports, call) in [
        ("use helper;", "helper::g()"),
        ("use helper::g;", "g()"),
        ("use helper::{self, deep};", "deep::h() + helper::g()"),
        ("use helper::*;", "g()"),
        ("use ::helper::g as k;", "k()"),
        ("", "::helper::g()"),
        ("", "{ use helper; helper::g() }"),
    ] {
        let old = text("", imports, call);
        edit_moves(imports, &old, "i64 { 1 }", "i64 { 2 }");
    }
    // The name of a crate, which no module of the root can be meant by any more.
    let new = text("edition = \"2018\"", "use ::helper::g;", "g()");
    edit_stays("edition 2018", &new, "i64 { 1 }", "i64 { 2 }");
}

#[test]
fn what_begins_no_path_does_not_hide_a_crate_of_its_name() {
    for (case, code) in [
        (
            "a function",
            "fn helper() -> i64 { 0 }\n/// @cache\npub fn f() -> i64 { helper::g() + helper() }",
        ),
        (
            "itself",
            "/// @cache\npub fn helper() -> i64 { helper::g() }",
        ),
        (
            "a macro's argument",
            "macro_rules! make { ($n:ident, $v:expr) => { fn $n() -> i64 { $v } } }\nmake!(other, helper::g());\n/// @cache\npub fn f() -> i64 { helper::g() }",
        ),
        (
            "an import of a macro",
            "use helper::{g, helper};\n/// @cache\npub fn f() -> i64 { helper!(g()) }",
        ),
        (
            "an import of a function",
            "use helper::{deep::helper, g};\n/// @cache\npub fn f() -> i64 { g() + helper() }",
        ),
    ] {
        let text = format!(
            "//- Cargo.toml\n[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nhelper = {{ path = \"helper\" }}\n\
             //- src/lib.rs\n{code}\n\
             //- helper/Cargo.toml\n[package]\nname = \"helper\"\nedition = \"2024\"\n\
             //- helper/src/lib.rs\nmod helper {{ pub fn unrelated() {{}} }}\n\
             pub mod deep {{ pub fn helper() -> i64 {{ 1 }} }}\n\
             #[macro_export] macro_rules! helper {{ ($e:expr) => {{ $e }} }}\n\
             pub fn g() -> i64 {{ 7 }}\n"
        );
        edit_moves(case, &text, "{ 7 }", "{ 8 }");
    }
}

#[test]
fn path_dependencies_and_the_library_beside_a_binary() {
    let dependency = "//- Cargo.toml\n[package]\nname = \"app\"\n[dependencies]\nhelper = { path = \"helper\" }\n//- src/lib.rs\n/// @cache\npub fn f() -> i64 { helper::g() }\n//- helper/Cargo.toml\n[package]\nname = \"helper\"\n[dependencies]\nother = { path = \"../deep\", package = \"deep\" }\n//- helper/src/lib.rs\npub fn g() -> i64 { h() }\nfn h() -> i64 { other::k() + 1 }\nfn unrelated() -> i64 { 5 }\n//- deep/Cargo.toml\n[package]\nname = \"deep\"\n//- deep/src/lib.rs\npub fn k() -> i64 { 2 }\n";
    edit_moves("152", dependency, "+ 1", "+ 3");
    edit_moves("152 further", dependency, "{ 2 }", "{ 3 }");
    edit_stays("152 unrelated", dependency, "{ 5 }", "{ 6 }");
    let inherited = dependency
        .replace("[dependencies]\nhelper = { path = \"helper\" }", "[workspace.dependencies]\nhelper = { path = \"helper\" }\n[dependencies]\nhelper.workspace = true");
    edit_moves("152 inherited", &inherited, "+ 1", "+ 3");
    let beside = "//- src/lib.rs\npub fn g() -> i64 { 1 }\n//- src/main.rs\n/// @cache\npub fn f() -> i64 { app::g() }\nfn main() {}\n";
    let (before, after) = (
        Sources::new(beside),
        Sources::new(&beside.replace("{ 1 }", "{ 2 }")),
    );
    assert_ne!(before.versions_of_bin(), after.versions_of_bin());
}

#[test]
fn names_that_a_macro_makes_members_of() {
    let edits = [
        (
            "type fragment",
            "struct A; impl A { fn n() -> i64 { 1 } } macro_rules! m { ($t:ty) => { <$t>::n() } }\n/// @cache\npub fn f() -> i64 { m!(A) }",
        ),
        (
            "ident fragment",
            "struct A; impl A { fn n() -> i64 { 1 } } macro_rules! m { ($t:ident) => { $t::n() } }\n/// @cache\npub fn f() -> i64 { m!(A) }",
        ),
        (
            "method in arguments",
            "struct A; impl A { fn n(&self) -> i64 { 1 } } macro_rules! m { ($e:expr, $n:ident) => { $e.$n() } }\n/// @cache\npub fn f() -> i64 { m!(A, n) }",
        ),
    ];
    for (case, text) in edits {
        edit_moves(case, &single(text), "{ 1 }", "{ 2 }");
    }
    let bound =
        "struct A; trait T {} impl T for A {}\n/// @cache\npub fn f() -> i64 where A: T { 1 }";
    edit_moves("where", &single(bound), "struct A;", "struct A(u8);");
}
