//! Items that stand in the arguments of macro calls: `cfg_if! { if #[cfg(…)] { mod a; } }`.
//!
//! What a macro makes of its arguments is not known here. Where they read as items they are indexed as items,
//! and each leads to the call it stands in.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Item, ItemStatic, Macro, Token, Type, Visibility, braced};

use crate::hash::HashMap;

/// The items in the arguments of each call, by the byte at which its arguments open.
pub(super) type Products = HashMap<usize, Vec<Item>>;

/// Parses the arguments of every item-level call.
pub(super) fn of(items: &[Item]) -> Products {
    let mut found = Products::default();
    gather(items, &mut found);
    found
}

/// Where a call's arguments open: what [`Products`] knows it by.
pub(super) fn key(mac: &Macro) -> usize {
    mac.delimiter.span().open().byte_range().start
}

fn gather(items: &[Item], found: &mut Products) {
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    gather(items, found);
                }
            }
            Item::Macro(call) if !call.mac.path.is_ident("macro_rules") => {
                if let Some(items) = parse(&call.mac) {
                    gather(&items, found);
                    found.insert(key(&call.mac), items);
                }
            }
            _ => {}
        }
    }
}

fn parse(mac: &Macro) -> Option<Vec<Item>> {
    if mac.tokens.is_empty() {
        return None;
    }
    let name = mac.path.segments.last()?.ident.to_string();
    let parse = |parser: fn(ParseStream<'_>) -> syn::Result<Vec<Item>>| {
        parser.parse2(mac.tokens.clone()).ok()
    };
    match name.as_str() {
        "cfg_if" => parse(branches),
        "thread_local" | "lazy_static" => parse(statics),
        _ => parse(items)
            .or_else(|| Some(nested(mac.tokens.clone())).filter(|found| !found.is_empty())),
    }
}

/// The items of every pair of braces that holds nothing else, as in macros like `cfg_if!`.
fn nested(tokens: TokenStream) -> Vec<Item> {
    let mut found = Vec::new();
    for tree in tokens {
        let TokenTree::Group(group) = tree else {
            continue;
        };
        let braces = group.delimiter() == Delimiter::Brace;
        match items.parse2(group.stream()) {
            Ok(parsed) if braces => found.extend(parsed),
            _ => found.extend(nested(group.stream())),
        }
    }
    found
}

fn items(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(input.parse()?);
    }
    Ok(items)
}

/// `if #[cfg(…)] { … } else if #[cfg(…)] { … } else { … }`
fn branches(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let mut found = Vec::new();
    loop {
        if input.peek(Token![if]) {
            input.parse::<Token![if]>()?;
            input.call(Attribute::parse_outer)?;
        }
        let branch;
        braced!(branch in input);
        found.extend(items(&branch)?);
        if input.is_empty() {
            return Ok(found);
        }
        input.parse::<Token![else]>()?;
    }
}

/// `static NAME: Type = value;`, with `ref` before the name or not, and without the last semicolon or not.
fn statics(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        let static_token: Token![static] = input.parse()?;
        input.parse::<Option<Token![ref]>>()?;
        let ident = input.parse()?;
        let colon_token: Token![:] = input.parse()?;
        let ty: Type = input.parse()?;
        let eq_token: Token![=] = input.parse()?;
        let expr: Expr = input.parse()?;
        let semi_token = if input.is_empty() {
            Token![;](expr.span())
        } else {
            input.parse()?
        };
        found.push(Item::Static(ItemStatic {
            attrs,
            vis,
            static_token,
            mutability: syn::StaticMutability::None,
            ident,
            colon_token,
            ty: Box::new(ty),
            eq_token,
            expr: Box::new(expr),
            semi_token,
        }));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let file = syn::parse_file(text).unwrap();
        let mut found: Vec<String> = of(&file.items)
            .into_values()
            .flatten()
            .map(|item| match item {
                Item::Mod(item) => item.ident.to_string(),
                Item::Fn(item) => item.sig.ident.to_string(),
                Item::Static(item) => item.ident.to_string(),
                Item::Macro(item) => item.mac.path.segments[0].ident.to_string(),
                _ => "other".to_owned(),
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn arguments_that_read_as_items_are_items() {
        assert_eq!(
            names(
                "cfg_if::cfg_if! { if #[cfg(unix)] { mod a; } else if #[cfg(b)] { mod b; } else { fn c() {} } }"
            ),
            ["a", "b", "c"]
        );
        assert_eq!(
            names("mod m { rt! { pub mod d; rt! { fn e() {} } } }"),
            ["d", "e", "rt"]
        );
        assert_eq!(
            names("lazy_static! { static ref A: u8 = 1; } thread_local! { static B: u8 = 2 }"),
            ["A", "B"]
        );
    }

    #[test]
    fn other_arguments_are_none() {
        assert!(
            names("numbers!(u8 u16); flags! { struct F: u8 { const A = 1; } } empty!{}").is_empty()
        );
    }
}
