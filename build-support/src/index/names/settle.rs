//! What imports lead to, found in rounds until nothing new is.

use std::cell::RefCell;

use super::lookup::Names;
use super::{Scopes, Target};
use crate::index::{ImportId, Index};

/// Which imports must be looked at again: most lead through no other, and are done with at once.
struct Rounds {
    /// Counts the looks.
    now: u32,
    /// For each import, when it was last looked at, and when that brought something new.
    looked: Vec<u32>,
    changed: Vec<u32>,
    asked: Vec<Vec<ImportId>>,
}

impl Rounds {
    fn new(imports: usize) -> Self {
        Self {
            now: 0,
            looked: vec![0; imports],
            changed: vec![0; imports],
            asked: vec![Vec::new(); imports],
        }
    }

    /// Whether it was never looked at, or what it asked for has changed since.
    fn must_look(&self, import: usize) -> bool {
        let looked = self.looked[import];
        let mut asked = self.asked[import].iter();
        looked == 0 || asked.any(|other| self.changed[other.0 as usize] >= looked)
    }

    fn looked(&mut self, import: usize, mut asked: Vec<ImportId>, is_new: bool) {
        self.now += 1;
        self.looked[import] = self.now;
        if is_new {
            self.changed[import] = self.now;
        }
        asked.sort_unstable();
        asked.dedup();
        self.asked[import] = asked;
    }
}

impl Scopes {
    /// Finds what every import leads to. Imports may lead through one another and through globs, so all are
    /// followed again until nothing new is found, as rustc does.
    pub(crate) fn settle(mut self, index: &Index) -> Self {
        self.targets = vec![Target::default(); index.imports.len()];
        let mut rounds = Rounds::new(index.imports.len());
        loop {
            let mut changed = false;
            for (number, import) in index.imports.iter().enumerate() {
                if !rounds.must_look(number) {
                    continue;
                }
                let asked = RefCell::new(Vec::new());
                let names = Names {
                    index,
                    scopes: &self,
                    asked: Some(&asked),
                };
                let target = names.target(import.module, &import.path);
                let is_new = target != self.targets[number];
                if is_new {
                    self.targets[number] = target;
                    changed = true;
                }
                rounds.looked(number, asked.into_inner(), is_new);
            }
            if !changed {
                return self.open(index);
            }
        }
    }
}
