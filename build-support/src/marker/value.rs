//! The value of each option.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Token};

use super::duration::{Period, Refusal};
use super::list::{self, Form};
use super::option::OptionName;
use super::text::Found;
use super::{Codec, Concern, Dependency, Keep, KeyExpression, Name, identity};
use crate::diagnostic::{Diagnostics, catalogue::marker as texts};
use crate::source::Location;

mod tags;
mod timing;

/// Reads the values of one option; each method pushes the problem it finds and answers `None`.
pub(super) struct Reader<'a> {
    pub(super) name: OptionName,
    pub(super) found: &'a Found,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    /// A duration.
    pub(super) fn ttl(&mut self, form: &Form) -> Option<Period> {
        let (literal, location) = self.literal(form)?;
        self.period(&literal, location)
    }

    /// A duration, or the word for none.
    pub(super) fn keep(&mut self, form: &Form, never: &str) -> Option<Keep> {
        let (literal, location) = self.literal(form)?;
        match &literal {
            Literal::Lit(Lit::Str(text)) if text.value() == never => Some(Keep::Never),
            _ => self.period(&literal, location).map(Keep::For),
        }
    }

    /// `"msgpack"`, `"json"` or `"postcard"`.
    pub(super) fn codec(&mut self, form: &Form) -> Option<Codec> {
        let text = self.string(form)?;
        match text.as_str() {
            "msgpack" => Some(Codec::MessagePack),
            "json" => Some(Codec::Json),
            "postcard" => Some(Codec::Postcard),
            _ => {
                self.diagnostics.push(texts::unknown_codec(
                    form.location(),
                    &text,
                    &["msgpack", "json", "postcard"],
                ));
                None
            }
        }
    }

    /// A whole number.
    pub(super) fn epoch(&mut self, form: &Form) -> Option<u64> {
        let (literal, location) = self.literal(form)?;
        match literal {
            Literal::Lit(Lit::Int(number)) if number.suffix().is_empty() => {
                if let Ok(epoch) = number.base10_parse() {
                    return Some(epoch);
                }
            }
            _ => {}
        }
        self.refuse_value(location)
    }

    /// A text that is not empty.
    pub(super) fn pin(&mut self, form: &Form) -> Option<String> {
        let text = self.string(form)?;
        if text.is_empty() {
            self.refuse_value(form.location())
        } else {
            Some(text)
        }
    }

    /// Names of parameters.
    pub(super) fn names(&mut self, form: &Form) -> Option<Vec<Name>> {
        let idents = self.list(form, |input| {
            // `self` is a keyword to syn, a parameter here.
            input.call(syn::ext::IdentExt::parse_any)
        })?;
        let mut names: Vec<Name> = Vec::new();
        for ident in idents {
            let name = Name {
                text: syn::Ident::to_string(&ident),
                location: self.location(&ident),
            };
            match names.iter().find(|earlier| earlier.text == name.text) {
                Some(first) => self.diagnostics.push(texts::named_twice(
                    name.location,
                    &name.text,
                    first.location,
                )),
                None => names.push(name),
            }
        }
        if names.is_empty() {
            return self.refuse_value(form.location());
        }
        Some(names)
    }

    /// Key expressions; an empty list is one entry for all calls.
    pub(super) fn expressions(&mut self, form: &Form) -> Option<Vec<KeyExpression>> {
        let expressions = self.list(form, Expr::parse)?;
        let mut keys = Vec::new();
        for expression in expressions {
            let location = self.location(&expression);
            match escape(&expression) {
                Some(what) => self
                    .diagnostics
                    .push(texts::escaping_expression(location, what)),
                None => keys.push(KeyExpression {
                    text: identity::canonical(expression.to_token_stream()),
                    location,
                }),
            }
        }
        Some(keys)
    }

    /// Files and folders in quotes, items without.
    pub(super) fn dependencies(&mut self, form: &Form) -> Option<Vec<Dependency>> {
        let entries = self.list(form, Entry::parse)?;
        let mut dependencies = Vec::new();
        for entry in entries {
            match entry {
                Entry::Path(literal) => dependencies.extend(self.file(&literal)),
                Entry::Item(path) => {
                    let location = self.location(&path);
                    dependencies.push(Dependency::Item {
                        path: segments(&path),
                        location,
                    });
                }
            }
        }
        if dependencies.is_empty() {
            return self.refuse_value(form.location());
        }
        Some(dependencies)
    }

    /// Kinds of warning, in quotes.
    pub(super) fn concerns(&mut self, form: &Form) -> Option<BTreeSet<Concern>> {
        let entries: Vec<syn::LitStr> = self.list(form, Parse::parse)?;
        if entries.is_empty() {
            return self.refuse_value(form.location());
        }
        let mut given: Vec<(Concern, Location)> = Vec::new();
        for entry in entries {
            let (name, location) = (entry.value(), self.location(&entry));
            let Some(concern) = Concern::parse(&name) else {
                self.diagnostics
                    .push(texts::unknown_concern(location, &name, &Concern::names()));
                continue;
            };
            match given.iter().find(|(earlier, _)| *earlier == concern) {
                Some((_, first)) => self
                    .diagnostics
                    .push(texts::named_twice(location, &name, *first)),
                None => given.push((concern, location)),
            }
        }
        Some(given.into_iter().map(|(concern, _)| concern).collect())
    }

    /// A path below the crate, or beside it.
    fn file(&mut self, literal: &syn::LitStr) -> Option<Dependency> {
        let path = literal.value();
        let location = self.location(literal);
        if path.is_empty()
            || path.starts_with('/')
            || path.contains('\\')
            || path.get(1..2) == Some(":")
        {
            self.diagnostics
                .push(texts::not_a_relative_path(location, &path));
            return None;
        }
        Some(Dependency::Path { path, location })
    }

    /// The duration a literal stands for.
    fn period(&mut self, literal: &Literal, location: Location) -> Option<Period> {
        let period = match literal {
            Literal::Lit(Lit::Str(text)) => Period::parse(&text.value()),
            Literal::Lit(Lit::Int(number)) if number.suffix().is_empty() => number
                .base10_parse()
                .map_err(|_| Refusal::TooLong)
                .and_then(Period::from_seconds),
            _ => Err(Refusal::Nonsense),
        };
        period
            .map_err(|refusal| self.refuse_period(refusal, location))
            .ok()
    }

    fn refuse_period(&mut self, refusal: Refusal, location: Location) {
        let name = self.name.as_str();
        self.diagnostics.push(match refusal {
            Refusal::Zero => texts::zero_duration(location, name, zero_instead(self.name)),
            Refusal::TooLong => texts::too_long(location),
            Refusal::NoUnit => texts::no_unit(location),
            Refusal::Nonsense => texts::no_duration(location, name),
        });
    }

    /// The text of a value in quotes.
    fn string(&mut self, form: &Form) -> Option<String> {
        let (literal, location) = self.literal(form)?;
        match literal {
            Literal::Lit(Lit::Str(text)) => Some(text.value()),
            _ => self.refuse_value(location),
        }
    }

    /// `= literal`, or a number with a sign.
    fn literal(&mut self, form: &Form) -> Option<(Literal, Location)> {
        let Form::Value(tokens, location) = form else {
            return self.refuse_form(form);
        };
        let (literal, used) = match tokens.as_slice() {
            [TokenTree::Punct(minus), TokenTree::Literal(_), ..] if minus.as_char() == '-' => {
                (Literal::Negative, 2)
            }
            [TokenTree::Literal(literal), ..] => (Literal::Lit(Lit::new(literal.clone())), 1),
            _ => return self.refuse_value(*location),
        };
        if let Some(extra) = tokens.get(used) {
            let extra = list::location(self.found, extra.span());
            self.diagnostics.push(texts::expected_comma(extra));
            return None;
        }
        Some((literal, *location))
    }

    /// `(a, b, …)`.
    fn list<T>(
        &mut self,
        form: &Form,
        parse: fn(syn::parse::ParseStream<'_>) -> syn::Result<T>,
    ) -> Option<Vec<T>> {
        let Form::List(tokens, location) = form else {
            return self.refuse_form(form);
        };
        let parser = |input: syn::parse::ParseStream<'_>| -> syn::Result<Punctuated<T, Token![,]>> {
            Punctuated::parse_terminated_with(input, parse)
        };
        match parser.parse2(tokens.clone()) {
            Ok(entries) => Some(entries.into_iter().collect()),
            Err(error) => {
                let place = self.error_location(&error, tokens, *location);
                self.diagnostics.push(texts::list_syntax(
                    place,
                    self.name.as_str(),
                    &error.to_string(),
                    self.name.usage(),
                ));
                None
            }
        }
    }

    /// syn blames the end of input on no place at all; then it is the whole list.
    fn error_location(
        &self,
        error: &syn::Error,
        tokens: &TokenStream,
        whole: Location,
    ) -> Location {
        let range = error.span().byte_range();
        if tokens.is_empty() || range.is_empty() {
            whole
        } else {
            list::location(self.found, error.span())
        }
    }

    fn location(&self, tokens: &impl ToTokens) -> Location {
        let mut trees = tokens.to_token_stream().into_iter();
        let first = trees
            .next()
            .map(|tree| list::location(self.found, tree.span()));
        let last = trees
            .last()
            .map(|tree| list::location(self.found, tree.span()));
        match (first, last) {
            (Some(first), Some(last)) => Location {
                end: last.end.max(first.end),
                ..first
            },
            (Some(first), None) => first,
            (None, _) => self.found.text.location(0..self.found.end),
        }
    }

    /// The option is written in another way.
    fn refuse_form<T>(&mut self, form: &Form) -> Option<T> {
        self.diagnostics.push(texts::wrong_form(
            form.location(),
            self.name.as_str(),
            self.name.usage(),
        ));
        None
    }

    /// The option takes other values.
    fn refuse_value<T>(&mut self, location: Location) -> Option<T> {
        self.diagnostics.push(texts::wrong_value(
            location,
            self.name.as_str(),
            self.name.usage(),
        ));
        None
    }
}

