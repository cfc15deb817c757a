//! From the text of one file to its [`FileFacts`].
//!
//! The tape gives tokens to hash and scan, and what rustfmt may edit; syn gives the structure (what the items are). The syntax tree lives only while this runs.

mod attributes;
mod blind;
mod bodies;
mod bodiless;
mod calls;
mod digest;
mod docs;
mod formatting;
mod generics;
mod header;
mod includes;
mod inputs;
mod items;
mod lines;
mod loose;
mod macros;
mod marks;
mod members;
mod mentions;
mod nested;
mod pasted;
mod paths;
mod pending;
mod products;
mod record;
mod signs;
mod spared;
mod spelled;
mod strings;
mod texts;
mod transparent;
mod uses;

use proc_macro2::Span;
use syn::{Attribute, Visibility};

use super::Place;
use super::facts::{FactKind, FileFacts, MarkedFacts, OwnerFacts, Range, ScopeFacts, ScopeKind};
use super::shape;
use super::symbol::{Interner, Names};
use crate::marker;
use crate::source::cfg;
use crate::source::lex::{Tape, code_start};
use formatting::Formatting;
use lines::Lines;
use marks::Marks;
use nested::Nested;
use pending::Pending;
use products::Products;

pub(crate) use blind::{is_blind_name, is_blind_to_spacing};
pub(crate) use digest::truncate;
pub(crate) use header::ANY_LINK_NAME;
pub(crate) use texts::{Text, modules_in, names_in, string_literals, token_digest};

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
    let tape = Tape::new(text);
    let Formatting { marks, spared } = formatting::of(&tape, marker::may_mark(text));
    let code = spared::without(&tape, &spared);
    let lines = Lines::new(text, base);
    let parsed = syn::parse_file(&code[base..]).map_err(|error| unparsable(&error, &lines));
    let facts = parsed.map(|file| {
        let products = products::of(&file.items);
        Collector::new(tape, marks, lines, &products).run(&file)
    });
    // The spans of this file are not needed any more, and syn would keep its text for ever.
    proc_macro2::extra::invalidate_current_thread_spans();
    facts
}

fn unparsable(error: &syn::Error, lines: &Lines) -> Unparsable {
    Unparsable {
        place: lines.range(error.span()),
        reason: error.to_string(),
    }
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
    marks: Marks,
    lines: Lines,
    products: &'a Products,
    /// The macro calls around what is being collected.
    calls: Vec<usize>,
    facts: FileFacts,
    symbols: Interner,
    nested: Nested<'a>,
    pending: Vec<Pending>,
    /// Whether the text holds the word a marker begins with; in most files, no documentation need be read.
    may_mark: bool,
    /// Offsets of doc comments that belong to a marked function.
    claimed: Vec<u32>,
}

impl<'t, 'a> Collector<'t, 'a> {
    fn new(tape: Tape<'t>, marks: Marks, lines: Lines, products: &'a Products) -> Self {
        let mut facts = FileFacts::default();
        facts.scopes.push(ScopeFacts {
            parent: None,
            kind: ScopeKind::File,
        });
        Self {
            may_mark: marker::may_mark(tape.text),
            tape,
            marks,
            lines,
            products,
            calls: Vec::new(),
            facts,
            symbols: Interner::default(),
            nested: Nested::default(),
            pending: Vec::new(),
            claimed: Vec::new(),
        }
    }

    fn run(mut self, file: &'a syn::File) -> FileFacts {
        self.module_attributes(&file.attrs, 0);
        for item in &file.items {
            self.item(item, 0, Place::Ordinary);
        }
        self.digest_pending();
        if self.may_mark {
            self.facts.orphans = docs::orphans(&self.tape, &self.claimed)
                .into_iter()
                .map(|(range, attached_to)| (range, attached_to.into()))
                .collect();
        }
        self.facts.items.shrink_to_fit();
        self.facts.symbols = Names::from(&self.symbols);
        self.facts.shape = shape::of(&self.facts);
        self.facts
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
        // A marker inside a macro's arguments is reported as one that stands on no function.
        if !self.may_mark || !self.calls.is_empty() {
            return;
        }
        let docs = docs::of(attributes, &self.lines, &self.tape);
        let Some(docs) = docs.filter(|docs| docs::have_marker(docs)) else {
            return;
        };
        self.claimed
            .extend(docs.iter().map(|(_, range)| range.start));
        if let Some(pending) = self.pending_of(item) {
            pending.marker = docs::marker_lines(&docs);
        }
        let start = self.head(
            attributes,
            &Visibility::Inherited,
            self.lines.range(keyword).start,
        );
        let place = if cfg::is_test_only(attributes) {
            Place::Test
        } else {
            place
        };
        let signature = start..self.lines.range(open).start;
        self.facts.marked.push(MarkedFacts {
            item,
            docs,
            signature,
            owner,
            place,
        });
    }
}
