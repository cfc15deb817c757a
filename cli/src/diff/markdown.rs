//! A comparison for a comment on a pull request.

use super::compare::{Cold, Comparison};
use super::reason::{Kind, Reason};

/// Reasons of one function: a comment is to be read at a glance.
const SHOWN: usize = 3;

pub(super) fn comparison(comparison: &Comparison, (from, to): (&str, &str)) -> String {
    let count = comparison.cold.len();
    let verb = if count == 1 { "goes" } else { "go" };
    let mut text = format!(
        "### {count} of {} cached functions {verb} cold\n\nFrom {} to {}.\n",
        comparison.total(),
        side(from),
        side(to)
    );
    if count > 0 {
        text.push_str("\n| function | because |\n|---|---|\n");
        comparison
            .cold
            .iter()
            .for_each(|cold| text.push_str(&row(cold)));
    }
    text.push_str(&list("New", &comparison.new));
    text.push_str(&list("Removed", &comparison.removed));
    text
}

/// A revision as code; the working tree is none.
fn side(title: &str) -> String {
    if title == super::WORKING_TREE {
        title.to_owned()
    } else {
        code(title)
    }
}

fn row(cold: &Cold) -> String {
    let mut reasons: Vec<String> = cold.reasons.iter().take(SHOWN).map(reason).collect();
    let hidden = cold.reasons.len().saturating_sub(SHOWN);
    if hidden > 0 {
        reasons.push(format!("and {hidden} more"));
    }
    format!("| {} | {} |\n", code(&cold.path), reasons.join("<br>"))
}

fn reason(reason: &Reason) -> String {
    let kind = if reason.kind == Kind::Item {
        ""
    } else {
        reason.kind.as_str()
    };
    let blank = if kind.is_empty() { "" } else { " " };
    let mut text = format!(
        "{kind}{blank}{} {}",
        code(&reason.name()),
        reason.change.as_str()
    );
    if let Some(place) = &reason.place {
        text.push_str(&format!(" ({place})"));
    }
    if reason.chain.len() > 1 {
        text.push_str(&format!(", by {}", code(&reason.way())));
    }
    text
}

fn list(title: &str, paths: &[String]) -> String {
    if paths.is_empty() {
        return String::new();
    }
    let paths: Vec<String> = paths.iter().map(|path| code(path)).collect();
    format!("\n{title}: {}\n", paths.join(", "))
}

/// Code within a table: a bar would end the cell.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|").replace(['\n', '`'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_cell_does_not_end_it() {
        assert_eq!(code("a|b\n`c`"), "`a\\|b  c `");
    }
}
