//! The wrappers: each carries its arguments into one call of the runtime.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::attribute;
use crate::plan::name::ident;
use crate::plan::{Background, FunctionPlan, KeyStep, Parameters, TagPlan};

mod background;

/// One wrapper on its way into the template.
struct Wrapper<'a> {
    plan: &'a FunctionPlan,
    prefix: &'static str,
    docs: Vec<String>,
    attributes: TokenStream,
    parameters: &'a Parameters,
    /// A last parameter of the wrapper's own.
    extra: Option<TokenStream>,
    /// `None` for `()`.
    output: Option<TokenStream>,
    /// `move` where the key may keep what it is made of.
    capture: TokenStream,
    /// Whether the key carries tags, and when they are collected.
    tags: Tagging,
    /// What is called on the static; the template adds `_async` and waits where the function is async.
    verb: &'static str,
    /// What follows `_async`.
    suffix: &'static str,
    /// What it is called with, the key apart.
    arguments: Vec<TokenStream>,
}

/// When the tags of a call are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tagging {
    /// Never: they are not needed.
    Never,
    /// Unless memory has the answer.
    BeyondMemory,
    /// In any case: there will be an entry.
    Always,
}

/// The wrappers of a function.
pub(super) fn all(plan: &FunctionPlan, cfgs: &TokenStream) -> Vec<TokenStream> {
    let wrappers = [
        cached(plan),
        refresh(plan),
        evict(plan),
        peek(plan),
        put(plan),
    ];
    let mut wrappers: Vec<TokenStream> = wrappers
        .iter()
        .map(|wrapper| template(wrapper, cfgs))
        .collect();
    wrappers.push(clear(plan, cfgs));
    wrappers
}

fn cached(plan: &FunctionPlan) -> Wrapper<'_> {
    let docs = format!(
        "Answers like `{}`, from the cache where it can.",
        plan.shown
    );
    let wrapper = Wrapper {
        tags: Tagging::BeyondMemory,
        ..computing(plan, "cached", "fetch", docs)
    };
    if plan.background == Background::Never {
        return wrapper;
    }
    let mut arguments = vec![shape(plan), background::own(plan)];
    let gives_up = plan.background == Background::GivesUp;
    arguments.extend(gives_up.then(|| quote!(__selfsame::timed_out)));
    Wrapper {
        verb: "fetch_owned",
        suffix: if gives_up { "_or" } else { "" },
        arguments,
        ..wrapper
    }
}

fn refresh(plan: &FunctionPlan) -> Wrapper<'_> {
    let docs = format!(
        "Computes `{}` now, whatever is stored, and stores the result.",
        plan.shown
    );
    computing(plan, "refresh", "refresh", docs)
}

/// A wrapper that answers like the function. What the key is made of is still needed by the call.
fn computing<'a>(
    plan: &'a FunctionPlan,
    prefix: &'static str,
    verb: &'static str,
    docs: String,
) -> Wrapper<'a> {
    let mut docs = vec![docs];
    if plan.fails {
        docs.extend([
            String::new(),
            "# Errors".to_owned(),
            String::new(),
            format!("Those of `{}`.", plan.shown),
        ]);
    }
    let whole = &plan.returns.whole;
    Wrapper {
        plan,
        prefix,
        docs,
        attributes: plan.must_use.to_token_stream(),
        parameters: &plan.call,
        extra: None,
        output: (!plan.returns.is_unit).then(|| whole.to_token_stream()),
        capture: TokenStream::new(),
        tags: Tagging::Always,
        verb,
        suffix: "",
        arguments: vec![shape(plan), compute(plan)],
    }
}

/// A wrapper that needs no more than the key.
fn keyed<'a>(plan: &'a FunctionPlan, prefix: &'static str, docs: String) -> Wrapper<'a> {
    Wrapper {
        plan,
        prefix,
        docs: vec![docs],
        attributes: TokenStream::new(),
        parameters: &plan.keyed,
        extra: None,
        output: None,
        capture: quote!(move),
        tags: Tagging::Never,
        verb: prefix,
        suffix: "",
        arguments: Vec::new(),
    }
}

