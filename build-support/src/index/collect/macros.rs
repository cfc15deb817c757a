//! What can be told of macros from their tokens: the names they may define, the impls they may make.

use std::collections::BTreeSet;

use super::blind;
use super::bodies::Bodies;
use super::mentions::Scanner;
use super::spelled::{Binds, Spelled};
use crate::index::facts::{HeadOf, ImplHead, MacroFacts};
use crate::index::symbol::Symbol;
use crate::source::lex::TokenKind;

/// Words after which stands a name that is defined.
const DEFINING: &[&str] = &[
    "const",
    "enum",
    "fn",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
    "type",
    "union",
];

/// Attributes that make an item known to the linker.
const LINKED: &[&str] = &["export_name", "link_section", "no_mangle"];

/// What fragments may be. Not `path` and others that macros are called: `$field: path!(…)` may also be what is made.
const SPECIFIERS: &[&str] = &[
    "expr",
    "expr_2021",
    "ident",
    "lifetime",
    "literal",
    "pat",
    "pat_param",
    "stmt",
    "tt",
    "ty",
    "vis",
];

/// Words that may stand between a defining word and the name.
const BETWEEN: &[&str] = &["mut", "ref", "unsafe", "async", "extern", "fn", "const"];

impl Scanner<'_, '_> {
    /// What the tokens from index `from` to before `to` may define: the definition of a macro, or the
    /// arguments of a call.
    pub(super) fn macro_facts(
        &mut self,
        from: usize,
        to: usize,
        is_definition: bool,
    ) -> MacroFacts {
        let mut facts = MacroFacts::default();
        let mut identifiers: BTreeSet<Symbol> = BTreeSet::new();
        let mut defined: BTreeSet<Symbol> = BTreeSet::new();
        // Where the body ends that is being read: imports in the body of a function or module bind nothing
        // outside of it.
        let mut body = from;
        // Likewise the arguments of a call in the place of an item.
        let mut handed_on = from;
        let mut passed: BTreeSet<Symbol> = BTreeSet::new();
        let mut members: BTreeSet<Symbol> = BTreeSet::new();
        let mut called: BTreeSet<Symbol> = BTreeSet::new();
        let mut bodies = Bodies::new(from);
        for at in from..to {
            let token = self.tape.tokens[at];
            if token.kind == TokenKind::Open && self.tape.is(at, b'[') && self.tape.is(at + 1, b'<')
            {
                facts.pastes = true;
            }
            facts.dots |= self.tape.is_pair(at, b'.', b'$') || self.calls_given(at);
            let calls_given = self.is_lone_bang(at + 1) && self.ends_given(at);
            if token.kind != TokenKind::Ident && !calls_given {
                continue;
            }
            let inside = is_definition && self.is_inside(&mut bodies, at, from, to);
            facts.calls_fragments |= calls_given;
            facts.items_by_fragments |= calls_given && !inside;
            if token.kind != TokenKind::Ident {
                continue;
            }
            let text = self.tape.text(token);
            if DEFINING.contains(&text) {
                match self.defined_after(at, to) {
                    Defined::Name(name) if inside => drop(members.insert(name)),
                    Defined::Name(name) => drop(defined.insert(name)),
                    Defined::Fragment if inside => facts.members_fragments = true,
                    Defined::Fragment => facts.names_fragments = true,
                    Defined::Nothing => {}
                }
            }
            if matches!(text, "fn" | "mod") {
                body = body.max(self.body_after(at, to));
            }
            if text == "use" || text == "crate" && self.follows(at, "extern") {
                for import in self.spelled_imports(at + 1, to) {
                    facts.open_globs |= import.may_be_open_glob();
                    if at >= body {
                        self.imported(&import, &mut facts, &mut defined);
                    }
                }
            }
            if at >= body && self.calls_item_macro(at) {
                handed_on = handed_on.max(self.tape.closing(at + 2));
            }
            if at < handed_on {
                passed.insert(self.name(at));
            }
            if !inside && self.tape.is(at + 1, b'!') {
                called.insert(self.name(at));
            }
            facts.traits |= text == "trait";
            facts.statics |= matches!(text, "static" | "thread_local");
            facts.modules |=
                matches!(text, "mod" | "use") || text == "crate" && self.follows(at, "extern");
            facts.files |= text == "mod" && self.names_file(at + 1);
            facts.pastes |= is_definition && text == "include" && self.calls_macro(at);
            facts.foreign |= text == "extern" && self.opens_block(at + 1);
            facts.exports |= LINKED.contains(&text);
            if text == "impl" && self.is_impl_item(at, from) {
                let head = self.impl_head(at + 1, to);
                facts.implements.push(head);
            }
            facts.pastes |= matches!(text, "paste" | "concat_idents");
            identifiers.insert(self.name(at));
        }
        facts.implements.dedup();
        facts.defined = defined.into_iter().collect();
        facts.members = members.into_iter().collect();
        facts.called = called.into_iter().collect();
        facts.passed = passed.into_iter().collect();
        facts.identifiers = identifiers.into_iter().collect();
        facts
    }

