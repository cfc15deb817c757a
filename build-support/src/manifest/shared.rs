//! What many functions have in common, which the manifest says once.

use std::sync::Arc;

use serde::Serialize;

use super::{FileRecord, Function, FunctionRecord, Reason, WidenedRecord};
use crate::graph::Closure;

/// What many functions reach by way of the first of the items; files and widenings that all of them have.
#[derive(Debug, Serialize)]
pub(super) struct SharedRecord {
    pub(super) imports: Vec<usize>,
    pub(super) files: Vec<FileRecord>,
    pub(super) widened: Vec<WidenedRecord>,
    pub(super) closure: Vec<Reason>,
}

/// The shared parts of closures, each once, in the order of the functions.
pub(super) fn shared_parts(functions: &[Function<'_>]) -> Vec<Arc<Closure>> {
    let mut parts: Vec<Arc<Closure>> = Vec::new();
    for shared in functions
        .iter()
        .filter_map(|function| function.closure.shared.as_ref())
    {
        if !parts.iter().any(|known| Arc::ptr_eq(known, shared)) {
            parts.push(Arc::clone(shared));
        }
    }
    parts
}

impl SharedRecord {
    /// Takes over what all functions that share this part say alike.
    pub(super) fn take_common(&mut self, mut users: Vec<&mut FunctionRecord>) {
        self.files = common(&mut users, |user| &mut user.files);
        self.widened = common(&mut users, |user| &mut user.widened);
    }
}

/// Takes out of sorted lists what is in all of them.
fn common<T: Clone + Ord>(
    users: &mut [&mut FunctionRecord],
    list: impl Fn(&mut FunctionRecord) -> &mut Vec<T>,
) -> Vec<T> {
    let Some((first, others)) = users.split_first_mut() else {
        return Vec::new();
    };
    let mut common = list(first).clone();
    for other in others {
        let other = list(other);
        common.retain(|entry| other.binary_search(entry).is_ok());
    }
    for user in users {
        list(user).retain(|entry| common.binary_search(entry).is_err());
    }
    common
}
