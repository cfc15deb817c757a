//! The app's own database: the two data files, loaded into SQLite once.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use rusqlite::{Connection, params};

use crate::csv;

const CITIES: &str = include_str!("../data/cities.csv");
const COUNTRIES: &str = include_str!("../data/countries.csv");

const SCHEMA: &str = "
    CREATE TABLE city (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL,
        latitude REAL NOT NULL, longitude REAL NOT NULL, population INTEGER NOT NULL
    );
    CREATE INDEX city_country ON city (country);
    CREATE TABLE country (
        code TEXT PRIMARY KEY, name TEXT NOT NULL, area_km2 REAL NOT NULL, population INTEGER NOT NULL
    );
";

/// A handle on the app's database; clones share one connection.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens the file, and fills it first where it is missing or holds other data.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut connection =
            Connection::open(path).with_context(|| format!("opening {}", path.display()))?;
        let wanted = data_mark();
        let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found != wanted {
            load(&mut connection, wanted).context("loading the data files")?;
        }
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Runs a query on the caller's thread.
    pub(crate) fn query<T>(&self, query: impl FnOnce(&Connection) -> T) -> T {
        // A query that panicked has left nothing half done that matters to the next one.
        query(
            &self
                .connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Runs a query on a thread that may block, so that async callers need not.
    pub(crate) async fn query_async<T, Q>(&self, query: Q) -> T
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> T + Send + 'static,
    {
        let database = self.clone();
        tokio::task::spawn_blocking(move || database.query(query))
            .await
            .unwrap_or_else(|failure| std::panic::resume_unwind(failure.into_panic()))
    }
}

/// Tells one state of the data files from another (FNV-1a over both), never 0: that is an empty file's mark.
fn data_mark() -> u32 {
    CITIES
        .bytes()
        .chain(COUNTRIES.bytes())
        .fold(0x811c_9dc5_u32, |mark, byte| {
            (mark ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
        >> 1
        | 1
}

/// Replaces whatever the file holds with the data files, in one transaction.
fn load(connection: &mut Connection, mark: u32) -> anyhow::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch("DROP TABLE IF EXISTS city; DROP TABLE IF EXISTS country;")?;
    transaction.execute_batch(SCHEMA)?;
    load_cities(&transaction)?;
    load_countries(&transaction)?;
    transaction.pragma_update(None, "user_version", mark)?;
    transaction.commit()?;
    Ok(())
}

fn load_cities(connection: &Connection) -> anyhow::Result<()> {
    let mut insert = connection.prepare("INSERT INTO city VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for row in csv::rows(CITIES) {
        let [
            id,
            name,
            country,
            _region,
            latitude,
            longitude,
            population,
            _zone,
        ] = &row[..]
        else {
            anyhow::bail!("a city has {} fields: {row:?}", row.len());
        };
        let (latitude, longitude): (f64, f64) = (latitude.parse()?, longitude.parse()?);
        let (id, population): (i64, i64) = (id.parse()?, population.parse()?);
        insert.execute(params![id, name, country, latitude, longitude, population])?;
    }
    Ok(())
}

fn load_countries(connection: &Connection) -> anyhow::Result<()> {
    let mut insert = connection.prepare("INSERT INTO country VALUES (?1, ?2, ?3, ?4)")?;
    for row in csv::rows(COUNTRIES) {
        let [code, name, _continent, _capital, area, population] = &row[..] else {
            anyhow::bail!("a country has {} fields: {row:?}", row.len());
        };
        let (area, population): (f64, i64) = (area.parse()?, population.parse()?);
        insert.execute(params![code, name, area, population])?;
    }
    Ok(())
}
