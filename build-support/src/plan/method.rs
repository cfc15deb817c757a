//! Methods: the impl their wrappers stand in.
//!
//! Wrappers of a trait's method become methods of the type itself. What generics of the impl the type does not
//! mention (`impl<T> Render<T> for Page`) an inherent impl can't have, so they become generics of the method.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Type, WherePredicate};

use super::names::Names;
use super::parse::{Header, Parsed};
use crate::diagnostic::{Diagnostics, catalogue::shape as texts};
use crate::index::{ItemId, ItemKind};

/// Checks that a method's type is one that can get methods, and finds it.
pub(super) fn self_item(
    header: &Header,
    parsed: &Parsed,
    names: &Names<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<ItemId> {
    let place = parsed.origin.of(parsed.signature.ident.span());
    let name = parsed.signature.ident.to_string();
    let is_generic = |name: &str| {
        header
            .generics
            .type_params()
            .any(|parameter| parameter.ident == name)
    };
    let path = match &header.self_type {
        Type::Path(path)
            if path.qself.is_none()
                && !path
                    .path
                    .get_ident()
                    .is_some_and(|name| is_generic(&name.to_string())) =>
        {
            &path.path
        }
        _ => {
            diagnostics.push(texts::unnamed_type(place, &name));
            return None;
        }
    };
    let mut segments: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    if path.leading_colon.is_some() {
        segments.insert(0, String::new());
    }
    let own = |item: &ItemId| {
        let facts = names.index.item(*item);
        let is_type = matches!(
            facts.kind,
            ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::TypeAlias
        );
        is_type && names.index.module(facts.module).krate.0 == 0
    };
    let item = names.items(&segments).into_iter().find(own);
    if item.is_none() && header.implements.is_some() {
        diagnostics.push(texts::foreign_type(place, &name));
    }
    item
}

/// Takes out of an impl's generics what its type does not mention, for the method.
pub(super) fn take_unconstrained(header: &mut Header) -> Generics {
    let mut taken = Generics::default();
    if header.implements.is_none() {
        return taken;
    }
    let mentioned = names_in(header.self_type.to_token_stream());
    let (kept, moved): (Vec<GenericParam>, Vec<GenericParam>) =
        std::mem::take(&mut header.generics.params)
            .into_iter()
            .partition(|parameter| mentioned.contains(&name_of(parameter)));
    let moved_names: BTreeSet<String> = moved.iter().map(name_of).collect();
    taken.params = moved.into_iter().collect();
    header.generics.params = kept
        .into_iter()
        .map(|parameter| without_bounds_on(parameter, &moved_names, &mut taken))
        .collect();
    split_where(header, &moved_names, &mut taken);
    taken
}

/// A kept parameter's bound that mentions a moved one goes with it.
fn without_bounds_on(
    parameter: GenericParam,
    moved: &BTreeSet<String>,
    taken: &mut Generics,
) -> GenericParam {
    let GenericParam::Type(mut parameter) = parameter else {
        return parameter;
    };
    let bounds = std::mem::take(&mut parameter.bounds);
    for bound in bounds {
        if names_in(bound.to_token_stream()).is_disjoint(moved) {
            parameter.bounds.push(bound);
        } else {
            let name = &parameter.ident;
            taken
                .make_where_clause()
                .predicates
                .push(syn::parse_quote!(#name: #bound));
        }
    }
    GenericParam::Type(parameter)
}

fn split_where(header: &mut Header, moved: &BTreeSet<String>, taken: &mut Generics) {
    let Some(clause) = &mut header.generics.where_clause else {
        return;
    };
    let predicates = std::mem::take(&mut clause.predicates);
    let (kept, gone): (Vec<WherePredicate>, Vec<WherePredicate>) = predicates
        .into_iter()
        .partition(|predicate| names_in(predicate.to_token_stream()).is_disjoint(moved));
    clause.predicates = kept.into_iter().collect();
    if !gone.is_empty() {
        taken.make_where_clause().predicates.extend(gone);
    }
}

/// The name of a generic parameter; lifetimes with their apostrophe.
fn name_of(parameter: &GenericParam) -> String {
    match parameter {
        GenericParam::Lifetime(parameter) => parameter.lifetime.to_string(),
        GenericParam::Type(parameter) => parameter.ident.to_string(),
        GenericParam::Const(parameter) => parameter.ident.to_string(),
    }
}

/// Every identifier and lifetime of these tokens.
fn names_in(tokens: TokenStream) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut after_apostrophe = false;
    for token in tokens {
        match &token {
            TokenTree::Group(group) => names.extend(names_in(group.stream())),
            TokenTree::Ident(ident) if after_apostrophe => {
                names.insert(format!("'{ident}"));
            }
            TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            _ => {}
        }
        after_apostrophe = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
    }
    names
}

/// The generics of a method: those taken from the impl before its own, lifetimes first.
pub(super) fn joined(taken: Generics, own: &Generics) -> Generics {
    let all = taken.params.into_iter().chain(own.params.iter().cloned());
    let (lifetimes, others): (Vec<GenericParam>, Vec<GenericParam>) =
        all.partition(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
    let mut joined = Generics {
        where_clause: own.where_clause.clone(),
        ..Generics::default()
    };
    joined.params = lifetimes.into_iter().chain(others).collect();
    for predicate in taken
        .where_clause
        .into_iter()
        .flat_map(|clause| clause.predicates)
    {
        if let Some(predicate) = with_parameter(&mut joined, predicate) {
            joined.make_where_clause().predicates.push(predicate);
        }
    }
    joined
}

/// Puts a bound of a parameter to the others it has: bounds of one name in two places are what lints call confusing.
fn with_parameter(generics: &mut Generics, predicate: WherePredicate) -> Option<WherePredicate> {
    let WherePredicate::Type(mut bound) = predicate else {
        return Some(predicate);
    };
    let named = generics.type_params_mut().find(|parameter| {
        matches!(&bound.bounded_ty, Type::Path(path) if path.path.is_ident(&parameter.ident))
    });
    match named {
        Some(parameter) if bound.lifetimes.is_none() => {
            parameter.bounds.extend(std::mem::take(&mut bound.bounds));
            None
        }
        _ => Some(WherePredicate::Type(bound)),
    }
}

/// `impl<T> Page<T> where T: Bound`.
pub(super) fn header_tokens(header: &Header) -> TokenStream {
    let (generics, _, clause) = header.generics.split_for_impl();
    let self_type = &header.self_type;
    let clause = clause.filter(|clause| !clause.predicates.is_empty());
    quote!(impl #generics #self_type #clause)
}
