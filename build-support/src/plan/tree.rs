//! The generated modules: a mirror of those that hold marked functions.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};

use super::function::Site;
use super::listed::cfgs_around;
use super::lossy::Losses;
use super::names::{Names, below_crate};
use super::taken::{self, Methods};
use super::visibility::{self, Exports};
use super::{
    FunctionEntry, FunctionPlan, Input, InsidePlan, ModulePlan, Plan, Reexport, Visibility, helper,
    unraw,
};
use crate::diagnostic::Diagnostics;
use crate::hash::HashMap;
use crate::index::names::Meaning;
use crate::index::{CrateId, ModuleId, ModuleKind, Owner};
use crate::source::Location;

/// Everything that decides where wrappers go.
pub(super) struct Tree<'s, 'a> {
    input: &'s Input<'a>,
    /// Modules that include their own wrappers, by path.
    inside: &'s HashMap<ModuleId, Vec<String>>,
    exports: Exports,
    losses: Losses<'a>,
    /// Marked functions of each module, as numbers in `index.marked`.
    marked: BTreeMap<ModuleId, Vec<usize>>,
    /// Modules that are mirrored, for marked functions in them or below them.
    mirrored: BTreeSet<ModuleId>,
}

/// What one module's functions came to.
#[derive(Default)]
struct Planned {
    functions: Vec<(usize, FunctionPlan)>,
    imports: Vec<super::ImportPlan>,
}

impl<'s, 'a> Tree<'s, 'a> {
    pub(super) fn new(input: &'s Input<'a>, inside: &'s HashMap<ModuleId, Vec<String>>) -> Self {
        let index = input.index;
        let mut marked: BTreeMap<ModuleId, Vec<usize>> = BTreeMap::new();
        let mut mirrored = BTreeSet::new();
        for (number, function) in index.marked.iter().enumerate() {
            let module = index.named_module(function.module);
            marked.entry(module).or_default().push(number);
            let mut at = Some(module);
            while let Some(id) = at {
                mirrored.insert(id);
                at = index.module(id).parent;
            }
        }
        Self {
            input,
            inside,
            exports: Exports::of(index),
            losses: Losses::new(index, input.sources),
            marked,
            mirrored,
        }
    }

    /// Plans every function and puts it into its place.
    pub(super) fn plan(&self, diagnostics: &mut Diagnostics) -> Plan {
        let mut methods = Methods::default();
        let mut planned: HashMap<ModuleId, Planned> = HashMap::default();
        for (module, numbers) in &self.marked {
            planned.insert(
                *module,
                self.functions(*module, numbers, &mut methods, diagnostics),
            );
        }
        let root = self.input.index.krate(CrateId(0)).root;
        let outside = self.ordered(&planned, |module| !self.inside.contains_key(&module));
        let tags = helper::plan(outside.into_iter(), self.helpers_name(root), diagnostics);
        Plan {
            tags,
            crate_name: self.input.index.crates[0].name.clone(),
            is_binary: self.input.is_binary,
            late: self.input.versions.late.clone(),
            functions: self.entries(&planned),
            inside: self.inside_plans(&planned, diagnostics),
            root: self.module(root, &planned),
        }
    }

