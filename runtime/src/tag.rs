//! [`Tag`]: a label that entries carry, by which they are invalidated together.

use std::fmt;

use crate::cache::Cache;
use crate::cache::face::{Async, Blocking, now};
use crate::cache::invalidate;
use crate::evicted::Evicted;

/// A label of entries: those of a function with `tags("user:{user_id}")` carry the tag `user:42` where `user_id` is 42.
///
/// Generated code has a function for each template, `cached::tags::user(42)`: a tag that is spelled differently from
/// its template invalidates nothing, and nobody would hear of it. Tags hold in one namespace.
///
/// # Examples
///
/// ```
/// use selfsame::Tag;
///
/// let tag = Tag::new("user:42");
/// assert_eq!(tag.as_str(), "user:42");
/// tag.invalidate();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The tag of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes every entry with this tag unusable everywhere: one small write, whatever their number. What is being
    /// computed meanwhile goes to those who wait for it, and is never answered from the cache.
    ///
    /// Blocks while the store is told; in asynchronous code, use [`invalidate_async`](Self::invalidate_async).
    pub fn invalidate(self) -> Evicted {
        invalidate_tag(self.0)
    }

    /// Makes every entry with this tag unusable everywhere: see [`invalidate`](Self::invalidate).
    ///
    /// # Cancel safety
    ///
    /// Entries in this process's memory are unusable from the first poll on. The store may not have been told where the
    /// future is dropped before it is done.
    pub async fn invalidate_async(self) -> Evicted {
        invalidate_tag_async(self.0).await
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Tag {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A tag, from a template. Called by generated code.
#[must_use]
pub fn tag(text: fmt::Arguments<'_>) -> Tag {
    Tag(text.to_string())
}

/// Makes every entry with this tag unusable everywhere: see [`Tag::invalidate`].
pub fn invalidate_tag(tag: impl AsRef<str>) -> Evicted {
    now(invalidate::tag(
        Blocking,
        Cache::current().core(),
        tag.as_ref(),
    ))
}

/// Makes every entry with this tag unusable everywhere: see [`Tag::invalidate_async`].
pub async fn invalidate_tag_async(tag: impl AsRef<str>) -> Evicted {
    invalidate::tag(Async, Cache::current().core(), tag.as_ref()).await
}

/// Makes every entry of every function in the namespace unusable everywhere: one small write, whatever their number.
///
/// Where no namespace is set, that is what all applications have stored that share the store and set none either.
pub fn clear() -> Evicted {
    now(invalidate::clear(Blocking, Cache::current().core()))
}

/// Makes every entry of every function in the namespace unusable everywhere: see [`clear()`].
pub async fn clear_async() -> Evicted {
    invalidate::clear(Async, Cache::current().core()).await
}
