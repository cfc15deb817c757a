//! What a lock file does not have, for people.

use super::{Change, Difference, Moved};
use crate::closure::short;
use crate::output::{BOLD, DIM, WARNING, styled};

/// Items of one function: the nearest explain the rest.
const SHOWN: usize = 5;

pub(super) fn differences(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return "selfsame.lock is up to date\n".to_owned();
    }
    let mut text = String::new();
    for difference in differences {
        let word = match difference.change {
            Change::Moved => "cold",
            Change::New => "not recorded",
            Change::Removed => "no longer there",
        };
        text.push_str(&format!(
            "{}  {}\n",
            styled(WARNING, word),
            styled(BOLD, &difference.path)
        ));
        let shown = difference.items.iter().take(SHOWN);
        shown.for_each(|item| text.push_str(&line(item)));
        if difference.items.len() > SHOWN {
            text.push_str(&format!(
                "      … and {} more items\n",
                difference.items.len() - SHOWN
            ));
        }
        if difference.change == Change::Moved && difference.items.is_empty() {
            text.push_str(
                "      by imports, files, options, dependencies, or items it no longer reaches\n",
            );
        }
    }
    text.push_str("\nselfsame.lock is out of date: if that is meant, run `cargo selfsame check --update` and commit it\n");
    text
}

fn line(item: &Moved) -> String {
    let word = if item.is_changed { "changed" } else { "new" };
    let names: Vec<String> = item.chain.iter().map(|id| short(id)).collect();
    let way = if names.len() > 1 {
        format!("  by {}", names.join(" → "))
    } else {
        String::new()
    };
    format!(
        "      {word:<8} {}  {}\n",
        styled(BOLD, short(&item.id)),
        styled(DIM, format!("{}{way}", item.place))
    )
}
