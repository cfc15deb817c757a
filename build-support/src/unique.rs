//! Lists in which nothing stands twice.

use std::hash::Hash;

use crate::hash::HashSet;

/// Leaves out what came before; the rest keeps its order.
pub(crate) fn keep_first<T: Copy + Eq + Hash>(values: &mut Vec<T>) {
    if values.len() > SHORT {
        let mut seen = HashSet::with_capacity_and_hasher(values.len(), Default::default());
        values.retain(|value| seen.insert(*value));
        return;
    }
    let mut kept = 0;
    for at in 0..values.len() {
        if !values[..kept].contains(&values[at]) {
            values[kept] = values[at];
            kept += 1;
        }
    }
    values.truncate(kept);
}

/// Most lists are so short that to look through them costs less than to hash.
const SHORT: usize = 16;
