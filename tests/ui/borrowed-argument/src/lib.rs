//! Arguments a computation in the background can't make its own.

use std::borrow::Cow;

/// @cache(refresh = "ahead")
pub fn inside(name: Option<&str>, names: &[&str], text: Cow<'_, str>) -> usize {
    name.map_or(0, str::len) + names.len() + text.len()
}

/// @cache(skip(counter), stale = "1h", soft = "50ms")
pub fn changed(counter: &mut u32, by: u32) -> u32 {
    *counter += by;
    by
}

/// A page of a book.
#[derive(serde::Serialize)]
pub struct Page<'a>(&'a str);

impl Page<'_> {
    /// @cache(key(self), refresh = "always")
    pub fn render(&self) -> String {
        self.0.to_owned()
    }
}
