//! What separates a file's tokens from their canonical form (rule R1): rustfmt adds and removes trailing commas, braces
//! around a single expression, leading pipes.
//!
//! A recursive-descent reader of Rust goes over the tape and marks what is edited. It builds no tree, and finds on its
//! way what syn, which does, can be spared: documentation, and bodies without items, which are most of a file. What it
//! can't read counts as it is written, and is left to syn: in the worst case a version depends on formatting.

mod attributes;
mod blocks;
mod branches;
mod cursor;
mod declarations;
mod definitions;
mod expressions;
mod functions;
mod generics;
mod items;
mod macros;
mod operands;
mod paths;
mod patterns;
mod types;

#[cfg(test)]
mod tests;

use std::ops::Range;

use self::items::Calls;
use super::marks::Marks;
use crate::source::lex::Tape;

/// `None` where what stands there is not what was expected.
type Read = Option<()>;

/// What of a tape is edited, and the tokens that syn need not see, in order.
pub(super) struct Formatting {
    pub(super) marks: Marks,
    pub(super) spared: Vec<Range<usize>>,
}

/// Reads a file. With `keeps_docs`, syn is to see documentation.
pub(super) fn of(tape: &Tape<'_>, keeps_docs: bool) -> Formatting {
    let mut marks = Marks::new(tape);
    let mut reader = Reader::new(tape, &mut marks, 0);
    reader.keeps_docs = keeps_docs;
    reader.file();
    let spared = reader.spared;
    Formatting { marks, spared }
}

/// Reads the item that begins at `at`, which stands in the arguments of a call.
pub(super) fn item(tape: &Tape<'_>, marks: &mut Marks, at: usize) {
    let mut reader = Reader::new(tape, marks, at);
    if reader.item().is_none() {
        let end = reader.at;
        marks.forget(at..end);
    }
}

/// Reads the arguments of a call in the place of an item, which open at `open`.
pub(super) fn arguments(tape: &Tape<'_>, marks: &mut Marks, open: usize, name: &str) {
    // What can't be read is only left as it is written.
    let _ = Reader::new(tape, marks, open).arguments(name);
}

/// A place on a tape, and what was found so far.
struct Reader<'r, 't> {
    tape: &'r Tape<'t>,
    marks: &'r mut Marks,
    at: usize,
    /// Whether what is read is what a macro of ours expands to: `$name` is a name there.
    in_definition: bool,
    keeps_docs: bool,
    calls: Calls,
    /// Whether items were met in the body that is being read.
    has_items: bool,
    spared: Vec<Range<usize>>,
}

impl<'r, 't> Reader<'r, 't> {
    const fn new(tape: &'r Tape<'t>, marks: &'r mut Marks, at: usize) -> Self {
        Self {
            tape,
            marks,
            at,
            in_definition: false,
            keeps_docs: true,
            calls: Calls::Left,
            has_items: false,
            spared: Vec::new(),
        }
    }

    fn file(&mut self) {
        self.inner_attributes();
        self.items(self.tape.tokens.len());
    }
}
