//! Generics, parameters and key of a function's wrappers.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, Generics, Pat, Receiver, ReturnType};

use super::{Draft, background};
use crate::diagnostic::catalogue;
use crate::plan::lifetimes::{self, Piece};
use crate::plan::name::ident;
use crate::plan::parameter::Argument;
use crate::plan::{KeyStep, Parameter, Parameters, Tokens, key, method};

/// Moves generics to where they belong; the impl's header and the method's generics.
pub(super) fn split_generics(draft: &mut Draft<'_>) -> (Option<Tokens>, Generics) {
    let own = draft.parsed.signature.generics.clone();
    let output = draft.parsed.signature.output.clone();
    let Some(header) = &mut draft.parsed.header else {
        return (None, own);
    };
    let generics = method::joined(method::take_unconstrained(header), &own);
    let mut also: Vec<&dyn Piece> = draft
        .arguments
        .list
        .iter()
        .map(|argument| &argument.ty as &dyn Piece)
        .collect();
    also.extend(
        draft
            .arguments
            .receiver
            .iter()
            .map(|receiver| receiver as &dyn Piece),
    );
    also.extend(header.implements.iter().map(|path| path as &dyn Piece));
    if let ReturnType::Type(_, ty) = &output {
        also.push(&**ty);
    }
    lifetimes::elide(&mut header.generics, &mut [&mut header.self_type], &also);
    (Some(Tokens::of(method::header_tokens(header))), generics)
}

/// The parameters of a wrapper that takes some of the function's.
pub(super) fn parameters(
    draft: &Draft<'_>,
    generics: &Generics,
    is_taken: impl Fn(usize) -> bool,
    takes_receiver: bool,
) -> Parameters {
    let mut generics = generics.clone();
    let mut receiver: Option<Receiver> =
        draft.arguments.receiver.clone().filter(|_| takes_receiver);
    let taken = draft
        .arguments
        .list
        .iter()
        .enumerate()
        .filter(|(position, _)| is_taken(*position));
    let mut list: Vec<Argument> = taken.map(|(_, argument)| argument.clone()).collect();
    let mut pieces: Vec<&mut dyn Piece> = list
        .iter_mut()
        .map(|argument| &mut argument.ty as &mut dyn Piece)
        .collect();
    pieces.extend(
        receiver
            .iter_mut()
            .map(|receiver| receiver as &mut dyn Piece),
    );
    let output: Vec<&dyn Piece> = match &draft.parsed.signature.output {
        ReturnType::Type(_, ty) => vec![&**ty],
        ReturnType::Default => Vec::new(),
    };
    lifetimes::elide(&mut generics, &mut pieces, &output);
    let (shown, _, _) = generics.split_for_impl();
    let clause = generics
        .where_clause
        .as_ref()
        .filter(|clause| !clause.predicates.is_empty());
    Parameters {
        generics: Tokens::of(shown),
        where_clause: Tokens::of(clause),
        receiver_depth: receiver.as_ref().map_or(0, |receiver| {
            background::depth(&background::receiver_type(receiver))
        }),
        receiver: receiver.map(Tokens::of),
        list: list.iter().map(parameter).collect(),
    }
}

fn parameter(argument: &Argument) -> Parameter {
    Parameter {
        cfgs: cfg_tokens(argument),
        name: Tokens::of(ident(&argument.name)),
        ty: Tokens::of(&argument.ty),
        depth: background::depth(&argument.ty),
    }
}

fn cfg_tokens(argument: &Argument) -> Vec<Tokens> {
    argument.cfgs.iter().map(Tokens::of).collect()
}

/// The statements of the key: generic arguments, then the parts.
pub(super) fn steps(draft: &Draft<'_>, expressions: Vec<Expr>) -> Vec<KeyStep> {
    let header = draft.parsed.header.iter().map(|header| &header.generics);
    let mut steps = Vec::new();
    for parameter in header
        .chain([&draft.parsed.signature.generics])
        .flat_map(|generics| &generics.params)
    {
        match parameter {
            syn::GenericParam::Lifetime(_) => {}
            syn::GenericParam::Type(parameter) => {
                steps.push(KeyStep::Generic(Tokens::of(&parameter.ident)))
            }
            syn::GenericParam::Const(parameter) => {
                let name = &parameter.ident;
                steps.push(KeyStep::Part {
                    cfgs: Vec::new(),
                    part: Tokens::of(quote!(&#name)),
                });
            }
        }
    }
    if draft.choice.expressions.is_none() {
        let taken = draft
            .arguments
            .list
            .iter()
            .zip(&draft.choice.arguments)
            .filter(|(_, taken)| **taken);
        steps.extend(taken.map(|(argument, _)| KeyStep::Part {
            cfgs: cfg_tokens(argument),
            part: Tokens::of(key::whole(argument)),
        }));
        return steps;
    }
    steps.extend(draft.arguments.list.iter().filter_map(binding));
    steps.extend(expressions.into_iter().map(|expression| {
        let part = Tokens::of(key::by_reference(expression, &draft.arguments));
        KeyStep::Part {
            cfgs: Vec::new(),
            part,
        }
    }));
    steps
}

/// Brings the bindings of a parameter's pattern into sight.
fn binding(argument: &Argument) -> Option<KeyStep> {
    bound(argument, argument.pattern.as_ref()?)
}

/// Brings the bindings of a part of a parameter's pattern into sight.
pub(super) fn bound(argument: &Argument, pattern: &Pat) -> Option<KeyStep> {
    let is_name = matches!(pattern, Pat::Ident(ident) if ident.subpat.is_none() && ident.ident == argument.name);
    (!is_name).then(|| KeyStep::Bind {
        cfgs: cfg_tokens(argument),
        pattern: Tokens::of(pattern),
        of: Tokens::of(key::referenced(argument)),
    })
}

/// Names the wrappers give to things of their own.
pub(super) struct OwnNames {
    pub(super) key: String,
    pub(super) parts: String,
    pub(super) tags: String,
    pub(super) this: String,
    pub(super) value: String,
}

impl OwnNames {
    /// Names unlike any other in the function: lints take offence at two that differ by a letter.
    pub(super) fn of(draft: &Draft<'_>) -> Self {
        let mut taken: BTreeSet<String> = draft.arguments.names().into_iter().collect();
        taken.extend(
            draft
                .arguments
                .list
                .iter()
                .map(|argument| argument.name.clone()),
        );
        for expression in draft.marker.expressions() {
            if let Ok(tokens) = expression.parse() {
                collect_names(tokens, &mut taken);
            }
        }
        Self {
            key: free_name(&["key", "call_key", "key_of_call"], &taken),
            parts: free_name(&["parts", "key_parts", "parts_of_key"], &taken),
            tags: free_name(&["tags", "call_tags", "tags_of_call"], &taken),
            this: free_name(&["this", "own_self", "self_of_call"], &taken),
            value: free_name(&["value", "stored_value", "value_to_store"], &taken),
        }
    }
}

fn free_name(candidates: &[&str], taken: &BTreeSet<String>) -> String {
    let is_free = |candidate: &str| !taken.iter().any(|name| catalogue::is_near(name, candidate));
    let free = candidates.iter().find(|candidate| is_free(candidate));
    let mut name = free
        .or_else(|| candidates.last())
        .map_or_else(String::new, |name| (*name).to_owned());
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

fn collect_names(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_names(group.stream(), names),
            TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            _ => {}
        }
    }
}
