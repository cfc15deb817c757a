//! One kind of item after the other.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Attribute, Item, Visibility};

use super::super::Place;
use super::super::facts::{
    CallFacts, FactKind, FileMention, ImportFacts, IncludeFacts, IncludeKind, ModFacts, OwnerFacts,
    Range, ScopeFacts, ScopeKind,
};
use super::bodiless::{self, Bodiless};
use super::header::Inspect;
use super::{Collector, Draft, blind, formatting, header, includes, inputs, products, uses};
use crate::source::cfg;

impl<'a> Collector<'_, 'a> {
    pub(super) fn items(&mut self, items: &'a [Item], scope: usize, place: Place) {
        for item in items {
            self.item(item, scope, place);
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm per kind of item, each a few lines"
    )]
    pub(super) fn item(&mut self, item: &'a Item, scope: usize, place: Place) {
        match item {
            Item::Fn(f) => {
                self.nested.visit_item_fn(f);
                let draft = Draft {
                    kind: FactKind::Fn,
                    name: Some(&f.sig.ident),
                    attributes: &f.attrs,
                    visibility: &f.vis,
                    keyword: f.sig.fn_token.span,
                    end: f.block.brace_token.span.close(),
                };
                let index = self.record(draft, scope, None);
                self.takes(index, &f.sig);
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
                self.nested.visit_item_const(c);
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
                self.nested.visit_item_static(s);
                let facts = header::of_static(s, &mut self.symbols);
                let draft = plain(
                    FactKind::Static(facts),
                    &s.ident,
                    &s.attrs,
                    &s.vis,
                    s.static_token.span,
                    s.semi_token.spans[0],
                );
                self.with_body(draft, scope, None);
            }
            Item::Struct(s) => {
                self.nested.visit_item_struct(s);
                let end = s.semi_token.map_or_else(
                    || fields_end(&s.fields, s.ident.span()),
                    |semi| semi.spans[0],
                );
                let mut inspect = Inspect::new(&mut self.symbols);
                inspect.visit_item_struct(s);
                let draft = plain(
                    FactKind::Struct(inspect.signatures()),
                    &s.ident,
                    &s.attrs,
                    &s.vis,
                    s.struct_token.span,
                    end,
                );
                self.with_body(draft, scope, None);
            }
            Item::Enum(e) => {
                self.nested.visit_item_enum(e);
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
                self.nested.visit_item_union(u);
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
                self.nested.visit_item_type(t);
                let target = self.lines.range(t.ty.span());
                let mut inspect = Inspect::new(&mut self.symbols);
                inspect.visit_item_type(t);
                let signatures = inspect.signatures();
                let kind = FactKind::TypeAlias { target, signatures };
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
                self.nested.visit_item_trait_alias(t);
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
            Item::Verbatim(tokens) => self.verbatim(tokens, scope, None),
            _ => {}
        }
    }

    pub(super) fn module(&mut self, item: &'a syn::ItemMod, scope: usize, place: Place) {
        let facts = ModFacts {
            inline: item.content.is_some(),
            path: header::path_attribute(&item.attrs),
            conditional_paths: header::conditional_paths(&item.attrs, |open, close| {
                self.between(open, close)
            }),
        };
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
            self.module_attributes(&item.attrs, inner);
            self.items(items, inner, if test { Place::Test } else { place });
        }
    }

    pub(super) fn macro_(&mut self, item: &'a syn::ItemMacro, scope: usize) {
        if let Some(form) = includes::form(&item.mac) {
            let location = self.lines.range(first_segment(&item.mac.path)).start
                ..self.lines.range(item.mac.delimiter.span().close()).end;
            self.facts.includes.push(IncludeFacts {
                scope,
                form,
                location,
            });
            return;
        }
        let arguments = self.lines.range(item.mac.delimiter.span().open()).start
            ..self.lines.range(item.mac.delimiter.span().close()).end;
        let kind = self.macro_kind(item, &arguments);
        let products = match kind {
            FactKind::MacroCall(_) => self.products.get(&products::key(&item.mac)),
            _ => None,
        };
        if products.is_none() {
            let open = self.tape.index_at(arguments.start);
            let name = item
                .mac
                .path
                .segments
                .last()
                .map(|last| last.ident.to_string());
            formatting::arguments(&self.tape, &mut self.marks, open, &name.unwrap_or_default());
        }
        let draft = Draft {
            kind,
            name: item.ident.as_ref(),
            attributes: &item.attrs,
            visibility: &Visibility::Inherited,
            keyword: first_segment(&item.mac.path),
            end: item.mac.delimiter.span().close(),
        };
        let index = self.record(draft, scope, None);
        let holes = products.map_or_else(Vec::new, |items| self.products_of(index, items, scope));
        if let Some(pending) = self.pending_of(index) {
            pending.arguments = Some(arguments);
            pending.attentive |= !holes.is_empty();
            pending.holes = holes;
        }
    }

    fn macro_kind(&mut self, item: &syn::ItemMacro, arguments: &Range) -> FactKind {
        let last = item.mac.path.segments.last();
        if item.mac.path.is_ident("macro_rules") {
            FactKind::MacroRules(Box::default())
        } else if last.is_some_and(|last| last.ident == "include") {
            let place = arguments.start + 1..arguments.end - 1;
            let text = &self.tape.text[place.start as usize..place.end as usize];
            FactKind::Include(FileMention {
                kind: IncludeKind::Code,
                path: inputs::path_parts(text, &mut self.symbols),
                place,
            })
        } else {
            FactKind::MacroCall(Box::new(CallFacts {
                path: header::segments(&mut self.symbols, &item.mac.path),
                ..CallFacts::default()
            }))
        }
    }

    /// Records the items in a call's arguments; returns where they stand.
    fn products_of(&mut self, call: usize, items: &'a [Item], scope: usize) -> Vec<Range> {
        let ranges = items.iter().map(|item| self.lines.range(item.span()));
        let ranges: Vec<Range> = ranges.collect();
        for range in &ranges {
            let first = self.tape.index_at(range.start);
            formatting::item(&self.tape, &mut self.marks, first);
        }
        self.calls.push(call);
        self.items(items, scope, Place::Ordinary);
        self.calls.pop();
        ranges
    }

    /// `#![…]` of a module, as an item that goes with every item of it.
    pub(super) fn module_attributes(&mut self, attributes: &'a [Attribute], scope: usize) {
        let inner = |attribute: &&Attribute| {
            matches!(attribute.style, syn::AttrStyle::Inner(_))
                && !blind::is_quiet_attribute(attribute)
        };
        for attribute in attributes.iter().filter(inner) {
            let draft = Draft {
                kind: FactKind::Attributes,
                name: None,
                attributes: &[],
                visibility: &Visibility::Inherited,
                keyword: attribute.pound_token.spans[0],
                end: attribute.bracket_token.span.close(),
            };
            self.record(draft, scope, None);
        }
    }

    pub(super) fn use_(&mut self, item: &syn::ItemUse, scope: usize) {
        if cfg::is_test_only(&item.attrs) {
            return;
        }
        let visibility = self.visibility(&item.vis);
        let cfgs = self.cfgs(&item.attrs);
        let start = self.head(
            &item.attrs,
            &item.vis,
            self.lines.range(item.use_token.span).start,
        );
        let whole = start..self.lines.range(item.semi_token.spans[0]).end;
        if self.facts.scopes[scope].kind == ScopeKind::Block {
            self.marks.skip_text(&self.tape, &whole);
        }
        for leaf in uses::leaves(item) {
            let location = self.lines.range(leaf.span);
            let import = leaf.into_facts(&mut self.symbols, scope, &cfgs, &visibility, location);
            self.facts.imports.push(import);
        }
    }

    pub(super) fn extern_crate(&mut self, item: &syn::ItemExternCrate, scope: usize) {
        let visibility = self.visibility(&item.vis);
        let cfgs = self.cfgs(&item.attrs);
        let bound = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
        let name = Some(self.symbol(bound));
        let path = if item.ident == "self" {
            vec![self.symbols.intern("crate")]
        } else {
            vec![self.symbols.intern(""), self.symbol(&item.ident)]
        };
        let location = self.lines.range(item.ident.span());
        // `#[macro_use]` brings every macro of the crate into sight, as a glob would.
        let macros = item
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("macro_use"));
        for name in [Some(name), macros.then_some(None)].into_iter().flatten() {
            self.facts.imports.push(ImportFacts {
                scope,
                name,
                path: path.clone(),
                cfgs: cfgs.clone(),
                visibility: visibility.clone(),
                location: location.clone(),
            });
        }
    }

    pub(super) fn foreign(&mut self, item: &'a syn::ItemForeignMod, scope: usize) {
        self.nested.visit_item_foreign_mod(item);
        let inherited = Visibility::Inherited;
        let draft = Draft {
            kind: FactKind::ForeignBlock,
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
                syn::ForeignItem::Macro(call) => {
                    self.foreign_macro(&call.mac, &call.attrs, scope, owner);
                    continue;
                }
                syn::ForeignItem::Verbatim(tokens) => {
                    self.verbatim(tokens, scope, Some(owner));
                    continue;
                }
                _ => continue,
            };
            self.record(
                plain(FactKind::Foreign, name, attributes, vis, keyword, end),
                scope,
                Some(owner),
            );
        }
    }

    /// A call among foreign items: it makes such, which are named as what other calls make.
    fn foreign_macro(
        &mut self,
        mac: &syn::Macro,
        attributes: &'a [Attribute],
        scope: usize,
        owner: usize,
    ) {
        let (open, close) = (mac.delimiter.span().open(), mac.delimiter.span().close());
        let draft = Draft {
            kind: FactKind::MacroCall(Box::new(CallFacts {
                path: header::segments(&mut self.symbols, &mac.path),
                ..CallFacts::default()
            })),
            name: None,
            attributes,
            visibility: &Visibility::Inherited,
            keyword: first_segment(&mac.path),
            end: close,
        };
        let arguments = self.lines.range(open).start..self.lines.range(close).end;
        let index = self.record(draft, scope, Some(owner));
        if let Some(pending) = self.pending_of(index) {
            pending.arguments = Some(arguments);
        }
    }

    /// What syn leaves as it is: it may be anything, unless it is a function for a macro to make something of.
    fn verbatim(&mut self, tokens: &TokenStream, scope: usize, owner: Option<usize>) {
        match bodiless::of(tokens) {
            Some(function) => {
                self.bodiless(&function, FactKind::Fn, scope, owner);
            }
            None => {
                self.record(unread(FactKind::Other, tokens), scope, owner);
            }
        }
    }

    pub(super) fn bodiless(
        &mut self,
        function: &Bodiless,
        kind: FactKind,
        scope: usize,
        owner: Option<usize>,
    ) {
        let draft = plain(
            kind,
            &function.signature.ident,
            &function.attributes,
            &function.visibility,
            function.signature.fn_token.span,
            function.semicolon.spans[0],
        );
        let index = self.record(draft, scope, owner);
        self.takes(index, &function.signature);
    }
}

/// Something of which nothing is known but its tokens.
pub(super) fn unread<'a>(kind: FactKind, tokens: &TokenStream) -> Draft<'a> {
    Draft {
        kind,
        name: None,
        attributes: &[],
        visibility: &Visibility::Inherited,
        keyword: tokens.span(),
        end: tokens.span(),
    }
}

pub(super) fn plain<'a>(
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

pub(super) fn first_segment(path: &syn::Path) -> Span {
    path.segments
        .first()
        .map_or_else(|| path.span(), |segment| segment.ident.span())
}
