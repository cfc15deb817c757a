//! What is decided for functions of many shapes, and what is refused; the emitted text stands for the plan.

use crate::emit;
use crate::plan::testing::{one_file, package};

mod names;
mod tags;
mod values;

/// The generated root file of a crate of one file.
#[track_caller]
fn generated(text: &str) -> String {
    let files = one_file(text);
    assert_eq!(files.report, "");
    files.root()
}

#[track_caller]
fn has(text: &str, lines: &str) {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat(text).contains(&flat(lines)),
        "{lines}\nis not in\n{text}"
    );
}

#[track_caller]
fn lacks(text: &str, part: &str) {
    assert!(!text.contains(part), "{part}\nis in\n{text}");
}

/// The first lines of each problem: its message and its place.
fn problems(text: &str) -> Vec<String> {
    problems_of(&one_file(text).report)
}

fn problems_of(report: &str) -> Vec<String> {
    let mut problems: Vec<String> = Vec::new();
    let mut is_first_place = false;
    for line in report.lines() {
        if let Some(message) = line.strip_prefix("error[selfsame::") {
            problems.push(message.to_owned());
            is_first_place = true;
        } else if let (true, Some(place)) = (is_first_place, line.trim().strip_prefix("--> ")) {
            problems.last_mut().unwrap().push_str(&format!(" @{place}"));
            is_first_place = false;
        }
    }
    problems
}

mod inside {
    //! Modules that include their own wrappers.

    use super::*;

    #[test]
    fn private_things_stay_private_and_the_rest_is_handed_on() {
        let files = one_file(
            "pub mod users { pub mod sql {
                selfsame::include_generated!(mod users::sql);
                struct Row;
                /// @cache(key(self::id(row), super::LEVEL))
                fn secret(row: Row) -> u8 { 0 }
                /// @cache
                pub fn open(x: super::X) -> u8 { 0 }
                fn id(row: &Row) -> u8 { 0 }
                impl Row { /// @cache(skip(self))
                    fn inner(&self) {} }
            } pub struct X; const LEVEL: u8 = 1; }",
        );
        assert_eq!(files.report, "");
        let inside = files.text("selfsame/users/sql.rs");
        has(
            &inside,
            "pub(in crate::users::sql) fn cached_secret(row: Row) -> u8 {",
        );
        has(
            &inside,
            "parts.part(&super::id(row)); parts.part(&super::super::LEVEL);",
        );
        has(&inside, "pub fn cached_open(x: super::super::X) -> u8 {");
        has(&inside, "move || super::open(x)");
        has(&inside, "impl Row {");
        lacks(&inside, "pub const FUNCTIONS");
        let root = files.root();
        has(
            &root,
            "pub use crate::users::sql::cached::{ OPEN_VERSION, cached_open, clear_open, evict_open, peek_open, put_open, refresh_open, };",
        );
        has(&root, "\"app::users::sql::Row::inner\"");
        lacks(&root, "cached_secret");
    }

    #[test]
    fn a_wrong_path_is_reported_once() {
        assert_eq!(
            problems("mod a { selfsame::include_generated!(mod b);\n/// @cache\nfn f() {} }"),
            ["wrong-include]: this is module `a`, not `b` @src/lib.rs:1:9"]
        );
        assert_eq!(
            problems("selfsame::include_generated!(mod b);"),
            ["wrong-include]: this is the crate root, which has no path to name @src/lib.rs:1:1"]
        );
    }
}

mod visibility {
    //! A wrapper is as visible as its function effectively is.

    use super::*;

