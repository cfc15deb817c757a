//! What impls and modules say in their heads.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, GenericArgument, ItemImpl, LitStr, Meta, Path, PathArguments, Token, Type};

use crate::index::facts::{ImplFacts, SelfType, Signatures, StaticFacts};
use crate::index::symbol::{Interner, Symbol};

/// The header of an impl as paths.
pub(crate) fn of(item: &ItemImpl, symbols: &mut Interner) -> ImplFacts {
    let mut paths = Paths {
        symbols,
        found: Vec::new(),
    };
    paths.visit_type(&item.self_ty);
    let trait_path = item.trait_.as_ref().map(|(path, _)| path);
    if let Some(path) = trait_path {
        // The trait's own name is no type of the header; its arguments are.
        path.segments
            .iter()
            .for_each(|segment| paths.visit_path_arguments(&segment.arguments));
    }
    let header_paths = paths.found;
    let parameters = item
        .generics
        .type_params()
        .map(|parameter| symbol(symbols, &parameter.ident))
        .collect();
    ImplFacts {
        trait_has_arguments: trait_path
            .and_then(|path| path.segments.last())
            .is_some_and(|last| !matches!(last.arguments, PathArguments::None)),
        argument: trait_path.and_then(|path| argument(path, symbols)),
        is_plain: is_plain(&item.self_ty),
        trait_path: trait_path.map(|path| segments(symbols, path)),
        self_type: self_type(&item.self_ty, symbols),
        parameters,
        header_paths,
    }
}

/// A static's type as paths.
pub(crate) fn of_static(item: &syn::ItemStatic, symbols: &mut Interner) -> StaticFacts {
    let mut inspect = Inspect::new(symbols);
    inspect.visit_type(&item.ty);
    StaticFacts {
        mutable: matches!(item.mutability, syn::StaticMutability::Mut(_)),
        types: inspect.paths.found,
    }
}

/// Looks at what values of a type hold: not at what the function pointers in them are given.
pub(super) struct Inspect<'s, 'ast> {
    paths: Paths<'s>,
    pointers: Vec<&'ast syn::TypeFnPtr>,
}

impl<'s, 'ast> Inspect<'s, 'ast> {
    pub(super) const fn new(symbols: &'s mut Interner) -> Self {
        let paths = Paths {
            symbols,
            found: Vec::new(),
        };
        Self {
            paths,
            pointers: Vec::new(),
        }
    }

    /// What was only named in function pointers.
    pub(super) fn signatures(mut self) -> Signatures {
        if self.pointers.is_empty() {
            return Signatures::default();
        }
        let held = std::mem::take(&mut self.paths.found);
        for pointer in self.pointers {
            visit::visit_type_fn_ptr(&mut self.paths, pointer);
        }
        let mut named = self.paths.found;
        named.retain(|path| !held.contains(path));
        named.sort_unstable();
        named.dedup();
        Signatures(named)
    }
}

impl<'ast> Visit<'ast> for Inspect<'_, 'ast> {
    fn visit_path(&mut self, path: &'ast Path) {
        self.paths.note(path);
        visit::visit_path(self, path);
    }

    fn visit_type_ptr(&mut self, pointer: &'ast syn::TypePtr) {
        self.paths.note_pointer(pointer);
        visit::visit_type_ptr(self, pointer);
    }

    fn visit_type_fn_ptr(&mut self, pointer: &'ast syn::TypeFnPtr) {
        self.pointers.push(pointer);
    }
}

/// The name of an item for the linker where that is known to the compiler alone.
pub(crate) const ANY_LINK_NAME: &str = "*";

/// What `#[no_mangle]`, `#[export_name = "…"]` or `#[link_name = "…"]` make of an item's name for the linker:
/// the text, or an empty one for the item's own name.
pub(crate) fn link_name(attributes: &[Attribute]) -> Option<String> {
    let metas = attributes.iter().map(|attribute| &attribute.meta);
    let mut names = metas.flat_map(link_names);
    let first = names.next()?;
    let is_other = |name: String| name != first;
    Some(if names.any(is_other) {
        ANY_LINK_NAME.to_owned()
    } else {
        first
    })
}

