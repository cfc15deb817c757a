//! Macros, included files, global state and the linker: what is reached without being spelled (rules R12 to R20).

use super::*;

#[test]
fn item_level_macro_calls_define_names() {
    let text = "macro_rules! make { ($($item:item)*) => { $($item)* }; (@ $name:ident $value:expr) => { fn $name() -> i64 { $value } }; }\n\
                make!(@ g 1);\n\
                make!(@ unrelated 5);\n\
                /// @cache\npub fn f() -> i64 { g() }";
    edit_moves("118", &single(text), "g 1", "g 2");
    edit_stays("N11", &single(text), "unrelated 5", "unrelated 6");
}

#[test]
fn item_level_macro_calls_make_impls() {
    let text = "trait Size { fn size(&self) -> i64; }\n\
                macro_rules! sizes { ($($ty:ty = $size:expr),*) => { $(impl Size for $ty { fn size(&self) -> i64 { $size } })* } }\n\
                sizes!(u8 = 1, u16 = 2);\n\
                /// @cache\npub fn f(x: u8) -> i64 { x.size() }\n\
                /// @cache\npub fn g(x: u8) -> i64 { i64::from(x) }";
    edit_moves("119", &single(text), "u8 = 1", "u8 = 3");
    edit_moves("119 body", &single(text), "{ $size }", "{ $size + 1 }");
    let display = "use std::fmt; pub struct A;\n\
                   macro_rules! shown { ($ty:ident $text:literal) => { impl fmt::Display for $ty { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str($text) } } } }\n\
                   shown!(A \"a\");\n\
                   /// @cache\npub fn f() -> String { A.to_string() }";
    edit_moves("119 external trait", &single(display), "\"a\"", "\"b\"");
}

#[test]
fn modules_inside_macro_calls_are_followed() {
    let text = "//- src/lib.rs\n\
                cfg_if::cfg_if! { if #[cfg(unix)] { mod a; use a::g; } else { mod b; use b::g; } }\n\
                macro_rules! passed { ($($item:item)*) => { $( #[cfg(all())] $item )* } }\n\
                passed! { mod c; fn unrelated() {} }\n\
                /// @cache\npub fn f() -> i64 { g() + c::h() }\n\
                //- src/a.rs\npub fn g() -> i64 { 1 }\n\
                //- src/b.rs\npub fn g() -> i64 { 2 }\n\
                //- src/c.rs\npub fn h() -> i64 { 3 }\n";
    edit_moves("cfg_if", text, "{ 1 }", "{ 4 }");
    edit_moves("a macro of ours", text, "{ 3 }", "{ 4 }");
    edit_stays("N9", text, "fn unrelated() {}", "fn unrelated() { g(); }");
}

#[test]
fn macros_are_found_by_the_names_imports_give_them() {
    let text = "mod m { macro_rules! one { () => { 1 } } pub(crate) use one as first; }\n\
                /// @cache\npub fn f() -> i64 { m::first!() }";
    edit_moves("113", &single(text), "{ 1 }", "{ 2 }");
    let handed = "macro_rules! one { () => { 1 } }\nmacro_rules! call { ($name:ident) => { $name!() } }\n\
                  /// @cache\npub fn f() -> i64 { call!(one) }";
    edit_moves("114", &single(handed), "{ 1 }", "{ 2 }");
}

#[test]
fn included_files_are_part_of_the_code() {
    let text = "//- src/lib.rs\n\
                /// @cache\npub fn f() -> i64 { TEXT.len() as i64 + table()[0] + made() }\n\
                const TEXT: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/text.txt\"));\n\
                fn table() -> [i64; 1] { include!(\"table.in\") }\n\
                include!(\"made.rs\");\n\
                fn called() -> i64 { 7 }\n\
                //- text.txt\nabc\n\
                //- src/table.in\n[called()]\n\
                //- src/made.rs\nfn made() -> i64 { 5 } fn unrelated() {}\n";
    edit_moves("125", text, "abc", "abcd");
    edit_moves("124 expression", text, "[called()]", "[called() + 1]");
    edit_moves("124 names in it", text, "{ 7 }", "{ 8 }");
    edit_moves("124 items", text, "{ 5 }", "{ 6 }");
    edit_stays(
        "N9",
        text,
        "fn unrelated() {}",
        "fn unrelated() { called(); }",
    );
}