    /// Whether at `at` begins the call of a macro that may make items.
    pub(super) fn calls_item_macro(&self, at: usize) -> bool {
        let name = self.tape.get(at).map_or("", |token| self.tape.text(token));
        self.calls_macro(at) && !blind::is_blind_name(name)
    }

    /// Whether the name at `at` is that of a macro that is called.
    fn calls_macro(&self, at: usize) -> bool {
        let opens = self.tape.get(at + 2);
        self.tape.is(at + 1, b'!') && opens.is_some_and(|token| token.kind == TokenKind::Open)
    }

    /// What an import in a macro binds.
    fn imported(&self, import: &Spelled, facts: &mut MacroFacts, defined: &mut BTreeSet<Symbol>) {
        match import.binds {
            Binds::Name(name) => {
                defined.insert(name);
                let text = self.symbols.text(name);
                facts.imports_traits |= text.starts_with(char::is_uppercase);
            }
            Binds::Unnamed => facts.imports_traits = true,
            Binds::Fragment => {
                facts.names_fragments = true;
                facts.imports_traits = true;
            }
            Binds::All => {
                facts.pastes = true;
                facts.imports_traits = true;
            }
        }
    }

    /// The end of the body of the function or module whose keyword stands at `at`; `at` if it has none.
    pub(super) fn body_after(&self, at: usize, to: usize) -> usize {
        let stops = |at: usize| {
            self.tape.is(at, b'{')
                || self.tape.is(at, b';')
                || self
                    .tape
                    .get(at)
                    .is_some_and(|token| token.kind == TokenKind::Close)
        };
        let stop = self.next(at + 1, to, stops);
        if self.tape.is(stop, b'{') {
            self.tape.closing(stop)
        } else {
            at
        }
    }

    /// Whether at `at` stands the name of a module, and no body after it.
    fn names_file(&self, at: usize) -> bool {
        let name = if self.is_fragment(at) { 2 } else { 1 };
        self.tape.is(at + name, b';')
    }

    /// Whether at `at` stands a block, be it after the name of an ABI.
    fn opens_block(&self, at: usize) -> bool {
        let abi = if self.is_fragment(at) { 2 } else { 1 };
        self.tape.is(at, b'{') || self.tape.is(at + abi, b'{')
    }

    fn follows(&self, at: usize, word: &str) -> bool {
        at.checked_sub(1)
            .is_some_and(|before| self.is_word(before, word))
    }

    fn defined_after(&mut self, at: usize, to: usize) -> Defined {
        let mut at = at + 1;
        while at < to && (self.tape.is(at, b'!') || self.is_between(at)) {
            at += 1;
        }
        match self.tape.get(at).filter(|_| at < to) {
            Some(token) if token.kind == TokenKind::Ident => Defined::Name(self.name(at)),
            Some(_) if self.tape.is(at, b'$') => Defined::Fragment,
            // `[<get_ $name>]`
            Some(_) if self.tape.is(at, b'[') => Defined::Fragment,
            _ => Defined::Nothing,
        }
    }

    fn is_between(&self, at: usize) -> bool {
        self.tape
            .get(at)
            .is_some_and(|token| BETWEEN.contains(&self.tape.text(token)))
    }

    /// Whether the `impl` at `at` begins an item, and is not `impl Trait` in the place of a type.
    pub(super) fn is_impl_item(&self, at: usize, from: usize) -> bool {
        if at == from {
            return true;
        }
        let before = at - 1;
        let in_type = [b'>', b':', b',', b'&', b'<', b'=', b'+']
            .iter()
            .any(|symbol| self.tape.is(before, *symbol));
        let in_list = self.tape.is(before, b'(') && !(before > 0 && self.tape.is(before - 1, b'$'));
        !in_type && !in_list
    }

    /// Whether what stands at `at` is given to the macro and called there: `$name(…)`, `$($token)*(…)`.
    fn calls_given(&self, at: usize) -> bool {
        self.ends_given(at) && self.tape.is(at + 1, b'(')
    }

    /// Whether at `at` ends what is given to the macro: `$name`, `$($token)*`, `$($name)::*`.
    fn ends_given(&self, at: usize) -> bool {
        let is_fragment = at > 0 && self.is_ident(at) && self.is_fragment(at - 1);
        is_fragment || self.repeats(at) && self.follows_group(at)
    }

