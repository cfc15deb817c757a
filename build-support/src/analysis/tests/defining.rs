//! What calls of macros may define and what not, so that names lead to them and those of variables do not (rule R14).

use super::*;

/// Item macros that are given `near`, and a function that calls `near()`.
fn near(macros: &str, call: &str) -> String {
    single(&format!(
        "pub struct S; pub trait T {{ fn near() -> u8; }} {macros}
        {call}
        /// @cache\npub fn f() -> u8 {{ near() }}"
    ))
}

#[test]
fn names_that_a_macro_may_define_beside_its_impls() {
    let unpacking = "macro_rules! unpack { (impl $t:ident { $($i:item)* }) => { $($i)* } }";
    for (case, macros, call) in [
        (
            "after an impl",
            "macro_rules! m { ($n:ident) => { impl S { fn g() {} } fn $n() -> u8 { 41 } } }",
            "m!(near);",
        ),
        (
            "after a head of fragments",
            "macro_rules! m { ($n:ident $($h:tt)*) => { impl $($h)* fn $n() -> u8 { 41 } } }",
            "m!(near S {});",
        ),
        (
            "after a function whose body is a fragment",
            "macro_rules! one { ($n:ident) => { fn $n() -> u8 { 41 } } }
            macro_rules! m { ($n:ident $b:block) => { fn far() $b mod inner {} one!($n); } }",
            "m!(near {});",
        ),
        (
            "by a fragment, after a function that calls one",
            "macro_rules! one { ($n:ident) => { fn $n() -> u8 { 41 } } }
            macro_rules! m { ($m:ident $n:ident) => { fn far() { $m!(g) } $m!($n); } }",
            "m!(one near);",
        ),
        (
            "in a block of foreign functions",
            "macro_rules! m { ($n:ident) => { impl S {} extern \"C\" { fn $n() -> u8; } } }",
            "m!(near); const N: u8 = 41;",
        ),
        ("out of an impl", unpacking, "unpack!(impl S { fn near() -> u8 { 41 } });"),
        (
            "out of an impl of a macro's",
            &format!("{unpacking} macro_rules! m {{ ($n:ident) => {{ unpack! {{ impl S {{ fn $n() -> u8 {{ 41 }} }} }} }} }}"),
            "m!(near);",
        ),
        (
            "by a macro that is called in an impl too",
            "macro_rules! one { ($n:ident) => { fn $n() -> u8 { 41 } } }
            macro_rules! m { ($n:ident) => { impl S { one!(far); } one!($n); } }",
            "m!(near);",
        ),
        (
            "by a macro that is called by one in an impl, and by itself",
            "macro_rules! one { ($n:ident) => { fn $n() -> u8 { 41 } } }
            macro_rules! m { (@ $n:ident) => { one!($n); } ($n:ident) => { impl S { one!(far); } m!(@ $n); } }",
            "m!(near);",
        ),
    ] {
        let text = near(macros, call);
        edit_moves(case, &text, call, &call.replace("near", "other"));
        if macros.contains("41") {
            edit_moves(case, &text, "41", "42");
        }
    }
}

#[test]
fn what_is_called_among_the_arguments_of_a_call() {
    const ONE: &str = "macro_rules! one { ($n:ident) => { fn $n() -> u8 { 41 } } }";
    for (macros, call) in [
        (
            "macro_rules! m { ($($t:tt)*) => { $($t)* } }",
            "m!(one!(near););",
        ),
        (
            "macro_rules! m { (@ $($t:tt)*) => { $($t)* } }",
            "m!(@ one!(near););",
        ),
        (
            "macro_rules! m { ($($i:item)*) => { $($i)* } }",
            "m! { one!(near); }",
        ),
        (
            "macro_rules! m { ($n:ident $($t:tt)*) => { $n $($t)*; } }",
            "m!(one ! (near));",
        ),
    ] {
        edit_moves(call, &near(&format!("{ONE} {macros}"), call), "41", "42");
        let member = single(&format!(
            "pub struct S; {ONE} {macros} impl S {{ {call} }}
            /// @cache\npub fn f() -> u8 {{ S::near() }}"
        ));
        edit_moves(call, &member, "41", "42");
    }
}

