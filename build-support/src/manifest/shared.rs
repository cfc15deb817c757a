//! What many functions have in common, which the manifest says once.

use std::sync::Arc;

use serde::Serialize;

use super::{FileRecord, Function, FunctionRecord, Reason, WidenedRecord};
use crate::fingerprint::lines::Lines;
use crate::graph::Closure;

/// What many functions reach by way of the first of the items; files and widenings that all of them have.
#[derive(Debug, Serialize)]
pub(super) struct SharedRecord<'a> {
    pub(super) imports: Vec<usize>,
    pub(super) files: Vec<FileRecord<'a>>,
    pub(super) widened: Vec<WidenedRecord<'a>>,
    pub(super) closure: Vec<Reason<'a>>,
}

/// The imports of a shared part, which every function that shares it was digested with.
pub(super) fn shared_imports<'a>(shared: &Arc<Closure>, functions: &[Function<'a>]) -> &'a Lines {
    let is_shared = |function: &&Function<'_>| {
        let own = function.closure.shared.as_ref();
        own.is_some_and(|own| Arc::ptr_eq(own, shared))
    };
    let user = functions.iter().find(is_shared);
    let user = user.expect("a shared part is that of a function");
    &user.fingerprint.shared_imports
}

impl<'a> SharedRecord<'a> {
    /// Takes over what all functions that share this part say alike.
    pub(super) fn take_common(&mut self, mut users: Vec<&mut FunctionRecord<'a>>) {
        self.files = common(&mut users, |user| &mut user.files);
        self.widened = common(&mut users, |user| &mut user.widened);
    }
}

/// Takes out of sorted lists what is in all of them.
fn common<'a, T: Clone + Ord>(
    users: &mut [&mut FunctionRecord<'a>],
    list: impl for<'u> Fn(&'u mut FunctionRecord<'a>) -> &'u mut Vec<T>,
) -> Vec<T> {
    let Some((first, others)) = users.split_first_mut() else {
        return Vec::new();
    };
    let mut common = list(first).clone();
    for other in others {
        retain(&mut common, list(other), true);
    }
    for user in users {
        retain(list(user), &common, false);
    }
    common
}

/// Of a sorted list, what is in another one or what is not.
fn retain<T: Ord>(list: &mut Vec<T>, other: &[T], is_in_both: bool) {
    let mut other = other.iter().peekable();
    list.retain(|entry| {
        while other.next_if(|before| *before < entry).is_some() {}
        (other.peek() == Some(&entry)) == is_in_both
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_lists_are_compared_side_by_side() {
        let of = |list: &[u32], other: &[u32], is_in_both| {
            let mut list = list.to_vec();
            retain(&mut list, other, is_in_both);
            list
        };
        let (list, other) = ([1, 2, 2, 4, 6], [0, 2, 3, 4, 5]);
        assert_eq!(of(&list, &other, true), [2, 2, 4]);
        assert_eq!(of(&list, &other, false), [1, 6]);
        assert_eq!(of(&list, &[], true), [0; 0]);
        assert_eq!(of(&[], &other, false), [0; 0]);
    }
}
