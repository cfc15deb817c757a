//! `selfsame.json`: what every version is made of, and why.
//!
//! Items and imports stand in tables and functions point into them: what many functions reach is written once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::fingerprint::catalogue::Catalogue;
use crate::fingerprint::identity::kind;
use crate::fingerprint::late::{Late, LateInput};
use crate::fingerprint::lines::Lines;
use crate::fingerprint::{FINGERPRINT_VERSION, Fingerprint};
use crate::graph::{Closure, Reached, Widened, shared_parts};
use crate::hash::HashMap;
use crate::index::{Digest, Index, ItemId};
use crate::inputs::{Input, Inputs};
use crate::marker::{Marker, Refresh};
use crate::plan::{FunctionEntry, Options};
use crate::source::SourceSet;

mod json;
mod place;
mod shared;

use json::Json;
use place::Place;
use shared::{SharedRecord, shared_imports};

/// The manifest of one target.
#[derive(Debug)]
pub(crate) struct Manifest<'a> {
    krate: String,
    /// Everything that any function reaches, in the order of the sources.
    items: Vec<ItemRecord<'a>>,
    /// Imports that decide what a mentioned name means.
    imports: Texts,
    /// What manifests and the lock file say of the crates that functions use.
    dependencies: Texts,
    /// Parts of closures that many functions have in common.
    shared: Vec<SharedRecord<'a>>,
    /// What every version depends on.
    inputs: &'a [Input],
    /// Every source file that was read, sorted.
    sources: Vec<&'a str>,
    /// By path.
    functions: Vec<FunctionRecord<'a>>,
}

#[derive(Debug, Serialize)]
struct ItemRecord<'a> {
    id: &'a str,
    #[serde(serialize_with = "in_hex")]
    digest: Digest,
    place: Place<'a>,
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct FunctionRecord<'a> {
    path: &'a str,
    /// The part of the version that is known here; see `late`.
    #[serde(rename = "static")]
    fixed: String,
    /// Of the code alone, even where `pin` takes its place.
    code: String,
    place: Place<'a>,
    /// Normalised; the part of the marker that is in the version.
    marker: BTreeMap<&'static str, String>,
    ttl_ms: u64,
    none_ms: u64,
    l1_ms: u64,
    #[serde(flatten)]
    timing: Timing,
    /// What the compiler adds to the version.
    late: Vec<LateRecord<'a>>,
    files: Vec<FileRecord<'a>>,
    /// Where more was taken in than names ask for.
    widened: Vec<WidenedRecord<'a>>,
    /// Positions in the table.
    imports: Vec<usize>,
    /// Positions in the table.
    dependencies: Vec<usize>,
    /// The part, a position in the table of shared parts, that is not repeated: all of it counts, and for items that
    /// `closure` has too, what that says of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    shares: Option<usize>,
    closure: Vec<Reason<'a>>,
    /// What decides whether the function is compiled at all.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    cfgs: &'a [String],
}

/// Options that change neither version nor key; each is left out where the marker leaves it to its default.
#[derive(Debug, Serialize)]
struct Timing {
    #[serde(skip_serializing_if = "is_zero")]
    stale_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    soft_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hard_ms: Option<u64>,
    /// 0 is "off".
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_ms: Option<u64>,
}

impl Timing {
    fn of(options: &Options) -> Self {
        Self {
            stale_ms: options.stale_ms,
            refresh: match options.refresh {
                Refresh::Off => None,
                Refresh::Ahead => Some("ahead"),
                Refresh::Always => Some("always"),
            },
            soft_ms: options.soft_ms,
            hard_ms: options.hard_ms,
            lease_ms: options.lease_ms,
        }
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why an item is in a closure: the item, the rule, the item whose tokens led to it (none for the function
/// itself), and the name in those tokens. Items are positions in the table.
#[derive(Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Reason<'a>(usize, &'static str, Option<usize>, Option<&'a str>);

#[derive(Clone, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct WidenedRecord<'a> {
    rule: &'static str,
    item: &'a str,
    place: Place<'a>,
    reason: &'static str,
}

/// `{"cfg": predicate, "mask": …}` or `{"env": name, "mask": …}`.
#[derive(Debug, Serialize)]
struct LateRecord<'a> {
    #[serde(flatten)]
    input: &'a Late,
    mask: String,
}

impl<'a> LateRecord<'a> {
    fn of(late: &'a LateInput) -> Self {
        Self {
            input: &late.input,
            mask: format!("{:032x}", late.mask),
        }
    }
}

#[derive(Clone, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct FileRecord<'a> {
    name: &'a str,
    #[serde(serialize_with = "in_hex")]
    digest: Digest,
}

