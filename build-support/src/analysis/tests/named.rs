//! What else has the name that an item is given: it is not meant where the name is defined.

use super::*;

fn text(items: &str, used: &str) -> String {
    format!(
        "//- Cargo.toml\n[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nother = \"1\"\n\
        //- src/lib.rs\n{items}
        pub struct V(u8);
        fn probe(_: u8) {{}}
        /// @cache\npub fn f(v: V, n: u8) -> u8 {{ {used} }}\n"
    )
}

#[test]
fn a_name_that_is_defined_means_no_other_item_of_the_name() {
    for (items, used) in [
        (
            "impl V { pub fn near(&self) -> u8 { 1 } } pub fn near() -> u8 { 41 }",
            "v.near()",
        ),
        (
            "trait T { fn near(&self) -> u8 { 1 } } impl T for V {} pub fn near() -> u8 { 41 }",
            "v.near()",
        ),
        (
            "trait T { fn near(&self) -> u8; } impl T for V { fn near(&self) -> u8 { 1 } } pub fn near() -> u8 { 41 }",
            "v.near()",
        ),
        (
            "impl V { pub async fn near<const N: usize>(&self) {} } pub fn near() -> u8 { 41 }",
            "drop(v.near::<1>()); 1",
        ),
        (
            "mod near { pub fn far() -> u8 { 1 } } fn near() -> u8 { 41 }",
            "near::far()",
        ),
        (
            "trait T { type Out; fn go(&self) -> u8; } impl T for V { type Out = u8; fn go(&self) -> u8 { 1 } }
            pub struct Out; impl Drop for Out { fn drop(&mut self) { probe(41) } }",
            "v.go()",
        ),
        (
            "trait T { type Error; fn go(&self) -> u8; } impl T for V { type Error = u8; fn go(&self) -> u8 { 1 } }
            impl std::fmt::Display for V { fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { to.write_str(\"41\") } }",
            "v.go()",
        ),
    ] {
        edit_stays(items, &text(items, used), "41", "42");
    }
}

#[test]
fn a_name_that_is_said_again_means_all_of_the_name() {
    for (items, used) in [
        (
            "impl V { pub fn near(&self) -> u8 { near() } } pub fn near() -> u8 { 41 }",
            "v.near()",
        ),
        (
            "impl V { pub fn near(&self, f: fn() -> u8) -> u8 { f() } } pub fn near() -> u8 { 41 }",
            "v.near(near)",
        ),
        (
            "mod m { pub fn near() -> u8 { 41 } } impl V { pub fn near(&self) -> u8 { use m::*; near() } }",
            "v.near()",
        ),
        (
            "macro_rules! call { ($n:ident) => { $n() } } impl V { pub fn near(&self) -> u8 { call!(near) } }
            pub fn near() -> u8 { 41 }",
            "v.near()",
        ),
        (
            "#[cfg(one)] pub fn near() -> u8 { 41 } #[cfg(not(one))] pub fn near() -> u8 { 1 }",
            "near()",
        ),
        (
            "mod m { #[cfg(one)] pub type Near = u8; #[cfg(not(one))] pub struct Near([u8; 41]); }",
            "size_of::<m::Near>() as u8",
        ),
    ] {
        edit_moves(items, &text(items, used), "41", "42");
    }
}

#[test]
fn a_macro_may_make_something_else_of_a_name_that_is_defined() {
    for items in [
        "impl V { #[other::wrap] pub fn near(&self) -> u8 { 1 } } pub fn near() -> u8 { 41 }",
        "#[other::wrap] impl V { pub fn near(&self) -> u8 { 1 } } pub fn near() -> u8 { 41 }",
        "#[other::wrap] mod m { impl crate::V { pub fn near(&self) -> u8 { 1 } } pub fn near() -> u8 { 41 } }",
        "other::wrap! { impl V { pub fn near(&self) -> u8 { 1 } } } pub fn near() -> u8 { 41 }",
        "macro_rules! also { ($v:vis fn $n:ident $($rest:tt)*) => { $v fn $n(&self) -> u8 { $n() } } }
        impl V { also! { pub fn near } } pub fn near() -> u8 { 41 }",
    ] {
        edit_moves(items, &text(items, "v.near()"), "41", "42");
    }
}
