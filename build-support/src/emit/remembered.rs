//! Formatting that an earlier run has done: what it takes depends on the plan, while most edits only move versions.
//!
//! A version has always the same length, so what is formatted with one is formatted for all: the text is kept with
//! nothing but zeros in them, under the unformatted text with zeros likewise.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use proc_macro2::TokenStream;

use crate::cargo::Environment;
use crate::index::Digest;
use crate::index::shape::Shape;
use crate::source::cache::FactsCache;

/// `0x` and eight groups of four digits, with underscores between them.
const NUMBER: usize = 41;

/// Where formatted texts are kept.
pub(crate) struct Layouts<'c> {
    cache: &'c FactsCache,
    /// Of the program that formats.
    program: Digest,
}

impl<'c> Layouts<'c> {
    /// `None` for runs that leave nothing behind.
    pub(crate) fn of(environment: &Environment, cache: &'c FactsCache) -> Option<Self> {
        let program = environment.program().filter(|_| cache.outlives_the_run())?;
        let mut shape = Shape::default();
        (env!("CARGO_PKG_VERSION"), program).hash(&mut shape);
        Some(Self {
            cache,
            program: shape.finished(),
        })
    }

    /// What `format` makes of the tokens.
    pub(super) fn formatted(
        &self,
        tokens: TokenStream,
        format: impl FnOnce(TokenStream) -> String,
    ) -> String {
        let unformatted = tokens.to_string();
        let name = self.name(&blank(&unformatted));
        let numbers: Vec<&str> = numbers(&unformatted)
            .map(|place| &unformatted[place])
            .collect();
        let known = self.cache.kept(name);
        let known = known.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(filled) = known.and_then(|known| filled(known, &numbers)) {
            return filled;
        }
        let formatted = format(tokens);
        self.cache.keep(name, blank(&formatted).as_bytes());
        formatted
    }

    fn name(&self, unformatted: &str) -> Digest {
        let mut name = Shape::default();
        name.write(b"layout");
        (self.program, unformatted).hash(&mut name);
        name.finished()
    }
}

/// A text with nothing but zeros in its long numbers.
fn blank(text: &str) -> String {
    let zeros = "0x0000_0000_0000_0000_0000_0000_0000_0000";
    let mut blank = text.to_owned();
    for place in numbers(text) {
        blank.replace_range(place, zeros);
    }
    blank
}

/// A text with these numbers in the place of its own; `None` if it has not as many.
fn filled(mut text: String, values: &[&str]) -> Option<String> {
    let places: Vec<Range<usize>> = numbers(&text).collect();
    if places.len() != values.len() {
        return None;
    }
    for (place, value) in places.into_iter().zip(values) {
        text.replace_range(place, value);
    }
    Some(text)
}

/// Where long numbers stand.
fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    let starts = text.match_indices("0x").map(|(start, _)| start);
    let ranges = starts.map(|start| start..start + NUMBER);
    ranges.filter(|range| text.as_bytes().get(range.clone()).is_some_and(is_number))
}

fn is_number(bytes: &[u8]) -> bool {
    let mut digits = bytes[2..].iter().enumerate();
    digits.all(|(at, byte)| match at % 5 {
        4 => *byte == b'_',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0x0123_4567_89ab_cdef_0123_4567_89ab_cdef";
    const TWO: &str = "0xfedc_ba98_7654_3210_fedc_ba98_7654_3210";

    #[test]
    fn numbers_are_put_back_in_their_order() {
        let text = format!("a({ONE}, 0x12, {TWO}, {ONE}); \"0x\" ");
        let blank = blank(&text);
        assert!(!blank.contains(ONE) && !blank.contains(TWO) && blank.contains("0x12"));
        assert_eq!(filled(blank.clone(), &[ONE, TWO, ONE]), Some(text));
        assert_eq!(filled(blank, &[ONE]), None);
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        for text in [
            &ONE[..40],
            "0x",
            &ONE.replace('_', "-"),
            &ONE.to_uppercase(),
        ] {
            assert_eq!(numbers(text).count(), 0, "{text}");
        }
    }
}
