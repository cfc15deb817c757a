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
mod mentions;
mod uses;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Attribute, ImplItem, Item, TraitItem, Visibility};

use super::facts::{
    FactKind, FileFacts, ItemFacts, MarkedFacts, ModFacts, OwnerFacts, Range, ScopeFacts,
    ScopeKind, VisibilityFacts,
};
use super::{MemberKind, Place};
use crate::source::cfg;
use crate::source::lex::{Tape, TokenKind, code_start};
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

    fn items(&mut self, items: &'a [Item], scope: usize, place: Place) {
        for item in items {
            self.item(item, scope, place);
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm per kind of item, each a few lines"
    )]
    fn item(&mut self, item: &'a Item, scope: usize, place: Place) {
        match item {
            Item::Fn(f) => {
                self.noter.visit_item_fn(f);
                let draft = Draft {
                    kind: FactKind::Fn,
                    name: Some(&f.sig.ident),
                    attributes: &f.attrs,
                    visibility: &f.vis,
                    keyword: f.sig.fn_token.span,
                    end: f.block.brace_token.span.close(),
                };
                let index = self.record(draft, scope, None);
                self.body(index, scope);
                self.marked(
                    index,
                    &f.attrs,
                    f.sig.fn_token.span,
                    f.block.brace_token.span.open(),
                    OwnerFacts::Free,
                    place,
                );
            }
            Item::Const(c) => {
                self.noter.visit_item_const(c);
                let draft = plain(
                    FactKind::Const,
                    &c.ident,
                    &c.attrs,
                    &c.vis,
                    c.const_token.span,
                    c.semi_token.spans[0],
                );
                self.with_body(draft, scope, None);
            }
            Item::Static(s) => {
                self.noter.visit_item_static(s);
                let draft = plain(
                    FactKind::Static,
                    &s.ident,
                    &s.attrs,
                    &s.vis,
                    s.static_token.span,
                    s.semi_token.spans[0],
                );
                self.with_body(draft, scope, None);
            }
            Item::Struct(s) => {
                self.noter.visit_item_struct(s);
                let end = s.semi_token.map_or_else(
                    || fields_end(&s.fields, s.ident.span()),
                    |semi| semi.spans[0],
                );
                let draft = plain(
                    FactKind::Struct,
                    &s.ident,
                    &s.attrs,
                    &s.vis,
                    s.struct_token.span,
                    end,
                );
                self.with_body(draft, scope, None);
            }
            Item::Enum(e) => {
                self.noter.visit_item_enum(e);
                let variants = e
                    .variants
                    .iter()
                    .map(|variant| self.symbol(&variant.ident))
                    .collect();
                let end = e.brace_token.span.close();
                let draft = plain(
                    FactKind::Enum { variants },
                    &e.ident,
                    &e.attrs,
                    &e.vis,
                    e.enum_token.span,
                    end,
                );
                self.with_body(draft, scope, None);
            }
            Item::Union(u) => {
                self.noter.visit_item_union(u);
                let end = u.fields.brace_token.span.close();
                let draft = plain(
                    FactKind::Union,
                    &u.ident,
                    &u.attrs,
                    &u.vis,
                    u.union_token.span,
                    end,
                );
                self.with_body(draft, scope, None);
            }
            Item::Type(t) => {
                self.noter.visit_item_type(t);
                let target = self.noter.range(t.ty.span());
                let kind = FactKind::TypeAlias { target };
                let draft = plain(
                    kind,
                    &t.ident,
                    &t.attrs,
                    &t.vis,
                    t.type_token.span,
                    t.semi_token.spans[0],
                );
                self.with_body(draft, scope, None);
            }
            Item::TraitAlias(t) => {
                self.noter.visit_item_trait_alias(t);
                let draft = plain(
                    FactKind::TraitAlias,
                    &t.ident,
                    &t.attrs,
                    &t.vis,
                    t.trait_token.span,
                    t.semi_token.spans[0],
                );
                self.with_body(draft, scope, None);
            }
            Item::Trait(t) => self.trait_(t, scope, place),
            Item::Impl(i) => self.impl_(i, scope, place),
            Item::Mod(m) => self.module(m, scope, place),
            Item::Macro(m) => self.macro_(m, scope),
            Item::Use(u) => self.use_(u, scope),
            Item::ExternCrate(e) => self.extern_crate(e, scope),
            Item::ForeignMod(f) => self.foreign(f, scope),
            Item::Verbatim(tokens) => self.verbatim(tokens, scope),
            _ => {}
        }
    }

    fn symbol(&mut self, ident: &syn::Ident) -> super::symbol::Symbol {
        let text = ident.to_string();
        self.facts
            .symbols
            .intern(text.strip_prefix("r#").unwrap_or(&text))
    }

    /// Records an item that may have a body with items, and that body.
    fn with_body(&mut self, draft: Draft<'_>, scope: usize, owner: Option<usize>) -> usize {
        let index = self.record(draft, scope, owner);
        self.body(index, scope);
        index
    }

    fn record(&mut self, draft: Draft<'_>, scope: usize, owner: Option<usize>) -> usize {
        let name = draft.name.map(|name| self.symbol(name));
        let keyword = self.noter.range(draft.keyword);
        let location = draft
            .name
            .map_or_else(|| keyword.clone(), |name| self.noter.range(name.span()));
        let start = self.head(draft.attributes, draft.visibility, keyword.start);
        let end = self.noter.range(draft.end).end;
        self.noter.merge_derives(draft.attributes);
        let index = self.facts.items.len();
        let owner_is_test = owner.is_some_and(|owner| self.facts.items[owner].test_only);
        let test_only =
            self.in_test_scope(scope) || owner_is_test || cfg::is_test_only(draft.attributes);
        let visibility = self.visibility(draft.visibility);
        self.facts.items.push(ItemFacts {
            name,
            scope,
            body: None,
            owner,
            visibility,
            cfgs: self.cfgs(draft.attributes),
            test_only,
            location,
            digest: super::Digest::default(),
            mentions: Vec::new(),
            kind: draft.kind,
        });
        if !test_only {
            self.pending.push(Pending {
                item: index,
                range: start..end,
                attentive: blind::has_foreign_macro(draft.attributes),
                in_macro: false,
                leaves: Vec::new(),
                marker: Vec::new(),
            });
        }
        index
    }

    /// Whether a scope is, or is inside, a test-only module or body.
    fn in_test_scope(&self, scope: usize) -> bool {
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

    /// Where an item starts: at its attributes, else its visibility, else the words before its keyword.
    fn head(&self, attributes: &[Attribute], visibility: &Visibility, keyword: u32) -> u32 {
        let outer = attributes
            .iter()
            .find(|attribute| matches!(attribute.style, syn::AttrStyle::Outer));
        if let Some(first) = outer {
            return self.noter.range(first.pound_token.spans[0]).start;
        }
        match visibility {
            Visibility::Public(public) => self.noter.range(public.span).start,
            Visibility::Restricted(restricted) => self.noter.range(restricted.pub_token.span).start,
            Visibility::Inherited => self.words_before(keyword),
        }
    }

    /// `const`, `async`, `unsafe`, `extern "C"`, `default`, `auto` before a keyword.
    fn words_before(&self, keyword: u32) -> u32 {
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
    fn body(&mut self, owner: usize, scope: usize) {
        let nested = std::mem::take(&mut self.noter.nested);
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
            .map(|import| uses::canonical(import, &self.facts.symbols))
            .collect();
        leaves.sort();
        if let Some(pending) = self
            .pending
            .iter_mut()
            .find(|pending| pending.item == owner)
        {
            pending.leaves = leaves;
        }
    }

    fn visibility(&mut self, visibility: &Visibility) -> VisibilityFacts {
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
    fn cfgs(&self, attributes: &[Attribute]) -> Vec<String> {
        let conditions = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"));
        conditions
            .filter_map(|attribute| match &attribute.meta {
                syn::Meta::List(list) => {
                    Some(self.between(list.delimiter.span().open(), list.delimiter.span().close()))
                }
                _ => None,
            })
            .collect()
    }

    /// The text between two delimiters.
    fn between(&self, open: Span, close: Span) -> String {
        let (from, to) = (self.noter.range(open).end, self.noter.range(close).start);
        self.tape.text[from as usize..to as usize].trim().to_owned()
    }

    fn trait_(&mut self, item: &'a syn::ItemTrait, scope: usize, place: Place) {
        self.noter.visit_generics(&item.generics);
        item.supertraits
            .iter()
            .for_each(|bound| self.noter.visit_type_param_bound(bound));
        item.attrs
            .iter()
            .for_each(|attribute| self.noter.visit_attribute(attribute));
        let draft = plain(
            FactKind::Trait,
            &item.ident,
            &item.attrs,
            &item.vis,
            item.trait_token.span,
            item.brace_token.span.open(),
        );
        let owner = self.record(draft, scope, None);
        for member in &item.items {
            self.trait_member(member, scope, owner, place);
        }
    }

    fn trait_member(&mut self, member: &'a TraitItem, scope: usize, owner: usize, place: Place) {
        self.noter.visit_trait_item(member);
        let inherited = Visibility::Inherited;
        let kind = FactKind::TraitMember;
        match member {
            TraitItem::Fn(f) => {
                let close = f.default.as_ref().map(|body| body.brace_token.span.close());
                let end = close
                    .or_else(|| f.semi_token.map(|semi| semi.spans[0]))
                    .unwrap_or_else(|| f.sig.ident.span());
                let draft = plain(
                    kind(MemberKind::Fn),
                    &f.sig.ident,
                    &f.attrs,
                    &inherited,
                    f.sig.fn_token.span,
                    end,
                );
                let index = self.with_body(draft, scope, Some(owner));
                let open = f
                    .default
                    .as_ref()
                    .map_or(end, |body| body.brace_token.span.open());
                self.marked(
                    index,
                    &f.attrs,
                    f.sig.fn_token.span,
                    open,
                    OwnerFacts::TraitDefault,
                    place,
                );
            }
            TraitItem::Const(c) => {
                let draft = plain(
                    kind(MemberKind::Const),
                    &c.ident,
                    &c.attrs,
                    &inherited,
                    c.const_token.span,
                    c.semi_token.spans[0],
                );
                self.with_body(draft, scope, Some(owner));
            }
            TraitItem::Type(t) => {
                let draft = plain(
                    kind(MemberKind::Type),
                    &t.ident,
                    &t.attrs,
                    &inherited,
                    t.type_token.span,
                    t.semi_token.spans[0],
                );
                self.with_body(draft, scope, Some(owner));
            }
            TraitItem::Macro(m) => {
                self.member_macro(&m.mac, &m.attrs, kind(MemberKind::MacroCall), scope, owner)
            }
            _ => {}
        }
    }

    fn impl_(&mut self, item: &'a syn::ItemImpl, scope: usize, place: Place) {
        self.noter.visit_generics(&item.generics);
        self.noter.visit_type(&item.self_ty);
        item.attrs
            .iter()
            .for_each(|attribute| self.noter.visit_attribute(attribute));
        if let Some((path, _)) = &item.trait_ {
            self.noter.visit_path(path);
        }
        let facts = header::of(item, &mut self.facts.symbols);
        let inherent = facts.trait_path.is_none();
        let draft = Draft {
            kind: FactKind::Impl(facts),
            name: None,
            attributes: &item.attrs,
            visibility: &Visibility::Inherited,
            keyword: item.impl_token.span,
            end: item.brace_token.span.open(),
        };
        let owner = self.record(draft, scope, None);
        let header = self.noter.range(item.impl_token.span).start
            ..self.noter.range(item.brace_token.span.open()).start;
        let of = || {
            if inherent {
                OwnerFacts::Inherent {
                    header: header.clone(),
                }
            } else {
                OwnerFacts::TraitImpl {
                    header: header.clone(),
                }
            }
        };
        for member in &item.items {
            self.impl_member(member, scope, owner, place, of());
        }
    }

    fn impl_member(
        &mut self,
        member: &'a ImplItem,
        scope: usize,
        owner: usize,
        place: Place,
        of: OwnerFacts,
    ) {
        self.noter.visit_impl_item(member);
        let kind = FactKind::ImplMember;
        match member {
            ImplItem::Fn(f) => {
                let end = f.block.brace_token.span.close();
                let draft = plain(
                    kind(MemberKind::Fn),
                    &f.sig.ident,
                    &f.attrs,
                    &f.vis,
                    f.sig.fn_token.span,
                    end,
                );
                let index = self.with_body(draft, scope, Some(owner));
                self.marked(
                    index,
                    &f.attrs,
                    f.sig.fn_token.span,
                    f.block.brace_token.span.open(),
                    of,
                    place,
                );
            }
            ImplItem::Const(c) => {
                let draft = plain(
                    kind(MemberKind::Const),
                    &c.ident,
                    &c.attrs,
                    &c.vis,
                    c.const_token.span,
                    c.semi_token.spans[0],
                );
                self.with_body(draft, scope, Some(owner));
            }
            ImplItem::Type(t) => {
                let draft = plain(
                    kind(MemberKind::Type),
                    &t.ident,
                    &t.attrs,
                    &t.vis,
                    t.type_token.span,
                    t.semi_token.spans[0],
                );
                self.with_body(draft, scope, Some(owner));
            }
            ImplItem::Macro(m) => {
                self.member_macro(&m.mac, &m.attrs, kind(MemberKind::MacroCall), scope, owner)
            }
            _ => {}
        }
    }

    fn member_macro(
        &mut self,
        mac: &syn::Macro,
        attributes: &[Attribute],
        kind: FactKind,
        scope: usize,
        owner: usize,
    ) {
        let draft = Draft {
            kind,
            name: None,
            attributes,
            visibility: &Visibility::Inherited,
            keyword: first_segment(&mac.path),
            end: mac.delimiter.span().close(),
        };
        self.record(draft, scope, Some(owner));
    }

    fn module(&mut self, item: &'a syn::ItemMod, scope: usize, place: Place) {
        let facts = ModFacts {
            inline: item.content.is_some(),
            path: header::path_attribute(&item.attrs),
            conditional_paths: header::conditional_paths(&item.attrs, |open, close| {
                self.between(open, close)
            }),
        };
        item.attrs
            .iter()
            .for_each(|attribute| self.noter.visit_attribute(attribute));
        let test = cfg::is_test_only(&item.attrs);
        let draft = plain(
            FactKind::Mod(facts),
            &item.ident,
            &item.attrs,
            &item.vis,
            item.mod_token.span,
            item.ident.span(),
        );
        let index = self.record(draft, scope, None);
        if let Some((_, items)) = &item.content {
            let inner = self.facts.scopes.len();
            self.facts.scopes.push(ScopeFacts {
                parent: Some(scope),
                kind: ScopeKind::Inline { item: index },
            });
            self.items(items, inner, if test { Place::Test } else { place });
        }
    }

    fn macro_(&mut self, item: &'a syn::ItemMacro, scope: usize) {
        if let Some(form) = includes::form(&item.mac) {
            let location = self.noter.range(first_segment(&item.mac.path)).start
                ..self.noter.range(item.mac.delimiter.span().close()).end;
            self.facts.includes.push(super::facts::IncludeFacts {
                scope,
                form,
                location,
            });
            return;
        }
        let defines = item.mac.path.is_ident("macro_rules");
        self.noter.visit_item_macro(item);
        let draft = Draft {
            kind: if defines {
                FactKind::MacroRules
            } else {
                FactKind::MacroCall
            },
            name: item.ident.as_ref(),
            attributes: &item.attrs,
            visibility: &Visibility::Inherited,
            keyword: first_segment(&item.mac.path),
            end: item.mac.delimiter.span().close(),
        };
        let index = self.record(draft, scope, None);
        if defines
            && let Some(pending) = self
                .pending
                .iter_mut()
                .rev()
                .find(|pending| pending.item == index)
        {
            pending.in_macro = true;
        }
    }

    fn use_(&mut self, item: &syn::ItemUse, scope: usize) {
        if cfg::is_test_only(&item.attrs) {
            return;
        }
        let visibility = self.visibility(&item.vis);
        let cfgs = self.cfgs(&item.attrs);
        let start = self.head(
            &item.attrs,
            &item.vis,
            self.noter.range(item.use_token.span).start,
        );
        let whole = start..self.noter.range(item.semi_token.spans[0]).end;
        if self.facts.scopes[scope].kind == ScopeKind::Block {
            self.noter.edits.skip(whole);
        }
        for leaf in uses::leaves(item) {
            let location = self.noter.range(leaf.span);
            let import =
                leaf.into_facts(&mut self.facts.symbols, scope, &cfgs, &visibility, location);
            self.facts.imports.push(import);
        }
    }

    fn extern_crate(&mut self, item: &syn::ItemExternCrate, scope: usize) {
        let visibility = self.visibility(&item.vis);
        let cfgs = self.cfgs(&item.attrs);
        let bound = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
        let name = Some(self.symbol(bound));
        let path = if item.ident == "self" {
            vec![self.facts.symbols.intern("crate")]
        } else {
            vec![self.facts.symbols.intern(""), self.symbol(&item.ident)]
        };
        let location = self.noter.range(item.ident.span());
        self.facts.imports.push(super::facts::ImportFacts {
            scope,
            name,
            path,
            cfgs,
            visibility,
            location,
        });
    }

    fn foreign(&mut self, item: &'a syn::ItemForeignMod, scope: usize) {
        self.noter.visit_item_foreign_mod(item);
        let inherited = Visibility::Inherited;
        let draft = Draft {
            kind: FactKind::Other,
            name: None,
            attributes: &item.attrs,
            visibility: &inherited,
            keyword: item.abi.extern_token.span,
            end: item.brace_token.span.open(),
        };
        let owner = self.record(draft, scope, None);
        for member in &item.items {
            let (name, attributes, vis, keyword, end) = match member {
                syn::ForeignItem::Fn(f) => (
                    &f.sig.ident,
                    &f.attrs,
                    &f.vis,
                    f.sig.fn_token.span,
                    f.semi_token.spans[0],
                ),
                syn::ForeignItem::Static(s) => (
                    &s.ident,
                    &s.attrs,
                    &s.vis,
                    s.static_token.span,
                    s.semi_token.spans[0],
                ),
                syn::ForeignItem::Type(t) => (
                    &t.ident,
                    &t.attrs,
                    &t.vis,
                    t.type_token.span,
                    t.semi_token.spans[0],
                ),
                _ => continue,
            };
            self.record(
                plain(FactKind::Foreign, name, attributes, vis, keyword, end),
                scope,
                Some(owner),
            );
        }
    }

    fn verbatim(&mut self, tokens: &proc_macro2::TokenStream, scope: usize) {
        let draft = Draft {
            kind: FactKind::Other,
            name: None,
            attributes: &[],
            visibility: &Visibility::Inherited,
            keyword: tokens.span(),
            end: tokens.span(),
        };
        self.record(draft, scope, None);
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

fn plain<'a>(
    kind: FactKind,
    name: &'a syn::Ident,
    attributes: &'a [Attribute],
    visibility: &'a Visibility,
    keyword: Span,
    end: Span,
) -> Draft<'a> {
    Draft {
        kind,
        name: Some(name),
        attributes,
        visibility,
        keyword,
        end,
    }
}

fn fields_end(fields: &syn::Fields, otherwise: Span) -> Span {
    match fields {
        syn::Fields::Named(named) => named.brace_token.span.close(),
        syn::Fields::Unnamed(unnamed) => unnamed.paren_token.span.close(),
        syn::Fields::Unit => otherwise,
    }
}

fn first_segment(path: &syn::Path) -> Span {
    path.segments
        .first()
        .map_or_else(|| path.span(), |segment| segment.ident.span())
}
