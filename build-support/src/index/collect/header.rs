//! What impls and modules say in their heads.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, ItemImpl, LitStr, Meta, Path, PathArguments, Token, Type};

use crate::index::facts::{ImplFacts, StaticFacts};
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
        trait_path: trait_path.map(|path| segments(symbols, path)),
        self_path: self_path(&item.self_ty).map(|path| segments(symbols, path)),
        parameters,
        header_paths,
    }
}

/// A static's type as paths.
pub(crate) fn of_static(item: &syn::ItemStatic, symbols: &mut Interner) -> StaticFacts {
    let mut paths = Paths {
        symbols,
        found: Vec::new(),
    };
    paths.visit_type(&item.ty);
    StaticFacts {
        mutable: matches!(item.mutability, syn::StaticMutability::Mut(_)),
        types: paths.found,
    }
}

/// What `#[no_mangle]`, `#[export_name = "…"]` or `#[link_name = "…"]` make of an item's name for the linker:
/// the text, or an empty one for the item's own name.
pub(crate) fn link_name(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| link_name_of(&attribute.meta))
}

fn link_name_of(meta: &Meta) -> Option<String> {
    match meta {
        Meta::Path(path) => path.is_ident("no_mangle").then(String::new),
        Meta::NameValue(pair) => {
            // Documentation is by far the most of these, and its text is long.
            let names = pair.path.is_ident("export_name") || pair.path.is_ident("link_name");
            names.then(|| text_of(&pair.value))?
        }
        // `#[unsafe(no_mangle)]`, `#[cfg_attr(predicate, no_mangle)]`
        Meta::List(_) => inner(meta).iter().find_map(link_name_of),
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

/// The path a self type is known by, behind references and parentheses.
fn self_path(ty: &Type) -> Option<&Path> {
    match ty {
        Type::Path(path) if path.qself.is_none() => Some(&path.path),
        Type::Paren(paren) => self_path(&paren.elem),
        Type::Group(group) => self_path(&group.elem),
        Type::Reference(reference) => self_path(&reference.elem),
        _ => None,
    }
}

struct Paths<'s> {
    symbols: &'s mut Interner,
    found: Vec<Vec<Symbol>>,
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        let segments = segments(self.symbols, path);
        self.found.push(segments);
        visit::visit_path(self, path);
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
