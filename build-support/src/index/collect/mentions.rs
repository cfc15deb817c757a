//! What a stretch of tokens names, read off the tape.
//!
//! The scan knows no types and no locals: an identifier that could be a path is one. What it takes for a
//! mention too much costs precision, never soundness. Macro arguments, attributes and format strings are
//! scanned like code (rules R5, R6, R11, R13).

use std::borrow::Cow;

use super::blind;
use super::spelled::Spelled;
use crate::hash::HashSet;
use crate::index::facts::{Mention, Range, Segments};
use crate::index::std_traits::StdTraits;
use crate::index::symbol::{Interner, Symbol};
use crate::source::lex::{Tape, Token, TokenKind};

/// Few items mention more, and a set that grows by and by is hashed again each time.
const MENTIONS: usize = 28;

/// Scans token ranges of one tape.
pub(crate) struct Scanner<'a, 't> {
    pub(super) tape: &'a Tape<'t>,
    pub(super) symbols: &'a mut Interner,
    found: Vec<Mention>,
    seen: HashSet<Mention>,
    /// Whether `dyn` came before the path that is read next.
    after_dyn: bool,
    /// Whether what is read stands in `#[derive(…)]`.
    in_derive: bool,
    /// Imports among the tokens of macros.
    imports: Vec<Spelled>,
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
        if !self.operators.is_none() {
            self.note(Mention::Operators(self.operators));
        }
        self.found
    }

    pub(super) fn mentions(&self) -> &[Mention] {
        &self.found
    }

    fn tokens(&mut self, from: usize, to: usize, context: Context) {
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

    /// Whether the `::` at `at` goes on from something that is no plain path: `<T as Trait>`, `$fragment`.
    fn continues(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tape.get(before));
        before.is_some_and(|token| match token.kind {
            TokenKind::Ident => !is_keyword(self.tape.text(token)),
            TokenKind::Close => true,
            _ => self.tape.is(at - 1, b'>'),
        })
    }

    /// Whether before the `::` or the name at `at` stands what a macro may put a path in the place of: a fragment or
    /// a repetition of its own, and with `quote!` a variable.
    fn continues_fragment(&self, at: usize) -> bool {
        let is_sign = |at: usize, signs: &[u8]| signs.iter().any(|sign| self.tape.is(at, *sign));
        let is_ident = |at: usize| self.is_ident(at);
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        let separated = self.tape.is_pair(at, b':', b':');
        match before.checked_sub(1) {
            Some(sign) if is_ident(before) => is_sign(sign, b"$#"),
            // `$($segment)::*::name`
            Some(close) if is_sign(before, b"*+?") => separated || is_sign(close, b")"),
            _ => is_sign(before, b")"),
        }
    }

    /// Notes the names from index `from` to before `to`, which whatever a macro is given may stand before.
    fn loose(&mut self, from: usize, to: usize) {
        for at in from..to {
            if self.is_ident(at) {
                let name = self.name(at);
                self.note(Mention::Loose(name));
            }
        }
    }

    /// Scans an attribute, without its brackets. Those of the language name nothing but in their predicates.
    fn attribute(&mut self, from: usize, to: usize) {
        let name = self.tape.get(from).map_or("", |name| self.tape.text(name));
        match name {
            "cfg" if self.tape.is(from + 1, b'(') => {
                let _ = self.predicate(from + 2, to - 1);
            }
            "cfg_attr" if self.tape.is(from + 1, b'(') => {
                let end = to - 1;
                let mut at = self.comma(from + 2, end);
                let _ = self.predicate(from + 2, at);
                while at < end {
                    let next = self.comma(at + 1, end);
                    self.attribute(at + 1, next);
                    at = next;
                }
            }
            _ if blind::names_nothing(name) => {}
            "derive" => {
                self.in_derive = true;
                self.tokens(from + 1, to, Context::Attribute);
                self.in_derive = false;
            }
            _ => self.tokens(from, to, Context::Attribute),
        }
    }

    fn starts_attribute(&self, at: usize) -> bool {
        self.tape.is(at, b'#')
            && (self.tape.is(at + 1, b'[')
                || (self.tape.is(at + 1, b'!') && self.tape.is(at + 2, b'[')))
    }

    pub(super) fn is_ident(&self, at: usize) -> bool {
        self.tape
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Ident)
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
            return at + 1;
        }
        if self.is_label(at) && matches!(context, Context::Code | Context::BlindArguments) {
            return at + 1;
        }
        let next = self.path(Segments::None, at, to, context);
        if context.is_macro() && self.is_loose(at) {
            self.loose(at, next);
        }
        next
    }

    /// Whether the path at `at` begins with what a macro puts something before, or with a variable of `quote!`.
    fn is_loose(&self, at: usize) -> bool {
        at > 0 && (self.tape.is(at - 1, b'#') || self.continues_fragment(at))
    }

    /// Notes the type parameters that are declared behind the keyword before `at`, and behind a name, if there is one.
    fn parameters(&mut self, at: usize, to: usize) {
        let is_fragment = self.tape.is(at, b'$');
        let named = at + usize::from(is_fragment) + usize::from(self.is_ident(at) || is_fragment);
        for at in self.declared(named, to) {
            let name = self.name(at);
            self.note(Mention::Parameter(name));
        }
    }

    /// Where the names of type parameters stand that are declared in the list of generics at `open`, if there is one.
    pub(super) fn declared(&self, open: usize, to: usize) -> Vec<usize> {
        let mut found = Vec::new();
        if !self.tape.is(open, b'<') {
            return found;
        }
        let close = self.closing_angle(open, to);
        let (mut at, mut begins) = (open + 1, true);
        while at < close {
            if begins && self.is_ident(at) && !is_keyword(self.tape.text(self.tape.tokens[at])) {
                found.push(at);
            }
            begins = self.tape.is(at, b',');
            at = self.behind(at, close);
        }
        found
    }

    /// Where the tokens go on behind the one at `at` and what it may open.
    fn behind(&self, at: usize, to: usize) -> usize {
        if self.tape.is(at, b'<') {
            self.closing_angle(at, to) + 1
        } else if self.tape.tokens[at].kind == TokenKind::Open {
            self.tape.closing(at) + 1
        } else {
            at + 1
        }
    }

    /// Arguments of a macro that a macro is given, which may read them in any way.
    fn given_to_fragment(&mut self, from: usize, to: usize) -> usize {
        let open = if self.is_ident(from) { from + 1 } else { from };
        let close = self.tape.closing(open).min(to);
        self.tokens(from, close, Context::MacroArguments);
        close
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

    /// Reads a path whose next segment is the identifier at `at`.
    fn path(
        &mut self,
        mut segments: Segments,
        mut at: usize,
        to: usize,
        context: Context,
    ) -> usize {
        if segments
            .first()
            .is_none_or(|head| self.symbols.text(*head) != "$crate")
        {
            let name = self.name(at);
            segments.push(name);
        }
        at += 1;
        while at < to && self.tape.is_pair(at, b':', b':') {
            if self.is_ident(at + 2) {
                let name = self.name(at + 2);
                segments.push(name);
                at += 3;
            } else if self.tape.is(at + 2, b'<') {
                let close = self.closing_angle(at + 2, to);
                self.tokens(at + 3, close, context);
                at = close + 1;
            } else {
                // `prefix::$fragment`: anything in the module.
                if self.tape.is(at + 2, b'$') {
                    self.note(Mention::All(segments.clone()));
                }
                at += 2;
                break;
            }
        }
        if self.tape.is(at, b'!')
            && !self.tape.is_pair(at, b'!', b'=')
            && self.opens_arguments(at + 1)
        {
            return self.macro_call(segments, at + 1, to, context);
        }
        if self.after_dyn {
            self.after_dyn = false;
            self.note(Mention::Dyn(segments.clone()));
        }
        if context == Context::MacroArguments
            && let [only] = segments[..]
        {
            self.note(Mention::Method(only));
            self.note(Mention::Loose(only));
        }
        self.note_path(segments);
        at
    }

    /// `name! name2 { … }` (as in `macro_rules! m`) or `name!(…)`.
    fn opens_arguments(&self, at: usize) -> bool {
        self.tape
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Open)
            || (self.is_ident(at)
                && self
                    .tape
                    .get(at + 1)
                    .is_some_and(|token| token.kind == TokenKind::Open))
    }

    fn macro_call(&mut self, segments: Segments, at: usize, to: usize, around: Context) -> usize {
        let name = segments.last().map_or("", |name| self.symbols.text(*name));
        let name = name.to_owned();
        let context = match name.as_str() {
            "macro_rules" if around != Context::MacroArguments => Context::MacroBody,
            name if blind::is_blind_name(name) => Context::BlindArguments,
            _ => Context::MacroArguments,
        };
        if name != "macro_rules" {
            self.note(Mention::Macro(segments));
        }
        let open = if self.is_ident(at) { at + 1 } else { at };
        let close = self.tape.closing(open).min(to);
        match name.as_str() {
            // One of ours may have the name, and be given anything.
            "cfg" if self.predicate(open + 1, close) => return close + 1,
            "cfg_select" => self.cfg_select(open, close),
            "env" | "option_env" => self.variable(open, close),
            // What it is given is negated.
            "assert" | "debug_assert" => {
                self.operators = self.operators.with(StdTraits::written("!"));
            }
            // Whatever the first argument is: one of std's traits, or anything with a method of that name.
            "write" | "writeln" => {
                let name = self.symbols.intern("write_fmt");
                self.note(Mention::Method(name));
            }
            "include" | "include_str" | "include_bytes" => {
                self.file(&name, open, close);
                return close + 1;
            }
            _ => {}
        }
        self.tokens(open + 1, close, context);
        close + 1
    }

    fn note_path(&mut self, segments: Segments) {
        let alone = segments.len() == 1;
        if alone
            && matches!(
                self.symbols.text(segments[0]),
                "self" | "super" | "crate" | "_"
            )
        {
            return;
        }
        let last = segments.last().map_or("", |last| self.symbols.text(*last));
        let derived = self.in_derive && blind::is_builtin_derive(last);
        self.note(if derived {
            Mention::Derive(segments)
        } else {
            Mention::Path(segments)
        });
    }

    /// Index of the `>` that closes the `<` at `open`.
    pub(super) fn closing_angle(&self, open: usize, to: usize) -> usize {
        let mut depth = 0usize;
        let mut at = open;
        while at < to {
            if self.tape.is_pair(at, b'-', b'>') || self.tape.is_pair(at, b'=', b'>') {
                at += 2;
                continue;
            }
            let token = self.tape.tokens[at];
            if token.kind == TokenKind::Open {
                at = self.tape.closing(at);
            } else if self.tape.is(at, b'<') {
                depth += 1;
            } else if self.tape.is(at, b'>') {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            at += 1;
        }
        to
    }

    fn literal(&mut self, token: Token, context: Context) {
        let text = self.tape.text(token);
        match context {
            Context::Code => {}
            Context::BlindArguments | Context::MacroArguments | Context::MacroBody => {
                if context == Context::MacroArguments
                    && let Some(text) = plain_string(text)
                {
                    let text = self.symbols.intern(text);
                    self.note(Mention::Literal(text));
                }
                for name in format_captures(&unescaped(text)) {
                    let name = self.symbols.intern(name);
                    self.note(Mention::Path(Segments::One([name])));
                }
                // It may come to stand in an attribute: `#[serde(default = $path)]`.
                if context == Context::MacroArguments {
                    let path = self.path_in_string(text);
                    path.into_iter()
                        .for_each(|path| self.note(Mention::Path(path)));
                }
            }
            Context::Attribute => match self.path_in_string(text) {
                Some(path) => {
                    self.note(Mention::Path(path.clone()));
                    self.note(Mention::All(path));
                    self.code_in_string(text);
                }
                None => self.code_in_string(text),
            },
        }
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

/// A short string literal without blanks or escapes: it may name a file or a variable.
fn plain_string(literal: &str) -> Option<&str> {
    const LONGEST: usize = 100;
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !text.is_empty() && text.len() <= LONGEST && !text.contains([' ', '\\', '{', '\n']);
    plain.then_some(text)
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

/// The segments of a string literal that is nothing but a path.
fn path_in_string(literal: &str) -> Option<impl Iterator<Item = &str>> {
    let body = literal.trim_start_matches(['r', '#']).trim_end_matches('#');
    let body = body.strip_prefix('"')?.strip_suffix('"')?.trim();
    let head = body.split(['<', ' ']).next().unwrap_or(body);
    let head = head.strip_suffix("::").unwrap_or(head);
    (!head.is_empty() && head.split("::").all(is_name)).then(|| head.split("::"))
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

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_name(word: &str) -> bool {
    word.chars()
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && word.chars().all(is_word)
}