/// A wrapper that needs the tags, too. Closures share what they are made from, so neither can keep it.
fn tagged<'a>(plan: &'a FunctionPlan, prefix: &'static str, docs: String) -> Wrapper<'a> {
    let wrapper = keyed(plan, prefix, docs);
    if plan.tags.is_empty() {
        return wrapper;
    }
    let allow = quote!(#[allow(clippy::needless_pass_by_value)]);
    let mut given = plan.attributes.iter().map(ToString::to_string);
    let is_given = given.any(|attribute| attribute == allow.to_string());
    let takes_values = plan
        .tagged
        .list
        .iter()
        .any(|parameter| parameter.depth == 0);
    let allow = (takes_values && !is_given).then_some(allow);
    Wrapper {
        parameters: &plan.tagged,
        attributes: allow.unwrap_or_default(),
        capture: TokenStream::new(),
        tags: Tagging::Always,
        ..wrapper
    }
}

fn evict(plan: &FunctionPlan) -> Wrapper<'_> {
    let docs = format!(
        "Makes the entry of this call of `{}` unusable everywhere.",
        plan.shown
    );
    Wrapper {
        output: Some(quote!(__selfsame::Evicted)),
        ..keyed(plan, "evict", docs)
    }
}

fn peek(plan: &FunctionPlan) -> Wrapper<'_> {
    let docs = format!(
        "Looks for the stored result of this call of `{}`, without computing it.",
        plan.shown
    );
    let in_whole = plan.returns.in_whole;
    let peeked = if in_whole {
        &plan.returns.whole
    } else {
        &plan.returns.peeked
    };
    Wrapper {
        output: Some(quote!(__selfsame::core::option::Option<#peeked>)),
        verb: if in_whole { "peek_output" } else { "peek" },
        arguments: vec![shape(plan)],
        tags: Tagging::BeyondMemory,
        ..tagged(plan, "peek", docs)
    }
}

fn put(plan: &FunctionPlan) -> Wrapper<'_> {
    let docs = format!(
        "Stores a result of this call of `{}`, as if it had been computed.",
        plan.shown
    );
    let in_whole = plan.returns.in_whole;
    let name = ident(&plan.value);
    let value = if in_whole {
        &plan.returns.whole
    } else {
        &plan.returns.value
    };
    // The hasher is the function's choice, not the caller's.
    let hasher = plan
        .returns
        .names_hasher
        .then(|| quote!(#[allow(clippy::implicit_hasher)]));
    let wrapper = tagged(plan, "put", docs);
    let attributes = &wrapper.attributes;
    Wrapper {
        attributes: quote!(#hasher #attributes),
        extra: Some(quote!(#name: #value)),
        verb: if in_whole { "put_output" } else { "put" },
        arguments: vec![shape(plan), quote!(#name)],
        ..wrapper
    }
}

/// The wrapper without a call.
fn clear(plan: &FunctionPlan, cfgs: &TokenStream) -> TokenStream {
    let docs = format!(
        "Makes every entry of `{}` unusable everywhere, whatever the arguments: one small write.",
        plan.shown
    );
    let docs = attribute::docs([docs.as_str()]);
    let visibility = attribute::visibility(&plan.visibility);
    let memo = ident(&plan.memo);
    let name = format_ident!("clear_{}", plan.name);
    let lints = &plan.attributes;
    let (asyncness, call) = if plan.is_async {
        (quote!(async), quote!(clear_async().await))
    } else {
        (TokenStream::new(), quote!(clear()))
    };
    quote! {
        #docs
        #cfgs
        #(#lints)*
        #visibility #asyncness fn #name() -> __selfsame::Evicted {
            #memo.#call
        }
    }
}

/// The template all wrappers share.
fn template(wrapper: &Wrapper<'_>, cfgs: &TokenStream) -> TokenStream {
    let Wrapper {
        plan,
        parameters,
        attributes,
        ..
    } = wrapper;
    let docs = attribute::docs(wrapper.docs.iter().map(String::as_str));
    let lints = &plan.attributes;
    let many = too_many(wrapper);
    let visibility = attribute::visibility(&plan.visibility);
    let asyncness = plan.is_async.then(|| quote!(async));
    let name = format_ident!("{}_{}", wrapper.prefix, plan.name);
    let Parameters {
        generics,
        where_clause,
        ..
    } = parameters;
    let inputs = inputs(parameters, wrapper.extra.as_ref());
    let arrow = wrapper.output.as_ref().map(|output| quote!(-> #output));
    let body = body(wrapper);
    quote! {
        #docs
        #cfgs
        #(#lints)* #many #attributes
        #visibility #asyncness fn #name #generics(#inputs) #arrow #where_clause {
            #body
        }
    }
}

/// The key, and the one call.
fn body(wrapper: &Wrapper<'_>) -> TokenStream {
    let plan = wrapper.plan;
    let memo = ident(&plan.memo);
    let key_name = ident(&plan.key_name);
    let key = key(wrapper);
    let colour = if plan.is_async { "_async" } else { "" };
    let verb = format_ident!("{}{colour}{}", wrapper.verb, wrapper.suffix);
    let arguments = &wrapper.arguments;
    let wait = plan.is_async.then(|| quote!(.await));
    let end = wrapper.output.is_none().then(|| quote!(;));
    quote! {
        let #key_name = #key;
        #memo.#verb(#key_name #(, #arguments)*) #wait #end
    }
}

/// clippy's limit, which the value's parameter may be the first to pass.
const MOST_ARGUMENTS: usize = 7;

fn too_many(wrapper: &Wrapper<'_>) -> Option<TokenStream> {
    let own = wrapper.parameters.list.len() + usize::from(wrapper.parameters.receiver.is_some());
    let is_first = wrapper.extra.is_some() && own == MOST_ARGUMENTS;
    is_first.then(|| quote!(#[allow(clippy::too_many_arguments)]))
}

fn inputs(parameters: &Parameters, extra: Option<&TokenStream>) -> TokenStream {
    let receiver = parameters.receiver.iter().map(ToTokens::to_token_stream);
    let list = parameters.list.iter().map(|parameter| {
        let crate::plan::Parameter { cfgs, name, ty, .. } = parameter;
        quote!(#(#cfgs)* #name: #ty)
    });
    let all = receiver.chain(list).chain(extra.cloned());
    quote!(#(#all),*)
}

/// The key of the call, with its tags; nothing is moved into it that the call itself still needs.
fn key(wrapper: &Wrapper<'_>) -> TokenStream {
    let plan = wrapper.plan;
    let memo = ident(&plan.memo);
    let parts = parts(plan, &wrapper.capture);
    let verb = match wrapper.tags {
        Tagging::Always if !plan.tags.is_empty() => quote!(tagged_key),
        Tagging::BeyondMemory if !plan.tags.is_empty() => quote!(lookup_key),
        _ => return quote!(#memo.key(#parts)),
    };
    let name = ident(&plan.tags_name);
    let bindings = plan.tag_bindings.iter().map(|step| step_of(step, &name));
    let tags = plan.tags.iter().map(|tag| {
        let TagPlan {
            format, arguments, ..
        } = tag;
        quote!(#name.tag(__selfsame::core::format_args!(#format #(, #arguments)*));)
    });
    quote!(#memo.#verb(#parts, |#name| { #(#bindings)* #(#tags)* }))
}

/// The closure that collects the parts of the key.
fn parts(plan: &FunctionPlan, capture: &TokenStream) -> TokenStream {
    if plan.key.is_empty() {
        return quote!(|_| {});
    }
    let parts = ident(&plan.parts);
    let steps = plan.key.iter().map(|step| step_of(step, &parts));
    // Without a part there is nothing to move.
    let capture = plan
        .key
        .iter()
        .any(|step| matches!(step, KeyStep::Part { .. }))
        .then_some(capture);
    quote!(#capture |#parts| { #(#steps)* })
}

/// One statement of a closure that collects into `into`.
fn step_of(step: &KeyStep, into: &Ident) -> TokenStream {
    match step {
        KeyStep::Generic(ty) => quote!(#into.generic::<#ty>();),
        KeyStep::Bind { cfgs, pattern, of } => quote!(#(#cfgs)* let #pattern = #of;),
        KeyStep::Part { cfgs, part } => quote!(#(#cfgs)* #into.part(#part);),
    }
}

fn shape(plan: &FunctionPlan) -> TokenStream {
    let whole = &plan.returns.whole;
    quote!(__selfsame::shape!(#whole))
}

/// The function with its arguments; without any it is passed as it is.
fn compute(plan: &FunctionPlan) -> TokenStream {
    let callee = &plan.callee;
    let receiver = plan.call.receiver.iter().map(|_| quote!(self));
    let list = plan.call.list.iter().map(|parameter| {
        let crate::plan::Parameter { cfgs, name, .. } = parameter;
        quote!(#(#cfgs)* #name)
    });
    let arguments: Vec<TokenStream> = receiver.chain(list).collect();
    if arguments.is_empty() {
        return callee.to_token_stream();
    }
    quote!(move || #callee(#(#arguments),*))
}
