//! Edits of markers, and of what they name.

use super::*;

#[test]
fn marker_options_that_change_what_an_entry_answers() {
    let edits = [
        (
            "164",
            "/// @cache(key(a))\npub fn f(a: u8, b: u8) -> u8 { a }",
            "key(a)",
            "key(b)",
        ),
        (
            "skip",
            "/// @cache(skip(a))\npub fn f(a: u8, b: u8) -> u8 { a }",
            "skip(a)",
            "skip(b)",
        ),
        (
            "codec",
            "/// @cache\npub fn f(a: u8) -> u8 { a }",
            "@cache",
            "@cache(codec = \"json\")",
        ),
        (
            "epoch",
            "/// @cache(epoch = 1)\npub fn f(a: u8) -> u8 { a }",
            "epoch = 1",
            "epoch = 2",
        ),
        (
            "none",
            "/// @cache(none = 5)\npub fn f(a: u8) -> Option<u8> { None }",
            "none = 5",
            "none = 6",
        ),
        (
            "166",
            "fn norm(x: u8) -> u8 { x }\n/// @cache(key(norm(a)))\npub fn f(a: u8) -> u8 { a }",
            "{ x }",
            "{ x + 1 }",
        ),
        (
            "tags",
            "/// @cache(tags(\"user:{a}\"))\npub fn f(a: u8) -> u8 { a }",
            "user:{a}",
            "users:{a}",
        ),
        (
            "tag hole",
            "/// @cache(tags(\"user:{a}\"))\npub fn f(a: u8, b: u8) -> u8 { a }",
            "{a}",
            "{b}",
        ),
        (
            "tag format",
            "/// @cache(tags(\"user:{a}\"))\npub fn f(a: u8) -> u8 { a }",
            "{a}",
            "{a:02}",
        ),
        (
            "called by a tag",
            "fn norm(x: u8) -> u8 { x }\n/// @cache(tags(\"user:{norm(a):02}\"))\npub fn f(a: u8) -> u8 { a }",
            "{ x }",
            "{ x + 1 }",
        ),
        (
            "shown in a tag",
            "pub struct Id(u8); impl std::fmt::Display for Id { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, \"u{}\", self.0) } }\n/// @cache(tags(\"user:{a}\"))\npub fn f(a: Id) -> u8 { 1 }",
            "u{}",
            "v{}",
        ),
        (
            "shown in a tag, behind a field",
            "pub struct Of { id: Id } pub struct Id(u8); impl std::fmt::Display for Id { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, \"u{}\", self.0) } }\n/// @cache(key(1), tags(\"user:{a.id}\"))\npub fn f(a: &Of) -> u8 { 1 }",
            "u{}",
            "v{}",
        ),
        (
            "shown in a tag, made by a method",
            "pub struct Of; impl Of { fn id(&self) -> Id { Id(1) } } pub struct Id(u8); impl std::fmt::Debug for Id { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, \"u{}\", self.0) } }\n/// @cache(key(1), tags(\"user:{a.id():?}\"))\npub fn f(a: &Of) -> u8 { 1 }",
            "u{}",
            "v{}",
        ),
        (
            "depends item",
            "const RATE: u8 = 1;\n/// @cache(depends(RATE))\npub fn f(a: u8) -> u8 { a }",
            "= 1",
            "= 2",
        ),
        (
            "pin",
            "/// @cache(pin = \"1\")\npub fn f(a: u8) -> u8 { a }",
            "\"1\"",
            "\"2\"",
        ),
    ];
    for (case, text, from, to) in edits {
        edit_moves(case, &single(text), from, to);
    }
    let file = "//- src/lib.rs\n/// @cache(depends(\"q.sql\"))\npub fn f() -> u8 { 1 }\n//- q.sql\nselect 1\n";
    edit_moves("depends file", file, "select 1", "select 2");
}
