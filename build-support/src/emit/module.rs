//! The modules that mirror the user's, with what they import.

use proc_macro2::TokenStream;
use quote::quote;

use super::{attribute, function};
use crate::plan::name::ident;
use crate::plan::{Binding, ImportPlan, ModulePlan, Reexport};

/// A module with everything below it.
fn module(plan: &ModulePlan) -> TokenStream {
    let what = if plan.functions.is_empty() && plan.reexports.is_empty() {
        "below"
    } else {
        "of"
    };
    let docs = attribute::docs([format!(
        "Wrappers of the marked functions {what} `{}`.",
        plan.mirrors
    )
    .as_str()]);
    let cfgs = attribute::cfgs(&plan.cfgs);
    let visibility = attribute::visibility(&plan.visibility);
    let name = ident(&plan.name);
    let contents = contents(plan);
    quote! {
        #docs
        #cfgs
        #visibility mod #name {
            use super::{__FUNCTIONS, __LATE, __selfsame};
            #contents
        }
    }
}

/// What stands in a module, the name of the runtime apart.
pub(super) fn contents(plan: &ModulePlan) -> TokenStream {
    let imports = plan.imports.iter().map(import);
    let reexports = plan.reexports.iter().map(reexport);
    let functions = plan.functions.iter().map(function::items);
    let children = plan.children.iter().map(module);
    quote! {
        #(#imports)*
        #(#reexports)*
        #(#functions)*
        #(#children)*
    }
}

/// One `use`. A glob is the user's own, so the lint against globs has been heard already.
fn import(plan: &ImportPlan) -> TokenStream {
    let cfgs = attribute::cfgs(&plan.cfgs);
    let path = path(&plan.path);
    match &plan.binding {
        Binding::Nothing => quote!(#cfgs use #path as _;),
        Binding::Glob => quote!(#cfgs #[allow(clippy::wildcard_imports)] use #path::*;),
        Binding::Name(name) if plan.path.last() == Some(name) => quote!(#cfgs use #path;),
        Binding::Name(name) => {
            let name = ident(name);
            quote!(#cfgs use #path as #name;)
        }
    }
}

/// Wrappers that stand in the function's own module.
fn reexport(plan: &Reexport) -> TokenStream {
    let cfgs = attribute::cfgs(&plan.cfgs);
    let visibility = attribute::visibility(&plan.visibility);
    let path = path(&plan.path);
    let names = plan.names.iter().map(|name| ident(name));
    quote!(#cfgs #visibility use #path::{#(#names),*};)
}

/// `crate::users`; an empty first segment is a leading `::`.
fn path(segments: &[String]) -> TokenStream {
    let leading = segments
        .first()
        .is_some_and(String::is_empty)
        .then(|| quote!(::));
    let segments = segments
        .iter()
        .filter(|segment| !segment.is_empty())
        .map(|segment| ident(segment));
    quote!(#leading #(#segments)::*)
}
