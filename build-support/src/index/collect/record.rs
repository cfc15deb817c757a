//! From an item's parts to its record, and to the range of tokens that is digested for it.

use proc_macro2::Span;
use syn::{Attribute, Visibility};

use super::super::Digest;
use super::super::Place;
use super::super::facts::{ItemFacts, ScopeFacts, ScopeKind, VisibilityFacts};
use super::super::symbol::Symbol;
use super::header::{is_placed, link_name};
use super::pending::Pending;
use super::{Collector, Draft, blind, header, uses};
use crate::source::cfg;
use crate::source::lex::{DocForm, TokenKind};

impl Collector<'_, '_> {
    pub(super) fn symbol(&mut self, ident: &syn::Ident) -> Symbol {
        let text = ident.to_string();
        self.symbols
            .intern(text.strip_prefix("r#").unwrap_or(&text))
    }

    /// Records an item that may have a body with items, and that body.
    pub(super) fn with_body(
        &mut self,
        draft: Draft<'_>,
        scope: usize,
        owner: Option<usize>,
    ) -> usize {
        let index = self.record(draft, scope, owner);
        self.body(index, scope);
        index
    }

    pub(super) fn record(&mut self, draft: Draft<'_>, scope: usize, owner: Option<usize>) -> usize {
        let name = draft.name.map(|name| self.symbol(name));
        let keyword = self.lines.range(draft.keyword);
        let location = draft
            .name
            .map_or_else(|| keyword.clone(), |name| self.lines.range(name.span()));
        let start = self.head(draft.attributes, draft.visibility, keyword.start);
        let end = self.lines.range(draft.end).end;
        let index = self.facts.items.len();
        let owner_is_test = owner.is_some_and(|owner| self.facts.items[owner].test_only);
        let test_only =
            self.in_test_scope(scope) || owner_is_test || cfg::is_test_only(draft.attributes);
        let visibility = self.visibility(draft.visibility);
        let macros = self.attribute_macros(draft.attributes);
        self.facts.items.push(ItemFacts {
            name,
            scope,
            body: None,
            owner,
            visibility,
            cfgs: self.cfgs(draft.attributes),
            test_only,
            location,
            extent: start..end,
            digest: Digest::default(),
            spaced: None,
            mentions: Vec::new(),
            product_of: self.calls.last().copied(),
            arguments: false,
            macros,
            link_name: link_name(draft.attributes).map(|name| self.symbols.intern(&name)),
            is_placed: is_placed(draft.attributes),
            kind: draft.kind,
        });
        if !test_only {
            self.pending.push(Pending {
                item: index,
                range: start..end,
                attentive: blind::has_foreign_macro(draft.attributes),
                arguments: None,
                holes: Vec::new(),
                leaves: Vec::new(),
                marker: Vec::new(),
            });
        }
        index
    }

    /// Notes whether a function recorded just before takes arguments.
    pub(super) fn takes(&mut self, function: usize, signature: &syn::Signature) {
        self.facts.items[function].arguments = !signature.inputs.is_empty();
    }

    /// Derives and attributes that may be macros of somebody else.
    fn attribute_macros(&mut self, attributes: &[Attribute]) -> Vec<(String, Vec<Symbol>)> {
        let paths = blind::foreign_macros(attributes);
        let symbols = &mut self.symbols;
        paths
            .iter()
            .map(|(predicate, path)| (predicate.clone(), header::segments(symbols, path)))
            .collect()
    }

    /// The pending digest of an item recorded just before.
    pub(super) fn pending_of(&mut self, item: usize) -> Option<&mut Pending> {
        self.pending
            .iter_mut()
            .rev()
            .find(|pending| pending.item == item)
    }

    /// Whether a scope is, or is inside, a test-only module or body.
    pub(super) fn in_test_scope(&self, scope: usize) -> bool {
        let facts = &self.facts.scopes[scope];
        let declared = if let ScopeKind::Inline { item } = facts.kind {
            self.facts.items[item].test_only
        } else {
            false
        };
        declared
            || facts
                .parent
                .is_some_and(|parent| self.in_test_scope(parent))
    }

