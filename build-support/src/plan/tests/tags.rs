//! Helpers that spell tags, and what tags ask of wrappers.

use super::{generated, has, lacks};
use crate::plan::testing::one_file;

#[test]
fn a_type_is_named_where_all_functions_agree_on_it() {
    let text = generated(
        "pub struct Id(u64);
pub mod a {
    use crate::Id as Key;
    /// @cache(tags(\"agreed:{id}\", \"not:{number}\", \"text:{name}\"))
    pub fn f(id: Key, number: u64, name: String) {}
}
pub mod b {
    /// @cache(tags(\"agreed:{other}\", \"not:{number}\", \"text:{name}\"))
    pub fn g(other: super::Id, number: &str, name: &&str) {}
    /// @cache(tags(\"alone:{id}\"), key(1))
    pub fn h<T>(id: T) {}
}
pub mod c {
    use crate::Id;
    /// @cache(tags(\"single:{id}\", \"listed:{ids:?}\"))
    pub fn i(id: &Id, ids: Vec<u8>) {}
}",
    );
    has(&text, "pub fn text(name: &str) -> __selfsame::Tag");
    has(
        &text,
        "pub fn not(number: impl __selfsame::core::fmt::Display)",
    );
    has(&text, "pub fn single(id: &crate::Id)");
    has(
        &text,
        "pub fn listed(ids: impl __selfsame::core::fmt::Debug)",
    );
    has(
        &text,
        "pub fn alone(id: impl __selfsame::core::fmt::Display)",
    );
    // A path of several segments is not followed.
    has(
        &text,
        "pub fn agreed(id: impl __selfsame::core::fmt::Display)",
    );
}

#[test]
fn unlike_holes_are_parameters_of_their_own() {
    let text = generated(
        "/// @cache(tags(\"two:{a.0}:{a.1}\", \"one:{a.0}:{a.0}\"))
pub fn f(a: (u8, u8)) {}",
    );
    has(
        &text,
        "pub fn two( a: impl __selfsame::core::fmt::Display, a_2: impl __selfsame::core::fmt::Display, )",
    );
    has(&text, "__selfsame::core::format_args!(\"two:{a}:{a_2}\")");
    has(&text, "__selfsame::core::format_args!(\"one:{a}:{a}\")");
}

#[test]
fn helpers_make_way_for_a_module_of_the_users() {
    let text = generated(
        "pub mod tags { /// @cache(tags(\"user:{id}\"))
pub fn f(id: u8) {} }",
    );
    has(&text, "pub mod tags_ { use super::__selfsame;");
    has(&text, "pub fn cached_f(id: u8)");
    lacks(&generated("/// @cache\npub fn f() {}"), "mod tags");
}

#[test]
fn helpers_are_as_visible_as_their_functions() {
    let text = generated(
        "mod hidden {
    /// @cache(tags(\"inner:{id}\"))
    pub fn f(id: u8) {}
    pub struct Page;
    impl Page {
        /// @cache(skip(self), tags(\"page:{id}\"))
        pub fn render(&self, id: u8) {}
    }
}",
    );
    has(&text, "pub(crate) mod tags {");
    has(&text, "pub(crate) fn inner(id: u8)");
    has(&text, "pub(crate) fn page(id: u8)");
}

#[test]
fn only_what_needs_tags_takes_what_they_are_made_from() {
    let text = generated(
        "pub struct Db { pub shop: u8 }
/// @cache(skip(db), tags(\"shop:{db.shop}\"))
pub fn f(db: &Db, id: u8) -> u8 { id }",
    );
    has(&text, "pub fn evict_f(id: u8)");
    has(&text, "pub fn peek_f(db: &Db, id: u8)");
    has(&text, "pub fn put_f(db: &Db, id: u8, value: u8)");
    has(
        &text,
        "pub fn clear_f() -> __selfsame::Evicted { F.clear() }",
    );
}

#[test]
fn what_a_tag_calls_must_be_in_reach() {
    let report = one_file(
        "mod m { /// @cache(tags(\"user:{private(id)}\"))
pub fn f(id: u8) {}
fn private(id: u8) -> u8 { id } }",
    )
    .report;
    assert!(
        report.contains("the generated module can't use `private`"),
        "{report}"
    );
    assert!(report.contains("src/lib.rs:1:31"), "{report}");
}
