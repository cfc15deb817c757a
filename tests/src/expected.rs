//! Comparison with files on disk; `BLESS=1` writes what came out instead.

use std::path::Path;

/// Asserts that a text equals the file's.
///
/// # Panics
///
/// If it does not, with the first line that differs.
pub fn assert_text(path: &Path, actual: &str) {
    if std::env::var_os("BLESS").is_some() {
        crate::scratch::write(path, actual.as_bytes());
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return;
    }
    let line = first_difference(&expected, actual);
    let (wanted, found) = (expected.lines().nth(line), actual.lines().nth(line));
    panic!(
        "{}, line {}:\nexpected: {}\n   found: {}\n\n(BLESS=1 rewrites the file; all that came out:)\n{actual}",
        path.display(),
        line + 1,
        wanted.unwrap_or("<end of file>"),
        found.unwrap_or("<end of text>"),
    );
}

/// Replaces every version literal, `0x` and 32 hex digits, by `0x…`: what a version is, other tests
/// ask; where it stands is what an expected file shows.
#[must_use]
pub fn without_versions(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part
            .find(|c: char| !c.is_ascii_hexdigit() && c != '_')
            .unwrap_or(part.len());
        let is_version = part[..digits].bytes().filter(u8::is_ascii_hexdigit).count() == 32;
        shown.push_str("0x");
        shown.push_str(if is_version { "…" } else { &part[..digits] });
        shown.push_str(&part[digits..]);
    }
    shown
}

fn first_difference(expected: &str, actual: &str) -> usize {
    let same = expected
        .lines()
        .zip(actual.lines())
        .take_while(|(one, other)| one == other);
    same.count()
}

#[cfg(test)]
mod tests {
    use super::without_versions;

    #[test]
    fn only_versions_are_hidden() {
        let version = "from_bits(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef_u128), 0xff, 3";
        assert_eq!(without_versions(version), "from_bits(0x…u128), 0xff, 3");
    }
}
