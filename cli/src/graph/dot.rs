//! A drawing as DOT, for Graphviz and its friends.

use super::drawing::{Drawing, Node};

pub(super) fn text(drawing: &Drawing, function: &str) -> String {
    let mut text = format!(
        "digraph {} {{\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
        quoted(function)
    );
    for (number, node) in drawing.nodes.iter().enumerate() {
        text.push_str(&format!(
            "  n{number} [label={}, tooltip={}];\n",
            label(node),
            quoted(&tooltip(node))
        ));
    }
    for (number, node) in drawing.nodes.iter().enumerate() {
        if let Some(parent) = node.parent {
            text.push_str(&format!(
                "  n{parent} -> n{number} [label={}];\n",
                quoted(&node.reason())
            ));
        }
    }
    text.push_str("}\n");
    text
}

fn label(node: &Node) -> String {
    let lines = [node.label.clone(), node.kind.clone(), node.more()];
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    // `\n` is DOT's own sign for a line end, so it is no part of what is escaped.
    let escaped: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    format!("\"{}\"", escaped.join("\\n"))
}

fn tooltip(node: &Node) -> String {
    format!("{}  {}", node.id, node.place)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_names_are_escaped() {
        assert_eq!(quoted("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\"");
    }
}
