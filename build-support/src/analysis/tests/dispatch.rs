//! What runs though nothing near the call says so: impls that stand elsewhere, types that only the compiler finds out,
//! values behind objects.

use super::*;

/// A file of what is declared and a marked `f` of this body.
fn with_f(declared: &str, body: &str) -> String {
    single(&format!(
        "{declared}\n/// @cache\npub fn f(n: u8) -> u8 {{ {body} }}\n"
    ))
}

#[test]
fn impls_for_references_to_any_type() {
    all_move(&[
        "struct D; trait B { fn g() -> u8; } impl<T> B for &T { fn g() -> u8 { 41 } }
        trait A { fn k() -> u8; } impl A for &D { fn k() -> u8 { Self::g() } }
        /// @cache\npub fn f(n: u8) -> u8 { <&D as A>::k() }",
        "struct D; trait B { fn g() -> u8; } impl<T> B for &mut T { fn g() -> u8 { 41 } }
        trait A { fn k(self) -> u8; } impl A for &mut D { fn k(self) -> u8 { Self::g() } }
        /// @cache\npub fn f(n: u8) -> u8 { (&mut D).k() }",
    ]);
}

#[test]
fn widths_that_touch_what_is_around_them() {
    all_move(&[
        "const W: usize = 41; /// @cache\npub fn f(n: u8) -> String { format!(\"{:0W$}\", n) }",
        r#"const W: usize = 41; /// @cache
pub fn f(n: u8) -> String { format!("{n:\u{3e}W$}") }"#,
        r#"const W: usize = 41; /// @cache
pub fn f(n: u8) -> String { format!("\x7bW}") }"#,
        "const W: usize = 41; /// @cache\npub fn f(n: u8) -> String { format!(\"{n:+#0W$x}\") }",
        "const P: usize = 41; /// @cache\npub fn f(n: f64, w: usize) -> String { format!(\"{n:a>0w$.P$e}\") }",
    ]);
}

const NEAR: &str = "struct S; trait T { fn m(&self) -> u8; } /// @cache\npub fn f(n: u8) -> u8 { S.m() }
    macro_rules! make { ($t:ident) => { impl T for $t { fn m(&self) -> u8 { 41 } } } }
    macro_rules! id { ($e:expr) => { $e } } macro_rules! call { ($m:ident, $t:ident) => { $m!($t); } }";

#[test]
fn impls_that_macros_make_in_bodies() {
    for code in [
        "const _: () = { make!(S); };",
        "fn unrelated() { make!(S); }",
        "fn unrelated() { call!(make, S); }",
        "use make as made; fn unrelated() { made!(S); }",
        "struct Unrelated; impl Unrelated { fn m2() { if true { make!(S) } } }",
        "macro_rules! outer { ($t:ident) => { make!($t); } } fn unrelated() { outer!(S); }",
        "macro_rules! whole { () => { impl T for S { fn m(&self) -> u8 { 41 } } } } fn unrelated() { whole!(); }",
        "fn unrelated() { assert!({ impl T for S { fn m(&self) -> u8 { 41 } } true }) }",
        "fn unrelated() { id!({ impl T for S { fn m(&self) -> u8 { 41 } } 1 }); }",
        "fn unrelated() { id!({ impl S { fn m(&self) -> u8 { 41 } } 1 }); }",
        "fn unrelated() { id!({ impl<X> T for X { fn m(&self) -> u8 { 41 } } 1 }); }",
    ] {
        let text = single(&format!("{NEAR}\n{code}\n"));
        moves(code, &text, &text.replace("41", "42"));
        let without = single(&format!("{NEAR}\nfn unrelated() {{}}"));
        let with = single(&format!("{NEAR}\nfn unrelated() {{}} {code}"));
        moves(code, &without, &with);
    }
    for code in [
        "fn unrelated() -> u8 { id!({ struct V; V; 51 }) }",
        "struct R; trait Q { fn q(&self) -> u8; }
        macro_rules! other { ($t:ident) => { impl Q for $t { fn q(&self) -> u8 { 1 } } } }
        fn unrelated() -> u8 { other!(R); 51 }",
        "macro_rules! own { () => {{ struct V; impl T for V { fn m(&self) -> u8 { 1 } } V.m() }} }
        fn unrelated() -> u8 { own!() + 51 }",
    ] {
        edit_stays(code, &single(&format!("{NEAR}\n{code}\n")), "51", "52");
    }
}