    #[test]
    fn what_other_crates_can_not_name_has_no_public_wrapper() {
        let text = generated(
            "pub mod open { /// @cache\npub fn a() {}\n/// @cache\npub(crate) fn b() {} }
             mod shut { /// @cache\npub fn c() {}\n/// @cache\npub fn d() {} }
             pub use shut::d;
             /// @cache
             fn e() {}",
        );
        has(&text, "pub fn cached_a()");
        has(&text, "pub(crate) fn cached_b()");
        has(&text, "pub(crate) fn cached_c()");
        has(&text, "pub fn cached_d()");
        has(&text, "pub(crate) fn cached_e()");
        has(&text, "pub mod shut {");
    }

    #[test]
    fn modules_of_methods_alone_have_nothing_to_show() {
        let text = generated(
            "pub mod m { pub struct T; impl T { /// @cache(skip(self))\npub fn f(&self) {}\n/// @cache\npub(crate) fn g() {} } }",
        );
        has(
            &text,
            "/// Wrappers of the marked functions of `crate::m`. mod m {",
        );
        has(&text, "pub fn cached_f(&self)");
        has(&text, "pub(crate) fn cached_g()");
    }

    #[test]
    fn functions_nobody_else_can_call_are_reported() {
        assert_eq!(
            problems(
                "mod a { /// @cache\nfn f() {}\nmod b { /// @cache\npub fn g() {} }\npub struct T;\nimpl T { /// @cache\nfn h() {} } }"
            ),
            [
                "private-function]: the generated module can't call `f`: it is private to `a` @src/lib.rs:2:4",
                "private-function]: the generated module can't call `g`: no path from the crate root leads to `a::b` @src/lib.rs:4:8",
                "private-function]: the generated module can't call `h`: it is private to `a` @src/lib.rs:7:4",
            ]
        );
    }
}

mod parameters {
    //! Parameters, receivers and keys.

    use super::*;

    #[test]
    fn patterns_get_names_and_the_key_their_bindings() {
        let text = generated(
            "/// @cache(key(a, *z, w.1))
             pub fn f((a, _b): (u8, u8), &c: &u8, z: &u64, mut w: (u8, u8), _: u8, _log: u8) {}",
        );
        has(
            &text,
            "pub fn cached_f( argument_1: (u8, u8), c: &u8, z: &u64, w: (u8, u8), argument_5: u8, log: u8, )",
        );
        has(
            &text,
            "let (a, _) = &argument_1; parts.part(&a); parts.part(z); parts.part(&w.1);",
        );
        has(
            &text,
            "pub fn evict_f(argument_1: (u8, u8), z: &u64, w: (u8, u8))",
        );
        has(
            &text,
            "move || crate::f(argument_1, c, z, w, argument_5, log)",
        );
    }

    #[test]
    fn arrays_are_keyed_as_slices_of_any_length() {
        let text = generated(
            "/// @cache\npub fn f<const N: usize>(a: [u8; 64], b: &[u8; N], c: &[u8]) {}",
        );
        has(
            &text,
            "parts.part(&N); parts.part(a.as_slice()); parts.part(b.as_slice()); parts.part(c);",
        );
    }

    #[test]
    fn generic_arguments_join_the_key_before_the_parts() {
        let text = generated(
            "pub struct S<T>(T);
             impl<T: Clone> S<T> { /// @cache(key(self.0, x))
                 pub fn f<U: Into<T>, const N: usize>(&self, x: U) -> T where U: Send { todo!() } }",
        );
        has(&text, "impl<T: Clone> S<T> {");
        has(
            &text,
            "pub fn cached_f<U: Into<T>, const N: usize>(&self, x: U) -> T where U: Send, {",
        );
        has(
            &text,
            "parts.generic::<T>(); parts.generic::<U>(); parts.part(&N); parts.part(&self.0); parts.part(&x);",
        );
        has(&text, "move || Self::f::<U, N>(self, x)");
        has(&text, "static S_F: __selfsame::Memo");
    }

    #[test]
    fn a_skipped_receiver_is_no_parameter_of_the_helpers() {
        let text = generated(
            "pub struct S; impl S { /// @cache(skip(self))\npub async fn f(&self, x: u8) -> u8 { x } }",
        );
        has(&text, "pub async fn cached_f(&self, x: u8) -> u8");
        has(&text, "pub async fn evict_f(x: u8) -> __selfsame::Evicted");
        has(&text, "S_F.evict_async(");
    }

