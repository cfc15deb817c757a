//! What of a marker is part of the version (rule R26), in a form that spacing and order do not change.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use super::{Codec, Dependency, Keep, Marker, Name};

impl Marker {
    /// The options that change what an entry answers, normalised, in fixed order.
    ///
    /// Defaults are written out, so that another default in a later release is another version. The contents of
    /// files and the code of items in `depends` are not here: they are inputs of the version by themselves.
    pub(crate) fn identity(&self) -> Vec<(&'static str, String)> {
        let mut identity = vec![
            (
                "key",
                self.key.as_ref().map_or_else(
                    || "*".to_owned(),
                    |keys| lines(keys.iter().map(|key| &*key.text)),
                ),
            ),
            (
                "skip",
                sorted(self.skip.iter().map(|Name { text, .. }| text.clone())),
            ),
            ("none", keep(self.none)),
            ("codec", codec(self.codec).to_owned()),
            ("epoch", self.epoch.to_string()),
            ("depends", sorted(self.depends.iter().map(dependency))),
        ];
        // Named where there are any, so that functions without keep the versions they had before there were tags.
        if !self.tags.is_empty() {
            let tags = self.tags.iter().map(ToString::to_string);
            identity.push(("tags", sorted(tags)));
        }
        if let Some(pin) = &self.pin {
            identity.push(("pin", pin.clone()));
        }
        identity
    }
}

/// Tokens as text, with one blank between any two but the parts of an operator.
///
/// proc-macro2's own spacing has changed between releases, which must not change a version.
pub(super) fn canonical(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut joined = true;
    for token in tokens {
        if !joined {
            text.push(' ');
        }
        joined = false;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                joined = punct.spacing() == Spacing::Joint;
            }
            TokenTree::Ident(ident) => text.push_str(&ident.to_string()),
            TokenTree::Literal(literal) => text.push_str(&literal.to_string()),
        }
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::None => ("", ""),
    }
}

/// Whether a key expression uses a parameter: as a name, or captured by a format string.
pub(crate) fn mentions(expression: &str, name: &str) -> bool {
    let Ok(tokens) = expression.parse::<TokenStream>() else {
        return false;
    };
    mentioned_in(tokens, name)
}

fn mentioned_in(tokens: TokenStream, name: &str) -> bool {
    let mut after_dot = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_path = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':' && next.spacing() == Spacing::Joint);
        let found = match &token {
            // `x.db` is a field and `db::f` a module, whatever the parameter `db` is.
            TokenTree::Ident(ident) => !after_dot && !is_path && *ident == name,
            TokenTree::Group(group) => mentioned_in(group.stream(), name),
            TokenTree::Literal(literal) => captures(&literal.to_string(), name),
            TokenTree::Punct(_) => false,
        };
        if found {
            return true;
        }
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.' && punct.spacing() == Spacing::Alone);
    }
    false
}

/// Whether a string literal reads as a format string with `{name}` in it.
fn captures(literal: &str, name: &str) -> bool {
    literal.contains(&format!("{{{name}}}")) || literal.contains(&format!("{{{name}:"))
}

fn lines<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join("\n")
}

fn sorted(texts: impl Iterator<Item = String>) -> String {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts.join("\n")
}

fn keep(keep: Keep) -> String {
    match keep {
        Keep::Default => format!("min(ttl, {})", Keep::DEFAULT_MS),
        Keep::Never => "never".to_owned(),
        Keep::For(period) => period.as_ms().to_string(),
    }
}

fn codec(codec: Codec) -> &'static str {
    match codec {
        Codec::MessagePack => "msgpack",
        Codec::Json => "json",
        Codec::Postcard => "postcard",
    }
}

/// Kinds are told apart by a prefix: a file `RATES` is no item `RATES`.
fn dependency(dependency: &Dependency) -> String {
    match dependency {
        Dependency::Path { path, .. } => format!("path {path}"),
        Dependency::Item { path, .. } => format!("item {}", path.join("::")),
    }
}
