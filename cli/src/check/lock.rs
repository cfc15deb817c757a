//! The lock file: one line for each function and for each item that any of them reaches, sorted, so that two changes
//! merge unless they are about the same thing.
//!
//! ```text
//! fn 5d2c4f0d8b1e6a7790ab1c2d3e4f5061 app::price
//! item 90ab1c2d3e4f5061 app::rates::fn rate
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::Error;

/// What a lock file records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lock {
    /// Several digests for functions that exclude each other.
    pub(super) functions: BTreeMap<FunctionKey, BTreeSet<String>>,
    /// By identity, with the first digits of the digests.
    pub(super) items: BTreeMap<String, BTreeSet<String>>,
}

/// What makes a function the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FunctionKey {
    pub(super) path: String,
    /// The name of the binary it belongs to.
    pub(super) bin: Option<String>,
}

const HEADER: &str = "\
# Versions of marked functions, as far as code decides them, and the items they are made of.
# Written by `cargo selfsame check --update`, held against the code by `cargo selfsame check`.
# Commit it: where a `fn` line moves, stored results of that function go cold.
";

/// Enough digits of an item's digest to tell one edit from another.
const DIGITS: usize = 16;

/// A digest as the file has it.
pub(super) fn shortened(digest: &str) -> String {
    digest.chars().take(DIGITS).collect()
}

impl Lock {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        Self::parse(&text).map_err(|(line, problem)| Error::Lock {
            path: path.to_owned(),
            line,
            problem,
        })
    }

    /// The error is a line's number and what is wrong with it.
    fn parse(text: &str) -> Result<Self, (usize, &'static str)> {
        let mut lock = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            lock.line(line).map_err(|problem| (number + 1, problem))?;
        }
        Ok(lock)
    }

    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        if ["<<<<<<<", "=======", ">>>>>>>"]
            .iter()
            .any(|mark| line.starts_with(mark))
        {
            return Err("an unresolved merge");
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (digest, name) = rest.split_once(' ').ok_or("no line of a lock file")?;
        let digest = digest.to_owned();
        let (bin, path) = match word.strip_prefix("bin:") {
            Some(bin) => (Some(bin.to_owned()), name),
            None => (None, name),
        };
        match word {
            "item" => self
                .items
                .entry(name.to_owned())
                .or_default()
                .insert(digest),
            _ if word == "fn" || bin.is_some() => {
                let key = FunctionKey {
                    path: path.to_owned(),
                    bin,
                };
                self.functions.entry(key).or_default().insert(digest)
            }
            _ => return Err("no line of a lock file"),
        };
        Ok(())
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = HEADER.to_owned();
        for (key, digests) in &self.functions {
            let word = key
                .bin
                .as_ref()
                .map_or_else(|| "fn".to_owned(), |bin| format!("bin:{bin}"));
            for digest in digests {
                text.push_str(&format!("{word} {digest} {}\n", key.path));
            }
        }
        for (id, digests) in &self.items {
            for digest in digests {
                text.push_str(&format!("item {digest} {id}\n"));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut lock = Lock::default();
        let key = |bin: Option<&str>| FunctionKey {
            path: "app::f".to_owned(),
            bin: bin.map(str::to_owned),
        };
        lock.functions
            .insert(key(None), ["a".to_owned(), "b".to_owned()].into());
        lock.functions
            .insert(key(Some("tool")), ["c".to_owned()].into());
        lock.items.insert(
            "app::impl-member x y".to_owned(),
            [shortened(&"d".repeat(32))].into(),
        );
        assert_eq!(Lock::parse(&lock.to_text()), Ok(lock));
    }

    #[test]
    fn a_damaged_line_is_named() {
        assert_eq!(
            Lock::parse("# a\nfn 12 app::f\nfoo 1 2\n"),
            Err((3, "no line of a lock file"))
        );
        assert_eq!(
            Lock::parse("<<<<<<< HEAD\n"),
            Err((1, "an unresolved merge"))
        );
        assert_eq!(
            Lock::parse("fn app::f\n"),
            Err((1, "no line of a lock file"))
        );
    }
}
