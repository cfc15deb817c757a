//! Traits and operators that no path names: what of them a call or a sign may mean moves the version, whatever way
//! leads there, and what can't be meant does not.

use super::*;

/// A type, and far from it a trait that it implements.
const FAR: &str = "
pub struct S;
mod far {
    pub trait Far { fn m(&self) -> i64; }
    pub use self::Far as Renamed;
    impl Far for super::S { fn m(&self) -> i64 { 41 } }
}
";

#[track_caller]
fn call_moves(case: &str, code: &str) {
    edit_moves(case, &single(&format!("{FAR}{code}")), "41", "42");
}

#[test]
fn traits_that_imports_bring() {
    for (case, imports, call) in [
        ("by name", "use crate::far::Far;", "crate::S.m()"),
        (
            "without a name",
            "use crate::far::Far as _;",
            "crate::S.m()",
        ),
        (
            "by another name",
            "use crate::far::Renamed;",
            "crate::S.m()",
        ),
        ("by a glob", "use crate::far::*;", "crate::S.m()"),
        (
            "behind a pointer",
            "use crate::far::Far;",
            "std::rc::Rc::new(crate::S).m()",
        ),
        (
            "as a path",
            "use crate::far::Far;",
            "crate::S::m(&crate::S)",
        ),
        (
            "by globs of globs",
            "mod inner { pub mod all { pub use crate::far::*; } pub use all::*; } use inner::*;",
            "crate::S.m()",
        ),
        (
            "by the crate's own name",
            "use crate::me::far::Far;",
            "crate::S.m()",
        ),
        ("in the body", "", "use crate::far::Far; crate::S.m()"),
        (
            "in a block",
            "",
            "if true { use crate::far::*; crate::S.m() } else { 0 }",
        ),
        (
            "in arguments",
            "",
            "std::format!(\"{}\", { use crate::far::*; crate::S.m() }); 1",
        ),
        (
            "by what a macro makes",
            "macro_rules! make { ($n:ident) => { mod $n { pub use crate::far::*; } } } make!(made); use made::*;",
            "crate::S.m()",
        ),
        (
            "by a macro's name for it",
            "macro_rules! make { ($p:path, $n:ident) => { use $p as $n; } } make!(crate::far::Far, Made);",
            "crate::S.m()",
        ),
        (
            "by a macro's glob",
            "macro_rules! make { ($($p:ident)::*) => { use $($p)::*::*; } } make!(crate::far);",
            "crate::S.m()",
        ),
    ] {
        let code = format!(
            "extern crate self as me;\nmod a {{ {imports}\n/// @cache\npub fn f() -> i64 {{ {call} }} }}"
        );
        call_moves(case, &code);
    }
}

