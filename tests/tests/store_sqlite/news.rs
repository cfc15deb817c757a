//! What listeners are told, and what they are told when news may be missing.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rusqlite::Connection;
use selfsame::store::conformance::{draft, key};
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{
    Coherence, EntryKey, Fence, Listener, News, Origin, Store, TagKey, TagVersion, Written,
};

use super::{LONG, NOBODY, PATIENCE, claim, place, store, until, write};

/// Passes on what it is told, and remembers until when it knows all.
pub(super) struct Ear {
    teller: Mutex<Sender<Heard>>,
    origin: Instant,
    proved_ms: AtomicU64,
    is_wanted: AtomicBool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Entry(String, Origin),
    Tag(String),
    Anything,
    Lost,
}

impl Ear {
    pub(super) fn new(teller: Sender<Heard>) -> Arc<Self> {
        Arc::new(Self {
            teller: Mutex::new(teller),
            origin: Instant::now(),
            proved_ms: AtomicU64::new(0),
            is_wanted: AtomicBool::new(true),
        })
    }

    /// Waits until it was told that it knows all that has happened before now.
    pub(super) fn await_proof(&self) {
        let now_ms = self.now_ms();
        until("a listener is told that it knows all", || {
            self.proved_ms.load(Ordering::SeqCst) > now_ms
        });
    }

    fn tell(&self, heard: Heard) {
        let teller = self.teller.lock().unwrap_or_else(PoisonError::into_inner);
        // Fails only where nobody asks any more.
        let _ = teller.send(heard);
    }
}

impl Listener for Ear {
    fn hear(&self, news: News<'_>) {
        self.tell(match news {
            News::Entry { name, origin } => Heard::Entry(name.to_owned(), origin),
            News::Tag { name } => Heard::Tag(name.to_owned()),
            News::Anything => Heard::Anything,
        });
    }

    fn now_ms(&self) -> u64 {
        self.origin.elapsed().as_millis() as u64
    }

    fn prove(&self, asked_ms: u64) {
        self.proved_ms.fetch_max(asked_ms, Ordering::SeqCst);
    }

    fn lose(&self) {
        self.tell(Heard::Lost);
    }

    fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::SeqCst)
    }
}

/// A store that somebody listens to, under the namespace `news`.
struct Heeded {
    store: Sqlite,
    ear: Arc<Ear>,
    told: Receiver<Heard>,
}

impl Heeded {
    fn new(path: &Path) -> Self {
        let (teller, told) = mpsc::channel();
        let (store, ear) = (store(path), Ear::new(teller));
        let coherence = store.listen("news", Arc::clone(&ear) as _);
        assert_eq!(coherence, Coherence::Told);
        ear.await_proof();
        Self { store, ear, told }
    }

    fn next(&self) -> Heard {
        let next = self.told.recv_timeout(PATIENCE);
        next.expect("something is told")
    }

    /// Asserts that nothing was told that was not asked for by now.
    fn assert_silent(&self) {
        self.ear.await_proof();
        assert_eq!(self.told.try_iter().collect::<Vec<_>>(), []);
    }
}

fn of_entry(key: &EntryKey) -> Heard {
    Heard::Entry(key.as_str().to_owned(), NOBODY)
}

#[test]
fn a_listener_makes_the_file_and_is_told_in_order() {
    let (_folder, path) = place();
    let heeded = Heeded::new(&path);
    assert!(path.exists());
    let other = store(&path);
    let keys: Vec<_> = (0..500).map(|number| key("order", number)).collect();
    for key in &keys {
        other.remove_blocking(key, NOBODY).unwrap();
    }
    for key in &keys {
        assert_eq!(heeded.next(), of_entry(key));
    }
    heeded.assert_silent();
}

#[test]
fn who_listens_elsewhere_is_not_told() {
    let (_folder, path) = place();
    let heeded = Heeded::new(&path);
    let (elsewhere, unsaid) = (store(&path), store(&path));
    let (teller, _told) = mpsc::channel();
    elsewhere.listen("elsewhere", Ear::new(teller));

    elsewhere.remove_blocking(&key("a", 1), NOBODY).unwrap();
    let (tag, version) = (
        TagKey::label("elsewhere", "tag"),
        TagVersion::from_bytes([1; 8]),
    );
    elsewhere.invalidate_blocking(&tag, version, None).unwrap();
    heeded.assert_silent();
    // Who has not said for whom tells everybody.
    unsaid.remove_blocking(&key("a", 2), NOBODY).unwrap();
    assert_eq!(heeded.next(), of_entry(&key("a", 2)));
}