    /// The functions of some modules, in the order of `index.marked`.
    fn ordered<'p>(
        &self,
        planned: &'p HashMap<ModuleId, Planned>,
        is_meant: impl Fn(ModuleId) -> bool,
    ) -> Vec<&'p FunctionPlan> {
        let modules = planned.iter().filter(|(module, _)| is_meant(**module));
        let mut functions: Vec<&(usize, FunctionPlan)> = modules
            .flat_map(|(_, planned)| &planned.functions)
            .collect();
        functions.sort_by_key(|(number, _)| *number);
        functions
            .into_iter()
            .map(|(_, function)| function)
            .collect()
    }

    /// What the module of a module's tag helpers is called: not like anything that is in sight there.
    fn helpers_name(&self, module: ModuleId) -> &'static str {
        let is_inside = self.inside.contains_key(&module);
        let is_mirrored = self
            .children(module)
            .any(|child| self.input.index.module(child).name == TAGS);
        let is_in_sight = is_inside && self.input.index.meaning(module, TAGS) != Meaning::Unknown;
        if is_mirrored || is_in_sight {
            "tags_"
        } else {
            TAGS
        }
    }

    fn functions(
        &self,
        module: ModuleId,
        numbers: &[usize],
        methods: &mut Methods,
        diagnostics: &mut Diagnostics,
    ) -> Planned {
        let free: Vec<(String, Location)> = numbers
            .iter()
            .filter_map(|number| self.free_name(*number))
            .collect();
        taken::check_module(&free, diagnostics);
        let reserved = self.reserved(module, &free);
        let mut memos = self.mentioned(numbers);
        memos.extend(reserved.iter().cloned());
        let is_inside = self.inside.contains_key(&module);
        let mut names = Names::new(self.input.index, module, is_inside, &reserved);
        let mut planned = Planned::default();
        for number in numbers {
            let memo = self.memo(*number, &mut memos);
            let mut site = Site {
                input: self.input,
                exports: &self.exports,
                losses: &self.losses,
                names: &mut names,
                methods,
                diagnostics,
            };
            if let Some(function) = site.plan(*number, memo) {
                planned.functions.push((*number, function));
            }
        }
        planned.imports = names.imports.into_iter().collect();
        planned
    }

    /// The name and place of a function that is no method.
    fn free_name(&self, number: usize) -> Option<(String, Location)> {
        let index = self.input.index;
        let marked = &index.marked[number];
        let is_free = marked.owner == Owner::Free;
        is_free.then(|| {
            (
                unraw(index.name(marked.item)).to_owned(),
                index.item(marked.item).location,
            )
        })
    }

    /// Names the generated module defines.
    fn reserved(&self, module: ModuleId, free: &[(String, Location)]) -> BTreeSet<String> {
        let mut reserved: BTreeSet<String> = free
            .iter()
            .flat_map(|(name, _)| Plan::helper_names(name))
            .collect();
        reserved.insert("__selfsame".to_owned());
        if self.input.index.module(module).kind == ModuleKind::Root {
            reserved.insert("FUNCTIONS".to_owned());
            reserved.insert(self.helpers_name(module).to_owned());
        }
        reserved.extend(
            self.children(module)
                .map(|child| self.input.index.module(child).name.clone()),
        );
        reserved
    }

    /// Every identifier the functions' signatures and the expressions of their markers mention.
    fn mentioned(&self, numbers: &[usize]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for number in numbers {
            let marked = &self.input.index.marked[*number];
            let header = match &marked.owner {
                Owner::Inherent { header, .. } | Owner::TraitImpl { header, .. } => {
                    self.input.sources.text(*header)
                }
                Owner::Free | Owner::TraitDefault => "",
            };
            let expressions = self.input.markers[*number].expressions();
            for text in [self.input.sources.text(marked.signature), header]
                .into_iter()
                .chain(expressions)
            {
                if let Ok(tokens) = text.parse::<TokenStream>() {
                    identifiers(tokens, &mut names);
                }
            }
        }
        names
    }

    /// A name for a function's static that nothing else has.
    fn memo(&self, number: usize, taken: &mut BTreeSet<String>) -> String {
        let index = self.input.index;
        let marked = &index.marked[number];
        let own_type = match &marked.owner {
            Owner::Inherent { item, .. } | Owner::TraitImpl { item, .. } => {
                let facts = index.item(*item).implementation.as_ref();
                facts.and_then(|facts| facts.self_type.path()?.last().copied())
            }
            Owner::Free | Owner::TraitDefault => None,
        };
        let own_type = own_type.map(|name| format!("{}_", snake(unraw(index.text(name)))));
        let base = format!(
            "{}{}",
            own_type.unwrap_or_default(),
            unraw(index.name(marked.item))
        )
        .to_uppercase();
        let mut name = base.clone();
        let mut next = 2;
        while !taken.insert(name.clone()) {
            name = format!("{base}_{next}");
            next += 1;
        }
        name
    }

    /// One module of the mirror.
    fn module(&self, id: ModuleId, planned: &HashMap<ModuleId, Planned>) -> ModulePlan {
        let module = self.input.index.module(id);
        let mut children: Vec<ModulePlan> = self
            .children(id)
            .map(|child| self.module(child, planned))
            .collect();
        children.sort_by(|left, right| (&left.name, &left.cfgs).cmp(&(&right.name, &right.cfgs)));
        let own = planned.get(&id).filter(|_| !self.inside.contains_key(&id));
        let functions: Vec<FunctionPlan> = own
            .into_iter()
            .flat_map(|planned| {
                planned
                    .functions
                    .iter()
                    .map(|(_, function)| function.clone())
            })
            .collect();
        let reexports = self.reexports(id, planned);
        let nameable = functions
            .iter()
            .filter(|function| function.header.is_none())
            .map(|function| &function.visibility);
        let inner = children.iter().map(|child| &child.visibility);
        let visibility = nameable
            .chain(reexports.iter().map(|reexport| &reexport.visibility))
            .chain(inner)
            .max();
        let path = self.input.index.module_path(id);
        ModulePlan {
            name: module.name.clone(),
            mirrors: below_crate(&path)
                .iter()
                .map(|name| unraw(name))
                .collect::<Vec<_>>()
                .join("::"),
            visibility: visibility.cloned().unwrap_or(Visibility::Private),
            cfgs: module.cfgs.clone(),
            imports: own.map_or_else(Vec::new, |planned| planned.imports.clone()),
            reexports,
            functions,
            children,
        }
    }

    /// Mirrored modules directly in a module.
    fn children(&self, id: ModuleId) -> impl Iterator<Item = ModuleId> + '_ {
        self.mirrored.iter().copied().filter(move |child| {
            let module = self.input.index.module(*child);
            module.kind == ModuleKind::Named
                && module
                    .parent
                    .map(|parent| self.input.index.named_module(parent))
                    == Some(id)
        })
    }

    /// What `cached` passes on of a module that holds its own wrappers.
    fn reexports(&self, id: ModuleId, planned: &HashMap<ModuleId, Planned>) -> Vec<Reexport> {
        let index = self.input.index;
        let (true, Some(path)) = (self.inside.contains_key(&id), index.module_root_path(id)) else {
            return Vec::new();
        };
        let mut path = below_crate(&path);
        path.push("cached".to_owned());
        let functions = planned
            .get(&id)
            .into_iter()
            .flat_map(|planned| &planned.functions);
        let free = functions.filter(|(_, function)| function.header.is_none());
        let reexport = |(number, function): &(usize, FunctionPlan)| {
            let item = index.marked[*number].item;
            let visibility = match visibility::as_written(index, index.item(item).visibility) {
                Visibility::Public if self.exports.has(item) => Visibility::Public,
                Visibility::Public | Visibility::Crate => Visibility::Crate,
                Visibility::In(_) | Visibility::Private => return None,
            };
            let names = Plan::helper_names(&function.name);
            Some(Reexport {
                cfgs: function.cfgs.clone(),
                visibility,
                path: path.clone(),
                names,
            })
        };
        free.filter_map(reexport).collect()
    }

    fn inside_plans(
        &self,
        planned: &HashMap<ModuleId, Planned>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<InsidePlan> {
        let mut plans: BTreeMap<&Vec<String>, Vec<FunctionPlan>> = BTreeMap::new();
        let modules: BTreeMap<&ModuleId, &Vec<String>> = self.inside.iter().collect();
        for (module, path) in &modules {
            let is_twin = modules.values().filter(|other| *other == path).count() > 1;
            let functions = plans.entry(path).or_default();
            for (_, function) in planned
                .get(module)
                .into_iter()
                .flat_map(|planned| &planned.functions)
            {
                let mut function = function.clone();
                if is_twin {
                    // Both modules include the one file: attributes tell which functions are whose.
                    function.cfgs = [
                        self.input.index.module(**module).cfgs.clone(),
                        function.cfgs,
                    ]
                    .concat();
                }
                functions.push(function);
            }
        }
        plans
            .into_iter()
            .map(|(path, functions)| {
                let twins = modules.iter().filter(|(_, other)| **other == path);
                let name = twins.map(|(module, _)| self.helpers_name(**module)).max();
                let name = name.unwrap_or(TAGS);
                InsidePlan {
                    path: path.clone(),
                    tags: helper::plan(functions.iter(), name, diagnostics),
                    functions,
                }
            })
            .collect()
    }

    /// Every function, in the order of `index.marked`.
    fn entries(&self, planned: &HashMap<ModuleId, Planned>) -> Vec<FunctionEntry> {
        let mut entries = Vec::new();
        for (module, planned) in planned {
            let around = cfgs_around(self.input.index, *module);
            for (number, function) in &planned.functions {
                let entry = FunctionEntry {
                    path: function.path.clone(),
                    version: function.version,
                    options: function.options.clone(),
                    cfgs: [around.clone(), function.cfgs.clone()].concat(),
                };
                entries.push((*number, entry));
            }
        }
        entries.sort_by_key(|(number, _)| *number);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// What the module of tag helpers is called.
const TAGS: &str = "tags";

fn identifiers(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => identifiers(group.stream(), names),
            TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            _ => {}
        }
    }
}

/// `SearchPage` to `Search_Page`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut after_lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_lower {
            snake.push('_');
        }
        after_lower = letter.is_lowercase() || letter.is_numeric();
        snake.push(letter);
    }
    snake
}