    /// Where an item starts: at its documentation, else its attributes, its visibility or the words before its
    /// keyword.
    pub(super) fn head(
        &self,
        attributes: &[Attribute],
        visibility: &Visibility,
        keyword: u32,
    ) -> u32 {
        let start = self.undocumented_head(attributes, visibility, keyword);
        let before = &self.tape.tokens[..self.tape.index_at(start)];
        let outer = before.iter().rev().take_while(|token| {
            matches!(
                token.kind,
                TokenKind::Doc(DocForm::OuterLine | DocForm::OuterBlock)
            )
        });
        outer.last().map_or(start, |first| first.start)
    }

    fn undocumented_head(
        &self,
        attributes: &[Attribute],
        visibility: &Visibility,
        keyword: u32,
    ) -> u32 {
        let outer = attributes
            .iter()
            .find(|attribute| matches!(attribute.style, syn::AttrStyle::Outer));
        if let Some(first) = outer {
            return self.lines.range(first.pound_token.spans[0]).start;
        }
        match visibility {
            Visibility::Public(public) => self.lines.range(public.span).start,
            Visibility::Restricted(restricted) => self.lines.range(restricted.pub_token.span).start,
            Visibility::Inherited => self.words_before(keyword),
        }
    }

    /// `const`, `async`, `unsafe`, `extern "C"`, `default`, `auto` before a keyword.
    pub(super) fn words_before(&self, keyword: u32) -> u32 {
        let mut at = self.tape.index_at(keyword);
        while at > 0 {
            let before = self.tape.tokens[at - 1];
            let word = self.tape.text(before);
            let abi = before.kind == TokenKind::Literal
                && at > 1
                && self.tape.text(self.tape.tokens[at - 2]) == "extern";
            if !abi
                && !matches!(
                    word,
                    "const" | "async" | "unsafe" | "safe" | "extern" | "default" | "auto" | "gen"
                )
            {
                break;
            }
            at -= 1;
        }
        self.tape.get(at).map_or(keyword, |token| token.start)
    }

    /// Records the items and imports inside the bodies the noter has just walked.
    pub(super) fn body(&mut self, owner: usize, scope: usize) {
        let nested = std::mem::take(&mut self.nested.0);
        if nested.is_empty() {
            return;
        }
        let block = self.facts.scopes.len();
        self.facts.scopes.push(ScopeFacts {
            parent: Some(scope),
            kind: ScopeKind::Block,
        });
        self.facts.items[owner].body = Some(block);
        let before = self.facts.imports.len();
        for item in &nested {
            self.item(item, block, Place::Body);
        }
        let mut leaves: Vec<String> = self.facts.imports[before..]
            .iter()
            .filter(|import| import.scope == block)
            .map(|import| uses::canonical(import, &self.symbols))
            .collect();
        leaves.sort();
        if let Some(pending) = self.pending_of(owner) {
            pending.leaves = leaves;
        }
    }

    pub(super) fn visibility(&mut self, visibility: &Visibility) -> VisibilityFacts {
        match visibility {
            Visibility::Public(_) => VisibilityFacts::Public,
            Visibility::Inherited => VisibilityFacts::Private,
            Visibility::Restricted(restricted) => VisibilityFacts::In(
                restricted
                    .path
                    .segments
                    .iter()
                    .map(|segment| self.symbol(&segment.ident))
                    .collect(),
            ),
        }
    }

    /// The predicate texts of `#[cfg(…)]`.
    pub(super) fn cfgs(&self, attributes: &[Attribute]) -> Vec<String> {
        let conditions = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"));
        conditions
            .filter_map(|attribute| match &attribute.meta {
                syn::Meta::List(list) => {
                    let span = list.delimiter.span();
                    Some(self.tokens_between(span.open(), span.close()))
                }
                _ => None,
            })
            .collect()
    }

    /// The tokens between two delimiters as text, whatever stands between them.
    fn tokens_between(&self, open: Span, close: Span) -> String {
        let (from, to) = (self.lines.range(open).end, self.lines.range(close).start);
        let (from, to) = (self.tape.index_at(from), self.tape.index_at(to));
        let tokens = self.tape.tokens[from..to].iter();
        let texts: Vec<&str> = tokens.map(|token| self.tape.text(*token)).collect();
        texts.join(" ")
    }

    /// The text between two delimiters.
    pub(super) fn between(&self, open: Span, close: Span) -> String {
        let (from, to) = (self.lines.range(open).end, self.lines.range(close).start);
        self.tape.text[from as usize..to as usize].trim().to_owned()
    }
}
