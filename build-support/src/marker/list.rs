//! The list of a marker, split into options that are not yet understood.

use proc_macro2::{Delimiter, LexError, Span, TokenStream, TokenTree};

use super::text::Found;
use crate::diagnostic::{Diagnostics, catalogue::marker as texts};
use crate::source::Location;

/// One option as it is written.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) name_location: Location,
    pub(super) form: Form,
}

/// What follows an option's name.
pub(super) enum Form {
    /// Nothing.
    Bare(Location),
    /// `= …`, at least one token.
    Value(Vec<TokenTree>, Location),
    /// `(…)`.
    List(TokenStream, Location),
}

impl Form {
    /// The place to blame for a value that does not fit.
    pub(super) fn location(&self) -> Location {
        match self {
            Self::Bare(location) | Self::Value(_, location) | Self::List(_, location) => *location,
        }
    }
}

/// The options of a marker's list; what is no option is pushed as a problem, and the rest goes on.
pub(super) fn entries(found: &Found, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let tokens: TokenStream = match found.text.text[found.list.clone()].parse() {
        Ok(tokens) => tokens,
        Err(error) => {
            diagnostics.push(texts::not_rust_tokens(lex_location(found, &error)));
            return Vec::new();
        }
    };
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut pieces: Vec<&[TokenTree]> = tokens.split(is_comma).collect();
    // One comma may follow the last option; an empty list is one empty piece.
    if pieces.last().is_some_and(|piece| piece.is_empty()) {
        pieces.pop();
    }
    let mut entries = Vec::new();
    for piece in pieces {
        match entry(found, piece) {
            Ok(entry) => entries.push(entry),
            Err(problem) => diagnostics.push(*problem),
        }
    }
    entries
}

/// The place of a span of the list's tokens.
pub(super) fn location(found_list: &Found, span: Span) -> Location {
    let range = span.byte_range();
    let base = found_list.list.start;
    found_list
        .text
        .location(base + range.start..base + range.end)
}

/// The place of the first to the last of these tokens.
fn location_of(found: &Found, tokens: &[TokenTree]) -> Option<Location> {
    let first = location(found, tokens.first()?.span());
    let last = location(found, tokens.last()?.span());
    Some(Location {
        end: last.end.max(first.end),
        ..first
    })
}

fn lex_location(found: &Found, error: &LexError) -> Location {
    location(found, error.span())
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

/// `name`, `name = …` or `name(…)`.
fn entry(found: &Found, piece: &[TokenTree]) -> Result<Entry, Box<crate::diagnostic::Diagnostic>> {
    let Some((TokenTree::Ident(name), rest)) = piece.split_first() else {
        let location =
            location_of(found, piece).unwrap_or_else(|| found.text.location(0..found.end));
        return Err(Box::new(texts::expected_option(location)));
    };
    let name_location = location(found, name.span());
    let name = name.to_string();
    let form = match rest {
        [] => Form::Bare(name_location),
        [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
            match location_of(found, value) {
                Some(location) => Form::Value(value.to_vec(), location),
                None => Form::Bare(name_location),
            }
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
            Form::List(group.stream(), location(found, group.span()))
        }
        [TokenTree::Group(group), extra, ..] if group.delimiter() == Delimiter::Parenthesis => {
            return Err(Box::new(texts::expected_comma(location(
                found,
                extra.span(),
            ))));
        }
        [other, ..] => {
            return Err(Box::new(texts::expected_value(
                location(found, other.span()),
                &name,
            )));
        }
    };
    Ok(Entry {
        name,
        name_location,
        form,
    })
}
