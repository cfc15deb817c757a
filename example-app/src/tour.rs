//! Asks each question twice and prints who answered, how fast, and what there is to try next.

use std::fmt::Display;
use std::time::Instant;

use tokio::runtime::Runtime;

use crate::cached::FUNCTIONS;
use crate::cached::queries::{cached_most_remote, cached_nearest, cached_search};
use crate::city::Place;
use crate::country::Atlas;
use crate::witness::Witness;

/// Asks everything the app can answer.
pub(crate) fn walk(atlas: &Atlas, runtime: &Runtime, witness: &Witness) -> anyhow::Result<()> {
    let database = &atlas.database;
    let kyoto = Place::at(35.01, 135.77);

    println!("Which cities are nearest to 35.01 N 135.77 E? (async, reads all 34,006)");
    let near = twice(witness, || {
        runtime.block_on(cached_nearest(database, kyoto, 3))
    })?;
    print_all(&near);

    println!("Which cities' names begin with \"San J\"? (async; in the key it is \"san j\")");
    let found = twice(witness, || {
        runtime.block_on(cached_search(database, "San J"))
    })?;
    print_all(&found);

    println!("Which city of Australia is the most remote? (313 cities, each against all others)");
    let remote = twice(witness, || cached_most_remote(database, "AU"))?;
    print_all(remote.as_slice());

    println!("What is known of New Zealand? (a method; it asks the cached query above for a part)");
    let statistics = twice(witness, || atlas.cached_statistics("NZ"))?;
    print_all(statistics.as_slice());

    print_versions();
    Ok(())
}

/// Asks cold, if nobody has asked before, and warm.
fn twice<T>(witness: &Witness, ask: impl Fn() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    once(witness, "first", &ask)?;
    once(witness, "again", &ask)
}

fn once<T>(
    witness: &Witness,
    when: &str,
    ask: impl Fn() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    witness.forget();
    let start = Instant::now();
    let answer = ask()?;
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    println!(
        "  {when}  {:<10} {milliseconds:>10.3} ms",
        witness.answered_by()
    );
    Ok(answer)
}

fn print_all(answers: &[impl Display]) {
    let texts: Vec<_> = answers.iter().map(ToString::to_string).collect();
    println!("  {}\n", texts.join(", "));
}

fn print_versions() {
    println!("Versions: fingerprints of each function and all the code it reaches");
    for function in FUNCTIONS {
        println!("  {}  {}", function.version(), function.path());
    }
    println!(
        "\nRun it again: the first answers now come from the store. Then set SEARCH_LIMIT in \
         example-app/src/queries.rs\nto 5 and run it once more: `search` is computed again, and \
         nothing else is."
    );
}
