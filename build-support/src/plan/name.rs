//! Identifiers from names.

use proc_macro2::{Ident, Span};

/// An identifier; a name that is a keyword becomes a raw one, unless it is part of how paths begin.
pub(crate) fn ident(name: &str) -> Ident {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let is_path_keyword = matches!(name, "crate" | "self" | "super" | "Self" | "_");
    if is_path_keyword || syn::parse_str::<Ident>(name).is_ok() {
        Ident::new(name, Span::call_site())
    } else {
        Ident::new_raw(name, Span::call_site())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_become_raw_where_they_can() {
        let texts: Vec<String> = ["name", "type", "r#type", "crate", "_"]
            .iter()
            .map(|name| ident(name).to_string())
            .collect();
        assert_eq!(texts, ["name", "r#type", "r#type", "crate", "_"]);
    }
}
