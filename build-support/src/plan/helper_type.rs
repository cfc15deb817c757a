//! The type of a helper's parameter: that of the function's own, as far as it can be named anywhere.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{PathArguments, Type};

use super::name::ident;
use super::names::Names;
use super::{Binding, ImportPlan};
use crate::index::names::Meaning;

/// The type, spelled absolutely; `None` where that can't be told.
pub(super) fn absolute(names: &Names<'_>, ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Paren(paren) => absolute(names, &paren.elem),
        Type::Group(group) => absolute(names, &group.elem),
        Type::Reference(reference) if reference.mutability.is_none() => {
            let target = absolute(names, &reference.elem)?;
            // Numbers are passed as they are, and one reference is enough.
            let is_enough =
                is_primitive(names, innermost(&reference.elem)) || is_reference(&target);
            Some(if is_enough { target } else { quote!(&#target) })
        }
        Type::Path(path) if path.qself.is_none() && path.path.leading_colon.is_none() => {
            let last = path.path.segments.last()?;
            let is_single = path.path.segments.len() == 1;
            if !is_single || !matches!(last.arguments, PathArguments::None) {
                return None;
            }
            named(names, &last.ident.to_string())
        }
        _ => None,
    }
}

fn named(names: &Names<'_>, name: &str) -> Option<TokenStream> {
    let sources = names.sources();
    let imports = match names.index.meaning(names.module, name) {
        Meaning::Prelude if matches!(name, "str" | "String") => return Some(quote!(&str)),
        Meaning::Prelude if PRIMITIVES.contains(&name) => {
            let name = ident(name);
            return Some(quote!(#name));
        }
        Meaning::Items(items) => sources.items(&items, name).ok()?,
        Meaning::Imports(imports) => sources.leaves(&imports, name).ok()?,
        _ => return None,
    };
    match imports.as_slice() {
        [
            ImportPlan {
                path,
                binding: Binding::Name(_),
                cfgs,
            },
        ] if cfgs.is_empty() => {
            let leading = path.first()?.is_empty().then(|| quote!(::));
            let segments = path.iter().filter(|segment| !segment.is_empty());
            let segments = segments.map(|segment| ident(segment));
            Some(quote!(#leading #(#segments)::*))
        }
        _ => None,
    }
}

/// Those that can be shown.
const PRIMITIVES: [&str; 16] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

fn is_primitive(names: &Names<'_>, ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let name = path.path.get_ident().map(ToString::to_string);
    name.is_some_and(|name| {
        PRIMITIVES.contains(&&*name) && names.index.meaning(names.module, &name) == Meaning::Prelude
    })
}

fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => innermost(&reference.elem),
        Type::Paren(paren) => innermost(&paren.elem),
        Type::Group(group) => innermost(&group.elem),
        _ => ty,
    }
}

fn is_reference(ty: &TokenStream) -> bool {
    ty.to_token_stream()
        .into_iter()
        .next()
        .is_some_and(|token| token.to_string() == "&")
}