#[test]
fn what_is_called_in_a_function_that_a_macro_makes_defines_no_names_outside() {
    for (macros, call) in [
        (
            "macro_rules! m { ($n:ident) => { fn $n() -> u8 where { other::make!($n); 41 } } }",
            "m!(far);",
        ),
        (
            "macro_rules! m { ($n:ident $m:ident) => { fn $n<const N: usize>() -> u8 { $m!(); 41 } } }",
            "m!(far elsewhere);",
        ),
        (
            "macro_rules! one { ($n:ident) => { fn $n() -> u8 { 41 } } }
            macro_rules! m { ($n:ident) => { fn far() -> u8 { one!($n); $n() } } }",
            "m!(near);",
        ),
    ] {
        let text = near(
            &format!("mod a {{ pub fn near() -> u8 {{ 1 }} }} use a::near; {macros}"),
            call,
        );
        edit_stays(macros, &text, "41", "42");
        let called = text.replace("{ near() }", "{ far() }");
        edit_moves(macros, &called, "41", "42");
    }
}

#[test]
fn an_expression_of_std_s_defines_nothing_of_what_it_is_given() {
    for value in [
        "assert!($n() < 41)",
        "assert!(matches!($n(), 0..41))",
        "vec![$n; 41]",
    ] {
        let macros =
            format!("macro_rules! m {{ ($n:ident) => {{ const _: u8 = {{ {value}; 1 }}; }} }}");
        let module = "mod a { pub fn near() -> u8 { 1 } } use a::near;";
        let text = near(&format!("{module} {macros}"), "m!(near);");
        edit_stays(value, &text, "41", "42");
        let made = format!(
            "{macros} macro_rules! assert {{ ($($t:tt)*) => {{ fn near() -> u8 {{ 41 }} }} }}"
        );
        let text = near(&made.replace("41)", "1)"), "assert!(near);");
        edit_moves(value, &text, "{ 41 }", "{ 42 }");
    }
}

#[test]
fn a_macro_that_makes_members_defines_no_other_names() {
    for macros in [
        "macro_rules! m { ($n:ident) => { impl S { fn $n() -> u8 { 41 } } } }",
        "macro_rules! m { ($n:ident) => { trait U { fn $n() -> u8 { 41 } } } }",
        "macro_rules! one { ($n:ident) => { fn $n() -> u8 { 41 } } }
        macro_rules! m { ($n:ident) => { impl S { one!($n); } } }",
        "macro_rules! m { ($n:ident) => { impl<const N: usize> P<fn(u8), N> { fn $n() -> u8 { 41 } } } }",
    ] {
        let text = near(
            &format!("mod a {{ pub fn near() -> u8 {{ 1 }} }} use a::near; {macros}"),
            "m!(near);",
        );
        edit_stays(macros, &text, "41", "42");
        let member = text.replace(
            "{ near() }",
            "{ S::near() + P::<u8, 1>::near() + U::near() }",
        );
        edit_moves(macros, &member, "41", "42");
    }
}

#[test]
fn a_macro_that_nobody_knows_makes_members_where_it_stands_among_them() {
    let call = "impl A { elsewhere::members! { size: 41 } }";
    let made = "macro_rules! sized { ($ty:ident $size:expr) => { impl $ty { elsewhere::members! { size: $size } } }; }\n\
                sized!(A 41);";
    let of_trait = "trait Sized2 { elsewhere::members! { size: 41 } } impl Sized2 for A {}";
    for makes in [call, made, of_trait] {
        let text = |body: &str| {
            single(&format!(
                "pub struct A; {makes}\n/// @cache\npub fn f(value: u8) -> u8 {{ {body} }}"
            ))
        };
        for body in ["A.size()", "A::size(&A)", "A::SIZE"] {
            edit_moves(makes, &text(body), "41", "42");
        }
        // What is in scope decides of what a trait does, whether it is named or not.
        if makes != of_trait {
            edit_stays(makes, &text("value"), "41", "42");
        }
    }
}

