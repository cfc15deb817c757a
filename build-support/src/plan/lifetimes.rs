//! Lifetimes a wrapper no longer needs.
//!
//! Some wrappers take fewer parameters than the function, and none return a borrow, so a lifetime that tied things
//! together there may tie nothing here. Left in, it is what lints call needless.

use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{GenericParam, Generics, Lifetime, TypeFnPtr, TypeReference};

/// A piece of syntax that may hold lifetimes.
pub(super) trait Piece {
    fn look(&self, visitor: &mut Uses<'_>);
    fn change(&mut self, visitor: &mut Elide<'_>);
}

impl Piece for syn::Type {
    fn look(&self, visitor: &mut Uses<'_>) {
        visitor.visit_type(self);
    }

    fn change(&mut self, visitor: &mut Elide<'_>) {
        visitor.visit_type_mut(self);
    }
}

impl Piece for syn::Receiver {
    fn look(&self, visitor: &mut Uses<'_>) {
        visitor.visit_receiver(self);
    }

    fn change(&mut self, visitor: &mut Elide<'_>) {
        visitor.visit_receiver_mut(self);
    }
}

impl Piece for syn::Path {
    fn look(&self, visitor: &mut Uses<'_>) {
        visitor.visit_path(self);
    }

    fn change(&mut self, visitor: &mut Elide<'_>) {
        visitor.visit_path_mut(self);
    }
}

/// Drops lifetime parameters that nothing uses, and leaves out those that are used once, in `pieces`.
///
/// `also` is copied as it is, such as the return type.
pub(super) fn elide(generics: &mut Generics, pieces: &mut [&mut dyn Piece], also: &[&dyn Piece]) {
    let lifetimes: Vec<Lifetime> = generics
        .lifetimes()
        .map(|parameter| parameter.lifetime.clone())
        .collect();
    for lifetime in lifetimes {
        let mut uses = Uses {
            lifetime: &lifetime,
            count: 0,
            fixed: false,
        };
        for piece in also {
            piece.look(&mut uses);
        }
        uses.fixed |= uses.count > 0;
        bounds(generics, &mut uses);
        for piece in &*pieces {
            piece.look(&mut uses);
        }
        if uses.fixed || uses.count > 1 {
            continue;
        }
        for piece in &mut *pieces {
            piece.change(&mut Elide {
                lifetime: &lifetime,
            });
        }
        remove(generics, &lifetime);
    }
}

/// Bounds and where clauses need the lifetime's name.
fn bounds(generics: &Generics, uses: &mut Uses<'_>) {
    let before = uses.count;
    for parameter in &generics.params {
        match parameter {
            GenericParam::Lifetime(parameter) => {
                uses.fixed |= parameter.lifetime == *uses.lifetime && !parameter.bounds.is_empty();
                for bound in &parameter.bounds {
                    uses.visit_lifetime(bound);
                }
            }
            other => uses.visit_generic_param(other),
        }
    }
    if let Some(clause) = &generics.where_clause {
        uses.visit_where_clause(clause);
    }
    uses.fixed |= uses.count > before;
}

fn remove(generics: &mut Generics, lifetime: &Lifetime) {
    let kept = std::mem::take(&mut generics.params).into_iter().filter(
        |parameter| !matches!(parameter, GenericParam::Lifetime(parameter) if parameter.lifetime == *lifetime),
    );
    generics.params = kept.collect();
}

/// Counts the places of one lifetime.
pub(super) struct Uses<'l> {
    lifetime: &'l Lifetime,
    count: usize,
    /// Whether it stands where leaving it out would mean another thing: in `Fn(&T)`, any lifetime.
    fixed: bool,
}

impl Uses<'_> {
    fn in_signature(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = self.count;
        walk(self);
        self.fixed |= self.count > before;
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.count += usize::from(lifetime == self.lifetime);
    }

    fn visit_type_fn_ptr(&mut self, pointer: &'ast TypeFnPtr) {
        self.in_signature(|this| syn::visit::visit_type_fn_ptr(this, pointer));
    }

    fn visit_parenthesized_generic_arguments(
        &mut self,
        arguments: &'ast syn::ParenthesizedGenericArguments,
    ) {
        self.in_signature(|this| {
            syn::visit::visit_parenthesized_generic_arguments(this, arguments)
        });
    }
}

/// Leaves one lifetime out.
pub(super) struct Elide<'l> {
    lifetime: &'l Lifetime,
}

impl VisitMut for Elide<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.as_ref() == Some(self.lifetime) {
            reference.lifetime = None;
        }
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_receiver_kind_mut(&mut self, kind: &mut syn::ReceiverKind) {
        if let syn::ReceiverKind::Reference(_, lifetime, _) = kind {
            *lifetime = lifetime.take().filter(|lifetime| lifetime != self.lifetime);
        }
        syn::visit_mut::visit_receiver_kind_mut(self, kind);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime == self.lifetime {
            *lifetime = syn::parse_quote!('_);
        }
    }
}
