//! From the text of one file to its [`FileFacts`].
//!
//! syn gives the structure (what the items are, where rustfmt may edit), the tape gives tokens to hash and
//! scan. The syntax tree lives only while this runs.

mod blind;
mod digest;
mod docs;
mod edits;
mod header;
mod includes;
mod inputs;
mod items;
mod members;
mod mentions;
mod record;
mod uses;

use proc_macro2::Span;
use syn::{Attribute, Item, Visibility};

use super::Place;
use super::facts::{FactKind, FileFacts, MarkedFacts, OwnerFacts, Range, ScopeFacts, ScopeKind};
use crate::source::cfg;
use crate::source::lex::{Tape, code_start};
use edits::EditNoter;

pub(crate) use digest::truncate;
pub(crate) use mentions::of_text as mentions_of_text;

/// A file that is no Rust: where and why.
#[derive(Clone, Debug)]
pub(crate) struct Unparsable {
    pub(crate) place: Range,
    pub(crate) reason: String,
}

/// Reads one file.
///
/// # Errors
///
/// If syn can't parse it.
pub(crate) fn file(text: &str) -> Result<FileFacts, Unparsable> {
    let base = code_start(text);
    let parsed = syn::parse_file(&text[base..]).map_err(|error| unparsable(&error, base));
    let facts = parsed.map(|file| Collector::new(text, base).run(&file.items));
    // The spans of this file are not needed any more, and syn would keep its text for ever.
    proc_macro2::extra::invalidate_current_thread_spans();
    facts
}

fn unparsable(error: &syn::Error, base: usize) -> Unparsable {
    let range = error.span().byte_range();
    let at = |offset: usize| u32::try_from(base + offset).unwrap_or(u32::MAX);
    Unparsable {
        place: at(range.start)..at(range.end),
        reason: error.to_string(),
    }
}

/// An item whose digest and mentions wait until all edits are known.
#[derive(Debug)]
struct Pending {
    item: usize,
    range: Range,
    attentive: bool,
    in_macro: bool,
    /// Canonical `use` leaves of the body.
    leaves: Vec<String>,
    /// Doc lines that are the marker's and not documentation.
    marker: Vec<Range>,
}

/// What an item is made of, gathered before it is recorded.
struct Draft<'a> {
    kind: FactKind,
    name: Option<&'a syn::Ident>,
    attributes: &'a [Attribute],
    visibility: &'a Visibility,
    /// The item's keyword, from which its head is found.
    keyword: Span,
    /// The last token that counts.
    end: Span,
}

struct Collector<'t, 'a> {
    tape: Tape<'t>,
    facts: FileFacts,
    noter: EditNoter<'a>,
    pending: Vec<Pending>,
    /// Offsets of doc comments that belong to a marked function.
    claimed: Vec<u32>,
}

impl<'t, 'a> Collector<'t, 'a> {
    fn new(text: &'t str, base: usize) -> Self {
        let mut facts = FileFacts::default();
        facts.scopes.push(ScopeFacts {
            parent: None,
            kind: ScopeKind::File,
        });
        Self {
            tape: Tape::new(text),
            facts,
            noter: EditNoter::new(u32::try_from(base).unwrap_or(u32::MAX)),
            pending: Vec::new(),
            claimed: Vec::new(),
        }
    }

    fn run(mut self, items: &'a [Item]) -> FileFacts {
        for item in items {
            self.item(item, 0, Place::Ordinary);
        }
        self.digest_pending();
        self.facts.orphans = docs::orphans(&self.tape, &self.claimed)
            .into_iter()
            .map(|(range, attached_to)| (range, attached_to.into()))
            .collect();
        self.facts
    }

    fn digest_pending(&mut self) {
        self.noter.edits.finish();
        for pending in std::mem::take(&mut self.pending) {
            let (from, to) = (
                self.tape.index_at(pending.range.start),
                self.tape.index_at(pending.range.end),
            );
            let mut edits = std::borrow::Cow::Borrowed(&self.noter.edits);
            if pending.attentive && !pending.marker.is_empty() {
                let edits = edits.to_mut();
                pending.marker.into_iter().for_each(|line| edits.skip(line));
                edits.finish();
            }
            let item = &mut self.facts.items[pending.item];
            item.digest = digest::of_tokens(
                &self.tape,
                &edits,
                from,
                to,
                pending.attentive,
                &pending.leaves,
            );
            item.mentions = mentions::Scanner::new(&self.tape, &mut self.facts.symbols).scan(
                from,
                to,
                pending.in_macro,
            );
        }
    }

    fn marked(
        &mut self,
        item: usize,
        attributes: &[Attribute],
        keyword: Span,
        open: Span,
        owner: OwnerFacts,
        place: Place,
    ) {
        let docs = docs::of(attributes, &self.noter, &self.tape);
        let Some(docs) = docs.filter(|docs| docs::have_marker(docs)) else {
            return;
        };
        self.claimed
            .extend(docs.iter().map(|(_, range)| range.start));
        if let Some(pending) = self
            .pending
            .iter_mut()
            .rev()
            .find(|pending| pending.item == item)
        {
            pending.marker = docs::marker_lines(&docs);
        }
        let start = self.head(
            attributes,
            &Visibility::Inherited,
            self.noter.range(keyword).start,
        );
        let place = if cfg::is_test_only(attributes) {
            Place::Test
        } else {
            place
        };
        let signature = start..self.noter.range(open).start;
        self.facts.marked.push(MarkedFacts {
            item,
            docs,
            signature,
            owner,
            place,
        });
    }
}
