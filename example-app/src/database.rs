//! The app's own database: the two data files, loaded into SQLite once.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use rusqlite::{Connection, params_from_iter};

use crate::csv;

const CITIES: &str = include_str!("../data/cities.csv");
const COUNTRIES: &str = include_str!("../data/countries.csv");

/// The columns of the files, in their order. SQLite turns the fields into the types of the columns.
const SCHEMA: &str = "
    DROP TABLE IF EXISTS city;
    CREATE TABLE city (
        id INTEGER PRIMARY KEY, name TEXT, country TEXT, region TEXT, latitude REAL, longitude REAL,
        population INTEGER, time_zone TEXT
    );
    CREATE INDEX city_by_country ON city (country);
    DROP TABLE IF EXISTS country;
    CREATE TABLE country (
        code TEXT PRIMARY KEY, name TEXT, continent TEXT, capital TEXT, area_km2 REAL, population REAL
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

/// Tells one state of data and schema from another (FNV-1a over all), never 0: that is the mark of
/// an empty file.
fn data_mark() -> u32 {
    let bytes = [CITIES, COUNTRIES, SCHEMA].into_iter().flat_map(str::bytes);
    let digest = bytes.fold(0x811c_9dc5_u32, |digest, byte| {
        (digest ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // 31 bits: SQLite keeps the mark as a signed number.
    digest >> 1 | 1
}

/// Replaces whatever the file holds with the data files, in one transaction.
fn load(connection: &mut Connection, mark: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    insert(
        &transaction,
        "INSERT INTO city VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        CITIES,
    )?;
    insert(
        &transaction,
        "INSERT INTO country VALUES (?, ?, ?, ?, ?, ?)",
        COUNTRIES,
    )?;
    transaction.pragma_update(None, "user_version", mark)?;
    transaction.commit()
}

fn insert(connection: &Connection, statement: &str, csv: &str) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(statement)?;
    for row in csv::rows(csv) {
        insert.execute(params_from_iter(row))?;
    }
    Ok(())
}
