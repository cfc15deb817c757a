//! Random crates of which it is known what reaches what.
//!
//! Every node is an item of its own kind with a name and a number found nowhere else. Nodes mention each other along
//! known edges, by random spellings: absolute, imported, renamed, through a glob or a re-export.

use std::collections::{BTreeMap, BTreeSet};

/// The modules, by their paths; `a` and `b::inner` are files, the rest is inline.
const MODULES: &[&str] = &["a", "a::deep", "b", "b::inner", "c"];

/// A crate and its graph.
#[derive(Debug)]
pub struct KnownGraph {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    kind: Kind,
    module: &'static str,
    /// What its body mentions, and how.
    edges: Vec<(usize, Spelling)>,
}

/// What a node is. Its number stands in its body, and is what an edit changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Marked: where reachability starts.
    Root,
    Function,
    /// Passed as a value.
    Callback,
    Method,
    /// A method of a trait, implemented for a type of its own, called through a bound.
    Implemented,
    /// A default body.
    Default,
    /// An operator on a type of its own.
    Operator,
    /// `Display` of a type of its own, called by a format string.
    Shown,
    AssociatedConst,
    Const,
    Static,
    /// The number stands in the type.
    Alias,
    Macro,
    /// A function that an item-level macro call makes. It mentions nothing: what stands in such a call may become
    /// a name that the call defines.
    Made,
}

const KINDS: &[Kind] = &[
    Kind::Function,
    Kind::Function,
    Kind::Callback,
    Kind::Method,
    Kind::Implemented,
    Kind::Default,
    Kind::Operator,
    Kind::Shown,
    Kind::AssociatedConst,
    Kind::Const,
    Kind::Static,
    Kind::Alias,
    Kind::Macro,
    Kind::Made,
];

#[derive(Clone, Copy, Debug)]
enum Spelling {
    Absolute,
    Imported,
    Renamed,
    Glob,
    Reexported,
}

const SPELLINGS: &[Spelling] = &[
    Spelling::Absolute,
    Spelling::Imported,
    Spelling::Renamed,
    Spelling::Glob,
    Spelling::Reexported,
];

impl Kind {
    /// Whether it has a body to mention others in.
    fn mentions(self) -> bool {
        !matches!(
            self,
            Self::AssociatedConst | Self::Const | Self::Static | Self::Alias | Self::Made
        )
    }
}

impl KnownGraph {
    /// A crate with so many nodes, a fifth of them roots.
    ///
    /// # Panics
    ///
    /// Never: there are kinds, modules and spellings to choose from.
    #[must_use]
    pub fn random(count: usize, random: &mut fastrand::Rng) -> Self {
        let node = |number: usize, random: &mut fastrand::Rng| {
            let kind = if number.is_multiple_of(5) {
                Kind::Root
            } else {
                *random.choice(KINDS).expect("kinds")
            };
            let others = if kind.mentions() {
                random.usize(..4)
            } else {
                0
            };
            let edges = (0..others).map(|_| {
                (
                    random.usize(..count),
                    *random.choice(SPELLINGS).expect("spellings"),
                )
            });
            Node {
                kind,
                edges: edges.collect(),
                module: random.choice(MODULES).expect("modules"),
            }
        };
        let mut nodes: Vec<Node> = (0..count).map(|number| node(number, random)).collect();
        // Roots are called by nobody, and a macro that called macros might call itself.
        let kinds: Vec<Kind> = nodes.iter().map(|node| node.kind).collect();
        for node in &mut nodes {
            let is_macro = node.kind == Kind::Macro;
            node.edges.retain(|(to, _)| {
                kinds[*to] != Kind::Root && !(is_macro && kinds[*to] == Kind::Macro)
            });
        }
        Self { nodes }
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every root's path, and what it reaches.
    #[must_use]
    pub fn reached(&self) -> BTreeMap<String, BTreeSet<usize>> {
        let roots = (0..self.nodes.len()).filter(|node| self.nodes[*node].kind == Kind::Root);
        roots
            .map(|root| {
                (
                    format!("{}::root{root}", self.nodes[root].module),
                    self.closure(root),
                )
            })
            .collect()
    }

    fn closure(&self, root: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([root]);
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            let new = self.nodes[node]
                .edges
                .iter()
                .map(|(to, _)| *to)
                .filter(|to| reached.insert(*to));
            waiting.extend(new.collect::<Vec<_>>());
        }
        reached
    }

