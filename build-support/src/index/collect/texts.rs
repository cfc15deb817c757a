//! What texts of tokens say that are no files of the index: of build scripts, included ones, ones that do not parse.

use super::digest::{self, View};
use super::marks::Marks;
use super::mentions::Scanner;
use crate::index::Digest;
use crate::index::expansions::names_what_it_is_given;
use crate::index::facts::{Mention, Segments};
use crate::index::symbol::{Interner, Symbol};
use crate::source::lex::{Tape, TokenKind};

/// A text of Rust tokens.
pub(crate) struct Text {
    pub(crate) mentions: Vec<Mention>,
    /// Those of `mentions`.
    pub(crate) symbols: Interner,
    imports: bool,
}

impl Text {
    pub(crate) fn read(text: &str) -> Self {
        let tape = Tape::new(text);
        let mut symbols = Interner::default();
        let mentions = Scanner::new(&tape, &mut symbols).scan(0, tape.tokens.len(), false);
        let imports = tape.tokens.iter().any(|token| tape.text(*token) == "use");
        Self {
            mentions,
            symbols,
            imports,
        }
    }

    /// What it names, as far as the index knows the names: others are nothing of ours. What else it mentions is in no
    /// need of being known.
    pub(crate) fn known(&self, known: &Interner) -> Vec<Mention> {
        let find = |name: &Symbol| known.find(self.symbols.text(*name));
        let mentions = self.mentions.iter();
        let mentions = mentions.filter_map(|mention| by_names(mention, find));
        let is_unseen = |mention: &Mention| match mention {
            Mention::Macro(path) => path.last().is_some_and(|last| {
                find(last).is_none() && !names_what_it_is_given(self.symbols.text(*last))
            }),
            _ => false,
        };
        let is_unseen = self.imports || self.mentions.iter().any(is_unseen);
        let unseen = is_unseen.then_some(Mention::Glob(Segments::None));
        mentions.chain(unseen).collect()
    }
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
        Mention::All(path) => whole(path).map(Mention::All),
        Mention::Method(name) => find(name).map(Mention::Method),
        Mention::Loose(name) => find(name).map(Mention::Loose),
        Mention::Field(name) => find(name).map(Mention::Field),
        Mention::Parameter(name) => find(name).map(Mention::Parameter),
        Mention::Operators(operators) => Some(Mention::Operators(*operators)),
        Mention::Cfg(_)
        | Mention::Defined(_)
        | Mention::Env(_)
        | Mention::File(_)
        | Mention::Glob(_)
        | Mention::Impl(_)
        | Mention::Literal(_)
        | Mention::Pasted(_) => None,
    }
}

/// The digest of a text's tokens.
pub(crate) fn token_digest(text: &str) -> Digest {
    let tape = Tape::new(text);
    let marks = Marks::new(&tape);
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
