//! An explanation for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::closure::Tree;
use crate::model::{File, Input, Late, Widened};
use crate::survey::Surveyed;

#[derive(Debug, Serialize)]
pub(super) struct Explanation<'s> {
    path: &'s str,
    version: &'s str,
    place: &'s str,
    options: &'s BTreeMap<String, String>,
    /// The function first; `parent` is a position in this list.
    items: Vec<Item<'s>>,
    imports: Vec<&'s str>,
    dependencies: Vec<&'s str>,
    files: &'s [File],
    late: &'s [Late],
    inputs: &'s [Input],
    widened: &'s [Widened],
}

#[derive(Debug, Serialize)]
struct Item<'s> {
    id: &'s str,
    digest: &'s str,
    place: &'s str,
    kind: &'s str,
    rule: &'s str,
    token: Option<&'s str>,
    parent: Option<usize>,
    /// Items here and below.
    size: usize,
}

pub(super) fn explanation<'s>(surveyed: &Surveyed<'s>, tree: &Tree<'s>) -> Explanation<'s> {
    let manifest = &surveyed.target.manifest;
    let function = surveyed.function;
    let items = tree.nodes.iter().map(|node| Item {
        id: &node.item.id,
        digest: &node.item.digest,
        place: &node.item.place,
        kind: &node.item.kind,
        rule: node.rule,
        token: node.token,
        parent: node.parent,
        size: node.size,
    });
    Explanation {
        path: &function.path,
        version: &surveyed.version.text,
        place: &function.place,
        options: &function.marker,
        items: items.collect(),
        imports: manifest.imports_of(function).collect(),
        dependencies: manifest.dependencies_of(function).collect(),
        files: &function.files,
        late: &function.late,
        inputs: &manifest.inputs,
        widened: &function.widened,
    }
}
