//! A limit that nobody can keep: a plain function computes on its caller's thread.

/// @cache(hard = "2s")
pub fn not_async(a: u32) -> Result<u32, std::io::Error> {
    Ok(a)
}
