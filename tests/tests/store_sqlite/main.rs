//! The SQLite store on real files: shared, locked, foreign, damaged, deleted.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use selfsame::SystemClock;
use selfsame::store::conformance::{self, draft};
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{
    Claim, EntryKey, Fence, Found, Origin, Sharing, Store, StoreError, StoreErrorKind, StoreFuture,
    Token, Written,
};
use tempfile::TempDir;

mod files;
mod locks;
mod news;
mod processes;
mod space;
mod times;

#[test]
fn a_file_conforms_and_needs_no_runtime() {
    let (_folder, path) = place();
    wait_for(conformance::check(|| Arc::new(store(&path)), "file"));
}

/// How long something that must happen may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longer than the default: what is asserted is what happened, on a machine that may be busy.
const DEADLINE: Duration = Duration::from_secs(2);

/// Outlives the test.
const LONG: Duration = Duration::from_secs(3_600);

/// No listener is left out.
const NOBODY: Origin = Origin(0);

/// Whatever lease there is.
const ANYWAY: Fence = Fence::Replaces(NOBODY);

/// A folder of the test's own, and the path of a file in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let path = folder.path().join("entries.db");
    (folder, path)
}

fn store(path: &Path) -> Sqlite {
    Sqlite::with_deadline(path, Arc::new(SystemClock::new()), DEADLINE)
}

/// Writes an empty entry that never ends.
fn write(store: &Sqlite, key: &EntryKey) -> Result<Written, StoreError> {
    store.write_blocking(key, draft(b"", None), ANYWAY)
}

/// [`write`] by the other face.
fn write_later<'a>(store: &'a Sqlite, key: &'a EntryKey) -> StoreFuture<'a, Written> {
    store.write(key, draft(b"", None), ANYWAY)
}

fn read(store: &Sqlite, key: &EntryKey) -> Result<Option<Found>, StoreError> {
    Ok(store.read_blocking(key, &[])?.entry)
}

/// [`read`] by the other face.
fn read_later(store: &Sqlite, key: &EntryKey) -> Result<Option<Found>, StoreError> {
    Ok(wait_for(store.read(key, &[]))?.entry)
}

/// A claim by a token of this number.
fn claim(token: u64, life: Duration) -> Claim {
    let mut bytes = [0; Token::BYTES];
    bytes[..8].copy_from_slice(&token.to_le_bytes());
    Claim {
        token: Token::from_bytes(bytes),
        life,
        sharing: Sharing::Exclusive,
        seen: None,
        tags: Vec::new(),
        tag_life: None,
    }
}

fn kind<T>(result: &Result<T, StoreError>) -> Option<StoreErrorKind> {
    result.as_ref().err().map(StoreError::kind)
}

/// Runs a future on this thread, without any runtime: the store needs none.
fn wait_for<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Looks again and again until `happened`.
fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let patience_ends = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < patience_ends, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Asks again and again until the file is not locked by others, which on a loaded machine may be for longer than a
/// caller waits.
fn insist<T>(mut ask: impl FnMut() -> Result<T, StoreError>) -> T {
    let patience_ends = Instant::now() + PATIENCE;
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(error) => assert!(error.is_unreachable(), "{error}"),
        }
        assert!(Instant::now() < patience_ends, "locked out for good");
    }
}

/// Does something that must end by the deadline, but for what a loaded machine may add.
fn bounded<T>(work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = work();
    let took = begin.elapsed();
    assert!(
        took < 2 * DEADLINE + Duration::from_secs(1),
        "it took {took:?}"
    );
    done
}

/// Reads until both faces get an answer.
fn wait_until_answered(store: &Sqlite) {
    let key = conformance::key("answered", 1);
    until("the store recovers", || {
        read(store, &key).is_ok() && read_later(store, &key).is_ok()
    });
}