#[test]
fn what_is_no_news_is_not_told() {
    let (_folder, path) = place();
    write(&store(&path), &key("before", 1)).unwrap();
    let heeded = Heeded::new(&path);
    let other = store(&path);
    let (key, claim) = (key("computed", 1), claim(1, LONG));
    other.claim_blocking(&key, &claim).unwrap();
    let fence = Fence::Leased(claim.token);
    let written = other.write_blocking(&key, draft(b"", None), fence);
    assert_eq!(written, Ok(Written::Stored));
    heeded.assert_silent();
}

#[test]
fn a_writer_who_keeps_the_file_locked_holds_up_no_news() {
    let (_folder, path) = place();
    let heeded = Heeded::new(&path);
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    heeded.assert_silent();
    writer.execute_batch("ROLLBACK; BEGIN EXCLUSIVE").unwrap();
    heeded.assert_silent();
}

#[test]
fn who_has_missed_news_is_told_that_it_may_be_anything() {
    let (_folder, path) = place();
    let heeded = Heeded::new(&path);
    write(&heeded.store, &key("known", 1)).unwrap();
    assert_eq!(heeded.next(), of_entry(&key("known", 1)));
    let raw = Connection::open(&path).unwrap();
    let put = "INSERT INTO notices (control, kind, name, origin, at) VALUES ('', 1, 'x', 0, 0);";
    // Swept before it was read, and nothing or more after it.
    for more in ["", put] {
        let swept = format!(
            "BEGIN; {put} DELETE FROM notices WHERE seq = (SELECT max(seq) FROM notices); {more} COMMIT"
        );
        raw.execute_batch(&swept).unwrap();
        assert_eq!(heeded.next(), Heard::Anything);
        heeded.assert_silent();
    }
    write(&store(&path), &key("known", 2)).unwrap();
    assert_eq!(heeded.next(), of_entry(&key("known", 2)));
}

#[cfg(unix)]
#[test]
fn who_listens_to_a_file_that_is_gone_listens_to_the_next() {
    let (_folder, path) = place();
    let heeded = Heeded::new(&path);
    write(&heeded.store, &key("gone", 1)).unwrap();
    assert_eq!(heeded.next(), of_entry(&key("gone", 1)));
    super::files::delete(&path);
    assert_eq!(heeded.next(), Heard::Anything);

    let other = store(&path);
    other.remove_blocking(&key("gone", 2), NOBODY).unwrap();
    assert_eq!(heeded.next(), of_entry(&key("gone", 2)));
    heeded.assert_silent();
}

#[cfg(unix)]
#[test]
fn a_lost_file_is_said_to_be_lost_until_it_is_back() {
    let (folder, path) = place();
    let heeded = Heeded::new(&path);
    let aside = folder.path().with_extension("aside");
    std::fs::rename(folder.path(), &aside).unwrap();
    assert_eq!(heeded.next(), Heard::Lost);
    let proved_ms = heeded.ear.proved_ms.load(Ordering::SeqCst);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(
        heeded.ear.proved_ms.load(Ordering::SeqCst),
        proved_ms,
        "nothing is proved by a file that is not there"
    );

    std::fs::rename(&aside, folder.path()).unwrap();
    assert_eq!(heeded.next(), Heard::Anything);
    heeded.assert_silent();
}

#[test]
fn leases_are_watched_where_somebody_looks_for_news() {
    let (_folder, path) = place();
    assert!(store(&path).watch(&key("watched", 1)).is_none());
    assert!(Heeded::new(&path).store.watch(&key("watched", 1)).is_some());
}

#[test]
fn nobody_looks_for_a_listener_who_is_gone() {
    let (_folder, path) = place();
    let heeded = Heeded::new(&path);
    heeded.ear.is_wanted.store(false, Ordering::SeqCst);
    until("the thread ends", || Arc::strong_count(&heeded.ear) == 1);

    let Heeded { store, ear, .. } = Heeded::new(&path);
    drop(store);
    until("the thread ends", || Arc::strong_count(&ear) == 1);
}