    /// Whether a group ends before `at`, or before the separator that stands there.
    fn follows_group(&self, at: usize) -> bool {
        let is =
            |back: usize, kind: TokenKind| at >= back && self.tape.tokens[at - back].kind == kind;
        let is_long = || is(1, TokenKind::Punct) && is(2, TokenKind::Punct);
        is(1, TokenKind::Close) || is(2, TokenKind::Close) || is(3, TokenKind::Close) && is_long()
    }

    /// Whether at `at` stands a `!` that is all of its sign. What follows may be given too: `$name! $arguments`.
    fn is_lone_bang(&self, at: usize) -> bool {
        self.tape.is(at, b'!') && !self.tape.is_pair(at, b'!', b'=')
    }

    fn repeats(&self, at: usize) -> bool {
        let mut signs = [b'*', b'+', b'?'].iter();
        signs.any(|sign| self.tape.is(at, *sign))
    }

    /// What stands after `impl`, up to the body.
    pub(super) fn impl_head(&mut self, at: usize, to: usize) -> ImplHead {
        let generics = at;
        let mut at = at;
        if self.tape.is(at, b'<') {
            at = self.closing_angle(at, to) + 1;
        }
        let end = (at..to)
            .find(|at| self.tape.is(*at, b'{') || self.is_word(*at, "where"))
            .unwrap_or(to);
        let middle = (at..end).find(|at| self.is_word(*at, "for"));
        let first = self.header_path(at, middle.unwrap_or(end));
        let of = match (middle, first) {
            (None, _) => HeadOf::Type,
            (Some(_), Some(path)) => HeadOf::Trait(path),
            (Some(_), None) => HeadOf::Unknown,
        };
        let for_any = self.is_for_any(generics, middle.map_or(at, |middle| middle + 1), end);
        let fragments = (at..end).any(|at| self.is_fragment(at));
        let mut paths = Vec::new();
        while at < end {
            match self.header_path(at, end) {
                Some(path) => {
                    at += 1;
                    paths.push(path);
                }
                None => at += 1,
            }
        }
        ImplHead {
            of,
            paths,
            fragments,
            for_any,
        }
    }

    /// Whether the self type at `at` is a parameter that is declared in `generics`, or what only the compiler finds out.
    fn is_for_any(&self, generics: usize, mut at: usize, end: usize) -> bool {
        if self.is_fragment(at) {
            let is_list = self.tape.is(generics, b'<');
            let close = if is_list {
                self.closing_angle(generics, end)
            } else {
                generics
            };
            return (generics..close).any(|at| self.is_fragment(at));
        }
        while at < end && !self.is_ident(at) && !self.tape.is(at, b'<') {
            at += 1;
        }
        let text = |at: usize| self.tape.get(at).map(|token| self.tape.text(token));
        let mut parameters = self.declared(generics, end).into_iter();
        self.tape.is(at, b'<') || parameters.any(|parameter| text(parameter) == text(at))
    }

    /// The path that begins at `at`, up to its generic arguments; `None` where a fragment or no path stands.
    fn header_path(&mut self, mut at: usize, end: usize) -> Option<Vec<Symbol>> {
        let mut path = Vec::new();
        while at < end {
            if self.is_fragment(at) {
                return None;
            }
            if self.tape.is(at, b'$') {
                path.push(self.symbols.intern("$crate"));
                at += 2;
            } else if self.is_ident(at) {
                path.push(self.name(at));
                at += 1;
            } else if self.tape.is_pair(at, b':', b':') && !path.is_empty() {
                at += 2;
                continue;
            } else {
                break;
            }
            if !self.tape.is_pair(at, b':', b':') {
                break;
            }
        }
        (!path.is_empty()).then_some(path)
    }

    pub(super) fn is_word(&self, at: usize, word: &str) -> bool {
        self.tape
            .get(at)
            .is_some_and(|token| self.tape.text(token) == word)
    }

    /// `$name`, but not `$crate`.
    pub(super) fn is_fragment(&self, at: usize) -> bool {
        self.tape.is(at, b'$') && !self.is_word(at + 1, "crate")
    }

    /// Whether the word at `at` says what a fragment is, as in `$name:ident ! ($rest:tt)`, which calls nothing.
    pub(super) fn is_specifier(&self, at: usize) -> bool {
        let says = at >= 3 && self.tape.is(at - 1, b':') && self.is_ident(at - 2);
        let word = self.tape.get(at).map_or("", |token| self.tape.text(token));
        says && self.is_fragment(at - 3) && SPECIFIERS.contains(&word)
    }
}

/// What a defining word is followed by.
enum Defined {
    Name(Symbol),
    /// A macro's fragment: whatever the arguments say.
    Fragment,
    /// `const _`, `as u8` in a cast to something that is no name, the end.
    Nothing,
}
