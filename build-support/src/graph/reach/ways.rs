//! Ways from the function to the items it reaches.

use crate::graph::Closure;
use crate::hash::HashMap;
use crate::index::ItemId;

/// Makes every way begin at the function, the first of the items. A member may be taken in for an impl that is
/// itself only reached through the member: then nothing but the function is known to come before both. The ways of
/// a shared part begin at the function already.
pub(super) fn begin_at_the_function(closure: &mut Closure) {
    let shared = closure.shared.clone();
    let is_shared = |item| {
        let shared = shared.as_ref();
        shared.is_some_and(|shared| shared.reached(item).is_some())
    };
    let items = &mut closure.own_items;
    let Some(function) = items.first().map(|first| first.item) else {
        return;
    };
    let numbers: HashMap<ItemId, usize> = items
        .iter()
        .enumerate()
        .map(|(number, reached)| (reached.item, number))
        .collect();
    let mut settled = vec![false; items.len()];
    settled[0] = true;
    for start in 1..items.len() {
        let mut way = Vec::new();
        let mut at = start;
        while !settled[at] {
            settled[at] = true;
            way.push(at);
            let parent = items[at].parent;
            match parent.and_then(|parent| numbers.get(&parent)).copied() {
                Some(parent) if !(settled[parent] && way.contains(&parent)) => at = parent,
                None if parent.is_some_and(&is_shared) => {}
                _ => items[at].parent = Some(function),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Reached, Rule};

    /// The parents, each by its item's number, after they were settled.
    fn settled(parents: &[Option<u32>]) -> Vec<Option<u32>> {
        let item = |(number, parent): (u32, &Option<u32>)| Reached {
            item: ItemId(number),
            parent: parent.map(ItemId),
            rule: Rule::Path,
            token: None,
        };
        let mut closure = Closure {
            own_items: (0..).zip(parents).map(item).collect(),
            ..Closure::default()
        };
        begin_at_the_function(&mut closure);
        let items = closure.own_items.iter();
        items
            .map(|reached| reached.parent.map(|parent| parent.0))
            .collect()
    }

    #[test]
    fn ways_that_begin_at_the_function_stay() {
        let parents = [None, Some(0), Some(1), Some(1)];
        assert_eq!(settled(&parents), parents);
    }

    #[test]
    fn a_circle_is_cut_and_what_begins_nowhere_begins_at_the_function() {
        assert_eq!(
            settled(&[None, Some(2), Some(1), Some(2)]),
            [None, Some(2), Some(0), Some(2)]
        );
        assert_eq!(
            settled(&[None, None, Some(9), Some(3)]),
            [None, Some(0), Some(0), Some(0)]
        );
    }
}
