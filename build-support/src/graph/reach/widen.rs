//! What is taken in beyond what names ask for: global state, macros nobody can see into, foreign code
//! (rules R10, R12, R15, R20, R24).

use super::Reach;
use crate::graph::{Reason, Rule, Widened, state};
use crate::index::collect::mentions_of_text;
use crate::index::{CrateId, ItemId, ItemKind, ModuleId};

/// Derives and attribute macros of other crates that name nothing but what their item does, and std's or
/// their own crate's paths.
const CLOSED: &[&str] = &[
    "Args",
    "Arbitrary",
    "AsRef",
    "Add",
    "BorshDeserialize",
    "BorshSerialize",
    "Builder",
    "Constructor",
    "Deref",
    "DerefMut",
    "Derivative",
    "Deserialize",
    "Deserialize_repr",
    "Diagnostic",
    "Display",
    "Educe",
    "Enum",
    "EnumCount",
    "EnumDiscriminants",
    "EnumIs",
    "EnumIter",
    "EnumMessage",
    "EnumProperty",
    "EnumSetType",
    "EnumString",
    "Error",
    "FromPrimitive",
    "FromRepr",
    "FromRow",
    "FromStr",
    "Getters",
    "Insertable",
    "Into",
    "IntoIterator",
    "IntoStaticStr",
    "IntoPrimitive",
    "IsVariant",
    "JsonSchema",
    "Message",
    "Mul",
    "MutGetters",
    "Not",
    "NumCast",
    "NumOps",
    "One",
    "OpenApi",
    "Parser",
    "Pod",
    "QueryFragment",
    "Queryable",
    "Selectable",
    "Serialize",
    "Serialize_repr",
    "Setters",
    "Snafu",
    "Subcommand",
    "Sum",
    "ToPrimitive",
    "ToSchema",
    "TryFromPrimitive",
    "TryInto",
    "TypedBuilder",
    "TypedPath",
    "Unwrap",
    "Validate",
    "ValueEnum",
    "VariantNames",
    "Zero",
    "Zeroable",
    "Zeroize",
    "ZeroizeOnDrop",
    "as_ref_str",
    "async_recursion",
    "async_trait",
    "derivative",
    "educe",
    "enum_dispatch",
    "from",
    "instrument",
    "main",
    "pin_project",
    "pyclass",
    "pyfunction",
    "pymethods",
    "serde_as",
    "wasm_bindgen",
];

impl Reach<'_, '_> {
    /// R12: a static that may change answers for whatever code may have changed it: every crate that can name
    /// it. Where the author answers for that, its own initialiser is all that counts.
    pub(super) fn state(&mut self, item: ItemId) {
        if !state::is_mutable(self.index, self.linker, item) {
            return;
        }
        self.widened(Rule::State, item, Reason::MutableState);
        if self.root.allows_state {
            return;
        }
        let krate = self.crate_of(item);
        for user in self.users(krate) {
            self.whole_crate(user, item, Rule::State);
        }
    }

    /// R15: a crate of procedural macros is one piece, and what it spells is read where it is used.
    pub(super) fn proc_macro(&mut self, item: ItemId) {
        let krate = self.crate_of(item);
        if self.index.krate(krate).proc_macro && !self.whole.contains(&krate) {
            self.widened(Rule::ProcMacro, item, Reason::ProcMacro);
            self.whole_crate(krate, item, Rule::ProcMacro);
        }
    }

    /// R24: a crate with a file that could not be parsed is one piece, for the file may define or change the
    /// meaning of any name in it.
    pub(super) fn unparsed(&mut self, item: ItemId) {
        let krate = self.crate_of(item);
        let index = self.index;
        let files = &index.krate(krate).unparsed;
        if files.is_empty() || self.whole.contains(&krate) {
            return;
        }
        self.widened(Rule::Widened, item, Reason::UnparsableFile);
        self.whole_crate(krate, item, Rule::Widened);
        for file in files {
            let text = &self.context.sources.file(*file).text;
            let mentions = mentions_of_text(text, &index.symbols);
            let root = index.krate(krate).root;
            let links = self.linker.of_mentions(&mentions, root, Some(item));
            self.follow(&links, item, root);
        }
    }