#[test]
fn traits_that_are_spelled_somewhere_on_the_way() {
    for (case, code, call) in [
        ("bound", "pub fn g<T: crate::far::Far>(t: T) -> i64 { t.m() }", "g(crate::S)"),
        ("where", "pub fn g<T>(t: T) -> i64 where T: crate::far::Far { t.m() }", "g(crate::S)"),
        ("argument", "pub fn g(t: impl crate::far::Far) -> i64 { t.m() }", "g(crate::S)"),
        ("answer", "pub fn g() -> impl crate::far::Far { crate::S }", "g().m()"),
        ("object", "pub fn g() -> Box<dyn crate::far::Far> { Box::new(crate::S) }", "g().m()"),
        ("qualified", "", "<crate::S as crate::far::Far>::m(&crate::S)"),
        (
            "supertrait",
            "pub trait Sub: crate::far::Far {} impl Sub for crate::S {} pub fn g<T: Sub>(t: T) -> i64 { t.m() }",
            "g(crate::S)",
        ),
        (
            "associated type",
            "pub trait Has { type A: crate::far::Far; fn a(&self) -> Self::A; }
            impl Has for u8 { type A = crate::S; fn a(&self) -> crate::S { crate::S } }
            pub fn g<T: Has>(t: T) -> i64 { t.a().m() }",
            "g(1)",
        ),
        (
            "associated type of a supertrait",
            "mod has { pub trait Has { type A: crate::far::Far; fn a(&self) -> Self::A; } }
            pub trait More: has::Has {} impl More for u8 {}
            impl has::Has for u8 { type A = crate::S; fn a(&self) -> crate::S { crate::S } }
            pub fn g<T: More>(t: T) -> i64 { t.a().m() }",
            "g(1)",
        ),
        (
            "impl header",
            "pub struct W<T>(pub T); impl<T: crate::far::Far> W<T> { pub fn g(&self) -> i64 { self.0.m() } }",
            "W(crate::S).g()",
        ),
        (
            "the trait around",
            "pub struct W(pub crate::S); impl crate::far::Far for W { fn m(&self) -> i64 { self.0.m() } }",
            "{ use crate::far::Renamed; W(crate::S).m() }",
        ),
        (
            "macro",
            "macro_rules! g { ($e:expr) => {{ use $crate::far::Far; $e.m() }} }",
            "g!(crate::S)",
        ),
        (
            "glob in a macro",
            "macro_rules! g { ($e:expr) => {{ use $crate::far::*; $e.m() }} }",
            "g!(crate::S)",
        ),
        (
            "glob upward in a macro",
            "macro_rules! g { () => {{ mod deep { use super::super::far::*; pub fn m() -> i64 { crate::S.m() } } deep::m() }} }",
            "g!()",
        ),
        (
            "fragment",
            "macro_rules! g { ($p:path, $e:expr) => {{ use $p as _; $e.m() }} }",
            "g!(crate::far::Far, crate::S)",
        ),
        (
            "part of a path",
            "macro_rules! g { ($p:ident, $e:expr) => {{ use crate::$p::*; $e.m() }} }",
            "g!(far, crate::S)",
        ),
        (
            "bound in what a macro makes",
            "macro_rules! make { ($n:ident) => { mod $n { pub use super::super::far::Renamed as Made; } } } make!(made);
            pub fn g<T: made::Made>(t: T) -> i64 { t.m() }",
            "g(crate::S)",
        ),
        (
            "put together",
            "",
            "paste::paste! { <crate::S as crate::far::[<F ar>]>::m(&crate::S) }",
        ),
        ("a macro of another crate", "", "other::call!(m, crate::S)"),
        (
            "a macro of another crate behind one of ours",
            "macro_rules! ours { () => {} }",
            "ours!(); other::call!(m, crate::S)",
        ),
    ] {
        let code = format!("mod a {{ {code}\n/// @cache\npub fn f() -> i64 {{ {call} }} }}");
        call_moves(case, &code);
    }
}

#[test]
fn traits_of_included_code_and_other_packages() {
    let f = "mod a { /// @cache\npub fn f() -> i64 { include!(\"part.rs\") } }";
    let text = format!(
        "{}//- src/part.rs\n{{ use crate::far::*; crate::S.m() }}",
        single(&format!("{FAR}{f}\n"))
    );
    edit_moves("include", &text, "41", "42");
    let files = "//- dep/src/lib.rs
mod far { pub trait Far { fn m(&self) -> i64; } impl Far for u8 { fn m(&self) -> i64 { 41 } } }
pub mod prelude { pub use crate::far::Far as _; }
//- src/lib.rs
use dep::prelude::*;
/// @cache
pub fn f() -> i64 { 1u8.m() }
";
    edit_moves("another package", &with_dep("", "", files), "41", "42");
}

