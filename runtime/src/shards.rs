//! How many parts a bounded map is cut into.

/// Four per processor, so that threads rarely meet, but none so small that it could not hold a few of the largest
/// values: each part is bounded for itself, and can't hold what is larger than it.
pub(crate) fn shards(max_bytes: u64, max_value_bytes: usize) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let room = max_bytes / (4 * (max_value_bytes as u64).max(1));
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    (4 * processors).min(room).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_values_fit_whatever_the_number_of_processors() {
        assert_eq!(shards(1 << 20, 1 << 20), 1);
        assert!(shards(64 << 20, 1 << 20) <= 16);
        assert!(shards(u64::MAX, 0) >= 4);
    }
}
