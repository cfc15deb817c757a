//! Code without what syn need not see: what is left stands on the line and in the column where it stood.
//!
//! Documentation and bodies are most of many files, and to a parser each line of documentation is an attribute with a
//! literal, each body a tree. Nothing that is gathered comes from there: what counts of them is read off the tape.

use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use crate::source::lex::Tape;

/// The text of a tape without some of its tokens.
pub(super) fn without(tape: &Tape<'_>, spared: &[Range<usize>]) -> String {
    let mut code = String::with_capacity(tape.text.len());
    let mut taken = 0;
    for tokens in spared {
        let Some(range) = text_of(tape, tokens) else {
            continue;
        };
        code.push_str(&tape.text[taken..range.start]);
        leave_out(&mut code, &tape.text[range.clone()]);
        taken = range.end;
    }
    code.push_str(&tape.text[taken..]);
    code
}

fn text_of(tape: &Tape<'_>, tokens: &Range<usize>) -> Option<Range<usize>> {
    let (first, last) = tape.tokens.get(tokens.clone()).and_then(|tokens| {
        let (first, last) = (tokens.first()?, tokens.last()?);
        Some((first, last))
    })?;
    Some(first.start as usize..last.end as usize)
}

/// Keeps the line ends of a text, and a blank for each character of its last line.
fn leave_out(code: &mut String, text: &str) {
    let lines = memchr_iter(b'\n', text.as_bytes()).count();
    let last = memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1);
    code.extend(std::iter::repeat_n("\n", lines));
    code.extend(std::iter::repeat_n(" ", text[last..].chars().count()));
}

#[cfg(test)]
mod tests {
    use syn::visit::{self, Visit};

    use super::*;
    use crate::index::collect::nested::Nested;
    use crate::index::collect::{file, formatting};
    use crate::source::lex::TokenKind;

    fn spared(text: &str) -> String {
        let tape = Tape::new(text);
        let code = without(&tape, &formatting::of(&tape, false).spared);
        let ends = |text: &str| {
            let lines = text.lines();
            lines.map(|line| line.chars().count()).collect::<Vec<_>>()
        };
        let (before, after) = (ends(text), ends(&code));
        assert_eq!(before.len(), after.len());
        assert_eq!(before.last(), after.last());
        code
    }

    #[test]
    fn documentation_of_definitions_is_left_out() {
        for text in [
            "//! A file.\n/// An item.\npub fn f() {}",
            "/// ä\n/** b\n c */ struct S {\n/// A field.\nfield: u8,\n/// Another.\npub other: u8 }",
            "enum E {\n/// A.\nA,\n/// B.\nB(u8),\n/// C.\nC { c: u8 },\n/// D.\nD = 1,\n/// F.\nF }",
            "mod m {\n//! Inside.\n/// An item.\n#[inline]\nfn f() {} }",
            "impl S {\n/// A method.\nfn f() {}\n/// A constant.\nconst A: u8 = 1; }",
            "/// A macro.\nmacro_rules! m { () => {} }",
            "#[derive(A)]\n/// Between.\n#[derive(B)]\nstruct S;",
            "fn f() { g(S { x: /** here */ x, y }) }",
        ] {
            let code = spared(text);
            let is_left = Tape::new(&code)
                .tokens
                .iter()
                .any(|token| matches!(token.kind, TokenKind::Doc(_)));
            assert!(!is_left, "{code}");
        }
    }

    #[test]
    fn bodies_without_items_are_left_out() {
        assert_eq!(
            spared("fn f() -> u8 { let x = \"ä\";\n x }\nimpl S { fn g() { 1 } fn h(); }"),
            "fn f() -> u8 { \n   }\nimpl S { fn g() {   } fn h(); }",
        );
        assert_eq!(
            spared("fn f() { fn g() { 1 } g() }"),
            "fn f() { fn g() {   } g() }"
        );
    }

    #[test]
    fn of_this_crate_no_body_stays_but_for_items_in_it() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = walkdir::WalkDir::new(folder).into_iter();
        for path in files.map(|entry| entry.unwrap().into_path()) {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = spared(&text);
            let mut bodies = Bodies::default();
            bodies.visit_file(&syn::parse_file(&code).unwrap());
            assert!(
                bodies.unread.is_empty(),
                "{}: {:?}",
                path.display(),
                bodies.unread
            );
        }
    }

    /// Functions whose bodies hold something, and no items.
    #[derive(Default)]
    struct Bodies {
        unread: Vec<String>,
    }

    impl Bodies {
        fn body(&mut self, signature: &syn::Signature, block: &syn::Block) {
            let mut items = Nested::default();
            items.visit_block(block);
            if !block.stmts.is_empty() && items.0.is_empty() {
                self.unread.push(signature.ident.to_string());
            }
        }
    }

    impl<'ast> Visit<'ast> for Bodies {
        fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
            self.body(&function.sig, &function.block);
            visit::visit_item_fn(self, function);
        }

        fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
            self.body(&function.sig, &function.block);
            visit::visit_impl_item_fn(self, function);
        }
    }

    #[test]
    fn what_a_macro_may_see_stays_and_what_can_not_be_read() {
        for text in [
            "m! {\n/// Passed on.\npub fn f() { 1 } }",
            "macro_rules! m { () => {\n/// Made.\npub fn f() { 1 } } }",
            "fn f() { use a::b; b() }",
            "fn f() { let = 1; }",
            "fn f() {\n/// On nothing.\n}",
        ] {
            assert_eq!(spared(text), text);
        }
    }

    #[test]
    fn facts_are_those_of_the_whole_text() {
        let text = "//! A file.\n\n/// An item.\n#[inline]\npub fn f() {}\n/// ß.\nstruct S {\n    /// F.\n    f: u8,\n}\n";
        let facts = |text: &str| file(text).unwrap();
        let marked = text.replace("A file.", "A file @cache.");
        let (found, whole) = (facts(text), facts(&marked));
        let added = u32::try_from(" @cache".len()).unwrap();
        for (found, whole) in found.items.iter().zip(&whole.items) {
            assert_eq!(found.digest, whole.digest);
            assert_eq!(found.extent.start + added, whole.extent.start);
            assert_eq!(found.location.start + added, whole.location.start);
        }
        assert_eq!(found.items.len(), whole.items.len());
        assert!(text[found.items[0].extent.start as usize..].starts_with("/// An item."));
    }
}
