//! What one function's version is made of, as a tree: each item below the one whose tokens led to it.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::{Function, Item, Manifest};

/// The items of a closure; `[0]` is the function itself.
#[derive(Debug)]
pub(crate) struct Tree<'m> {
    pub(crate) nodes: Vec<Node<'m>>,
}

/// One item in its place.
#[derive(Debug)]
pub(crate) struct Node<'m> {
    pub(crate) item: &'m Item,
    pub(crate) rule: &'m str,
    /// The name that led here.
    pub(crate) token: Option<&'m str>,
    pub(crate) parent: Option<usize>,
    /// The widest first.
    pub(crate) children: Vec<usize>,
    /// Steps from the function.
    pub(crate) depth: usize,
    /// How many items are here and below.
    pub(crate) size: usize,
}

impl<'m> Tree<'m> {
    pub(crate) fn of(manifest: &'m Manifest, function: &'m Function) -> Self {
        let reasons = function.closure.iter();
        let mut nodes: Vec<(Option<usize>, Node<'m>)> = reasons
            .filter_map(|reason| {
                let node = Node {
                    item: manifest.items.get(reason.0)?,
                    rule: &reason.1,
                    token: reason.3.as_deref(),
                    parent: None,
                    children: Vec::new(),
                    depth: 0,
                    size: 1,
                };
                Some((reason.2, node))
            })
            .collect();
        nodes.sort_by_key(|(parent, _)| parent.is_some());
        let items: HashMap<*const Item, usize> = nodes
            .iter()
            .enumerate()
            .map(|(number, (_, node))| (std::ptr::from_ref(node.item), number))
            .collect();
        let parents: Vec<Option<usize>> = nodes
            .iter()
            .map(|(parent, _)| {
                items
                    .get(&std::ptr::from_ref(manifest.items.get((*parent)?)?))
                    .copied()
            })
            .collect();
        let mut tree = Self {
            nodes: nodes.into_iter().map(|(_, node)| node).collect(),
        };
        tree.connect(&parents);
        tree
    }

    /// Puts children below parents, breadth first; what no parent leads to stands below the function.
    fn connect(&mut self, parents: &[Option<usize>]) {
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (number, parent) in parents.iter().enumerate().skip(1) {
            below[parent.unwrap_or(0)].push(number);
        }
        let mut order = Vec::with_capacity(self.nodes.len());
        order.extend((!self.nodes.is_empty()).then_some(0));
        let mut next = 0;
        while let Some(at) = order.get(next).copied() {
            next += 1;
            for child in &below[at] {
                self.nodes[*child].parent = Some(at);
                self.nodes[*child].depth = self.nodes[at].depth + 1;
                order.push(*child);
            }
        }
        for at in order.iter().skip(1).rev() {
            if let Some(parent) = self.nodes[*at].parent {
                self.nodes[parent].size += self.nodes[*at].size;
            }
        }
        for (number, mut children) in below.into_iter().enumerate() {
            children.sort_by_key(|child| {
                (
                    Reverse(self.nodes[*child].size),
                    &self.nodes[*child].item.id,
                )
            });
            self.nodes[number].children = children;
        }
    }

    /// From the function to a node, both included.
    pub(crate) fn chain(&self, node: usize) -> Vec<usize> {
        let mut chain = vec![node];
        let mut at = node;
        while let Some(parent) = self.nodes[at].parent {
            chain.push(parent);
            at = parent;
        }
        chain.reverse();
        chain
    }
}

/// An identity without the crate and the kinds: `rates::Table::rate` for `app::rates::impl-member rate` and the like.
pub(crate) fn short(id: &str) -> String {
    let parts: Vec<String> = id.split("::").map(without_kind).collect();
    let parts = if parts.len() > 1 {
        &parts[1..]
    } else {
        &parts[..]
    };
    parts.join("::")
}

/// The name behind the kind; a nameless item is known by a digest, of which a few digits do.
fn without_kind(part: &str) -> String {
    const SHOWN_DIGITS: usize = 6;
    let (kind, name) = part.rsplit_once(' ').unwrap_or(("", part));
    let is_digest = name.len() == 32 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_digest {
        format!("{kind}#{}", &name[..SHOWN_DIGITS])
    } else {
        name.to_owned()
    }
}

/// What a rule is about, in a word or two.
pub(crate) fn rule_in_words(rule: &str) -> &'static str {
    match rule {
        "R1" => "own code",
        "R2" => "attributes",
        "R3" => "module",
        "R4" => "import",
        "R5" => "name",
        "R6" => "method",
        "R7" => "foreign trait",
        "R8" => "trait",
        "R9" => "type",
        "R10" => "trait in scope",
        "R11" => "constant",
        "R12" => "mutable state",
        "R13" => "macro",
        "R14" => "macro call",
        "R15" => "procedural macro",
        "R16" => "included file",
        "R17" => "cfg",
        "R18" => "place",
        "R19" => "spelling",
        "R20" => "link or build script",
        "R24" => "widened",
        "R25" => "generated",
        "R26" => "marker",
        _ => "reached",
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A manifest of one function `app::f`; each item with its digest and the item that led to it.
    pub(crate) fn manifest(items: &[(&str, &str, Option<usize>)]) -> Manifest {
        let table: Vec<serde_json::Value> = items
            .iter()
            .map(|(id, digest, _)| {
                serde_json::json!({"id": id, "digest": digest, "place": "src/lib.rs:1", "kind": "fn"})
            })
            .collect();
        let closure: Vec<serde_json::Value> = items
            .iter()
            .enumerate()
            .map(|(number, (_, _, parent))| {
                let token = parent.map(|_| "token");
                serde_json::json!([
                    number,
                    if parent.is_some() { "R5" } else { "R1" },
                    parent,
                    token
                ])
            })
            .collect();
        let manifest = serde_json::json!({
            "crate": "app",
            "items": table,
            "functions": [{
                "path": "app::f", "static": "00", "code": "00", "place": "src/lib.rs:1",
                "ttl_ms": 1, "none_ms": 1, "l1_ms": 1, "closure": closure,
            }],
        });
        serde_json::from_value(manifest).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_hub_comes_first() {
        let manifest = testing::manifest(&[
            ("app::fn f", "0", None),
            ("app::fn a", "0", Some(0)),
            ("app::fn b", "0", Some(0)),
            ("app::fn c", "0", Some(2)),
        ]);
        let tree = Tree::of(&manifest, &manifest.functions[0]);
        let ids = |nodes: &[usize]| {
            nodes
                .iter()
                .map(|node| tree.nodes[*node].item.id.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&tree.nodes[0].children), ["app::fn b", "app::fn a"]);
        assert_eq!(tree.nodes[0].size, 4);
        let deepest = tree
            .nodes
            .iter()
            .position(|node| node.item.id == "app::fn c")
            .unwrap();
        assert_eq!(
            ids(&tree.chain(deepest)),
            ["app::fn f", "app::fn b", "app::fn c"]
        );
    }

    #[test]
    fn a_damaged_closure_loses_nothing_and_never_ends_in_a_circle() {
        let manifest = testing::manifest(&[
            ("app::fn f", "0", None),
            ("app::fn a", "0", Some(9)),
            ("app::fn b", "0", Some(3)),
            ("app::fn c", "0", Some(2)),
        ]);
        let tree = Tree::of(&manifest, &manifest.functions[0]);
        assert_eq!(tree.nodes.len(), 4);
        assert_eq!(tree.chain(3).len(), 1);
    }

    #[test]
    fn names_are_short_enough_to_read() {
        assert_eq!(short("app::rates::fn rate"), "rates::rate");
        let id = format!(
            "app::impl {}::impl-member show",
            "0123456789abcdef".repeat(2)
        );
        assert_eq!(short(&id), "impl#012345::show");
        assert_eq!(short("app"), "app");
    }
}
