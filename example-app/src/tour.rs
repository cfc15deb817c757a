//! Asks each question twice and prints who answered, how fast, and what there is to try next.

use std::time::Instant;

use tokio::runtime::Runtime;

use crate::cached;
use crate::cached::queries::{cached_most_remote, cached_nearest, cached_search};
use crate::city::{City, Neighbour, Place};
use crate::country::{Atlas, Statistics};
use crate::witness::Witness;

const KYOTO: Place = Place {
    latitude: 35.01,
    longitude: 135.77,
};

/// Asks everything the app can answer.
pub(crate) fn walk(atlas: &Atlas, runtime: &Runtime, witness: &Witness) -> anyhow::Result<()> {
    let database = &atlas.database;
    let ask = Asker { witness };
    ask.twice(
        "Which cities are nearest to 35.01 N 135.77 E?  (async, reads all 34,006)",
        || runtime.block_on(cached_nearest(database, KYOTO, 3)),
        |neighbours| {
            neighbours
                .iter()
                .map(neighbour)
                .collect::<Vec<_>>()
                .join(", ")
        },
    )?;
    ask.twice(
        "Which cities are called San J…?  (async; the key is the text, trimmed and in lower case)",
        || runtime.block_on(cached_search(database, "San J")),
        |cities| cities.iter().map(city).collect::<Vec<_>>().join(", "),
    )?;
    ask.twice(
        "Which city of Australia is the most remote?  (313 cities, each against every other)",
        || cached_most_remote(database, "AU"),
        |found| found.as_ref().map_or_else(|| "none".to_owned(), neighbour),
    )?;
    ask.twice(
        "What is known of New Zealand?  (a method; calls the cached query above for its own part)",
        || atlas.cached_statistics("NZ"),
        |found| {
            found
                .as_ref()
                .map_or_else(|| "nothing".to_owned(), statistics)
        },
    )?;
    print_versions();
    Ok(())
}

/// Asks and prints.
struct Asker<'a> {
    witness: &'a Witness,
}

impl Asker<'_> {
    fn twice<T>(
        &self,
        question: &str,
        call: impl Fn() -> rusqlite::Result<T>,
        show: impl Fn(&T) -> String,
    ) -> anyhow::Result<()> {
        println!("{question}");
        let answer = self.once("first", &call)?;
        self.once("again", &call)?;
        println!("  {}\n", show(&answer));
        Ok(())
    }

    fn once<T>(&self, when: &str, call: impl Fn() -> rusqlite::Result<T>) -> anyhow::Result<T> {
        self.witness.forget();
        let start = Instant::now();
        let answer = call()?;
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        println!(
            "  {when}  {:<10} {milliseconds:>10.3} ms",
            self.witness.answered_by()
        );
        Ok(answer)
    }
}

fn neighbour(found: &Neighbour) -> String {
    format!("{} ({:.0} km)", city(&found.city), found.km)
}

fn city(city: &City) -> String {
    format!("{} [{}]", city.name, city.country)
}

fn statistics(found: &Statistics) -> String {
    let typical = found
        .typical_city
        .map(|people| format!("typically of {people} people"));
    let largest = found
        .largest
        .as_ref()
        .map(|largest| format!("largest {}", city(largest)));
    let remote = found
        .most_remote
        .as_ref()
        .map(|far| format!("most remote {}", neighbour(far)));
    let figures = format!(
        "{}: {:.0} people per km², {} cities",
        found.name, found.people_per_km2, found.cities
    );
    let parts: Vec<_> = [Some(figures), typical, largest, remote]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

fn print_versions() {
    println!("Versions: fingerprints of each function and all the code it reaches");
    for function in cached::FUNCTIONS {
        println!("  {}  {}", function.version(), function.path());
    }
    println!(
        "\nRun it again: the first answers now come from the store. Then set SEARCH_LIMIT in \
         example-app/src/queries.rs\nto 5 and run it once more: `search` is computed again, and \
         nothing else is."
    );
}
