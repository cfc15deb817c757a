//! Paths as tokens spell them: where they begin and end, and what they are mentioned as.

use super::blind;
use super::mentions::{Context, Scanner, is_keyword};
use crate::index::facts::{Mention, Segments};
use crate::source::lex::TokenKind;

impl Scanner<'_, '_> {
    /// Whether the `::` at `at` goes on from something that is no plain path: `<T as Trait>`, `$fragment`.
    pub(super) fn continues(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tape.get(before));
        before.is_some_and(|token| match token.kind {
            TokenKind::Ident => !is_keyword(self.tape.text(token)),
            TokenKind::Close => true,
            _ => self.tape.is(at - 1, b'>'),
        })
    }

    /// Reads a path whose next segment is the identifier at `at`.
    pub(super) fn path(
        &mut self,
        mut segments: Segments,
        at: usize,
        to: usize,
        context: Context,
    ) -> usize {
        if segments
            .first()
            .is_none_or(|head| self.symbols.text(*head) != "$crate")
        {
            let name = self.name(at);
            segments.push(name);
        }
        let is_specifier = self.is_specifier(at);
        let at = self.segments(&mut segments, at + 1, to, context);
        if self.tape.is(at, b'!')
            && !self.tape.is_pair(at, b'!', b'=')
            && self.opens_arguments(at + 1)
            && !is_specifier
        {
            return self.macro_call(segments, at + 1, to, context);
        }
        if context == Context::MacroArguments && self.numbered(at) && segments.len() > 1 {
            self.note(Mention::All(segments[..segments.len() - 1].into()));
        }
        if self.after_dyn {
            self.after_dyn = false;
            self.note(Mention::Dyn(segments.clone()));
        }
        if context == Context::MacroArguments
            && let [only] = segments[..]
        {
            self.note(Mention::Method(only));
            self.note(Mention::Loose(only));
        }
        self.note_path(segments);
        at
    }

    /// Reads on from the first segment, generic arguments and all; returns the index after the last.
    fn segments(
        &mut self,
        segments: &mut Segments,
        mut at: usize,
        to: usize,
        context: Context,
    ) -> usize {
        while at < to && self.tape.is_pair(at, b':', b':') {
            if self.is_ident(at + 2) {
                let name = self.name(at + 2);
                segments.push(name);
                at += 3;
            } else if self.tape.is(at + 2, b'<') {
                let close = self.closing_angle(at + 2, to);
                self.tokens(at + 3, close, context);
                at = close + 1;
            } else {
                // `prefix::$fragment`: anything in the module.
                if self.tape.is(at + 2, b'$') {
                    self.note(Mention::All(segments.clone()));
                }
                return at + 2;
            }
        }
        at
    }

    fn note_path(&mut self, segments: Segments) {
        let alone = segments.len() == 1;
        if alone
            && matches!(
                self.symbols.text(segments[0]),
                "self" | "super" | "crate" | "_"
            )
        {
            return;
        }
        let last = segments.last().map_or("", |last| self.symbols.text(*last));
        let derived = self.in_derive && blind::is_builtin_derive(last);
        self.note(if derived {
            Mention::Derive(segments)
        } else {
            Mention::Path(segments)
        });
    }
}
