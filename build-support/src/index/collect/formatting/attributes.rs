//! Attributes and documentation.

use super::Reader;
use crate::index::collect::blind;
use crate::source::lex::{DocForm, TokenKind};

impl Reader<'_, '_> {
    /// Reads the attributes and the documentation before something; says whether there were any.
    pub(super) fn attributes(&mut self) -> bool {
        let start = self.at;
        // Where the arguments of the derive end that stands just before.
        let mut derived = None;
        loop {
            match self.kind() {
                Some(TokenKind::Doc(_)) => {
                    self.documentation();
                    derived = None;
                }
                Some(TokenKind::Punct) if self.is(b'#') && self.tape.is(self.at + 1, b'[') => {
                    derived = self.attribute(self.at + 1, derived);
                }
                _ => return self.at > start,
            }
        }
    }

    /// Reads `#![…]` and inner documentation; says whether there were any.
    pub(super) fn inner_attributes(&mut self) -> bool {
        let start = self.at;
        loop {
            match self.kind() {
                Some(TokenKind::Doc(DocForm::InnerLine | DocForm::InnerBlock)) => {
                    self.documentation();
                }
                Some(TokenKind::Punct)
                    if self.is(b'#')
                        && self.tape.is(self.at + 1, b'!')
                        && self.tape.is(self.at + 2, b'[') =>
                {
                    self.attribute(self.at + 2, None);
                }
                _ => return self.at > start,
            }
        }
    }

    fn documentation(&mut self) {
        if !self.keeps_docs {
            self.spared.push(self.at..self.at + 1);
        }
        self.at += 1;
    }

    /// Reads the attribute whose bracket opens at `open`; returns where the arguments end if it is a derive.
    /// Adjacent `#[derive(A)] #[derive(B)]` is `#[derive(A, B)]`.
    fn attribute(&mut self, open: usize, derived: Option<usize>) -> Option<usize> {
        let start = self.at;
        let close = self.tape.closing(open);
        self.at = close + 1;
        let first = self.word_at(open + 1);
        let is_alone = !self.tape.is(open + 2, b':');
        if !self.in_definition && blind::is_quiet_name(first, is_alone) {
            self.marks.quiet(start..close + 1);
        }
        if first != "derive" || !self.tape.is(open + 2, b'(') {
            return None;
        }
        let list = open + 2;
        if let Some(before) = derived {
            self.marks.skip_all(before..list + 1);
        }
        let end = self.tape.closing(list);
        self.separate_paths(list + 1, end);
        Some(end)
    }

    /// Counts a separator before each path of a list instead of its commas.
    fn separate_paths(&mut self, from: usize, to: usize) {
        let mut at = from;
        let mut starts = true;
        while at < to {
            let is_comma = self.tape.is(at, b',');
            if is_comma {
                self.marks.skip(at);
            } else if starts {
                self.marks.separate(at);
            }
            starts = is_comma;
            let is_group = self.tape.tokens[at].kind == TokenKind::Open;
            at = if is_group { self.tape.closing(at) } else { at } + 1;
        }
    }
}
