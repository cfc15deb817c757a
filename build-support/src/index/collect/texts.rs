//! What texts of tokens say that are no files of the index.

use super::mentions::Scanner;
use crate::index::facts::{Mention, Segments};
use crate::index::symbol::{Interner, Symbol};
use crate::source::lex::Tape;

/// What a text of Rust tokens mentions, as far as the index knows the names: others are nothing of ours.
pub(crate) fn of_text(text: &str, known: &Interner) -> Vec<Mention> {
    let tape = Tape::new(text);
    let mut own = Interner::default();
    let found = Scanner::new(&tape, &mut own).scan(0, tape.tokens.len(), false);
    let translate = |path: &[Symbol]| -> Segments {
        path.iter()
            .map_while(|segment| known.find(own.text(*segment)))
            .collect()
    };
    let imports = tape.tokens.iter().any(|token| tape.text(*token) == "use");
    let unseen = imports.then_some(Mention::Glob(Segments::None));
    let known = found.iter().filter_map(|mention| match mention {
        Mention::Path(path) => {
            Some(Mention::Path(translate(path))).filter(|_| !translate(path).is_empty())
        }
        Mention::Derive(path) => {
            Some(Mention::Derive(translate(path))).filter(|_| !translate(path).is_empty())
        }
        Mention::Method(name) => known.find(own.text(*name)).map(Mention::Method),
        Mention::Loose(name) => known.find(own.text(*name)).map(Mention::Loose),
        Mention::Field(name) => known.find(own.text(*name)).map(Mention::Field),
        Mention::Macro(path) => {
            Some(Mention::Macro(translate(path))).filter(|_| translate(path).len() == path.len())
        }
        Mention::Dyn(path) => {
            Some(Mention::Dyn(translate(path))).filter(|_| translate(path).len() == path.len())
        }
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
    });
    known.chain(unseen).collect()
}
