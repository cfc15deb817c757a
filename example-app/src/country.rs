//! What is known of one country, put together from the table and from another cached answer.

use std::fmt;

use rusqlite::{OptionalExtension, Row};
use serde::{Deserialize, Serialize};

use crate::city::Neighbour;
use crate::database::Database;

/// Everything the app knows by country.
#[derive(Clone, Debug)]
pub(crate) struct Atlas {
    pub(crate) database: Database,
}

/// The figures of one country.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Statistics {
    name: String,
    people_per_km2: f64,
    /// Those of the table: with more than 15,000 people.
    cities: u32,
    largest: Option<String>,
    most_remote: Option<Neighbour>,
}

impl Atlas {
    /// The figures of a country, or `None` for a code no country has.
    ///
    /// @cache(ttl = "1h", skip(self))
    pub(crate) fn statistics(&self, code: &str) -> rusqlite::Result<Option<Statistics>> {
        // A cached answer inside a cached answer: this version contains the other one's code.
        let most_remote = crate::cached::queries::cached_most_remote(&self.database, code)?;
        let row = |row: &Row<'_>| {
            Ok(Statistics {
                name: row.get(0)?,
                people_per_km2: row.get(1)?,
                cities: row.get(2)?,
                largest: row.get(3)?,
                most_remote,
            })
        };
        self.database
            .query(|connection| connection.query_row(STATISTICS, [code], row).optional())
    }
}

const STATISTICS: &str = "
    SELECT name, population / area_km2,
        (SELECT count(*) FROM city WHERE country = code),
        (SELECT name FROM city WHERE country = code ORDER BY population DESC LIMIT 1)
    FROM country WHERE code = ?1
";

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            people_per_km2,
            cities,
            ..
        } = self;
        write!(
            f,
            "{name}: {people_per_km2:.0} people per km², {cities} cities"
        )?;
        if let (Some(largest), Some(remote)) = (&self.largest, &self.most_remote) {
            write!(f, ", the largest {largest}, the most remote {remote}")?;
        }
        Ok(())
    }
}
