//! Which digest of an item counts: some macros see documentation and spacing of their arguments (rule R19).

use super::collect::is_blind_to_spacing;
use super::facts::Mention;
use super::symbol::Symbol;
use super::{Index, ItemId, View};
use crate::hash::HashMap;

/// Gives items whose arguments are seen by such a macro the digest that has all of it.
pub(super) fn choose(index: &mut Index) {
    let mut known = HashMap::default();
    let seen: Vec<usize> = (0..index.items.len())
        .filter(|number| {
            let item = &index.items[*number];
            item.spaced.is_some() && sees(index, &item.mentions, &mut known)
        })
        .collect();
    for number in seen {
        let item = &mut index.items[number];
        item.digest = item.spaced.unwrap_or(item.digest);
        item.view = View::Spaced;
    }
}

/// Whether any macro that is mentioned sees how its arguments are written.
fn sees(index: &Index, mentions: &[Mention], known: &mut HashMap<Symbol, bool>) -> bool {
    mentions.iter().any(|mention| match mention {
        Mention::Macro(path) => path
            .last()
            .is_some_and(|name| macro_sees(index, *name, known)),
        _ => false,
    })
}

fn macro_sees(index: &Index, name: Symbol, known: &mut HashMap<Symbol, bool>) -> bool {
    if let Some(known) = known.get(&name) {
        return *known;
    }
    // A macro that calls itself sees what the rest of it sees.
    known.insert(name, false);
    let definitions: Vec<ItemId> = index.scopes.macros(name).to_vec();
    let answer = if definitions.is_empty() {
        !is_blind_to_spacing(index.text(name))
    } else {
        definitions
            .iter()
            .any(|definition| sees(index, &index.item(*definition).mentions, known))
    };
    known.insert(name, answer);
    answer
}