/// A static that holds an object, and code elsewhere that changes what is behind it.
#[test]
fn state_behind_objects_and_types_of_impls() {
    let state = "use std::sync::{LazyLock, atomic::*};
        trait H: Sync + Send { fn set(&self, x: u8); fn get(&self) -> u8; } struct C(AtomicU8);
        impl H for C {
            fn set(&self, x: u8) { self.0.store(x, Ordering::SeqCst) }
            fn get(&self) -> u8 { self.0.load(Ordering::SeqCst) }
        }
        fn c() -> C { C(AtomicU8::new(1)) } fn boxed() -> Box<dyn H> { Box::new(c()) }
        trait Has { type A; } impl Has for u8 { type A = AtomicU8; }
        #[allow(non_camel_case_types)] struct counter(AtomicU8);
        fn counting() -> Box<dyn Fn(u8) -> u8 + Send + Sync> {
            let c = AtomicU8::new(0); Box::new(move |x| c.fetch_add(x, Ordering::SeqCst))
        }";
    for (code, set, get) in [
        (
            "static X: LazyLock<Box<dyn H>> = LazyLock::new(boxed);",
            "X.set(41)",
            "X.get()",
        ),
        (
            "struct R { h: Box<dyn H> } static X: LazyLock<R> = LazyLock::new(|| R { h: boxed() });",
            "X.h.set(41)",
            "X.h.get()",
        ),
        (
            "type A = Box<dyn H + Send>; static X: LazyLock<A> = LazyLock::new(boxed);",
            "X.set(41)",
            "X.get()",
        ),
        (
            "static X: <u8 as Has>::A = AtomicU8::new(1);",
            "X.store(41, Ordering::SeqCst)",
            "X.load(Ordering::SeqCst)",
        ),
        (
            "struct G<T: Has>(T::A); static X: G<u8> = G(AtomicU8::new(1));",
            "X.0.store(41, Ordering::SeqCst)",
            "X.0.load(Ordering::SeqCst)",
        ),
        (
            "struct L(counter); static X: L = L(counter(AtomicU8::new(1)));",
            "X.0.0.store(41, Ordering::SeqCst)",
            "X.0.0.load(Ordering::SeqCst)",
        ),
        (
            "static X: LazyLock<Box<dyn Fn(u8) -> u8 + Send + Sync>> = LazyLock::new(counting);",
            "drop(X(41))",
            "X(1)",
        ),
    ] {
        let declared = format!("{state}\n{code} pub fn init() {{ {set} }}");
        edit_moves(code, &with_f(&declared, get), "41", "42");
    }
    let frozen = "trait H: Sync { fn get(&self) -> u8; } struct C; impl H for C { fn get(&self) -> u8 { 1 } }
        static X: &dyn H = &C; static Y: &(dyn Fn(u8) -> u8 + Sync) = &|x| x;
        pub fn other() -> u8 { X.get() + Y(51) }
        /// @cache\npub fn f(n: u8) -> u8 { X.get() + Y(1) }";
    edit_stays("frozen", &single(frozen), "51", "52");
}

const TWO: &str = "struct D; struct E; trait P { fn g() -> u8; }
    impl P for D { fn g() -> u8 { 1 } } impl P for E { fn g() -> u8 { 41 } }";

