//! What manifests and the lock file say of the crates a closure reaches and uses (rule R21).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Subject;
use crate::graph::Closure;
use crate::hash::{HashMap, HashSet};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index};

/// The lines about what functions use, made once for all functions that use the same.
#[derive(Debug, Default)]
pub(super) struct KnownLines(HashMap<Uses, Arc<[Arc<str>]>>);

/// All of a closure that decides them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Uses {
    /// The crates whose code is reached.
    crates: BTreeSet<CrateId>,
    /// Crates that are not indexed.
    named: BTreeSet<(usize, String)>,
    /// What is not understood may use anything.
    anything: bool,
    /// The crates that call foreign code.
    foreign: BTreeSet<CrateId>,
}

impl KnownLines {
    pub(super) fn of(&mut self, subject: Subject<'_>, closure: &Closure) -> Arc<[Arc<str>]> {
        let uses = Uses::of(subject, closure);
        if let Some(lines) = self.0.get(&uses) {
            return Arc::clone(lines);
        }
        let lines: Arc<[Arc<str>]> = uses.lines(subject).into_iter().map(Arc::from).collect();
        self.0.insert(uses, Arc::clone(&lines));
        lines
    }
}

impl Uses {
    fn of(subject: Subject<'_>, closure: &Closure) -> Self {
        Self {
            crates: subject.extents.crates(closure),
            named: named(subject, closure),
            anything: !closure.widened.is_empty(),
            foreign: closure.foreign.clone(),
        }
    }

    fn lines(&self, subject: Subject<'_>) -> BTreeSet<String> {
        let (inputs, packages) = (subject.inputs, subject.packages);
        let crates: BTreeSet<usize> = self.crates.iter().map(|krate| krate.0 as usize).collect();
        let mut lines = BTreeSet::from_iter(inputs.reached(&crates));
        lines.extend(inputs.locked(&self.named));
        for krate in &self.crates {
            let number = krate.0 as usize;
            if self.anything {
                lines.extend(inputs.everything_of(number));
            }
            let package = &packages[number];
            let native = self.foreign.contains(krate);
            if package.build_script.is_some() && (native || package.folder != packages[0].folder) {
                lines.extend(inputs.build_of(number));
            }
        }
        lines
    }
}

/// Each by the name the code has for it, with the position of the crate whose code says it.
fn named(subject: Subject<'_>, closure: &Closure) -> BTreeSet<(usize, String)> {
    let index: &Index = subject.index;
    // Few crates are named by very many imports.
    let mut distinct: HashSet<(CrateId, Symbol)> = subject.extents.heads(closure);
    distinct.extend(closure.used());
    distinct
        .into_iter()
        .filter_map(|(krate, name)| {
            let name = index.text(name);
            let known = &index.krate(krate).dependencies;
            let is_known = known.iter().any(|known| known == name);
            is_known.then(|| (krate.0 as usize, name.to_owned()))
        })
        .collect()
}
