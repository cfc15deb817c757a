//! Options that can't both hold.

/// @cache(skip(a), key(a))
pub fn skipped_and_keyed(a: u32) -> u32 {
    a
}

/// @cache(soft = "50ms")
pub fn soft_without_stale(a: u32) -> u32 {
    a
}

/// @cache(stale = "1h", soft = "2s", hard = "2s")
pub async fn soft_after_hard(a: u32) -> Result<u32, std::io::Error> {
    Ok(a)
}

/// @cache(ttl = "forever", stale = "1h")
pub fn never_stale(a: u32) -> u32 {
    a
}

/// @cache(ttl = "forever", refresh = "ahead")
pub fn never_expires(a: u32) -> u32 {
    a
}

/// @cache(ttl = "10s", l1 = "1m", none = "1m")
pub fn longer_than_the_ttl(a: u32) -> Option<u32> {
    Some(a)
}
