//! The module of functions that spell tags.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::attribute;
use crate::plan::helper::{HelperParameter, HelperPlan, HelpersPlan};
use crate::plan::name::ident;

/// The module, if there are any.
pub(super) fn module(plan: Option<&HelpersPlan>) -> TokenStream {
    let Some(plan) = plan else {
        return TokenStream::new();
    };
    let visibility = attribute::visibility(&plan.visibility);
    let name = ident(&plan.name);
    let helpers = plan.helpers.iter().map(helper);
    quote! {
        /// Tags of the marked functions, for invalidating entries that have something in common.
        #visibility mod #name {
            use super::__selfsame;
            #(#helpers)*
        }
    }
}

fn helper(plan: &HelperPlan) -> TokenStream {
    let functions: Vec<String> = plan
        .functions
        .iter()
        .map(|function| format!("- `{function}`"))
        .collect();
    let head = format!(
        "The tag `{}`, which entries of these functions carry:",
        plan.template
    );
    let docs = [head.as_str(), ""]
        .into_iter()
        .chain(functions.iter().map(String::as_str));
    let docs = attribute::docs(docs);
    let visibility = attribute::visibility(&plan.visibility);
    let name = ident(&plan.name);
    let lints = lints(&plan.parameters);
    let parameters = plan.parameters.iter().map(|parameter| {
        let (name, ty) = (parameter.ident(), ty(parameter));
        quote!(#name: #ty)
    });
    let format = &plan.format;
    quote! {
        #docs
        #[must_use]
        #lints
        #visibility fn #name(#(#parameters),*) -> __selfsame::Tag {
            __selfsame::tag(__selfsame::core::format_args!(#format))
        }
    }
}

/// A value is taken as the functions take it, whatever would do for showing it.
fn lints(parameters: &[HelperParameter]) -> TokenStream {
    let is_of_its_own = |parameter: &HelperParameter| match &parameter.ty {
        Some(ty) => ty.to_string().contains("::"),
        None => true,
    };
    if parameters.iter().any(is_of_its_own) {
        quote!(#[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)])
    } else {
        TokenStream::new()
    }
}

fn ty(parameter: &HelperParameter) -> TokenStream {
    if let Some(ty) = &parameter.ty {
        return ty.to_token_stream();
    }
    let shows = ident(match parameter.spec.chars().last() {
        Some('?') => "Debug",
        Some('x') => "LowerHex",
        Some('X') => "UpperHex",
        Some('o') => "Octal",
        Some('b') => "Binary",
        Some('e') => "LowerExp",
        Some('E') => "UpperExp",
        Some('p') => "Pointer",
        _ => "Display",
    });
    quote!(impl __selfsame::core::fmt::#shows)
}