    /// A description of a node, for failures.
    #[must_use]
    pub fn describe(&self, node: usize) -> String {
        format!("node {node}: {:?}", self.nodes[node])
    }

    /// The crate's files; the number of `edited` is another one than usual.
    #[must_use]
    pub fn files(&self, edited: Option<usize>) -> Vec<(&'static str, String)> {
        let text = |module: &str| self.module(module, edited);
        let nested = |outer: &str, inner: &str| {
            format!(
                "{}\npub mod {inner} {{\n{}}}\n",
                text(outer),
                text(&format!("{outer}::{inner}"))
            )
        };
        vec![
            (
                "src/lib.rs",
                format!(
                    "{}pub mod a;\npub mod b;\npub mod c {{\n{}}}\n",
                    self.root_module(edited),
                    text("c")
                ),
            ),
            ("src/a.rs", nested("a", "deep")),
            ("src/b.rs", format!("{}\npub mod inner;\n", text("b"))),
            ("src/b/inner.rs", text("b::inner")),
        ]
    }

    /// Macros, which what follows can call, and the re-exports.
    fn root_module(&self, edited: Option<usize>) -> String {
        let mut text = String::from(
            "macro_rules! make { ($name:ident, $body:expr) => { pub fn $name() -> u64 { $body } } }\n",
        );
        for (number, node) in self.nodes.iter().enumerate() {
            if node.kind == Kind::Macro {
                let body = self.body(number, "crate::", edited);
                text += &format!("macro_rules! node{number} {{ () => {{ {body} }} }}\n");
            } else if node.kind != Kind::Root {
                text += &format!(
                    "pub use {}::{} as via_{number};\n",
                    node.module,
                    node.kind.item(number)
                );
            }
        }
        text
    }

    fn module(&self, module: &str, edited: Option<usize>) -> String {
        let mut text = self.imports(module);
        for (number, node) in self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.module == module)
        {
            text += &item(node.kind, number, &self.body(number, module, edited));
        }
        text
    }

    /// The `use` items of a module.
    fn imports(&self, module: &str) -> String {
        let mut imports = BTreeSet::new();
        let edges = self
            .nodes
            .iter()
            .filter(|node| node.module == module && node.kind != Kind::Macro)
            .flat_map(|node| &node.edges);
        for (to, spelling) in edges {
            let node = &self.nodes[*to];
            let path = format!("crate::{}", node.module);
            let name = node.kind.item(*to);
            match spelling {
                _ if node.kind == Kind::Macro || node.module == module => None,
                Spelling::Imported => Some(format!("use {path}::{name};\n")),
                Spelling::Renamed => Some(format!("use {path}::{name} as renamed_{to};\n")),
                Spelling::Glob => Some(format!("use {path}::*;\n")),
                Spelling::Absolute | Spelling::Reexported => None,
            }
            .map(|import| imports.insert(import));
        }
        imports.into_iter().collect()
    }

    /// The node's number, and a mention of each that it mentions.
    fn body(&self, number: usize, module: &str, edited: Option<usize>) -> String {
        let own = 70_000 + number + if edited == Some(number) { 10_000 } else { 0 };
        let mentions = self.nodes[number].edges.iter().map(|(to, spelling)| {
            let node = &self.nodes[*to];
            let name = node.kind.item(*to);
            let path = match spelling {
                _ if module == "crate::" => format!("crate::{}::{name}", node.module),
                _ if node.module == module => name,
                Spelling::Absolute => format!("crate::{}::{name}", node.module),
                Spelling::Imported | Spelling::Glob => name,
                Spelling::Renamed => format!("renamed_{to}"),
                Spelling::Reexported => format!("crate::via_{to}"),
            };
            format!(" + {}", mention(node.kind, *to, &path))
        });
        format!("{own}{}", mentions.collect::<String>())
    }
}

