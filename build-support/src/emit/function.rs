//! Everything that is generated for one function: its version, its static, its wrappers.

use proc_macro2::TokenStream;
use quote::quote;

use super::{attribute, late, literal, wrapper};
use crate::marker::{Codec, Refresh};
use crate::plan::name::ident;
use crate::plan::{FunctionPlan, Options, Version, version_name};

/// The items of a function.
pub(super) fn items(plan: &FunctionPlan) -> TokenStream {
    let cfgs = attribute::cfgs(&plan.cfgs);
    let memo = memo(plan, &cfgs);
    let Some(header) = &plan.header else {
        // Each item stands alone, so each carries the attributes.
        let version = version(plan, &cfgs);
        let wrappers = wrapper::all(plan, &cfgs);
        return quote!(#version #memo #(#wrappers)*);
    };
    let version = version(plan, &TokenStream::new());
    let wrappers = wrapper::all(plan, &TokenStream::new());
    quote! {
        #memo
        #cfgs
        #header {
            #version
            #(#wrappers)*
        }
    }
}

/// The constant with the version.
fn version(plan: &FunctionPlan, cfgs: &TokenStream) -> TokenStream {
    let docs = format!("Fingerprint of `{}` and everything it reaches.", plan.shown);
    let docs = attribute::docs([docs.as_str()]);
    let visibility = attribute::visibility(&plan.visibility);
    let name = ident(&version_name(&plan.name));
    let version = late::version(plan.version);
    quote! {
        #docs
        #cfgs
        #visibility const #name: __selfsame::Version = #version;
    }
}

/// The static through which the wrappers call the runtime.
fn memo(plan: &FunctionPlan, cfgs: &TokenStream) -> TokenStream {
    let name = ident(&plan.memo);
    let function = description(&plan.path, plan.version, &plan.options);
    quote! {
        #cfgs
        static #name: __selfsame::Memo = __selfsame::Memo::new(#function).of(__FUNCTIONS);
    }
}

/// What the runtime is told about a function.
pub(super) fn description(path: &str, version: Version, options: &Options) -> TokenStream {
    let version = late::version(version);
    let ttl = literal::number(options.ttl_ms);
    let none = literal::number(options.none_ms);
    let l1 = literal::number(options.l1_ms);
    let codec = match options.codec {
        Codec::MessagePack => quote!(__selfsame::Codec::MessagePack),
        Codec::Json => quote!(__selfsame::Codec::Json),
        Codec::Postcard => quote!(__selfsame::Codec::Postcard),
    };
    let further = further(options);
    quote! {
        __selfsame::Function::new(#path, #version)
            .with_ttl_ms(#ttl)
            .with_none_ms(#none)
            .with_l1_ms(#l1)
            .with_codec(#codec)
            #further
    }
}

/// The options few functions have, where they are not as the runtime has them anyway.
fn further(options: &Options) -> TokenStream {
    let tags = &options.tags;
    let tags = (!tags.is_empty()).then(|| quote!(.with_tags(&[#(#tags),*])));
    let refresh = match options.refresh {
        Refresh::Off => None,
        Refresh::Ahead => Some(quote!(.with_refresh(__selfsame::Refresh::Ahead))),
        Refresh::Always => Some(quote!(.with_refresh(__selfsame::Refresh::Always))),
    };
    let stale = Some(options.stale_ms).filter(|ms| *ms > 0);
    let stale = stale
        .map(literal::number)
        .map(|ms| quote!(.with_stale_ms(#ms)));
    let soft = options
        .soft_ms
        .map(literal::number)
        .map(|ms| quote!(.with_soft_ms(#ms)));
    let hard = options
        .hard_ms
        .map(literal::number)
        .map(|ms| quote!(.with_hard_ms(#ms)));
    let lease = options
        .lease_ms
        .map(literal::number)
        .map(|ms| quote!(.with_lease_ms(#ms)));
    quote!(#tags #stale #refresh #soft #hard #lease)
}
