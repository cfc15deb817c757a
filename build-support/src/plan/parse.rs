//! The pieces of source a marked function is planned from, parsed again.
//!
//! The index holds no syntax trees; signature and impl header are cheap to parse once more, and these are the only
//! functions it is done for.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Attribute, Generics, ImplItem, Item, Signature, Type};

use crate::index::{Marked, Owner};
use crate::source::{Location, SourceSet};

/// Turns spans of a parsed piece into places in its file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// The piece is this range of the file, byte by byte.
    Exact(Location),
    /// The piece was spaced anew; all of it stands for this range.
    Whole(Location),
}

impl Origin {
    /// The place of one token.
    pub(super) fn of(self, span: Span) -> Location {
        match self {
            Self::Whole(location) => location,
            Self::Exact(location) => {
                let range = span.byte_range();
                let at = |offset: usize| {
                    (location.start + u32::try_from(offset).unwrap_or(0)).min(location.end)
                };
                if range.is_empty() {
                    location
                } else {
                    Location {
                        start: at(range.start),
                        end: at(range.end),
                        ..location
                    }
                }
            }
        }
    }

    /// The place from the first to the last token of a piece.
    pub(super) fn of_tokens(self, tokens: &impl ToTokens) -> Location {
        let mut trees = tokens.to_token_stream().into_iter();
        let Some(first) = trees.next() else {
            return self.of(Span::call_site());
        };
        let first = self.of(first.span());
        let last = trees.last().map_or(first, |last| self.of(last.span()));
        Location {
            end: last.end.max(first.end),
            ..first
        }
    }
}

/// A marked function, parsed.
#[derive(Clone)]
pub(super) struct Parsed {
    pub(super) attributes: Vec<Attribute>,
    pub(super) signature: Signature,
    pub(super) origin: Origin,
    /// The impl it stands in, for methods.
    pub(super) header: Option<Header>,
}

/// The head of an impl.
#[derive(Clone)]
pub(super) struct Header {
    pub(super) generics: Generics,
    /// Set for an impl of a trait.
    pub(super) implements: Option<syn::Path>,
    pub(super) self_type: Type,
    pub(super) origin: Origin,
}

/// Parses a marked function. `None` for text syn has no words for, which the index would have refused.
pub(super) fn parse(marked: &Marked, sources: &SourceSet) -> Option<Parsed> {
    let header = match &marked.owner {
        Owner::Inherent { header, .. } | Owner::TraitImpl { header, .. } => {
            Some(parse_header(*header, sources)?)
        }
        Owner::Free | Owner::TraitDefault => None,
    };
    let text = sources.text(marked.signature);
    let is_method = !matches!(marked.owner, Owner::Free);
    let (attributes, signature) = if is_method {
        method(text)?
    } else {
        function(text)?
    };
    Some(Parsed {
        attributes,
        signature,
        origin: Origin::Exact(marked.signature),
        header,
    })
}

fn function(text: &str) -> Option<(Vec<Attribute>, Signature)> {
    match syn::parse_str(&format!("{text}{{}}")).ok()? {
        Item::Fn(function) => Some((function.attrs, function.sig)),
        _ => None,
    }
}

fn method(text: &str) -> Option<(Vec<Attribute>, Signature)> {
    match syn::parse_str(&format!("{text}{{}}")).ok()? {
        ImplItem::Fn(method) => Some((method.attrs, method.sig)),
        _ => None,
    }
}

fn parse_header(header: Location, sources: &SourceSet) -> Option<Header> {
    match syn::parse_str(&format!("{}{{}}", sources.text(header))).ok()? {
        Item::Impl(item) => Some(Header {
            generics: item.generics,
            implements: item.trait_.map(|(path, _)| path),
            self_type: *item.self_ty,
            origin: Origin::Exact(header),
        }),
        _ => None,
    }
}