impl Kind {
    /// The name of the item that others mention.
    fn item(self, number: usize) -> String {
        match self {
            Self::Root => format!("root{number}"),
            Self::Const | Self::Static => format!("NODE{number}"),
            Self::Method
            | Self::Implemented
            | Self::Default
            | Self::Operator
            | Self::Shown
            | Self::AssociatedConst
            | Self::Alias => format!("Node{number}"),
            Self::Function | Self::Callback | Self::Macro | Self::Made => format!("node{number}"),
        }
    }
}

/// An expression that uses a node, where `path` leads to its item.
fn mention(kind: Kind, number: usize, path: &str) -> String {
    match kind {
        Kind::Root => unreachable!("roots are mentioned by nobody"),
        Kind::Function | Kind::Made => format!("{path}()"),
        Kind::Callback => format!("Some(1).map_or(0, {path})"),
        Kind::Method => format!("{path}.node{number}()"),
        Kind::Implemented | Kind::Default => format!("{path}::through({path})"),
        Kind::Operator => format!("({path} + {path})"),
        Kind::Shown => format!("format!(\"{{}}\", {path}).len() as u64"),
        Kind::AssociatedConst => format!("{path}::NUMBER{number}"),
        Kind::Const | Kind::Static => path.to_owned(),
        Kind::Alias => format!("size_of::<{path}>() as u64"),
        Kind::Macro => format!("node{number}!()"),
    }
}

/// The item, its helpers, and its number with all it mentions in `body`.
fn item(kind: Kind, number: usize, body: &str) -> String {
    let ty = format!("#[derive(Clone, Copy)]\npub struct Node{number};\n");
    let through = format!(
        "impl Node{number} {{ pub fn through(self) -> u64 {{ bound{number}(self) }} }}\nfn bound{number}<T: Trait{number}>(value: T) -> u64 {{ value.node{number}() }}\n"
    );
    match kind {
        Kind::Root => format!("/// @cache\npub fn root{number}() -> u64 {{ {body} }}\n"),
        Kind::Function => format!("pub fn node{number}() -> u64 {{ {body} }}\n"),
        Kind::Callback => format!("pub fn node{number}(_: u8) -> u64 {{ {body} }}\n"),
        Kind::Method => {
            format!("{ty}impl Node{number} {{ pub fn node{number}(self) -> u64 {{ {body} }} }}\n")
        }
        Kind::Implemented => format!(
            "{ty}{through}trait Trait{number} {{ fn node{number}(self) -> u64; }}\nimpl Trait{number} for Node{number} {{ fn node{number}(self) -> u64 {{ {body} }} }}\n"
        ),
        Kind::Default => format!(
            "{ty}{through}trait Trait{number}: Sized {{ fn node{number}(self) -> u64 {{ {body} }} }}\nimpl Trait{number} for Node{number} {{}}\n"
        ),
        Kind::Operator => format!(
            "{ty}impl std::ops::Add for Node{number} {{ type Output = u64; fn add(self, _: Self) -> u64 {{ {body} }} }}\n"
        ),
        Kind::Shown => format!(
            "{ty}impl std::fmt::Display for Node{number} {{ fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{ write!(to, \"{{}}\", {body}) }} }}\n"
        ),
        Kind::AssociatedConst => {
            format!("{ty}impl Node{number} {{ pub const NUMBER{number}: u64 = {body}; }}\n")
        }
        Kind::Const => format!("pub const NODE{number}: u64 = {body};\n"),
        Kind::Static => format!("pub static NODE{number}: u64 = {body};\n"),
        Kind::Alias => format!("pub type Node{number} = [u8; {body}];\n"),
        Kind::Macro => String::new(),
        Kind::Made => format!("make!(node{number}, {body});\n"),
    }
}
