//! Identifiers as rustc compares them: in the composed form of Unicode (NFC), however they are written.

use memchr::memchr;
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::lex::code_start;

/// The text with each identifier composed. Nearly every text is so already.
pub(super) fn with_composed_names(text: String) -> String {
    if text.is_ascii() || pieces(&text).all(is_composed) {
        return text;
    }
    let mut at = code_start(&text);
    let mut composed = text[..at].to_owned();
    for lexed in tokenize(&text[at..], FrontmatterAllowed::No) {
        let end = at + lexed.len as usize;
        let token = &text[at..end];
        if is_name(lexed.kind) {
            composed.extend(token.nfc());
        } else {
            composed.push_str(token);
        }
        at = end;
    }
    composed
}

/// To look at single characters takes much longer than to find out that none of many can be otherwise.
fn is_composed(piece: &str) -> bool {
    piece.is_ascii() || is_nfc_quick(piece.chars()) == IsNormalized::Yes
}

/// The text in pieces of a few lines: no character is composed with one of another line.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    const LEAST: usize = 256;
    let mut rest = text;
    std::iter::from_fn(move || {
        let from = rest.len().min(LEAST);
        let after = memchr(b'\n', &rest.as_bytes()[from..]);
        let end = after.map_or(rest.len(), |after| from + after + 1);
        let (piece, next) = rest.split_at(end);
        rest = next;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Comments and literals are what they are.
const fn is_name(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Ident
            | TokenKind::RawIdent
            | TokenKind::Lifetime { .. }
            | TokenKind::RawLifetime
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(text: &str) -> String {
        with_composed_names(text.to_owned())
    }

    #[test]
    fn names_are_composed_and_nothing_else() {
        let apart = "#!/bin/e\u{301}\nfn e\u{301}<'e\u{301}>() { r#e\u{301}; \"e\u{301}\" /* e\u{301} */ }\n";
        let together =
            "#!/bin/e\u{301}\nfn \u{e9}<'\u{e9}>() { r#\u{e9}; \"e\u{301}\" /* e\u{301} */ }\n";
        assert_eq!(composed(apart), together);
        assert_eq!(composed(together), together);
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        for before in [0, 200, 255, 256, 257, 3000] {
            let text = |name: &str| format!("{}\nfn {name}() {{}}\n", "\u{2014}".repeat(before));
            assert_eq!(composed(&text("e\u{301}")), text("\u{e9}"));
        }
    }

    #[test]
    fn what_is_composed_is_not_copied() {
        for text in ["fn f() {}", "fn \u{e9}() {} // \u{2019}"] {
            let text = text.to_owned();
            let before = text.as_ptr();
            let after = with_composed_names(text);
            assert_eq!(after.as_ptr(), before);
        }
    }
}
