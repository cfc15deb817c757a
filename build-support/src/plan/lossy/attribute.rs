//! What `#[serde(…)]` and `#[serde_as(…)]` say, also behind `cfg_attr`.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, Token, token};

/// One entry of such an attribute.
pub(super) struct Serde<'a> {
    pub(super) attribute: &'a Attribute,
    /// `serde` or `serde_as`.
    of: String,
    pub(super) name: String,
    /// The text behind `=`.
    value: Option<String>,
}

/// Functions and modules that are known to write every value in its own way.
const FAITHFUL: &[&str] = &[
    "hex",
    "hex::serde",
    "humantime_serde",
    "serde_bytes",
    "time::serde::iso8601",
    "time::serde::rfc3339",
    "uuid::serde::braced",
    "uuid::serde::compact",
    "uuid::serde::simple",
    "uuid::serde::urn",
];

/// Types of std and its usual company of which only one value `is_empty`.
const COLLECTIONS: &[&str] = &[
    "BTreeMap",
    "BTreeSet",
    "HashMap",
    "HashSet",
    "IndexMap",
    "IndexSet",
    "LinkedList",
    "SmallVec",
    "String",
    "Vec",
    "VecDeque",
    "[_]",
    "str",
];

impl Serde<'_> {
    /// `serde(skip)`, as people write it.
    pub(super) fn shown(&self) -> String {
        match &self.value {
            Some(value) => format!("{}({} = \"{value}\")", self.of, self.name),
            None => format!("{}({})", self.of, self.name),
        }
    }

    /// Whether a `skip_serializing_if` leaves out one value only: then its absence tells it.
    pub(super) fn is_telling(&self) -> bool {
        let Some(value) = &self.value else {
            return false;
        };
        let path: String = value.split_whitespace().collect();
        let (owner, name) = path.rsplit_once("::").unwrap_or(("", &path));
        let owner = owner.rsplit("::").next().unwrap_or(owner);
        // `Vec::<u8>::is_empty` and `<[u8]>::is_empty` are written without their arguments mostly.
        let owner = owner.trim_start_matches('<').trim_end_matches('>');
        match name {
            "is_none" => owner == "Option",
            "not" => owner == "Not",
            "is_empty" => COLLECTIONS.contains(&owner),
            _ => false,
        }
    }

    /// Whether a value is written by a function that may lose something.
    pub(super) fn is_lossy_conversion(&self) -> bool {
        match self.name.as_str() {
            "with" | "serialize_with" => !self.is_faithful(),
            "as" | "serialize_as" => true,
            _ => false,
        }
    }

    fn is_faithful(&self) -> bool {
        let value = self.value.as_deref().unwrap_or_default();
        let value = value.strip_prefix("::").unwrap_or(value);
        let module = value.strip_suffix("::serialize").unwrap_or(value);
        let module = module.strip_suffix("::option").unwrap_or(module);
        FAITHFUL.contains(&module)
    }
}

/// The entry of this name, if there is one.
pub(super) fn named<'a>(attributes: &'a [Attribute], name: &str) -> Option<Serde<'a>> {
    of(attributes).into_iter().find(|serde| serde.name == name)
}

/// All entries, in order. What does not parse is left to the compiler.
pub(super) fn of(attributes: &[Attribute]) -> Vec<Serde<'_>> {
    let mut entries = Vec::new();
    for attribute in attributes {
        collect(&attribute.meta, attribute, &mut entries);
    }
    entries
}

fn collect<'a>(meta: &Meta, attribute: &'a Attribute, entries: &mut Vec<Serde<'a>>) {
    let Meta::List(list) = meta else { return };
    let name = list.path.segments.last().map(|last| last.ident.to_string());
    match name.as_deref() {
        Some("cfg_attr") => {
            for meta in conditional.parse2(list.tokens.clone()).unwrap_or_default() {
                collect(&meta, attribute, entries);
            }
        }
        Some(of @ ("serde" | "serde_as")) => {
            let parsed = entries_of.parse2(list.tokens.clone());
            let found = parsed.unwrap_or_default().into_iter();
            entries.extend(found.map(|Entry { name, value }| Serde {
                attribute,
                of: of.to_owned(),
                name,
                value,
            }));
        }
        _ => {}
    }
}

/// What stands behind the predicate of a `cfg_attr`.
fn conditional(input: ParseStream<'_>) -> syn::Result<Punctuated<Meta, Token![,]>> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    input.parse::<Option<Token![,]>>()?;
    Punctuated::parse_terminated(input)
}

/// `name`, `name = "value"` or `name(…)`.
struct Entry {
    name: String,
    value: Option<String>,
}

fn entries_of(input: ParseStream<'_>) -> syn::Result<Punctuated<Entry, Token![,]>> {
    Punctuated::parse_terminated_with(input, entry)
}

fn entry(input: ParseStream<'_>) -> syn::Result<Entry> {
    // `as` and `crate` are words here.
    let name = Ident::parse_any(input)?.to_string();
    let mut value = None;
    if input.parse::<Option<Token![=]>>()?.is_some() {
        value = text(&input.parse()?);
    } else if input.peek(token::Paren) {
        input.parse::<TokenTree>()?;
    }
    Ok(Entry { name, value })
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}
