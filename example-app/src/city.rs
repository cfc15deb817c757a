//! A city, a place, and how far apart two of them are.

use std::fmt;

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

/// Mean radius of the Earth.
const EARTH_RADIUS_KM: f64 = 6371.0;

/// A point on the globe, in degrees.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Place {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

/// One city of the table.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct City {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) place: Place,
    pub(crate) population: u32,
}

/// A city and how far it is from where one asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Neighbour {
    pub(crate) city: City,
    pub(crate) km: f64,
}

impl Place {
    /// Northern and eastern degrees.
    pub(crate) const fn at(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
        }
    }

    /// Great-circle distance, by the haversine formula.
    pub(crate) fn km_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let across = (to - from) / 2.0;
        let along = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = across.sin().powi(2) + from.cos() * to.cos() * along.sin().powi(2);
        2.0 * EARTH_RADIUS_KM * chord.sqrt().asin()
    }
}

impl City {
    /// The cities a condition selects, e.g. `"country = ?1"`, in a fixed order.
    pub(crate) fn select(
        connection: &Connection,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> rusqlite::Result<Vec<Self>> {
        let columns = "id, name, country, latitude, longitude, population";
        let order = "ORDER BY population DESC, id";
        let query = format!("SELECT {columns} FROM city WHERE {condition} {order}");
        connection
            .prepare(&query)?
            .query_map(parameters, Self::from_row)?
            .collect()
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            country: row.get(2)?,
            place: Place::at(row.get(3)?, row.get(4)?),
            population: row.get(5)?,
        })
    }
}

impl fmt::Display for City {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.name, self.country)
    }
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:.0} km)", self.city, self.km)
    }
}
