//! What is known of one country, put together from the table and from another cached answer.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::city::{City, Neighbour};
use crate::database::Database;

/// Everything the app knows by country.
#[derive(Clone, Debug)]
pub(crate) struct Atlas {
    pub(crate) database: Database,
}

/// The figures of one country.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Statistics {
    pub(crate) name: String,
    pub(crate) people_per_km2: f64,
    pub(crate) cities: usize,
    /// People in the middle one of its cities by size.
    pub(crate) typical_city: Option<u32>,
    pub(crate) largest: Option<City>,
    pub(crate) most_remote: Option<Neighbour>,
}

impl Atlas {
    /// The figures of a country, or `None` for a code no country has.
    ///
    /// @cache(ttl = "1h", skip(self))
    pub(crate) fn statistics(&self, code: &str) -> rusqlite::Result<Option<Statistics>> {
        let query = "SELECT name, area_km2, population FROM country WHERE code = ?1";
        let country = self.database.query(|connection| {
            let mut statement = connection.prepare(query)?;
            statement
                .query_row(params![code], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
        })?;
        let Some((name, area_km2, population)): Option<(String, f64, f64)> = country else {
            return Ok(None);
        };
        let cities = self
            .database
            .query(|connection| City::select(connection, "country = ?1", params![code]))?;
        Ok(Some(Statistics {
            name,
            people_per_km2: population / area_km2,
            cities: cities.len(),
            typical_city: cities.get(cities.len() / 2).map(|city| city.population),
            largest: cities.into_iter().next(),
            // A cached answer inside a cached answer: this version contains the other one's code.
            most_remote: crate::cached::queries::cached_most_remote(&self.database, code)?,
        }))
    }
}
