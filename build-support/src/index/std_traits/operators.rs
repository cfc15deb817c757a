//! Operators whose signs are all that leads to them.

/// One operator: how it is written, its trait in `core::ops`, the trait's method.
pub(super) struct Operator {
    pub(super) sign: &'static str,
    pub(super) trait_name: &'static str,
    pub(super) method: &'static str,
}

const fn operator(sign: &'static str, trait_name: &'static str, method: &'static str) -> Operator {
    Operator {
        sign,
        trait_name,
        method,
    }
}

/// Longer signs come before those they begin with.
pub(super) const OPERATORS: &[Operator] = &[
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
