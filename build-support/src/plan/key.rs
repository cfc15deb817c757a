//! What the key of a call is made of, and which parameters decide it.

use syn::{Expr, ExprReference, Type, UnOp};

use super::parameter::{Argument, Arguments, Obstacle, obstacle, references};
use super::parse::{Origin, Parsed};
use crate::diagnostic::{
    Diagnostic, Diagnostics, catalogue::marker as marker_texts, catalogue::shape as texts,
};
use crate::marker::{self, Marker};

/// The parameters that decide a key.
#[derive(Clone)]
pub(super) struct KeyChoice {
    /// Whether the receiver is one of them.
    pub(super) receiver: bool,
    /// For each parameter, whether it is one of them.
    pub(super) arguments: Vec<bool>,
    /// The expressions of `key(…)`; `None` where the parameters themselves are the key.
    pub(super) expressions: Option<Vec<(Expr, Origin)>>,
}

/// Decides the key of a function; what is left open by the marker is reported.
pub(super) fn choose(
    parsed: &Parsed,
    arguments: &Arguments,
    marker: &Marker,
    diagnostics: &mut Diagnostics,
) -> KeyChoice {
    check_skipped_names(arguments, marker, diagnostics);
    let is_used = |name: &str| mentioned(marker, name);
    let receiver = arguments.receiver.is_some() && is_used("self");
    if let Some(argument) = &arguments.receiver
        && !receiver
        && !is_skipped(marker, "self")
    {
        let place = parsed.origin.of_tokens(argument);
        let name = parsed.signature.ident.to_string();
        diagnostics.push(texts::receiver_undecided(
            place,
            &name,
            marker.key.is_some(),
        ));
    }
    let mut chosen = Vec::new();
    for argument in &arguments.list {
        let skipped = argument
            .bindings
            .iter()
            .filter(|name| is_skipped(marker, name))
            .count();
        let is_out = skipped > 0 && skipped == argument.bindings.len();
        if skipped > 0 && !is_out {
            diagnostics.push(partly_skipped(argument, marker));
        }
        let in_expressions = argument.bindings.iter().any(|name| is_used(name));
        if !is_out && !in_expressions {
            diagnostics_of_type(argument, diagnostics);
        }
        chosen.push(if marker.key.is_some() {
            in_expressions
        } else {
            !is_out
        });
    }
    KeyChoice {
        receiver,
        arguments: chosen,
        expressions: expressions(marker),
    }
}

/// Whether a key expression uses a name.
pub(super) fn mentioned(marker: &Marker, name: &str) -> bool {
    marker
        .key
        .iter()
        .flatten()
        .any(|expression| marker::mentions(&expression.text, name))
}

/// Whether the hole of a tag uses a name.
pub(super) fn in_tags(marker: &Marker, name: &str) -> bool {
    marker
        .tags
        .iter()
        .flat_map(marker::Template::holes)
        .any(|hole| marker::mentions(&hole.expression, name))
}

fn is_skipped(marker: &Marker, name: &str) -> bool {
    marker.skip.iter().any(|skipped| skipped.text == name)
}

fn check_skipped_names(arguments: &Arguments, marker: &Marker, diagnostics: &mut Diagnostics) {
    let known = arguments.names();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for name in marker
        .skip
        .iter()
        .filter(|name| !known.contains(&name.text.as_str()))
    {
        diagnostics.push(marker_texts::unknown_parameter(
            name.location,
            &name.text,
            &known,
        ));
    }
}

/// A parameter that is part of the key by itself must be one that can.
fn diagnostics_of_type(argument: &Argument, diagnostics: &mut Diagnostics) {
    let name = argument.bindings.first().unwrap_or(&argument.name);
    let place = argument.location;
    let shown = super::shown::shown(&argument.ty);
    match obstacle(&argument.ty) {
        Some(Obstacle::Opaque) => diagnostics.push(texts::opaque_parameter(place, name, &shown)),
        Some(Obstacle::Dynamic) => diagnostics.push(texts::dynamic_parameter(place, name, &shown)),
        Some(Obstacle::Mutable) => diagnostics.push(texts::mutable_parameter(place, name)),
        None => {}
    }
}

