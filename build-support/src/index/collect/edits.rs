//! What separates a file's tokens from their canonical form (rule R1).
//!
//! rustfmt adds and removes tokens: trailing commas, braces around a single expression, leading pipes.
//! A visitor over the syntax tree notes each of these as an edit of the tape; hashing applies the edits.

use std::rc::Rc;

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    AngleBracketedGenericArguments, Arm, Attribute, BoundLifetimes, Expr, ExprArray, ExprCall,
    ExprClosure, ExprMethodCall, ExprParen, ExprStruct, ExprTuple, FieldsNamed, FieldsUnnamed,
    Generics, ItemEnum, ParenthesizedGenericArguments, Pat, PatOr, PatSlice, PatStruct, PatTuple,
    PatTupleStruct, QSelf, ReturnType, Signature, Stmt, Token, Type, TypeFnPtr, TypeParen,
    TypeTuple, WhereClause,
};

use super::blind;
use super::lines::Lines;
use crate::index::facts::Range;

/// The edits of one file, at byte offsets, in no order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits {
    /// Ranges whose tokens do not count.
    pub(super) skipped: Vec<Range>,
    /// Attributes that count only where a foreign macro may read them (R2).
    pub(super) quiet_attributes: Vec<Range>,
    /// Where a separator counts, whether written or not.
    pub(super) separators: Vec<u32>,
    /// `>` that close generics and so are no part of an operator.
    pub(super) closers: Vec<u32>,
    /// Arguments of macros that may see comments and spacing (R19): documentation counts there.
    pub(super) opaque: Vec<Range>,
}

impl Edits {
    pub(super) fn absorb(&mut self, other: Self) {
        self.skipped.extend(other.skipped);
        self.quiet_attributes.extend(other.quiet_attributes);
        self.opaque.extend(other.opaque);
        self.separators.extend(other.separators);
        self.closers.extend(other.closers);
    }

    /// Leaves out a range of the text.
    pub(crate) fn skip(&mut self, range: Range) {
        self.skipped.push(range);
    }
}

/// Notes edits while the collector walks the tree.
pub(crate) struct EditNoter<'ast> {
    pub(crate) edits: Edits,
    /// Items met inside bodies; the collector takes them from here.
    pub(crate) nested: Vec<&'ast syn::Item>,
    lines: Rc<Lines>,
}

impl EditNoter<'_> {
    pub(crate) fn new(lines: Rc<Lines>) -> Self {
        Self {
            edits: Edits::default(),
            nested: Vec::new(),
            lines,
        }
    }

    /// The bytes of a span in the file.
    pub(crate) fn range(&self, span: Span) -> Range {
        self.lines.range(span)
    }

    /// The first byte of a span.
    pub(crate) fn start(&self, span: Span) -> u32 {
        self.lines.start(span)
    }

    fn skip(&mut self, span: Span) {
        let range = self.range(span);
        self.edits.skip(range);
    }

    fn skip_trailing<T, P: Spanned>(&mut self, list: &Punctuated<T, P>) {
        if let Some(punctuation) = list
            .pairs()
            .next_back()
            .and_then(syn::punctuated::Pair::into_tuple_punct)
        {
            self.skip(punctuation);
        }
    }

    /// As [`Self::skip_trailing`], for tuples: the comma of a one-tuple is what makes it one.
    fn skip_trailing_of_tuple<T, P: Spanned>(&mut self, list: &Punctuated<T, P>) {
        if list.len() > 1 {
            self.skip_trailing(list);
        }
    }

    fn closer(&mut self, token: Token![>]) {
        let start = self.start(token.spans[0]);
        self.edits.closers.push(start);
    }

    /// `{ expression }` in a place where `expression` alone means the same.
    fn skip_braces(&mut self, body: &Expr) {
        let Expr::Block(block) = body else { return };
        if !block.attrs.is_empty() || block.label.is_some() {
            return;
        }
        let inner = match block.block.stmts.as_slice() {
            [Stmt::Expr(inner, None)] => Some(inner),
            [Stmt::Macro(mac)] if mac.semi_token.is_none() && mac.attrs.is_empty() => None,
            // The semicolon after it goes with every last one of its kind.
            [Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), Some(_))] => None,
            _ => return,
        };
        self.skip(block.block.brace_token.span.open());
        self.skip(block.block.brace_token.span.close());
        if let Some(inner) = inner {
            self.skip_braces(inner);
        }
    }

    fn skip_last_comma(&mut self, tokens: &proc_macro2::TokenStream) {
        if let Some(proc_macro2::TokenTree::Punct(last)) = tokens.clone().into_iter().last()
            && last.as_char() == ','
        {
            self.skip(last.span());
        }
    }

    /// Adjacent `#[derive(A)] #[derive(B)]` is `#[derive(A, B)]`.
    pub(crate) fn merge_derives(&mut self, attributes: &[Attribute]) {
        let mut previous: Option<&syn::MetaList> = None;
        for attribute in attributes {
            let syn::Meta::List(list) = &attribute.meta else {
                previous = None;
                continue;
            };
            if !list.path.is_ident("derive") {
                previous = None;
                continue;
            }
            self.separate_paths(list);
            if let Some(before) = previous {
                let from = self.range(before.delimiter.span().close()).start;
                let to = self.range(list.delimiter.span().open()).end;
                self.edits.skip(from..to);
            }
            previous = Some(list);
        }
    }

    /// Counts a separator before each path of a list instead of its commas.
    fn separate_paths(&mut self, list: &syn::MetaList) {
        let mut starts = true;
        for token in list.tokens.clone() {
            let comma =
                matches!(&token, proc_macro2::TokenTree::Punct(punct) if punct.as_char() == ',');
            if comma {
                self.skip(token.span());
            } else if starts {
                let start = self.start(token.span());
                self.edits.separators.push(start);
            }
            starts = comma;
        }
    }

    fn shorthand(&mut self, field: &syn::FieldValue) {
        let (Some(colon), syn::Member::Named(name), Expr::Path(value)) =
            (field.colon_token, &field.member, &field.expr)
        else {
            return;
        };
        if value.qself.is_none() && value.attrs.is_empty() && value.path.is_ident(name) {
            self.skip(colon.spans[0]);
            self.skip(value.path.segments[0].ident.span());
        }
    }

    fn last_semicolon(&mut self, statements: &[Stmt]) {
        if let Some(Stmt::Expr(
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_),
            Some(semicolon),
        )) = statements.last()
        {
            self.skip(semicolon.spans[0]);
        }
        for statement in statements {
            if let Stmt::Expr(Expr::Verbatim(empty), Some(semicolon)) = statement
                && empty.is_empty()
            {
                self.skip(semicolon.spans[0]);
            }
        }
    }
}