/// What calls a member that a macro call in an impl or a trait makes, and what calls another one.
const AMONG_MEMBERS: [(&str, &str, &str); 9] = [
    (
        "macro_rules! m { ($n:ident) => { fn $n(&self) -> u8 { 41 } } } impl A { m!(near); }",
        "a.near()",
        "a.far()",
    ),
    (
        "macro_rules! m { ($($n:ident = $v:expr),*) => { $(const $n: u8 = $v;)* } } impl A { m!(NEAR = 41, BESIDE = 1); }",
        "A::NEAR",
        "a.far()",
    ),
    (
        "macro_rules! one { ($n:ident) => { pub fn $n(&self) -> u8 { 41 } } }
        macro_rules! m { ($n:ident) => { one!($n); } } impl A { m!(near); }",
        "a.near()",
        "a.far()",
    ),
    (
        "macro_rules! m { ($($m:item)*) => { $($m)* } } impl A { m!(fn near(&self) -> u8 { 41 }); }",
        "a.near()",
        "a.far()",
    ),
    (
        "macro_rules! one { ($n:ident) => { fn $n(&self) -> u8 { 41 } } }
        macro_rules! m { ($m:ident $a:tt) => { $m! $a; } } impl A { m!(one (near)); }",
        "a.near()",
        "a.far()",
    ),
    (
        "trait T { fn near(&self) -> u8 { 1 } fn mid(&self) -> u8 { self.near() } }
        macro_rules! m { () => { fn near(&self) -> u8 { 41 } } } impl T for A { m!(); }",
        "a.mid()",
        "a.far()",
    ),
    (
        "trait T { fn near(&self) -> u8 { 1 } } macro_rules! m { () => { fn near(&self) -> u8 { 41 } } }
        impl T for A { m!(); }",
        "(&a as &dyn T).near()",
        "a.far()",
    ),
    (
        "trait T { fn near(&self) -> u8; } impl T for A { m!(near far); }
        macro_rules! m { ($n:ident $v:ident) => { fn $n(&self) -> u8 { let $v = 41; $v } } }",
        "a.near()",
        "a.far()",
    ),
    (
        "trait T { m!(); fn mid(&self) -> u8 { self.near() } } impl T for A {}
        macro_rules! m { () => { fn near(&self) -> u8 { 41 } } }",
        "a.mid()",
        "a.far()",
    ),
];

#[test]
fn a_call_among_members_matters_to_who_asks_for_what_it_defines() {
    for (makes, asked, other) in AMONG_MEMBERS {
        let text = |body: &str| {
            single(&format!(
                "pub struct A; impl A {{ fn far(&self) -> u8 {{ 1 }} }} {makes}
                /// @cache\npub fn f(a: A) -> u8 {{ {body} }}"
            ))
        };
        edit_moves(makes, &text(asked), "41", "42");
        edit_stays(makes, &text(other), "41", "42");
    }
}

#[test]
fn a_static_in_what_a_call_makes_is_state_of_whoever_calls_that() {
    const METHOD: &str = "macro_rules! m { ($n:ident) => {
        fn $n(&self) -> &AtomicU8 { static N: AtomicU8 = AtomicU8::new(1); &N } } } impl A { m!(near); }";
    const IMPL: &str = "macro_rules! m { ($n:ident) => { impl A {
        fn $n(&self) -> &AtomicU8 { static N: AtomicU8 = AtomicU8::new(1); &N } } } } m!(near);";
    const TRAIT: &str = "trait T { fn near(&self) -> &AtomicU8; } macro_rules! m { () => {
        fn near(&self) -> &AtomicU8 { static N: AtomicU8 = AtomicU8::new(1); &N } } } impl T for A { m!(); }";
    const DECLARED: &str = "trait T { m!(near); } impl T for A {} macro_rules! m { ($n:ident) => {
        fn $n(&self) -> &'static AtomicU8 { static N: AtomicU8 = AtomicU8::new(1); &N } } }";
    const PASTED: &str = "macro_rules! m { ($n:ident) => { paste::paste! { impl A {
        fn [<$n ar>](&self) -> &AtomicU8 { static N: AtomicU8 = AtomicU8::new(1); &N } } } } } m!(ne);";
    const ITEM: &str = "macro_rules! m { ($n:ident) => {
        fn $n() -> &'static AtomicU8 { static N: AtomicU8 = AtomicU8::new(1); &N } } } m!(beside);
        impl A { fn near(&self) -> &AtomicU8 { beside() } }";
    for makes in [METHOD, IMPL, TRAIT, DECLARED, PASTED, ITEM] {
        let text = single(&format!(
            "use std::sync::atomic::{{AtomicU8, Ordering}}; pub struct A; {makes}
            pub fn set(a: &A) {{ a.near().store(41, Ordering::Relaxed); }}
            impl A {{ fn far(&self) -> u8 {{ 1 }} }}
            /// @cache\npub fn f(a: A) -> u8 {{ a.near().load(Ordering::Relaxed) }}"
        ));
        edit_moves(makes, &text, "41", "42");
        // What nobody knows may make anything of the type.
        if makes != PASTED {
            let other = text.replace("a.near().load(Ordering::Relaxed)", "a.far()");
            edit_stays(makes, &other, "41", "42");
        }
    }
}

