//! Carrying a function's names over into the generated module.

use std::collections::BTreeSet;

use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Expr, PatIdent};

use super::{Draft, Site, generic_names};
use crate::plan::parse::Origin;
use crate::plan::rewrite::Rewriter;
use crate::plan::{key, pattern};

impl Site<'_, '_> {
    /// Carries every name over; answers the key's expressions and what they bring into sight.
    pub(super) fn rewrite(&mut self, draft: &mut Draft<'_>) -> Vec<Expr> {
        let parameters = draft.arguments.names();
        let origin = draft.parsed.origin;
        let mut rewriter = rewriter(self, draft, &parameters);
        let mut implements = None;
        if let Some(header) = &mut draft.parsed.header {
            rewriter.origin = header.origin;
            rewriter.visit_generics_mut(&mut header.generics);
            rewriter.visit_type_mut(&mut header.self_type);
            if let Some(path) = &mut header.implements {
                rewriter.visit_path_mut(path);
            }
            implements = header.implements.clone();
        }
        rewriter.implements = implements.as_ref();
        rewriter.origin = origin;
        rewriter.visit_generics_mut(&mut draft.parsed.signature.generics);
        rewriter.visit_return_type_mut(&mut draft.parsed.signature.output);
        if let Some(receiver) = &mut draft.arguments.receiver {
            rewriter.visit_receiver_mut(receiver);
        }
        for argument in &mut draft.arguments.list {
            rewriter.visit_type_mut(&mut argument.ty);
        }
        rewrite_key(&mut rewriter, draft, &parameters)
    }
}

/// What carries over the names of a function; `parameters` are those expressions may use.
pub(super) fn rewriter<'r, 'a>(
    site: &'r mut Site<'_, 'a>,
    draft: &Draft<'_>,
    parameters: &'r [String],
) -> Rewriter<'r, 'a> {
    Rewriter {
        is_conditional: site.is_conditional(draft),
        names: &mut *site.names,
        generics: generic_names(&draft.parsed),
        locals: BTreeSet::new(),
        parameters,
        implements: None,
        origin: draft.parsed.origin,
        diagnostics: &mut *site.diagnostics,
    }
}

/// Carries over an expression of the marker.
pub(super) fn expression(
    rewriter: &mut Rewriter<'_, '_>,
    mut expression: Expr,
    origin: Origin,
    parameters: &[String],
) -> Expr {
    rewriter.origin = origin;
    rewriter.locals = parameters
        .iter()
        .cloned()
        .chain(bound_inside(&expression))
        .collect();
    rewriter.visit_expr_mut(&mut expression);
    if calls_methods(&expression) {
        rewriter.names.import_traits();
    }
    expression
}

/// Carries over the key's expressions, and the patterns whose bindings they use.
fn rewrite_key(
    rewriter: &mut Rewriter<'_, '_>,
    draft: &mut Draft<'_>,
    parameters: &[String],
) -> Vec<Expr> {
    let Some(expressions) = draft.choice.expressions.clone() else {
        return Vec::new();
    };
    let marker = draft.marker;
    for (position, argument) in draft.arguments.list.iter_mut().enumerate() {
        argument.pattern = argument
            .pattern
            .take()
            .filter(|_| draft.choice.arguments[position])
            .map(|pattern| {
                let mut pattern = pattern::only(pattern, &|name| key::mentioned(marker, name));
                rewriter.visit_pat_mut(&mut pattern);
                pattern
            });
    }
    expressions
        .into_iter()
        .map(|(carried, origin)| expression(rewriter, carried, origin, parameters))
        .collect()
}

/// Names that closures, blocks and matches of an expression bind.
fn bound_inside(expression: &Expr) -> BTreeSet<String> {
    struct Bound(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Bound {
        fn visit_pat_ident(&mut self, ident: &'ast PatIdent) {
            self.0.insert(ident.ident.to_string());
            syn::visit::visit_pat_ident(self, ident);
        }
    }
    let mut bound = Bound(BTreeSet::new());
    bound.visit_expr(expression);
    bound.0
}

/// Whether a trait may have to be in scope: for `.method()`, and for `Type::function()`.
fn calls_methods(expression: &Expr) -> bool {
    struct Calls(bool);
    impl<'ast> Visit<'ast> for Calls {
        fn visit_expr_method_call(&mut self, _: &'ast syn::ExprMethodCall) {
            self.0 = true;
        }

        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            self.0 |= path.path.segments.len() > 1;
        }

        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            // Whatever its arguments are, a `.name(` in them may be a call.
            self.0 |= mac.tokens.to_string().contains('.');
        }
    }
    let mut calls = Calls(false);
    calls.visit_expr(expression);
    calls.0
}
