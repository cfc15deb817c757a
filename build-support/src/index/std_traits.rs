//! Traits of std's whose impls run only where tokens say so: by a sign, or by a name that is spelled.
//!
//! The arithmetic and bit operators are nothing but a call of a trait's method. Indexing, dereferencing and
//! comparing are none of these: more than their signs leads to them. Other traits have no sign, but all of std that
//! calls them on types of others does so behind a bound, and few names lead there.

use serde::{Deserialize, Serialize};

/// Some of these traits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct StdTraits(u32);

/// One operator: how it is written, its trait in `core::ops`, the trait's method.
struct Operator {
    sign: &'static str,
    trait_name: &'static str,
    method: &'static str,
}

const fn operator(sign: &'static str, trait_name: &'static str, method: &'static str) -> Operator {
    Operator {
        sign,
        trait_name,
        method,
    }
}

/// Longer signs come before those they begin with.
const OPERATORS: &[Operator] = &[
    operator("<<=", "ShlAssign", "shl_assign"),
    operator(">>=", "ShrAssign", "shr_assign"),
    operator("+=", "AddAssign", "add_assign"),
    operator("-=", "SubAssign", "sub_assign"),
    operator("*=", "MulAssign", "mul_assign"),
    operator("/=", "DivAssign", "div_assign"),
    operator("%=", "RemAssign", "rem_assign"),
    operator("&=", "BitAndAssign", "bitand_assign"),
    operator("|=", "BitOrAssign", "bitor_assign"),
    operator("^=", "BitXorAssign", "bitxor_assign"),
    operator("<<", "Shl", "shl"),
    operator(">>", "Shr", "shr"),
    operator("+", "Add", "add"),
    operator("-", "Sub", "sub"),
    operator("*", "Mul", "mul"),
    operator("/", "Div", "div"),
    operator("%", "Rem", "rem"),
    operator("&", "BitAnd", "bitand"),
    operator("|", "BitOr", "bitor"),
    operator("^", "BitXor", "bitxor"),
    operator("!", "Not", "not"),
    // Written as subtraction is.
    operator("", "Neg", "neg"),
];

/// A trait without a sign.
struct Named {
    /// Where it is, in `core`.
    module: &'static str,
    name: &'static str,
    in_prelude: bool,
    /// Besides its own name, those of its methods, and of everything in std that has a bound by it, however far
    /// behind.
    led_to_by: &'static [&'static str],
}

const NAMED: &[Named] = &[
    Named {
        module: "default",
        name: "Default",
        in_prelude: true,
        led_to_by: &[
            "BuildHasherDefault",
            "FromIterator",
            "HashMap",
            "HashSet",
            "collect",
            "default",
            "from_iter",
            "get_or_insert_default",
            "hash_map",
            "hash_set",
            "map_or_default",
            "or_default",
            "partition",
            "take",
            "try_collect",
            "unwrap_or_default",
            "unzip",
            // What serde derives fills in fields that are not read.
            "Deserialize",
            "skip",
            "skip_deserializing",
        ],
    },
    Named {
        module: "hash",
        name: "Hash",
        in_prelude: false,
        led_to_by: &[
            "HashMap",
            "HashSet",
            "hash",
            "hash_map",
            "hash_one",
            "hash_set",
            "hash_slice",
        ],
    },
    Named {
        module: "iter",
        name: "DoubleEndedIterator",
        in_prelude: true,
        led_to_by: &[
            "Rev",
            "advance_back_by",
            "next_back",
            "next_back_if",
            "next_back_if_eq",
            "nth_back",
            "partition_in_place",
            "prepend",
            "rev",
            "rfind",
            "rfold",
            "rposition",
            "try_rfold",
        ],
    },
    Named {
        module: "iter",
        name: "Extend",
        in_prelude: true,
        led_to_by: &[
            "FromIterator",
            "collect",
            "collect_into",
            "extend",
            "extend_one",
            "extend_one_unchecked",
            "extend_reserve",
            "from_iter",
            "partition",
            "try_collect",
            "unzip",
        ],
    },
    Named {
        module: "iter",
        name: "FromIterator",
        in_prelude: true,
        led_to_by: &["collect", "from_iter", "try_collect"],
    },
    Named {
        module: "iter",
        name: "Product",
        in_prelude: false,
        led_to_by: &["product"],
    },
    Named {
        module: "iter",
        name: "Sum",
        in_prelude: false,
        led_to_by: &["sum"],
    },
    Named {
        module: "str",
        name: "FromStr",
        in_prelude: false,
        led_to_by: &["from_str", "parse"],
    },
];

impl StdTraits {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self((1 << (OPERATORS.len() + NAMED.len())) - 1);
    pub(crate) const NEG: Self = Self(1 << (OPERATORS.len() - 1));

    /// The operator of a sign.
    pub(crate) fn written(sign: &str) -> Self {
        Self::operators(|operator| !sign.is_empty() && operator.sign == sign)
    }

    /// The trait of a name in a module of `core`.
    pub(crate) fn at(module: &str, name: &str) -> Self {
        Self::operators(|operator| module == "ops" && operator.trait_name == name)
            .with(Self::named(|it| it.module == module && it.name == name))
    }

    /// The trait of a name that needs no import.
    pub(crate) fn in_prelude(name: &str) -> Self {
        Self::named(|it| it.in_prelude && it.name == name)
    }

    /// What a name leads to.
    pub(crate) fn behind(name: &str) -> Self {
        Self::operators(|operator| operator.trait_name == name || operator.method == name).with(
            Self::named(|it| it.name == name || it.led_to_by.contains(&name)),
        )
    }

    /// All names that lead to one of them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let operators = OPERATORS.iter();
        let signed = operators.flat_map(|operator| [operator.trait_name, operator.method]);
        let named = NAMED.iter();
        signed.chain(named.flat_map(|it| it.led_to_by.iter().copied().chain([it.name])))
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
    fn a_name_may_lead_to_several() {
        let both = StdTraits::at("default", "Default").with(StdTraits::at("hash", "Hash"));
        assert_eq!(StdTraits::behind("HashMap"), both);
        assert_eq!(StdTraits::in_prelude("Hash"), StdTraits::NONE);
        assert_eq!(
            StdTraits::in_prelude("Default"),
            StdTraits::behind("default")
        );
    }
}
