//! Lists that do not read as options.

/// @cache(ttl = )
pub fn no_value() -> u32 {
    1
}

/// @cache(ttl "5m")
pub fn no_equals_sign() -> u32 {
    2
}

/// @cache(ttl = "5m"
pub fn no_end() -> u32 {
    3
}

/// @cache(skip[db])
pub fn square_brackets(db: u32) -> u32 {
    db
}

/// @cache ttl = "5m"
pub fn no_parentheses() -> u32 {
    4
}
