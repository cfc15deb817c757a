//! A comparison for people at a terminal.

use super::compare::{Cold, Comparison};
use super::reason::{Kind, Reason};
use crate::output::{BOLD, DIM, WARNING, styled};

/// Reasons of one function, unless all are asked for: the nearest explain the rest.
const SHOWN: usize = 5;

pub(super) fn comparison(comparison: &Comparison, (from, to): (&str, &str), all: bool) -> String {
    let mut text = format!(
        "from {from} to {to}: {} of {} functions go cold\n",
        comparison.cold.len(),
        comparison.total()
    );
    for cold in &comparison.cold {
        text.push_str(&function(cold, all));
    }
    for path in &comparison.new {
        text.push_str(&format!(
            "\n{}  {}\n",
            styled(DIM, "new     "),
            styled(BOLD, path)
        ));
    }
    for path in &comparison.removed {
        text.push_str(&format!(
            "\n{}  {}\n",
            styled(DIM, "removed "),
            styled(BOLD, path)
        ));
    }
    text
}

fn function(cold: &Cold, all: bool) -> String {
    let mut text = format!(
        "\n{}  {}  {}\n",
        styled(WARNING, "cold    "),
        styled(BOLD, &cold.path),
        styled(DIM, &cold.place)
    );
    let shown = if all {
        cold.reasons.len()
    } else {
        cold.reasons.len().min(SHOWN)
    };
    for reason in &cold.reasons[..shown] {
        text.push_str(&line(reason));
    }
    let hidden = cold.reasons.len() - shown;
    if hidden > 0 {
        text.push_str(&format!(
            "          {}\n",
            styled(DIM, format!("… and {hidden} more: see them with --all"))
        ));
    }
    text
}

fn line(reason: &Reason) -> String {
    let name = match reason.kind {
        Kind::Item | Kind::Unknown => styled(BOLD, reason.name()),
        kind => format!("{} {}", kind.as_str(), styled(BOLD, reason.name())),
    };
    let place = reason.place.as_deref().unwrap_or_default();
    let mut text = format!(
        "          {:<11} {name}  {}\n",
        reason.change.as_str(),
        styled(DIM, place)
    );
    if reason.chain.len() > 1 {
        text.push_str(&format!(
            "                      {}\n",
            styled(DIM, format!("by {}", reason.way()))
        ));
    }
    text
}
