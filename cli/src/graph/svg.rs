//! A drawing as SVG, without outside programs: one column for each step from the function, one row for each item
//! that leads to nothing else; a hub stands in the middle of what it leads to.

use super::drawing::{Drawing, Node};

/// All lengths are pixels of the drawing.
const ROW: usize = 26;
const BOX_HEIGHT: usize = 20;
/// Room between columns, for the edges.
const GAP: usize = 90;
const MARGIN: usize = 16;
/// A little more than the average letter of a sans-serif font of 12 pixels.
const LETTER: usize = 7;
/// Longer names are cut in the middle: both ends say something.
const LONGEST: usize = 44;
const TITLE: usize = 34;
const TITLE_LETTER: usize = 9;

pub(super) fn text(drawing: &Drawing, function: &str) -> String {
    let title = title(drawing, function);
    let layout = Layout::of(drawing, title.chars().count() * TITLE_LETTER);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\">\n",
        layout.width, layout.height
    );
    text.push_str("<style>.n{fill:#eef2f7;stroke:#5b6b7f}.e{fill:none;stroke:#9aa7b5}.r{fill:#6b7885;font-size:9px}.t{font-size:15px;font-weight:bold}.h{fill:#dbe7fb}</style>\n");
    text.push_str(&format!(
        "<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n",
        layout.width, layout.height
    ));
    text.push_str(&format!(
        "<text class=\"t\" x=\"{MARGIN}\" y=\"22\">{}</text>\n",
        escaped(&title)
    ));
    for (number, node) in drawing.nodes.iter().enumerate() {
        if let Some(parent) = node.parent {
            text.push_str(&layout.edge(parent, number, node));
        }
    }
    for (number, node) in drawing.nodes.iter().enumerate() {
        text.push_str(&layout.node(number, node));
    }
    text.push_str("</svg>\n");
    text
}

fn title(drawing: &Drawing, function: &str) -> String {
    match drawing.omitted {
        0 => function.to_owned(),
        omitted => format!("{function} ({omitted} items left out)"),
    }
}

/// Where everything stands.
struct Layout {
    /// Left edge, top edge and width of each box.
    boxes: Vec<(usize, usize, usize)>,
    width: usize,
    height: usize,
}

impl Layout {
    /// At least as wide as the title.
    fn of(drawing: &Drawing, title: usize) -> Self {
        let widths: Vec<usize> = drawing
            .nodes
            .iter()
            .map(|node| (label(node).chars().count() + 2) * LETTER)
            .collect();
        let columns = columns(drawing, &widths);
        let (rows, count) = rows(drawing);
        let boxes: Vec<(usize, usize, usize)> = drawing
            .nodes
            .iter()
            .enumerate()
            .map(|(number, node)| {
                // Rows are counted in halves, so that a hub may stand between two of them.
                let top = TITLE + MARGIN + rows[number] * ROW / 2;
                (columns[node.depth], top, widths[number])
            })
            .collect();
        let right = boxes.iter().map(|(left, _, width)| left + width).max();
        Self {
            boxes,
            width: right.unwrap_or(0).max(MARGIN + title) + MARGIN,
            height: TITLE + 2 * MARGIN + count * ROW,
        }
    }

    fn node(&self, number: usize, node: &Node) -> String {
        let (left, top, width) = self.boxes[number];
        let hub = if node.size > 1 { "n h" } else { "n" };
        format!(
            "<g><title>{}</title><rect class=\"{hub}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"4\"/><text x=\"{}\" y=\"{}\">{}</text></g>\n",
            escaped(&format!(
                "{} ({})\n{}\n{} items here and below",
                node.id, node.kind, node.place, node.size
            )),
            left + LETTER,
            top + 14,
            escaped(&label(node)),
        )
    }

