//! Code without its documentation, every other byte in its place.
//!
//! Documentation is half of many files, and to a parser each line of it is an attribute with a literal. Nothing that
//! is gathered comes from there: what counts of documentation, and where an item begins, is read off the tape. It is
//! left out where it stands before an item, a field or a variant, and stays where leaving it out could make an
//! expression, or the attributes around it, look otherwise.

use super::bodies::BEGINNINGS;
use crate::source::lex::{DocForm, Tape, TokenKind};

/// Words that begin an item or stand before one, and elsewhere too.
const ALSO_BEGINNING: &[&str] = &["async", "const", "fn", "unsafe"];

fn begins_item(word: &str) -> bool {
    BEGINNINGS.contains(&word) || ALSO_BEGINNING.contains(&word)
}

/// The text of a tape without documentation.
pub(super) fn of(tape: &Tape<'_>) -> String {
    let mut code = Code::new(tape.text);
    let mut at = 0;
    while at < tape.tokens.len() {
        if let Some(open) = arguments(tape, at) {
            at = tape.closing(open);
        } else if is_documentation(tape, at) {
            at = leave_out(tape, at, &mut code);
        } else {
            at += 1;
        }
    }
    code.finished()
}

/// Where the arguments of a macro call open whose name stands at `at`: what they are is not known here.
fn arguments(tape: &Tape<'_>, at: usize) -> Option<usize> {
    let is = |at: usize, kind| tape.get(at).is_some_and(|token| token.kind == kind);
    if !is(at, TokenKind::Ident) || !tape.is(at + 1, b'!') {
        return None;
    }
    let named = usize::from(is(at + 2, TokenKind::Ident));
    Some(at + 2 + named).filter(|open| is(*open, TokenKind::Open))
}

fn is_documentation(tape: &Tape<'_>, at: usize) -> bool {
    tape.get(at)
        .is_some_and(|token| matches!(token.kind, TokenKind::Doc(_)))
}

fn is_outer(tape: &Tape<'_>, at: usize) -> bool {
    tape.get(at).is_some_and(|token| {
        matches!(
            token.kind,
            TokenKind::Doc(DocForm::OuterLine | DocForm::OuterBlock)
        )
    })
}

/// Leaves out the documentation that begins at `from`, as far as nothing else hangs on it; returns where it ends.
fn leave_out(tape: &Tape<'_>, from: usize, code: &mut Code<'_>) -> usize {
    let mut outer = from;
    while is_documentation(tape, outer) && !is_outer(tape, outer) {
        outer += 1;
    }
    let mut end = outer;
    while is_outer(tape, end) {
        end += 1;
    }
    let is_of_module = outer > from && begins_module(tape, from);
    if is_of_module {
        code.leave_out(tape, from..outer);
    }
    let follows = if outer > from {
        is_of_module
    } else {
        follows_an_end(tape, from)
    };
    if end > outer && follows && begins_definition(tape, end) {
        code.leave_out(tape, outer..end);
    }
    end
}

/// Whether what stands at `at` is the first of a file, or of a module in it.
fn begins_module(tape: &Tape<'_>, at: usize) -> bool {
    let word = |back: usize| {
        at.checked_sub(back)
            .and_then(|at| tape.get(at))
            .map(|token| tape.text(token))
    };
    at == 0 || (word(1) == Some("{") && word(3) == Some("mod"))
}

/// Whether what stands before `at` is complete: neither an attribute nor a part of an expression.
fn follows_an_end(tape: &Tape<'_>, at: usize) -> bool {
    let is_end = |before| {
        [b'{', b'}', b';', b',']
            .iter()
            .any(|end| tape.is(before, *end))
    };
    at.checked_sub(1).is_none_or(is_end)
}

/// Whether an attribute, an item, a field or a variant begins at `at`.
fn begins_definition(tape: &Tape<'_>, at: usize) -> bool {
    let Some(token) = tape.get(at) else {
        return false;
    };
    let is_named = || {
        [b':', b',', b'(', b'{', b'=', b'}']
            .iter()
            .any(|sign| tape.is(at + 1, *sign))
    };
    match token.kind {
        TokenKind::Punct => tape.is(at, b'#'),
        TokenKind::Ident => begins_item(tape.text(token)) || is_named(),
        _ => false,
    }
}

