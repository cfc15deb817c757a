//! Types as people write them: for messages, for paths of methods, and where no formatter looks.

use proc_macro2::{Delimiter, TokenTree};
use quote::ToTokens;

/// The tokens of a type with blanks where people put them.
pub(crate) fn shown(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    let mut previous: Option<TokenTree> = None;
    for token in tokens.to_token_stream() {
        if previous
            .as_ref()
            .is_some_and(|previous| wants_blank(previous, &token))
        {
            text.push(' ');
        }
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                text.push_str(open);
                text.push_str(&shown(&group.stream()));
                text.push_str(close);
            }
            other => text.push_str(&other.to_string()),
        }
        previous = Some(token);
    }
    text
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{ ", " }"),
        Delimiter::None => ("", ""),
    }
}

/// Between two words, behind a comma, around `+`, `=` and `->`; nowhere else.
fn wants_blank(left: &TokenTree, right: &TokenTree) -> bool {
    let punct = |token: &TokenTree| {
        if let TokenTree::Punct(punct) = token {
            Some(punct.as_char())
        } else {
            None
        }
    };
    let is_word = |token: &TokenTree| matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
    match (punct(left), punct(right)) {
        (Some(',' | ';' | '+' | '='), _) | (_, Some('+' | '=')) => true,
        (_, Some('-')) => true,
        // The end of `->`, or of generics before a word: `for<'a> fn()`, `Fn() -> u8`.
        (Some('>'), None) => is_word(right),
        (None, None) if is_word(left) => is_word(right) || is_keyword(left),
        (None, Some('&' | '*' | '<' | '\'' | '?')) => is_keyword(left),
        _ => false,
    }
}

/// Words that are never written close to what follows.
fn is_keyword(token: &TokenTree) -> bool {
    let TokenTree::Ident(word) = token else {
        return false;
    };
    ["mut", "dyn", "impl", "const", "as", "unsafe"]
        .iter()
        .any(|keyword| word == keyword)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_people_write_them_and_mean_the_same() {
        for text in [
            "Result<Vec<String>, DbError>",
            "<Self as Render<T>>::Out",
            "&'a mut [T; N]",
            "Box<dyn Fn(&str, u8) -> Result<(), E> + Send + 'static>",
            "impl Iterator<Item = (u8, &'static str)>",
            "for<'a> fn(&'a str) -> u8",
            "*const u8",
            "::std::io::Result<()>",
            "Grid<{ N + 1 }, 3>",
            "&dyn Trait",
        ] {
            let ty: syn::Type = syn::parse_str(text).unwrap();
            assert_eq!(shown(&ty), text);
            let again: syn::Type = syn::parse_str(&shown(&ty)).unwrap();
            assert_eq!(
                again.to_token_stream().to_string(),
                ty.to_token_stream().to_string()
            );
        }
    }
}