#[test]
fn a_macro_that_only_spells_its_arguments_defines_nothing() {
    let text = |body: &str| {
        single(&format!(
            "macro_rules! named {{ ($ty:ident) => {{ impl $ty {{ fn name() -> &'static str {{ stringify!($ty + 41) }} }} }}; }}\n\
             pub struct A; named!(A);\n/// @cache\npub fn f(value: usize) -> usize {{ {body} }}"
        ))
    };
    edit_moves("it is called", &text("A::name().len()"), "41", "42");
    edit_stays("its parameter", &text("value"), "41", "42");
}

#[test]
fn what_is_there_for_tests_in_documentation_never_runs() {
    let text = |body: &str| {
        single(&format!(
            "#[cfg(doctest)] elsewhere::checked!(41); #[cfg(not(doctest))] elsewhere::made!(41);\n\
             mod m {{ #[cfg(doctest)] elsewhere::checked!(43); }}\n\
             /// @cache\npub fn f(value: u8) -> u8 {{ {body} }}"
        ))
    };
    edit_stays("a test", &text("made()"), "checked!(41)", "checked!(42)");
    edit_moves("all but that", &text("made()"), "made!(41)", "made!(42)");
}

#[test]
fn what_a_macro_takes_is_no_call() {
    let text = |body: &str| {
        single(&format!(
            "macro_rules! count {{ (0, $next:ident ! ($($rest:tt)*)) => {{ $next!(1, $($rest)*); }} }}\n\
             macro_rules! one {{ (1, $name:ident) => {{ fn $name() -> u8 {{ 41 }} }} }}\n\
             count!(0, one!(made));\n/// @cache\npub fn f(value: u8) -> u8 {{ {body} }}"
        ))
    };
    edit_moves("what it makes", &text("made()"), "41", "42");
    edit_stays("a parameter", &text("value"), "41", "42");
}

/// A macro that is given functions without bodies, and a function with this body.
fn given_heads(body: &str) -> String {
    single(&format!(
        "macro_rules! erase {{
            (trait $t:ident => $e:ident {{ $(fn $n:ident(&self) -> $r:ty;)* }}) => {{
                pub struct $e; pub trait $t {{ $(fn $n(&self) -> $r {{ 1 }})* }} impl $t for $e {{}}
            }};
        }}
        erase! {{ trait Shape => Square {{ fn area(&self) -> u8; fn edge(&self) -> u8; }} }}
        /// @cache\npub fn f(input: i64) -> i64 {{ {body} }}"
    ))
}

#[test]
fn functions_without_a_body_are_given_to_a_macro_by_their_names_alone() {
    let text = given_heads("input");
    edit_stays("not named", &text, "area(&self) -> u8", "area(&self) -> i8");
    edit_stays("one less", &text, "fn area(&self) -> u8;", "");
    let text = given_heads("Square.area()");
    edit_moves("named", &text, "area(&self) -> u8", "area(&self) -> i8");
    edit_moves("made", &text, "$r { 1 }", "$r { 2 }");
    let text = given_heads("area()");
    edit_moves(
        "as a function",
        &text,
        "area(&self) -> u8",
        "area(&self) -> i8",
    );
}

#[test]
fn members_that_are_not_rust_count_with_what_they_stand_in() {
    // For an attribute macro to make something of.
    let text = single(
        "pub struct S;
        #[other::fill]\nimpl S { fn near(&self) -> u8; const N: u8; }
        #[other::fill]\npub trait T { const M<X>: u8; }
        #[other::fill]\nextern \"C\" { fn far() -> u8 { 41 } }
        /// @cache\npub fn f() -> u8 { S.near() + S::M + far() }",
    );
    for (from, to) in [
        ("near(&self) -> u8", "near(&self) -> i8"),
        ("N: u8", "N: i8"),
        ("M<X>: u8", "M<X>: i8"),
        ("41", "42"),
    ] {
        edit_moves(from, &text, from, to);
    }
}