fn link_names(meta: &Meta) -> Vec<String> {
    match meta {
        Meta::Path(path) if path.is_ident("no_mangle") => vec![String::new()],
        Meta::Path(_) => Vec::new(),
        Meta::NameValue(pair) => {
            // Documentation is by far the most of these, and its text is long.
            let names = pair.path.is_ident("export_name") || pair.path.is_ident("link_name");
            let text = || text_of(&pair.value).unwrap_or_else(|| ANY_LINK_NAME.to_owned());
            names.then(text).into_iter().collect()
        }
        // `#[unsafe(no_mangle)]`, `#[cfg_attr(predicate, no_mangle)]`
        Meta::List(_) => inner(meta).iter().flat_map(link_names).collect(),
    }
}

/// Whether `#[link_section = "…"]` puts an item where code finds it by the place alone.
pub(crate) fn is_placed(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| names_section(&attribute.meta))
}

fn names_section(meta: &Meta) -> bool {
    meta.path().is_ident("link_section") || inner(meta).iter().any(names_section)
}

/// What stands in `#[unsafe(…)]` and `#[cfg_attr(predicate, …)]`.
fn inner(meta: &Meta) -> Vec<Meta> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    let wraps = list.path.is_ident("unsafe") || list.path.is_ident("cfg_attr");
    let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
    let parsed = wraps.then(|| list.parse_args_with(parse).ok()).flatten();
    parsed.into_iter().flatten().collect()
}

fn text_of(value: &syn::Expr) -> Option<String> {
    match value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

fn self_type(ty: &Type, symbols: &mut Interner) -> SelfType {
    match ty {
        Type::Path(path) if path.qself.is_none() => SelfType::Path(segments(symbols, &path.path)),
        Type::Paren(paren) => self_type(&paren.elem, symbols),
        Type::Group(group) => self_type(&group.elem, symbols),
        Type::Reference(reference) => match self_type(&reference.elem, symbols) {
            SelfType::Path(path) => SelfType::Referenced(path),
            other => other,
        },
        Type::Array(_)
        | Type::FnPtr(_)
        | Type::Never(_)
        | Type::Ptr(_)
        | Type::Slice(_)
        | Type::TraitObject(_)
        | Type::Tuple(_) => SelfType::Nameless,
        _ => SelfType::Unknown,
    }
}

/// A trait's only argument, from the outside to the inside.
fn argument(path: &Path, symbols: &mut Interner) -> Option<Vec<Vec<Symbol>>> {
    let [only] = types_of(path)?[..] else {
        return None;
    };
    let mut parts = Vec::new();
    push_parts(only, &mut parts, symbols);
    Some(parts)
}

fn push_parts(ty: &Type, parts: &mut Vec<Vec<Symbol>>, symbols: &mut Interner) {
    let (part, inside) = match ty {
        Type::Paren(paren) => return push_parts(&paren.elem, parts, symbols),
        Type::Group(group) => return push_parts(&group.elem, parts, symbols),
        Type::Reference(reference) => {
            let sign = if reference.mutability.is_some() {
                "&mut"
            } else {
                "&"
            };
            (vec![symbols.intern(sign)], Some(&*reference.elem))
        }
        Type::Path(path) if path.qself.is_none() => match types_of(&path.path).as_deref() {
            Some([]) => (segments(symbols, &path.path), None),
            Some([only]) => (segments(symbols, &path.path), Some(*only)),
            _ => (Vec::new(), None),
        },
        _ => (Vec::new(), None),
    };
    parts.push(part);
    if let Some(inside) = inside {
        push_parts(inside, parts, symbols);
    }
}

/// The types among the arguments of a path; `None` if anything else is, but for lifetimes.
fn types_of(path: &Path) -> Option<Vec<&Type>> {
    let arguments = path.segments.iter().map(|segment| &segment.arguments);
    let mut types = Vec::new();
    for arguments in arguments {
        match arguments {
            PathArguments::None => {}
            PathArguments::AngleBracketed(list) => {
                for argument in &list.args {
                    match argument {
                        GenericArgument::Lifetime(_) => {}
                        GenericArgument::Type(ty) => types.push(ty),
                        _ => return None,
                    }
                }
            }
            PathArguments::Parenthesized(_) => return None,
        }
    }
    Some(types)
}

fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            types_of(&path.path).is_some_and(|types| types.is_empty())
        }
        _ => false,
    }
}

