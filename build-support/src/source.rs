//! Source texts and places in them: the vocabulary every later stage shares.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use memchr::{memchr_iter, memrchr};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub(crate) mod cache;
pub(crate) mod cargo_toml;
pub(crate) mod cfg;
mod composed;
pub(crate) mod dependency;
pub(crate) mod lex;
pub(crate) mod targets;
pub(crate) mod tasks;
pub(crate) mod universe;
pub(crate) mod walk;

/// One source file as rustc sees it: byte-order mark dropped, line ends normalised to `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Where it was read from.
    pub(crate) path: PathBuf,
    /// The path shown to people and written to the manifest: relative to the package, `/` between parts.
    pub(crate) name: String,
    /// The normalised text; every [`Location`] counts bytes of it.
    pub(crate) text: String,
    /// SHA-256 of the text.
    pub(crate) digest: [u8; 32],
    /// How many lines end before each block of the text, once that was asked.
    lines: OnceLock<Arc<[usize]>>,
}

/// In bytes.
const BLOCK: usize = 512;

/// Names one [`SourceFile`] of a [`SourceSet`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub(crate) struct FileId(pub(crate) u32);

/// A range of bytes in a source file. Never hashed: a place is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Location {
    pub(crate) file: FileId,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Every file that was read, in the order it was met.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceSet {
    pub(crate) files: Vec<SourceFile>,
}

/// A position as editors show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LineColumn {
    /// 1-based.
    pub(crate) line: usize,
    /// 1-based, in characters.
    pub(crate) column: usize,
}

impl SourceFile {
    /// A file from text in any line-end convention.
    pub(crate) fn new(path: &Path, name: String, raw: String) -> Self {
        let text = normalise(raw);
        let digest = Sha256::digest(&text).into();
        Self::of_normalised(path, name, text, digest)
    }

    /// The same, of which most likely the digest is known: of a text like that one there is nothing to normalise.
    pub(crate) fn known(path: &Path, name: String, raw: String, digest: [u8; 32]) -> Self {
        if <[u8; 32]>::from(Sha256::digest(&raw)) == digest {
            Self::of_normalised(path, name, raw, digest)
        } else {
            Self::new(path, name, raw)
        }
    }

    fn of_normalised(path: &Path, name: String, text: String, digest: [u8; 32]) -> Self {
        Self {
            path: path.to_owned(),
            name,
            text,
            digest,
            lines: OnceLock::new(),
        }
    }

    /// How many lines end before an offset. Few of a file's many lines are ever asked for, and to count is quicker than
    /// to note where each of them starts.
    fn lines_before(&self, offset: usize) -> usize {
        let lines = self.lines.get_or_init(|| {
            let blocks = self.text.as_bytes().chunks(BLOCK);
            let ended = blocks.scan(0, |ended, block| {
                let before = *ended;
                *ended += line_ends(block);
                Some(before)
            });
            ended.collect()
        });
        let block = (offset / BLOCK).min(lines.len().saturating_sub(1));
        let before = lines.get(block).copied().unwrap_or_default();
        before + line_ends(&self.text.as_bytes()[block * BLOCK..offset])
    }

    /// The line of a byte offset, the first of them 1.
    pub(crate) fn line(&self, offset: u32) -> usize {
        let offset = (offset as usize).min(self.text.len());
        self.lines_before(offset) + 1
    }

    /// Line and column of a byte offset; offsets past the end are those of the end.
    pub(crate) fn line_column(&self, offset: u32) -> LineColumn {
        let end = self.text.floor_char_boundary(offset as usize);
        let line = &self.text[..end];
        let start = memrchr(b'\n', line.as_bytes()).map_or(0, |end| end + 1);
        LineColumn {
            line: self.line(offset),
            column: line[start..].chars().count() + 1,
        }
    }
}

fn line_ends(text: &[u8]) -> usize {
    memchr_iter(b'\n', text).count()
}

impl SourceSet {
    /// Adds a file and names it.
    pub(crate) fn push(&mut self, file: SourceFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 source files"));
        self.files.push(file);
        id
    }

    /// The file of an id this set handed out.
    pub(crate) fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// SHA-256 of the text of each file, in their order.
    pub(crate) fn digests(&self) -> Vec<[u8; 32]> {
        self.files.iter().map(|file| file.digest).collect()
    }

    /// The text of a place.
    pub(crate) fn text(&self, location: Location) -> &str {
        &self.file(location.file).text[location.start as usize..location.end as usize]
    }
}

/// What rustc does before it lexes, and with names after that: no byte-order mark, `\r\n` is `\n`, names are composed.
pub(crate) fn normalise(mut raw: String) -> String {
    if raw.starts_with('\u{feff}') {
        raw.remove(0);
    }
    if raw.contains('\r') {
        raw = raw.replace("\r\n", "\n");
    }
    composed::with_composed_names(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_those_of_the_text_before() {
        let text = "a\nüb\n\n".repeat(BLOCK / 4);
        let file = SourceFile::new(Path::new("a.rs"), "a.rs".to_owned(), text.clone());
        for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
            let before = &text[..offset];
            let last = before.rsplit('\n').next().unwrap_or_default();
            let place = file.line_column(u32::try_from(offset).unwrap());
            assert_eq!(place.line, before.split('\n').count());
            assert_eq!(place.column, last.chars().count() + 1);
        }
        let end = file.line_column(u32::try_from(text.len()).unwrap());
        assert_eq!(file.line_column(u32::MAX), end);
        let empty = SourceFile::new(Path::new("a.rs"), "a.rs".to_owned(), String::new());
        assert_eq!(empty.line_column(7), LineColumn { line: 1, column: 1 });
    }
}
