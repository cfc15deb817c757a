//! `selfsame.json`: what every version is made of, and why.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::fingerprint::identity::{Identities, kind};
use crate::fingerprint::{FINGERPRINT_VERSION, Fingerprint};
use crate::graph::Closure;
use crate::index::{Index, ItemId};
use crate::marker::Marker;
use crate::plan::FunctionEntry;
use crate::source::{Location, SourceSet};

/// The manifest of one target.
#[derive(Debug, Serialize)]
pub(crate) struct Manifest {
    /// See [`FINGERPRINT_VERSION`].
    fingerprint_version: u32,
    #[serde(rename = "crate")]
    krate: String,
    functions: Vec<FunctionRecord>,
}

#[derive(Debug, Serialize)]
struct FunctionRecord {
    path: String,
    version: String,
    place: String,
    /// Normalised; the part of the marker that is in the version.
    marker: BTreeMap<&'static str, String>,
    ttl_ms: u64,
    none_ms: u64,
    l1_ms: u64,
    /// What the compiler adds to the version.
    late: Vec<String>,
    items: Vec<ItemRecord>,
    imports: Vec<String>,
    files: Vec<FileRecord>,
}

#[derive(Debug, Serialize)]
struct ItemRecord {
    id: String,
    kind: &'static str,
    digest: String,
    place: String,
    rule: &'static str,
    /// The item whose tokens led here; none for the function itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// The name in those tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Debug, Serialize)]
struct FileRecord {
    name: String,
    digest: String,
}

/// One function on its way into the manifest.
pub(crate) struct Function<'a> {
    pub(crate) item: ItemId,
    pub(crate) entry: &'a FunctionEntry,
    pub(crate) marker: &'a Marker,
    pub(crate) closure: &'a Closure,
    pub(crate) fingerprint: &'a Fingerprint,
}

impl Manifest {
    pub(crate) fn of(
        krate: &str,
        index: &Index,
        sources: &SourceSet,
        functions: &[Function<'_>],
    ) -> Self {
        let mut writer = Writer {
            index,
            sources,
            identities: Identities::new(index),
            places: HashMap::new(),
        };
        let mut records: Vec<FunctionRecord> = functions
            .iter()
            .map(|function| writer.function(function))
            .collect();
        records.sort_by(|left, right| (&left.path, &left.place).cmp(&(&right.path, &right.place)));
        Self {
            fingerprint_version: FINGERPRINT_VERSION,
            krate: krate.to_owned(),
            functions: records,
        }
    }

    /// Of a crate without markers.
    pub(crate) fn empty(krate: &str) -> Self {
        Self {
            fingerprint_version: FINGERPRINT_VERSION,
            krate: krate.to_owned(),
            functions: Vec::new(),
        }
    }

    /// The file's text.
    pub(crate) fn to_json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("strings, numbers and lists are JSON");
        text.push('\n');
        text
    }
}

struct Writer<'a> {
    index: &'a Index,
    sources: &'a SourceSet,
    identities: Identities<'a>,
    places: HashMap<ItemId, String>,
}

impl Writer<'_> {
    fn function(&mut self, function: &Function<'_>) -> FunctionRecord {
        let mut items: Vec<ItemRecord> = function
            .closure
            .items
            .iter()
            .map(|reached| self.item(reached))
            .collect();
        items.sort_by(|left, right| (&left.id, &left.digest).cmp(&(&right.id, &right.digest)));
        let files = function.fingerprint.files.iter();
        FunctionRecord {
            path: function.entry.path.clone(),
            version: format!("{:032x}", function.fingerprint.version),
            place: self.place(function.item),
            marker: function.marker.identity().into_iter().collect(),
            ttl_ms: function.entry.options.ttl_ms,
            none_ms: function.entry.options.none_ms,
            l1_ms: function.entry.options.l1_ms,
            late: Vec::new(),
            items,
            imports: function.fingerprint.imports.clone(),
            files: files
                .map(|file| FileRecord {
                    name: file.name.clone(),
                    digest: hex::encode(file.digest),
                })
                .collect(),
        }
    }

    fn item(&mut self, reached: &crate::graph::Reached) -> ItemRecord {
        let item = self.index.item(reached.item);
        ItemRecord {
            id: self.identities.of(reached.item),
            kind: kind(item.kind),
            digest: hex::encode(item.digest),
            place: self.place(reached.item),
            rule: reached.rule.number(),
            by: reached.parent.map(|parent| self.identities.of(parent)),
            token: reached.token.map(|token| self.index.text(token).to_owned()),
        }
    }

    /// `file:line`, for people.
    fn place(&mut self, item: ItemId) -> String {
        let (index, sources) = (self.index, self.sources);
        self.places
            .entry(item)
            .or_insert_with(|| place(sources, index.item(item).location))
            .clone()
    }
}

fn place(sources: &SourceSet, location: Location) -> String {
    let file = sources.file(location.file);
    format!("{}:{}", file.name, file.line_column(location.start).line)
}
