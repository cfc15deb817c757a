//! News: every listener is told of what is invalidated, and it is only said that all was told when it was.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::LONG;
use super::draft;
use super::face::Face;
use super::patience::until;
use super::trial::Trial;
use crate::key::EntryKey;
use crate::store::{Coherence, Fence, Listener, News, Origin, Store, TagKey, Written};

/// Checks two handles that nothing was asked of yet, if they say that they tell.
pub(super) async fn check(here: &dyn Store, there: &dyn Store, namespace: &str) {
    let [at_here, at_there] = [Ear::new(), Ear::new()];
    let told = here.listen(namespace, Arc::clone(&at_here) as _);
    let told_there = there.listen(namespace, Arc::clone(&at_there) as _);
    assert_eq!(told, told_there, "handles on one store tell alike");
    if told == Coherence::Untold {
        return;
    }
    for blocks in [false, true] {
        let trial = Trial::new(here, there, namespace, blocks);
        for (teller, ear) in [(trial.here, &at_there), (trial.there, &at_here)] {
            of_entries(&trial, teller, ear).await;
            of_tags(&trial, teller, [&at_here, &at_there]).await;
        }
    }
    for ear in [at_here, at_there] {
        ear.is_wanted.store(false, Ordering::SeqCst);
    }
}

/// An origin is only told of what others do.
async fn of_entries(trial: &Trial<'_>, teller: Face<'_>, ear: &Ear) {
    for (number, act) in [Act::Remove, Act::Replace, Act::Store]
        .into_iter()
        .enumerate()
    {
        let (key, origin) = (trial.key(), Origin(0xF00D_FACE_0000_0000 + number as u64));
        ear.is_up_to_date().await;
        ear.forget();
        act_on(trial, teller, &key, (act, origin)).await;
        ear.is_up_to_date().await;
        assert!(
            ear.has_heard_of_entry(&key, origin),
            "it was not told of an entry ({act:?}) before it was told that it knows all"
        );
    }
}

async fn act_on(trial: &Trial<'_>, actor: Face<'_>, key: &EntryKey, (act, origin): (Act, Origin)) {
    let fence = match act {
        Act::Remove => return actor.remove(key, origin).await,
        Act::Replace => Fence::Replaces(origin),
        Act::Store => Fence::LeasedNews(actor.take(key, &trial.claim()).await, origin),
    };
    let written = actor.write(key, &draft(b"news", Some(LONG)), fence).await;
    assert_eq!(written, Written::Stored, "nothing stands in the way");
}

async fn of_tags(trial: &Trial<'_>, teller: Face<'_>, ears: [&Ear; 2]) {
    let tag = trial.tag("ä news\r\n");
    for life in [Some(LONG), None] {
        for ear in ears {
            ear.is_up_to_date().await;
            ear.forget();
        }
        teller.invalidate(&tag, trial.version(), life).await;
        for ear in ears {
            ear.is_up_to_date().await;
            assert!(
                ear.has_heard_of_tag(&tag),
                "it was not told of a tag before it was told that it knows all"
            );
        }
    }
}

/// What makes an entry news.
#[derive(Clone, Copy, Debug)]
enum Act {
    Remove,
    Replace,
    Store,
}

/// Remembers what it was told.
struct Ear {
    origin: Instant,
    heard: Mutex<Vec<Heard>>,
    /// The latest time before which it knows all; 0 for none.
    proved_ms: AtomicU64,
    is_wanted: AtomicBool,
}

#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Entry(String, Origin),
    Tag(String),
    Anything,
}

impl Ear {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            origin: Instant::now(),
            heard: Mutex::default(),
            proved_ms: AtomicU64::new(0),
            is_wanted: AtomicBool::new(true),
        })
    }

    /// Waits until it was told that it knows all that has happened before now.
    async fn is_up_to_date(&self) {
        let now_ms = self.now_ms();
        until("a listener is told that it knows all", async || {
            // Later than now, since a time is a whole millisecond.
            self.proved_ms.load(Ordering::SeqCst) > now_ms
        })
        .await;
    }

    fn has_heard_of_entry(&self, key: &EntryKey, origin: Origin) -> bool {
        self.has_heard(&Heard::Entry(key.as_str().to_owned(), origin))
    }

    fn has_heard_of_tag(&self, tag: &TagKey) -> bool {
        self.has_heard(&Heard::Tag(tag.as_str().to_owned()))
    }

    /// Or that it may have been anything: then it makes no difference.
    fn has_heard(&self, news: &Heard) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard
            .iter()
            .any(|heard| heard == news || *heard == Heard::Anything)
    }

    fn forget(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clear();
    }
}

impl Listener for Ear {
    fn hear(&self, news: News<'_>) {
        let news = match news {
            News::Entry { name, origin } => Heard::Entry(name.to_owned(), origin),
            News::Tag { name } => Heard::Tag(name.to_owned()),
            News::Anything => Heard::Anything,
        };
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(news);
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn prove(&self, asked_ms: u64) {
        self.proved_ms.fetch_max(asked_ms, Ordering::SeqCst);
    }

    fn lose(&self) {
        self.hear(News::Anything);
    }

    fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::SeqCst)
    }
}
