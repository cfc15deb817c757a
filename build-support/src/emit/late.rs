//! What the compiler adds to versions.

use proc_macro2::TokenStream;
use quote::quote;

use super::literal;
use crate::fingerprint::late::{Late, LateInput};
use crate::plan::Version;

/// The table of all late parts, at the root of a generated file; modules below import it.
pub(super) fn table(parts: &[Vec<LateInput>]) -> TokenStream {
    let parts: Vec<TokenStream> = parts.iter().map(|part| one(part)).collect();
    let length = parts.len();
    quote! {
        const __LATE: [__selfsame::Late; #length] = [#(#parts),*];
    }
}

fn one(part: &[LateInput]) -> TokenStream {
    let inputs = part.iter().map(|late| {
        let mask = literal::bits(late.mask);
        match &late.input {
            Late::Cfg(predicate) => {
                let predicate: TokenStream = predicate
                    .parse()
                    .expect("predicates were read from Rust tokens");
                quote!(.cfg(__selfsame::core::cfg!(#predicate), #mask))
            }
            Late::Env(name) => quote!(.env(__selfsame::core::option_env!(#name), #mask)),
        }
    });
    quote!(__selfsame::Late::new() #(#inputs)*)
}

/// A version as an expression.
pub(super) fn version(version: Version) -> TokenStream {
    let bits = literal::bits(version.fixed);
    let late = proc_macro2::Literal::usize_unsuffixed(version.late);
    quote!(__LATE[#late].version(#bits))
}
