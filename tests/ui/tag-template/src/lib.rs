//! Templates that make no tag.

/// @cache(tags("user:{id"))
pub fn never_closed(id: u32) -> u32 {
    id
}

/// @cache(tags("user:id}"))
pub fn never_opened(id: u32) -> u32 {
    id
}

/// @cache(tags("user:{}"))
pub fn empty(id: u32) -> u32 {
    id
}

/// @cache(tags("{id}"))
pub fn without_text(id: u32) -> u32 {
    id
}

/// @cache(tags("user:{id +}"))
pub fn no_expression(id: u32) -> u32 {
    id
}

/// @cache(
///     ttl = "5m",
///     tags("all", "user:{parse(id)?}"),
/// )
pub fn escaping(id: u32) -> u32 {
    id
}

/// @cache(tags("user:{id:width$}"))
pub fn with_an_argument(id: u32) -> u32 {
    id
}
