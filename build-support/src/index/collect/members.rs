//! Traits and impls, and what is in them.

use proc_macro2::TokenStream;
use syn::visit::Visit;
use syn::{Attribute, ImplItem, TraitItem, Visibility};

use super::super::facts::{CallFacts, FactKind, OwnerFacts};
use super::super::{MemberKind, Place};
use super::items::{first_segment, plain, unread};
use super::{Collector, Draft, bodiless, header};

impl<'a> Collector<'_, 'a> {
    pub(super) fn trait_(&mut self, item: &'a syn::ItemTrait, scope: usize, place: Place) {
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

    pub(super) fn trait_member(
        &mut self,
        member: &'a TraitItem,
        scope: usize,
        owner: usize,
        place: Place,
    ) {
        self.nested.visit_trait_item(member);
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
                self.takes(index, &f.sig);
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
            TraitItem::Macro(m) => self.member_macro(&m.mac, &m.attrs, true, scope, owner),
            TraitItem::Verbatim(tokens) => self.verbatim_member(tokens, kind, scope, owner),
            _ => {}
        }
    }

    pub(super) fn impl_(&mut self, item: &'a syn::ItemImpl, scope: usize, place: Place) {
        let facts = header::of(item, &mut self.symbols);
        let inherent = facts.trait_path.is_none();
        let draft = Draft {
            kind: FactKind::Impl(facts.into()),
            name: None,
            attributes: &item.attrs,
            visibility: &Visibility::Inherited,
            keyword: item.impl_token.span,
            end: item.brace_token.span.open(),
        };
        let owner = self.record(draft, scope, None);
        let header = self.lines.range(item.impl_token.span).start
            ..self.lines.range(item.brace_token.span.open()).start;
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

    pub(super) fn impl_member(
        &mut self,
        member: &'a ImplItem,
        scope: usize,
        owner: usize,
        place: Place,
        of: OwnerFacts,
    ) {
        self.nested.visit_impl_item(member);
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
                self.takes(index, &f.sig);
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
            ImplItem::Macro(m) => self.member_macro(&m.mac, &m.attrs, false, scope, owner),
            ImplItem::Verbatim(tokens) => self.verbatim_member(tokens, kind, scope, owner),
            _ => {}
        }
    }

    /// What syn leaves as it is, for an attribute macro or for a later language: but for functions without a body, what
    /// it may be is as open as with the call of a macro.
    fn verbatim_member(
        &mut self,
        tokens: &TokenStream,
        kind: fn(MemberKind) -> FactKind,
        scope: usize,
        owner: usize,
    ) {
        match bodiless::of(tokens) {
            Some(function) => {
                self.bodiless(&function, kind(MemberKind::Fn), scope, Some(owner));
            }
            None => {
                let draft = unread(kind(MemberKind::MacroCall), tokens);
                self.record(draft, scope, Some(owner));
            }
        }
    }

    fn member_macro(
        &mut self,
        mac: &syn::Macro,
        attributes: &[Attribute],
        in_trait: bool,
        scope: usize,
        owner: usize,
    ) {
        let (open, close) = (mac.delimiter.span().open(), mac.delimiter.span().close());
        let call = Box::new(CallFacts {
            path: header::segments(&mut self.symbols, &mac.path),
            ..CallFacts::default()
        });
        let draft = Draft {
            kind: FactKind::MemberCall { in_trait, call },
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
}
