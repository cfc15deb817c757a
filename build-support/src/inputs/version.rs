//! Which of several versions of a package a manifest means.

/// Whether a version may be meant by a requirement. Orders and ranges may mean any: cargo has chosen already, and
/// what is asked here is only which choice belongs to which of two requirements.
pub(super) fn may_mean(requirement: &str, version: &str) -> bool {
    let mut comparators = requirement.split(',').map(str::trim);
    comparators.all(|comparator| meets(comparator, &numbers(version)))
}

fn meets(comparator: &str, version: &[u64]) -> bool {
    let fixed = |text: &str, last: fn(&[u64]) -> usize| {
        let wanted = numbers(text.trim());
        let fixed = last(&wanted).min(wanted.len());
        version.len() < fixed || version[..fixed] == wanted[..fixed]
    };
    match comparator.chars().next() {
        Some('<' | '>') => true,
        Some('=') => fixed(&comparator[1..], <[u64]>::len),
        Some('~') => fixed(&comparator[1..], |_| 2),
        Some('^') => fixed(&comparator[1..], up_to_first_that_counts),
        _ if comparator.contains('*') => fixed(comparator, <[u64]>::len),
        _ => fixed(comparator, up_to_first_that_counts),
    }
}

/// `1.2.3` promises to be compatible with `1`, `0.2.3` with `0.2` only.
fn up_to_first_that_counts(numbers: &[u64]) -> usize {
    let first = numbers.iter().position(|number| *number != 0);
    first.map_or(numbers.len(), |first| first + 1)
}

/// The leading numbers of a version, up to a wildcard or what is behind `-` or `+`.
fn numbers(version: &str) -> Vec<u64> {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    plain
        .split('.')
        .map_while(|number| number.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::may_mean;

    #[test]
    fn requirements_tell_incompatible_versions_apart() {
        for (requirement, meant, other) in [
            ("1", "1.9.0", "2.0.0"),
            ("^1.2", "1.2.0", "0.9.0"),
            ("0.7", "0.7.3", "0.8.5"),
            ("0.0.3", "0.0.3", "0.0.4"),
            ("=1.2.3", "1.2.3", "1.2.4"),
            ("~1.2.3", "1.2.9", "1.3.0"),
            ("1.*", "1.4.0", "2.0.0"),
            ("0", "0.3.0", "1.0.0"),
            ("1.0.0-rc.1", "1.0.0-rc.2", "2.0.0"),
        ] {
            assert!(may_mean(requirement, meant), "{requirement} {meant}");
            assert!(!may_mean(requirement, other), "{requirement} {other}");
        }
    }

    #[test]
    fn what_is_not_told_apart_may_mean_any() {
        assert!(may_mean("*", "1.0.0"));
        assert!(may_mean(">=1, <3", "5.0.0"));
    }
}
