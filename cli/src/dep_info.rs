//! Dep-info files: what rustc read to compile one target, as it tells cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What one of them says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DepInfo {
    /// As rustc spells them.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Variables that `env!` and `option_env!` asked for; `None` for one that is not set.
    pub(crate) variables: BTreeMap<String, Option<String>>,
}

impl DepInfo {
    /// The file beside an artifact, `libapp-0123.rmeta` or `app-0123`, if there is one.
    pub(crate) fn beside(artifact: &Path) -> Option<PathBuf> {
        let stem = artifact.file_stem()?.to_str()?;
        let stems = [stem, stem.strip_prefix("lib").unwrap_or(stem)];
        let files = stems.map(|stem| artifact.with_file_name(format!("{stem}.d")));
        files.into_iter().find(|file| file.is_file())
    }

    /// Reads Make's format, and rustc's comments in it.
    pub(crate) fn parse(text: &str) -> Self {
        let mut info = Self::default();
        for line in text.lines() {
            if let Some(variable) = line.strip_prefix("# env-dep:") {
                let (name, value) = match variable.split_once('=') {
                    Some((name, value)) => (name, Some(unescaped(value))),
                    None => (variable, None),
                };
                info.variables.insert(unescaped(name), value);
            } else if let Some((_, files)) = rule(line) {
                info.files
                    .extend(words(files).into_iter().map(PathBuf::from));
            }
        }
        info
    }
}

/// `target: files`. A colon of a Windows path has no blank behind it.
fn rule(line: &str) -> Option<(&str, &str)> {
    if line.starts_with('#') {
        return None;
    }
    line.split_once(": ")
        .or_else(|| Some((line.strip_suffix(':')?, "")))
}

/// Words between blanks; a blank behind a backslash is part of one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&' ') => word.extend(letters.next()),
            ' ' => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// rustc escapes line ends and backslashes of values.
fn unescaped(text: &str) -> String {
    let mut value = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                other => value.extend(other),
            },
            (other, false) => value.push(other),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_variables_are_told_apart() {
        let info = DepInfo::parse(
            "/t/libapp.rmeta: src/lib.rs src/with\\ blank.rs
/t/app.d: src/lib.rs src/with\\ blank.rs

src/lib.rs:
src/with\\ blank.rs:

# env-dep:SHADE=a\\nb\\\\c
# env-dep:UNSET
# checksum:blake3=00 file_len:1 src/lib.rs
",
        );
        let files: Vec<&str> = info.files.iter().filter_map(|file| file.to_str()).collect();
        assert_eq!(files, ["src/lib.rs", "src/with blank.rs"]);
        assert_eq!(info.variables["SHADE"].as_deref(), Some("a\nb\\c"));
        assert_eq!(info.variables["UNSET"], None);
    }
}
