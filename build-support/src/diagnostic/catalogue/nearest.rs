//! The name someone probably meant.

/// The candidate nearest to `given`, if it is near enough to be a slip of the keyboard.
pub(crate) fn nearest<'a>(given: &str, candidates: &[&'a str]) -> Option<&'a str> {
    // A third of the letters may differ: `tll` finds `ttl`, `codex` finds `codec`, `db` does not find `id`.
    let tolerance = (given.chars().count() / 3).max(1);
    let by_distance = candidates
        .iter()
        .map(|candidate| (distance(given, candidate), *candidate));
    let (distance, name) = by_distance.min_by_key(|(distance, _)| *distance)?;
    let shares_a_letter = given
        .to_lowercase()
        .chars()
        .any(|letter| name.contains(letter));
    (distance <= tolerance && shares_a_letter).then_some(name)
}

/// Whether two names differ by one letter at most: lints call such names similar.
pub(crate) fn is_near(left: &str, right: &str) -> bool {
    distance(left, right) <= 1
}

/// Edits between two words: insert, delete, replace, or swap two neighbours (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.to_lowercase().chars().collect();
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=right.len()).collect();
    for i in 1..=left.len() {
        for j in 1..=right.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let options = [
            "ttl", "skip", "key", "none", "l1", "codec", "epoch", "pin", "depends",
        ];
        assert_eq!(nearest("tll", &options), Some("ttl"));
        assert_eq!(nearest("TTL", &options), Some("ttl"));
        assert_eq!(nearest("sikp", &options), Some("skip"));
        assert_eq!(nearest("depend", &options), Some("depends"));
        assert_eq!(nearest("codex", &options), Some("codec"));
        assert_eq!(nearest("refresh", &options), None);
        assert_eq!(nearest("x", &options), None);
        assert_eq!(nearest("anything", &[]), None);
    }

    #[test]
    fn a_swap_counts_once() {
        assert_eq!(distance("user_id", "uesr_id"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
