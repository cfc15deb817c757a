//! Attributes and visibilities.

use proc_macro2::TokenStream;
use quote::quote;

use crate::plan::Visibility;
use crate::plan::name::ident;

/// `#[cfg(…)]` for each predicate.
pub(super) fn cfgs(predicates: &[String]) -> TokenStream {
    let predicates = predicates.iter().map(|predicate| -> TokenStream {
        predicate
            .parse()
            .expect("a predicate that was read from source tokens is tokens")
    });
    quote!(#(#[cfg(#predicates)])*)
}

/// Documentation, one attribute for each line.
pub(super) fn docs<'a>(lines: impl IntoIterator<Item = &'a str>) -> TokenStream {
    let lines = lines.into_iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// As it is written before an item.
pub(super) fn visibility(visibility: &Visibility) -> TokenStream {
    match visibility {
        Visibility::Private => TokenStream::new(),
        Visibility::Crate => quote!(pub(crate)),
        Visibility::Public => quote!(pub),
        Visibility::In(path) => {
            let path = path.iter().map(|segment| ident(segment));
            quote!(pub(in crate::#(#path)::*))
        }
    }
}