    /// Derives and attribute macros: those of ours are reached as any name is; what an unknown one spells it
    /// may spell of anything in its module (R15, R24).
    pub(super) fn attribute_macros(&mut self, item: ItemId) {
        let index = self.index;
        let facts = index.item(item);
        for path in &facts.macros {
            let links = self.linker.resolve_links(path, facts.module, item);
            let own: Vec<ItemId> = links
                .items
                .iter()
                .map(|(item, _)| *item)
                .filter(|item| index.krate(self.crate_of(*item)).proc_macro)
                .collect();
            for part in own {
                self.spelled_by(part, facts.scope);
            }
            let closed = path
                .last()
                .is_some_and(|last| CLOSED.contains(&index.text(*last)));
            if !links.externals.is_empty() && !closed && !self.root.allows_widening {
                self.widened(Rule::Widened, item, Reason::UnknownMacro);
                self.whole_module(facts.module, item);
            }
        }
    }

    /// Reads the tokens of a procedural macro's crate as if they stood in `scope`: that is where they end up.
    fn spelled_by(&mut self, part: ItemId, scope: ModuleId) {
        for item in self.items_of(self.crate_of(part)) {
            self.tokens(item, scope);
        }
    }

    /// R20: what is behind a name of the linker.
    pub(super) fn foreign(&mut self, item: ItemId) {
        let facts = self.index.item(item);
        if facts.name.is_none() {
            return;
        }
        let behind = self.context.linked.behind(self.index, item);
        for definition in behind {
            self.item(*definition, Some(item), Rule::Linked, facts.name);
        }
        if behind.is_empty() {
            self.closure.foreign.insert(self.crate_of(item));
        }
    }

    /// R10: imports that decide which traits are in scope where code is, as far as they may have a member that
    /// is asked for.
    pub(super) fn traits_in_scope(&mut self) {
        let asked = |name| self.names.contains(&name) || self.foreign_names.contains(&name);
        let traits = self.context.traits;
        let modules = self.modules.iter();
        let deciding = modules.flat_map(|module| traits.imports(*module));
        let imports: Vec<_> = deciding
            .filter(|import| {
                import
                    .members
                    .as_ref()
                    .is_none_or(|names| names.iter().any(|name| asked(*name)))
            })
            .map(|import| import.import)
            .collect();
        self.closure.imports.extend(imports);
    }

    pub(super) fn widened(&mut self, rule: Rule, item: ItemId, reason: Reason) {
        let widened = Widened { rule, item, reason };
        if !self.closure.widened.contains(&widened) {
            self.closure.widened.push(widened);
        }
    }

    pub(super) fn crate_of(&self, item: ItemId) -> CrateId {
        self.index.module(self.index.item(item).module).krate
    }

    /// A crate and all that can name it.
    fn users(&self, krate: CrateId) -> Vec<CrateId> {
        let mut users = vec![krate];
        let mut at = 0;
        while at < users.len() {
            for (number, other) in self.index.crates.iter().enumerate() {
                let id = CrateId(u32::try_from(number).expect("crates are counted in 32 bits"));
                let uses = other.externs.iter().any(|(_, used)| *used == users[at]);
                if uses && !users.contains(&id) {
                    users.push(id);
                }
            }
            at += 1;
        }
        users
    }

    fn whole_crate(&mut self, krate: CrateId, from: ItemId, rule: Rule) {
        if !self.whole.insert(krate) {
            return;
        }
        for item in self.items_of(krate) {
            self.item(item, Some(from), rule, None);
        }
    }

    fn whole_module(&mut self, module: ModuleId, from: ItemId) {
        for item in &self.index.module(module).items {
            let facts = self.index.item(*item);
            if !facts.left_out && facts.kind != ItemKind::Mod {
                self.item(*item, Some(from), Rule::Widened, None);
            }
        }
    }

    fn items_of(&self, krate: CrateId) -> Vec<ItemId> {
        let index = self.index;
        let modules = index.modules.iter().filter(|module| module.krate == krate);
        modules
            .flat_map(|module| &module.items)
            .copied()
            .filter(|item| !index.item(*item).left_out)
            .collect()
    }
}
