//! What the formatter leaves to be done: blank lines between items, and the types in `shape!(…)`.

use proc_macro2::TokenStream;

use crate::plan::shown::shown;
use crate::source::lex::{Tape, TokenKind};

/// The formatted text, as a person would have left it.
pub(super) fn lay_out(text: &str) -> String {
    let text = with_types_shown(text);
    if has_literal_over_lines(&text) {
        text
    } else {
        with_blank_lines(&text)
    }
}

/// The macro all wrappers name their return type with. The formatter does not look into macros.
const SHAPE: &str = "__selfsame::shape!(";

fn with_types_shown(text: &str) -> String {
    let mut laid_out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(SHAPE) {
        let start = at + SHAPE.len();
        let length = closing(&rest[start..]);
        laid_out.push_str(&rest[..start]);
        match rest[start..start + length].parse::<TokenStream>() {
            Ok(tokens) => laid_out.push_str(&shown(&tokens)),
            Err(_) => laid_out.push_str(&rest[start..start + length]),
        }
        rest = &rest[start + length..];
    }
    laid_out + rest
}

/// The bytes up to the parenthesis that closes one opened before.
fn closing(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return at,
            b')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether lines may be part of a literal, which a blank line would change.
fn has_literal_over_lines(text: &str) -> bool {
    let tape = Tape::new(text);
    let mut tokens = tape.tokens.iter();
    tokens.any(|token| token.kind == TokenKind::Literal && tape.text(*token).contains('\n'))
}

/// A blank line before each item that begins behind the end of another.
fn with_blank_lines(text: &str) -> String {
    let mut laid_out = String::new();
    let mut previous = "";
    for line in text.lines() {
        let line_start = line.trim_start();
        let ends_item = matches!(previous.trim_start().chars().last(), Some(';' | '}'));
        let begins_item = ["///", "static ", "impl", "#[cfg"]
            .iter()
            .any(|start| line_start.starts_with(start));
        // Imports stand together, whatever they depend on.
        let is_import =
            line_start.starts_with("#[cfg") && previous.trim_start().starts_with("use ");
        let begins_item = begins_item && !is_import;
        if ends_item && begins_item {
            laid_out.push('\n');
        }
        laid_out.push_str(line);
        laid_out.push('\n');
        previous = line;
    }
    laid_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_apart_and_their_parts_together() {
        let text = "\
const A: u8 = 1;
/// B.
pub const B: u8 = 2;
static C: u8 = 3;
/// M.
#[cfg(x)]
pub mod m {
    use a::b;
    #[cfg(x)]
    use a::c;
    /// F.
    /// More.
    pub fn f() {
        g(__selfsame::shape!(Vec < (u8, T) >))
    }
    /// G.
    pub fn g() {}
}
";
        let expected = "\
const A: u8 = 1;

/// B.
pub const B: u8 = 2;

static C: u8 = 3;

/// M.
#[cfg(x)]
pub mod m {
    use a::b;
    #[cfg(x)]
    use a::c;

    /// F.
    /// More.
    pub fn f() {
        g(__selfsame::shape!(Vec<(u8, T)>))
    }

    /// G.
    pub fn g() {}
}
";
        assert_eq!(lay_out(text), expected);
    }

    #[test]
    fn a_literal_over_lines_stays_as_it_is() {
        let text = "fn f() {\n    g(\"a;\n/// b\");\n}\n/// G.\nfn g() {}\n";
        assert_eq!(lay_out(text), text);
    }
}
