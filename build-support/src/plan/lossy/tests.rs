//! Which arguments are warned of, and which are not.

use crate::plan::testing::{one_file, package};

/// A function of one argument `a` of type `A`, which these items define.
fn marked(items: &str) -> String {
    format!("use serde::Serialize;\n{items}\n/// @cache\npub fn f(a: A) -> u32 {{ 1 }}\n")
}

/// What is said of an argument: from `see` to its place.
fn said(text: &str) -> Vec<String> {
    let planned = one_file(text);
    assert_eq!(planned.report, "");
    planned.warnings.iter().map(|line| loss(line)).collect()
}

fn loss(line: &str) -> String {
    assert!(line.ends_with("[selfsame::lossy-key]"), "{line}");
    let (_, rest) = line.split_once("; see ").unwrap();
    rest.split_once("; ").unwrap().0.to_owned()
}

#[track_caller]
fn loses(items: &str, what: &str) {
    let found = said(&marked(items));
    assert_eq!(found.len(), 1, "{items}: {found:?}");
    assert!(found[0].starts_with(&format!("{what} at ")), "{found:?}");
}

#[track_caller]
fn keeps(items: &str) {
    assert_eq!(said(&marked(items)), Vec::<String>::new(), "{items}");
}

#[test]
fn a_warning_names_argument_field_and_edit() {
    let planned = one_file(&marked(
        "#[derive(Serialize)]\npub struct A {\n    #[serde(skip)]\n    b: u8,\n}",
    ));
    assert_eq!(
        planned.warnings,
        [
            "src/lib.rs:8:10: `a` may lose data in the key, and calls that differ in nothing else share an entry; \
             see `serde(skip)` on `A::b` at src/lib.rs:4:5; put what tells calls apart into `key(…)`, or say \
             `allow(\"lossy_key\")` in the marker [selfsame::lossy-key]"
        ]
    );
}

#[test]
fn attributes_that_drop_or_rewrite_data_are_found() {
    for (attribute, shown) in [
        ("serde(skip)", "serde(skip)"),
        (
            "serde(default, skip_serializing)",
            "serde(skip_serializing)",
        ),
        (
            "serde(skip_serializing_if = \"is_zero\")",
            "serde(skip_serializing_if = \"is_zero\")",
        ),
        ("serde(with = \"rounded\")", "serde(with = \"rounded\")"),
        (
            "serde(serialize_with = \"round\")",
            "serde(serialize_with = \"round\")",
        ),
        (
            "serde_as(as = \"DurationSeconds<u64>\")",
            "serde_as(as = \"DurationSeconds<u64>\")",
        ),
        (
            "cfg_attr(all(unix, feature = \"x\"), serde(skip))",
            "serde(skip)",
        ),
        (
            "cfg_attr(unix, doc(hidden), cfg_attr(true, serde(skip)))",
            "serde(skip)",
        ),
    ] {
        loses(
            &format!("#[derive(Serialize)] pub struct A {{ ok: u8, #[{attribute}] b: u8 }}"),
            &format!("`{shown}` on `A::b`"),
        );
    }
    loses(
        "#[derive(Serialize)] #[serde(into = \"String\")] pub struct A(u8);",
        "`serde(into = \"String\")` on `A`",
    );
}

