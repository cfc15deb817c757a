//! What stands behind the colon of a hole: `[[fill]align][sign]['#']['0'][width]['.' precision][type]`.

/// Whether `format!` knows it, and takes no further argument for it (`width$`, `.*`).
pub(super) fn is_known(spec: &str) -> bool {
    let rest = after_alignment(spec);
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let rest = rest.strip_prefix('#').unwrap_or(rest);
    // A leading zero is a digit of the width to us.
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = match rest.strip_prefix('.') {
        Some(precision) => match precision.trim_start_matches(|c: char| c.is_ascii_digit()) {
            rest if rest.len() < precision.len() => rest,
            _ => return false,
        },
        None => rest,
    };
    TYPES.contains(&rest)
}

/// How a value can be shown.
const TYPES: [&str; 11] = ["", "?", "x?", "X?", "x", "X", "o", "b", "e", "E", "p"];

fn after_alignment(spec: &str) -> &str {
    const ALIGN: [char; 3] = ['<', '^', '>'];
    let mut chars = spec.chars();
    let (first, second) = (chars.next(), chars.next());
    match (first, second) {
        (Some(fill), Some(align)) if ALIGN.contains(&align) => &spec[fill.len_utf8() + 1..],
        (Some(align), _) if ALIGN.contains(&align) => &spec[1..],
        _ => spec,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_as_far_as_they_need_no_argument() {
        for spec in [
            "", "?", "#?", "05", "*>8", "^", "+.3", "x", "#x?", "<5.2e", "é<3",
        ] {
            assert!(is_known(spec), "{spec}");
        }
        for spec in ["width$", "1$", ".*", ".", "d", "??", " 5", ">>>5"] {
            assert!(!is_known(spec), "{spec}");
        }
    }
}
