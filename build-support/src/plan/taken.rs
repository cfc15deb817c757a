//! Names of wrappers that something else has.
//!
//! Rust would not always say so: an inherent method silently takes the place of a trait's method of its name.

use std::collections::BTreeMap;

use super::Plan;
use crate::diagnostic::{Diagnostics, catalogue::shape as texts};
use crate::index::{Index, ItemId, ItemKind};
use crate::source::Location;

/// Methods with wrappers, as they were planned.
#[derive(Debug, Default)]
pub(super) struct Methods {
    known: Vec<Method>,
}

/// One method with wrappers.
#[derive(Clone, Debug)]
pub(super) struct Method {
    /// The type, or its item where that is known.
    pub(super) item: Option<ItemId>,
    /// The type as the impl spells it.
    pub(super) self_type: String,
    pub(super) is_of_trait: bool,
    /// Whether attributes decide which of two exists.
    pub(super) is_conditional: bool,
    pub(super) name: String,
    pub(super) location: Location,
}

impl Methods {
    /// Reports what stands against the helpers of a method.
    pub(super) fn add(&mut self, index: &Index, method: Method, diagnostics: &mut Diagnostics) {
        for helper in Plan::helper_names(&method.name) {
            if let Some((other, what)) = existing(index, &method, &helper) {
                diagnostics.push(texts::name_taken(
                    method.location,
                    &method.name,
                    &helper,
                    other,
                    what,
                ));
            }
        }
        if let Some(other) = self.known.iter().find(|other| clash(other, &method)) {
            let helper = format!("cached_{}", method.name);
            let problem = texts::name_taken(
                method.location,
                &method.name,
                &helper,
                other.location,
                "this method's wrapper has it",
            );
            diagnostics.push(problem);
        }
        self.known.push(method);
    }
}

/// Whether the wrappers of two methods would be methods of one type and one name.
fn clash(left: &Method, right: &Method) -> bool {
    let one_name = left.name == right.name && left.item.is_some() && left.item == right.item;
    // Impls for different arguments of one type don't overlap, unless a trait's generics moved to the method.
    let one_type = left.self_type == right.self_type || left.is_of_trait || right.is_of_trait;
    one_name && one_type && !(left.is_conditional && right.is_conditional)
}

/// A member of the type, or of any trait that is indexed, with this name.
fn existing(index: &Index, method: &Method, helper: &str) -> Option<(Location, &'static str)> {
    let name = index.symbols.find(helper)?;
    for item in index.items.iter().filter(|item| item.name == Some(name)) {
        match item.kind {
            ItemKind::TraitMember(_) => return Some((item.location, "a trait has it here")),
            ItemKind::ImplMember(_)
                if method.item.is_some() && self_item(index, item.owner?) == method.item =>
            {
                return Some((item.location, "the type has it here"));
            }
            _ => {}
        }
    }
    None
}

/// The type an impl is for.
pub(super) fn self_item(index: &Index, implementation: ItemId) -> Option<ItemId> {
    let item = index.item(implementation);
    let path = item.implementation.as_ref()?.self_type.path()?;
    let path: Vec<&str> = path.iter().map(|segment| index.text(*segment)).collect();
    index
        .resolve(item.module, &path)
        .into_iter()
        .find_map(|def| match def {
            crate::index::names::Def::Item(item) => Some(item),
            _ => None,
        })
}

/// Reports functions of one module whose helpers have one name: constants forget about capitals.
pub(super) fn check_module(names: &[(String, Location)], diagnostics: &mut Diagnostics) {
    let mut helpers: BTreeMap<String, &(String, Location)> = BTreeMap::new();
    for function in names {
        for helper in Plan::helper_names(&function.0) {
            match helpers.get(&helper) {
                Some(other) if other.0 != function.0 => {
                    let problem = texts::name_taken(
                        function.1,
                        &function.0,
                        &helper,
                        other.1,
                        "this function's wrapper has it",
                    );
                    diagnostics.push(problem);
                }
                Some(_) => {}
                None => {
                    helpers.insert(helper, function);
                }
            }
        }
    }
}
