//! Where the items of closures stand, and what their imports name.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::Closure;
use crate::hash::{HashMap, HashSet};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index};
use crate::source::FileId;

/// Answers for closures; what it takes a look at every item to know is found out once for each shared part.
#[derive(Debug)]
pub(crate) struct Extents<'i> {
    index: &'i Index,
    shared: RefCell<HashMap<*const Closure, Rc<Extent>>>,
}

/// Of the items and imports that a closure does not share.
#[derive(Debug, Default)]
struct Extent {
    crates: BTreeSet<CrateId>,
    files: BTreeSet<FileId>,
    heads: HashSet<(CrateId, Symbol)>,
}

impl<'i> Extents<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            shared: RefCell::default(),
        }
    }

    /// The crates whose code is reached.
    pub(crate) fn crates(&self, closure: &Closure) -> BTreeSet<CrateId> {
        let mut crates = crates(self.index, closure);
        if let Some(shared) = self.shared(closure) {
            crates.extend(&shared.crates);
        }
        crates
    }

    /// The files whose code is reached.
    pub(crate) fn files(&self, closure: &Closure) -> BTreeSet<FileId> {
        let mut files = files(self.index, closure);
        if let Some(shared) = self.shared(closure) {
            files.extend(&shared.files);
        }
        files
    }

    /// The first names of the paths of all imports, each with the crate whose code has it.
    pub(crate) fn heads(&self, closure: &Closure) -> HashSet<(CrateId, Symbol)> {
        let mut heads = heads(self.index, closure);
        if let Some(shared) = self.shared(closure) {
            heads.extend(&shared.heads);
        }
        heads
    }

    fn shared(&self, closure: &Closure) -> Option<Rc<Extent>> {
        let shared = closure.shared.as_deref()?;
        let mut known = self.shared.borrow_mut();
        let extent = known.entry(shared).or_insert_with(|| {
            Rc::new(Extent {
                crates: crates(self.index, shared),
                files: files(self.index, shared),
                heads: heads(self.index, shared),
            })
        });
        Some(Rc::clone(extent))
    }
}

fn crates(index: &Index, closure: &Closure) -> BTreeSet<CrateId> {
    let items = closure.own_items.iter();
    let crates: HashSet<CrateId> = items
        .map(|reached| index.module(index.item(reached.item).module).krate)
        .collect();
    crates.into_iter().collect()
}

fn files(index: &Index, closure: &Closure) -> BTreeSet<FileId> {
    let items = closure.own_items.iter();
    let files: HashSet<FileId> = items
        .map(|reached| index.item(reached.item).location.file)
        .collect();
    files.into_iter().collect()
}

fn heads(index: &Index, closure: &Closure) -> HashSet<(CrateId, Symbol)> {
    let imports = closure.own_imports.iter();
    let heads = imports.filter_map(|import| {
        let import = index.import(*import);
        // A path may be written with a leading `::`.
        let mut names = import.path.iter();
        let head = names.find(|name| !index.text(**name).is_empty())?;
        Some((index.module(import.module).krate, *head))
    });
    heads.collect()
}
