//! What a stretch of tokens names, read off the tape.
//!
//! The scan knows no types and no locals: an identifier that could be a path is one. What it takes for a
//! mention too much costs precision, never soundness. Macro arguments, attributes and format strings are
//! scanned like code (rules R5, R6, R11, R13).
//!
//! Here is the way from token to token. What begins at one is read by the files beside this: attributes, paths, calls,
//! signs, strings.

use super::spelled::Spelled;
use crate::hash::HashSet;
use crate::index::facts::{Mention, Range, Segments};
use crate::index::std_traits::StdTraits;
use crate::index::symbol::{Interner, Symbol};
use crate::source::lex::{Tape, TokenKind};

/// Few items mention more, and a set that grows by and by is hashed again each time.
const MENTIONS: usize = 28;

/// Scans token ranges of one tape.
pub(crate) struct Scanner<'a, 't> {
    pub(super) tape: &'a Tape<'t>,
    pub(super) symbols: &'a mut Interner,
    found: Vec<Mention>,
    seen: HashSet<Mention>,
    /// Whether `dyn` came before the path that is read next.
    pub(super) after_dyn: bool,
    /// Whether what is read stands in `#[derive(…)]`.
    pub(super) in_derive: bool,
    /// Imports among the tokens of macros.
    imports: Vec<Spelled>,
    /// Names that are given to items, outside of macros.
    defined: Vec<Symbol>,
    pub(super) operators: StdTraits,
    /// Where signs stand that are no operators: of repetitions in macros, and of closures.
    pub(super) no_operators: HashSet<usize>,
}

/// What surrounds the tokens being scanned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Code,
    /// The arguments of std's own macros: code, with format strings.
    BlindArguments,
    /// Arguments of any other macro: a name may become anything, a method too.
    MacroArguments,
    /// The definition of a macro: `name:` may be anything.
    MacroBody,
    /// String literals may be paths.
    Attribute,
}

impl Context {
    /// Whether what stands here is given to a macro, so that the items among it are seen by nobody else.
    const fn is_arguments(self) -> bool {
        matches!(self, Self::BlindArguments | Self::MacroArguments)
    }

    /// Whether tokens in it may be those of a macro's definition.
    const fn is_macro(self) -> bool {
        matches!(
            self,
            Self::BlindArguments | Self::MacroArguments | Self::MacroBody
        )
    }
}

impl<'a, 't> Scanner<'a, 't> {
    pub(crate) fn new(tape: &'a Tape<'t>, symbols: &'a mut Interner) -> Self {
        Self {
            tape,
            symbols,
            found: Vec::new(),
            seen: HashSet::with_capacity_and_hasher(MENTIONS, Default::default()),
            after_dyn: false,
            in_derive: false,
            imports: Vec::new(),
            defined: Vec::new(),
            operators: StdTraits::NONE,
            no_operators: HashSet::default(),
        }
    }

    /// Scans the arguments of a macro but for the items in them.
    pub(super) fn scan_around(mut self, from: usize, to: usize, holes: &[Range]) -> Vec<Mention> {
        let mut at = from;
        for hole in holes {
            let (start, end) = (self.tape.index_at(hole.start), self.tape.index_at(hole.end));
            self.tokens(at, start, Context::MacroArguments);
            at = end;
        }
        self.tokens(at, to, Context::MacroArguments);
        self.finished()
    }

    /// Scans the tokens from index `from` to before `to`, and returns all that was found so far.
    pub(crate) fn scan(mut self, from: usize, to: usize, in_macro: bool) -> Vec<Mention> {
        self.tokens(
            from,
            to,
            if in_macro {
                Context::MacroBody
            } else {
                Context::Code
            },
        );
        self.finished()
    }

    fn finished(mut self) -> Vec<Mention> {
        let imports = std::mem::take(&mut self.imports);
        self.follow_spelled(&imports);
        self.note_defined();
        if !self.operators.is_none() {
            self.note(Mention::Operators(self.operators));
        }
        self.found
    }

    pub(super) fn mentions(&self) -> &[Mention] {
        &self.found
    }

    pub(super) fn tokens(&mut self, from: usize, to: usize, context: Context) {
        let mut at = from;
        while at < to {
            at = self.token(at, to, context);
        }
    }

    /// Handles what starts at `at`; returns where to go on.
    fn token(&mut self, at: usize, to: usize, context: Context) -> usize {
        let token = self.tape.tokens[at];
        match token.kind {
            TokenKind::Ident => self.ident(at, to, context),
            TokenKind::Literal => {
                self.literal(token, context);
                at + 1
            }
            TokenKind::Punct if self.starts_attribute(at) => {
                let open = at + 1 + usize::from(self.tape.is(at + 1, b'!'));
                let close = self.tape.closing(open).min(to);
                self.attribute(open + 1, close);
                close + 1
            }
            TokenKind::Punct if self.tape.is_pair(at, b':', b':') && self.is_ident(at + 2) => {
                let head = if self.continues(at) { "<>" } else { "" };
                let head = self.symbols.intern(head);
                let next = self.path(Segments::One([head]), at + 2, to, context);
                if context.is_macro() && self.continues_fragment(at) {
                    self.loose(at, next);
                }
                next
            }
            TokenKind::Punct => self.sign(at, context),
            TokenKind::Open if context.is_macro() => {
                self.pasted(at);
                at + 1
            }
            _ => at + 1,
        }
    }