    #[test]
    fn lifetimes_a_helper_does_not_need_are_left_out() {
        let text = generated(
            "/// @cache(skip(b))\npub fn f<'a, 'b: 'a>(a: &'a str, b: &'b str, c: Option<&'a str>) {}\n/// @cache(skip(b))\npub fn g<'a>(a: &'a str, b: &'a str) {}",
        );
        has(
            &text,
            "pub fn cached_f<'a, 'b: 'a>(a: &'a str, b: &'b str, c: Option<&'a str>)",
        );
        has(&text, "pub fn cached_g<'a>(a: &'a str, b: &'a str)");
        has(&text, "pub fn evict_g(a: &str)");
    }

    #[test]
    fn undecided_and_unkeyable_parameters_are_reported() {
        assert_eq!(
            problems(
                "pub struct S;
impl S {
    /// @cache
    pub fn a(&self, x: impl Fn(u8), y: impl Into<u8> + serde::Serialize) {}
    /// @cache(key(x))
    pub fn b(&mut self, x: u8, y: Box<dyn Send>) {}
}
/// @cache(skip(a, nobody))
pub fn c((a, b): (u8, u8), log: &mut u8) {}"
            ),
            [
                "receiver-undecided]: is `self` part of the key of `a`? neither `skip` nor `key` says so @src/lib.rs:4:14",
                "unkeyable-parameter]: `x: impl Fn(u8)` can't be part of a key @src/lib.rs:4:21",
                "receiver-undecided]: is `self` part of the key of `b`? neither `skip` nor `key` says so @src/lib.rs:6:14",
                "unkeyable-parameter]: `y: Box<dyn Send>` can't be part of a key @src/lib.rs:6:32",
                "unknown-parameter]: `a` is part of a pattern, and `b` of the same parameter stays @src/lib.rs:8:17",
                "unknown-parameter]: `nobody` is no parameter @src/lib.rs:8:20",
                "unkeyable-parameter]: `log` is taken by `&mut`, and a hit would not change `log` @src/lib.rs:9:28",
            ]
        );
    }

    #[test]
    fn a_misspelt_parameter_in_a_key_is_reported_with_the_nearest() {
        let files = one_file(
            "/// @cache(key(usr_id + 1, [1].map(|bound| bound)))\npub fn f(user_id: u8) {}",
        );
        has(
            &files.report,
            "error[selfsame::unknown-parameter]: `usr_id` is no parameter",
        );
        has(
            &files.report,
            "help: did you mean `user_id`? the parameters are `user_id`",
        );
        assert_eq!(problems_of(&files.report).len(), 1);
    }
}

mod methods {
    //! Methods of traits, and names that are taken.

    use super::*;

