//! The plan of a function whose names have been carried over: nothing can be refused any more.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, Meta, ReturnType, Type};

use super::signature::OwnNames;
use super::tag::Tags;
use super::{Draft, Site, signature};
use crate::index::{Item, ItemId, Owner};
use crate::marker::Marker;
use crate::plan::listed::{options, own_cfgs, path_below_crate};
use crate::plan::name::ident;
use crate::plan::names::below_crate;
use crate::plan::parse::Header;
use crate::plan::{
    Background, FunctionPlan, Returns, Tokens, Visibility, key as plan_key, returned, unraw,
    visibility,
};

impl Site<'_, '_> {
    pub(super) fn finish(
        &self,
        number: usize,
        memo: String,
        mut draft: Draft<'_>,
        expressions: Vec<Expr>,
        mut tags: Tags,
    ) -> FunctionPlan {
        let index = self.input.index;
        let item = index.item(draft.marked.item);
        let name = unraw(&draft.parsed.signature.ident.to_string()).to_owned();
        let header = draft.parsed.header.as_ref();
        let below = path_below_crate(index, draft.marked, header, draft.self_item, &name);
        let key = signature::steps(&draft, expressions);
        let own = OwnNames::of(&draft);
        let visibility = self.visibility(&draft, item);
        for tag in &mut tags.tags {
            tag.visibility = self.tag_visibility(&draft, &visibility);
        }
        let (header, generics) = signature::split_generics(&mut draft);
        let call = signature::parameters(&draft, &generics, |_| true, true);
        let keyed = signature::parameters(
            &draft,
            &generics,
            |position| draft.choice.arguments[position],
            draft.choice.receiver,
        );
        let in_tags = |name: &str| plan_key::in_tags(draft.marker, name);
        let tagged = (!tags.tags.is_empty()).then(|| {
            let is_taken = |position: usize| {
                let argument = &draft.arguments.list[position];
                draft.choice.arguments[position]
                    || argument.bindings.iter().any(|name| in_tags(name))
            };
            let takes_self =
                draft.arguments.receiver.is_some() && (draft.choice.receiver || in_tags("self"));
            signature::parameters(&draft, &generics, is_taken, takes_self)
        });
        FunctionPlan {
            path: format!("{}::{below}", index.crates[0].name),
            shown: format!("crate::{below}"),
            name,
            version: self.input.versions.list[number],
            options: options(draft.marker),
            cfgs: own_cfgs(index, draft.marked),
            visibility,
            memo,
            header,
            is_async: draft.parsed.signature.asyncness.is_some(),
            fails: returned::fails(&draft.parsed.signature.output, draft.verdict.kind),
            attributes: attributes(&draft.parsed.attributes),
            must_use: must_use(&draft.parsed.attributes),
            callee: Tokens::of(self.callee(&draft)),
            call,
            tagged: tagged.unwrap_or_else(|| keyed.clone()),
            keyed,
            key,
            tag_bindings: tags.bindings,
            tags: tags.tags,
            background: background(draft.marker),
            key_name: own.key,
            parts: own.parts,
            tags_name: own.tags,
            this: own.this,
            value: own.value,
            returns: returns(&draft),
        }
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

    /// Whoever can name a function can spell its tags; a method is named through its type.
    fn tag_visibility(&self, draft: &Draft<'_>, visibility: &Visibility) -> Visibility {
        let is_exported = |item: ItemId| self.exports.has(item);
        match visibility {
            Visibility::Public
                if draft.parsed.header.is_some() && !draft.self_item.is_some_and(is_exported) =>
            {
                Visibility::Crate
            }
            visibility => visibility.clone(),
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
}

fn background(marker: &Marker) -> Background {
    match (marker.background(), marker.hard) {
        (None, _) => Background::Never,
        (Some(_), None) => Background::Sometimes,
        (Some(_), Some(_)) => Background::GivesUp,
    }
}

fn returns(draft: &Draft<'_>) -> Returns {
    let ty: Option<&Type> = match &draft.parsed.signature.output {
        ReturnType::Type(_, ty) => Some(ty),
        ReturnType::Default => None,
    };
    returned::spell(ty, draft.verdict)
}

/// Lint levels, which the copied signature may need as much as the original; an expectation the wrapper may not
/// fulfil becomes a permission.
fn attributes(attributes: &[Attribute]) -> Vec<Tokens> {
    let kept = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::List(list) if list.path.is_ident("allow") => Some(Tokens::of(attribute)),
            Meta::List(list) if list.path.is_ident("expect") => {
                let lints = &list.tokens;
                Some(Tokens::of(quote!(#[allow(#lints)])))
            }
            Meta::List(list)
                if list.path.is_ident("doc") && list.tokens.to_string() == "hidden" =>
            {
                Some(Tokens::of(attribute))
            }
            _ => None,
        });
    kept.collect()
}

fn must_use(attributes: &[Attribute]) -> Option<Tokens> {
    attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("must_use"))
        .map(Tokens::of)
}
