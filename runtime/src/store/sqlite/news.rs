//! How a process learns what others have invalidated, and which leases have ended: it looks.
//!
//! A file calls nobody. A thread asks it, a hundred times a second, whether anything has changed, which is a look into
//! shared memory; only then is anything read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::database::Database;
use super::identity::Identity;
use super::session::Session;
use super::tables::{leases, notices};
use super::watches::Watches;
use crate::store::{Listener, News, StoreError};

/// How often it looks: how late news may be, beyond what the thread waits for a processor.
const ROUND: Duration = Duration::from_millis(10);
/// How long a file that gave no answer is left alone.
const PAUSE: Duration = Duration::from_millis(100);

/// Starts the thread that tells `listener` until it is no longer wanted.
///
/// Where no thread can be started nothing is ever proved, which is what a listener goes by.
pub(super) fn start(database: &Arc<Database>, control: &str, listener: Arc<dyn Listener>) {
    let reporter = Reporter {
        path: database.path().to_owned(),
        patience: database.deadline(),
        database: Arc::downgrade(database),
        control: control.into(),
        listener,
        link: None,
        had_link: false,
    };
    let news = thread::Builder::new().name("selfsame-news".to_owned());
    let _ = news.spawn(move || reporter.run());
}

/// Reads the file and tells a listener.
struct Reporter {
    path: PathBuf,
    /// How long it waits for others who lay the file out or repair it.
    patience: Duration,
    /// What else uses the file in this process. It ends with that.
    database: Weak<Database>,
    control: Box<str>,
    listener: Arc<dyn Listener>,
    link: Option<Link>,
    had_link: bool,
}

impl Reporter {
    fn run(mut self) {
        while self.listener.is_wanted() && self.database.strong_count() > 0 {
            let pause = match self.round() {
                Ok(()) => ROUND,
                Err(_) => {
                    self.lose();
                    PAUSE
                }
            };
            thread::sleep(pause);
        }
    }

    /// Tells all that was invalidated before this round began, and wakes those whose wait is over.
    fn round(&mut self) -> Result<(), StoreError> {
        let asked_ms = self.listener.now_ms();
        let has_changed = self.tell()?;
        self.listener.prove(asked_ms);
        self.wake(has_changed)
    }

    /// Tells what is new; whether anything has changed.
    fn tell(&mut self) -> Result<bool, StoreError> {
        // In each round: what was invalidated in a new file is not in the old one.
        let identity = Identity::of(&self.path);
        match &mut self.link {
            Some(link) if link.session.identity() == identity => {
                link.tell(&self.control, &*self.listener)
            }
            _ => self.connect().map(|()| true),
        }
    }

    fn wake(&self, has_changed: bool) -> Result<(), StoreError> {
        let (Some(link), Some(database)) = (&self.link, self.database.upgrade()) else {
            return Ok(());
        };
        link.wake(database.watches(), database.now_ms(), has_changed)
    }

    fn lose(&mut self) {
        if self.link.take().is_some() {
            self.listener.lose();
        }
        if let Some(database) = self.database.upgrade() {
            database.watches().wake_all();
        }
    }

    /// Opens the file that is there now.
    fn connect(&mut self) -> Result<(), StoreError> {
        if self.link.is_some()
            && let Some(database) = self.database.upgrade()
        {
            database.look_again();
        }
        let link = Link::open(&self.path, Instant::now() + self.patience)?;
        // What was said before the first is of no interest; later it may have been missed.
        if std::mem::replace(&mut self.had_link, true) {
            self.listener.hear(News::Anything);
        }
        self.link = Some(link);
        Ok(())
    }
}

/// A connection to one file, and how much of it was told.
struct Link {
    session: Session,
    /// What [`data_version`] was before the notices were read.
    version: i64,
    /// The number of the last notice that was told.
    told: i64,
}

impl Link {
    fn open(path: &Path, ends: Instant) -> Result<Self, StoreError> {
        let session = Session::open(path, ends)?;
        // In this order, here and below: what changes in between is found in the next round.
        let version = session.ask(data_version)?;
        let told = session.ask(notices::last)?;
        Ok(Self {
            session,
            version,
            told,
        })
    }

    /// Tells what is new; whether anything has changed.
    fn tell(&mut self, control: &str, listener: &dyn Listener) -> Result<bool, StoreError> {
        let version = self.session.ask(data_version)?;
        if version == self.version {
            return Ok(false);
        }
        let (last, notices) = self.session.ask_at_once(|connection| {
            let last = notices::last(connection)?;
            let notices = notices::since(connection, self.told, last - self.told)?;
            Ok((last, notices))
        })?;
        match notices {
            Some(notices) => notices
                .iter()
                .filter(|notice| notice.is_for(control))
                .for_each(|notice| listener.hear(notice.news())),
            None => listener.hear(News::Anything),
        }
        (self.version, self.told) = (version, last);
        Ok(true)
    }

    /// Wakes those who watch a lease that nobody has.
    fn wake(&self, watches: &Watches, now_ms: u64, has_changed: bool) -> Result<(), StoreError> {
        for (key, woken) in watches.due(has_changed) {
            let is_held = |connection: &_| leases::is_held(connection, &key, now_ms);
            if !self.session.ask(is_held)? {
                woken.notify(usize::MAX);
            }
        }
        Ok(())
    }
}

/// A number that changes whenever another connection has changed the file.
fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))
}
