//! Parameters that can't be part of a key.

/// @cache
pub fn impl_trait(name: impl AsRef<str>) -> usize {
    name.as_ref().len()
}

/// @cache
pub fn dynamic(name: &dyn AsRef<str>) -> usize {
    name.as_ref().len()
}

/// @cache
pub fn mutable(log: &mut Vec<String>, number: u32) -> u32 {
    log.push(number.to_string());
    number
}