#[test]
fn a_file_that_cannot_be_known_is_refused_unless_it_is_named() {
    let text = "macro_rules! text { ($name:expr) => { include_str!($name) } }\n\
                /// @cacheMARKER\npub fn f() -> i64 { text!(ARGUMENT).len() as i64 }";
    let analyse = |marker: &str, argument: &str| {
        let text = text.replace("MARKER", marker).replace("ARGUMENT", argument);
        Sources::new(&format!("//- src/lib.rs\n{text}//- src/a.txt\na\n")).report()
    };
    let made = "concat!(\"a\", \".txt\")";
    assert!(analyse("", made).contains("unknown-file"));
    assert_eq!(analyse("(depends(\"src/a.txt\"))", made), "");
    assert_eq!(analyse("", "\"a.txt\""), "");
}

#[test]
fn state_that_may_change_answers_for_all_that_could_change_it() {
    for (case, declaration, set) in [
        (
            "108",
            "static S: std::sync::OnceLock<i64> = std::sync::OnceLock::new();",
            "S.set(1)",
        ),
        ("109", "static mut S: i64 = 0;", "S = 1"),
        (
            "110",
            "struct C(std::sync::atomic::AtomicI64); static S: C = C(std::sync::atomic::AtomicI64::new(0));",
            "S.0.store(1)",
        ),
        (
            "107",
            "thread_local! { static S: std::cell::Cell<i64> = const { std::cell::Cell::new(0) } }",
            "S.set(1)",
        ),
    ] {
        let text = format!(
            "{declaration}\nfn set() {{ {set} }} pub fn start() {{ set(); 10; }}\n\
             /// @cache\npub fn f() -> i64 {{ read(&S) }} fn read<T>(_: &T) -> i64 {{ 0 }}"
        );
        edit_moves(case, &single(&text), set, &set.replace('1', "2"));
        edit_moves("111", &single(&text), "10", "11");
    }
    let constant = "static S: std::sync::LazyLock<Vec<i64>> = std::sync::LazyLock::new(|| vec![1]);\n\
                    pub fn start() { 10; }\n/// @cache\npub fn f() -> i64 { S[0] }";
    edit_moves("106", &single(constant), "vec![1]", "vec![2]");
    edit_stays("N9", &single(constant), "10", "11");
    let once = "static S: std::sync::OnceLock<i64> = std::sync::OnceLock::new();\n\
                fn value() -> i64 { *S.get_or_init(|| 1) } pub fn other() -> i64 { value() + 10 }\n\
                /// @cache\npub fn f() -> i64 { value() }";
    edit_moves("106 once", &single(once), "|| 1", "|| 2");
    edit_stays("N9", &single(once), "10", "11");
}

#[test]
fn a_table_of_functions_is_no_state_whatever_they_are_given() {
    for (table, is_state) in [
        ("struct T { f: fn(&AtomicU8, *mut u8) -> u8 }", false),
        (
            "type F = fn(&AtomicU8) -> u8; struct T { f: F, g: Option<unsafe fn(*mut u8)> }",
            false,
        ),
        ("struct T { f: fn(&AtomicU8) -> u8, g: AtomicU8 }", true),
        (
            "struct T<A = AtomicU8> { f: fn(&AtomicU8) -> u8, g: A }",
            true,
        ),
        (
            "struct T { f: fn(&u8) -> u8, g: Held } struct Held { f: fn(*mut u8), g: *mut u8 }",
            true,
        ),
        (
            "type F = (fn(&AtomicU8) -> u8, AtomicU8); struct T { f: F }",
            true,
        ),
    ] {
        for ty in ["T", "[T; 1]", "fn(&AtomicU8, T)"] {
            let text = format!(
                "use std::sync::atomic::AtomicU8; {table}\nstatic S: {ty} = make();\n\
                 pub fn start() -> u8 {{ read(&S) + 41 }}\n\
                 /// @cache\npub fn f() -> u8 {{ read(&S) }} fn read<A>(_: &A) -> u8 {{ 0 }}"
            );
            if is_state && !ty.starts_with("fn") {
                edit_moves(table, &single(&text), "41", "42");
            } else {
                edit_stays(table, &single(&text), "41", "42");
            }
        }
    }
}

