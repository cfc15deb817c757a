//! Stores seen from behind: their entries as bytes, to be looked at and damaged.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::redis_server::RedisServer;
use crate::scratch;

/// A store whose entries a test can look at and damage.
///
/// Nothing here fails but tests: every method panics where the store does not do what it is asked to.
pub trait Storage {
    /// What `SELFSAME_URL` must be.
    fn url(&self) -> String;
    /// The bytes of every entry, by name.
    fn entries(&self) -> Vec<(String, Vec<u8>)>;
    /// Puts other bytes in place of an entry's.
    fn replace(&self, name: &str, bytes: &[u8]);
}

/// Redis.
#[derive(Debug)]
pub struct Server(pub RedisServer);

impl Server {
    /// A fresh one.
    #[must_use]
    pub fn start() -> Self {
        Self(RedisServer::start())
    }
}

impl Storage for Server {
    fn url(&self) -> String {
        self.0.url()
    }

    fn entries(&self) -> Vec<(String, Vec<u8>)> {
        let mut connection = self.0.connection();
        let mut entry = |name: &String| {
            let bytes = redis::cmd("GET").arg(name).query(&mut connection);
            bytes.expect("an entry is a text")
        };
        let is_entry = |name: &String| {
            // Leases and indexes have other ends, and all else has other names.
            let arguments = name.rsplit_once("}:").map(|(_, end)| end);
            arguments.is_some_and(|end| end.len() == 32)
        };
        let names: Vec<_> = self.0.keys().into_iter().filter(is_entry).collect();
        let bytes: Vec<_> = names.iter().map(&mut entry).collect();
        names.into_iter().zip(bytes).collect()
    }

    fn replace(&self, name: &str, bytes: &[u8]) {
        let mut set = redis::cmd("SET");
        let set = set.arg(name).arg(bytes).query(&mut self.0.connection());
        let () = set.expect("the server is up");
    }
}

/// A SQLite file, which need not exist yet.
#[derive(Debug)]
pub struct File {
    folder: TempDir,
}

impl File {
    /// A place for one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            folder: scratch::folder(),
        }
    }

    /// Where it is, or will be.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("cache.db")
    }

    /// A connection beside those of the worker.
    ///
    /// # Panics
    ///
    /// If the file can't be opened.
    #[must_use]
    pub fn connection(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.path()).expect("the file is a database");
        connection
            .busy_timeout(Duration::from_secs(5))
            .expect("a timeout can be set");
        connection
    }
}

impl Default for File {
    fn default() -> Self {
        Self::new()
    }
}

impl Storage for File {
    fn url(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }

    fn entries(&self) -> Vec<(String, Vec<u8>)> {
        let connection = self.connection();
        let query = connection.prepare("SELECT key, value FROM entries ORDER BY key");
        let mut query = query.expect("the layout is known");
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: Result<_, _> = rows.expect("the file can be read").collect();
        rows.expect("an entry has a name and bytes")
    }

    fn replace(&self, name: &str, bytes: &[u8]) {
        let update = "UPDATE entries SET value = ?2 WHERE key = ?1";
        let changed = self.connection().execute(update, (name, bytes));
        assert_eq!(changed, Ok(1), "{name}");
    }
}
