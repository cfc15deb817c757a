//! Returns that can't be stored.

/// @cache
pub fn some_iterator(count: u32) -> impl Iterator<Item = u32> {
    0..count
}

/// @cache
pub fn borrowed(text: &str) -> &str {
    text
}

/// @cache
pub fn first_word<'a>(text: &'a str) -> Option<&'a str> {
    text.split(' ').next()
}

/// @cache
pub fn never() -> ! {
    panic!("never returns")
}