#[test]
fn places_in_the_text_count_for_those_who_ask_only() {
    let text = "/// @cache\npub fn f() -> u32 { g() } fn g() -> u32 { BODY }\n";
    for (case, body) in [
        ("130", "line!()"),
        ("132", "std::panic::Location::caller().line()"),
    ] {
        let text = text.replace("BODY", body);
        one_moves(case, &text, &format!("\n{text}"));
    }
    let text = text.replace("BODY", "1");
    one_stays("N14", &text, &format!("\n{text}"));
}

#[test]
fn spacing_counts_for_macros_that_see_it() {
    let text = "/// @cache\npub fn f() -> &'static str { stringify!(a + b) }";
    edit_moves("137", &single(text), "a + b", "a+b");
    let own = "macro_rules! add { ($a:expr, $b:expr) => { $a + $b } }\n/// @cache\npub fn f() -> i64 { add!(1, 2) }";
    edit_stays("N4", &single(own), "(1, 2)", "(1,2)");
    let shown = "macro_rules! shown { ($($t:tt)*) => { stringify!($($t)*) } }\n/// @cache\npub fn f() -> &'static str { shown!(a + b) }";
    edit_moves("137 through a macro", &single(shown), "a + b", "a +b");
}

#[test]
fn names_of_the_linker_lead_to_definitions() {
    let text = "mod a { #[unsafe(no_mangle)] pub extern \"C\" fn there() -> i64 { 1 } }\n\
                unsafe extern \"C\" { fn there() -> i64; }\n\
                /// @cache\npub fn f() -> i64 { unsafe { there() } }";
    edit_moves("46", &single(text), "{ 1 }", "{ 2 }");
}

#[test]
fn names_that_the_linker_makes_lead_to_what_is_placed() {
    let text = "#[unsafe(link_section = \"list\")] static ONE: i64 = 1;\n\
                unsafe extern \"C\" { static __start_list: i64; }\n\
                /// @cache\npub fn f() -> i64 { unsafe { __start_list } }";
    edit_moves("112", &single(text), "= 1", "= 2");
}

#[test]
fn imports_in_macros_lead_on() {
    let modules = "mod a { pub mod deep { pub fn h() -> i64 { 1 } } }\n";
    let imported = |import: &str, call: &str| {
        format!(
            "{modules}mod m {{ macro_rules! call {{ () => {{{{ use {import}; {call} }}}} }} pub(crate) use call; }}\n\
             mod code {{ /// @cache\npub fn f() -> i64 {{ crate::m::call!() }} }}"
        )
    };
    for (import, call) in [
        ("crate::a::deep::h as z", "z()"),
        ("crate::a::deep::*", "h()"),
        ("crate::a::{deep::{self as z}}", "z::h()"),
        ("crate::a::*", "deep::h()"),
    ] {
        edit_moves(import, &single(&imported(import, call)), "{ 1 }", "{ 2 }");
    }
    let made = "mod code { macro_rules! imports { ($m:ident) => { use crate::a::$m::*; } } imports!(deep);\n\
                /// @cache\npub fn f() -> i64 { h() } }";
    edit_moves(
        "118",
        &single(&format!("{modules}{made}")),
        "{ 1 }",
        "{ 2 }",
    );
}

#[test]
fn macros_bring_traits_into_scope() {
    let traits = "mod p { pub trait P { fn go(&self) -> i64 { 1 } } impl P for i64 {} }\n\
                  mod q { pub trait Q { fn go(&self) -> i64 { 2 } } impl Q for i64 {} }\n\
                  mod prelude { macro_rules! imports { () => { pub use crate::p::P as _; } } imports!(); }\n\
                  mod code { use crate::prelude::*;\n/// @cache\npub fn f(x: i64) -> i64 { x.go() } }";
    edit_moves("118", &single(traits), "crate::p::P", "crate::q::Q");
}

