//! Carries names of signatures and key expressions over into the generated module.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprPath, Macro, Path, PathSegment, QSelf, Token, TypePath};

use super::name::ident;
use super::names::{Change, Missing, Names};
use super::parse::Origin;
use crate::diagnostic::{
    Diagnostics, catalogue::marker as marker_texts, catalogue::shape as texts,
};
use crate::index::names::Meaning;
use crate::source::Location;

/// Rewrites the paths of one piece of syntax.
pub(super) struct Rewriter<'r, 'a> {
    pub(super) names: &'r mut Names<'a>,
    /// Type and const parameters in scope.
    pub(super) generics: BTreeSet<String>,
    /// Names of parameters and of what a key expression binds itself.
    pub(super) locals: BTreeSet<String>,
    /// The parameters, to be listed to someone who misspelt one.
    pub(super) parameters: &'r [String],
    /// The trait of the impl, already rewritten: an inherent method has no `Self::Output` of its own.
    pub(super) implements: Option<&'r Path>,
    /// Whether attributes decide if the function exists: then so may what it names.
    pub(super) is_conditional: bool,
    pub(super) origin: Origin,
    pub(super) diagnostics: &'r mut Diagnostics,
}

/// Macros of std's prelude whose arguments are expressions.
const STD_MACROS: [&str; 14] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "concat",
    "debug_assert",
    "env",
    "format",
    "format_args",
    "line",
    "matches",
    "stringify",
    "unreachable",
    "vec",
];

impl VisitMut for Rewriter<'_, '_> {
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}

    fn visit_path_mut(&mut self, path: &mut Path) {
        for segment in &mut path.segments {
            self.visit_path_arguments_mut(&mut segment.arguments);
        }
        self.rewrite(path, false);
    }

    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        if let Some(qself) = &mut ty.qself {
            self.qualified(qself, &mut ty.path);
        } else if let Some(implements) = self.implements.filter(|_| is_member_of_self(&ty.path)) {
            for segment in &mut ty.path.segments {
                self.visit_path_arguments_mut(&mut segment.arguments);
            }
            *ty = member_of_trait(ty, implements);
        } else {
            self.visit_path_mut(&mut ty.path);
        }
    }

    fn visit_expr_path_mut(&mut self, expression: &mut ExprPath) {
        match &mut expression.qself {
            Some(qself) => self.qualified(qself, &mut expression.path),
            None => {
                for segment in &mut expression.path.segments {
                    self.visit_path_arguments_mut(&mut segment.arguments);
                }
                self.rewrite(&mut expression.path, true);
            }
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        self.macro_name(&mut mac.path);
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
        match arguments {
            Ok(mut arguments) => {
                for argument in &mut arguments {
                    self.visit_expr_mut(argument);
                }
                mac.tokens = arguments.to_token_stream();
            }
            Err(_) => self.loose_tokens(mac.tokens.clone()),
        }
    }
}

impl Rewriter<'_, '_> {
    /// Changes a path without qualifier; `is_value` where it may name a parameter.
    fn rewrite(&mut self, path: &mut Path, is_value: bool) {
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let Some(head) = segments.first().filter(|_| path.leading_colon.is_none()) else {
            return;
        };
        let is_local = segments.len() == 1 && is_value && self.locals.contains(head);
        if is_local || head == "Self" || self.generics.contains(head) {
            return;
        }
        match self.names.look_up(&segments) {
            Ok(change) => apply(change, path),
            Err(missing) => self.report(missing, path, is_value),
        }
    }

    fn report(&mut self, missing: Missing, path: &Path, is_value: bool) {
        if self.is_conditional && missing == Missing::Unknown && !is_value {
            // It may be defined by nothing because it is compiled by nobody; else rustc says so.
            return;
        }
        let location = self.origin.of_tokens(path);
        let name = shown(path);
        let module = self.names.index.module_path(self.names.module).join("::");
        let is_bare =
            path.segments.len() == 1 && name.starts_with(|c: char| c.is_lowercase() || c == '_');
        self.diagnostics.push(match missing {
            Missing::Unknown if is_value && is_bare => {
                let parameters: Vec<&str> = self.parameters.iter().map(String::as_str).collect();
                marker_texts::unknown_parameter(location, &name, &parameters)
            }
            Missing::Unknown => texts::unknown_name(location, &name, &module),
            Missing::Private => texts::private_name(location, &name, &module),
        });
    }

