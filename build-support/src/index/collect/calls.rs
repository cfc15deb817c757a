//! Calls of macros: what is noted of them, and as what their arguments are read.

use super::blind;
use super::mentions::{Context, Scanner};
use crate::index::facts::{Mention, Segments};
use crate::index::std_traits::StdTraits;
use crate::source::lex::TokenKind;

impl Scanner<'_, '_> {
    /// `name! name2 { … }` (as in `macro_rules! m`) or `name!(…)`.
    pub(super) fn opens_arguments(&self, at: usize) -> bool {
        self.tape
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Open)
            || (self.is_ident(at)
                && self
                    .tape
                    .get(at + 1)
                    .is_some_and(|token| token.kind == TokenKind::Open))
    }

    pub(super) fn macro_call(
        &mut self,
        segments: Segments,
        at: usize,
        to: usize,
        around: Context,
    ) -> usize {
        let name = segments.last().map_or("", |name| self.symbols.text(*name));
        let name = name.to_owned();
        let context = match name.as_str() {
            "macro_rules" if around != Context::MacroArguments => Context::MacroBody,
            name if blind::is_blind_name(name) => Context::BlindArguments,
            _ => Context::MacroArguments,
        };
        if name != "macro_rules" {
            self.note(Mention::Macro(segments));
        }
        let open = if self.is_ident(at) { at + 1 } else { at };
        let close = self.tape.closing(open).min(to);
        match name.as_str() {
            // One of ours may have the name, and be given anything.
            "cfg" if self.predicate(open + 1, close) => return close + 1,
            "cfg_select" => self.cfg_select(open, close),
            "env" | "option_env" => self.variable(open, close),
            // What it is given is negated.
            "assert" | "debug_assert" => {
                self.operators = self.operators.with(StdTraits::written("!"));
            }
            // Whatever the first argument is: one of std's traits, or anything with a method of that name.
            "write" | "writeln" => {
                let name = self.symbols.intern("write_fmt");
                self.note(Mention::Method(name));
            }
            "include" | "include_str" | "include_bytes" => {
                self.file(&name, open, close);
                return close + 1;
            }
            _ => {}
        }
        self.tokens(open + 1, close, context);
        close + 1
    }

    /// Arguments of a macro that a macro is given, which may read them in any way.
    pub(super) fn given_to_fragment(&mut self, from: usize, to: usize) -> usize {
        let open = if self.is_ident(from) { from + 1 } else { from };
        let close = self.tape.closing(open).min(to);
        self.tokens(from, close, Context::MacroArguments);
        close
    }
}
