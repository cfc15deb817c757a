//! Marked functions that answer differently from call to call.

mod rates;

/// @cache
pub fn price(order: u64) -> u64 {
    order * rates::rate()
}

/// @cache
pub fn greeting(name: &str) -> String {
    let salt = std::hash::RandomState::new();
    let _ = salt;
    format!("{name} of {:?}", std::env::var("HOSTNAME"))
}

/// @cache(allow("io"))
pub fn answered_for(path: String) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// @cache
pub fn page(number: u32) -> Option<String> {
    rates::Pages.get(number)
}
