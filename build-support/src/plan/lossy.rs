//! Key arguments whose serialised form may leave something out: calls that differ only in that share an entry.
//!
//! The definitions of local types are read again from their text, and only of types that a key is made of: through
//! fields, aliases and type arguments. What other crates' types serialise to is not known here.

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use syn::visit::Visit;
use syn::{Expr, Type, UnOp};

use super::function::Draft;
use super::parse::Origin;
use super::unraw;
use crate::diagnostic::{Diagnostics, catalogue::hint as texts};
use crate::hash::{HashMap, HashSet};
use crate::index::names::{Def, Resolver};
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind, ModuleId};
use crate::marker::Concern;
use crate::source::{Location, SourceSet};

mod attribute;
mod definition;

/// Finds what types leave out when they are serialised.
#[derive(Debug)]
pub(super) struct Losses<'a> {
    index: &'a Index,
    sources: &'a SourceSet,
    resolver: Resolver<'a>,
    /// Hand-written impls of `Serialize`, by the type they are for.
    by_hand: OnceCell<HashMap<ItemId, ItemId>>,
    known: RefCell<HashMap<ItemId, Rc<Content>>>,
}

/// What may be left out, and where that is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Loss {
    /// "`serde(skip)` on `Filter::limit`"
    what: String,
    location: Location,
}

/// What one definition says by itself.
#[derive(Debug, Default)]
struct Content {
    loss: Option<Loss>,
    /// The local types it is made of.
    types: Vec<ItemId>,
}

impl<'a> Losses<'a> {
    pub(super) fn new(index: &'a Index, sources: &'a SourceSet) -> Self {
        Self {
            index,
            sources,
            resolver: Resolver::new(index),
            by_hand: OnceCell::new(),
            known: RefCell::default(),
        }
    }

    /// Warns of every parameter that is part of the key as a whole and may lose something.
    pub(super) fn check(
        &self,
        draft: &Draft<'_>,
        is_generic: &dyn Fn(&str) -> bool,
        diagnostics: &mut Diagnostics,
    ) {
        if draft.marker.allows(Concern::LossyKey) {
            return;
        }
        for part in key_parts(draft) {
            let found = self.of_type(part.ty, draft.marked.module, is_generic);
            if let Some(Loss { what, location }) = found {
                diagnostics.warn(texts::lossy_key(part.location, &part.name, &what, location));
            }
        }
    }

    /// The first thing that a value of the type may lose, nearest definitions first.
    fn of_type(
        &self,
        ty: &Type,
        module: ModuleId,
        is_generic: &dyn Fn(&str) -> bool,
    ) -> Option<Loss> {
        let mut waiting: VecDeque<ItemId> = self.types_in(ty, module, is_generic).into();
        let mut seen = HashSet::default();
        while let Some(item) = waiting.pop_front() {
            if seen.insert(item) {
                let content = self.content(item);
                if content.loss.is_some() {
                    return content.loss.clone();
                }
                waiting.extend(&content.types);
            }
        }
        None
    }

    fn content(&self, item: ItemId) -> Rc<Content> {
        if let Some(known) = self.known.borrow().get(&item) {
            return Rc::clone(known);
        }
        let content = Rc::new(self.read(item));
        self.known.borrow_mut().insert(item, Rc::clone(&content));
        content
    }

    fn read(&self, id: ItemId) -> Content {
        let item = self.index.item(id);
        if let Some(implementation) = self.by_hand().get(&id) {
            let what = format!(
                "the hand-written `impl Serialize for {}`",
                self.index.name(id)
            );
            let location = self.index.item(*implementation).location;
            return Content {
                loss: Some(Loss { what, location }),
                types: Vec::new(),
            };
        }
        if let Some(alias) = item.alias {
            let ty = syn::parse_str(self.sources.text(alias));
            // A parameter of an alias that is called like a type is as rare as it is harmless here.
            let types = ty.map(|ty| self.types_in(&ty, item.module, &|_| false));
            return Content {
                loss: None,
                types: types.unwrap_or_default(),
            };
        }
        let Ok(parsed) = syn::parse_str(self.sources.text(item.extent)) else {
            return Content::default();
        };
        let definition = definition::read(&parsed, Origin::Exact(item.extent));
        let is_generic = |name: &str| definition.parameters.iter().any(|known| known == name);
        Content {
            types: definition
                .types
                .iter()
                .flat_map(|ty| self.types_in(ty, item.module, &is_generic))
                .collect(),
            loss: definition.loss,
        }
    }

    /// The local types a type is spelled with, but for those that hold no data.
    fn types_in(
        &self,
        ty: &Type,
        module: ModuleId,
        is_generic: &dyn Fn(&str) -> bool,
    ) -> Vec<ItemId> {
        let mut search = Search {
            losses: self,
            module,
            is_generic,
            found: Vec::new(),
        };
        search.visit_type(ty);
        search.found
    }

