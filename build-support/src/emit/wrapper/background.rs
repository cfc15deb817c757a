//! The closure that makes a call's arguments the computation's own, and answers with the computation.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::plan::name::ident;
use crate::plan::{FunctionPlan, Parameter};

/// `move || { let name = Own::of(name); move || async move { f(name.get()).await } }`
pub(super) fn own(plan: &FunctionPlan) -> TokenStream {
    let callee = &plan.callee;
    let arguments = arguments(plan);
    if arguments.is_empty() {
        return quote!(|| #callee);
    }
    let lets = arguments.iter().map(|argument| &argument.owned);
    let passed = arguments.iter().map(|argument| &argument.passed);
    let call = quote!(#callee(#(#passed),*));
    // A future that holds references to what it owns has to be of a block that owns it.
    let call = if plan.is_async && arguments.iter().any(|argument| argument.is_lent) {
        quote!(async move { #call.await })
    } else {
        call
    };
    quote! {
        move || {
            #(#lets)*
            move || #call
        }
    }
}

/// One argument of the function.
struct Argument {
    /// The statement that makes it the computation's own.
    owned: TokenStream,
    /// How it is passed on.
    passed: TokenStream,
    /// Whether the function gets a reference to it.
    is_lent: bool,
}

fn arguments(plan: &FunctionPlan) -> Vec<Argument> {
    let receiver = plan.call.receiver.iter().map(|_| {
        let this = ident(&plan.this);
        let cfgs = TokenStream::new();
        argument(
            &cfgs,
            &quote!(#this),
            &quote!(self),
            plan.call.receiver_depth,
        )
    });
    let list = plan.call.list.iter().map(|parameter| {
        let Parameter {
            cfgs, name, depth, ..
        } = parameter;
        argument(&quote!(#(#cfgs)*), name, name, *depth)
    });
    receiver.chain(list).collect()
}

fn argument(
    cfgs: &TokenStream,
    name: &impl ToTokens,
    given: &impl ToTokens,
    depth: usize,
) -> Argument {
    if depth == 0 {
        return Argument {
            owned: quote!(#cfgs let #name = __selfsame::keep(#given);),
            passed: quote!(#cfgs #name),
            is_lent: false,
        };
    }
    let stars = (1..depth).map(|_| quote!(*));
    let ands = (1..depth).map(|_| quote!(&));
    Argument {
        owned: quote!(#cfgs let #name = __selfsame::Own::of(#(#stars)* #given);),
        passed: quote!(#cfgs #(#ands)* #name.get()),
        is_lent: true,
    }
}
