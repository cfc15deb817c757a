//! Compiler flags, without those that can't change what code does.

/// Flags whose value, in the same word or the next one, changes no behaviour.
const INERT: &[&str] = &[
    "-L",
    "-A",
    "-W",
    "-D",
    "-F",
    "--allow",
    "--warn",
    "--deny",
    "--forbid",
    "--force-warn",
    "--cap-lints",
    "--check-cfg",
    "--color",
    "--diagnostic-width",
    "--error-format",
    "--json",
    "--remap-path-prefix",
];

/// Flags without a value that change no behaviour.
const INERT_SWITCHES: &[&str] = &["-g", "-v", "--verbose"];

/// Options of `-C` about linking, debugging and the course of compilation.
const INERT_CODEGEN: &[&str] = &[
    "ar",
    "codegen-units",
    "debuginfo",
    "dwarf-version",
    "extra-filename",
    "incremental",
    "link-arg",
    "link-args",
    "link-self-contained",
    "linker",
    "linker-flavor",
    "linker-features",
    "link-dead-code",
    "metadata",
    "profile-use",
    "remark",
    "rpath",
    "save-temps",
    "split-debuginfo",
    "strip",
    "symbol-mangling-version",
];

/// Flags that take a value which may stand in the next word.
const VALUED: &[&str] = &[
    "-C",
    "--codegen",
    "-Z",
    "--cfg",
    "-l",
    "--extern",
    "--crate-type",
];

/// The flags that may change what code does, in their order, each in one spelling. Unknown ones are kept.
///
/// `encoded` is as in `CARGO_ENCODED_RUSTFLAGS`: separated by the ASCII unit separator.
pub(super) fn normalised(encoded: &str) -> String {
    let mut words = encoded.split('\u{1f}').filter(|word| !word.is_empty());
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        if INERT_SWITCHES.contains(&word) {
            continue;
        }
        if let Some((_, value)) = split(word, INERT) {
            if value.is_none() {
                words.next();
            }
            continue;
        }
        match split(word, VALUED) {
            Some((flag, value)) => {
                let value = value.or_else(|| words.next()).unwrap_or_default();
                kept.extend(valued(flag, value));
            }
            None => kept.push(word.to_owned()),
        }
    }
    kept.join(" ")
}

/// A word as one of the flags and, if the word goes on, its value: `-Lpath`, `--cfg=x`.
fn split<'w>(word: &'w str, flags: &[&'w str]) -> Option<(&'w str, Option<&'w str>)> {
    flags.iter().find_map(|flag| {
        let rest = word.strip_prefix(flag)?;
        let long = flag.starts_with("--");
        match rest.strip_prefix('=').filter(|_| long) {
            Some(value) => Some((*flag, Some(value))),
            None if rest.is_empty() => Some((*flag, None)),
            None => (!long).then_some((*flag, Some(rest))),
        }
    })
}

fn valued(flag: &str, value: &str) -> Option<String> {
    let flag = if flag == "--codegen" { "-C" } else { flag };
    let option = value
        .split('=')
        .next()
        .unwrap_or_default()
        .replace('_', "-");
    let inert = flag == "-C" && INERT_CODEGEN.contains(&option.as_str());
    (!inert).then(|| format!("{flag} {value}"))
}

#[cfg(test)]
mod tests {
    use super::normalised;

    fn of(words: &[&str]) -> String {
        normalised(&words.join("\u{1f}"))
    }

    #[test]
    fn what_can_change_code_is_kept_in_its_order() {
        // 147, 148, 151
        let words = [
            "-C",
            "target-cpu=native",
            "-Cpanic=abort",
            "--codegen=overflow-checks=on",
            "--cfg",
            "slow",
            "--cfg=fast",
            "-Zsanitizer=address",
            "-O",
        ];
        assert_eq!(
            of(&words),
            "-C target-cpu=native -C panic=abort -C overflow-checks=on --cfg slow --cfg fast -Z sanitizer=address -O"
        );
        assert_ne!(
            of(&["-Copt-level=1", "-Copt-level=2"]),
            of(&["-Copt-level=2", "-Copt-level=1"])
        );
    }

    #[test]
    fn linking_lints_paths_and_debug_information_are_left_out() {
        let words = [
            "-Clinker=clang",
            "-C",
            "link-arg=-fuse-ld=mold",
            "-Clink_args=-s",
            "-L",
            "native=/opt/lib",
            "-L/usr/lib",
            "--remap-path-prefix",
            "/home/me=/src",
            "--remap-path-prefix=/a=/b",
            "-Cincremental=/tmp/x",
            "-C",
            "codegen-units=16",
            "-Cdebuginfo=2",
            "-g",
            "-Dwarnings",
            "-W",
            "unused",
            "--cap-lints",
            "warn",
            "--color=always",
        ];
        assert_eq!(of(&words), "");
    }

    #[test]
    fn a_value_may_hold_spaces_and_an_unknown_flag_is_kept() {
        assert_eq!(
            of(&["--cfg", "name=\"a b\"", "--unheard-of=1", "-Dwarnings"]),
            "--cfg name=\"a b\" --unheard-of=1"
        );
    }
}
