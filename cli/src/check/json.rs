//! What a lock file does not have, for programs.

use serde::Serialize;

use super::{Change, Difference};

#[derive(Debug, Serialize)]
pub(super) struct Report<'d> {
    up_to_date: bool,
    functions: Vec<Function<'d>>,
}

#[derive(Debug, Serialize)]
struct Function<'d> {
    package: &'d str,
    path: &'d str,
    change: &'static str,
    items: Vec<Item<'d>>,
}

#[derive(Debug, Serialize)]
struct Item<'d> {
    id: &'d str,
    place: &'d str,
    change: &'static str,
    chain: &'d [String],
}

pub(super) fn differences(differences: &[Difference]) -> Report<'_> {
    Report {
        up_to_date: differences.is_empty(),
        functions: differences.iter().map(function).collect(),
    }
}

fn function(difference: &Difference) -> Function<'_> {
    let items = difference.items.iter().map(|item| Item {
        id: &item.id,
        place: &item.place,
        change: if item.is_changed { "changed" } else { "new" },
        chain: &item.chain,
    });
    Function {
        package: &difference.package,
        path: &difference.path,
        change: match difference.change {
            Change::Moved => "moved",
            Change::New => "new",
            Change::Removed => "removed",
        },
        items: items.collect(),
    }
}
