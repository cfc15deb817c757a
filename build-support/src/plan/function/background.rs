//! Functions whose computations may go on in the background: what they take has to become the computation's own.
//!
//! What stands behind a plain reference is cloned, what is passed by value is moved. A reference or lifetime anywhere
//! else would tie the computation to its caller, which types alone can't say in words.

use syn::visit::Visit;
use syn::{
    Lifetime, ParenthesizedGenericArguments, Receiver, ReceiverKind, Type, TypeFnPtr, TypeReference,
};

use super::Draft;
use crate::diagnostic::{Diagnostics, catalogue::timing as texts};
use crate::plan::shown::shown;
use crate::source::Location;

/// Reports what can't be made the computation's own.
pub(super) fn check(draft: &Draft<'_>, diagnostics: &mut Diagnostics) {
    let signature = &draft.parsed.signature;
    if let Some(hard) = draft.marker.hard
        && signature.asyncness.is_none()
    {
        let name = signature.ident.to_string();
        diagnostics.push(texts::hard_on_sync(hard.location, &name));
    }
    let Some(option) = draft.marker.background() else {
        return;
    };
    let marker = draft.marker.location;
    let mut check = |place: Location, name: &str, ty: &Type| match tie(ty) {
        Some(Tie::Borrows) => diagnostics.push(texts::borrowed_argument(
            place,
            name,
            &shown(ty),
            option,
            marker,
        )),
        Some(Tie::Changes) => {
            diagnostics.push(texts::changed_in_background(place, name, option, marker));
        }
        None => {}
    };
    for argument in &draft.arguments.list {
        let name = argument.bindings.first().unwrap_or(&argument.name);
        check(argument.location, name, &argument.ty);
    }
    if let Some(receiver) = &draft.arguments.receiver {
        let place = draft.parsed.origin.of_tokens(receiver);
        check(place, "self", &receiver_type(receiver));
    }
    if let Some(header) = &draft.parsed.header {
        let place = header.origin.of_tokens(&header.self_type);
        let ty = &header.self_type;
        if tie(ty).is_some() {
            diagnostics.push(texts::borrowing_type(place, &shown(ty), option, marker));
        }
    }
}

/// How many references a computation's own copy is behind: 0 for what is moved.
pub(super) fn depth(ty: &Type) -> usize {
    match ty {
        Type::Reference(reference) if !is_static(reference.lifetime.as_ref()) => {
            1 + depth(&reference.elem)
        }
        Type::Paren(paren) => depth(&paren.elem),
        Type::Group(group) => depth(&group.elem),
        _ => 0,
    }
}

/// The type of `self`, as it would be written in full.
pub(super) fn receiver_type(receiver: &Receiver) -> Type {
    match &receiver.kind {
        ReceiverKind::Reference(and, lifetime, mutability) => Type::Reference(TypeReference {
            attrs: Vec::new(),
            and_token: *and,
            lifetime: lifetime.clone(),
            mutability: *mutability,
            elem: syn::parse_quote!(Self),
        }),
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        _ => syn::parse_quote!(Self),
    }
}

/// What ties a value to its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    /// A reference or lifetime inside its type.
    Borrows,
    /// A `&mut`.
    Changes,
}

fn tie(ty: &Type) -> Option<Tie> {
    let mut search = Search(None);
    search.visit_type(innermost(ty));
    let outer = outer_mutable(ty).then_some(Tie::Changes);
    outer.or(search.0)
}

/// The type behind all plain references.
fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) if !is_static(reference.lifetime.as_ref()) => {
            innermost(&reference.elem)
        }
        Type::Paren(paren) => innermost(&paren.elem),
        Type::Group(group) => innermost(&group.elem),
        _ => ty,
    }
}

/// Whether one of the plain references is a `&mut`.
fn outer_mutable(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.mutability.is_some() || outer_mutable(&reference.elem)
        }
        Type::Paren(paren) => outer_mutable(&paren.elem),
        Type::Group(group) => outer_mutable(&group.elem),
        _ => false,
    }
}

struct Search(Option<Tie>);

impl<'ast> Visit<'ast> for Search {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if reference.mutability.is_some() {
            self.0 = Some(Tie::Changes);
        } else if !is_static(reference.lifetime.as_ref()) {
            self.0.get_or_insert(Tie::Borrows);
        }
        syn::visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if !is_static(Some(lifetime)) {
            self.0.get_or_insert(Tie::Borrows);
        }
    }

    // What a function takes is not part of it.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

fn is_static(lifetime: Option<&Lifetime>) -> bool {
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ty: &str) -> (usize, Option<Tie>) {
        let ty: Type = syn::parse_str(ty).unwrap();
        (depth(&ty), tie(&ty))
    }

    #[test]
    fn plain_references_can_be_owned() {
        assert_eq!(of("u64"), (0, None));
        assert_eq!(of("&str"), (1, None));
        assert_eq!(of("&'a [Vec<u8>]"), (1, None));
        assert_eq!(of("&&str"), (2, None));
        assert_eq!(of("&'static str"), (0, None));
        assert_eq!(of("Arc<Db>"), (0, None));
        assert_eq!(of("impl Fn(&str) -> &str + Send + 'static"), (0, None));
        assert_eq!(of("fn(&str) -> u8"), (0, None));
    }

    #[test]
    fn what_holds_a_reference_borrows() {
        for ty in [
            "Option<&str>",
            "&[&str]",
            "Cow<'_, str>",
            "&Page<'a>",
            "(u8, &u8)",
            "Box<dyn Read + 'a>",
        ] {
            assert_eq!(of(ty).1, Some(Tie::Borrows), "{ty}");
        }
        assert_eq!(of("Option<&'static str>").1, None);
    }

    #[test]
    fn what_can_be_changed_is_the_callers() {
        for ty in ["&mut u8", "&&mut u8", "Option<&mut u8>", "Pin<&mut Self>"] {
            assert_eq!(of(ty).1, Some(Tie::Changes), "{ty}");
        }
    }
}
