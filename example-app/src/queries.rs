//! The questions the app answers. Each is an ordinary function; the marker in its docs is all that
//! makes a cached twin of it appear under `crate::cached::queries`.

use rusqlite::{Connection, params};

use crate::city::{City, Neighbour, Place};
use crate::database::Database;

/// How many cities `search` answers with.
const SEARCH_LIMIT: usize = 3;

/// The cities next to a place, nearest first.
///
/// @cache(ttl = "1h", skip(database))
pub(crate) async fn nearest(
    database: &Database,
    place: Place,
    count: usize,
) -> rusqlite::Result<Vec<Neighbour>> {
    let cities = database
        .query_async(|connection| City::select(connection, "TRUE", []))
        .await?;
    let mut neighbours: Vec<_> = cities
        .into_iter()
        .map(|city| Neighbour {
            km: place.km_to(city.place),
            city,
        })
        .collect();
    neighbours.sort_by(|one, other| one.km.total_cmp(&other.km));
    neighbours.truncate(count);
    Ok(neighbours)
}

/// The city of a country whose nearest other city, of any country, is farthest away.
///
/// Compares each city of the country with every other one: slow by nature, and never out of date
/// while code and data stay what they are.
///
/// @cache(ttl = "forever", skip(database), none = "1m", depends("data/cities.csv"))
pub(crate) fn most_remote(
    database: &Database,
    country: &str,
) -> rusqlite::Result<Option<Neighbour>> {
    let everywhere = database.query(|connection| City::select(connection, "TRUE", []))?;
    let here = everywhere.iter().filter(|city| city.country == country);
    let loneliness = here.filter_map(|city| {
        let others = everywhere.iter().filter(|other| other.id != city.id);
        let km = others
            .map(|other| city.place.km_to(other.place))
            .min_by(f64::total_cmp)?;
        Some(Neighbour {
            city: city.clone(),
            km,
        })
    });
    Ok(loneliness.max_by(|one, other| one.km.total_cmp(&other.km)))
}

/// The largest cities whose name starts with the text, whatever its case.
///
/// @cache(ttl = "10m", key(normalised(text)))
pub(crate) async fn search(database: &Database, text: &str) -> rusqlite::Result<Vec<City>> {
    let pattern = format!("{}%", normalised(text));
    let select =
        move |connection: &Connection| City::select(connection, "name LIKE ?1", params![pattern]);
    let mut cities = database.query_async(select).await?;
    cities.truncate(SEARCH_LIMIT);
    Ok(cities)
}

/// Two spellings of one question share an entry.
pub(crate) fn normalised(text: &str) -> String {
    text.trim().to_lowercase()
}