    /// `<T as Trait>::Name`: the part up to the trait is a path of its own.
    fn qualified(&mut self, qself: &mut QSelf, path: &mut Path) {
        self.visit_type_mut(&mut qself.ty);
        let segments = std::mem::take(&mut path.segments);
        let mut of_trait = Path {
            leading_colon: path.leading_colon.take(),
            segments: Punctuated::new(),
        };
        let mut rest: Vec<PathSegment> = Vec::new();
        for (position, mut segment) in segments.into_iter().enumerate() {
            if position < qself.position {
                of_trait.segments.push(segment);
            } else {
                self.visit_path_arguments_mut(&mut segment.arguments);
                rest.push(segment);
            }
        }
        if !of_trait.segments.is_empty() {
            self.visit_path_mut(&mut of_trait);
        }
        qself.position = of_trait.segments.len();
        of_trait.segments.extend(rest);
        *path = of_trait;
    }

    fn macro_name(&mut self, path: &mut Path) {
        let name = shown(path);
        if self.names.inside {
            return;
        }
        if self.names.is_textual_macro(&name) {
            let module = self.names.index.module_path(self.names.module).join("::");
            self.diagnostics
                .push(texts::local_macro(self.location(path), &name, &module));
            return;
        }
        let meaning = self.names.index.meaning(self.names.module, &name);
        if STD_MACROS.contains(&name.as_str())
            && matches!(meaning, Meaning::Unknown | Meaning::Prelude)
        {
            return;
        }
        self.rewrite(path, false);
    }

    fn location(&self, tokens: &impl ToTokens) -> Location {
        self.origin.of_tokens(tokens)
    }

    /// Arguments of a macro with a grammar of its own: names that are imported or defined in the module are brought
    /// along, and nothing is known of the rest.
    fn loose_tokens(&mut self, tokens: TokenStream) {
        let mut after_dot_or_colon = false;
        for token in tokens {
            match &token {
                TokenTree::Group(group) => self.loose_tokens(group.stream()),
                TokenTree::Ident(ident) if !after_dot_or_colon => {
                    let name = ident.to_string();
                    let meaning = self.names.index.meaning(self.names.module, &name);
                    let is_known = matches!(meaning, Meaning::Items(_) | Meaning::Imports(_));
                    if is_known && !self.locals.contains(&name) {
                        // A name that can't be brought along may not be one: rustc decides.
                        let _ = self.names.look_up(&[name]);
                    }
                }
                _ => {}
            }
            after_dot_or_colon =
                matches!(&token, TokenTree::Punct(punct) if matches!(punct.as_char(), '.' | ':'));
        }
    }
}

/// A path without its generic arguments.
fn shown(path: &Path) -> String {
    let segments: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    segments.join("::")
}

/// `Self::Name`.
fn is_member_of_self(path: &Path) -> bool {
    path.segments.len() > 1 && path.segments[0].ident == "Self"
}

/// `Self::Name` to `<Self as Trait>::Name`.
fn member_of_trait(ty: &TypePath, implements: &Path) -> TypePath {
    let mut path = implements.clone();
    path.segments
        .extend(ty.path.segments.iter().skip(1).cloned());
    let qself = QSelf {
        lt_token: Token![<](Span::call_site()),
        ty: syn::parse_quote!(Self),
        position: implements.segments.len(),
        as_token: Some(Token![as](Span::call_site())),
        gt_token: Token![>](Span::call_site()),
    };
    TypePath {
        attrs: ty.attrs.clone(),
        qself: Some(qself),
        path,
    }
}

/// Puts a change into effect; generic arguments stay where they were.
fn apply(change: Change, path: &mut Path) {
    match change {
        Change::Keep => {}
        Change::Rename(name) => path.segments[0].ident = ident(&name),
        Change::Absolute {
            path: absolute,
            replaces,
        } => {
            let old = std::mem::take(&mut path.segments);
            let arguments = old[replaces - 1].arguments.clone();
            path.segments = absolute
                .iter()
                .filter(|name| !name.is_empty())
                .map(|name| PathSegment::from(ident(name)))
                .collect();
            if absolute.first().is_some_and(String::is_empty) {
                path.leading_colon = Some(Token![::](Span::call_site()));
            }
            if let Some(last) = path.segments.last_mut() {
                last.arguments = arguments;
            }
            path.segments.extend(old.into_iter().skip(replaces));
        }
    }
}