/// Takes just the punctuation of a pair, as a span.
trait IntoTuplePunct {
    fn into_tuple_punct(self) -> Option<Span>;
}

impl<T, P: Spanned> IntoTuplePunct for syn::punctuated::Pair<T, &P> {
    fn into_tuple_punct(self) -> Option<Span> {
        self.into_tuple().1.map(Spanned::span)
    }
}

impl<'ast> Visit<'ast> for EditNoter<'ast> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.nested.push(item);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if blind::is_quiet_attribute(attribute) {
            let start = self.start(attribute.pound_token.spans[0]);
            let end = self.range(attribute.bracket_token.span.close()).end;
            self.edits.quiet_attributes.push(start..end);
        }
    }

    fn visit_signature(&mut self, signature: &'ast Signature) {
        self.skip_trailing(&signature.inputs);
        visit::visit_signature(self, signature);
    }

    fn visit_generics(&mut self, generics: &'ast Generics) {
        self.skip_trailing(&generics.params);
        if let Some(closer) = generics.gt_token {
            self.closer(closer);
        }
        visit::visit_generics(self, generics);
    }

    fn visit_where_clause(&mut self, clause: &'ast WhereClause) {
        self.skip_trailing(&clause.predicates);
        visit::visit_where_clause(self, clause);
    }

    fn visit_bound_lifetimes(&mut self, bound: &'ast BoundLifetimes) {
        self.skip_trailing(&bound.lifetimes);
        self.closer(bound.gt_token);
        visit::visit_bound_lifetimes(self, bound);
    }

    fn visit_angle_bracketed_generic_arguments(
        &mut self,
        arguments: &'ast AngleBracketedGenericArguments,
    ) {
        self.skip_trailing(&arguments.args);
        self.closer(arguments.gt_token);
        visit::visit_angle_bracketed_generic_arguments(self, arguments);
    }

    fn visit_parenthesized_generic_arguments(
        &mut self,
        arguments: &'ast ParenthesizedGenericArguments,
    ) {
        self.skip_trailing(&arguments.inputs);
        visit::visit_parenthesized_generic_arguments(self, arguments);
    }

    fn visit_qself(&mut self, qself: &'ast QSelf) {
        self.closer(qself.gt_token);
        visit::visit_qself(self, qself);
    }

    fn visit_fields_named(&mut self, fields: &'ast FieldsNamed) {
        self.skip_trailing(&fields.named);
        visit::visit_fields_named(self, fields);
    }

    fn visit_fields_unnamed(&mut self, fields: &'ast FieldsUnnamed) {
        self.skip_trailing(&fields.unnamed);
        visit::visit_fields_unnamed(self, fields);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.skip_trailing(&item.variants);
        visit::visit_item_enum(self, item);
    }

    fn visit_type_tuple(&mut self, tuple: &'ast TypeTuple) {
        self.skip_trailing_of_tuple(&tuple.elems);
        visit::visit_type_tuple(self, tuple);
    }

    fn visit_type_fn_ptr(&mut self, pointer: &'ast TypeFnPtr) {
        self.skip_trailing(&pointer.inputs);
        visit::visit_type_fn_ptr(self, pointer);
    }

    fn visit_type_paren(&mut self, paren: &'ast TypeParen) {
        if matches!(&*paren.elem, Type::Paren(_)) {
            self.skip(paren.paren_token.span.open());
            self.skip(paren.paren_token.span.close());
        }
        visit::visit_type_paren(self, paren);
    }

    fn visit_expr_array(&mut self, array: &'ast ExprArray) {
        self.skip_trailing(&array.elems);
        visit::visit_expr_array(self, array);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        self.skip_trailing(&call.args);
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.skip_trailing(&call.args);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_tuple(&mut self, tuple: &'ast ExprTuple) {
        self.skip_trailing_of_tuple(&tuple.elems);
        visit::visit_expr_tuple(self, tuple);
    }

    fn visit_expr_struct(&mut self, structure: &'ast ExprStruct) {
        if structure.rest.is_none() {
            self.skip_trailing(&structure.fields);
        }
        for field in &structure.fields {
            self.shorthand(field);
        }
        visit::visit_expr_struct(self, structure);
    }

    fn visit_expr_paren(&mut self, paren: &'ast ExprParen) {
        if matches!(&*paren.expr, Expr::Paren(inner) if inner.attrs.is_empty()) {
            self.skip(paren.paren_token.span.open());
            self.skip(paren.paren_token.span.close());
        }
        visit::visit_expr_paren(self, paren);
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        self.skip_trailing(&closure.inputs);
        if matches!(closure.output, ReturnType::Default) {
            self.skip_braces(&closure.body);
        }
        visit::visit_expr_closure(self, closure);
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        let start = self.start(arm.pat.span());
        self.edits.separators.push(start);
        if let Some(comma) = arm.comma {
            self.skip(comma.spans[0]);
        }
        self.skip_braces(&arm.body);
        visit::visit_arm(self, arm);
    }

    fn visit_pat_or(&mut self, pattern: &'ast PatOr) {
        if let Some(pipe) = pattern.leading_vert {
            self.skip(pipe.spans[0]);
        }
        visit::visit_pat_or(self, pattern);
    }

    fn visit_pat_tuple(&mut self, tuple: &'ast PatTuple) {
        // `(..,)` is no different from `(..)`, but rare enough to leave as written.
        self.skip_trailing_of_tuple(&tuple.elems);
        visit::visit_pat_tuple(self, tuple);
    }

    fn visit_pat_tuple_struct(&mut self, tuple: &'ast PatTupleStruct) {
        self.skip_trailing(&tuple.elems);
        visit::visit_pat_tuple_struct(self, tuple);
    }

    fn visit_pat_slice(&mut self, slice: &'ast PatSlice) {
        self.skip_trailing(&slice.elems);
        visit::visit_pat_slice(self, slice);
    }

    fn visit_pat_struct(&mut self, structure: &'ast PatStruct) {
        if structure.rest.is_none() {
            self.skip_trailing(&structure.fields);
        }
        visit::visit_pat_struct(self, structure);
    }

    fn visit_pat(&mut self, pattern: &'ast Pat) {
        if let Pat::Paren(outer) = pattern
            && matches!(&*outer.pat, Pat::Paren(_))
        {
            self.skip(outer.paren_token.span.open());
            self.skip(outer.paren_token.span.close());
        }
        visit::visit_pat(self, pattern);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.last_semicolon(&block.stmts);
        visit::visit_block(self, block);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let span = mac.delimiter.span();
        let last = mac.path.segments.last();
        let blind = last.is_some_and(|last| blind::is_blind_name(&last.ident.to_string()));
        // A macro of ours may have the name of one of std's.
        let range = self.range(span.open()).end..self.range(span.close()).start;
        self.edits.opaque.push(range);
        if !blind {
            return;
        }
        if last.is_some_and(|last| last.ident == "matches") {
            self.skip_last_comma(&mac.tokens);
            return;
        }
        // The arguments of std's own macros are expressions that rustfmt formats like any other.
        if let Ok(arguments) = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        {
            let mut inner = EditNoter::new(Rc::clone(&self.lines));
            inner.skip_trailing(&arguments);
            arguments
                .iter()
                .for_each(|argument| inner.visit_expr(argument));
            self.edits.absorb(inner.edits);
        }
    }
}