    /// A curve from the right of one box to the left of another, with what led there.
    fn edge(&self, from: usize, to: usize, node: &Node) -> String {
        let (left, top, width) = self.boxes[from];
        let (end, end_top, _) = self.boxes[to];
        let (start, y1, y2) = (left + width, top + BOX_HEIGHT / 2, end_top + BOX_HEIGHT / 2);
        let middle = usize::midpoint(start, end);
        format!(
            "<path class=\"e\" d=\"M{start} {y1} C{middle} {y1} {middle} {y2} {end} {y2}\"/><text class=\"r\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>\n",
            end - 4,
            y2.saturating_sub(3),
            escaped(&cut(&node.reason(), 18)),
        )
    }
}

/// The left edge of each column: behind the widest box of the one before.
fn columns(drawing: &Drawing, widths: &[usize]) -> Vec<usize> {
    let deepest = drawing
        .nodes
        .iter()
        .map(|node| node.depth)
        .max()
        .unwrap_or(0);
    let mut widest = vec![0; deepest + 1];
    for (node, width) in drawing.nodes.iter().zip(widths) {
        widest[node.depth] = widest[node.depth].max(*width);
    }
    let mut left = MARGIN;
    let mut columns = Vec::with_capacity(widest.len());
    for width in widest {
        columns.push(left);
        left += width + GAP;
    }
    columns
}

/// The row of each node in halves, and how many rows there are.
fn rows(drawing: &Drawing) -> (Vec<usize>, usize) {
    let mut rows = vec![0; drawing.nodes.len()];
    let mut next = 0;
    // Children before parents, without recursion: closures may be deep.
    let mut waiting: Vec<(usize, bool)> =
        drawing.nodes.iter().take(1).map(|_| (0, false)).collect();
    while let Some((number, is_placed)) = waiting.pop() {
        let children = &drawing.nodes[number].children;
        match (children.first(), children.last()) {
            (Some(first), Some(last)) if is_placed => {
                rows[number] = usize::midpoint(rows[*first], rows[*last])
            }
            (Some(_), Some(_)) => {
                waiting.push((number, true));
                waiting.extend(children.iter().rev().map(|child| (*child, false)));
            }
            _ => {
                rows[number] = 2 * next;
                next += 1;
            }
        }
    }
    (rows, next)
}

fn label(node: &Node) -> String {
    format!("{} {}", cut(&node.label, LONGEST), node.more())
        .trim_end()
        .to_owned()
}

/// A text without its middle, if it is too long.
fn cut(text: &str, longest: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= longest {
        return text.to_owned();
    }
    let kept = longest / 2;
    let start: String = letters[..kept].iter().collect();
    let end: String = letters[letters.len() - kept + 1..].iter().collect();
    format!("{start}…{end}")
}

/// Letters that XML has other uses for; what it can't hold is left out.
fn escaped(text: &str) -> String {
    let held = text
        .chars()
        .filter(|letter| !letter.is_control() || *letter == '\n');
    held.map(|letter| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        other => other.to_string(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closure::{Tree, testing};

    #[test]
    fn boxes_of_one_column_do_not_overlap() {
        let manifest = testing::manifest(&[
            ("app::fn f", "0", None),
            ("app::fn a", "0", Some(0)),
            ("app::fn b", "0", Some(0)),
            ("app::fn c", "0", Some(2)),
            ("app::fn d", "0", Some(2)),
            ("app::fn e", "0", Some(1)),
        ]);
        let tree = Tree::of(&manifest, &manifest.functions[0]);
        let drawing = Drawing::of(&tree, 100);
        let layout = Layout::of(&drawing, 0);
        for (number, (left, top, _)) in layout.boxes.iter().enumerate() {
            for (other_left, other_top, _) in &layout.boxes[number + 1..] {
                assert!(left != other_left || top.abs_diff(*other_top) >= BOX_HEIGHT);
            }
            assert!(
                left + layout.boxes[number].2 <= layout.width && top + BOX_HEIGHT <= layout.height
            );
        }
    }

    #[test]
    fn names_of_any_kind_make_well_formed_text() {
        assert_eq!(
            escaped("a<b> & \"c\"\u{7}"),
            "a&lt;b&gt; &amp; &quot;c&quot;"
        );
        assert_eq!(cut("abcdefghij", 6), "abc…ij");
    }
}
