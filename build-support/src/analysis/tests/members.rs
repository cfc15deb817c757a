//! Members that are asked for by a path: whichever impl or trait may have them.

use super::*;

/// What is asked for returns 41, and two types of which only one has it by itself.
fn asking<const N: usize>(cases: [&str; N]) -> [String; N] {
    const TYPES: &str = "pub struct D; pub struct E; #[allow(unused)] pub enum Kind { A }";
    cases.map(|case| format!("{TYPES}\n{case}\n"))
}

#[test]
fn of_a_type_by_an_impl_for_any_type() {
    all_move(&asking([
        "trait B { fn g() -> u8 { 41 } } impl<T> B for T {}
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "trait B { fn g() -> u8; } impl<T> B for T { fn g() -> u8 { 41 } }
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "trait B { const G: u8 = 41; } impl<T: Sized> B for T {}
        /// @cache\npub fn f(n: u8) -> u8 { Kind::G }",
        "trait B { fn g() -> u8 { 41 } } impl<T> B for T {}
        impl std::fmt::Debug for D {
            fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Self::g(); Ok(()) }
        }
        /// @cache\npub fn f(n: u8) -> usize { format!(\"{D:?}\").len() }",
        "trait B { fn g() -> u8 { 41 } } impl<T> B for T {}
        mod m { use super::{B as _, D as Q}; pub fn x() -> u8 { Q::g() } }
        /// @cache\npub fn f(n: u8) -> u8 { m::x() }",
    ]));
}

#[test]
fn of_a_type_by_an_impl_whose_type_only_the_compiler_finds_out() {
    all_move(&asking([
        "trait H { type T; } impl H for u8 { type T = D; }
        trait B { fn g() -> u8; } impl B for <u8 as H>::T { fn g() -> u8 { 41 } }
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "trait H { type T; } impl H for u8 { type T = D; }
        impl <u8 as H>::T { fn g() -> u8 { 41 } }
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "type X<T> = T; trait B { fn g() -> u8; } impl B for X<D> { fn g() -> u8 { 41 } }
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
    ]));
}

#[test]
fn of_a_type_by_what_macros_make() {
    all_move(&asking([
        "trait B { fn g() -> u8; }
        macro_rules! m { ($t:ident) => { impl<T> $t for T { fn g() -> u8 { 41 } } } } m!(B);
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "macro_rules! m { () => { trait B { fn g() -> u8 { 41 } } impl<T> B for T {} } } m!();
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "trait B { fn g() -> u8 { 41 } } macro_rules! m { () => { impl<T> B for T {} } } m!();
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "trait B { fn g() -> u8 { 41 } } macro_rules! m { ($t:ident) => { impl<T> $t for T {} } } m!(B);
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "type X = D; trait B { fn g() -> u8; }
        macro_rules! m { ($t:ty) => { impl B for $t { fn g() -> u8 { 41 } } } } m!(X);
        /// @cache\npub fn f(n: u8) -> u8 { D::g() }",
        "type X = D;
        macro_rules! m { ($t:ty) => { impl std::fmt::Display for $t {
            fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { to.write_str(\"41\") }
        } } } m!(X);
        /// @cache\npub fn f(n: u8) -> String { D.to_string() }",
    ]));
}

#[test]
fn of_a_trait_that_another_one_declares() {
    all_move(&asking([
        "trait B { fn g() -> u8; } trait A: B { fn k() -> u8 { Self::g() } }
        impl B for D { fn g() -> u8 { 41 } } impl A for D {}
        /// @cache\npub fn f(n: u8) -> u8 { D::k() }",
        "trait B { fn g(&self) -> u8; } trait A: B {}
        impl B for D { fn g(&self) -> u8 { 41 } } impl A for D {}
        /// @cache\npub fn f(n: u8) -> u8 { A::g(&D) }",
        "trait B { fn g() -> u8; } trait A { fn k() -> u8 where Self: B { Self::g() } }
        impl B for D { fn g() -> u8 { 41 } } impl A for D {}
        /// @cache\npub fn f(n: u8) -> u8 { D::k() }",
        "trait B { const C: usize; } trait A: B { fn k() -> usize { [0; 50][..Self::C].len() } }
        impl B for D { const C: usize = 41; } impl A for D {} fn h<T: A>() -> usize { T::k() }
        /// @cache\npub fn f(n: u8) -> usize { h::<D>() }",
    ]));
}

/// A parameter may have the name of a type.
#[test]
fn of_a_type_parameter_with_the_name_of_a_type() {
    let of = |code: &str| {
        format!(
            "trait P {{ fn g() -> u8; const G: u8 = 0; }}
            impl P for E {{ fn g() -> u8 {{ 41 }} const G: u8 = 41; }} impl P for D {{ fn g() -> u8 {{ 1 }} }}
            {code}"
        )
    };
    for case in [
        "fn h<D: P>() -> u8 { D::g() }
        /// @cache\npub fn f(n: u8) -> u8 { h::<E>() }",
        "struct H<D>(D); impl<D: P> H<D> { fn k() -> u8 { D::g() } }
        /// @cache\npub fn f(n: u8) -> u8 { H::<E>::k() }",
        "trait H<D: P> { fn k() -> u8 { D::g() } } impl H<E> for u8 {}
        /// @cache\npub fn f(n: u8) -> u8 { <u8 as H<E>>::k() }",
        "struct H; impl H { fn k<const N: usize, D: P>() -> u8 { D::g() } }
        /// @cache\npub fn f(n: u8) -> u8 { H::k::<1, E>() }",
        "macro_rules! m { ($n:ident) => { fn $n<A: Into<u8>, D: P>() -> u8 { D::g() } } } m!(h);
        /// @cache\npub fn f(n: u8) -> u8 { h::<u8, E>() }",
        "trait Q { const K: u8; } impl<D: P> Q for D { const K: u8 = D::G; }
        /// @cache\npub fn f(n: u8) -> u8 { E::K }",
    ] {
        let [text] = asking([&of(case)]);
        one_moves(case, &text, &text.replace("41", "42"));
    }
}

#[test]
fn of_one_type_and_not_of_another() {
    for file in asking([
        "impl D { fn g() -> u8 { 41 } } impl E { fn g() -> u8 { 1 } }
        /// @cache\npub fn f(d: D) -> u8 { E::g() }",
        "trait B { fn g() -> u8; } impl B for D { fn g() -> u8 { 41 } } impl B for E { fn g() -> u8 { 1 } }
        /// @cache\npub fn f(d: D) -> u8 { E::g() }",
        "trait A { fn g() -> u8; } trait B { fn g() -> u8; }
        impl A for D { fn g() -> u8 { 1 } } impl B for D { fn g() -> u8 { 41 } }
        /// @cache\npub fn f(d: D) -> u8 { A::g() }",
    ]) {
        edit_stays(&file, &single(&file), "41", "42");
    }
}