/// Items that macros make in a body are seen around the call.
#[test]
fn names_that_macros_give_another_meaning() {
    for (macros, body) in [
        (
            "macro_rules! m { ($x:ident) => { type $x = E; } }",
            "m!(D); D::g()",
        ),
        ("macro_rules! m { () => { type D = E; } }", "m!(); D::g()"),
        (
            "macro_rules! m { ($e:expr) => {{ type D = E; $e }} }",
            "m!(D::g())",
        ),
        (
            "macro_rules! m { ($e:expr) => {{ use E as D; $e }} }",
            "m!(D::g())",
        ),
        ("macro_rules! m { () => {{ type D = E; D::g() }} }", "m!()"),
        (
            "macro_rules! n { () => { D::g() } } macro_rules! m { () => {{ type D = E; n!() }} }",
            "m!()",
        ),
        (
            "macro_rules! n { ($x:ident) => { use E as $x; } } macro_rules! m { ($x:ident) => { n!($x); } }",
            "m!(D); D::g()",
        ),
        (
            "macro_rules! n { ($x:ident) => { use E as $x; } } use n as m;",
            "m!(D); D::g()",
        ),
    ] {
        let text = with_f(&format!("{TWO}\n{macros}"), body);
        edit_moves(macros, &text, "41", "42");
    }
    let apart = format!(
        "{TWO} macro_rules! m {{ ($x:ident) => {{ let $x = 1; }} }}
        /// @cache\npub fn f(e: E) -> u8 {{ m!(x); D::g() }}"
    );
    edit_stays("a variable", &single(&apart), "41", "42");
}

/// A macro of ours may make a call of what it is given, whatever its name is.
#[test]
fn calls_that_macros_make_of_what_they_are_given() {
    let given = "struct S; impl S { fn secret(&self) -> u8 { 41 } } fn g() -> u8 { 41 }
        macro_rules! panic { ($x:ident, $m:ident) => { $x.$m() } }
        macro_rules! vec { ($x:ident . $m:ident) => { $x.$m() } }
        macro_rules! call { ($($t:tt)*) => { $($t)*() } }
        macro_rules! cfg { ($e:expr) => { $e } }";
    for body in [
        "panic!(s, secret)",
        "vec!(s.secret)",
        "call!(s.secret)",
        "call!(s . secret)",
        "cfg!(g())",
    ] {
        let text = with_f(given, &format!("let s = S; {body}"));
        moves(body, &text, &text.replace("41", "42"));
    }
    let of_std = "struct S { secret: u8 } impl S { fn secret(&self) -> u8 { 41 } }
        /// @cache\npub fn f(n: u8) -> String { let s = S { secret: 1 }; format!(\"{}\", s.secret) }";
    edit_stays("std's macro", &single(of_std), "41", "42");
}

/// Whether and by whom a cell is set that is set once, is for its users' callers to say.
#[test]
fn cells_that_may_be_set_first_by_another() {
    let cell = "use std::sync::*; static X: OnceLock<u8> = OnceLock::new();";
    for code in [
        "fn a() -> u8 { *X.get_or_init(|| 1) } fn b() { X.get_or_init(|| 2); }",
        "fn a() -> u8 { X.get().copied().unwrap_or(0) } fn b() { X.get_or_init(|| 2); }",
        "static I: Once = Once::new(); fn a() -> u8 { u8::from(I.is_completed()) } fn b() { I.call_once(|| ()) }",
    ] {
        let text = format!(
            "{cell} {code} pub fn start(n: u8) {{ if n > 41 {{ b() }} }}
            /// @cache\npub fn f() -> u8 {{ a() }}"
        );
        one_moves(code, &text, &text.replace("41", "42"));
    }
    let one = format!(
        "{cell} fn a() -> u8 {{ *X.get_or_init(|| 1) }} pub fn start(n: u8) {{ if n > 41 {{ a(); }} }}
        /// @cache\npub fn f() -> u8 {{ a() }}"
    );
    edit_stays("only one", &single(&one), "41", "42");
}

