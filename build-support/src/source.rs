//! Source texts and places in them: the vocabulary every later stage shares.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use memchr::memchr_iter;
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
    /// Where each line but the first starts, once that was asked.
    breaks: OnceLock<Arc<[u32]>>,
}

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
            breaks: OnceLock::new(),
        }
    }

    fn breaks(&self) -> &[u32] {
        self.breaks.get_or_init(|| {
            let breaks = memchr_iter(b'\n', self.text.as_bytes());
            let breaks = breaks.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
            breaks.collect()
        })
    }

    /// Line and column of a byte offset; offsets past the end are those of the end.
    pub(crate) fn line_column(&self, offset: u32) -> LineColumn {
        let offset = self.text.floor_char_boundary(offset as usize);
        let breaks = self.breaks();
        let line = breaks.partition_point(|start| *start as usize <= offset);
        let start = line
            .checked_sub(1)
            .map_or(0, |before| breaks[before] as usize);
        LineColumn {
            line: line + 1,
            column: self.text[start..offset].chars().count() + 1,
        }
    }
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
