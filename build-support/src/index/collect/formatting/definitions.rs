//! What rustfmt edits in the arms of a `macro_rules!` definition.
//!
//! It formats what an arm expands to as if each fragment were a name, where that reads as Rust, and leaves arms with
//! repetitions alone. Here an arm is read in the same way. Where it does not read as Rust, every token counts.

use std::ops::Range;

use super::{Read, Reader};
use crate::source::lex::{Token, TokenKind};

impl Reader<'_, '_> {
    /// Marks what is edited between the brackets of a definition, the first of which stands at `open`.
    pub(super) fn definition(&mut self, open: usize) {
        let close = self.tape.closing(open);
        let mut at = open + 1;
        while at < close {
            let arrow = self.tape.closing(at) + 1;
            let body = arrow + 2;
            if !self.tape.is_pair(arrow, b'=', b'>') || !self.opens_group(body) {
                return;
            }
            let end = self.tape.closing(body);
            // An arm may expand to what stands in brackets of any kind.
            self.marks.skip(body);
            self.marks.skip(end);
            if self.has_names_alone(body + 1, end) {
                self.transcriber(body + 1..end);
            }
            at = end + 1;
            if self.tape.is(at, b';') {
                self.marks.skip(at);
                at += 1;
            }
        }
    }

    fn transcriber(&mut self, range: Range<usize>) {
        let mut inner = Reader::new(self.tape, self.marks, range.start);
        inner.in_definition = true;
        if inner.all_of(range.clone(), Reader::all_items).is_some() {
            return;
        }
        inner.marks.forget(range.clone());
        if inner.all_of(range.clone(), Reader::statements_to).is_none() {
            inner.marks.forget(range);
        }
    }

    fn all_of(&mut self, range: Range<usize>, read: fn(&mut Self, usize) -> Read) -> Read {
        self.at = range.start;
        read(self, range.end)?;
        (self.at == range.end).then_some(())
    }

    /// Whether each `$` stands before a name, and touches none before it.
    fn has_names_alone(&self, from: usize, to: usize) -> bool {
        let mut signs = (from..to).filter(|at| self.tape.is(*at, b'$'));
        signs.all(|at| {
            let tokens = [at - 1, at, at + 1].map(|at| self.tape.get(at));
            let [Some(before), Some(dollar), Some(name)] = tokens else {
                return false;
            };
            let follows_name = before.end == dollar.start && is_word(before);
            name.kind == TokenKind::Ident && name.start == dollar.end && !follows_name
        })
    }
}

fn is_word(token: Token) -> bool {
    matches!(
        token.kind,
        TokenKind::Ident | TokenKind::Literal | TokenKind::Lifetime
    )
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
