//! What counts of a body, and what does not.

use crate::index::collect::file;

/// Whether two functions with these bodies count as one.
fn is_same(one: &str, other: &str) -> bool {
    let digest = |body: &str| {
        let facts = file(&format!("fn f() {{ {body} }}")).unwrap();
        facts.items[0].digest
    };
    digest(one) == digest(other)
}

#[test]
fn what_rustfmt_edits_does_not_count() {
    for (one, other) in [
        ("g(1, 2)", "g(1, 2,)"),
        ("x.g::<A, B>(1)", "x.g::<A, B,>(1,)"),
        ("[1, 2]", "[1, 2,]"),
        ("[1]", "[1,]"),
        ("(1, 2)", "(1, 2,)"),
        ("((x))", "(((x)))"),
        ("let x: ((u8)) = y;", "let x: (((u8))) = y;"),
        ("let ((x)) = y;", "let (((x))) = y;"),
        ("S { a, b: 1 }", "S { a: a, b: 1, }"),
        ("let S { a, b } = s;", "let S { a, b, } = s;"),
        ("let T(a, b) = s;", "let T(a, b,) = s;"),
        ("let [a, b] = s;", "let [a, b,] = s;"),
        ("let c = |a, b| a;", "let c = |a, b,| { a };"),
        (
            "x.map(|a| match a { _ => 1 })",
            "x.map(|a| { match a { _ => { 1 } } })",
        ),
        (
            "match x { A | B => 1, C => 2 }",
            "match x { | A | B => { 1 } C => { { 2 } } }",
        ),
        (
            "match x { A => return 1, _ => {} }",
            "match x { A => { return 1; } _ => {} }",
        ),
        (
            "match x { A => m!(y), _ => {} }",
            "match x { A => { m!(y) } _ => {}, }",
        ),
        ("return 1", "return 1;"),
        ("loop { break }", "loop { break; }"),
        ("g();", "g();;"),
        ("let x: Vec<Vec<u8>> = y;", "let x: Vec<Vec<u8,>,> = y;"),
        ("let x: Vec<Vec<u8>> = y;", "let x: Vec< Vec<u8> >= y;"),
        ("let x: fn(u8) -> u8 = y;", "let x: fn(u8,) -> u8 = y;"),
        (
            "let x: Box<dyn Fn(u8) -> u8> = y;",
            "let x: Box<dyn Fn(u8,) -> u8> = y;",
        ),
        ("println!(\"{}\", g(x))", "println!(\"{}\", g(x,),)"),
        ("matches!(x, A | B)", "matches!(x, A | B,)"),
        ("use a::{b, c}; b()", "use a::{c, b,}; b()"),
        ("struct S { a: u8 }", "struct S { a: u8, }"),
        (
            "if let A { x } = y && z { x }",
            "if let A { x, } = y && z { x }",
        ),
        (
            "for (i, x) in 0..n { g(i) }",
            "for (i, x,) in 0..n { g(i,) }",
        ),
        (
            "let Some(x) = y else { return };",
            "let Some(x) = y else { return; };",
        ),
    ] {
        assert!(is_same(one, other), "{one}  {other}");
    }
}

#[test]
fn what_means_something_counts() {
    for (one, other) in [
        ("(x,)", "(x)"),
        ("let (x,) = y;", "let (x) = y;"),
        ("let x: (u8,) = y;", "let x: (u8) = y;"),
        ("m!(1, 2)", "m!(1, 2,)"),
        ("x", "x;"),
        ("{ g(); h() }", "g(); h()"),
        ("|| { g(); }", "|| g()"),
        (
            "match x { A => { g(); } _ => {} }",
            "match x { A => g(), _ => {} }",
        ),
        (
            "match x { A => unsafe { g() }, _ => {} }",
            "match x { A => g(), _ => {} }",
        ),
        (
            "match x { A => 'a: { g() } _ => {} }",
            "match x { A => g(), _ => {} }",
        ),
        ("match x { A => {} B => {} }", "match x { A | B => {} }"),
        ("S { a: b }", "S { a }"),
        ("S { a: a.b }", "S { a }"),
        ("a >> b", "a > b"),
        ("0..=x", "0..x"),
        ("-x", "x"),
        ("a & b", "a && b"),
        ("return", "break"),
        ("if a { b } else { c }", "if a { b }"),
        ("x as u8", "x as u16"),
        ("x?.y", "x.y"),
    ] {
        assert!(!is_same(one, other), "{one}  {other}");
    }
}

#[test]
fn what_can_not_be_read_counts_as_it_is_written() {
    let body = |text: &str| file(&format!("fn f() {{ {text} }} fn g() {{ h(1,) }}"));
    assert!(body("let x = ;").is_err());
    let facts = file("fn f() -> u8 { builtin # offset_of(A, b,) } fn g() { h(1,) }").unwrap();
    let other = file("fn f() -> u8 { builtin # offset_of(A, b) } fn g() { h(1) }").unwrap();
    assert_ne!(facts.items[0].digest, other.items[0].digest);
    assert_eq!(facts.items[1].digest, other.items[1].digest);
}

#[test]
fn a_text_that_ends_anywhere_is_no_more_than_unparsable() {
    let texts = [
        include_str!("definitions.rs"),
        include_str!("expressions.rs"),
        include_str!("items.rs"),
        "#[derive(A, B)] #![c] macro_rules! m { ($a:ident) => { $a($b, ) }; ($($c:ty)*) => [$c] } n! o { p }",
        "impl<'a, T: 'a + ?Sized> A<'a, { 1 }> for &'a mut [T; N] where T: for<'b> Fn(&'b u8) -> u8, {}",
        "fn f() { x.0.await?[1]..=|a, b: u8| -> c { 'd: loop { break 'd } }; match y { | E @ ..=1 if z => {} } }",
    ];
    for text in texts {
        let cuts = text.char_indices().map(|(at, _)| at);
        for cut in cuts.step_by(if text.len() > 1000 { 17 } else { 1 }) {
            // It is not to panic, whatever it finds.
            let _ = file(&text[..cut]);
            let _ = file(&text[cut..]);
        }
    }
}
