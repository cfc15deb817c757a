//! A drawing as nodes and edges, for programs.

use serde::Serialize;

use super::drawing::Drawing;

#[derive(Debug, Serialize)]
struct Graph<'d> {
    nodes: Vec<Node<'d>>,
    edges: Vec<Edge<'d>>,
    omitted: usize,
}

#[derive(Debug, Serialize)]
struct Node<'d> {
    id: &'d str,
    kind: &'d str,
    place: &'d str,
    size: usize,
}

/// From and to are positions among the nodes.
#[derive(Debug, Serialize)]
struct Edge<'d> {
    from: usize,
    to: usize,
    rule: &'d str,
    token: Option<&'d str>,
}

pub(super) fn text(drawing: &Drawing) -> String {
    let nodes = drawing.nodes.iter().map(|node| Node {
        id: &node.id,
        kind: &node.kind,
        place: &node.place,
        size: node.size,
    });
    let edges = drawing.nodes.iter().enumerate().filter_map(|(to, node)| {
        Some(Edge {
            from: node.parent?,
            to,
            rule: &node.rule,
            token: node.token.as_deref(),
        })
    });
    let graph = Graph {
        nodes: nodes.collect(),
        edges: edges.collect(),
        omitted: drawing.omitted,
    };
    let text = serde_json::to_string_pretty(&graph).expect("texts, numbers and lists are JSON");
    format!("{text}\n")
}