fn partly_skipped(argument: &Argument, marker: &Marker) -> Diagnostic {
    let (skipped, rest): (Vec<&String>, Vec<&String>) = argument
        .bindings
        .iter()
        .partition(|name| is_skipped(marker, name));
    let location = marker
        .skip
        .iter()
        .find(|name| name.text == *skipped[0])
        .map_or(argument.location, |name| name.location);
    texts::partly_skipped(
        location,
        skipped[0],
        &crate::diagnostic::catalogue::all_of(&rest),
    )
}

/// The expressions of `key(…)`, parsed again from the marker's own text.
fn expressions(marker: &Marker) -> Option<Vec<(Expr, Origin)>> {
    let keys = marker.key.as_ref()?;
    let parse = |key: &marker::KeyExpression| {
        Some((syn::parse_str(&key.text).ok()?, Origin::Whole(key.location)))
    };
    Some(keys.iter().filter_map(parse).collect())
}

/// A whole parameter as a key part.
pub(super) fn whole(argument: &Argument) -> Expr {
    if is_array(&argument.ty) {
        let name = super::name::ident(&argument.name);
        return as_slice(&syn::parse_quote!(#name));
    }
    referenced(argument)
}

/// serde knows arrays of up to 32 elements, and none of a length that is a parameter; a slice of any.
fn as_slice(array: &Expr) -> Expr {
    syn::parse_quote!(#array.as_slice())
}

fn is_array(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_array(&reference.elem),
        Type::Paren(paren) => is_array(&paren.elem),
        Type::Group(group) => is_array(&group.elem),
        Type::Array(_) => true,
        _ => false,
    }
}

/// A parameter by reference.
pub(super) fn referenced(argument: &Argument) -> Expr {
    let name = super::name::ident(&argument.name);
    if references(&argument.ty) > 0 {
        syn::parse_quote!(#name)
    } else {
        syn::parse_quote!(&#name)
    }
}

/// A key expression by reference; what is a reference already is not borrowed again.
pub(super) fn by_reference(expression: Expr, arguments: &Arguments) -> Expr {
    match expression {
        Expr::Paren(paren) => by_reference(*paren.expr, arguments),
        Expr::Group(group) => by_reference(*group.expr, arguments),
        Expr::Reference(reference) if reference.mutability.is_none() => Expr::Reference(reference),
        other => dereferenced(&other, arguments).unwrap_or_else(|| borrowed(other)),
    }
}

/// `name`, `*name`, `**name` for a parameter spelled as a reference: one `*` less instead of a `&` more.
fn dereferenced(expression: &Expr, arguments: &Arguments) -> Option<Expr> {
    let (depth, name) = dereferences(expression)?;
    if name == "self" {
        let kind = &arguments.receiver.as_ref()?.kind;
        return less(
            expression,
            depth,
            usize::from(matches!(kind, syn::ReceiverKind::Reference(..))),
        );
    }
    let is_it = |argument: &&Argument| argument.name == name && argument.pattern.is_none();
    let argument = arguments.list.iter().find(is_it)?;
    let available = references(&argument.ty);
    if is_array(&argument.ty) && depth <= available {
        return Some(as_slice(&innermost(expression)));
    }
    less(expression, depth, available)
}

/// An expression of `depth` dereferences of a value that has `available` references, as a reference.
fn less(expression: &Expr, depth: usize, available: usize) -> Option<Expr> {
    match expression {
        // `&*name` of a reference is the reference.
        Expr::Unary(unary) if depth == available => Some((*unary.expr).clone()),
        _ => (depth < available).then(|| expression.clone()),
    }
}

/// The name below all dereferences.
fn innermost(expression: &Expr) -> Expr {
    match expression {
        Expr::Unary(unary) => innermost(&unary.expr),
        other => other.clone(),
    }
}

/// How often a bare name is dereferenced.
fn dereferences(expression: &Expr) -> Option<(usize, String)> {
    match expression {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
            dereferences(&unary.expr).map(|(depth, name)| (depth + 1, name))
        }
        Expr::Path(path) => path.path.get_ident().map(|name| (0, name.to_string())),
        _ => None,
    }
}

fn borrowed(expression: Expr) -> Expr {
    Expr::Reference(ExprReference {
        attrs: Vec::new(),
        and_token: syn::parse_quote!(&),
        mutability: None,
        expr: Box::new(expression),
    })
}
