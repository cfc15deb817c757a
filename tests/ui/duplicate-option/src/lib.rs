//! An option given twice.

/// @cache(ttl = "5m", ttl = "6m")
pub fn twice() -> u32 {
    1
}

/// @cache(tags("user:{id}", "all", "user:{ id }"))
pub fn tagged_twice(id: u32) -> u32 {
    id
}
