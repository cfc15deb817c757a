//! From spans to the bytes of a file.

use memchr::memchr_iter;
use proc_macro2::{LineColumn, Span};

use crate::index::facts::Range;

/// Where the lines of a file start. proc-macro2 counts characters; its own way from there to bytes searches and
/// fills a tree for each position, which took longer than parsing.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    starts: Vec<u32>,
    /// The text, where a character may be more than a byte.
    wide: Option<String>,
}

impl Lines {
    /// The lines of a file whose parsed text starts at byte `base`.
    pub(crate) fn new(text: &str, base: usize) -> Self {
        let breaks = memchr_iter(b'\n', &text.as_bytes()[base..]);
        let after_breaks = breaks.map(|at| base + at + 1);
        Self {
            starts: std::iter::once(base)
                .chain(after_breaks)
                .map(narrow)
                .collect(),
            wide: (!text.is_ascii()).then(|| text.to_owned()),
        }
    }

    /// The bytes of a span in the file.
    pub(crate) fn range(&self, span: Span) -> Range {
        self.offset(span.start())..self.offset(span.end())
    }

    fn offset(&self, place: LineColumn) -> u32 {
        let start = self.starts[place.line - 1];
        let Some(text) = &self.wide else {
            return start + narrow(place.column);
        };
        let line = &text[start as usize..];
        let mut characters = line.char_indices().map(|(at, _)| at);
        start + narrow(characters.nth(place.column).unwrap_or(line.len()))
    }
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).expect("source files are smaller than 4 GiB")
}

#[cfg(test)]
mod tests {
    use syn::spanned::Spanned;

    use super::*;

    #[test]
    fn spans_have_the_bytes_they_were_parsed_from() {
        let text = "#!/bin/sh\nfn ä() {\n    \"größe\"; /* ß */ x }\n\nfn last() {}";
        let base = text.find("fn").unwrap();
        let file = syn::parse_file(&text[base..]).unwrap();
        let lines = Lines::new(text, base);
        let shown = |span: Span| {
            let range = lines.range(span);
            &text[range.start as usize..range.end as usize]
        };
        let [syn::Item::Fn(first), last] = &file.items[..] else {
            panic!("two functions");
        };
        assert_eq!(shown(first.sig.ident.span()), "ä");
        assert_eq!(shown(first.block.stmts[0].span()), "\"größe\";");
        assert_eq!(shown(first.block.stmts[1].span()), "x");
        assert_eq!(shown(last.span()), "fn last() {}");
    }
}
