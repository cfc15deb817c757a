//! What string literals mention: captures of formats, and paths or code for macros that take these by text.

use std::borrow::Cow;

use super::mentions::{Context, Scanner};
use crate::index::facts::{Mention, Segments};
use crate::index::std_traits::StdTraits;
use crate::source::lex::{Tape, Token};

impl Scanner<'_, '_> {
    pub(super) fn literal(&mut self, token: Token, context: Context) {
        let text = self.tape.text(token);
        match context {
            Context::Code => {}
            Context::BlindArguments | Context::MacroArguments | Context::MacroBody => {
                self.string_in_macro(text, context);
            }
            Context::Attribute => self.string_in_attribute(text),
        }
    }

    fn string_in_macro(&mut self, literal: &str, context: Context) {
        if context == Context::MacroArguments
            && let Some(text) = plain_string(literal)
        {
            let text = self.symbols.intern(text);
            self.note(Mention::Literal(text));
        }
        let unescaped = unescaped(literal);
        self.note_format(&unescaped);
        for name in format_captures(&unescaped) {
            let name = self.symbols.intern(name);
            self.note(Mention::Path(Segments::One([name])));
        }
        // It may come to stand in an attribute: `#[serde(default = $path)]`.
        if context == Context::MacroArguments
            && let Some(path) = self.path_in_string(literal)
        {
            self.note(Mention::Path(path));
        }
    }

    /// A literal that may be a format, or a part of one.
    fn note_format(&mut self, unescaped: &str) {
        if unescaped.contains('{') {
            self.operators = self.operators.with(StdTraits::formatting());
        }
    }

    fn string_in_attribute(&mut self, literal: &str) {
        self.note_format(&unescaped(literal));
        if let Some(path) = self.path_in_string(literal) {
            self.note(Mention::Path(path.clone()));
            self.note(Mention::All(path));
        }
        self.code_in_string(literal);
    }

    /// The path that a string literal begins with, if it is one, be it with arguments.
    fn path_in_string(&mut self, literal: &str) -> Option<Segments> {
        let segments = path_in_string(literal)?;
        Some(
            segments
                .map(|segment| self.symbols.intern(segment))
                .collect(),
        )
    }

    /// What a string literal mentions that holds an expression, a type or a bound: macros take these by text.
    fn code_in_string(&mut self, literal: &str) {
        if let Some(code) = code_of(literal) {
            let tape = Tape::new(&code);
            let found = Scanner::new(&tape, self.symbols).scan(0, tape.tokens.len(), false);
            found.into_iter().for_each(|mention| self.note(mention));
        }
    }
}

/// A short string literal without blanks or escapes: it may name a file or a variable.
fn plain_string(literal: &str) -> Option<&str> {
    const LONGEST: usize = 100;
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !text.is_empty() && text.len() <= LONGEST && !text.contains([' ', '\\', '{', '\n']);
    plain.then_some(text)
}

/// A string literal with its characters for the codes of these, if it has any: a brace or a name may be written so.
fn unescaped(literal: &str) -> Cow<'_, str> {
    let is_escaped = ["\\x", "\\u", "\\\n"]
        .iter()
        .any(|sign| literal.contains(sign));
    let parsed = is_escaped.then(|| syn::parse_str::<syn::LitStr>(literal).ok());
    match parsed.flatten() {
        Some(text) => Cow::Owned(format!("\"{}\"", text.value())),
        None => Cow::Borrowed(literal),
    }
}

/// The identifiers captured by a format string: `{name}`, `{name:…}`, and `name$` inside a specification.
fn format_captures(literal: &str) -> impl Iterator<Item = &str> {
    let body = if literal.contains('"') { literal } else { "" };
    body.split('{')
        .skip(1)
        .filter_map(|piece| piece.split('}').next())
        .flat_map(|hole| {
            let (argument, specification) = hole.split_once(':').unwrap_or((hole, ""));
            // The fill character may touch the width (`{x:*>width$}`), and so does a zero that asks for zeros.
            let (sized, _) = specification.rsplit_once('$').unwrap_or_default();
            let sizes = sized.split('$').map(|before| {
                let word = before.rsplit(|c| !is_word(c)).next().unwrap_or(before);
                word.strip_prefix('0').unwrap_or(word)
            });
            std::iter::once(argument.trim())
                .chain(sizes)
                .filter(|word| is_name(word))
        })
}

/// The segments of the path that a string literal begins with, up to its arguments or a blank.
fn path_in_string(literal: &str) -> Option<impl Iterator<Item = &str>> {
    let body = literal.trim_start_matches(['r', '#']).trim_end_matches('#');
    let body = body.strip_prefix('"')?.strip_suffix('"')?.trim();
    let head = body.split(['<', ' ']).next().unwrap_or(body);
    let head = head.strip_suffix("::").unwrap_or(head);
    (!head.is_empty() && head.split("::").all(is_name)).then(|| head.split("::"))
}

/// The text of a string literal that is more than a name, and code: no sentence is.
fn code_of(literal: &str) -> Option<String> {
    let text = syn::parse_str::<syn::LitStr>(literal).ok()?.value();
    let is_code = || {
        syn::parse_str::<syn::Expr>(&text).is_ok()
            || syn::parse_str::<syn::Type>(&text).is_ok()
            || syn::parse_str::<syn::WherePredicate>(&text).is_ok()
    };
    (!is_name(&text) && is_code()).then_some(text)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_name(word: &str) -> bool {
    word.chars()
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && word.chars().all(is_word)
}
