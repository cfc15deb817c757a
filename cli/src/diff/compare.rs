//! Two surveys side by side: which functions go cold, which are new, which are gone.

use std::collections::BTreeMap;

use super::reason::{self, Reason};
use crate::survey::{Survey, Surveyed};

#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) cold: Vec<Cold>,
    /// Paths.
    pub(crate) new: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// How many functions stay warm.
    pub(crate) warm: usize,
}

/// A function whose version moved.
#[derive(Debug)]
pub(crate) struct Cold {
    pub(crate) path: String,
    pub(crate) package: String,
    pub(crate) target: String,
    pub(crate) place: String,
    pub(crate) before: String,
    pub(crate) after: String,
    /// The nearest to the function first.
    pub(crate) reasons: Vec<Reason>,
}

/// What makes a function the same one on both sides: package, target, kind, path, and which of several it is.
type Key<'s> = (&'s str, &'s str, bool, &'s str, usize);

impl Comparison {
    pub(crate) fn of(before: &Survey, after: &Survey) -> Self {
        let (before, after) = (by_key(before), by_key(after));
        let mut comparison = Self::default();
        for (key, old) in &before {
            match after.get(key) {
                None => comparison.removed.push(old.function.path.clone()),
                Some(new) if new.version.text == old.version.text => comparison.warm += 1,
                Some(new) => comparison.cold.push(cold(old, new)),
            }
        }
        let new = after.iter().filter(|(key, _)| !before.contains_key(key));
        comparison.new = new.map(|(_, new)| new.function.path.clone()).collect();
        comparison
    }

    /// Functions on the later side.
    pub(crate) fn total(&self) -> usize {
        self.cold.len() + self.new.len() + self.warm
    }
}

fn by_key(survey: &Survey) -> BTreeMap<Key<'_>, Surveyed<'_>> {
    let mut functions: BTreeMap<Key<'_>, Surveyed<'_>> = BTreeMap::new();
    for surveyed in survey.functions() {
        let target = surveyed.target;
        let key = |number| {
            let path = surveyed.function.path.as_str();
            (
                target.package.as_str(),
                target.name.as_str(),
                target.is_bin,
                path,
                number,
            )
        };
        let number = (0..).find(|number| !functions.contains_key(&key(*number)));
        functions.insert(key(number.unwrap_or(0)), surveyed);
    }
    functions
}

fn cold(old: &Surveyed<'_>, new: &Surveyed<'_>) -> Cold {
    Cold {
        path: new.function.path.clone(),
        package: new.target.package.clone(),
        target: new.target.name.clone(),
        place: new.function.place.clone(),
        before: old.version.text.clone(),
        after: new.version.text.clone(),
        reasons: reason::reasons(old, new),
    }
}