/// A text of which parts are left out, line ends excepted.
struct Code<'t> {
    text: &'t str,
    code: String,
    /// Up to where it is taken over.
    taken: usize,
}

impl<'t> Code<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            code: String::with_capacity(text.len()),
            taken: 0,
        }
    }

    fn leave_out(&mut self, tape: &Tape<'_>, tokens: std::ops::Range<usize>) {
        for token in &tape.tokens[tokens] {
            let (start, end) = (token.start as usize, token.end as usize);
            self.code.push_str(&self.text[self.taken..start]);
            let lines = self.text[start..end].split_inclusive('\n');
            for line in lines {
                let ends = line.ends_with('\n');
                let blank = line.len() - usize::from(ends);
                self.code.extend(std::iter::repeat_n(' ', blank));
                self.code.extend(ends.then_some('\n'));
            }
            self.taken = end;
        }
    }

    fn finished(mut self) -> String {
        self.code.push_str(&self.text[self.taken..]);
        self.code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undocumented(text: &str) -> String {
        let code = of(&Tape::new(text));
        assert_eq!(code.len(), text.len(), "every byte in its place");
        let lines = |text: &str| {
            text.match_indices('\n')
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(&code), lines(text));
        code
    }

    #[test]
    fn documentation_of_definitions_is_left_out() {
        for text in [
            "//! A file.\n/// An item.\npub fn f() {}",
            "/// ä\n/** b\n c */ struct S {\n/// A field.\nfield: u8,\n/// Another.\npub other: u8 }",
            "enum E {\n/// A.\nA,\n/// B.\nB(u8),\n/// C.\nC { c: u8 },\n/// D.\nD = 1,\n/// F.\nF }",
            "mod m {\n//! Inside.\n/// An item.\n#[inline]\nfn f() {} }",
            "impl S {\n/// A method.\nfn f() {}\n/// A constant.\nconst A: u8 = 1; }",
            "/// A macro.\nmacro_rules! m { () => {} }",
        ] {
            let code = undocumented(text);
            let is_left = Tape::new(&code)
                .tokens
                .iter()
                .any(|token| matches!(token.kind, TokenKind::Doc(_)));
            assert!(!is_left, "{code}");
        }
    }

    #[test]
    fn it_stays_where_it_may_be_seen() {
        for text in [
            "#[derive(A)]\n/// Between.\n#[derive(B)]\nstruct S;",
            "m! {\n/// Passed on.\npub fn f() {} }",
            "macro_rules! m { () => {\n/// Made.\npub fn f() {} } }",
            "fn f() { g(S { x: /** here */ x, y }) }",
            "fn f() {\n/// On a block.\n{ 1 } }",
            "fn f() { let x = {\n//! In a block.\n1 }; }",
            "fn f() { |x| {\n/// On a call.\nm!(x) } }",
            "fn f() {\n/// On nothing.\n}",
        ] {
            assert_eq!(undocumented(text), text);
        }
    }

    #[test]
    fn facts_are_those_of_the_whole_text() {
        let text = "//! A file.\n\n/// An item.\n#[inline]\npub fn f() {}\n/// ß.\nstruct S {\n    /// F.\n    f: u8,\n}\n";
        let facts = |text: &str| super::super::file(text).unwrap();
        let marked = text.replace("A file.", "A file @cache.");
        let (found, whole) = (facts(text), facts(&marked));
        let added = u32::try_from(" @cache".len()).unwrap();
        for (found, whole) in found.items.iter().zip(&whole.items) {
            assert_eq!(found.digest, whole.digest);
            assert_eq!(found.extent.start + added, whole.extent.start);
            assert_eq!(found.location.start + added, whole.location.start);
        }
        assert_eq!(found.items.len(), whole.items.len());
        assert!(text[found.items[0].extent.start as usize..].starts_with("/// An item."));
    }
}
