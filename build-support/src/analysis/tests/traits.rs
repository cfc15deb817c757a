//! Edits of traits and of what implements them.

use super::*;

#[test]
fn trait_dispatch() {
    let own = "trait T { fn m(&self) -> i64 { 0 } const C: i64 = 5; type A; } struct S; impl T for S { fn m(&self) -> i64 { 1 } const C: i64 = 3; type A = u8; }\n";
    let with = |f: &str| single(&format!("{own}{f}"));
    let static_call = with("/// @cache\npub fn f() -> i64 { S.m() }");
    edit_moves("47", &static_call, "{ 1 }", "{ 2 }");
    let dynamic = with("/// @cache(skip(t))\npub fn f(t: &dyn T) -> i64 { t.m() }");
    edit_moves("48", &dynamic, "{ 1 }", "{ 2 }");
    let bound = with("/// @cache(skip(t))\npub fn f<X: T>(t: X) -> i64 { t.m() }");
    edit_moves("49", &bound, "{ 1 }", "{ 2 }");
    edit_moves("51", &bound, "{ 0 }", "{ 4 }");
    edit_moves(
        "54",
        &with("/// @cache\npub fn f() -> i64 { <S as T>::C }"),
        "= 3",
        "= 4",
    );
    edit_moves(
        "54",
        &with("/// @cache\npub fn f() -> i64 { S::C }"),
        "= 3",
        "= 4",
    );
    edit_moves(
        "55",
        &with("/// @cache\npub fn f() -> i64 { S::C }"),
        "= 5",
        "= 4",
    );
    edit_moves(
        "56",
        &with("/// @cache\npub fn f() -> <S as T>::A { 1 }"),
        "A = u8",
        "A = u16",
    );
    let edits = [
        (
            "50",
            "trait T { fn m(&self) -> i64; } impl<X> T for X { fn m(&self) -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { 5u8.m() }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "52",
            "trait T { fn m(&self) -> i64 { 0 } } struct S; impl T for S { }\n/// @cache\npub fn f() -> i64 { S.m() }",
            "for S { }",
            "for S { fn m(&self) -> i64 { 1 } }",
        ),
        (
            "53",
            "trait B { fn m(&self) -> i64 { 0 } } trait T: B {} struct S; impl B for S {} impl T for S {}\n/// @cache\npub fn f() -> i64 { S.m() }",
            "{ 0 }",
            "{ 1 }",
        ),
        (
            "58",
            "struct S; impl std::ops::Add for S { type Output = i64; fn add(self, _: S) -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { S + S }",
            "{ 1 }",
            "{ 2 }",
        ),
        (
            "62",
            "struct S; impl std::ops::Deref for S { type Target = u8; fn deref(&self) -> &u8 { &1 } }\n/// @cache\npub fn f() -> u8 { *S }",
            "&1",
            "&2",
        ),
        (
            "64",
            "struct S; impl Drop for S { fn drop(&mut self) { a(); } } fn a() {}\n/// @cache\npub fn f() -> u8 { S; 1 }",
            "a(); }",
            "}",
        ),
        (
            "65",
            "struct S;\n/// @cache\npub fn f() -> u8 { S; 1 }",
            "struct S;",
            "struct S; impl Drop for S { fn drop(&mut self) {} }",
        ),
        (
            "68",
            "struct A; struct B; impl From<A> for B { fn from(_: A) -> B { x(1) } } fn x(_: u8) -> B { B } fn g() -> Result<u8, A> { Err(A) }\n/// @cache\npub fn f() -> Result<u8, B> { Ok(g()?) }",
            "x(1)",
            "x(2)",
        ),
        (
            "70",
            "struct S; impl std::str::FromStr for S { type Err = (); fn from_str(_: &str) -> Result<S, ()> { Err(()) } }\n/// @cache\npub fn f() -> bool { \"\".parse::<S>().is_ok() }",
            "Err(())",
            "Ok(S)",
        ),
        (
            "73",
            "struct S; impl std::fmt::Display for S { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, \"1\") } }\n/// @cache\npub fn f() -> String { format!(\"{}\", S) }",
            "\"1\"",
            "\"2\"",
        ),
        (
            "80",
            "trait D { fn double(self) -> i64; } impl D for i64 { fn double(self) -> i64 { self * 2 } }\n/// @cache\npub fn f() -> i64 { 5i64.double() }",
            "* 2",
            "* 3",
        ),
        (
            "82",
            "trait C<X> { fn c(&self) -> i64; } struct H; struct S; impl C<H> for S { fn c(&self) -> i64 { std::mem::size_of::<H>() as i64 } }\n/// @cache\npub fn f() -> i64 { S.c() }",
            "struct H;",
            "struct H(u8);",
        ),
        (
            "inferred argument",
            "use std::ops::Add; #[derive(Default)] struct H(u8); struct S; impl Add<H> for S { type Output = i64; fn add(self, h: H) -> i64 { 1 } }\n/// @cache\npub fn f() -> i64 { S + Default::default() }",
            "{ 1 }",
            "{ 2 }",
        ),
    ];
    for (case, text, from, to) in edits {
        edit_moves(case, &single(text), from, to);
    }
}