    #[test]
    fn a_trait_s_method_becomes_one_of_the_type() {
        let text = generated(
            "pub trait Render<T> { type Out; fn render(&self, with: T) -> Self::Out; }
             pub struct Page<K>(K);
             impl<'a, K: Into<T>, T: Clone> Render<&'a T> for Page<K> where T: Send {
                 type Out = u8;
                 /// @cache(key(self.0, with))
                 fn render(&self, with: &'a T) -> Self::Out { 0 }
             }",
        );
        has(&text, "impl<K> Page<K> {");
        has(
            &text,
            "pub fn cached_render<'a, T: Clone + Send>( &self, with: &'a T, ) -> <Self as Render<&'a T>>::Out where K: Into<T>, {",
        );
        has(&text, "move || <Self as Render<&'a T>>::render(self, with)");
        has(&text, "\"app::Page::render\"");
    }

    #[test]
    fn impls_without_a_type_of_our_own_are_refused() {
        assert_eq!(
            problems(
                "pub trait T { fn f(&self); }\nimpl T for Vec<u8> { /// @cache(skip(self))\nfn f(&self) {} }\nimpl<X: Clone> T for X { /// @cache(skip(self))\nfn f(&self) {} }"
            ),
            [
                "unsupported-shape]: `f` is a method of a type that another crate defines @src/lib.rs:3:4",
                "unsupported-shape]: `f` is a method of a type without a name of its own @src/lib.rs:5:4",
            ]
        );
    }

    #[test]
    fn kinds_of_a_type_are_told_apart() {
        let text = generated(
            "pub struct S<T>(T);
             impl S<u8> { /// @cache(key(self.0))\npub fn get(&self) -> u8 { 0 } }
             impl S<(u8, u16)> { /// @cache(key(self.0))\npub fn get(&self) -> u8 { 0 } }",
        );
        has(&text, "\"app::S<(u8, u16)>::get\"");
        has(&text, "\"app::S<u8>::get\"");
        has(&text, "static S_GET_2: __selfsame::Memo");
    }

    #[test]
    fn names_that_are_taken_are_reported() {
        assert_eq!(
            problems(
                "pub struct S;
impl S {
    /// @cache(skip(self))
    pub fn f(&self) {}
    pub fn evict_f(&self) {}
}
pub trait T { fn g(&self); fn put_f(&self); }
impl T for S { /// @cache(skip(self))
    fn g(&self) {} fn put_f(&self) {} }
/// @cache
pub fn twin() {}
/// @cache
pub fn Twin() {}"
            ),
            [
                "name-taken]: the wrapper `evict_f` of `f` has a name that is taken @src/lib.rs:4:12",
                "name-taken]: the wrapper `put_f` of `f` has a name that is taken @src/lib.rs:4:12",
                "name-taken]: the wrapper `TWIN_VERSION` of `Twin` has a name that is taken @src/lib.rs:13:8",
            ]
        );
    }
}

#[test]
fn everything_about_one_function_reads_well() {
    let files = package(&[
        ("src/lib.rs", "pub mod users;"),
        (
            "src/users.rs",
            "pub struct Db;
pub struct DbError;
/// @cache(ttl = \"5m\", skip(db), l1 = \"off\", none = \"skip\", codec = \"json\")
#[must_use = \"why\"]
#[expect(clippy::needless_pass_by_value)]
pub async fn permissions(db: &Db, user_id: u64) -> Result<Vec<String>, DbError> { todo!() }
",
        ),
    ]);
    assert_eq!(files.report, "");
    let text = files.root();
    let expected = include_str!("tests/permissions.rs");
    assert_eq!(text, expected, "\n{text}");
}

#[test]
fn the_same_sources_give_the_same_bytes() {
    let text = "pub mod b { /// @cache\npub fn x() {} }\npub mod a { /// @cache\npub fn y() {}\n/// @cache\npub fn x() {} }";
    assert_eq!(generated(text), generated(text));
    let first = generated(text);
    let at = |part: &str| first.find(part).unwrap();
    assert!(at("app::a::x") < at("app::a::y") && at("app::a::y") < at("app::b::x"));
    assert!(at("pub mod a") < at("pub mod b"));
}

#[test]
fn a_crate_without_markers_gets_an_empty_module() {
    let text = generated("pub fn f() {}");
    has(&text, "pub const FUNCTIONS: &[__selfsame::Function] = &[];");
    lacks(&text, "mod ");
}

#[test]
fn files_of_further_binaries_have_their_own_names() {
    let files = one_file("mod m { selfsame::include_generated!(mod m); /// @cache\nfn f() {} }");
    let names: Vec<String> = emit::emit(&files.plan)
        .into_iter()
        .map(|file| file.name("selfsame-bin-tool"))
        .collect();
    assert_eq!(names, ["selfsame-bin-tool.rs", "selfsame-bin-tool/m.rs"]);
}
