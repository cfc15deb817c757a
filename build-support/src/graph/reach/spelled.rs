//! What procedural macros of ours spell: it ends up where they are used (rule R15).
//!
//! Such a macro puts names together from its own tokens and strings, and from what it is given, in whatever letters.

use std::collections::BTreeSet;

use super::Reach;
use crate::index::collect::{Text, names_in, string_literals};
use crate::index::facts::{Mention, Segments};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, ItemId, ModuleId};

impl<'r> Reach<'r, '_> {
    /// Reads what a crate of procedural macros spells, in tokens and in strings, as if it stood in `scope`: that
    /// is where it ends up. The crates it is made with may spell it, too.
    pub(super) fn spelled_by(&mut self, part: ItemId, scope: ModuleId, from: ItemId) {
        if !self.context.has_proc_macros {
            return;
        }
        let krate = self.crate_of(part);
        if !self.index.krate(krate).proc_macro || krate == self.crate_of(from) {
            return;
        }
        self.given_by(from, scope);
        if self.sets.spelled.insert((krate, scope)) {
            for krate in self.made_with(krate) {
                self.spelled_in(krate, scope, from);
            }
        }
    }

    /// A crate, and those of ours that it depends on.
    fn made_with(&self, krate: CrateId) -> Vec<CrateId> {
        let mut found = vec![krate];
        let mut at = 0;
        while let Some(krate) = found.get(at).copied() {
            for (_, other) in &self.index.krate(krate).externs {
                if !found.contains(other) {
                    found.push(*other);
                }
            }
            at += 1;
        }
        found
    }

    fn spelled_in(&mut self, krate: CrateId, scope: ModuleId, from: ItemId) {
        for item in self.items_of(krate) {
            self.tokens(item, scope);
        }
        let index = self.index;
        let modules = index.modules.iter().filter(|module| module.krate == krate);
        let files: BTreeSet<_> = modules.map(|module| module.file).collect();
        for file in files {
            for literal in string_literals(&self.context.sources.file(file).text) {
                self.read_text(&literal, scope, from);
            }
        }
    }

    /// Reads the strings that a macro is given with an item, and the item's names in whatever letters.
    fn given_by(&mut self, from: ItemId, scope: ModuleId) {
        if !self.sets.given.insert((from, scope)) {
            return;
        }
        let text = self.text_of(from);
        for literal in string_literals(text) {
            self.read_text(&literal, scope, from);
        }
        self.alike(text, |_, _| true, scope, from);
    }

    /// A macro may write what it is given in other letters: `[<$name:upper>]`.
    pub(super) fn pasted_names(&mut self, definition: ItemId, caller: ItemId, scope: ModuleId) {
        let mut mentions = self.index.item(definition).mentions.iter();
        let pastes = mentions.any(|mention| matches!(mention, Mention::Pasted(_)));
        if pastes && self.sets.pasted.insert((caller, scope)) {
            // In its own letters the caller mentions it.
            self.alike(
                self.text_of(caller),
                |given, other| given != other,
                scope,
                caller,
            );
        }
    }

    /// Follows what the names in a text may become in whatever letters, as far as it `counts`.
    fn alike(
        &mut self,
        text: &str,
        counts: impl Fn(&str, &str) -> bool,
        scope: ModuleId,
        from: ItemId,
    ) {
        let (index, linker) = (self.index, self.linker);
        let given: BTreeSet<String> = names_in(text).into_iter().collect();
        let alike = given.iter().flat_map(|name| {
            let others = linker.alike(name).iter().copied();
            others.filter(|other| counts(name, index.text(*other)))
        });
        let mentions: Vec<Mention> = alike.flat_map(any_name).collect();
        let links = linker.of_mentions(&mentions, scope, Some(from));
        self.follow(&links, from, scope);
    }

    fn text_of(&self, item: ItemId) -> &'r str {
        let sources = self.context.sources;
        let extent = self.index.item(item).extent;
        let text = &sources.file(extent.file).text;
        &text[extent.start as usize..extent.end as usize]
    }

    /// What a text may come to mention, by itself or with what stands around it.
    fn read_text(&mut self, text: &str, scope: ModuleId, from: ItemId) {
        let index = self.index;
        self.names_of(&Text::read(text), from, scope);
        let names = names_in(text).into_iter();
        let names = names.filter_map(|name| index.symbols.find(&name));
        let mut mentions: Vec<Mention> = names.map(Mention::Loose).collect();
        mentions.extend(glued(index, text));
        let links = self.linker.of_mentions(&mentions, scope, Some(from));
        self.follow(&links, from, scope);
    }
}

/// Everything that a name may be.
fn any_name(name: Symbol) -> [Mention; 3] {
    [
        Mention::Path(Segments::One([name])),
        Mention::Method(name),
        Mention::Loose(name),
    ]
}

/// Names that are put together from a literal and something else: `make_{}` may be any name that begins so.
fn glued(index: &Index, literal: &str) -> Vec<Mention> {
    let is_word = |c: char| c == '_' || c.is_alphanumeric();
    let Some((before, rest)) = literal.split_once('{') else {
        return Vec::new();
    };
    let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
    let prefix: String = {
        let reversed: String = before.chars().rev().take_while(|c| is_word(*c)).collect();
        reversed.chars().rev().collect()
    };
    let suffix: String = after.chars().take_while(|c| is_word(*c)).collect();
    if prefix.is_empty() && suffix.is_empty() {
        return Vec::new();
    }
    let names = index.symbols.matching(|name| {
        name.len() >= prefix.len() + suffix.len()
            && name.starts_with(&prefix)
            && name.ends_with(&suffix)
    });
    names.flat_map(any_name).collect()
}