/// Nobody else can name a static that a macro makes in a body, but whoever calls the function has a part in it.
#[test]
fn state_in_bodies_and_behind_pointers() {
    let state = "use std::{cell::*, sync::{*, atomic::*}};
        macro_rules! counter { () => {{ static C: AtomicU8 = AtomicU8::new(0); &C }} }
        macro_rules! outer { () => { counter!() } }
        macro_rules! local { ($n:ident: $t:ty) => { thread_local!(static $n: $t = Default::default()); } }
        struct P(*mut u8); unsafe impl Sync for P {} unsafe impl Send for P {}
        struct Q(std::ptr::NonNull<u8>); unsafe impl Sync for Q {} unsafe impl Send for Q {}";
    for (code, set, get) in [
        (
            "fn w<R>(g: impl FnOnce(&Cell<u8>) -> R) -> R {
                thread_local!(static W: Cell<u8> = const { Cell::new(1) }); W.with(g) }",
            "w(|c| c.set(41))",
            "w(Cell::get)",
        ),
        (
            "struct H(Cell<u8>); struct W; impl W { fn w<R>(g: impl FnOnce(&H) -> R) -> R {
                thread_local!(static W: H = H(Cell::new(1))); W.with(g) } }",
            "W::w(|h| h.0.set(41))",
            "W::w(|h| h.0.get())",
        ),
        (
            "fn c() -> &'static AtomicU8 { counter!() }",
            "c().store(41, Ordering::SeqCst)",
            "c().load(Ordering::SeqCst)",
        ),
        (
            "fn c() -> &'static AtomicU8 { outer!() }",
            "c().store(41, Ordering::SeqCst)",
            "c().load(Ordering::SeqCst)",
        ),
        (
            "const C: &AtomicU8 = counter!();",
            "C.store(41, Ordering::SeqCst)",
            "C.load(Ordering::SeqCst)",
        ),
        (
            "struct K; impl K { const C: &'static AtomicU8 = counter!(); }",
            "K::C.store(41, Ordering::SeqCst)",
            "K::C.load(Ordering::SeqCst)",
        ),
        (
            "fn c() -> &'static RwLock<u8> {
                macro_rules! go { ($t:ty) => {{ static C: OnceLock<$t> = OnceLock::new(); C.get_or_init(Default::default) }} }
                go!(RwLock<u8>) }",
            "*c().write().unwrap() = 41",
            "*c().read().unwrap()",
        ),
        (
            "fn w<R>(g: impl FnOnce(&Cell<u8>) -> R) -> R { local!(W: Cell<u8>); W.with(g) }",
            "w(|c| c.set(41))",
            "w(Cell::get)",
        ),
        (
            "static X: LazyLock<P> = LazyLock::new(|| P(Box::into_raw(Box::new(1))));",
            "unsafe { *(&*X).0 = 41 }",
            "unsafe { *(&*X).0 }",
        ),
        (
            "static X: LazyLock<Q> = LazyLock::new(|| Q(Box::leak(Box::new(1u8)).into()));",
            "unsafe { X.0.write(41) }",
            "unsafe { X.0.read() }",
        ),
    ] {
        let declared = format!("{state}\n{code} pub fn init() {{ {set} }}");
        edit_moves(code, &with_f(&declared, get), "41", "42");
    }
    let once = "use std::sync::OnceLock; struct Re(u8);
        macro_rules! re { ($x:expr) => {{ static R: OnceLock<Re> = OnceLock::new(); R.get_or_init(|| Re($x)) }} }
        fn is(n: u8) -> bool { re!(1).0 == n } pub fn other() -> bool { is(51) }
        /// @cache\npub fn f(n: u8) -> bool { is(n) }";
    edit_stays("once", &single(once), "51", "52");
}