#[test]
fn default_bodies_of_traits_that_macros_make_count() {
    let text = "macro_rules! walker { ($t:ident) => { pub trait $t { fn go(&self) -> i64 { 1 } } } } walker!(Walk);\n\
                impl Walk for i64 {}\n/// @cache\npub fn f(x: i64) -> i64 { x.go() }";
    edit_moves("118", &single(text), "{ 1 }", "{ 2 }");
}

#[test]
fn what_macros_hand_on_to_one_another_counts() {
    let text = "macro_rules! one { ($n:ident) => { pub fn $n() -> i64 { 1 } } }\n\
                macro_rules! all { () => { one!(h); } } all!();\n\
                /// @cache\npub fn f() -> i64 { h() }";
    edit_moves("118", &single(text), "{ 1 }", "{ 2 }");
    let text = "pub struct Money(i64); mod m {\n\
                macro_rules! one { ($n:ident) => { impl Drop for crate::$n { fn drop(&mut self) { print!(\"1\") } } } }\n\
                macro_rules! all { () => { one!(Money); } } all!(); }\n\
                /// @cache\npub fn f() { Money(1); }";
    edit_moves("119", &single(text), "\"1\"", "\"2\"");
}

#[test]
fn state_that_a_macro_makes_is_state() {
    let text = "use std::sync::atomic::{AtomicI64, Ordering};\n\
                macro_rules! counter { ($n:ident) => { static $n: AtomicI64 = AtomicI64::new(0); } } counter!(HITS);\n\
                pub fn setup() { HITS.store(5, Ordering::Relaxed) }\n\
                /// @cache\npub fn f() -> i64 { HITS.load(Ordering::Relaxed) }";
    edit_moves("110", &single(text), "5", "6");
}

#[test]
fn traits_in_scope_decide_without_being_named() {
    let text = "mod p { pub trait P { fn m(self) -> i64; } impl P for i64 { fn m(self) -> i64 { 1 } } }\n\
                mod q { pub trait Q { fn m(&self) -> i64; } impl Q for i64 { fn m(&self) -> i64 { 2 } } }\n\
                mod code { use super::p::P;\n/// @cache\npub fn f(x: i64) -> i64 { x.m() } }";
    edit_moves("85", &single(text), "use super::p::P;", "use super::q::Q;");
    let unused = "use std::collections::HashMap;\n/// @cache\npub fn f(x: i64) -> i64 { x.abs() }";
    edit_stays("N16", &single(unused), "use std::collections::HashMap;", "");
}

#[test]
fn tables_of_functions_hold_every_member() {
    let text = "pub trait T { fn a(&self) -> i64; fn b(&self) -> i64 { 5 } } pub struct S;\n\
                impl T for S { fn a(&self) -> i64 { 1 } }\n\
                /// @cache\npub fn f() -> Box<dyn T> { Box::new(S) }";
    edit_moves("dyn", &single(text), "{ 1 }", "{ 2 }");
    edit_moves("dyn, by default", &single(text), "{ 5 }", "{ 6 }");
}

#[test]
fn attributes_of_a_module_belong_to_what_is_in_it() {
    let text = "//- src/lib.rs\nmod m;\n/// @cache\npub fn f() -> i64 { m::g() }\n\
                //- src/m.rs\n#![feature(a)]\npub fn g() -> i64 { 1 }\n";
    edit_moves("R2", text, "feature(a)", "feature(b)");
}

#[test]
fn a_module_named_in_an_attribute_is_reached() {
    let text = "mod cents { pub fn serialize() -> i64 { 100 } }\n\
                #[derive(serde::Serialize)] pub struct S { #[serde(with = \"cents\")] a: i64 }\n\
                /// @cache\npub fn f(s: S) -> i64 { s.a }";
    edit_moves("21", &single(text), "100", "1000");
}

