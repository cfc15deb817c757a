//! Traits of std's whose impls run only where tokens say so: by a sign, or by a name that is spelled.
//!
//! The arithmetic and bit operators are nothing but a call of a trait's method. Indexing, dereferencing and
//! comparing are none of these: more than their signs leads to them. Other traits are called by std on types of others
//! behind a bound, and few names lead there; values are converted by `?` too, and formatted where a text for a macro
//! has a brace.

use serde::{Deserialize, Serialize};

use self::named::{NAMED, Named, Sign};
use self::operators::{OPERATORS, Operator};

mod named;
mod operators;

/// Some of these traits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct StdTraits(u64);

impl StdTraits {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self((1 << (OPERATORS.len() + NAMED.len())) - 1);
    pub(crate) const OPERATORS: Self = Self((1 << OPERATORS.len()) - 1);
    pub(crate) const NEG: Self = Self(1 << (OPERATORS.len() - 1));

    /// Those that a text for a macro with a brace leads to.
    pub(crate) fn formatting() -> Self {
        Self::named(|it| it.sign == Sign::Brace)
    }

    /// Those that even crates may call that call few of them.
    pub(crate) fn called_everywhere() -> Self {
        Self::named(|it| it.called_everywhere)
    }

    /// The operator of a sign.
    pub(crate) fn written(sign: &str) -> Self {
        Self::operators(|operator| !sign.is_empty() && operator.sign == sign)
            .with(Self::named(|it| it.sign == Sign::Question && sign == "?"))
    }

    /// The trait of a name in a module of `core`.
    pub(crate) fn at(module: &str, name: &str) -> Self {
        Self::operators(|operator| module == "ops" && operator.trait_name == name).with(
            Self::named(|it| it.module == module && it.names.contains(&name)),
        )
    }

    /// The trait of a name that needs no import.
    pub(crate) fn in_prelude(name: &str) -> Self {
        Self::named(|it| it.in_prelude && it.names.contains(&name))
    }

    /// What a name leads to.
    pub(crate) fn behind(name: &str) -> Self {
        Self::operators(|operator| operator.trait_name == name || operator.method == name)
            .with(Self::named(|it| it.leads().any(|lead| lead == name)))
    }

    /// All names that lead to one of them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let operators = OPERATORS.iter();
        let signed = operators.flat_map(|operator| [operator.trait_name, operator.method]);
        signed.chain(NAMED.iter().flat_map(Named::leads))
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether one of these is among the others.
    pub(crate) fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    fn operators(is_meant: impl Fn(&Operator) -> bool) -> Self {
        let found = OPERATORS.iter().position(is_meant);
        found.map_or(Self::NONE, |number| Self(1 << number))
    }

    fn named(is_meant: impl Fn(&Named) -> bool) -> Self {
        let numbers = (OPERATORS.len()..).zip(NAMED);
        let meant = numbers.filter(|(_, it)| is_meant(it));
        meant.fold(Self::NONE, |all, (number, _)| all.with(Self(1 << number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_has_its_own_place() {
        assert_eq!(StdTraits::behind("Neg"), StdTraits::NEG);
        assert_eq!(StdTraits::behind("neg"), StdTraits::at("ops", "Neg"));
        assert_eq!(StdTraits::written("&="), StdTraits::behind("bitand_assign"));
        assert_eq!(StdTraits::written(""), StdTraits::NONE);
        let all = StdTraits::names().fold(StdTraits::NONE, |all, name| {
            all.with(StdTraits::behind(name))
        });
        assert_eq!(all, StdTraits::ALL);
    }

    #[test]
    fn a_sign_leads_to_those_of_its_own() {
        let all = StdTraits::at("fmt", "Display").with(StdTraits::at("fmt", "Debug"));
        assert_eq!(StdTraits::formatting(), all);
        assert_eq!(StdTraits::written("?"), StdTraits::in_prelude("TryInto"));
        assert_ne!(StdTraits::at("fmt", "Write"), StdTraits::at("io", "Write"));
        assert_eq!(StdTraits::at("io", "Display"), StdTraits::NONE);
    }

    #[test]
    fn a_name_may_lead_to_several() {
        let both = StdTraits::at("default", "Default").with(StdTraits::at("hash", "Hash"));
        let all = both.with(StdTraits::at("hash", "Hasher"));
        assert_eq!(StdTraits::behind("HashMap"), all);
        assert_eq!(StdTraits::in_prelude("Hash"), StdTraits::NONE);
        assert_eq!(
            StdTraits::in_prelude("Default"),
            StdTraits::behind("default")
        );
    }
}
