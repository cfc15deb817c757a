//! Items, and the members of traits and impls, which are read alike.

use super::{Read, Reader};
use crate::source::lex::TokenKind;

/// Words that stand before an item's own.
const BEFORE: &[&str] = &[
    "async", "auto", "const", "default", "extern", "gen", "safe", "unsafe",
];

/// What is done with the arguments of calls in the place of items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Calls {
    /// Whoever knows whether they are items reads them.
    Left,
    Read,
}

impl Reader<'_, '_> {
    /// Reads items up to `end`. What marks an item that can't be read has is taken back, and the next one read.
    pub(super) fn items(&mut self, end: usize) {
        while self.at < end {
            let (start, spared) = (self.at, self.spared.len());
            if self.item().is_none() {
                let reached = self.at.min(end);
                self.marks.forget(start..reached);
                self.spared.truncate(spared);
                self.at = self.end_of_item(start, end);
            }
        }
    }

    /// Where something ends that begins at `start` and is no known item: behind a semicolon or braces.
    fn end_of_item(&self, start: usize, end: usize) -> usize {
        let mut at = start;
        while at < end {
            let is_open = self.is_kind(at, TokenKind::Open);
            let last = if is_open { self.tape.closing(at) } else { at };
            if self.tape.is(at, b';') || self.tape.is(at, b'{') {
                return last + 1;
            }
            at = last + 1;
        }
        end
    }

    /// Reads items between braces, each of which must be one in what a macro expands to.
    pub(super) fn items_group(&mut self, calls: Calls) -> Read {
        let around = std::mem::replace(&mut self.calls, calls);
        let read = self.group(b'{', |reader, close| {
            reader.inner_attributes();
            if reader.in_definition {
                return reader.all_items(close);
            }
            reader.items(close);
            Some(())
        });
        self.calls = around;
        read
    }

    pub(super) fn all_items(&mut self, end: usize) -> Read {
        while self.at < end {
            self.item()?;
        }
        Some(())
    }

    /// Whether an item begins here, and no expression, where both may.
    pub(super) fn begins_item(&self) -> bool {
        let next = self.word_at(self.at + 1);
        match self.word() {
            "pub" | "use" | "fn" | "mod" | "type" | "struct" | "enum" | "trait" | "impl"
            | "extern" => true,
            "union" => !next.is_empty(),
            "static" => !matches!(next, "" | "move" | "async"),
            "const" => !matches!(next, "" | "move" | "static") && !self.is_async_closure(),
            "unsafe" => !next.is_empty(),
            "async" => matches!(next, "unsafe" | "extern" | "fn"),
            "auto" => next == "trait",
            "default" => matches!(next, "unsafe" | "impl"),
            _ => self.is_call_with_name(),
        }
    }

    fn is_async_closure(&self) -> bool {
        self.word_at(self.at + 1) == "async"
            && !matches!(self.word_at(self.at + 2), "unsafe" | "extern" | "fn")
    }

    /// `macro_rules! name`
    fn is_call_with_name(&self) -> bool {
        let bang = self.end_of_name(self.at);
        bang.is_some_and(|bang| self.tape.is(bang, b'!') && self.end_of_name(bang + 1).is_some())
    }

    pub(super) fn item(&mut self) -> Read {
        self.attributes();
        self.item_itself()
    }

    /// Reads an item without its attributes.
    pub(super) fn item_itself(&mut self) -> Read {
        self.visibility()?;
        if self.is_call_with_name() {
            return self.call_with_name();
        }
        if let Some(bang) = self.bang_of_call() {
            return self.item_call(bang + 1);
        }
        let is_constant = self.words_before();
        match self.word() {
            "fn" => self.function(),
            _ if is_constant => self.value(),
            "static" => {
                self.at += 1;
                self.value()
            }
            "struct" | "union" => self.structure(),
            "enum" => self.enumeration(),
            "type" => self.alias(),
            "trait" => self.trait_(),
            "impl" => self.impl_(),
            "mod" => self.module(),
            "use" | "crate" => self.through_semicolon(),
            _ if self.is(b'{') => self.items_group(Calls::Read),
            _ => None,
        }
    }

    /// `pub`, `pub(crate)`, `pub(in path)`, or nothing.
    pub(super) fn visibility(&mut self) -> Read {
        if !self.eat_word("pub") || !self.is(b'(') {
            return Some(());
        }
        let close = self.closing(b'(')?;
        let is_alone = self.at + 2 == close;
        let is_path = matches!(self.word_at(self.at + 1), "crate" | "self" | "super") && is_alone;
        if is_path || self.word_at(self.at + 1) == "in" {
            self.at = close + 1;
        }
        Some(())
    }

    /// Reads the words before an item's own; says whether it is a constant.
    fn words_before(&mut self) -> bool {
        loop {
            let word = self.word();
            if !BEFORE.contains(&word) {
                return false;
            }
            self.at += 1;
            if word == "extern" {
                self.eat_literal();
            }
            let goes_on = BEFORE.contains(&self.word())
                || matches!(
                    self.word(),
                    "fn" | "trait" | "impl" | "mod" | "static" | "crate"
                );
            if word == "const" && !goes_on {
                return true;
            }
        }
    }

    fn through_semicolon(&mut self) -> Read {
        while !self.is(b';') {
            let is_open = self.is_kind(self.at, TokenKind::Open);
            self.kind()?;
            self.at = if is_open {
                self.tape.closing(self.at)
            } else {
                self.at
            } + 1;
        }
        self.expect(b';')
    }

    /// The call of a macro in the place of an item, whose arguments open at `open`.
    fn item_call(&mut self, open: usize) -> Read {
        match self.calls {
            Calls::Left if !self.in_definition => self.at = self.tape.closing(open) + 1,
            _ => self.call(open - 1)?,
        }
        if !self.tape.is(open, b'{') {
            self.eat(b';');
        }
        Some(())
    }

    /// `macro_rules! name { … }`
    fn call_with_name(&mut self) -> Read {
        let bang = self.end_of_name(self.at)?;
        let open = self.end_of_name(bang + 1)?;
        if !self.opens_group(open) {
            return None;
        }
        let close = self.tape.closing(open);
        if self.word() == "macro_rules" {
            if !self.in_definition {
                self.definition(open);
            }
            self.marks.opaque(open + 1..close);
            self.at = close + 1;
        } else {
            self.item_call(open)?;
        }
        if !self.tape.is(open, b'{') {
            self.eat(b';');
        }
        Some(())
    }
}
