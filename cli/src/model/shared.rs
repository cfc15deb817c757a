//! Parts of closures that many functions have in common: the file holds them once, commands read them everywhere.

use std::collections::HashSet;

use serde::Deserialize;

use super::{File, Function, Input, Item, Manifest, Reason, Widened};

/// A manifest as it is in the file.
#[derive(Debug, Deserialize)]
pub(super) struct Written {
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    shared: Vec<Shared>,
    functions: Vec<Function>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    inputs: Vec<Input>,
}

/// What many functions reach by way of one item, and what else they have in common.
#[derive(Debug, Deserialize)]
pub(super) struct Shared {
    #[serde(default)]
    imports: Vec<usize>,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    widened: Vec<Widened>,
    closure: Vec<Reason>,
}

impl From<Written> for Manifest {
    fn from(written: Written) -> Self {
        let mut functions = written.functions;
        for function in &mut functions {
            let shares = function.shares.take();
            if let Some(shared) = shares.and_then(|shares| written.shared.get(shares)) {
                function.add(shared);
            }
        }
        Self {
            items: written.items,
            imports: written.imports,
            functions,
            sources: written.sources,
            dependencies: written.dependencies,
            inputs: written.inputs,
        }
    }
}

impl Function {
    /// Adds what it shares; what it says itself of an item counts.
    fn add(&mut self, shared: &Shared) {
        let own: HashSet<usize> = self.closure.iter().map(|reason| reason.0).collect();
        let others = shared.closure.iter();
        let others = others.filter(|reason| !own.contains(&reason.0));
        self.closure.extend(others.cloned());
        self.closure.sort_by_key(|reason| reason.0);
        self.imports.extend(&shared.imports);
        self.imports.sort_unstable();
        self.imports.dedup();
        self.files.extend_from_slice(&shared.files);
        self.files.sort();
        self.widened.extend_from_slice(&shared.widened);
        self.widened.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_part_is_read_into_every_closure() {
        let function = |name: &str, closure: serde_json::Value| {
            serde_json::json!({
                "path": name, "static": "00", "place": "src/lib.rs:1",
                "ttl_ms": 1, "none_ms": 1, "l1_ms": 1,
                "imports": [1], "shares": 0, "closure": closure,
            })
        };
        let manifest = serde_json::json!({
            "imports": ["a", "b"],
            "shared": [{"imports": [0], "files": [{"name": "a.sql", "digest": "00"}], "closure": [[0, "R1", null, null], [1, "R5", 0, "b"]]}],
            "functions": [
                function("app::f", serde_json::json!([[2, "R1", null, null], [0, "R5", 2, "a"]])),
                function("app::b", serde_json::json!([[1, "R1", null, null], [0, "R5", 1, "a"]])),
            ],
        });
        let manifest: Manifest = serde_json::from_value(manifest).unwrap();
        let parents = |number: usize| -> Vec<(usize, Option<usize>)> {
            let closure = manifest.functions[number].closure.iter();
            closure.map(|reason| (reason.0, reason.2)).collect()
        };
        assert_eq!(parents(0), [(0, Some(2)), (1, Some(0)), (2, None)]);
        assert_eq!(parents(1), [(0, Some(1)), (1, None)]);
        assert_eq!(manifest.functions[0].imports, [0, 1]);
        assert_eq!(manifest.functions[1].files[0].name, "a.sql");
    }
}
