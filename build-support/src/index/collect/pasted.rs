//! Names that macros put together: `[<get_ $name:snake>]`, `get~N`.

use super::mentions::Scanner;
use crate::index::facts::Mention;
use crate::index::symbol::letters;
use crate::source::lex::TokenKind;

impl Scanner<'_, '_> {
    /// Notes the name whose parts stand between `[<` and `>]`, if that opens at `open`.
    pub(super) fn pasted(&mut self, open: usize) {
        if !(self.tape.is(open, b'[') && self.tape.is(open + 1, b'<')) {
            return;
        }
        let close = self.tape.closing(open);
        if close < open + 3 || !self.tape.is(close - 1, b'>') {
            return;
        }
        let name = self.pattern(open + 2, close - 1);
        let name = self.symbols.intern(&name);
        self.note(Mention::Pasted(name));
    }

    /// Notes a name that goes on after the `~` at `at`, if there is one: `seq!` has one for each number of `near~N`.
    pub(super) fn numbered(&mut self, at: usize) -> bool {
        let is_numbered = self.tape.is(at, b'~') && self.is_ident(at + 1);
        if is_numbered {
            let name = self.pattern(at - 1, at + 1);
            let name = self.symbols.intern(&name);
            self.note(Mention::Pasted(name));
        }
        is_numbered
    }

    /// The letters of the parts, with `*` for what a fragment or a macro stands for.
    fn pattern(&self, mut at: usize, end: usize) -> String {
        let mut pattern = String::new();
        while at < end {
            let token = self.tape.tokens[at];
            let text = self.tape.text(token);
            match token.kind {
                // `$name:snake`: in whatever letters.
                TokenKind::Punct if self.tape.is(at, b':') => at += 1,
                TokenKind::Ident => pattern.extend(letters(text.trim_start_matches("r#"))),
                TokenKind::Literal => pattern.extend(letters(text.trim_matches('"'))),
                _ => {
                    pattern.push('*');
                    at += usize::from(self.is_fragment(at));
                }
            }
            at += 1;
        }
        pattern
    }
}