/// A value behind `=`.
enum Literal {
    Lit(Lit),
    /// No option takes one.
    Negative,
}

/// One entry of `depends(…)`.
enum Entry {
    Path(syn::LitStr),
    Item(syn::Path),
}

impl Entry {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::LitStr) {
            return input.parse().map(Self::Path);
        }
        input.call(syn::Path::parse_mod_style).map(Self::Item)
    }
}

/// The segments of a path; empty first for a leading `::`.
fn segments(path: &syn::Path) -> Vec<String> {
    let leading = path.leading_colon.map(|_| String::new());
    leading
        .into_iter()
        .chain(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string()),
        )
        .collect()
}

/// What to write for "not at all".
fn zero_instead(name: OptionName) -> Option<&'static str> {
    match name {
        OptionName::None => Some("none = \"skip\""),
        OptionName::L1 => Some("l1 = \"off\""),
        OptionName::Lease => Some("lease = \"off\""),
        _ => None,
    }
}

/// What in an expression would leave the closure that the wrapper puts it in.
pub(super) fn escape(expression: &Expr) -> Option<&'static str> {
    struct Search(Option<&'static str>);
    impl<'ast> syn::visit::Visit<'ast> for Search {
        fn visit_expr(&mut self, expression: &'ast Expr) {
            match expression {
                Expr::Await(_) => self.0 = Some(".await"),
                Expr::Try(_) => self.0 = Some("?"),
                Expr::Return(_) => self.0 = Some("return"),
                Expr::Yield(_) => self.0 = Some("yield"),
                // Inside these it leaves no more than themselves.
                Expr::Closure(_) | Expr::Async(_) => {}
                _ => syn::visit::visit_expr(self, expression),
            }
        }
    }
    let mut search = Search(None);
    syn::visit::Visit::visit_expr(&mut search, expression);
    search.0
}
