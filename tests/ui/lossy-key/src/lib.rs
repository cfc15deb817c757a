//! Key arguments that may lose data when they are serialised.

use serde::{Serialize, Serializer};

#[derive(Serialize)]
pub struct Page {
    pub number: u32,
    #[serde(skip)]
    pub size: u32,
}

#[derive(Serialize)]
pub struct Search {
    pub words: Vec<String>,
    pub page: Option<Page>,
}

pub struct Rounded(pub f64);

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.round())
    }
}

/// @cache
pub fn hits(search: &Search, at: Rounded) -> u32 {
    search.words.len() as u32 + at.0 as u32
}

/// @cache(allow("lossy_key"))
pub fn answered_for(search: &Search) -> u32 {
    search.words.len() as u32
}

/// @cache(key(&search.words))
pub fn told_apart(search: &Search) -> u32 {
    search.words.len() as u32
}
