//! What texts of tokens say that are no files of the index: of build scripts, included ones, ones that do not parse.

use super::digest::{self, View};
use super::edits::Edits;
use super::marks::Marks;
use super::mentions::Scanner;
use crate::index::Digest;
use crate::index::facts::{Mention, Segments};
use crate::index::symbol::{Interner, Symbol};
use crate::source::lex::{Tape, TokenKind};

/// What a text of Rust tokens mentions, as far as the index knows the names: others are nothing of ours.
pub(crate) fn mentions_of_text(text: &str, known: &Interner) -> Vec<Mention> {
    let tape = Tape::new(text);
    let mut own = Interner::default();
    let found = Scanner::new(&tape, &mut own).scan(0, tape.tokens.len(), false);
    let find = |name: &Symbol| known.find(own.text(*name));
    let known = found.iter().filter_map(|mention| by_names(mention, find));
    let imports = tape.tokens.iter().any(|token| tape.text(*token) == "use");
    let unseen = imports.then_some(Mention::Glob(Segments::None));
    known.chain(unseen).collect()
}

/// A mention by other symbols for its names, as far as there are any.
fn by_names(mention: &Mention, find: impl Fn(&Symbol) -> Option<Symbol>) -> Option<Mention> {
    let whole = |path: &Segments| path.iter().map(&find).collect::<Option<Segments>>();
    let beginning = |path: &Segments| {
        let known: Segments = path.iter().map_while(&find).collect();
        (!known.is_empty()).then_some(known)
    };
    match mention {
        Mention::Path(path) => beginning(path).map(Mention::Path),
        Mention::Derive(path) => beginning(path).map(Mention::Derive),
        Mention::Macro(path) => whole(path).map(Mention::Macro),
        Mention::Dyn(path) => whole(path).map(Mention::Dyn),
        Mention::Method(name) => find(name).map(Mention::Method),
        Mention::Loose(name) => find(name).map(Mention::Loose),
        Mention::Field(name) => find(name).map(Mention::Field),
        Mention::Operators(operators) => Some(Mention::Operators(*operators)),
        Mention::All(_)
        | Mention::Cfg(_)
        | Mention::Env(_)
        | Mention::File(_)
        | Mention::Glob(_)
        | Mention::Impl(_)
        | Mention::Literal(_)
        | Mention::Parameter(_)
        | Mention::Pasted(_) => None,
    }
}

/// The digest of a text's tokens.
pub(crate) fn token_digest(text: &str) -> Digest {
    let tape = Tape::new(text);
    let marks = Marks::of(&Edits::default(), &tape);
    let all = 0..tape.tokens.len();
    digest::of_tokens(&tape, &marks, all, View::default(), &[], &[])
}

/// The values of a text's string literals.
pub(crate) fn string_literals(text: &str) -> Vec<String> {
    let tape = Tape::new(text);
    let literals = tape.tokens.iter().map(|token| tape.text(*token));
    literals
        .filter_map(|literal| syn::parse_str::<syn::LitStr>(literal).ok())
        .map(|literal| literal.value())
        .collect()
}

/// The names behind every `mod` of a text of tokens.
pub(crate) fn modules_in(text: &str) -> Vec<String> {
    let names = names_in(text);
    let pairs = names.windows(2).filter(|pair| pair[0] == "mod");
    pairs
        .map(|pair| pair[1].trim_start_matches("r#").to_owned())
        .collect()
}

/// The identifiers of a text of tokens.
pub(crate) fn names_in(text: &str) -> Vec<String> {
    let tape = Tape::new(text);
    let tokens = tape.tokens.iter();
    let names = tokens.filter(|token| token.kind == TokenKind::Ident);
    names.map(|token| tape.text(*token).to_owned()).collect()
}
