//! A tour of selfsame over the cities of the world: every query cold, then warm, and who answered.
//!
//! Run it twice: the second run finds the first one's answers in a file under the target folder.

mod city;
mod country;
mod csv;
mod database;
mod queries;
mod target;
mod tour;
mod witness;

selfsame::include_generated!();

use anyhow::Context;

use crate::country::Atlas;
use crate::database::Database;
use crate::witness::Witness;

fn main() -> anyhow::Result<()> {
    let folder = target::folder("example-app-data")?;
    // The user's own choice of store goes first; without one, a file that the next run finds again.
    let url = std::env::var("SELFSAME_URL")
        .unwrap_or_else(|_| format!("sqlite:{}", folder.join("cache.sqlite").display()));
    let witness = Witness::new(&url);
    selfsame::Cache::builder()
        .url(&url)
        .on_event(witness.listener())
        .install()
        .context("installing the cache")?;

    let atlas = Atlas {
        database: Database::open(&folder.join("cities.sqlite"))?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    tour::walk(&atlas, &runtime, &witness)
}