#[test]
fn what_tells_every_value_is_no_loss() {
    for attribute in [
        "serde(rename = \"c\")",
        "serde(default, alias = \"c\", skip_deserializing)",
        "serde(flatten)",
        "serde(skip_serializing_if = \"Option::is_none\")",
        "serde(skip_serializing_if = \"std::option::Option::is_none\")",
        "serde(skip_serializing_if = \"Vec::is_empty\")",
        "serde(skip_serializing_if = \"<[_]>::is_empty\")",
        "serde(skip_serializing_if = \"std::ops::Not::not\")",
        "serde(with = \"serde_bytes\")",
        "serde(with = \"::time::serde::rfc3339::option\")",
        "serde(deserialize_with = \"read\", bound(serialize = \"T: X\"))",
        "cfg_attr(feature = \"x\", serde(rename = \"skip\"))",
    ] {
        keeps(&format!(
            "#[derive(Serialize)] #[serde(rename_all = \"camelCase\", crate = \"serde\")]
             pub struct A {{ #[{attribute}] b: Vec<u8> }}"
        ));
    }
    keeps(
        "use std::marker::PhantomData;
         #[derive(Serialize)] pub struct A { #[serde(skip)] b: PhantomData<u8>, #[serde(skip)] c: () }",
    );
}

#[test]
fn a_predicate_shifts_the_places_of_a_tuple() {
    loses(
        "#[derive(Serialize)] pub struct A(#[serde(skip_serializing_if = \"Option::is_none\")] Option<u8>, u8);",
        "`serde(skip_serializing_if = \"Option::is_none\")` on `A::0`",
    );
}

#[test]
fn a_hand_written_impl_is_found_and_another_crates_trait_is_not() {
    let by_hand = "pub struct A; impl<'a> serde::ser::Serialize for &'a A { }";
    loses(by_hand, "the hand-written `impl Serialize for A`");
    loses(
        "pub struct A; impl Serialize for A {}",
        "the hand-written `impl Serialize for A`",
    );
    keeps("pub struct A; mod own { pub trait Serialize {} } impl own::Serialize for A {}");
    keeps("#[derive(Serialize)] pub struct A; impl std::Serialize for A {}");
    keeps("#[derive(Serialize)] pub struct A; #[cfg(test)] impl Serialize for A {}");
}

#[test]
fn types_are_followed_through_fields_aliases_and_arguments() {
    let skips = "#[derive(Serialize)] pub struct B { #[serde(skip)] c: u8 }";
    for a in [
        "#[derive(Serialize)] pub struct A { b: B }",
        "#[derive(Serialize)] pub struct A(Vec<Option<B>>);",
        "#[derive(Serialize)] pub struct A { b: std::collections::HashMap<String, (u8, Box<[B; 2]>)> }",
        "#[derive(Serialize)] pub enum A { X, Y { b: B } }",
        "#[derive(Serialize)] pub enum A { X(#[serde(rename = \"q\")] B) }",
        "#[derive(Serialize)] pub struct A(W<B>); #[derive(Serialize)] pub struct W<T>(T);",
        "pub type A = Option<Inner>; pub type Inner = B;",
        "pub use inner::A; mod inner { use super::B as Other; #[derive(serde::Serialize)] pub struct A(Other); }",
        "#[derive(Serialize)] pub struct A { next: Option<Box<A>>, b: B }",
    ] {
        loses(&format!("{a} {skips}"), "`serde(skip)` on `B::c`");
    }
    for a in [
        "#[derive(Serialize)] pub struct A { next: Option<Box<A>>, b: std::marker::PhantomData<B> }",
        "#[derive(Serialize)] pub struct A<B>(B);",
        "#[derive(Serialize)] pub struct A; impl A { fn b(&self) -> B { todo!() } }",
        "#[derive(Serialize)] pub struct A { b: <u8 as Trait>::B }",
    ] {
        keeps(&format!("{a} {skips}"));
    }
}

#[test]
fn variants_may_be_told_by_their_names_only() {
    loses(
        "#[derive(Serialize)] #[serde(untagged)] pub enum A { B(u8), C(u16), D(u8) }",
        "`serde(untagged)` on `A`",
    );
    loses(
        "#[derive(Serialize)] pub enum A { B, #[serde(untagged)] C, #[serde(untagged)] D }",
        "`serde(untagged)` on `A`",
    );
    keeps(
        "#[derive(Serialize)] #[serde(untagged)] pub enum A { B(u8), C(String), D { e: u8 }, E { f: u8 } }",
    );
    keeps(
        "#[derive(Serialize)] pub enum A { B(u8), #[serde(rename = \"B\")] C(u8), #[serde(untagged)] D(u8) }",
    );
    keeps("#[derive(Serialize)] pub enum A { B, #[serde(skip)] C }");
}

const SKIPS: &str =
    "#[derive(serde::Serialize)] pub struct A { #[serde(skip)] b: u8, pub id: u64 }";

#[test]
fn only_what_is_a_part_of_the_key_is_warned_of() {
    for (signature, count) in [
        ("/// @cache\npub fn f(a: &A)", 1),
        ("/// @cache\npub fn f(a: Vec<A>, b: Option<&A>, c: u8)", 2),
        ("/// @cache\npub fn f(A { id, .. }: A)", 1),
        ("/// @cache(key(a))\npub fn f(a: &A, b: &A)", 1),
        ("/// @cache(key(&*a, (b)))\npub fn f(a: &A, b: &A)", 2),
        (
            "/// @cache(key(a.id, b.clone()))\npub fn f(a: &A, b: &A)",
            0,
        ),
        ("/// @cache(skip(a))\npub fn f(a: &A)", 0),
        ("/// @cache(allow(\"lossy_key\"))\npub fn f(a: &A)", 0),
        ("/// @cache\npub fn f<A: serde::Serialize>(a: &A)", 0),
        ("/// @cache\npub fn f(a: std::A)", 0),
    ] {
        let warnings = said(&format!("{SKIPS}\n{signature} -> u32 {{ 1 }}"));
        assert_eq!(warnings.len(), count, "{signature}: {warnings:?}");
    }
}

#[test]
fn a_receiver_in_the_key_is_a_part_of_it() {
    let method = |options: &str| {
        said(&format!(
            "{SKIPS}\nimpl A {{ /// @cache({options})\npub fn f(&self, id: u8) -> u32 {{ 1 }} }}"
        ))
    };
    assert_eq!(method("key(self, id)").len(), 1);
    assert_eq!(method("key(self.id, id)").len(), 0);
    assert_eq!(method("skip(self)").len(), 0);
}

#[test]
fn a_type_of_another_file_is_found_at_its_place() {
    let planned = package(&[
        (
            "src/lib.rs",
            "mod filter;\n/// @cache\npub fn f(a: filter::Filter) -> u32 { 1 }\n",
        ),
        (
            "src/filter.rs",
            "//! Filters.\n\n/// One.\n#[derive(serde::Serialize)]\npub struct Filter {\n    #[cfg_attr(x, serde(skip))]\n    limit: u8,\n}\n",
        ),
    ]);
    let losses: Vec<String> = planned.warnings.iter().map(|line| loss(line)).collect();
    assert_eq!(
        losses,
        ["`serde(skip)` on `Filter::limit` at src/filter.rs:6:5"]
    );
}
