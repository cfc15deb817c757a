//! Why a version moved: what is in it on one side and not on the other.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::closure::{Tree, short};
use crate::model::Function;
use crate::survey::Surveyed;

/// One difference that is in the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Reason {
    pub(crate) change: Change,
    pub(crate) kind: Kind,
    /// An identity, a file's name, an option…
    pub(crate) what: String,
    /// `file:line`, for an item.
    pub(crate) place: Option<String>,
    /// From the function to the item, on the side that has it.
    pub(crate) chain: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Change {
    Changed,
    Appeared,
    Disappeared,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Item,
    Option,
    Import,
    File,
    Dependency,
    /// What the compiler is asked, and what it answers.
    Cfg,
    /// Compiler, target, flags, profile.
    Input,
    /// Nothing the manifest names.
    Unknown,
}

/// An item on the way, and what led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) token: Option<String>,
}

impl Change {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Appeared => "appeared",
            Self::Disappeared => "disappeared",
        }
    }
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Option => "option",
            Self::Import => "import",
            Self::File => "file",
            Self::Dependency => "dependency",
            Self::Cfg => "cfg",
            Self::Input => "input",
            Self::Unknown => "",
        }
    }
}

impl Reason {
    fn new(change: Change, kind: Kind, what: impl Into<String>) -> Self {
        Self {
            change,
            kind,
            what: what.into(),
            place: None,
            chain: Vec::new(),
        }
    }

    /// What it is about, as people read it.
    pub(crate) fn name(&self) -> String {
        if self.kind == Kind::Item {
            short(&self.what)
        } else {
            self.what.clone()
        }
    }

    /// `price → rate → Table::of`; empty for what is no item.
    pub(crate) fn way(&self) -> String {
        let names: Vec<String> = self.chain.iter().map(|step| short(&step.id)).collect();
        names.join(" → ")
    }
}

/// Every difference, the nearest items first.
pub(crate) fn reasons(old: &Surveyed<'_>, new: &Surveyed<'_>) -> Vec<Reason> {
    let mut reasons = items(old, new);
    let (before, after) = (old.function, new.function);
    reasons.extend(keyed(Kind::Option, options(before), options(after)));
    let files = |function: &Function| -> BTreeMap<String, String> {
        let files = function.files.iter();
        files
            .map(|file| (file.name.clone(), file.digest.clone()))
            .collect()
    };
    reasons.extend(keyed(Kind::File, files(before), files(after)));
    let (from, to) = (&old.target.manifest, &new.target.manifest);
    reasons.extend(listed(
        Kind::Import,
        from.imports_of(before),
        to.imports_of(after),
    ));
    reasons.extend(listed(
        Kind::Dependency,
        from.dependencies_of(before),
        to.dependencies_of(after),
    ));
    reasons.extend(keyed(Kind::Cfg, answers(old), answers(new)));
    let inputs = |surveyed: &Surveyed<'_>| -> BTreeMap<String, String> {
        let inputs = surveyed.target.manifest.inputs.iter();
        inputs
            .map(|input| (input.name.clone(), input.value.clone()))
            .collect()
    };
    reasons.extend(keyed(Kind::Input, inputs(old), inputs(new)));
    if reasons.is_empty() {
        reasons.push(Reason::new(
            Change::Changed,
            Kind::Unknown,
            "something the manifest has no name for",
        ));
    }
    reasons
}

fn options(function: &Function) -> BTreeMap<String, String> {
    function.marker.clone()
}

/// Questions with their answers.
fn answers(surveyed: &Surveyed<'_>) -> BTreeMap<String, String> {
    let late = surveyed.function.late.iter().zip(&surveyed.version.answers);
    late.map(|(late, answer)| (late.question(), answer.to_string()))
        .collect()
}

/// Differences between items, by identity; several may share one.
fn items(old: &Surveyed<'_>, new: &Surveyed<'_>) -> Vec<Reason> {
    let trees = [old, new].map(|side| Tree::of(&side.target.manifest, side.function));
    let [before, after] = [&trees[0], &trees[1]].map(digests);
    let ids: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let mut found: Vec<(usize, Reason)> = Vec::new();
    for id in ids {
        let (change, tree) = match (before.get(id), after.get(id)) {
            (Some(before), Some(after)) if before == after => continue,
            (Some(_), Some(_)) => (Change::Changed, &trees[1]),
            (None, _) => (Change::Appeared, &trees[1]),
            (_, None) => (Change::Disappeared, &trees[0]),
        };
        let node = tree.nodes.iter().position(|node| node.item.id == id);
        let Some(node) = node else { continue };
        let chain = tree.chain(node);
        let steps = chain.iter().map(|at| &tree.nodes[*at]).map(|node| Step {
            id: node.item.id.clone(),
            rule: node.rule.to_owned(),
            token: node.token.map(str::to_owned),
        });
        let reason = Reason {
            place: Some(tree.nodes[node].item.place.clone()),
            chain: steps.collect(),
            ..Reason::new(change, Kind::Item, id)
        };
        found.push((chain.len(), reason));
    }
    // What changed is nearer to the cause than what came and went with it.
    found.sort_by(|left, right| {
        (left.1.change, left.0, &left.1.what).cmp(&(right.1.change, right.0, &right.1.what))
    });
    found.into_iter().map(|(_, reason)| reason).collect()
}

fn digests<'t>(tree: &Tree<'t>) -> BTreeMap<&'t str, Vec<&'t str>> {
    let mut digests: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in &tree.nodes {
        digests
            .entry(&node.item.id)
            .or_default()
            .push(&node.item.digest);
    }
    digests
        .values_mut()
        .for_each(|digests| digests.sort_unstable());
    digests
}

/// Differences between things with a name and a value.
fn keyed(
    kind: Kind,
    before: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
) -> Vec<Reason> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let reason = |name: &String| {
        let shows_value = matches!(kind, Kind::Option | Kind::Cfg | Kind::Input);
        let (change, what) = match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) if before == after => return None,
            (Some(before), Some(after)) if shows_value => {
                (Change::Changed, format!("{name}: {before} → {after}"))
            }
            (Some(_), Some(_)) => (Change::Changed, name.clone()),
            (None, _) => (Change::Appeared, name.clone()),
            (_, None) => (Change::Disappeared, name.clone()),
        };
        Some(Reason::new(change, kind, what))
    };
    names.into_iter().filter_map(reason).collect()
}

/// Differences between lists.
fn listed<'t>(
    kind: Kind,
    before: impl Iterator<Item = &'t str>,
    after: impl Iterator<Item = &'t str>,
) -> Vec<Reason> {
    let (before, after): (BTreeSet<&str>, BTreeSet<&str>) = (before.collect(), after.collect());
    let appeared = after
        .difference(&before)
        .map(|text| Reason::new(Change::Appeared, kind, *text));
    let gone = before
        .difference(&after)
        .map(|text| Reason::new(Change::Disappeared, kind, *text));
    appeared.chain(gone).collect()
}
