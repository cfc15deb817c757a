//! An index on its way to the next run, and what it takes over there from files that were edited.
//!
//! A file of the same shape ([`super::shape`]) has the same items, imports and modules; what its items say word by
//! word, and where they stand, is all that may differ. So each field here is one that the shape leaves out.

use std::collections::BTreeSet;

use super::facts::{FactKind, FileFacts, ItemFacts, OwnerFacts, Range};
use super::{Digest, DocLine, Index, Item, ItemId, Owner, View};
use crate::source::{FileId, Location};

impl Index {
    /// Takes over what the shape of a file leaves open; `never` are the predicates of its crate that do not hold.
    /// `None` if the facts are of another shape after all.
    pub(crate) fn take_over(
        &mut self,
        file: FileId,
        facts: &FileFacts,
        never: &BTreeSet<String>,
    ) -> Option<()> {
        let ids = self.items_of(file);
        if ids.len() != facts.items.len() || !facts.orphans.is_empty() {
            return None;
        }
        for (id, facts) in ids.iter().zip(&facts.items) {
            self.items[id.0 as usize].take_over(file, facts)?;
        }
        self.imports_of(file, facts, never)?;
        self.marked_of(file, facts, &ids);
        let includes = self.includes.iter_mut();
        let includes = includes.filter(|include| include.location.file == file);
        for (include, facts) in includes.zip(&facts.includes) {
            include.location = place(file, &facts.location);
        }
        Some(())
    }

    /// In the order of the file's facts.
    fn items_of(&self, file: FileId) -> Vec<ItemId> {
        let items = (0u32..).map(ItemId).zip(&self.items);
        let items = items.filter(|(_, item)| item.location.file == file);
        items.map(|(id, _)| id).collect()
    }

    fn imports_of(
        &mut self,
        file: FileId,
        facts: &FileFacts,
        never: &BTreeSet<String>,
    ) -> Option<()> {
        let holds = |cfgs: &[String]| !cfgs.iter().any(|cfg| never.contains(cfg));
        let mut facts = facts.imports.iter().filter(|facts| holds(&facts.cfgs));
        let imports = self.imports.iter_mut();
        for import in imports.filter(|import| import.location.file == file) {
            import.location = place(file, &facts.next()?.location);
        }
        facts.next().is_none().then_some(())
    }

    fn marked_of(&mut self, file: FileId, facts: &FileFacts, ids: &[ItemId]) {
        for facts in &facts.marked {
            let item = ids[facts.item];
            let mut marked = self.marked.iter_mut();
            // One that is never built is not among them.
            let Some(marked) = marked.find(|marked| marked.item == item) else {
                continue;
            };
            let docs = facts.docs.iter().map(|(text, range)| DocLine {
                text: text.clone(),
                location: place(file, range),
            });
            marked.docs = docs.collect();
            marked.signature = place(file, &facts.signature);
            if let Owner::Inherent { header, .. } | Owner::TraitImpl { header, .. } =
                &mut marked.owner
                && let OwnerFacts::Inherent { header: range }
                | OwnerFacts::TraitImpl { header: range } = &facts.owner
            {
                *header = place(file, range);
            }
        }
    }
}

impl Item {
    fn take_over(&mut self, file: FileId, facts: &ItemFacts) -> Option<()> {
        self.digest = digest(self.view, facts)?;
        self.spaced = facts.spaced;
        self.location = place(file, &facts.location);
        self.extent = place(file, &facts.extent);
        if let FactKind::TypeAlias { target, .. } = &facts.kind {
            self.alias = Some(place(file, target));
        }
        Some(())
    }
}

fn digest(view: View, facts: &ItemFacts) -> Option<Digest> {
    match (view, &facts.kind) {
        (View::Plain, _) => Some(facts.digest),
        (View::Spaced, _) => facts.spaced,
        (View::Shell, FactKind::MacroCall(call)) => call.shell.as_ref().map(|(digest, _)| *digest),
        (View::Shell, _) => None,
    }
}

fn place(file: FileId, range: &Range) -> Location {
    Location {
        file,
        start: range.start,
        end: range.end,
    }
}
