//! Which functions no wrapper can be made for.

use syn::visit::Visit;
use syn::{Lifetime, ReturnType, Safety, Type, TypeReference};

use super::parse::{Origin, Parsed};
use crate::diagnostic::{Diagnostic, Diagnostics, catalogue::shape as texts};
use crate::index::{Marked, Owner, Place};

/// Reports what about a function stands against a wrapper, its parameters apart.
pub(super) fn check(marked: &Marked, parsed: &Parsed, diagnostics: &mut Diagnostics) {
    let name = parsed.signature.ident.to_string();
    let place = parsed.origin.of(parsed.signature.ident.span());
    match marked.place {
        Place::Ordinary => {}
        Place::Test => diagnostics.push(texts::test_only(place, &name)),
        Place::Body => diagnostics.push(texts::in_body(place, &name)),
    }
    if marked.owner == Owner::TraitDefault {
        diagnostics.push(texts::trait_default(place, &name));
    }
    let signature = &parsed.signature;
    if let Safety::Unsafe(token) = &signature.safety {
        diagnostics.push(texts::unsafe_function(parsed.origin.of(token.span), &name));
    }
    if let Some(abi) = &signature.abi {
        diagnostics.push(texts::extern_function(parsed.origin.of_tokens(abi), &name));
    }
    if let Some(variadic) = &signature.variadic {
        diagnostics.push(texts::variadic(parsed.origin.of_tokens(variadic), &name));
    }
    if let ReturnType::Type(_, ty) = &signature.output {
        check_return(ty, &name, parsed, diagnostics);
    }
}

/// Reports a return type that no wrapper can have. An error is not stored, but it may be handed to another caller.
fn check_return(ty: &Type, name: &str, parsed: &Parsed, diagnostics: &mut Diagnostics) {
    let mut search = ReturnSearch {
        name,
        origin: parsed.origin,
        problem: None,
    };
    search.visit_type(ty);
    if let Some(problem) = search.problem {
        diagnostics.push(problem);
    }
}

/// Looks for the first thing in a type that has no storable value.
struct ReturnSearch<'a> {
    name: &'a str,
    origin: Origin,
    problem: Option<Diagnostic>,
}

impl ReturnSearch<'_> {
    fn report(
        &mut self,
        problem: impl FnOnce(crate::source::Location, &str) -> Diagnostic,
        tokens: &impl quote::ToTokens,
    ) {
        if self.problem.is_none() {
            self.problem = Some(problem(self.origin.of_tokens(tokens), self.name));
        }
    }
}

impl<'ast> Visit<'ast> for ReturnSearch<'_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        match ty {
            Type::ImplTrait(_) => self.report(texts::opaque_return, ty),
            Type::Never(_) => self.report(texts::never_returns, ty),
            // What a function pointer takes and returns is not part of the value.
            Type::FnPtr(_) => {}
            _ => syn::visit::visit_type(self, ty),
        }
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        match &reference.lifetime {
            Some(lifetime) if lifetime.ident == "static" => {
                syn::visit::visit_type_reference(self, reference)
            }
            _ => self.report(texts::borrowed_return, reference),
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.report(texts::borrowed_return, lifetime);
        }
    }

    fn visit_parenthesized_generic_arguments(
        &mut self,
        _: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
}