#[test]
fn operators_in_the_guard_of_an_arm_that_begins_with_a_bar() {
    all_move(&["struct V; impl std::ops::BitOr for V { type Output = bool; fn bitor(self, _: V) -> bool { 41 > 50 } }
        /// @cache\npub fn f(n: u8) -> u8 { match n { | 1 if V | V => 1, _ => 2 } }"]);
}

#[test]
fn operators_that_begin_what_a_macro_repeats() {
    let operated = "struct V(u8); impl std::ops::Add for V { type Output = V; fn add(self, _: V) -> V { V(41) } }
        impl std::ops::Mul for V { type Output = V; fn mul(self, _: V) -> V { V(41) } }";
    for body in [
        "$a $(+ $b)*",
        "$a $(* $b)*",
        "$a $( + $b ) +",
        "$a $(.max($b))?",
    ] {
        let text = format!(
            "{operated} macro_rules! m {{ ($a:expr $(, $b:expr)*) => {{ {body} }} }}
            /// @cache\npub fn f(n: u8) -> u8 {{ m!(V(1), V(2)).0 }}"
        );
        let after = text.replace("41", "42");
        if body.contains("max") {
            one_stays(body, &text, &after);
        } else {
            one_moves(body, &text, &after);
        }
    }
}

/// The compiler takes the arguments of a trait from the impls there are, where only one can be meant.
#[test]
fn arguments_that_follow_from_the_impls() {
    let types = "use std::ops::{Add, Mul}; struct S; struct G<T>(T); struct W<T>(T); struct E(u8);
        #[derive(Default)] struct A; #[derive(Default)] struct B;";
    for (code, body) in [
        (
            "impl Add<A> for G<u8> { type Output = u8; fn add(self, _: A) -> u8 { 41 } }
            impl Add<B> for G<u16> { type Output = u8; fn add(self, _: B) -> u8 { 1 } }",
            "G(1u8) + Default::default()",
        ),
        (
            "impl Mul<A> for String { type Output = u8; fn mul(self, _: A) -> u8 { 41 } }",
            "String::new() * Default::default()",
        ),
        (
            "impl From<&A> for E { fn from(_: &A) -> E { E(41) } } impl From<B> for E { fn from(_: B) -> E { E(1) } }",
            "E::from(&Default::default()).0",
        ),
        (
            "impl From<Vec<A>> for E { fn from(_: Vec<A>) -> E { E(41) } } impl From<B> for E { fn from(_: B) -> E { E(1) } }",
            "E::from(vec![Default::default()]).0",
        ),
        (
            "impl Add<Option<A>> for S { type Output = u8; fn add(self, _: Option<A>) -> u8 { 41 } }
            impl Add<B> for S { type Output = u8; fn add(self, _: B) -> u8 { 1 } }",
            "S + None",
        ),
        (
            "impl Add<W<A>> for S { type Output = u8; fn add(self, _: W<A>) -> u8 { 41 } }
            impl Add<B> for S { type Output = u8; fn add(self, _: B) -> u8 { 1 } }",
            "S + W(Default::default())",
        ),
        (
            "#[cfg(not(windows))] impl Add<A> for S { type Output = u8; fn add(self, _: A) -> u8 { 41 } }
            #[cfg(windows)] impl Add<B> for S { type Output = u8; fn add(self, _: B) -> u8 { 1 } }",
            "S + Default::default()",
        ),
        (
            "impl Add<A> for S { type Output = u8; fn add(self, _: A) -> u8 { 41 } }
            impl Add<B> for &S { type Output = u8; fn add(self, _: B) -> u8 { 1 } }",
            "S + Default::default()",
        ),
    ] {
        edit_moves(code, &with_f(&format!("{types} {code}"), body), "41", "42");
    }
    for (code, body) in [
        (
            "impl From<A> for E { fn from(_: A) -> E { E(41) } } impl From<B> for E { fn from(_: B) -> E { E(1) } }",
            "E::from(B).0",
        ),
        (
            "impl From<A> for E { fn from(_: A) -> E { E(41) } } impl From<u8> for E { fn from(_: u8) -> E { E(1) } }",
            "E::from(1).0",
        ),
        (
            "impl Add<A> for S { type Output = u8; fn add(self, _: A) -> u8 { 41 } }
            impl Add<u8> for S { type Output = u8; fn add(self, _: u8) -> u8 { 1 } }",
            "S + 1",
        ),
        (
            "impl Mul<A> for f64 { type Output = u8; fn mul(self, _: A) -> u8 { 41 } }",
            "(n as f64 * 2.0) as u8",
        ),
        (
            "impl PartialEq<A> for str { fn eq(&self, _: &A) -> bool { 41 > 50 } }",
            "u8::from(\"a\" == \"b\")",
        ),
        (
            "impl From<A> for String { fn from(_: A) -> String { 41.to_string() } }",
            "String::from(\"b\").len() as u8",
        ),
    ] {
        edit_stays(code, &with_f(&format!("{types} {code}"), body), "41", "42");
    }
}