fn in_hex<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(*digest)))
}

/// One function on its way into the manifest.
pub(crate) struct Function<'a> {
    pub(crate) item: ItemId,
    pub(crate) entry: &'a FunctionEntry,
    pub(crate) marker: &'a Marker,
    pub(crate) closure: &'a Closure,
    pub(crate) fingerprint: &'a Fingerprint,
}

impl<'a> Manifest<'a> {
    pub(crate) fn of(
        krate: &str,
        index: &'a Index,
        sources: &'a SourceSet,
        inputs: &'a Inputs,
        catalogue: &'a Catalogue,
        functions: &[Function<'a>],
    ) -> Self {
        let shared = shared_parts(functions.iter().map(|function| function.closure));
        let (items, positions) = item_table(index, sources, catalogue);
        let fingerprints = || functions.iter().map(|function| function.fingerprint);
        let shared_texts: Vec<&Lines> = shared
            .iter()
            .map(|shared| shared_imports(shared, functions))
            .collect();
        let import_texts = fingerprints().flat_map(|fingerprint| &fingerprint.imports);
        let import_texts = import_texts.chain(shared_texts.iter().flat_map(|lines| lines.texts()));
        let imports = Texts::of(import_texts);
        let dependencies = fingerprints().flat_map(|fingerprint| &*fingerprint.dependencies);
        let dependencies = Texts::of(dependencies);
        let writer = Writer {
            index,
            sources,
            positions,
            shared: &shared,
            shared_imports: shared_texts
                .iter()
                .map(|lines| imports.positions(lines.texts()))
                .collect(),
            imports: &imports,
            dependencies: &dependencies,
        };
        let mut shared = writer.shared();
        let mut records: Vec<FunctionRecord<'_>> = functions
            .iter()
            .map(|function| writer.function(function))
            .collect();
        for (number, part) in shared.iter_mut().enumerate() {
            let users = records.iter_mut();
            part.take_common(
                users
                    .filter(|record| record.shares == Some(number))
                    .collect(),
            );
        }
        records.sort_by(|left, right| (&left.path, &left.place).cmp(&(&right.path, &right.place)));
        Self {
            krate: krate.to_owned(),
            items,
            imports,
            dependencies,
            shared,
            inputs: inputs.common(),
            sources: source_names(sources),
            functions: records,
        }
    }

    /// Of a crate without markers.
    pub(crate) fn empty(krate: &str) -> Self {
        Self {
            krate: krate.to_owned(),
            items: Vec::new(),
            imports: Texts::default(),
            dependencies: Texts::default(),
            shared: Vec::new(),
            inputs: &[],
            sources: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// The file's text: one line for each item, import and function.
    pub(crate) fn to_json(&self) -> String {
        let mut text = Json::default();
        text.entry("fingerprint_version", &FINGERPRINT_VERSION);
        text.entry("crate", &self.krate);
        text.list("inputs", self.inputs);
        text.list("sources", &self.sources);
        text.list("items", &self.items);
        text.list("imports", self.imports.texts.iter().map(|text| &**text));
        text.list(
            "dependencies",
            self.dependencies.texts.iter().map(|text| &**text),
        );
        if !self.shared.is_empty() {
            text.list("shared", &self.shared);
        }
        text.list("functions", &self.functions);
        text.finish()
    }
}

fn source_names(sources: &SourceSet) -> Vec<&str> {
    let names: BTreeSet<&str> = sources.files.iter().map(|file| &*file.name).collect();
    names.into_iter().collect()
}

/// A table of texts, each of them once, in the order in which they are first used.
#[derive(Debug, Default)]
struct Texts {
    texts: Vec<Arc<str>>,
    positions: HashMap<Arc<str>, usize>,
}

impl Texts {
    fn of<'t>(texts: impl Iterator<Item = &'t Arc<str>>) -> Self {
        let mut table = Self::default();
        for text in texts {
            if !table.positions.contains_key(text) {
                table.positions.insert(Arc::clone(text), table.texts.len());
                table.texts.push(Arc::clone(text));
            }
        }
        table
    }

    /// Where some of them stand, in ascending order.
    fn positions<'t>(&self, texts: impl IntoIterator<Item = &'t Arc<str>>) -> Vec<usize> {
        let texts = texts.into_iter();
        let positions = texts.filter_map(|text| self.positions.get(text).copied());
        let mut positions: Vec<usize> = positions.collect();
        positions.sort_unstable();
        positions
    }
}

/// The table of items, and where each stands in it.
fn item_table<'a>(
    index: &Index,
    sources: &'a SourceSet,
    catalogue: &'a Catalogue,
) -> (Vec<ItemRecord<'a>>, HashMap<ItemId, usize>) {
    let positions = catalogue.items().map(|(id, _)| id).zip(0..).collect();
    let records = catalogue.items().map(|(id, identity)| {
        let item = index.item(id);
        ItemRecord {
            id: identity,
            digest: item.digest,
            place: Place::of(item.location, sources),
            kind: kind(item.kind),
        }
    });
    (records.collect(), positions)
}