#[test]
fn a_file_that_does_not_parse_is_in_every_version_of_its_crate() {
    let text = "//- src/lib.rs\nmod new;\nfn g() -> i64 { 1 }\n/// @cache\npub fn f() -> i64 { 2 }\n\
                //- src/new.rs\nfn g() -> { super::g() } ~~\n";
    edit_moves("R24 the file", text, "~~", "~ ~ ~");
    edit_moves("R24 the crate", text, "{ 1 }", "{ 3 }");
}

#[test]
fn methods_that_the_body_of_a_macro_names() {
    const S: &str = "pub struct S; impl S { fn far(&self, _: u8) -> u8 { 41 } }";
    for (case, macros, body) in [
        (
            "itself",
            "macro_rules! m { ($s:expr) => { $s.far(1) } }",
            "m!(S)",
        ),
        (
            "with arguments of the caller's",
            "macro_rules! m { ($s:expr, $a:tt) => { $s.far $a } }",
            "m!(S, (1))",
        ),
        (
            "to another macro",
            "macro_rules! n { ($s:expr, $n:ident) => { $s.$n(1) } } macro_rules! m { ($s:expr) => { n!($s, far) } }",
            "m!(S)",
        ),
        (
            "to a macro of the caller's",
            "macro_rules! n { ($s:expr, $n:ident) => { $s.$n(1) } } macro_rules! m { ($m:ident $s:expr) => { $m!($s, far) } }",
            "m!(n S)",
        ),
        (
            "in a macro that it makes",
            "macro_rules! m { ($s:expr) => { macro_rules! n { () => { $s.far(1) } } n!() } }",
            "m!(S)",
        ),
        (
            "to itself",
            "macro_rules! m { (@ $s:expr, $n:ident) => { $s.$n(1) }; ($s:expr) => { m!(@ $s, far) } }",
            "m!(S)",
        ),
    ] {
        let text = single(&format!(
            "{S} {macros} /// @cache\npub fn f() -> u8 {{ {body} }}"
        ));
        let text = text.replace("/// @cache", "\n/// @cache");
        edit_moves(case, &text, "41", "42");
    }
    let local = "macro_rules! m { ($s:expr) => { { let far = 1; let _ = &$s; far } } }";
    let text = single(&format!(
        "{S} {local}\n/// @cache\npub fn f() -> u8 {{ m!(S) }}"
    ));
    edit_stays("a local variable", &text, "41", "42");
}

#[test]
fn macros_that_are_given_to_be_called_make_items_too() {
    for (case, call) in [
        ("as an item", "each!(implement 1 2);"),
        ("through another one", "twice!(implement);"),
        ("in a module", "within!(implement 1);"),
        ("with all it is given", "all!(implement ([] 1 2));"),
        ("by parts of a path", "parts!(implement);"),
    ] {
        let text = format!(
            "//- src/lib.rs\n#[macro_use] mod macros;\nmod traits;\nuse traits::Convert;\n\
             /// @cache\npub fn f() -> u64 {{ [1u64; 2].convert() }}\n\
             //- src/macros.rs\nmacro_rules! each {{ ($m:ident $($n:tt)*) => {{ $m!([] $($n)*); }} }}\n\
             macro_rules! twice {{ ($m:ident) => {{ each!($m 1 2); }} }}\n\
             macro_rules! all {{ ($m:ident $all:tt) => {{ $m! $all; }} }}\n\
             macro_rules! parts {{ ($($m:ident)::*) => {{ $($m)::*!([] 1 2); }} }}\n\
             macro_rules! within {{ ($m:ident $n:tt) => {{ mod inside {{ use super::*; $m!([] $n 2); }} }} }}\n\
             //- src/traits.rs\npub trait Convert {{ fn convert(self) -> u64; }}\n\
             macro_rules! implement {{ ([] $($n:tt)*) => {{ $(impl Convert for [u64; $n] {{ fn convert(self) -> u64 {{ 7 }} }})* }} }}\n\
             {call}\n"
        );
        edit_moves(case, &text, "{ 7 }", "{ 8 }");
    }
}

