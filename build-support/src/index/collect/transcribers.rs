//! What rustfmt edits in the arms of a `macro_rules!` definition (rule R1).
//!
//! It formats what an arm expands to as if each fragment were a name, where that reads as Rust, and leaves arms with
//! repetitions alone. Here an arm is read in the same way. Where it does not read as Rust, every token counts.

use std::rc::Rc;

use syn::visit::{self, Visit};
use syn::{Block, File, Item, Stmt};

use super::edits::EditNoter;
use super::lines::Lines;
use crate::source::lex::{Tape, Token, TokenKind};

/// Stands for the `$` of a fragment: as long, and part of a name.
const IN_PLACE_OF_DOLLAR: &str = "z";

impl EditNoter<'_> {
    /// Notes what is edited between the brackets of a definition, the first of which stands at `open`.
    pub(super) fn definition(&mut self, tape: &Tape<'_>, open: usize) {
        let close = tape.closing(open);
        let mut at = open + 1;
        while at < close {
            let arrow = tape.closing(at) + 1;
            let body = arrow + 2;
            if !tape.is_pair(arrow, b'=', b'>') || !is_open(tape, body) {
                return;
            }
            let end = tape.closing(body);
            self.delimiters(tape, body, end);
            self.transcriber(tape, body + 1, end);
            at = end + 1;
            if tape.is(at, b';') {
                self.skip_token(tape.tokens[at]);
                at += 1;
            }
        }
    }

    /// An arm may expand to what stands in brackets of any kind.
    fn delimiters(&mut self, tape: &Tape<'_>, open: usize, close: usize) {
        for at in [open, close] {
            tape.get(at)
                .into_iter()
                .for_each(|token| self.skip_token(token));
        }
    }

    fn skip_token(&mut self, token: Token) {
        self.edits.skip(token.start..token.end);
    }

    fn transcriber(&mut self, tape: &Tape<'_>, from: usize, to: usize) {
        let Some(text) = with_names(tape, from, to) else {
            return;
        };
        let before = &tape.text[..tape.tokens[to].start as usize];
        let lines = Lines::new(before, tape.tokens[from].start as usize);
        let mut inner = EditNoter::new(Rc::new(lines));
        if let Ok(file) = syn::parse_str::<File>(&text) {
            inner.all_of(&file.items, &[]);
            self.absorb_edits(inner);
        } else if let Ok(statements) = syn::parse::Parser::parse_str(Block::parse_within, &text) {
            inner.all_of(&[], &statements);
            self.absorb_edits(inner);
        }
    }

    fn absorb_edits(&mut self, inner: EditNoter<'_>) {
        let mut edits = inner.edits;
        // Whether anybody reads the attributes is not known here.
        edits.quiet_attributes.clear();
        self.edits.absorb(edits);
    }
}

impl<'ast> EditNoter<'ast> {
    fn all_of(&mut self, items: &'ast [Item], statements: &'ast [Stmt]) {
        statements
            .iter()
            .for_each(|statement| self.visit_stmt(statement));
        self.nested.extend(items);
        while let Some(item) = self.nested.pop() {
            visit::visit_item(self, item);
        }
    }
}

/// The text of an arm with a name for each fragment, every byte in its place; `None` where it has repetitions.
fn with_names(tape: &Tape<'_>, from: usize, to: usize) -> Option<String> {
    let start = tape.get(from).filter(|_| from < to)?.start as usize;
    let end = tape.tokens[to].start as usize;
    let mut text = tape.text.get(start..end)?.to_owned();
    for at in (from..to).filter(|at| tape.is(*at, b'$')) {
        let dollar = tape.tokens[at];
        let name = tape.get(at + 1)?;
        let follows_name = at
            .checked_sub(1)
            .map(|before| tape.tokens[before])
            .is_some_and(|before| before.end == dollar.start && is_word(before));
        if name.kind != TokenKind::Ident || name.start != dollar.end || follows_name {
            return None;
        }
        let place = dollar.start as usize - start;
        text.replace_range(place..place + 1, IN_PLACE_OF_DOLLAR);
    }
    Some(text)
}

fn is_word(token: Token) -> bool {
    matches!(
        token.kind,
        TokenKind::Ident | TokenKind::Literal | TokenKind::Lifetime
    )
}

fn is_open(tape: &Tape<'_>, at: usize) -> bool {
    tape.get(at)
        .is_some_and(|token| token.kind == TokenKind::Open)
}

#[cfg(test)]
mod tests {
    use crate::index::collect;

    fn is_same(one: &str, other: &str) -> bool {
        let digest = |text: &str| {
            let facts = collect::file(text).unwrap();
            let item = &facts.items[0];
            (item.digest, item.spaced.is_some())
        };
        digest(one) == digest(other)
    }

    fn arm(expansion: &str) -> String {
        format!("macro_rules! m {{ ($a:ident, $b:expr) => {{ {expansion} }} }}")
    }

    #[test]
    fn what_rustfmt_adds_does_not_count() {
        for (one, other) in [
            (
                "fn $a(x: i64, y: i64) -> i64 { x }",
                "fn $a(\n x: i64,\n y: i64,\n) -> i64 {\n x\n}",
            ),
            ("impl T<A, B> for $a {}", "impl T<A, B,> for $a {}"),
            ("$a($b, 1)", "$a($b, 1,)"),
            ("let x = S { $a: $b }; x", "let x = S { $a: $b, }; x"),
            (
                "match $b { 1 => 2, _ => 3 }",
                "match $b { 1 => { 2 } _ => 3, }",
            ),
            (
                "pub mod $a { fn g(a: A) { f(1, 2) } }",
                "pub mod $a { fn g(a: A,) { f(1, 2,) } }",
            ),
        ] {
            assert!(is_same(&arm(one), &arm(other)), "{one}");
        }
        assert!(is_same(
            "macro_rules! m { () => ( 1 ) }",
            "macro_rules! m { () => { 1 }; }"
        ));
    }

    #[test]
    fn commas_that_may_mean_something_count() {
        for (one, other) in [
            ("($b,)", "($b)"),
            ("n!($a, $b)", "n!($a, $b,)"),
            ("n! { f($b) }", "n! { f($b,) }"),
            ("f($b + 1)", "f($b + 2)"),
            ("#[inline] fn $a() {}", "fn $a() {}"),
            ("$a$b", "$a $a"),
        ] {
            assert!(!is_same(&arm(one), &arm(other)), "{one}");
        }
        let repeated = |comma: &str| {
            format!("macro_rules! m {{ ($($x:expr),*) => {{ f($($x,)* 1{comma}) }} }}")
        };
        assert!(!is_same(&repeated(""), &repeated(",")));
        let matched = |comma: &str| format!("macro_rules! m {{ (f($x:expr{comma})) => {{ $x }} }}");
        assert!(!is_same(&matched(""), &matched(",")));
    }
}
