//! Tokens that are copied from signatures.

use std::fmt;
use std::hash::{Hash, Hasher};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Tokens that the same text stands for are the same, wherever they were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens(TokenStream);

impl Tokens {
    pub(crate) fn of(tokens: impl ToTokens) -> Self {
        Self(tokens.into_token_stream())
    }
}

impl Hash for Tokens {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl ToTokens for Tokens {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
