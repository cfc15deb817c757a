//! What code reads while it is compiled: `cfg` predicates, environment variables, files.

use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};

use super::mentions::Scanner;
use crate::index::facts::{FileMention, IncludeKind, Mention, PathPart};
use crate::index::symbol::Interner;
use crate::source::cfg::Predicate;
use crate::source::lex::TokenKind;

impl Scanner<'_, '_> {
    /// The arms of `cfg_select! { predicate => …, _ => … }`, whose predicates are noted; what they choose
    /// between is scanned with the rest.
    pub(super) fn cfg_select(&mut self, open: usize, close: usize) {
        let mut at = open + 1;
        while at < close {
            let arrow = self.next(at, close, |at| self.tape.is_pair(at, b'=', b'>'));
            if arrow == close {
                return;
            }
            let _ = self.predicate(at, arrow);
            let body = arrow + 2;
            at = if self
                .tape
                .get(body)
                .is_some_and(|token| token.kind == TokenKind::Open)
            {
                let after = self.tape.closing(body) + 1;
                after + usize::from(self.tape.is(after, b','))
            } else {
                self.comma(body, close) + 1
            };
        }
    }

    /// Notes a predicate of `cfg(…)`, `cfg_attr(…, …)` or `cfg!(…)`; whether it is one.
    pub(super) fn predicate(&mut self, from: usize, to: usize) -> bool {
        let text: String = (from..to)
            .map(|at| self.tape.text(self.tape.tokens[at]))
            .collect();
        let text = text.trim_end_matches(',').replace(",)", ")");
        if text == "_" {
            return true;
        }
        let known = syn::parse_str::<Predicate>(&text).is_ok();
        let symbol = self.symbols.intern(if known { &text } else { "" });
        self.note(Mention::Cfg(symbol));
        known
    }

    /// The first comma outside brackets, or the end.
    pub(super) fn comma(&self, from: usize, to: usize) -> usize {
        self.next(from, to, |at| self.tape.is(at, b','))
    }

    /// The first place outside brackets that is asked for, or the end.
    pub(super) fn next(&self, from: usize, to: usize, found: impl Fn(usize) -> bool) -> usize {
        let mut at = from;
        while at < to {
            if found(at) {
                return at;
            }
            at = match self.tape.tokens[at].kind {
                TokenKind::Open => self.tape.closing(at) + 1,
                _ => at + 1,
            };
        }
        to
    }

    /// `env!("NAME")`, `option_env!("NAME")`.
    pub(super) fn variable(&mut self, open: usize, close: usize) {
        let end = self.comma(open + 1, close);
        let parts = self.parts(open + 1, end);
        let name = match parts.as_deref() {
            Some([PathPart::Text(name)]) => *name,
            _ => self.symbols.intern(""),
        };
        self.note(Mention::Env(name));
    }

    /// `include!`, `include_str!`, `include_bytes!`.
    pub(super) fn file(&mut self, name: &str, open: usize, close: usize) {
        let kind = if name == "include" {
            IncludeKind::Code
        } else {
            IncludeKind::Data
        };
        let path = self.parts(open + 1, close);
        let place = self.tape.tokens[open].start..self.tape.tokens[close - 1].end;
        let file = FileMention { kind, path, place };
        self.note(Mention::File(Box::new(file)));
    }

    fn parts(&mut self, from: usize, to: usize) -> Option<Box<[PathPart]>> {
        let start = self.tape.get(from)?.start as usize;
        let end = self.tape.get(to.checked_sub(1)?)?.end as usize;
        path_parts(self.tape.text.get(start..end)?, self.symbols)
    }
}

/// The text an argument of `include!` and the like evaluates to, as far as it can be known before a build.
pub(super) fn path_parts(text: &str, symbols: &mut Interner) -> Option<Box<[PathPart]>> {
    let expression: Text = syn::parse_str(text).ok()?;
    let parts = expression.0.into_iter().map(|piece| match piece {
        Piece::Text(text) => PathPart::Text(symbols.intern(&text)),
        Piece::Variable(name) => PathPart::Variable(symbols.intern(&name)),
    });
    Some(parts.collect())
}

/// A constant text: literals, `env!`, and `concat!` of these.
struct Text(Vec<Piece>);

enum Piece {
    Text(String),
    Variable(String),
}

impl Parse for Text {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let pieces = piece(input)?;
        input.parse::<Option<Token![,]>>()?;
        if input.is_empty() {
            Ok(Self(merged(pieces)))
        } else {
            Err(input.error("more than one text"))
        }
    }
}

fn piece(input: ParseStream<'_>) -> syn::Result<Vec<Piece>> {
    if input.peek(LitStr) {
        return Ok(vec![Piece::Text(input.parse::<LitStr>()?.value())]);
    }
    if let Ok(literal) = input.parse::<syn::Lit>() {
        return match literal {
            syn::Lit::Int(number) => Ok(vec![Piece::Text(number.base10_digits().to_owned())]),
            syn::Lit::Char(character) => Ok(vec![Piece::Text(character.value().to_string())]),
            syn::Lit::Bool(value) => Ok(vec![Piece::Text(value.value.to_string())]),
            _ => Err(input.error("not a text")),
        };
    }
    let mac: syn::Macro = input.parse()?;
    let name = mac.path.segments.last().map(|last| last.ident.to_string());
    match name.as_deref() {
        Some("env") => {
            let arguments = mac.parse_body_with(
                syn::punctuated::Punctuated::<LitStr, Token![,]>::parse_terminated,
            )?;
            let first = arguments
                .first()
                .ok_or_else(|| input.error("env! of nothing"))?;
            Ok(vec![Piece::Variable(first.value())])
        }
        Some("concat") => mac.parse_body_with(|input: ParseStream<'_>| {
            let mut pieces = Vec::new();
            while !input.is_empty() {
                pieces.extend(piece(input)?);
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(pieces)
        }),
        _ => Err(input.error("not a text that is known before the build")),
    }
}

/// Neighbouring texts as one.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => merged.push(piece),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<Vec<(bool, String)>> {
        let mut symbols = Interner::default();
        let parts = path_parts(text, &mut symbols)?;
        let shown = parts.iter().map(|part| match part {
            PathPart::Text(text) => (false, symbols.text(*text).to_owned()),
            PathPart::Variable(name) => (true, symbols.text(*name).to_owned()),
        });
        Some(shown.collect())
    }

    #[test]
    fn texts_known_before_the_build_are_evaluated() {
        assert_eq!(
            parts(r#""a.txt","#),
            Some(vec![(false, "a.txt".to_owned())])
        );
        assert_eq!(
            parts(r#"concat!(env!("OUT_DIR"), "/", "b", 1)"#),
            Some(vec![
                (true, "OUT_DIR".to_owned()),
                (false, "/b1".to_owned())
            ])
        );
        assert_eq!(parts("$path"), None);
        assert_eq!(parts("concat!(NAME)"), None);
    }
}
