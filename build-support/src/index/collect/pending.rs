//! Digests and mentions, taken once all edits of a file are known.

use std::borrow::Cow;

use super::Collector;
use super::digest::{self, View};
use super::marks::Marks;
use super::mentions::Scanner;
use crate::index::Digest;
use crate::index::facts::{FactKind, Mention, Range};

/// An item whose digest and mentions wait.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) item: usize,
    pub(super) range: Range,
    pub(super) attentive: bool,
    /// Where a macro's own text begins: the brackets of its definition, or of its arguments.
    pub(super) arguments: Option<Range>,
    /// The items in a macro call's arguments.
    pub(super) holes: Vec<Range>,
    /// Canonical `use` leaves of the body.
    pub(super) leaves: Vec<String>,
    /// Doc lines that are the marker's and not documentation.
    pub(super) marker: Vec<Range>,
}

impl Collector<'_, '_> {
    pub(super) fn digest_pending(&mut self) {
        let marks = std::mem::replace(&mut self.marks, Marks::new(&self.tape));
        for pending in std::mem::take(&mut self.pending) {
            let marks = self.marks_of(&pending, &marks);
            let view = View {
                attentive: pending.attentive,
                spaced: false,
            };
            let digest = self.digest(&pending, &marks, view, &[]);
            let (from, to) = self.indices(&pending.range);
            let spaced = marks.has_opaque(from..to).then(|| {
                self.digest(
                    &pending,
                    &marks,
                    View {
                        spaced: true,
                        ..view
                    },
                    &[],
                )
            });
            let shell = (!pending.holes.is_empty())
                .then(|| self.digest(&pending, &marks, view, &pending.holes));
            let mut mentions = self.mentions(&pending);
            // Held until all files are read.
            mentions.shrink_to_fit();
            let shell = shell.map(|digest| (digest, self.mentions_around(&pending)));
            let item = &mut self.facts.items[pending.item];
            (item.digest, item.spaced, item.mentions) = (digest, spaced, mentions);
            self.macro_facts(&pending, shell);
        }
    }

    /// The marks that are right for an item: to a foreign macro all documentation counts but the marker.
    fn marks_of<'m>(&self, pending: &Pending, marks: &'m Marks) -> Cow<'m, Marks> {
        let mut marks = Cow::Borrowed(marks);
        if pending.attentive {
            let lines = pending.marker.iter();
            lines.for_each(|line| marks.to_mut().skip_text(&self.tape, line));
        }
        marks
    }

    fn digest(&self, pending: &Pending, marks: &Marks, view: View, holes: &[Range]) -> Digest {
        let (from, to) = self.indices(&pending.range);
        digest::of_tokens(&self.tape, marks, from..to, view, holes, &pending.leaves)
    }

    fn indices(&self, range: &Range) -> (usize, usize) {
        (
            self.tape.index_at(range.start),
            self.tape.index_at(range.end),
        )
    }

    fn mentions(&mut self, pending: &Pending) -> Vec<Mention> {
        let (from, to) = self.indices(&pending.range);
        let in_macro = matches!(self.facts.items[pending.item].kind, FactKind::MacroRules(_));
        Scanner::new(&self.tape, &mut self.symbols).scan(from, to, in_macro)
    }

    fn mentions_around(&mut self, pending: &Pending) -> Vec<Mention> {
        let (from, to) = self.indices(&pending.range);
        Scanner::new(&self.tape, &mut self.symbols).scan_around(from, to, &pending.holes)
    }

    /// What a macro's definition, or the arguments of a call, may define.
    fn macro_facts(&mut self, pending: &Pending, shell: Option<(Digest, Vec<Mention>)>) {
        let Some(arguments) = &pending.arguments else {
            return;
        };
        let (open, close) = self.indices(arguments);
        let mut scanner = Scanner::new(&self.tape, &mut self.symbols);
        let is_definition = matches!(self.facts.items[pending.item].kind, FactKind::MacroRules(_));
        let found = scanner.macro_facts(open, close, is_definition);
        let transparent = scanner.is_transparent(open);
        match &mut self.facts.items[pending.item].kind {
            FactKind::MacroRules(facts) => {
                **facts = found;
                facts.transparent = transparent;
            }
            FactKind::MacroCall(call) | FactKind::MemberCall { call, .. } => {
                call.arguments = found;
                call.shell = shell;
            }
            _ => {}
        }
    }
}
