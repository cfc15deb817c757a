//! What is drawn: the part of a closure that leads to the most.

use std::cmp::Reverse;

use crate::closure::{Tree, short};

/// Nodes in the order of their numbers; the function is the first.
#[derive(Debug)]
pub(super) struct Drawing {
    pub(super) nodes: Vec<Node>,
    /// How many items are not drawn.
    pub(super) omitted: usize,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) kind: String,
    pub(super) place: String,
    pub(super) rule: String,
    pub(super) token: Option<String>,
    pub(super) parent: Option<usize>,
    /// Drawn ones.
    pub(super) children: Vec<usize>,
    pub(super) depth: usize,
    /// Items here and below, drawn or not.
    pub(super) size: usize,
    /// Of its children, with all below them.
    pub(super) omitted: usize,
}

impl Drawing {
    /// The `limit` items with the most below them. A parent has more below it than its children, so what is chosen
    /// hangs together.
    pub(super) fn of(tree: &Tree<'_>, limit: usize) -> Self {
        let mut order: Vec<usize> = (0..tree.nodes.len()).collect();
        order.sort_by_key(|node| {
            let node = &tree.nodes[*node];
            (Reverse(node.size), node.depth, &node.item.id)
        });
        order.truncate(limit.max(1));
        let mut numbers = vec![None; tree.nodes.len()];
        for (number, node) in order.iter().enumerate() {
            numbers[*node] = Some(number);
        }
        let nodes = order.iter().map(|node| {
            let node = &tree.nodes[*node];
            let drawn = node.children.iter().filter_map(|child| numbers[*child]);
            let left_out = node
                .children
                .iter()
                .filter(|child| numbers[**child].is_none());
            Node {
                id: node.item.id.clone(),
                label: short(&node.item.id),
                kind: node.item.kind.clone(),
                place: node.item.place.clone(),
                rule: node.rule.to_owned(),
                token: node.token.map(str::to_owned),
                parent: node.parent.and_then(|parent| numbers[parent]),
                children: drawn.collect(),
                depth: node.depth,
                size: node.size,
                omitted: left_out.map(|child| tree.nodes[*child].size).sum(),
            }
        });
        let nodes: Vec<Node> = nodes.collect();
        Self {
            omitted: tree.nodes.len() - nodes.len(),
            nodes,
        }
    }
}

impl Node {
    /// What leads here: `R5 rate`.
    pub(super) fn reason(&self) -> String {
        let token = self.token.as_deref().unwrap_or_default();
        format!("{} {token}", self.rule).trim_end().to_owned()
    }

    /// How many items are below and not drawn, in words; empty for none.
    pub(super) fn more(&self) -> String {
        if self.omitted == 0 {
            String::new()
        } else {
            format!("+{} more", self.omitted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closure::testing;

    #[test]
    fn the_narrowest_items_are_left_out_first() {
        let manifest = testing::manifest(&[
            ("app::fn f", "0", None),
            ("app::fn a", "0", Some(0)),
            ("app::fn b", "0", Some(0)),
            ("app::fn c", "0", Some(2)),
            ("app::fn d", "0", Some(2)),
        ]);
        let tree = Tree::of(&manifest, &manifest.functions[0]);
        let drawing = Drawing::of(&tree, 3);
        let labels: Vec<&str> = drawing
            .nodes
            .iter()
            .map(|node| node.label.as_str())
            .collect();
        assert_eq!(labels, ["f", "b", "a"]);
        assert_eq!(drawing.omitted, 2);
        assert_eq!(drawing.nodes[1].more(), "+2 more");
        assert_eq!(drawing.nodes[1].parent, Some(0));
    }
}