struct Paths<'s> {
    symbols: &'s mut Interner,
    found: Vec<Vec<Symbol>>,
}

impl Paths<'_> {
    fn note(&mut self, path: &Path) {
        let segments = segments(self.symbols, path);
        self.found.push(segments);
    }

    fn note_pointer(&mut self, pointer: &syn::TypePtr) {
        if matches!(pointer.mutability, syn::PointerMutability::Mut(_)) {
            self.found.push(vec![self.symbols.intern("*mut")]);
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        self.note(path);
        visit::visit_path(self, path);
    }

    fn visit_type_ptr(&mut self, pointer: &'ast syn::TypePtr) {
        self.note_pointer(pointer);
        visit::visit_type_ptr(self, pointer);
    }
}

/// The names of a path, with the empty one first for a leading `::`.
pub(crate) fn segments(symbols: &mut Interner, path: &Path) -> Vec<Symbol> {
    let leading = path.leading_colon.map(|_| symbols.intern(""));
    let names: Vec<Symbol> = path
        .segments
        .iter()
        .map(|segment| symbol(symbols, &segment.ident))
        .collect();
    leading.into_iter().chain(names).collect()
}

fn symbol(symbols: &mut Interner, ident: &syn::Ident) -> Symbol {
    let text = ident.to_string();
    symbols.intern(text.strip_prefix("r#").unwrap_or(&text))
}

/// `#[path = "…"]`.
pub(crate) fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| path_value(&attribute.meta))
}

fn path_value(meta: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = meta else {
        return None;
    };
    pair.path.is_ident("path").then(|| text_of(&pair.value))?
}

/// `#[cfg_attr(predicate, path = "…")]`: predicate text and path.
pub(crate) fn conditional_paths(
    attributes: &[Attribute],
    text: impl Fn(Span, Span) -> String,
) -> Vec<(String, String)> {
    let conditional = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg_attr"));
    conditional
        .filter_map(|attribute| {
            let Meta::List(list) = &attribute.meta else {
                return None;
            };
            let parts = attribute.parse_args_with(conditional_path).ok().flatten()?;
            let whole = text(list.delimiter.span().open(), list.delimiter.span().close());
            Some((predicate_text(&whole).to_owned(), parts.value()))
        })
        .collect()
}

fn conditional_path(input: syn::parse::ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    input.parse::<crate::source::cfg::Predicate>()?;
    input.parse::<Token![,]>()?;
    let metas = syn::punctuated::Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
    let path = metas.iter().find(|meta| meta.path().is_ident("path"));
    Ok(path.and_then(|meta| match meta {
        Meta::NameValue(syn::MetaNameValue {
            value:
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(path),
                    ..
                }),
            ..
        }) => Some(path.clone()),
        _ => None,
    }))
}

/// The part of `cfg_attr`'s arguments before the first comma outside parentheses and strings.
fn predicate_text(arguments: &str) -> &str {
    let mut depth = 0i32;
    let mut quoted = false;
    for (at, byte) in arguments.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            b',' if !quoted && depth == 0 => return arguments[..at].trim(),
            _ => {}
        }
    }
    arguments.trim()
}
