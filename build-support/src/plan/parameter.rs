//! The parameters of a function: how the wrapper calls them, and whether they can be part of a key.

use std::collections::BTreeSet;

use syn::visit::Visit;
use syn::{Attribute, FnArg, Pat, Receiver, Signature, Type, TypeParamBound, TypeReference};

use super::parse::Origin;
use super::pattern;
use crate::source::Location;

/// A function's parameters.
#[derive(Clone)]
pub(super) struct Arguments {
    pub(super) receiver: Option<Receiver>,
    pub(super) list: Vec<Argument>,
}

/// One parameter that is not the receiver.
#[derive(Clone)]
pub(super) struct Argument {
    /// What the wrapper calls it.
    pub(super) name: String,
    pub(super) ty: Type,
    /// Set where the function takes it apart: the pattern, binding by reference.
    pub(super) pattern: Option<Pat>,
    /// The names it has in the function.
    pub(super) bindings: Vec<String>,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) location: Location,
}

/// What keeps a parameter from being part of a key, as far as its spelling tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// `impl Trait` without `Serialize`.
    Opaque,
    /// `dyn Trait`.
    Dynamic,
    /// `&mut`.
    Mutable,
}

impl Arguments {
    /// Reads the parameters; `mentioned` are names that key expressions use.
    pub(super) fn of(
        signature: &Signature,
        origin: Origin,
        mentioned: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut arguments = Self {
            receiver: None,
            list: Vec::new(),
        };
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for input in &signature.inputs {
            if let FnArg::Typed(typed) = input {
                taken.extend(pattern::bindings(&typed.pat));
            }
        }
        for (position, input) in signature.inputs.iter().enumerate() {
            match input {
                FnArg::Receiver(receiver) => arguments.receiver = Some(plain_receiver(receiver)),
                FnArg::Typed(typed) => {
                    let by_reference = pattern::by_reference((*typed.pat).clone());
                    let bindings = pattern::bindings(&by_reference);
                    let name = name(
                        &by_reference,
                        &bindings,
                        &mut taken,
                        position + 1,
                        mentioned,
                    );
                    let is_plain = matches!(&by_reference, Pat::Ident(ident) if ident.subpat.is_none() && !bindings.is_empty());
                    arguments.list.push(Argument {
                        name,
                        ty: (*typed.ty).clone(),
                        pattern: (!is_plain).then_some(by_reference),
                        bindings,
                        cfgs: typed
                            .attrs
                            .iter()
                            .filter(|attribute| attribute.path().is_ident("cfg"))
                            .cloned()
                            .collect(),
                        location: origin.of_tokens(&typed.pat),
                    });
                }
            }
        }
        arguments
    }

    /// All names a marker can use, `self` included.
    pub(super) fn names(&self) -> Vec<String> {
        let receiver = self.receiver.iter().map(|_| "self".to_owned());
        receiver
            .chain(
                self.list
                    .iter()
                    .flat_map(|argument| argument.bindings.iter().cloned()),
            )
            .collect()
    }
}

/// `mut self` is `self` to callers.
fn plain_receiver(receiver: &Receiver) -> Receiver {
    Receiver {
        attrs: Vec::new(),
        mutability: None,
        ..receiver.clone()
    }
}

/// The name of a parameter in the wrapper: its own, the only binding of its pattern, or its position.
///
/// A leading underscore says "unused", which it is not in the wrapper: it goes, unless the marker uses the name.
fn name(
    pattern: &Pat,
    bindings: &[String],
    taken: &mut BTreeSet<String>,
    position: usize,
    mentioned: &dyn Fn(&str) -> bool,
) -> String {
    let own = match (pattern, bindings) {
        (Pat::Ident(_), [first, ..]) => Some(first),
        (_, [only]) => Some(only),
        _ => None,
    };
    if let Some(own) = own {
        let trimmed = own.trim_start_matches('_');
        if trimmed == own || mentioned(own) {
            return own.clone();
        }
        let is_name = trimmed.starts_with(char::is_alphabetic)
            && syn::parse_str::<syn::Ident>(trimmed).is_ok();
        if is_name && taken.insert(trimmed.to_owned()) {
            return trimmed.to_owned();
        }
    }
    let mut name = format!("argument_{position}");
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}

/// What about a type keeps it out of a key.
pub(super) fn obstacle(ty: &Type) -> Option<Obstacle> {
    struct Search(Option<Obstacle>);
    impl<'ast> Visit<'ast> for Search {
        fn visit_type(&mut self, ty: &'ast Type) {
            match ty {
                Type::ImplTrait(opaque) if !opaque.bounds.iter().any(is_serialize) => {
                    self.0.get_or_insert(Obstacle::Opaque);
                }
                Type::TraitObject(_) => {
                    self.0.get_or_insert(Obstacle::Dynamic);
                }
                // What a function pointer takes is not part of the argument.
                Type::FnPtr(_) => {}
                _ => syn::visit::visit_type(self, ty),
            }
        }

        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if reference.mutability.is_some() {
                self.0.get_or_insert(Obstacle::Mutable);
            }
            syn::visit::visit_type_reference(self, reference);
        }
    }
    let mut search = Search(None);
    search.visit_type(ty);
    search.0
}

/// `Serialize`, wherever it is imported from.
fn is_serialize(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| last.ident == "Serialize"))
}

/// How many references a type is spelled with.
pub(super) fn references(ty: &Type) -> usize {
    match ty {
        Type::Reference(reference) => 1 + references(&reference.elem),
        Type::Paren(paren) => references(&paren.elem),
        Type::Group(group) => references(&group.elem),
        _ => 0,
    }
}
