//! Parameters written as patterns.

use syn::visit::Visit;
use syn::{FieldPat, Pat, PatIdent, PatWild};

/// A pattern as it binds by reference: no `mut`, `ref` or `&`, which only say how a value is taken out.
pub(super) fn by_reference(pattern: Pat) -> Pat {
    match pattern {
        Pat::Reference(reference) => by_reference(*reference.pat),
        Pat::Paren(paren) => by_reference(*paren.pat),
        Pat::Ident(mut ident) => {
            ident.by_ref = None;
            ident.mutability = None;
            ident.subpat = ident
                .subpat
                .map(|(at, pattern)| (at, Box::new(by_reference(*pattern))));
            Pat::Ident(ident)
        }
        Pat::Tuple(mut tuple) => {
            tuple.elems = tuple.elems.into_iter().map(by_reference).collect();
            Pat::Tuple(tuple)
        }
        Pat::TupleStruct(mut tuple) => {
            tuple.elems = tuple.elems.into_iter().map(by_reference).collect();
            Pat::TupleStruct(tuple)
        }
        Pat::Slice(mut slice) => {
            slice.elems = slice.elems.into_iter().map(by_reference).collect();
            Pat::Slice(slice)
        }
        Pat::Struct(mut fields) => {
            fields.fields = fields
                .fields
                .into_iter()
                .map(|field| map_field(field, by_reference))
                .collect();
            Pat::Struct(fields)
        }
        other => other,
    }
}

/// A pattern that binds only some of its names: the others would be unused.
pub(super) fn only(pattern: Pat, is_used: &dyn Fn(&str) -> bool) -> Pat {
    let each = |pattern: Pat| only(pattern, is_used);
    match pattern {
        Pat::Ident(ident) if is_binding(&ident) => only_ident(ident, is_used),
        Pat::Tuple(mut tuple) => {
            tuple.elems = tuple.elems.into_iter().map(each).collect();
            Pat::Tuple(tuple)
        }
        Pat::TupleStruct(mut tuple) => {
            tuple.elems = tuple.elems.into_iter().map(each).collect();
            Pat::TupleStruct(tuple)
        }
        Pat::Slice(mut slice) => {
            slice.elems = slice.elems.into_iter().map(each).collect();
            Pat::Slice(slice)
        }
        Pat::Struct(mut fields) => {
            fields.fields = fields
                .fields
                .into_iter()
                .map(|field| map_field(field, each))
                .collect();
            Pat::Struct(fields)
        }
        other => other,
    }
}

fn only_ident(mut ident: PatIdent, is_used: &dyn Fn(&str) -> bool) -> Pat {
    let inner = ident
        .subpat
        .take()
        .map(|(at, pattern)| (at, only(*pattern, is_used)));
    match (is_used(&ident.ident.to_string()), inner) {
        (true, inner) => {
            ident.subpat = inner.map(|(at, pattern)| (at, Box::new(pattern)));
            Pat::Ident(ident)
        }
        (false, Some((_, pattern))) => pattern,
        (false, None) => Pat::Wild(PatWild {
            attrs: Vec::new(),
            underscore_token: syn::parse_quote!(_),
        }),
    }
}

/// A shorthand field gets its colon back where the pattern is no longer its name.
fn map_field(mut field: FieldPat, map: impl FnOnce(Pat) -> Pat) -> FieldPat {
    *field.pat = map(*field.pat);
    let is_shorthand = matches!((&field.member, &*field.pat), (syn::Member::Named(name), Pat::Ident(ident)) if ident.ident == *name && ident.subpat.is_none());
    if field.colon_token.is_none() && !is_shorthand {
        field.colon_token = Some(syn::parse_quote!(:));
    }
    field
}

/// The names a pattern binds, in order.
pub(super) fn bindings(pattern: &Pat) -> Vec<String> {
    struct Bindings(Vec<String>);
    impl<'ast> Visit<'ast> for Bindings {
        fn visit_pat_ident(&mut self, ident: &'ast PatIdent) {
            if is_binding(ident) {
                self.0.push(ident.ident.to_string());
            }
            syn::visit::visit_pat_ident(self, ident);
        }
    }
    let mut found = Bindings(Vec::new());
    found.visit_pat(pattern);
    found.0
}

/// A name that looks like a type or constant is one: `Unit` in `fn f(Unit: Unit)` binds nothing.
fn is_binding(ident: &PatIdent) -> bool {
    !ident.ident.to_string().starts_with(char::is_uppercase)
}
