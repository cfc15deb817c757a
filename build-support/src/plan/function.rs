//! One marked function: from its signature and marker to the plan of its wrappers.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Generics, ReturnType};

use super::key::{self, KeyChoice};
use super::listed::own_cfgs;
use super::lossy::Losses;
use super::names::Names;
use super::parameter::Arguments;
use super::parse::{self, Parsed};
use super::returned::{Classifier, Verdict};
use super::taken::{Method, Methods};
use super::visibility::{self, Exports};
use super::{FunctionPlan, Input, Visibility, method, shape, unraw};
use crate::diagnostic::{Diagnostics, catalogue, catalogue::shape as texts};
use crate::index::{Item, ItemId, Marked, Owner, Place};
use crate::marker::Marker;

mod background;
mod carry;
mod finish;
mod signature;
mod tag;

/// Where a function is planned for.
pub(super) struct Site<'s, 'a> {
    pub(super) input: &'s Input<'a>,
    pub(super) exports: &'s Exports,
    pub(super) losses: &'s Losses<'a>,
    pub(super) names: &'s mut Names<'a>,
    pub(super) methods: &'s mut Methods,
    pub(super) diagnostics: &'s mut Diagnostics,
}

/// A function while it is planned: names change to what they are called in the generated module.
pub(super) struct Draft<'a> {
    pub(super) marked: &'a Marked,
    pub(super) marker: &'a Marker,
    pub(super) parsed: Parsed,
    pub(super) arguments: Arguments,
    pub(super) choice: KeyChoice,
    verdict: Verdict,
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
        let generics = generic_names(&draft.parsed);
        self.losses
            .check(&draft, &|name| generics.contains(name), self.diagnostics);
        self.check_reach(&draft);
        self.check_taken(&draft);
        background::check(&draft, self.diagnostics);
        tag::check(&draft, self.diagnostics);
        let tags = self.rewrite_tags(&draft);
        let expressions = self.rewrite(&mut draft);
        (self.diagnostics.count() == before)
            .then(|| self.finish(number, memo, draft, expressions, tags))
    }

    fn draft(&mut self, marked: &'a Marked, marker: &'a Marker, parsed: Parsed) -> Draft<'a> {
        let arguments = Arguments::of(&parsed.signature, parsed.origin, &|name| {
            key::mentioned(marker, name) || key::in_tags(marker, name)
        });
        let choice = key::choose(&parsed, &arguments, marker, self.diagnostics);
        let verdict = self.classify(marked, &parsed);
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
            verdict,
            self_item,
        }
    }

    /// What is known of the return type.
    fn classify(&self, marked: &Marked, parsed: &Parsed) -> Verdict {
        let ReturnType::Type(_, ty) = &parsed.signature.output else {
            return Verdict::UNIT;
        };
        let classifier = Classifier {
            index: self.input.index,
            sources: self.input.sources,
            module: marked.module,
        };
        let generics = generic_names(parsed);
        classifier.verdict(ty, &|name| generics.contains(name))
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

    /// Whether attributes of the function, its impl or the modules around it decide if it is compiled.
    fn is_conditional(&self, draft: &Draft<'_>) -> bool {
        let index = self.input.index;
        let mut module = Some(draft.marked.module);
        while let Some(id) = module {
            if !index.module(id).cfgs.is_empty() {
                return true;
            }
            module = index.module(id).parent;
        }
        !own_cfgs(index, draft.marked).is_empty()
    }

    /// Reports helper names that are taken.
    fn check_taken(&mut self, draft: &Draft<'_>) {
        let Some(header) = &draft.parsed.header else {
            return;
        };
        let method = Method {
            item: draft.self_item,
            self_type: header.self_type.to_token_stream().to_string(),
            is_of_trait: header.implements.is_some(),
            is_conditional: !own_cfgs(self.input.index, draft.marked).is_empty(),
            name: unraw(&draft.parsed.signature.ident.to_string()).to_owned(),
            location: draft.parsed.origin.of(draft.parsed.signature.ident.span()),
        };
        self.methods.add(self.input.index, method, self.diagnostics);
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
