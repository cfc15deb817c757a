//! An explanation for people: a tree, the widest hubs first.

use std::collections::BTreeSet;

use crate::closure::{Node, Tree, rule_in_words, short};
use crate::model::{Answered, Function, Late};
use crate::output::{BOLD, DIM, VERSION, WARNING, styled};
use crate::survey::Surveyed;

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Levels of the tree.
    pub(super) depth: usize,
    /// Items below one.
    pub(super) children: usize,
    /// Whether imports and dependencies are listed, not just counted.
    pub(super) lists: bool,
}

/// Below one item, unless all are asked for: more are rarely read.
pub(super) const SHOWN_CHILDREN: usize = 12;

pub(super) fn explanation(surveyed: &Surveyed<'_>, tree: &Tree<'_>, limits: Limits) -> String {
    let function = surveyed.function;
    let mut text = format!(
        "{}  {}  {}\n",
        styled(BOLD, &function.path),
        styled(VERSION, &surveyed.version.text),
        styled(DIM, &function.place),
    );
    for (name, value) in function.chosen_options() {
        text.push_str(&format!("  option {name} = {value}\n"));
    }
    text.push_str(&format!(
        "\nreaches {} items, each with the rule and the name that led to it\n",
        tree.nodes.len()
    ));
    if let Some(root) = tree.nodes.first() {
        let writer = Writer {
            tree,
            function,
            limits,
        };
        writer.children(root, "", 0, &mut text);
    }
    inputs(surveyed, limits, &mut text);
    text
}

struct Writer<'w> {
    tree: &'w Tree<'w>,
    function: &'w Function,
    limits: Limits,
}

impl Writer<'_> {
    fn children(&self, node: &Node<'_>, indent: &str, depth: usize, text: &mut String) {
        if depth == self.limits.depth {
            if node.size > 1 {
                text.push_str(&format!(
                    "{indent}└── {}\n",
                    styled(DIM, format!("… {} more below", node.size - 1))
                ));
            }
            return;
        }
        let shown = node.children.len().min(self.limits.children);
        let hidden = &node.children[shown..];
        for (number, child) in node.children[..shown].iter().enumerate() {
            let is_last = number + 1 == shown && hidden.is_empty();
            let child = &self.tree.nodes[*child];
            let (branch, below) = if is_last {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            text.push_str(&format!("{indent}{branch}{}\n", self.line(child)));
            self.children(child, &format!("{indent}{below}"), depth + 1, text);
        }
        if !hidden.is_empty() {
            let items: usize = hidden
                .iter()
                .map(|child| self.tree.nodes[*child].size)
                .sum();
            let more = format!("… {} more, with {items} items", hidden.len());
            text.push_str(&format!("{indent}└── {}\n", styled(DIM, more)));
        }
    }

    fn line(&self, node: &Node<'_>) -> String {
        let count = if node.size > 1 {
            format!(" ({} items)", node.size)
        } else {
            String::new()
        };
        let token = node
            .token
            .map_or_else(String::new, |token| format!(" `{token}`"));
        let widened = self
            .function
            .widened
            .iter()
            .any(|widened| widened.item == node.item.id);
        let mark = if widened || node.rule == "R24" {
            format!("  {}", styled(WARNING, "widened"))
        } else {
            String::new()
        };
        format!(
            "{}{count}  {}{mark}",
            styled(BOLD, short(&node.item.id)),
            styled(
                DIM,
                format!(
                    "{} {}{token}  {}",
                    node.rule,
                    rule_in_words(node.rule),
                    node.item.place
                )
            ),
        )
    }
}

/// What is in the version beside items.
fn inputs(surveyed: &Surveyed<'_>, limits: Limits, text: &mut String) {
    let manifest = &surveyed.target.manifest;
    let function = surveyed.function;
    section(
        "widened",
        function.widened.iter().map(|widened| {
            let line = format!(
                "{} {}  {}  {}",
                widened.rule,
                short(&widened.item),
                widened.reason,
                widened.place
            );
            styled(WARNING, line)
        }),
        text,
    );
    section(
        "files",
        function.files.iter().map(|file| file.name.clone()),
        text,
    );
    let late = function.late.iter().zip(&surveyed.version.answers);
    section(
        "told by the compiler",
        late.map(|(late, answer)| told(late, answer)),
        text,
    );
    let inputs = manifest.inputs.iter();
    section(
        "in every version",
        inputs.map(|input| format!("{}: {}", input.name, input.value)),
        text,
    );
    if limits.lists {
        section("imports", sorted(manifest.imports_of(function)), text);
        let dependencies = sorted(manifest.dependencies_of(function));
        section("dependencies", dependencies, text);
    } else {
        let (imports, dependencies) = (function.imports.len(), function.dependencies.len());
        text.push_str(&format!(
            "\n{imports} imports and {dependencies} facts of dependencies: see them with --all\n"
        ));
    }
}

fn told(late: &Late, answer: &Answered) -> String {
    format!("{} {answer}", late.question())
}

fn sorted<'t>(lines: impl Iterator<Item = &'t str>) -> impl Iterator<Item = String> {
    let lines: BTreeSet<&str> = lines.collect();
    lines.into_iter().map(str::to_owned)
}

fn section(title: &str, lines: impl Iterator<Item = String>, text: &mut String) {
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        text.push_str(&format!("\n{title}\n"));
        lines
            .iter()
            .for_each(|line| text.push_str(&format!("  {line}\n")));
    }
}
