//! Values an option does not take.

/// @cache(codec = "xml")
pub fn no_such_codec() -> u32 {
    1
}

/// @cache(epoch = "one")
pub fn no_number() -> u32 {
    2
}

/// @cache(skip = "db")
pub fn not_a_list(db: u32) -> u32 {
    db
}

/// @cache(pin = "")
pub fn an_empty_pin() -> u32 {
    3
}

/// @cache(refresh = "alway")
pub fn no_such_way() -> u32 {
    4
}

/// @cache(tags())
pub fn no_tags() -> u32 {
    5
}