#[test]
fn macros_that_are_handed_on_by_a_path_or_another_name() {
    for (import, name) in [
        ("", "give"),
        ("pub(crate) use give;", "crate::give"),
        ("pub(crate) use give as other;", "crate::other"),
        ("use give as other;", "other"),
        ("mod m { pub(crate) use give; }", "self::m::give"),
    ] {
        let text = single(&format!(
            "macro_rules! each {{ ($m:path, $n:tt) => {{ $m!($n) }} }}\n\
             macro_rules! give {{ ($n:tt) => {{ $n + 7 }} }}\n{import}\n\
             /// @cache\npub fn f() -> u64 {{ each!({name}, 1) }}\n"
        ));
        edit_moves(name, &text, "+ 7", "+ 8");
    }
}

#[test]
fn write_calls_a_method_whatever_it_belongs_to() {
    for target in ["T for S", "S", "T for dyn fmt::Write + '_"] {
        let text = single(&format!(
            "use std::fmt;\npub struct S;\npub trait T {{ fn own(&self) {{}} fn write_fmt(&mut self, _: fmt::Arguments<'_>) -> fmt::Result; }}\n\
             impl {target} {{ fn write_fmt(&mut self, _: fmt::Arguments<'_>) -> fmt::Result {{ drop(7); Ok(()) }} }}\n\
             fn to<W: T + ?Sized>(to: &mut W) -> fmt::Result {{ write!(to, \"a\") }}\n\
             /// @cache\npub fn f() -> bool {{ write!(S, \"a\").is_ok() || to(&mut String::new() as &mut dyn fmt::Write).is_ok() }}\n"
        ));
        edit_moves(target, &text, "drop(7)", "drop(8)");
    }
}

/// Derives and attribute macros of other crates make names that stand nowhere.
#[test]
fn names_that_come_of_an_adorned_item() {
    const BUILT: &str =
        "#[derive(other::Builder)] pub struct Foo { #[builder(default = \"41\")] pub x: u8 }";
    const NAMED: &str = "#[derive(other::EnumDiscriminants)] #[strum_discriminants(name(Kind))] pub enum Foo { A = 41 }";
    const OPEN: &str = "#[derive(other::Grammar)] #[rules = \"41\"] pub struct Foo;";
    const PEST: &str =
        "use pest_derive::Parser; #[derive(Parser)] #[grammar_inline = \"41\"] pub struct Foo;";
    const FUNCTION: &str = "#[other::builder] pub fn foo(x: u8) -> u8 { x + 41 }";
    const IMPL: &str =
        "pub struct Foo; #[other::builder] impl Foo { pub fn foo(&self) -> u8 { 41 } }";
    const METHOD: &str =
        "pub struct Foo; impl Foo { #[other::builder] pub fn foo(&self) -> u8 { 41 } }";
    for (made, uses, body) in [
        (BUILT, "use m::*;", "FooBuilder::default().build()"),
        (BUILT, "use m::FooBuilder;", "FooBuilder::default().build()"),
        (BUILT, "use m as n;", "n::FooBuilder::default().build()"),
        (NAMED, "use m::*;", "Kind::A as u8"),
        (NAMED, "", "m::Kind::A as u8"),
        (OPEN, "use m::*;", "match Rule::first() { Rule::A => 1 }"),
        (OPEN, "use m::rule;", "rule(n)"),
        (PEST, "", "m::Rule::A as u8"),
        (FUNCTION, "use m::*;", "foo_with().x(3).call()"),
        (FUNCTION, "use m::foo_with;", "foo_with().x(3).call()"),
        (IMPL, "use m::Foo;", "Foo.other().call()"),
        (IMPL, "use m::Foo;", "Foo::other().call()"),
        (METHOD, "use m::Foo;", "Foo.other().call()"),
    ] {
        let text = format!(
            "mod m {{ {made} }} #[allow(unused)] {uses} /// @cache\npub fn f(n: u8) -> u8 {{ {body} }}"
        );
        edit_moves(body, &single(&text), "41", "42");
    }
    for (made, body) in [
        (BUILT, "let unrelated = n; unrelated"),
        (OPEN, "let unrelated = n; unrelated"),
        (
            "#[derive(serde::Serialize)] pub struct Foo(pub [u8; 41]);",
            "let foo = n; foo",
        ),
    ] {
        let text = format!("{made} /// @cache\npub fn f(n: u8) -> u8 {{ {body} }}");
        edit_stays(body, &single(&text), "41", "42");
    }
}

