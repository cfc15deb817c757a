//! One marked function: from its signature and marker to the plan of its wrappers.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, Generics, Meta, Pat, PatIdent, Receiver, ReturnType, Type};

use super::key::{self, KeyChoice};
use super::lifetimes::{self, Piece};
use super::name::ident;
use super::names::{Names, below_crate};
use super::parameter::{Argument, Arguments};
use super::parse::{self, Header, Parsed};
use super::returned::{self, Classifier, Kind};
use super::rewrite::Rewriter;
use super::taken::{Method, Methods};
use super::visibility::{self, Exports};
use super::{
    FunctionPlan, Input, KeyStep, Options, Parameter, Parameters, Returns, Visibility, method,
    pattern, shape, unraw,
};
use crate::diagnostic::{
    Diagnostics, catalogue, catalogue::marker as marker_texts, catalogue::shape as texts,
};
use crate::index::{Item, ItemId, Marked, Owner, Place};
use crate::marker::Marker;

/// Where a function is planned for.
pub(super) struct Site<'s, 'a> {
    pub(super) input: &'s Input<'a>,
    pub(super) exports: &'s Exports,
    pub(super) names: &'s mut Names<'a>,
    pub(super) methods: &'s mut Methods,
    pub(super) diagnostics: &'s mut Diagnostics,
}

/// A function while it is planned: names change to what they are called in the generated module.
struct Draft<'a> {
    marked: &'a Marked,
    marker: &'a Marker,
    parsed: Parsed,
    arguments: Arguments,
    choice: KeyChoice,
    kind: Kind,
    inner: Kind,
    /// The type of a method.
    self_item: Option<ItemId>,
}