#[test]
fn a_trait_that_nothing_names_or_brings_into_scope_can_not_be_meant() {
    let near = "mod near { pub trait Near { fn m(&self) -> i64; } impl Near for crate::S { fn m(&self) -> i64 { 1 } } }
        mod a { use crate::near::Near;\n/// @cache\npub fn f() -> i64 { crate::S.m() } }";
    let text = single(&format!("{FAR}{near}"));
    edit_stays("R8", &text, "41", "42");
    edit_moves(
        "R10",
        &text,
        "use crate::near::Near;",
        "use crate::far::Far;",
    );
    edit_moves(
        "R10",
        &text,
        "use crate::near::Near;",
        "use crate::near::Near; use crate::far::*;",
    );
    let reexported = text.replace("use crate::near::Near;", "use crate::both::Near;")
        + "mod both { pub use crate::{far::Far, near::Near}; }";
    edit_stays("not by a name", &reexported, "41", "42");
    let all = reexported.replace("both::Near;", "both::*;");
    edit_moves("by all", &all, "41", "42");
}

/// A type and the impl of an operator of its, by trait and method.
fn operated(trait_: &str, method: &str, binary: bool) -> String {
    let (more, output) = match (binary, trait_.ends_with("Assign")) {
        (true, true) => ("&mut self, _: V", ""),
        (true, false) => ("self, _: V", "-> V"),
        (false, _) => ("self", "-> V"),
    };
    let declared = if output.is_empty() {
        ""
    } else {
        "type Output = V;"
    };
    let result = if output.is_empty() { "" } else { "V" };
    format!(
        "#[derive(Clone, Copy)] pub struct V;
        impl std::ops::{trait_} for V {{ {declared} fn {method}({more}) {output} {{ probe(41); {result} }} }}
        fn probe(_: u8) {{}}\n"
    )
}

/// A function that gets two values of the type.
fn using(body: &str) -> String {
    format!("/// @cache\npub fn f(a: V, mut b: V, p: &u8) -> u8 {{ {body}; 1 }}\n")
}

#[test]
fn operators_by_their_signs_and_names() {
    for (trait_, method, body) in [
        ("Add", "add", "a + b"),
        ("Add", "add", "let _ = if *p > 1 { a } else { b } + a"),
        ("Add", "add", "m(a) + b"),
        ("Add", "add", "[a][0] + b"),
        ("Add", "add", "println!(\"{}\", a + b)"),
        ("Add", "add", "a.add(b)"),
        ("Add", "add", "[a].into_iter().fold(b, std::ops::Add::add)"),
        (
            "Add",
            "add",
            "use std::ops::Add as Plus; fn g<T: Plus>(_: T) {} g(a)",
        ),
        (
            "Add",
            "add",
            "macro_rules! m { ($a:expr, $b:expr) => { $a + $b } } m!(a, b)",
        ),
        (
            "Add",
            "add",
            "macro_rules! m { ($a:expr, $o:tt, $b:expr) => { $a $o $b } } m!(a, +, b)",
        ),
        (
            "Add",
            "add",
            "macro_rules! m { ($o:tt $a:tt $b:tt) => { $a $o $b } } m!(+ a b)",
        ),
        (
            "Add",
            "add",
            "macro_rules! m { ($a:expr, $b:expr) => { n!($a, +, $b) } } m!(a, b)",
        ),
        (
            "Add",
            "add",
            "macro_rules! m { ($n:ident) => { $n!(+ a b) } } m!(n)",
        ),
        (
            "Add",
            "add",
            "macro_rules! m { ($($a:ident)* ; $b:ident) => { $($a)* + $b } } m!(a; b)",
        ),
        ("AddAssign", "add_assign", "b += a"),
        ("ShlAssign", "shl_assign", "b <<= a"),
        ("Shr", "shr", "a >> b"),
        ("BitAnd", "bitand", "a & b"),
        ("BitAnd", "bitand", "a & &b"),
        ("BitOr", "bitor", "a | b"),
        ("Mul", "mul", "a * b"),
        ("Mul", "mul", "let _ = { a } * b"),
        ("Sub", "sub", "a -b"),
        ("Rem", "rem", "m!(a % b)"),
    ] {
        let text = single(&(operated(trait_, method, true) + &using(body)));
        edit_moves(body, &text, "41", "42");
    }
    for (trait_, method, body) in [
        ("Neg", "neg", "-a"),
        ("Neg", "neg", "return -a"),
        ("Neg", "neg", "if true {} -a"),
        ("Neg", "neg", "(1, -a)"),
        ("Neg", "neg", "[a].map(|x| -x)"),
        (
            "Neg",
            "neg",
            "macro_rules! m { ($t:tt $a:ident) => { $t $a } } m!(- a)",
        ),
        ("Not", "not", "!a"),
        ("Not", "not", "if !a {}"),
        ("Not", "not", "assert!(a)"),
        ("Not", "not", "[a].map(std::ops::Not::not)"),
        (
            "Not",
            "not",
            "macro_rules! m { ($a:expr) => { !$a } } m!(a)",
        ),
    ] {
        let text = single(&(operated(trait_, method, false) + &using(body)));
        edit_moves(body, &text, "41", "42");
    }
}

#[test]
fn operators_that_other_code_uses() {
    let sum = "impl std::iter::Sum for V { fn sum<I: Iterator<Item = V>>(all: I) -> V { all.fold(V, |a, b| a + b) } }\n";
    for (case, more, body) in [
        ("sum", sum, "[a].into_iter().sum::<V>()"),
        ("callee", "fn g(a: V, b: V) -> V { a + b }", "g(a, b)"),
        ("another crate", "", "other::add_all(a)"),
        ("a trait of another crate", "use other::AddAll;", "a.all()"),
        ("all of another crate", "use other::*;", "a.all()"),
        (
            "a derive of another crate",
            "#[derive(other::Add)] struct W(V);",
            "W(a).all()",
        ),
        ("a macro of another crate", "", "call!(a)"),
        (
            "a supertrait",
            "trait Sums: std::ops::Add<Output = Self> + Sized { fn g(self) {} } impl Sums for V {}",
            "a.g()",
        ),
    ] {
        let code = single(&(operated("Add", "add", true) + more + &using(body)));
        let package = "[package]\nname = \"app\"\n[dependencies]\nother = \"1\"\n";
        edit_moves(
            case,
            &format!("//- Cargo.toml\n{package}{code}"),
            "41",
            "42",
        );
    }
    let text = format!(
        "{}//- src/part.rs\na + b",
        single(&(operated("Add", "add", true) + &using("include!(\"part.rs\")")))
    );
    edit_moves("include", &text, "41", "42");
}

#[test]
fn operators_without_a_sign_do_not_matter() {
    for (trait_, method, body) in [
        ("Add", "add", "let _ = (a, b)"),
        ("BitAnd", "bitand", "m(&a, &mut b, &&a, true && *p > 1)"),
        ("Mul", "mul", "m(*p, *p as *const u8, a)"),
        ("Sub", "sub", "m(-1, |x: u8| -> V { a })"),
        ("BitOr", "bitor", "[1].map(|x| x); true || false"),
        ("Shl", "shl", "m::<<V as Clone>::X>(a)"),
        ("BitXorAssign", "bitxor_assign", "a ^ b"),
    ] {
        let text = single(&(operated(trait_, method, true) + &using(body)));
        edit_stays(body, &text, "41", "42");
    }
    let other =
        operated("Not", "not", false) + &using("assert_eq!(1, 1); println!(\"{}\", a != b)");
    edit_stays("!", &single(&other), "41", "42");
    let negated = operated("Neg", "neg", false) + &using("a - b");
    edit_stays("-", &single(&negated), "41", "42");
}

#[test]
fn impls_that_macros_make_of_traits_that_are_known() {
    let text = single(
        "pub struct S;
        mod made {
            pub trait Near { fn m(&self) -> i64; }
            pub trait Far { fn m(&self) -> i64; }
            macro_rules! implement { ($t:ident, $($ty:ty)*) => { $(impl $t for $ty { fn m(&self) -> i64 { 41 } })* } }
            macro_rules! far { ($($ty:ty)*) => { $(impl Far for $ty { fn m(&self) -> i64 { 51 } })* } }
            implement!(Near, super::S u8);
            far!(super::S u8);
        }
        mod a { use crate::made::Near;\n/// @cache\npub fn f() -> i64 { crate::S.m() + m!(u8) } }",
    );
    edit_moves("R14", &text, "41", "42");
    let far = text.replace("use crate::made::Near", "use crate::made::Far");
    edit_moves("R14", &far, "51", "52");
    let asked = text.replace("made::Near;", "made::Near; use crate::made::Far as _;");
    edit_moves("R10", &asked, "51", "52");
    let unnamed = single(
        "mod far { pub trait Far { fn m(&self) -> i64; }
            macro_rules! far { ($($ty:ident)*) => { $(impl Far for $ty { fn m(&self) -> i64 { 51 } })* } }
            far!(u8 u16); }
        macro_rules! id { ($t:ident) => { $t::MAX } }
        mod a { /// @cache\npub fn f() -> u8 { id!(u8) } }",
    );
    edit_stays("R14", &unnamed, "51", "52");
}

#[test]
fn a_marker_trait_that_a_macro_implements() {
    let text = single(
        "pub struct S; pub trait Mark {}
        macro_rules! mark { ($($ty:ident)*) => { $(impl Mark for $ty {})* } }
        mark!(S);
        trait Show { fn show(&self) -> u8; }
        impl<T: Mark> Show for &T { fn show(&self) -> u8 { 1 } }
        impl Show for S { fn show(&self) -> u8 { 2 } }
        /// @cache\npub fn f() -> u8 { (&&S).show() }",
    );
    edit_moves("R8", &text, "mark!(S);", "mark!();");
}

#[test]
fn a_function_of_a_modules_name_hides_nothing_of_the_module() {
    let text = single(
        "pub use far::far; pub struct S;
        mod far { pub fn far() -> i64 { 1 }
            pub trait Far { fn m(&self) -> i64; } impl Far for super::S { fn m(&self) -> i64 { 41 } } }
        mod near { pub trait Near { fn m(&self) -> i64; } impl Near for crate::S { fn m(&self) -> i64 { 51 } } }
        mod a { use crate::far::Far;\n/// @cache\npub fn f() -> i64 { crate::S.m() } }",
    );
    edit_moves("R10", &text, "41", "42");
    edit_stays("R8", &text, "51", "52");
}
