//! The operators of the language that are nothing but a call of a trait's method: arithmetic, bits and their
//! assignments. Indexing, dereferencing and comparing are none of these: more than their signs leads to them.

use serde::{Deserialize, Serialize};

/// Some of the operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Operators(u32);

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
const ALL: &[Operator] = &[
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

impl Operators {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self((1 << ALL.len()) - 1);
    pub(crate) const NEG: Self = Self(1 << (ALL.len() - 1));

    /// The operator of a sign.
    pub(crate) fn written(sign: &str) -> Self {
        Self::where_(|operator| !sign.is_empty() && operator.sign == sign)
    }

    /// The operator of a trait's name.
    pub(crate) fn of_trait(name: &str) -> Self {
        Self::where_(|operator| operator.trait_name == name)
    }

    /// The operator of a trait's or method's name.
    pub(crate) fn named(name: &str) -> Self {
        Self::where_(|operator| operator.trait_name == name || operator.method == name)
    }

    /// The names of all traits and methods.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let names = ALL.iter();
        names.flat_map(|operator| [operator.trait_name, operator.method])
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

    fn where_(is_meant: impl Fn(&Operator) -> bool) -> Self {
        let found = ALL.iter().position(is_meant);
        found.map_or(Self::NONE, |number| Self(1 << number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_has_its_own_place() {
        assert_eq!(Operators::named("Neg"), Operators::NEG);
        assert_eq!(Operators::named("neg"), Operators::of_trait("Neg"));
        assert_eq!(Operators::written("&="), Operators::named("bitand_assign"));
        assert_eq!(Operators::written(""), Operators::NONE);
        let all = Operators::names().fold(Operators::NONE, |all, name| {
            all.with(Operators::named(name))
        });
        assert_eq!(all, Operators::ALL);
    }
}