    fn ident(&mut self, at: usize, to: usize, context: Context) -> usize {
        let text = self.tape.text(self.tape.tokens[at]);
        if at > 0
            && self.tape.is(at - 1, b'.')
            && !(at > 1 && self.tape.is_pair(at - 2, b'.', b'.'))
        {
            return self.after_dot(at, context);
        }
        let fragment = at > 0 && self.tape.is(at - 1, b'$');
        if fragment && text == "crate" {
            let head = self.symbols.intern("$crate");
            return self.path(Segments::One([head]), at, to, context);
        }
        if fragment && self.tape.is(at + 1, b'!') && self.opens_arguments(at + 2) {
            return self.given_to_fragment(at + 2, to);
        }
        if fragment || is_keyword(text) {
            self.keyword(at, to, context);
            return at + 1;
        }
        if self.is_label(at) && matches!(context, Context::Code | Context::BlindArguments) {
            return at + 1;
        }
        if context == Context::Code && self.is_defined(at) {
            let name = self.name(at);
            self.defined.push(name);
            return at + 1;
        }
        let next = self.path(Segments::None, at, to, context);
        if context.is_macro() && self.is_loose(at) {
            self.loose(at, next);
        }
        next
    }

    fn keyword(&mut self, at: usize, to: usize, context: Context) {
        let text = self.tape.text(self.tape.tokens[at]);
        self.after_dyn |= text == "dyn";
        if matches!(text, "fn" | "impl" | "trait") {
            self.parameters(at + 1, to);
        }
        if text == "impl" && context.is_arguments() && self.is_impl_item(at, 0) {
            let head = self.impl_head(at + 1, to);
            self.note(Mention::Impl(Box::new(head)));
        }
        if text == "use" && context != Context::Code {
            let imports = self.spelled_imports(at + 1, to);
            self.imports.extend(imports);
        }
    }

    /// Whether a word is the name that an item is given.
    fn is_defined(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tape.get(before));
        before.is_some_and(|token| {
            let word = self.tape.text(token);
            token.kind == TokenKind::Ident
                && matches!(word, "enum" | "fn" | "mod" | "struct" | "trait" | "type")
        })
    }

    /// Names of items are paths like all others: whoever makes something else of the tokens may lead to others of the name.
    fn note_defined(&mut self) {
        for name in std::mem::take(&mut self.defined) {
            let path = Mention::Path(Segments::One([name]));
            if !self.seen.contains(&path) {
                self.note(path);
                self.note(Mention::Defined(name));
            }
        }
    }

    /// `.name(` and `.name::<…>(` are calls; `.name` alone is a field. In a macro, arguments may be a fragment.
    fn after_dot(&mut self, at: usize, context: Context) -> usize {
        let is_call = [b'(', b'$'].iter().any(|sign| self.tape.is(at + 1, *sign));
        if is_call || self.tape.is_pair(at + 1, b':', b':') {
            let name = self.name(at);
            self.note(Mention::Method(name));
        } else if context.is_arguments() {
            let name = self.name(at);
            self.note(Mention::Field(name));
            self.numbered(at + 1);
        }
        at + 1
    }

    /// `name:` is a field, parameter or binding; `Name:` may be a type in a `where` clause.
    fn is_label(&self, at: usize) -> bool {
        let text = self.tape.text(self.tape.tokens[at]);
        self.tape.is(at + 1, b':')
            && !self.tape.is_pair(at + 1, b':', b':')
            && !text.starts_with(char::is_uppercase)
    }

    pub(super) fn is_ident(&self, at: usize) -> bool {
        self.tape
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Ident)
    }

    pub(super) fn name(&mut self, at: usize) -> Symbol {
        let text = self.tape.text(self.tape.tokens[at]);
        self.symbols.intern(text.strip_prefix("r#").unwrap_or(text))
    }

    pub(super) fn note(&mut self, mention: Mention) {
        if !self.seen.contains(&mention) {
            self.seen.insert(mention.clone());
            self.found.push(mention);
        }
    }
}

/// Whether a word is never the name of an item, nor the end of something that is computed. `crate`, `self`, `super` and
/// `Self` start paths and are handled apart. By their lengths, for every word is asked about.
pub(super) fn is_keyword(word: &str) -> bool {
    match word.len() {
        2 => matches!(word, "as" | "fn" | "if" | "in"),
        3 => matches!(
            word,
            "dyn" | "for" | "let" | "mod" | "mut" | "pub" | "ref" | "use"
        ),
        4 => matches!(
            word,
            "else" | "enum" | "impl" | "loop" | "move" | "true" | "type"
        ),
        5 => matches!(
            word,
            "async" | "await" | "break" | "const" | "false" | "match" | "trait" | "where" | "while"
        ),
        6 => matches!(word, "extern" | "return" | "static" | "struct" | "unsafe"),
        8 => word == "continue",
        _ => false,
    }
}