impl<'a> Site<'_, 'a> {
    /// The wrappers of `index.marked[number]`; `None` where none can be made, which has been reported.
    pub(super) fn plan(&mut self, number: usize, memo: String) -> Option<FunctionPlan> {
        let marked = &self.input.index.marked[number];
        let marker = &self.input.markers[number];
        let before = self.diagnostics.count();
        let Some(parsed) = parse::parse(marked, self.input.sources) else {
            self.diagnostics.push(catalogue::unparsable_file(
                marked.signature,
                "its signature is of an unknown form",
            ));
            return None;
        };
        shape::check(marked, &parsed, self.diagnostics);
        if marked.place != Place::Ordinary || marked.owner == Owner::TraitDefault {
            // Names can't be judged from a place no wrapper has anyway.
            return None;
        }
        let mut draft = self.draft(marked, marker, parsed);
        self.check_reach(&draft);
        self.check_taken(&draft);
        let expressions = self.rewrite(&mut draft);
        (self.diagnostics.count() == before).then(|| self.finish(number, memo, draft, expressions))
    }

    fn draft(&mut self, marked: &'a Marked, marker: &'a Marker, parsed: Parsed) -> Draft<'a> {
        let arguments = Arguments::of(&parsed.signature, parsed.origin, &|name| {
            key::mentioned(marker, name)
        });
        let choice = key::choose(&parsed, &arguments, marker, self.diagnostics);
        let (kind, inner) = self.classify(marked, &parsed);
        if let (Some(location), true) = (
            marker.none_location,
            kind == Kind::Plain || (kind, inner) == (Kind::Result, Kind::Plain),
        ) {
            self.diagnostics.push(marker_texts::none_without_option(
                location,
                &parsed.signature.ident.to_string(),
            ));
        }
        let self_item = parsed
            .header
            .as_ref()
            .and_then(|header| method::self_item(header, &parsed, self.names, self.diagnostics));
        Draft {
            marked,
            marker,
            parsed,
            arguments,
            choice,
            kind,
            inner,
            self_item,
        }
    }

    /// What the function returns, and what the `T` of its `Result<T, E>` is.
    fn classify(&self, marked: &Marked, parsed: &Parsed) -> (Kind, Kind) {
        let ReturnType::Type(_, ty) = &parsed.signature.output else {
            return (Kind::Plain, Kind::Plain);
        };
        let classifier = Classifier {
            index: self.input.index,
            sources: self.input.sources,
            module: marked.module,
        };
        let generics = generic_names(parsed);
        let is_generic = |name: &str| generics.contains(name);
        let kind = classifier.kind(ty, &is_generic);
        let inner = match returned::ok_type(ty) {
            Some(ok) if kind == Kind::Result => classifier.kind(ok, &is_generic),
            _ => kind,
        };
        (kind, inner)
    }

    /// Reports a function the generated module can't call.
    fn check_reach(&mut self, draft: &Draft<'_>) {
        let index = self.input.index;
        let item = index.item(draft.marked.item);
        let place = draft.parsed.origin.of(draft.parsed.signature.ident.span());
        let name = draft.parsed.signature.ident.to_string();
        let is_wide = visibility::is_crate_wide(index, item.visibility);
        let problem = match &draft.marked.owner {
            _ if self.names.inside => None,
            Owner::Free | Owner::Inherent { .. } if !is_wide => Some(texts::private_function(
                place,
                &name,
                &private_to(self.input, item),
            )),
            Owner::Free if index.root_path(draft.marked.item).is_none() => {
                let module = index.module_path(draft.marked.module).join("::");
                Some(texts::hidden_module(place, &name, &module))
            }
            _ => None,
        };
        if let Some(problem) = problem {
            self.diagnostics.push(problem);
        }
    }

    /// Reports helper names that are taken.
    fn check_taken(&mut self, draft: &Draft<'_>) {
        let Some(header) = &draft.parsed.header else {
            return;
        };
        let item = self.input.index.item(draft.marked.item);
        let method = Method {
            item: draft.self_item,
            self_type: header.self_type.to_token_stream().to_string(),
            is_of_trait: header.implements.is_some(),
            is_conditional: !self.cfgs(draft, item).is_empty(),
            name: unraw(&draft.parsed.signature.ident.to_string()).to_owned(),
            location: draft.parsed.origin.of(draft.parsed.signature.ident.span()),
        };
        self.methods.add(self.input.index, method, self.diagnostics);
    }

    /// Carries every name over; answers the key's expressions and what they bring into sight.
    fn rewrite(&mut self, draft: &mut Draft<'_>) -> Vec<Expr> {
        let generics = generic_names(&draft.parsed);
        let parameters = draft.arguments.names();
        let origin = draft.parsed.origin;
        let mut rewriter = Rewriter {
            names: &mut *self.names,
            generics: &generics,
            locals: BTreeSet::new(),
            parameters: &parameters,
            implements: None,
            origin,
            diagnostics: &mut *self.diagnostics,
        };
        let mut implements = None;
        if let Some(header) = &mut draft.parsed.header {
            rewriter.origin = header.origin;
            rewriter.visit_generics_mut(&mut header.generics);
            rewriter.visit_type_mut(&mut header.self_type);
            if let Some(path) = &mut header.implements {
                rewriter.visit_path_mut(path);
            }
            implements = header.implements.clone();
        }
        rewriter.implements = implements.as_ref();
        rewriter.origin = origin;
        rewriter.visit_generics_mut(&mut draft.parsed.signature.generics);
        rewriter.visit_return_type_mut(&mut draft.parsed.signature.output);
        if let Some(receiver) = &mut draft.arguments.receiver {
            rewriter.visit_receiver_mut(receiver);
        }
        for argument in &mut draft.arguments.list {
            rewriter.visit_type_mut(&mut argument.ty);
        }
        rewrite_key(&mut rewriter, draft, &parameters)
    }

    fn finish(
        &self,
        number: usize,
        memo: String,
        mut draft: Draft<'_>,
        expressions: Vec<Expr>,
    ) -> FunctionPlan {
        let index = self.input.index;
        let item = index.item(draft.marked.item);
        let name = unraw(&draft.parsed.signature.ident.to_string()).to_owned();
        let below = self.path_below_crate(&draft, &name);
        let key = steps(&draft, expressions);
        let free_names = free_names(&draft);
        let visibility = self.visibility(&draft, item);
        let (header, generics) = split_generics(&mut draft);
        let callee = self.callee(&draft);
        let call = parameters(&draft, &generics, |_| true, true);
        let keyed = parameters(
            &draft,
            &generics,
            |position| draft.choice.arguments[position],
            draft.choice.receiver,
        );
        FunctionPlan {
            path: format!("{}::{below}", index.crates[0].name),
            shown: format!("crate::{below}"),
            name,
            version: self.input.versions[number],
            options: options(draft.marker),
            cfgs: self.cfgs(&draft, item),
            visibility,
            memo,
            header,
            is_async: draft.parsed.signature.asyncness.is_some(),
            fails: returned::fails(&draft.parsed.signature.output, draft.kind),
            attributes: attributes(&draft.parsed.attributes),
            must_use: must_use(&draft.parsed.attributes),
            callee,
            call,
            keyed,
            key,
            parts: free_names.0,
            value: free_names.1,
            returns: returns(&draft),
        }
    }

    /// `users::permissions`, `pages::Page::render`.
    fn path_below_crate(&self, draft: &Draft<'_>, name: &str) -> String {
        let module = self.input.index.module_path(draft.marked.module);
        let mut segments: Vec<String> = module
            .iter()
            .map(|segment| unraw(segment).to_owned())
            .collect();
        if let Some(header) = &draft.parsed.header {
            segments.push(type_name(
                header,
                draft.self_item.map(|item| self.input.index.name(item)),
            ));
        }
        segments.push(name.to_owned());
        segments.join("::")
    }

    /// What the wrapper calls.
    fn callee(&self, draft: &Draft<'_>) -> TokenStream {
        let signature = &draft.parsed.signature;
        let name = &signature.ident;
        let arguments: Vec<TokenStream> = signature
            .generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                syn::GenericParam::Lifetime(_) => None,
                syn::GenericParam::Type(parameter) => Some(parameter.ident.to_token_stream()),
                syn::GenericParam::Const(parameter) => Some(parameter.ident.to_token_stream()),
            })
            .collect();
        let turbofish = (!arguments.is_empty()).then(|| quote!(::<#(#arguments),*>));
        match &draft.parsed.header {
            Some(Header {
                implements: Some(path),
                ..
            }) => quote!(<Self as #path>::#name #turbofish),
            Some(_) => quote!(Self::#name #turbofish),
            None if self.names.inside => quote!(super::#name #turbofish),
            None => {
                let path = self
                    .input
                    .index
                    .root_path(draft.marked.item)
                    .unwrap_or_default();
                let path = below_crate(&path)
                    .into_iter()
                    .map(|segment| ident(&segment));
                quote!(#(#path)::* #turbofish)
            }
        }
    }

    /// As visible as the function effectively is, as far as the place of the wrapper allows to say.
    fn visibility(&self, draft: &Draft<'_>, item: &Item) -> Visibility {
        let index = self.input.index;
        match &draft.marked.owner {
            Owner::Free if self.names.inside => visibility::as_written(index, item.visibility),
            Owner::Free if self.exports.has(draft.marked.item) => Visibility::Public,
            Owner::Free => Visibility::Crate,
            Owner::Inherent { .. } => visibility::as_written(index, item.visibility),
            Owner::TraitImpl { item, .. } => self.trait_visibility(*item),
            Owner::TraitDefault => Visibility::Crate,
        }
    }

    /// A trait's methods are as visible as the trait.
    fn trait_visibility(&self, implementation: ItemId) -> Visibility {
        let index = self.input.index;
        let item = index.item(implementation);
        let path = item
            .implementation
            .as_ref()
            .and_then(|facts| facts.trait_path.clone())
            .unwrap_or_default();
        let path: Vec<String> = path
            .iter()
            .map(|segment| index.text(*segment).to_owned())
            .collect();
        let Some(implemented) = self.names.items(&path).first().copied() else {
            return Visibility::Public;
        };
        if self.exports.has(implemented) {
            return Visibility::Public;
        }
        match visibility::as_written(index, index.item(implemented).visibility) {
            Visibility::In(path) if self.names.inside => Visibility::In(path),
            _ => Visibility::Crate,
        }
    }

    /// The `cfg`s of the impl and of the function itself.
    fn cfgs(&self, draft: &Draft<'_>, item: &Item) -> Vec<String> {
        let around = match &draft.marked.owner {
            Owner::Inherent { item, .. } | Owner::TraitImpl { item, .. } => {
                self.input.index.item(*item).cfgs.clone()
            }
            Owner::Free | Owner::TraitDefault => Vec::new(),
        };
        around
            .into_iter()
            .chain(item.cfgs.iter().cloned())
            .collect()
    }
}

/// The module a function is private to.
fn private_to(input: &Input<'_>, item: &Item) -> String {
    match visibility::as_written(input.index, item.visibility) {
        Visibility::In(path) => path.join("::"),
        _ => input.index.module_path(item.module).join("::"),
    }
}

/// Type and const parameters in scope of a function.
fn generic_names(parsed: &Parsed) -> BTreeSet<String> {
    let of = |generics: &Generics| {
        let types = generics
            .type_params()
            .map(|parameter| parameter.ident.to_string())
            .collect::<Vec<_>>();
        let consts = generics
            .const_params()
            .map(|parameter| parameter.ident.to_string());
        types.into_iter().chain(consts).collect::<Vec<_>>()
    };
    let header = parsed.header.iter().flat_map(|header| of(&header.generics));
    header.chain(of(&parsed.signature.generics)).collect()
}

/// Carries over the key's expressions, and the patterns whose bindings they use.
fn rewrite_key(
    rewriter: &mut Rewriter<'_, '_>,
    draft: &mut Draft<'_>,
    parameters: &[String],
) -> Vec<Expr> {
    let Some(expressions) = draft.choice.expressions.clone() else {
        return Vec::new();
    };
    let marker = draft.marker;
    for (position, argument) in draft.arguments.list.iter_mut().enumerate() {
        argument.pattern = argument
            .pattern
            .take()
            .filter(|_| draft.choice.arguments[position])
            .map(|pattern| {
                let mut pattern = pattern::only(pattern, &|name| key::mentioned(marker, name));
                rewriter.visit_pat_mut(&mut pattern);
                pattern
            });
    }
    let mut rewritten = Vec::new();
    for (mut expression, origin) in expressions {
        rewriter.origin = origin;
        rewriter.locals = parameters
            .iter()
            .cloned()
            .chain(bound_inside(&expression))
            .collect();
        rewriter.visit_expr_mut(&mut expression);
        if calls_methods(&expression) {
            rewriter.names.import_traits();
        }
        rewritten.push(expression);
    }
    rewritten
}

/// Names that closures, blocks and matches of an expression bind.
fn bound_inside(expression: &Expr) -> BTreeSet<String> {
    struct Bound(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Bound {
        fn visit_pat_ident(&mut self, ident: &'ast PatIdent) {
            self.0.insert(ident.ident.to_string());
            syn::visit::visit_pat_ident(self, ident);
        }
    }
    let mut bound = Bound(BTreeSet::new());
    bound.visit_expr(expression);
    bound.0
}

/// Whether a trait may have to be in scope: for `.method()`, and for `Type::function()`.
fn calls_methods(expression: &Expr) -> bool {
    struct Calls(bool);
    impl<'ast> Visit<'ast> for Calls {
        fn visit_expr_method_call(&mut self, _: &'ast syn::ExprMethodCall) {
            self.0 = true;
        }

        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            self.0 |= path.path.segments.len() > 1;
        }

        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            // Whatever its arguments are, a `.name(` in them may be a call.
            self.0 |= mac.tokens.to_string().contains('.');
        }
    }
    let mut calls = Calls(false);
    calls.visit_expr(expression);
    calls.0
}

/// Moves generics to where they belong; the impl's header and the method's generics.
fn split_generics(draft: &mut Draft<'_>) -> (Option<TokenStream>, Generics) {
    let own = draft.parsed.signature.generics.clone();
    let output = draft.parsed.signature.output.clone();
    let Some(header) = &mut draft.parsed.header else {
        return (None, own);
    };
    let generics = method::joined(method::take_unconstrained(header), &own);
    let mut also: Vec<&dyn Piece> = draft
        .arguments
        .list
        .iter()
        .map(|argument| &argument.ty as &dyn Piece)
        .collect();
    also.extend(
        draft
            .arguments
            .receiver
            .iter()
            .map(|receiver| receiver as &dyn Piece),
    );
    also.extend(header.implements.iter().map(|path| path as &dyn Piece));
    if let ReturnType::Type(_, ty) = &output {
        also.push(&**ty);
    }
    lifetimes::elide(&mut header.generics, &mut [&mut header.self_type], &also);
    (Some(method::header_tokens(header)), generics)
}

/// The parameters of a wrapper that takes some of the function's.
fn parameters(
    draft: &Draft<'_>,
    generics: &Generics,
    is_taken: impl Fn(usize) -> bool,
    takes_receiver: bool,
) -> Parameters {
    let mut generics = generics.clone();
    let mut receiver: Option<Receiver> =
        draft.arguments.receiver.clone().filter(|_| takes_receiver);
    let taken = draft
        .arguments
        .list
        .iter()
        .enumerate()
        .filter(|(position, _)| is_taken(*position));
    let mut list: Vec<Argument> = taken.map(|(_, argument)| argument.clone()).collect();
    let mut pieces: Vec<&mut dyn Piece> = list
        .iter_mut()
        .map(|argument| &mut argument.ty as &mut dyn Piece)
        .collect();
    pieces.extend(
        receiver
            .iter_mut()
            .map(|receiver| receiver as &mut dyn Piece),
    );
    let output: Vec<&dyn Piece> = match &draft.parsed.signature.output {
        ReturnType::Type(_, ty) => vec![&**ty],
        ReturnType::Default => Vec::new(),
    };
    lifetimes::elide(&mut generics, &mut pieces, &output);
    let (shown, _, _) = generics.split_for_impl();
    let clause = generics
        .where_clause
        .as_ref()
        .filter(|clause| !clause.predicates.is_empty());
    Parameters {
        generics: shown.to_token_stream(),
        where_clause: clause.to_token_stream(),
        receiver: receiver.map(ToTokens::into_token_stream),
        list: list.iter().map(parameter).collect(),
    }
}

fn parameter(argument: &Argument) -> Parameter {
    Parameter {
        cfgs: cfg_tokens(argument),
        name: ident(&argument.name).into_token_stream(),
        ty: argument.ty.to_token_stream(),
    }
}

fn cfg_tokens(argument: &Argument) -> Vec<TokenStream> {
    argument
        .cfgs
        .iter()
        .map(ToTokens::to_token_stream)
        .collect()
}

/// The statements of the key: generic arguments, then the parts.
fn steps(draft: &Draft<'_>, expressions: Vec<Expr>) -> Vec<KeyStep> {
    let header = draft.parsed.header.iter().map(|header| &header.generics);
    let mut steps = Vec::new();
    for parameter in header
        .chain([&draft.parsed.signature.generics])
        .flat_map(|generics| &generics.params)
    {
        match parameter {
            syn::GenericParam::Lifetime(_) => {}
            syn::GenericParam::Type(parameter) => {
                steps.push(KeyStep::Generic(parameter.ident.to_token_stream()))
            }
            syn::GenericParam::Const(parameter) => {
                let name = &parameter.ident;
                steps.push(KeyStep::Part {
                    cfgs: Vec::new(),
                    part: quote!(&#name),
                });
            }
        }
    }
    if draft.choice.expressions.is_none() {
        let taken = draft
            .arguments
            .list
            .iter()
            .zip(&draft.choice.arguments)
            .filter(|(_, taken)| **taken);
        steps.extend(taken.map(|(argument, _)| KeyStep::Part {
            cfgs: cfg_tokens(argument),
            part: key::whole(argument).into_token_stream(),
        }));
        return steps;
    }
    steps.extend(draft.arguments.list.iter().filter_map(binding));
    steps.extend(expressions.into_iter().map(|expression| {
        let part = key::by_reference(expression, &draft.arguments).into_token_stream();
        KeyStep::Part {
            cfgs: Vec::new(),
            part,
        }
    }));
    steps
}

/// Brings the bindings of a parameter's pattern into sight.
fn binding(argument: &Argument) -> Option<KeyStep> {
    let pattern = argument.pattern.as_ref()?;
    let is_name = matches!(pattern, Pat::Ident(ident) if ident.subpat.is_none() && ident.ident == argument.name);
    (!is_name).then(|| KeyStep::Bind {
        cfgs: cfg_tokens(argument),
        pattern: pattern.to_token_stream(),
        of: key::whole(argument).into_token_stream(),
    })
}

fn options(marker: &Marker) -> Options {
    Options {
        ttl_ms: marker.ttl.as_ms(),
        none_ms: marker.none.as_ms(marker.ttl),
        l1_ms: marker.l1.as_ms(marker.ttl),
        codec: marker.codec,
    }
}

fn returns(draft: &Draft<'_>) -> Returns {
    let ty: Option<&Type> = match &draft.parsed.signature.output {
        ReturnType::Type(_, ty) => Some(ty),
        ReturnType::Default => None,
    };
    returned::spell(ty, draft.kind, draft.inner)
}

/// Lint levels, which the copied signature may need as much as the original; an expectation the wrapper may not
/// fulfil becomes a permission.
fn attributes(attributes: &[Attribute]) -> Vec<TokenStream> {
    let kept = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::List(list) if list.path.is_ident("allow") => Some(attribute.to_token_stream()),
            Meta::List(list) if list.path.is_ident("expect") => {
                let lints = &list.tokens;
                Some(quote!(#[allow(#lints)]))
            }
            Meta::List(list)
                if list.path.is_ident("doc") && list.tokens.to_string() == "hidden" =>
            {
                Some(attribute.to_token_stream())
            }
            _ => None,
        });
    kept.collect()
}

fn must_use(attributes: &[Attribute]) -> Option<TokenStream> {
    attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("must_use"))
        .map(ToTokens::to_token_stream)
}

/// `Page`, or `Page<u8>` where an impl is for one kind of it only.
fn type_name(header: &Header, item: Option<&str>) -> String {
    let Type::Path(path) = &header.self_type else {
        return returned::shown(&header.self_type);
    };
    let Some(last) = path.path.segments.last() else {
        return String::new();
    };
    let name = item.map_or_else(|| last.ident.to_string(), str::to_owned);
    let generics: BTreeSet<String> = header
        .generics
        .params
        .iter()
        .map(|parameter| match parameter {
            syn::GenericParam::Lifetime(parameter) => parameter.lifetime.to_string(),
            syn::GenericParam::Type(parameter) => parameter.ident.to_string(),
            syn::GenericParam::Const(parameter) => parameter.ident.to_string(),
        })
        .collect();
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return unraw(&name).to_owned();
    };
    let is_parameter = |argument: &syn::GenericArgument| {
        matches!(argument, syn::GenericArgument::Lifetime(_))
            || generics.contains(&argument.to_token_stream().to_string())
    };
    if arguments.args.iter().all(is_parameter) {
        return unraw(&name).to_owned();
    }
    format!("{}{}", unraw(&name), returned::shown(arguments))
}

/// Names for the key's builder and for a value, unlike any other in the function.
fn free_names(draft: &Draft<'_>) -> (String, String) {
    let mut taken: BTreeSet<String> = draft.arguments.names().into_iter().collect();
    taken.extend(
        draft
            .arguments
            .list
            .iter()
            .map(|argument| argument.name.clone()),
    );
    for (expression, _) in draft.choice.expressions.iter().flatten() {
        collect_names(expression.to_token_stream(), &mut taken);
    }
    let pick = |candidates: [&str; 3]| {
        let is_free =
            |candidate: &&&str| !taken.iter().any(|name| catalogue::is_near(name, candidate));
        candidates.iter().find(is_free).map_or_else(
            || format!("{}_of_selfsame", candidates[2]),
            |name| (*name).to_owned(),
        )
    };
    (
        pick(["parts", "key_parts", "parts_of_key"]),
        pick(["value", "stored_value", "value_to_store"]),
    )
}

fn collect_names(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_names(group.stream(), names),
            TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            _ => {}
        }
    }
}
