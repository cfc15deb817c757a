//! Names that macros put together, make or hand to the linker: no one place spells where they lead.

use super::*;

#[test]
fn paths_that_a_macro_begins_with_what_it_is_given() {
    all_move(&[
        "mod a { pub fn g() -> u8 { 41 } } macro_rules! m { ($p:ident) => { $p::g() } }
        /// @cache\npub fn f() -> u8 { m!(a) }",
        "mod a { pub fn g() -> u8 { 41 } } macro_rules! m { ($p:ident, $g:ident) => { $p::$g() } }
        /// @cache\npub fn f() -> u8 { m!(a, g) }",
        "mod a { pub fn g() -> u8 { 1 } } mod b { pub fn g() -> u8 { 41 } }
        macro_rules! m { ($($p:ident),*) => { fn all() -> Vec<u8> { vec![$($p::g()),*] } } } m!(a, b);
        /// @cache\npub fn f() -> Vec<u8> { all() }",
        "mod a { pub mod b { pub fn g() -> u8 { 41 } } } use a::b as q;
        macro_rules! m { ($p:tt) => { n!($p) } } macro_rules! n { ($p:tt) => { $p::g() } }
        /// @cache\npub fn f() -> u8 { m!(q) }",
        "mod a { pub mod b { pub fn g() -> u8 { 41 } } }
        macro_rules! m { ($($p:ident)*) => { $($p)::*::g() } }
        /// @cache\npub fn f() -> u8 { m!(a b) }",
        "mod a { pub mod b { pub fn g() -> u8 { 41 } } }
        macro_rules! m { ($($p:ident)*; $g:ident) => { $($p::)*$g() } }
        /// @cache\npub fn f() -> u8 { m!(a b; g) }",
        "fn g() -> u8 { 41 } macro_rules! m { ($p:ident $g:ident) => { $p::$g() } }
        mod a { /// @cache\npub fn f() -> u8 { m!(super g) } }",
        "mod a { pub struct S; impl S { pub fn g() -> u8 { 41 } } }
        macro_rules! m { ($p:ident) => { $p::S::g() } }
        /// @cache\npub fn f() -> u8 { m!(a) }",
        "mod a { macro_rules! xx { () => { 41 } } pub(crate) use xx as x; }
        macro_rules! m { ($p:ident $x:ident) => { $p::$x!() } }
        /// @cache\npub fn f() -> u8 { m!(a x) }",
        "mod a { pub use b::*; mod b { #[derive(other::Builder2)] pub struct Foo { #[x(default = 41)] pub x: u8 } } }
        macro_rules! m { ($p:ident) => { $p::FooBuilder::default().build().x } }
        /// @cache\npub fn f() -> u8 { m!(a) }",
        "mod a { #[derive(other::Thing)] #[thing(41)] pub struct Foo; }
        macro_rules! m { ($p:ident $n:ident) => { $p::$n::default() } }
        /// @cache\npub fn f() -> u8 { m!(a Bar) }",
        "mod a { pub use b::*; mod b { #[derive(other::Thing)] #[thing(41)] pub struct Foo; } }
        macro_rules! m { ($n:ident $p:ident) => { $p::$n() } }
        /// @cache\npub fn f() -> u8 { m!(new_foo a) }",
        "mod a { pub struct S; }
        macro_rules! m { ($p:ident) => { impl Drop for $p::S { fn drop(&mut self) { print!(\"41\") } } } } m!(a);
        /// @cache\npub fn f() { let _s = a::S; }",
        "use std::sync::atomic::*; static S: AtomicU8 = AtomicU8::new(0);
        mod a { pub fn set(n: u8) { super::S.store(n, Ordering::Relaxed) } }
        macro_rules! m { ($p:ident $n:expr) => { $p::set($n) } } pub fn start() { m!(a 41) }
        /// @cache\npub fn f() -> u8 { S.load(Ordering::Relaxed) }",
    ]);
}

#[test]
fn paths_that_no_macro_puts_together() {
    for case in [
        "mod a { pub fn g() -> u8 { 41 } } macro_rules! m { ($p:ident) => { $p::g() } }
        mod b { pub fn g() -> u8 { 1 } }
        /// @cache\npub fn f() -> u8 { m!(b) }",
        "mod a { pub fn g() -> u8 { 41 } }
        /// @cache\npub fn f(a: u8) -> u8 { let g = a; println!(\"{g} {}\", g); g }",
    ] {
        edit_stays(case, &single(case), "41", "42");
    }
}

#[test]
fn crates_that_macros_name_for_their_users() {
    let files = "//- dep/src/lib.rs
#[macro_export] macro_rules! outer { ($($t:tt)*) => { $crate::__inner!($crate $($t)*) } }
#[macro_export] macro_rules! __inner { ($k:tt $n:ident) => { $k::__private::$n() } }
pub mod __private { pub use crate::own::*; }
mod own { pub fn go() -> u8 { 41 } }
//- src/lib.rs
/// @cache
pub fn f() -> u8 { dep::outer!(go) }
";
    edit_moves("by $crate", &with_dep("", "", files), "41", "42");
}

#[test]
fn fields_among_arguments_that_a_macro_calls() {
    const S: &str = "struct S; impl S { fn go(&self) -> u8 { 41 } fn me(&self) -> &S { self } }";
    let calls = format!(
        "{S} macro_rules! k {{ ($s:expr, $($m:ident).+) => {{ $s.$($m()).+ }} }}
        /// @cache\npub fn f() -> u8 {{ k!(S, me.go) }}"
    );
    all_move(&[&calls]);
    let reads = "struct S { go: u8 } impl S { fn go(&self) -> u8 { 41 } }
        macro_rules! k { ($s:expr) => { $s } } fn mk() -> S { S { go: 1 } }
        /// @cache\npub fn f() -> u8 { k!(mk().go) }";
    edit_stays("a field", &single(reads), "41", "42");
}

#[test]
fn impls_that_macros_make_in_bodies() {
    const T: &str = "struct S; struct U; trait T { fn t(&self) -> u8; }
        macro_rules! imp { ($t:ty) => { impl T for $t { fn t(&self) -> u8 { 41 } } } }";
    let of = |call: &str| format!("{T} {call}\n/// @cache\npub fn f() -> u8 {{ S.t() }}");
    for call in [
        "const _: () = { imp!(S); };",
        "fn other() { imp!(S); }",
        "macro_rules! two { ($t:ty) => { imp!($t); } } impl U { fn other() { two!(S); } }",
    ] {
        edit_moves(call, &single(&of(call)), "41", "42");
    }
    let unrelated = "fn other() { imp!(U); } impl T for S { fn t(&self) -> u8 { 1 } }\n/// @cache\npub fn f(n: u8) -> u8 { n }";
    edit_stays(
        "unrelated",
        &single(&format!("{T} {unrelated}")),
        "41",
        "42",
    );
}

#[test]
fn names_that_a_macro_imports_into_the_block_it_is_called_in() {
    all_move(&[
        "macro_rules! imports { () => { use crate::a::*; } } mod a { pub fn g() -> u8 { 41 } }
        /// @cache\npub fn f() -> u8 { imports!(); g() }",
        "macro_rules! imports { () => { use crate::a::g as h; } } mod a { pub fn g() -> u8 { 41 } }
        /// @cache\npub fn f() -> u8 { imports!(); h() }",
    ]);
}

#[test]
fn members_that_a_macro_declares_in_a_trait() {
    all_move(&[
        "macro_rules! i { () => { fn g(&self) -> u8 { 41 } } } trait T { i!(); } impl T for u8 {}
        /// @cache\npub fn f() -> u8 { 1u8.g() }",
        "macro_rules! i { () => { fn g(&self) -> u8; } }
        mod t { pub trait T { i!(); } impl T for u8 { fn g(&self) -> u8 { 41 } } } use t::*;
        /// @cache\npub fn f() -> u8 { 1u8.g() }",
    ]);
}

#[test]
fn names_of_the_linker_that_nobody_spells() {
    const IMPORT: &str = "unsafe extern \"C\" { fn other() -> u8; }";
    const EXPORT: &str = "mod z { #[unsafe(no_mangle)] extern \"C\" fn other() -> u8 { 41 } }";
    for (imported, exported) in [
        ("macro_rules! i { () => { fn other() -> u8; } } unsafe extern \"C\" { i!(); }", EXPORT),
        (
            "macro_rules! i { ($n:ident) => { unsafe extern \"C\" { fn $n() -> u8; } } } i!(other);",
            EXPORT,
        ),
        (
            "macro_rules! i { ($n:ident $l:literal) => { unsafe extern \"C\" { #[link_name = $l] fn $n() -> u8; } } }
            i!(other \"third\");",
            "mod z { #[unsafe(export_name = \"third\")] extern \"C\" fn second() -> u8 { 41 } }",
        ),
        (
            "unsafe extern \"C\" { #[link_name = concat!(\"th\", \"ird\")] fn other() -> u8; }",
            "mod z { #[unsafe(no_mangle)] extern \"C\" fn third() -> u8 { 41 } }",
        ),
        (
            IMPORT,
            "mod z { #[unsafe(export_name = concat!(\"ot\", \"her\"))] extern \"C\" fn second() -> u8 { 41 } }",
        ),
        (
            IMPORT,
            "mod z { #[cfg_attr(unix, unsafe(export_name = \"third\"))]
            #[cfg_attr(not(unix), unsafe(export_name = \"other\"))] extern \"C\" fn second() -> u8 { 41 } }",
        ),
        (
            IMPORT,
            "mod z { std::arch::global_asm!(\".globl other\", \"other:\", \"mov eax, 41\", \"ret\"); }",
        ),
        (
            IMPORT,
            "macro_rules! d { ($l:literal) => { #[unsafe(export_name = $l)] extern \"C\" fn second() -> u8 { 41 } } }
            mod z { d!(\"other\"); }",
        ),
    ] {
        let text = format!(
            "{imported}\n{exported}\n/// @cache\npub fn f() -> u8 {{ unsafe {{ other() }} }}"
        );
        edit_moves(&text, &single(&text), "41", "42");
    }
}

#[test]
fn captures_that_are_spelled_with_escapes() {
    all_move(&[
        "const K: u8 = 41; /// @cache\npub fn f() -> String { format!(\"\\x7bK\\u{7d}\") }",
        "const K: u8 = 41; /// @cache\npub fn f() -> String { format!(\"{\\\n    K}\") }",
    ]);
}

/// A crate that uses `dep::mac!`, `#[derive(dep::Mac)]`, and what the macros are made with.
fn with_macros(made: &str, ours: &str) -> String {
    let manifest = |name: &str, rest: &str| {
        format!("[package]\nname = \"{name}\"\nedition = \"2021\"\n{rest}\n")
    };
    format!(
        "//- Cargo.toml\n{}//- core/Cargo.toml\n{}//- core/src/lib.rs\npub fn text() -> &'static str {{ \"crate::m::k()\" }}
//- dep/Cargo.toml\n{}//- dep/src/lib.rs
use proc_macro::TokenStream;
fn made(given: TokenStream) -> String {{ let given = given.to_string(); {made} }}
#[proc_macro] pub fn mac(given: TokenStream) -> TokenStream {{ made(given).parse().unwrap() }}
#[proc_macro_derive(Mac, attributes(mac))] pub fn derive(given: TokenStream) -> TokenStream {{ made(given).parse().unwrap() }}
//- src/lib.rs\n{ours}\n",
        manifest("app", "[dependencies]\ndep = { path = \"dep\" }"),
        manifest("core_", ""),
        manifest(
            "dep",
            "[lib]\nproc-macro = true\n[dependencies]\ncore_ = { path = \"../core\" }"
        ),
    )
}

#[test]
fn names_that_procedural_macros_make_of_what_they_are_given() {
    for (made, ours) in [
        (
            "format!(\"crate::m::get_{given}()\")",
            "mod m { pub fn get_a() -> u8 { 41 } }\n/// @cache\npub fn f() -> u8 { dep::mac!(a) }",
        ),
        (
            "format!(\"{given}::run()\")",
            "mod m { pub fn run() -> u8 { 41 } }\n/// @cache\npub fn f() -> u8 { dep::mac!(m) }",
        ),
        (
            "given.to_uppercase()",
            "const A_B: u8 = 41;\n/// @cache\npub fn f() -> u8 { dep::mac!(a_b) }",
        ),
        (
            "given.trim_matches('\"').to_owned()",
            "mod m { pub fn g() -> u8 { 41 } }\n/// @cache\npub fn f() -> u8 { dep::mac!(\"m::g()\") }",
        ),
        (
            "format!(\"impl S {{ pub fn g(&self) -> u8 {{ {} }} }}\", given.split('\"').nth(1).unwrap())",
            "mod m { pub fn g() -> u8 { 41 } } #[derive(dep::Mac)] #[mac(value = \"m::g() + 1\")] pub struct S;
            /// @cache\npub fn f() -> u8 { S.g() }",
        ),
        (
            "let brace = \"{\"; [\"print!(\\\"\", brace, \"}\\\",\", \"S\", \")\"].concat()",
            "pub struct S; impl std::fmt::Display for S { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(\"41\") } }
            /// @cache\npub fn f() { dep::mac!() }",
        ),
        (
            "format!(\"S {} 1\", '+')",
            "pub struct S; impl std::ops::Add<u8> for S { type Output = u8; fn add(self, _: u8) -> u8 { 41 } }
            /// @cache\npub fn f() -> u8 { dep::mac!() }",
        ),
        (
            "core_::text().to_owned()",
            "mod m { pub fn k() -> u8 { 41 } }\n/// @cache\npub fn f() -> u8 { dep::mac!() }",
        ),
    ] {
        edit_moves(made, &with_macros(made, ours), "41", "42");
    }
    let unrelated = "pub fn other() -> u8 { 41 }\n/// @cache\npub fn f() -> u8 { dep::mac!(a) }";
    let text = with_macros("format!(\"1 + {given}\")", unrelated);
    edit_stays("unrelated", &text, "41", "42");
}

#[test]
fn names_that_macros_hand_on_to_others_that_read_them() {
    all_move(&[
        "macro_rules! n { ($n:ident) => { paste::paste! { [<$n:upper>] } } } macro_rules! m { ($n:ident) => { n!($n) } }
        const A_B: u8 = 41;
        /// @cache\npub fn f() -> u8 { m!(a_b) }",
        "macro_rules! n { ($s:expr, $($m:ident).+) => { $s.$($m()).+ } } macro_rules! m { ($($t:tt)*) => { n!($($t)*) } }
        struct S; impl S { fn go(&self) -> u8 { 41 } fn me(&self) -> &S { self } }
        /// @cache\npub fn f() -> u8 { m!(S, me.go) }",
        "macro_rules! n { () => { use crate::a::*; } } macro_rules! m { () => { n!(); } } mod a { pub fn g() -> u8 { 41 } }
        /// @cache\npub fn f() -> u8 { m!(); g() }",
    ]);
}

#[test]
fn registries_that_attribute_macros_make_of_statics() {
    let of = |attribute: &str| {
        format!(
            "{attribute} pub static S: [fn() -> u8; 1] = [one]; fn one() -> u8 {{ 1 }}
        mod x {{ #[linkme::distributed_slice(super::S)] fn g() -> u8 {{ 41 }} }}
        /// @cache\npub fn f() -> u8 {{ S.iter().map(|f| f()).sum() }}"
        )
    };
    let registry = of("#[linkme::distributed_slice]");
    edit_moves("a registry", &single(&registry), "41", "42");
    let registry = registry.replace(" = [one]", "").replace("; 1]", "]");
    edit_moves("a registry without a value", &single(&registry), "41", "42");
    edit_stays("a table", &single(&of("")), "41", "42");
}

/// As `paste!` does, and macros like it.
#[test]
fn names_that_macros_put_together_of_letters() {
    for (made, ours) in [
        ("[<get_ $n>]()", "fn get_a_b() -> u8 { 41 }"),
        (
            "m::[<get_ $n>]()",
            "mod m { pub fn get_a_b() -> u8 { 41 } }",
        ),
        (
            "S.[<get_ $n>]()",
            "struct S; impl S { fn get_a_b(&self) -> u8 { 41 } }",
        ),
        (
            "[<$n:camel Of>]::run()",
            "struct ABOf; impl ABOf { fn run() -> u8 { 41 } }",
        ),
        ("[<$n:upper>]", "const A_B: u8 = 41;"),
        ("[<\"a\" _ b>]()", "fn a_b() -> u8 { 41 }"),
    ] {
        let text = format!(
            "macro_rules! m {{ ($n:ident) => {{ paste::paste! {{ {made} }} }} }} {ours}
            /// @cache\npub fn f() -> u8 {{ m!(a_b) }}"
        );
        edit_moves(made, &single(&text), "41", "42");
    }
    let direct = "const GET_A: u8 = 41; fn get_b() -> u8 { 43 }
        /// @cache\npub fn f() -> u8 { paste::paste!([<get_a:upper>]) }";
    edit_moves("direct", &single(direct), "41", "42");
    edit_stays("another", &single(direct), "43", "44");
}

#[test]
fn types_that_macros_take_for_modules() {
    all_move(&[
        "mod a { pub struct W; impl W { pub fn serialize() -> u8 { 41 } } }
        #[derive(serde::Serialize)] pub struct A { #[serde(with = \"a::W\")] x: u8 }
        /// @cache\npub fn f(a: A) -> u8 { a.x }",
        "mod a { pub struct W<T>(T); impl<T> W<T> { pub fn serialize() -> u8 { 41 } } }
        #[derive(serde::Serialize)] pub struct A { #[serde(with = \"a::W::<u8>\")] x: u8 }
        /// @cache\npub fn f(a: A) -> u8 { a.x }",
    ]);
}

#[test]
fn code_in_the_strings_of_attributes() {
    all_move(&[
        "#[derive(other::Builder)] pub struct S { #[builder(default = \"m::g() + 1\")] pub x: u8 }
        mod m { pub fn g() -> u8 { 41 } }
        /// @cache\npub fn f(s: S) -> u8 { s.x }",
        "pub struct W<T>(T); pub struct Foo; impl Drop for Foo { fn drop(&mut self) { print!(\"41\") } }
        #[derive(other::Thing)] #[thing(from = \"W<Foo>\")] pub struct S;
        /// @cache\npub fn f(s: S) {}",
        "macro_rules! m { ($n:ident $l:literal) => {
            #[derive(serde::Deserialize)] pub struct $n { #[serde(default = $l)] pub x: u8 }
        } }
        mod d { pub fn g() -> u8 { 41 } } m!(S \"d::g\");
        /// @cache\npub fn f(s: S) -> u8 { s.x }",
    ]);
    let sentence = "fn read() -> u8 { 41 }
        #[derive(other::Error)] pub enum E { #[error(\"can't read {0}: see the log\")] A(u8) }
        /// @cache\npub fn f(e: E) {}";
    edit_stays("a sentence", &single(sentence), "41", "42");
}
