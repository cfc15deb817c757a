//! Functions without a body, as macros are given them: `fn name(&self) -> u8;`. syn leaves their tokens as they are.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Signature, Token, Visibility};

/// Such a function.
pub(super) struct Bodiless {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) signature: Signature,
    pub(super) semicolon: Token![;],
}

/// The function, if the tokens are one.
pub(super) fn of(tokens: &TokenStream) -> Option<Bodiless> {
    let parse = |input: ParseStream<'_>| {
        Ok(Bodiless {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            semicolon: input.parse()?,
        })
    };
    parse.parse2(tokens.clone()).ok()
}