/// Macros of another crate that goes with one of ours call what that one has for them alone.
#[test]
fn what_a_macro_calls_of_the_crate_that_it_goes_with() {
    const DERIVE: &str = "dep_derive = \"1\"";
    for (import, body) in [
        (
            "use dep::Thing; #[derive(Thing)] pub struct S;",
            "let _ = S; 1",
        ),
        ("use dep::thing; #[thing] pub struct S;", "let _ = S; 1"),
        ("#[derive(dep_derive::Thing)] pub struct S;", "let _ = S; 1"),
        ("", "dep::call!(n)"),
        ("", "dep::ours!(n)"),
        ("use dep::call as other;", "other!(n)"),
    ] {
        let files = format!(
            "//- dep/src/lib.rs
pub use dep_derive::{{Thing, thing, call}};
pub mod private {{ pub fn g() -> u8 {{ 41 }} }}
#[macro_export] macro_rules! ours {{ ($n:expr) => {{ $crate::call!($n) }} }}
//- src/lib.rs
{import}
/// @cache
pub fn f(n: u8) -> u8 {{ {body} }}
"
        );
        let text = with_dep(DERIVE, &format!("[dependencies]\n{DERIVE}"), &files);
        edit_moves(body, &text, "41", "42");
    }
}

/// As crates with a module for each platform have them. Each may bring the name, and may lead through another one.
#[test]
fn many_globs_among_the_tokens_of_a_macro() {
    let modules: String = (0..40)
        .map(|number| format!("mod m{number} {{ pub fn g{number}() -> u8 {{ {number} }} }}\n"))
        .collect();
    let arms: String = (0..40)
        .map(|number| format!("if #[cfg(unix)] {{ pub use m{number}::*; }} else "))
        .collect();
    let text = format!(
        "{modules}mod m {{ pub mod n {{ pub fn h() -> u8 {{ 41 }} }} }}
        cfg_if! {{ {arms} {{ use m::*; pub use n::*; }} }}
        /// @cache\npub fn f() -> u8 {{ h() + g7() }}"
    );
    edit_moves("through another one", &single(&text), "41", "42");
    edit_moves("one of many", &single(&text), "{ 7 }", "{ 8 }");
}

/// In whatever order they come.
#[test]
fn imports_among_the_tokens_of_a_macro_that_lead_through_one_another() {
    for imports in [
        "use a::b; use b::c; use c::d;",
        "use c::d; use b::c; use a::b;",
        "use b as q; use a::*; use q::c::d;",
    ] {
        let text = format!(
            "mod a {{ pub mod b {{ pub mod c {{ pub mod d {{ pub fn g() -> u8 {{ 41 }} }} }} }} }}
            macro_rules! make {{ ($($t:tt)*) => {{ mod made {{ use crate::a; $($t)* }} }} }}
            make! {{ {imports} pub fn h() -> u8 {{ d::g() }} }}
            /// @cache\npub fn f() -> u8 {{ made::h() }}"
        );
        edit_moves(imports, &single(&text), "41", "42");
    }
}

#[test]
fn a_macro_of_ours_may_be_called_by_one_of_stds() {
    for detected in [
        "std::arch::is_x86_feature_detected!(\"f16c\")",
        "is_aarch64_feature_detected!(\"fp16\")",
    ] {
        let text = single(&format!(
            "macro_rules! cfg {{ ($($t:tt)*) => {{ 41 == 41 }} }}
            /// @cache\npub fn f(n: u8) -> bool {{ {detected} }}\n"
        ));
        edit_moves(detected, &text, "41 ==", "42 ==");
    }
}