    /// The local types a path may name.
    fn named(&self, path: &syn::Path, module: ModuleId) -> Vec<ItemId> {
        let leading = path.leading_colon.map(|_| String::new());
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        let symbols: Option<Vec<Symbol>> = leading
            .into_iter()
            .chain(names)
            .map(|name| self.index.symbols.find(unraw(&name)))
            .collect();
        // A name that occurs nowhere else in the sources is no type of theirs.
        symbols.map_or_else(Vec::new, |path| self.resolved(&path, module))
    }

    fn resolved(&self, path: &[Symbol], module: ModuleId) -> Vec<ItemId> {
        let krate = self.index.module(module).krate;
        let found = self.resolver.resolve(module, path, krate);
        let types = found.defs.iter().filter_map(|def| match def {
            Def::Item(item) => Some(*item),
            _ => None,
        });
        types
            .filter(|item| {
                matches!(
                    self.index.item(*item).kind,
                    ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::TypeAlias
                )
            })
            .collect()
    }

    fn by_hand(&self) -> &HashMap<ItemId, ItemId> {
        self.by_hand.get_or_init(|| {
            let mut by_hand = HashMap::default();
            for (number, item) in (0..).zip(&self.index.items) {
                let header = item.implementation.as_ref();
                if let Some(header) = header.filter(|_| !item.left_out)
                    && let (Some(implements), Some(path)) =
                        (&header.trait_path, header.self_type.path())
                    && self.is_serialize(implements, item.module)
                {
                    let types = self.resolved(path, item.module);
                    by_hand.extend(types.into_iter().map(|ty| (ty, ItemId(number))));
                }
            }
            by_hand
        })
    }

    /// Whether a path names serde's trait; other crates have traits of that name.
    fn is_serialize(&self, path: &[Symbol], module: ModuleId) -> bool {
        let is_named = path
            .last()
            .is_some_and(|last| self.index.text(*last) == "Serialize");
        let krate = self.index.module(module).krate;
        let is_serde = |def: &Def| match def {
            Def::External(path) => path
                .iter()
                .any(|segment| matches!(self.index.text(*segment), "serde" | "serde_core")),
            _ => false,
        };
        is_named
            && self
                .resolver
                .resolve(module, path, krate)
                .defs
                .iter()
                .any(is_serde)
    }
}

/// Looks for local types in the spelling of a type.
struct Search<'s, 'a> {
    losses: &'s Losses<'a>,
    module: ModuleId,
    is_generic: &'s dyn Fn(&str) -> bool,
    found: Vec<ItemId>,
}

impl<'ast> Visit<'ast> for Search<'_, '_> {
    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        let is_parameter = path
            .path
            .segments
            .first()
            .is_some_and(|head| (self.is_generic)(&head.ident.to_string()));
        // What an associated type is, nothing here tells.
        if path.qself.is_some() || is_parameter || is_phantom(&path.path) {
            return;
        }
        self.found
            .extend(self.losses.named(&path.path, self.module));
        syn::visit::visit_type_path(self, path);
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
}

/// `PhantomData<…>`, which holds no data.
fn is_phantom(path: &syn::Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "PhantomData")
}

/// A parameter that is part of the key as a whole.
struct KeyPart<'d> {
    name: String,
    ty: &'d Type,
    location: Location,
}

fn key_parts<'d>(draft: &'d Draft<'_>) -> Vec<KeyPart<'d>> {
    let Some(expressions) = &draft.choice.expressions else {
        let arguments = draft.arguments.list.iter().zip(&draft.choice.arguments);
        let chosen = arguments.filter(|(_, is_chosen)| **is_chosen);
        return chosen.map(|(argument, _)| argument.into()).collect();
    };
    let parameters = expressions.iter().filter_map(|(expression, origin)| {
        let name = parameter(expression)?;
        if let (Some(header), "self") = (&draft.parsed.header, &*name) {
            return Some(KeyPart {
                name,
                ty: &header.self_type,
                location: origin.of_tokens(expression),
            });
        }
        // What a pattern binds is a part of the parameter, of a type that is not spelled here.
        let is_it = |argument: &&super::parameter::Argument| {
            argument.pattern.is_none() && argument.bindings == [name.as_str()]
        };
        draft.arguments.list.iter().find(is_it).map(KeyPart::from)
    });
    parameters.collect()
}

impl<'d> From<&'d super::parameter::Argument> for KeyPart<'d> {
    fn from(argument: &'d super::parameter::Argument) -> Self {
        Self {
            name: argument.bindings.first().unwrap_or(&argument.name).clone(),
            ty: &argument.ty,
            location: argument.location,
        }
    }
}

/// The name a key expression consists of, references apart.
fn parameter(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Paren(paren) => parameter(&paren.expr),
        Expr::Group(group) => parameter(&group.expr),
        Expr::Reference(reference) => parameter(&reference.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => parameter(&unary.expr),
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
