//! The facts of files that were edited since the sources were last written down as a whole: few, and edited again
//! soon, most of them.

use std::hash::Hash;
use std::sync::Arc;

use super::Keeper;
use crate::index::Digest;
use crate::index::collect;
use crate::index::facts::FileFacts;
use crate::index::shape::Shape;
use crate::source::SourceFile;

/// Facts by the digest of their text.
#[derive(Debug, Default)]
pub(super) struct Edited {
    /// What earlier runs have kept.
    known: Vec<([u8; 32], Vec<u8>)>,
    /// What this run has asked for.
    used: Vec<([u8; 32], Arc<FileFacts>)>,
    /// Whether any of that is new.
    is_new: bool,
}

impl Edited {
    pub(super) fn read(keeper: &Keeper<'_>) -> Self {
        let bytes = keeper.cache.kept(name(keeper));
        let known = bytes.and_then(|bytes| {
            let bytes = bytes.strip_prefix(&keeper.settings)?;
            postcard::from_bytes(bytes).ok()
        });
        Self {
            known: known.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// `None` for a file that can't be parsed.
    pub(super) fn facts(&mut self, file: &SourceFile) -> Option<Arc<FileFacts>> {
        let digest = file.digest;
        let used = self.used.iter().find(|(used, _)| *used == digest);
        if let Some((_, facts)) = used {
            return Some(Arc::clone(facts));
        }
        let known = self.known.iter().find(|(known, _)| *known == digest);
        let known = known.and_then(|(_, bytes)| postcard::from_bytes(bytes).ok());
        let facts = match known {
            Some(facts) => facts,
            None => {
                self.is_new = true;
                collect::file(&file.text).ok()?
            }
        };
        let facts = Arc::new(facts);
        self.used.push((digest, Arc::clone(&facts)));
        Some(facts)
    }

    /// Keeps what was asked for, for the next run.
    pub(super) fn write(&self, keeper: &Keeper<'_>) {
        if !self.is_new {
            return;
        }
        let facts = self.used.iter();
        let facts = facts.map(|(digest, facts)| Some((digest, postcard::to_stdvec(facts).ok()?)));
        let facts: Option<Vec<_>> = facts.collect();
        let bytes = facts.map(|facts| postcard::to_extend(&facts, keeper.settings.to_vec()));
        if let Some(Ok(bytes)) = bytes {
            keeper.cache.keep(name(keeper), &bytes);
        }
    }
}

fn name(keeper: &Keeper<'_>) -> Digest {
    let mut name = Shape::default();
    ("edited", keeper.name).hash(&mut name);
    name.finished()
}