struct Writer<'w, 'a> {
    index: &'a Index,
    sources: &'a SourceSet,
    positions: HashMap<ItemId, usize>,
    shared: &'w [&'a Arc<Closure>],
    /// The imports of each of them, by their positions in the table, in ascending order.
    shared_imports: Vec<Vec<usize>>,
    imports: &'w Texts,
    dependencies: &'w Texts,
}

impl<'a> Writer<'_, 'a> {
    fn function(&self, function: &Function<'a>) -> FunctionRecord<'a> {
        let shares = self.shares(function.closure);
        let imports = match shares {
            // Mostly none, out of very many.
            Some(_) if function.closure.own_imports.is_empty() => Vec::new(),
            _ => self.imports_of(function, shares),
        };
        let files = function.fingerprint.files.iter();
        FunctionRecord {
            path: &function.entry.path,
            fixed: format!("{:032x}", function.fingerprint.version.fixed),
            code: format!("{:032x}", function.fingerprint.code),
            place: self.place(function.item),
            marker: function.marker.identity().into_iter().collect(),
            ttl_ms: function.entry.options.ttl_ms,
            none_ms: function.entry.options.none_ms,
            l1_ms: function.entry.options.l1_ms,
            timing: Timing::of(&function.entry.options),
            late: function
                .fingerprint
                .version
                .late
                .iter()
                .map(LateRecord::of)
                .collect(),
            files: files
                .map(|file| FileRecord {
                    name: &file.name,
                    digest: file.digest,
                })
                .collect(),
            imports,
            dependencies: self
                .dependencies
                .positions(&*function.fingerprint.dependencies),
            widened: self.widened(function.closure),
            shares,
            closure: self.reasons(function.closure),
            cfgs: &function.entry.cfgs,
        }
    }

    /// But for those of the shared part.
    fn imports_of(&self, function: &Function<'_>, shares: Option<usize>) -> Vec<usize> {
        let mut imports = self.imports.positions(&function.fingerprint.imports);
        if let Some(shares) = shares {
            let shared = &self.shared_imports[shares];
            imports.retain(|import| shared.binary_search(import).is_err());
        }
        imports
    }

    /// Which of the shared parts a closure has.
    fn shares(&self, closure: &Closure) -> Option<usize> {
        let shared = closure.shared.as_ref()?;
        let mut known = self.shared.iter();
        known.position(|known| Arc::ptr_eq(known, shared))
    }

    fn shared(&self) -> Vec<SharedRecord<'a>> {
        let parts = self.shared.iter().zip(&self.shared_imports);
        parts
            .map(|(closure, imports)| SharedRecord {
                imports: imports.clone(),
                files: Vec::new(),
                widened: Vec::new(),
                closure: self.reasons(closure),
            })
            .collect()
    }

    /// Of all items but those of the shared part.
    fn reasons(&self, closure: &Closure) -> Vec<Reason<'a>> {
        let items = closure.own_items.iter();
        let mut reasons: Vec<Reason<'_>> = items.map(|reached| self.reason(reached)).collect();
        reasons.sort();
        reasons
    }

    fn widened(&self, closure: &Closure) -> Vec<WidenedRecord<'a>> {
        let record = |widened: &Widened| WidenedRecord {
            rule: widened.rule.number(),
            item: self.index.name(widened.item),
            place: self.place(widened.item),
            reason: widened.reason.text(),
        };
        let mut records: Vec<WidenedRecord<'_>> = closure.widened.iter().map(record).collect();
        records.sort();
        records
    }

    fn reason(&self, reached: &Reached) -> Reason<'a> {
        Reason(
            self.positions[&reached.item],
            reached.rule.number(),
            reached.parent.map(|parent| self.positions[&parent]),
            reached.token.map(|token| self.index.text(token)),
        )
    }

    fn place(&self, item: ItemId) -> Place<'a> {
        Place::of(self.index.item(item).location, self.sources)
    }
}
