//! `cfg` predicates, as far as a build script can decide them.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token, parenthesized, token};

/// A parsed predicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Predicate {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// `true` and `false`.
    Literal(bool),
    /// `name` or `name = "value"`.
    Flag {
        name: String,
        value: Option<String>,
    },
}

/// What is known of a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    /// One run of a build script serves builds where it differs (`test`), or it can't be seen from there.
    Undetermined,
}

impl Predicate {
    /// Decides the predicate, given what is known of single flags.
    pub(crate) fn evaluate(&self, flag: &dyn Fn(&str, Option<&str>) -> Truth) -> Truth {
        match self {
            Self::All(parts) => fold(
                parts.iter().map(|part| part.evaluate(flag)),
                Truth::False,
                Truth::True,
            ),
            Self::Any(parts) => fold(
                parts.iter().map(|part| part.evaluate(flag)),
                Truth::True,
                Truth::False,
            ),
            Self::Not(inner) => match inner.evaluate(flag) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Undetermined => Truth::Undetermined,
            },
            Self::Literal(value) => {
                if *value {
                    Truth::True
                } else {
                    Truth::False
                }
            }
            Self::Flag { name, value } => flag(name, value.as_deref()),
        }
    }

    /// Whether this can hold in a test build, and only there, whatever the other flags are.
    pub(crate) fn needs_test(&self) -> bool {
        let with_test = |holds: Truth| {
            self.evaluate(&|name, value| {
                if name == "test" && value.is_none() {
                    holds
                } else {
                    Truth::Undetermined
                }
            })
        };
        with_test(Truth::False) == Truth::False && with_test(Truth::True) != Truth::False
    }
}

/// One part with the value `decisive` decides; `neutral` is the value of no parts.
fn fold(parts: impl Iterator<Item = Truth>, decisive: Truth, neutral: Truth) -> Truth {
    let mut result = neutral;
    for part in parts {
        if part == decisive {
            return decisive;
        }
        if part == Truth::Undetermined {
            result = Truth::Undetermined;
        }
    }
    result
}

impl Parse for Predicate {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::LitBool) {
            return Ok(Self::Literal(input.parse::<syn::LitBool>()?.value));
        }
        let name = input.call(<Ident as syn::ext::IdentExt>::parse_any)?;
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            let parts = content
                .parse_terminated(Self::parse, Token![,])?
                .into_iter()
                .collect::<Vec<_>>();
            return combinator(&name, parts);
        }
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Some(input.parse::<LitStr>()?.value())
        } else {
            None
        };
        Ok(Self::Flag {
            name: name.to_string(),
            value,
        })
    }
}

fn combinator(name: &Ident, mut parts: Vec<Predicate>) -> syn::Result<Predicate> {
    if name == "all" {
        Ok(Predicate::All(parts))
    } else if name == "any" {
        Ok(Predicate::Any(parts))
    } else if name == "not" && parts.len() == 1 {
        Ok(Predicate::Not(Box::new(parts.remove(0))))
    } else {
        Err(syn::Error::new(
            name.span(),
            "expected `all`, `any` or `not`",
        ))
    }
}

/// Whether attributes keep an item out of every build that is no test build.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        if path.is_ident("cfg") {
            return attribute
                .parse_args::<Predicate>()
                .is_ok_and(|predicate| predicate.needs_test());
        }
        path.segments
            .last()
            .is_some_and(|last| last.ident == "test" || last.ident == "bench")
            && path.leading_colon.is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predicate(text: &str) -> Predicate {
        syn::parse_str(text).unwrap()
    }

    #[test]
    fn only_what_cannot_hold_without_test_needs_test() {
        for needs in [
            "test",
            "all(test, unix)",
            "all(any(test), feature = \"x\")",
            "not(not(test))",
        ] {
            assert!(predicate(needs).needs_test(), "{needs}");
        }
        for free in [
            "unix",
            "any(test, feature = \"x\")",
            "not(test)",
            "all()",
            "feature = \"test\"",
            "true",
            "false",
            "any()",
        ] {
            assert!(!predicate(free).needs_test(), "{free}");
        }
    }

    #[test]
    fn an_unknown_flag_leaves_the_rest_decisive() {
        let flags = |name: &str, _: Option<&str>| match name {
            "yes" => Truth::True,
            "no" => Truth::False,
            _ => Truth::Undetermined,
        };
        assert_eq!(predicate("all(no, other)").evaluate(&flags), Truth::False);
        assert_eq!(predicate("any(yes, other)").evaluate(&flags), Truth::True);
        assert_eq!(
            predicate("all(yes, other)").evaluate(&flags),
            Truth::Undetermined
        );
        assert_eq!(
            predicate("not(other)").evaluate(&flags),
            Truth::Undetermined
        );
    }
}
