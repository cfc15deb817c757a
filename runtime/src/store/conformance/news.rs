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

pub(super) async fn check(trial: &Trial<'_>, ears: &Ears) {
    if ears.coherence == Coherence::Untold {
        return;
    }
    ears.are_up_to_date().await;
    ears.here.forget();
    ears.there.forget();
    let by_here = invalidate(trial, trial.here).await;
    let by_there = invalidate(trial, trial.there).await;
    ears.are_up_to_date().await;
    ears.there.assert_told_of_entries(&by_here);
    ears.here.assert_told_of_entries(&by_there);
    for ear in [&ears.here, &ears.there] {
        ear.assert_told_of_tags(&by_here);
        ear.assert_told_of_tags(&by_there);
    }
}

/// What one handle has invalidated. An origin need not be told of its own entries.
struct Done {
    entries: Vec<(Act, EntryKey, Origin)>,
    tags: Vec<TagKey>,
}

/// What makes an entry news.
#[derive(Clone, Copy, Debug)]
enum Act {
    Remove,
    Replace,
    Store,
}

/// Invalidates in every way there is.
async fn invalidate(trial: &Trial<'_>, teller: Face<'_>) -> Done {
    let mut done = Done {
        entries: Vec::new(),
        tags: Vec::new(),
    };
    for act in [Act::Remove, Act::Replace, Act::Store] {
        let key = trial.key();
        let origin = Origin(0xF00D_FACE_0000_0000 + done.entries.len() as u64);
        act_on(trial, teller, &key, (act, origin)).await;
        done.entries.push((act, key, origin));
    }
    for life in [Some(LONG), None] {
        let tag = trial.tag("ä news\r\n");
        teller.invalidate(&tag, trial.version(), life).await;
        done.tags.push(tag);
    }
    done
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

/// Who listens to the two handles. They stop when this is dropped.
pub(super) struct Ears {
    here: Arc<Ear>,
    there: Arc<Ear>,
    coherence: Coherence,
}

impl Ears {
    pub(super) fn at(here: &dyn Store, there: &dyn Store, namespace: &str) -> Self {
        let [at_here, at_there] = [Ear::new(), Ear::new()];
        let coherence = here.listen(namespace, Arc::clone(&at_here) as _);
        assert_eq!(
            coherence,
            there.listen(namespace, Arc::clone(&at_there) as _),
            "handles on one store tell alike"
        );
        Self {
            here: at_here,
            there: at_there,
            coherence,
        }
    }

    /// Waits until both were told that they know all that has happened before now.
    async fn are_up_to_date(&self) {
        if self.coherence == Coherence::Always {
            // They know already, and nobody says so.
            return;
        }
        self.here.is_up_to_date().await;
        self.there.is_up_to_date().await;
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        for ear in [&self.here, &self.there] {
            ear.is_wanted.store(false, Ordering::SeqCst);
        }
    }
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

    fn assert_told_of_entries(&self, done: &Done) {
        for (act, key, origin) in &done.entries {
            assert!(
                self.has_heard(&Heard::Entry(key.as_str().to_owned(), *origin)),
                "it was not told of an entry ({act:?}) when it was to know all"
            );
        }
    }

    fn assert_told_of_tags(&self, done: &Done) {
        for tag in &done.tags {
            assert!(
                self.has_heard(&Heard::Tag(tag.as_str().to_owned())),
                "it was not told of a tag when it was to know all"
            );
        }
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
