//! Tags that would take from the call what it needs.

/// @cache(tags("name:{shown(name)}", "names:{names.into_iter().count()}"))
pub fn consuming(name: String, names: Vec<String>) -> usize {
    name.len() + names.len()
}

/// Takes its argument away.
pub fn shown(name: String) -> String {
    name
}
