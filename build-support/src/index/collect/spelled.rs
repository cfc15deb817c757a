//! Imports that stand in the tokens of macros, where syn sees no items.
//!
//! Nothing says which module such an import will be part of. So the names it binds are bound in all of the tokens
//! it is found among, and each path that begins with one is mentioned a second time, by its full path.

use super::mentions::Scanner;
use crate::index::facts::{Mention, Segments};
use crate::index::symbol::Symbol;
use crate::source::lex::TokenKind;

/// One leaf of a `use` tree, as far as a macro spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    /// Without what fragments of the macro stand for.
    pub(super) path: Vec<Symbol>,
    /// Whether a fragment stands in the path.
    pub(super) open: bool,
    pub(super) binds: Binds,
}

/// What a leaf gives a name to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binds {
    Name(Symbol),
    /// A trait, by `as _`.
    Unnamed,
    All,
    /// Whatever a fragment of the macro says.
    Fragment,
}

/// So many imports may lead through one another: what they bind is looked for anew as often.
const LONGEST_CHAIN: usize = 4;

impl Scanner<'_, '_> {
    /// The leaves of the `use` or `extern crate` whose last word stands before `at`.
    pub(super) fn spelled_imports(&mut self, at: usize, to: usize) -> Vec<Spelled> {
        let mut leaves = Vec::new();
        // `use<'a>` in a type imports nothing.
        if !self.tape.is(at, b'<') {
            self.tree(at, to, Way::default(), &mut leaves);
        }
        leaves
    }

    /// Reads one tree; returns the index after it.
    fn tree(&mut self, mut at: usize, to: usize, mut way: Way, leaves: &mut Vec<Spelled>) -> usize {
        if self.tape.is_pair(at, b':', b':') {
            if way.path.is_empty() {
                way.path.push(self.symbols.intern(""));
            }
            at += 2;
        }
        while at < to {
            if self.tape.is(at, b'{') {
                return self.group(at, to, &way, leaves);
            }
            if self.tape.is(at, b'*') {
                leaves.push(way.to(Binds::All));
                return at + 1;
            }
            let fragment = self.tape.is(at, b'$') && self.word(at + 1) != "crate";
            if fragment {
                way.open = true;
                at += 2;
            } else if self.tape.is(at, b'$') {
                way.path.push(self.symbols.intern("$crate"));
                at += 2;
            } else if self.is_ident(at) {
                way.path.push(self.name(at));
                at += 1;
            } else {
                return at + 1;
            }
            if self.tape.is_pair(at, b':', b':') {
                at += 2;
            } else if fragment && self.word(at) != "as" {
                leaves.push(way.to(Binds::Fragment));
                return at;
            } else {
                return self.leaf(at, way, leaves);
            }
        }
        at
    }

    /// The trees between braces.
    fn group(&mut self, open: usize, to: usize, way: &Way, leaves: &mut Vec<Spelled>) -> usize {
        let close = self.tape.closing(open).min(to);
        let mut at = open + 1;
        while at < close {
            self.tree(at, close, way.clone(), leaves);
            at = self.comma(at, close) + 1;
        }
        close + 1
    }

    /// The end of a path, with `as name` or without.
    fn leaf(&mut self, at: usize, mut way: Way, leaves: &mut Vec<Spelled>) -> usize {
        let last = way.path.last().copied();
        let of_module = last.is_some_and(|last| self.symbols.text(last) == "self");
        if of_module && way.path.len() > 1 {
            way.path.pop();
        }
        if self.word(at) != "as" {
            let last = way.path.last().copied();
            leaves.extend(last.map(|last| way.to(Binds::Name(last))));
            return at;
        }
        let binds = if self.tape.is(at + 1, b'$') {
            Binds::Fragment
        } else if self.is_ident(at + 1) && self.word(at + 1) != "_" {
            Binds::Name(self.name(at + 1))
        } else {
            Binds::Unnamed
        };
        leaves.push(way.to(binds));
        at + 2
    }

    fn word(&self, at: usize) -> &str {
        let token = self.tape.get(at);
        let token = token.filter(|token| token.kind == TokenKind::Ident);
        token.map_or("", |token| self.tape.text(token))
    }

    /// Mentions what was found so far by the full paths of `imports`, too.
    pub(super) fn follow_spelled(&mut self, imports: &[Spelled]) {
        if imports.iter().any(|import| import.open) {
            self.note(Mention::Glob(Segments::None));
        }
        let known = imports.iter().filter(|import| !import.open);
        let (globs, names): (Vec<&Spelled>, Vec<&Spelled>) =
            known.partition(|import| import.binds == Binds::All);
        for import in globs.iter().chain(&names) {
            self.note(Mention::Path(import.path.as_slice().into()));
        }
        self.follow_globs(&globs);
        for _ in 0..LONGEST_CHAIN {
            let before = self.mentions().len();
            for import in &names {
                self.follow_import(import, self.mentions().len());
            }
            if self.mentions().len() == before {
                return;
            }
        }
    }

    /// Each glob may bring what any path begins with, and where other globs begin: then all that the two lead to counts,
    /// for there are as many ways through several as there are sets of them.
    fn follow_globs(&mut self, globs: &[&Spelled]) {
        let found = self.mentions().len();
        for glob in globs {
            self.note(Mention::Glob(glob.path.as_slice().into()));
            self.follow_import(glob, found);
        }
        for outer in globs {
            for inner in globs {
                if let Some(path) = self.full(outer, &inner.path) {
                    self.note(Mention::Glob(path.clone()));
                    self.note(Mention::All(path));
                }
            }
        }
    }

    /// Mentions the first of what was found by the full path of an import.
    fn follow_import(&mut self, import: &Spelled, first: usize) {
        let mentions = self.mentions()[..first].iter();
        let full = mentions.filter_map(|mention| match mention {
            Mention::Path(path) => self.full(import, path).map(Mention::Path),
            Mention::Derive(path) => self.full(import, path).map(Mention::Derive),
            Mention::Macro(path) => self.full(import, path).map(Mention::Macro),
            Mention::Dyn(path) => self.full(import, path).map(Mention::Dyn),
            _ => None,
        });
        let full: Vec<Mention> = full.collect();
        full.into_iter().for_each(|full| self.note(full));
    }

    /// A path that begins with what an import binds, by the import's own path.
    fn full(&self, import: &Spelled, path: &[Symbol]) -> Option<Segments> {
        let head = *path.first()?;
        let rest = match import.binds {
            Binds::Name(name) if name == head => &path[1..],
            Binds::All if !self.starts_elsewhere(head) => path,
            _ => return None,
        };
        let whole = [&import.path, rest].concat();
        (whole != path).then(|| whole.as_slice().into())
    }

    /// Whether a path that begins so is bound by no import.
    fn starts_elsewhere(&self, head: Symbol) -> bool {
        matches!(
            self.symbols.text(head),
            "" | "<>" | "$crate" | "Self" | "crate" | "self" | "super"
        )
    }
}

/// What stands before a part of a tree.
#[derive(Clone, Debug, Default)]
struct Way {
    path: Vec<Symbol>,
    open: bool,
}

impl Way {
    fn to(&self, binds: Binds) -> Spelled {
        Spelled {
            path: self.path.clone(),
            open: self.open,
            binds,
        }
    }
}

impl Spelled {
    /// Whether it may import all of a module that only the arguments of a call name.
    pub(super) fn may_be_open_glob(&self) -> bool {
        self.open && matches!(self.binds, Binds::All | Binds::Fragment)
    }
}
