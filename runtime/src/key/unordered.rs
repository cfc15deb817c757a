//! Recognises the standard library's unordered collections, behind any pointer, by type name.

use std::any::type_name;

/// Whether a `T` serialises as a `HashMap` or `HashSet` of the standard library does: in an order that says nothing.
///
/// The name is the only thing there is to go by: a `Serializer` sees a map, not whose map. Names are not guaranteed to
/// stay what they are; a test pins them, and an unrecognised type costs misses, never a wrong value.
#[inline]
pub(super) fn is_unordered<T: ?Sized>() -> bool {
    let name = type_name::<T>();
    // Settles numbers, strings and most structs without looking at a character.
    name.len() > SHORTEST && is_unordered_name(name)
}

fn is_unordered_name(mut name: &str) -> bool {
    while let Some(inner) = behind_pointer(name) {
        name = inner;
    }
    UNORDERED
        .iter()
        .any(|unordered| name.starts_with(unordered))
}

/// What a pointer or cell points to, where its `Serialize` is that of what it points to.
fn behind_pointer(name: &str) -> Option<&str> {
    TRANSPARENT
        .iter()
        .find_map(|pointer| name.strip_prefix(pointer))
}

const UNORDERED: [&str; 2] = [
    "std::collections::hash::map::HashMap<",
    "std::collections::hash::set::HashSet<",
];

const SHORTEST: usize = UNORDERED[0].len();

const TRANSPARENT: [&str; 16] = [
    "&mut ",
    "&",
    "alloc::boxed::Box<",
    "alloc::rc::Rc<",
    "alloc::sync::Arc<",
    "alloc::borrow::Cow<'_, ",
    "alloc::borrow::Cow<",
    "core::cell::Cell<",
    "core::cell::RefCell<",
    "core::num::wrapping::Wrapping<",
    "core::num::saturating::Saturating<",
    "core::cmp::Reverse<",
    "std::sync::poison::mutex::Mutex<",
    "std::sync::poison::rwlock::RwLock<",
    "std::sync::mutex::Mutex<",
    "std::sync::rwlock::RwLock<",
];

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::cell::RefCell;
    use std::collections::{BTreeMap, HashMap, HashSet};
    use std::rc::Rc;
    use std::sync::{Arc, Mutex, RwLock};

    use super::*;

    type Map = HashMap<u8, u8>;

    #[test]
    fn standard_hash_maps_and_sets_are_recognised_behind_pointers() {
        assert!(is_unordered::<Map>());
        assert!(is_unordered::<HashSet<String>>());
        assert!(is_unordered::<HashMap<u8, u8, foldhash::fast::RandomState>>());
        assert!(is_unordered::<&&mut Map>());
        assert!(is_unordered::<Box<Rc<Arc<Map>>>>());
        assert!(is_unordered::<Cow<'static, Map>>());
        assert!(is_unordered::<RefCell<Map>>());
        assert!(is_unordered::<Mutex<Map>>());
        assert!(is_unordered::<RwLock<Map>>());
    }

    #[test]
    fn what_has_an_order_keeps_it() {
        assert!(!is_unordered::<BTreeMap<u8, u8>>());
        assert!(!is_unordered::<Vec<Map>>());
        assert!(!is_unordered::<Option<Map>>());
        assert!(!is_unordered::<(Map, Map)>());
        assert!(!is_unordered::<str>());
    }
}
