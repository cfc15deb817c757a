//! Numbers, with the underscores readers and lints ask for.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

/// `300_000`; the largest number by its name, for it stands for "forever".
pub(super) fn number(value: u64) -> TokenStream {
    if value == u64::MAX {
        return quote!(__selfsame::core::primitive::u64::MAX);
    }
    literal(&grouped(&value.to_string(), 3))
}

/// `0x0123_4567_…`.
pub(super) fn bits(value: u128) -> TokenStream {
    literal(&spelled(value))
}

/// The text of [`bits`].
pub(super) fn spelled(value: u128) -> String {
    format!("0x{}", grouped(&format!("{value:032x}"), 4))
}

fn literal(text: &str) -> TokenStream {
    text.parse::<Literal>()
        .expect("digits and underscores are a literal")
        .into_token_stream()
}

/// Underscores between groups, counted from the right.
fn grouped(digits: &str, size: usize) -> String {
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(size) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0).to_string(), "0");
        assert_eq!(number(999).to_string(), "999");
        assert_eq!(number(300_000).to_string(), "300_000");
        assert_eq!(
            bits(0xabc).to_string(),
            "0x0000_0000_0000_0000_0000_0000_0000_0abc"
        );
        assert!(number(u64::MAX).to_string().ends_with("u64 :: MAX"));
    }
}
