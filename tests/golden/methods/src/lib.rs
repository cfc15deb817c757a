//! Methods.
#![deny(warnings, missing_docs, clippy::pedantic)]

selfsame::include_generated!();

/// A shop.
#[derive(Debug)]
pub struct Shop {
    /// Which one.
    pub id: u32,
}

impl Shop {
    /// The receiver left out.
    ///
    /// @cache(skip(self))
    #[must_use]
    pub fn price(&self, article: u32) -> u32 {
        self.id.min(article)
    }

    /// A part of the receiver taken in.
    ///
    /// @cache(ttl = 60, key(self.id, article))
    ///
    /// # Errors
    ///
    /// Where there is no such article.
    pub async fn stock(&self, article: u32) -> std::io::Result<u32> {
        std::future::ready(Ok(self.id + article)).await
    }
}

/// A generic type.
#[derive(Debug)]
pub struct Shelf<T> {
    /// What stands on it.
    pub things: Vec<T>,
}

impl<T: serde::Serialize + Clone> Shelf<T> {
    /// How many.
    ///
    /// @cache(key(self.things))
    #[must_use]
    pub fn count(&self) -> usize {
        self.things.len()
    }
}

/// A trait.
pub trait Named {
    /// The name.
    fn name(&self) -> String;
}

impl Named for Shop {
    /// @cache(key(self.id))
    fn name(&self) -> String {
        format!("shop {}", self.id)
    }
}
