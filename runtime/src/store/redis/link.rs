//! The connection of one tokio runtime: made in the background, lost without harm, made again.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use event_listener::Event;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::dial::{self, Dialled};
use super::endpoint::Endpoint;
use super::line::Line;
use crate::store::backoff::Backoff;
use crate::store::{StoreError, StoreErrorKind};

/// The connection of one runtime, wherever it is in its life.
#[derive(Debug)]
pub(super) struct Link {
    endpoint: Arc<Endpoint>,
    /// The connection while there is one; apart from `life`, since every call reads it and few write.
    line: RwLock<Option<Line>>,
    life: Mutex<Life>,
    /// An attempt to connect has ended, either way.
    settled: Event,
}

#[derive(Debug, Default)]
struct Life {
    backoff: Backoff,
    /// Why the last attempt to connect has failed; `None` if it has not.
    refusal: Option<StoreError>,
    /// The task that connects and then holds the connection; `None` while there is neither.
    holder: Option<AbortHandle>,
    /// The task that speaks over the connection; `None` while there is none.
    driver: Option<AbortHandle>,
    /// The runtime has no timers or no I/O: nothing can be done on it, now or later.
    is_unusable: bool,
}

impl Link {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self {
            endpoint,
            line: RwLock::new(None),
            life: Mutex::new(Life::default()),
            settled: Event::new(),
        }
    }

    /// The connection, if there is one now.
    pub(super) fn line(&self) -> Option<Line> {
        self.line
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Runs `work`, which may have to connect first, as long as a caller may wait.
    pub(super) async fn bounded<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match within(self.endpoint.deadline, work) {
            Ok(work) => work.await,
            Err(error) => {
                self.life().is_unusable = true;
                Err(error)
            }
        }
    }

    /// The connection, made now if need be. Waits as long as connecting takes: the caller bounds it.
    pub(super) async fn connected(self: &Arc<Self>, runtime: &Handle) -> Result<Line, StoreError> {
        loop {
            // Before looking: whatever settles after this wakes us.
            let settled = self.settled.listen();
            if let Some(line) = self.line() {
                return Ok(line);
            }
            self.want(runtime)?;
            settled.await;
        }
    }

    /// Whether nothing would be lost if this were forgotten.
    pub(super) fn is_idle(&self) -> bool {
        let life = self.life();
        life.holder.is_none() && !life.backoff.is_waiting(Instant::now())
    }

    /// Ends the connection, or the attempt to make one.
    pub(super) fn hang_up(&self) {
        if let Some(holder) = &self.life().holder {
            holder.abort();
        }
    }

    /// Lets the next caller connect, however often that has failed before.
    pub(super) fn encourage(&self) {
        self.life().backoff.succeed();
    }

    /// Whether the runtime turned out to have no timers or no I/O.
    pub(super) fn is_unusable(&self) -> bool {
        self.life().is_unusable
    }

    /// Starts connecting, unless somebody does already or it is too early to try again.
    fn want(self: &Arc<Self>, runtime: &Handle) -> Result<(), StoreError> {
        let mut life = self.life();
        if life.is_unusable {
            return Err(unusable());
        }
        if life.holder.is_none() {
            if life.backoff.is_waiting(Instant::now()) {
                let unknown = || StoreErrorKind::Unavailable.into();
                return Err(life.refusal.clone().unwrap_or_else(unknown));
            }
            let link = Arc::clone(self);
            life.holder = Some(runtime.spawn(link.hold()).abort_handle());
        }
        Ok(())
    }

    /// Connects, then holds the connection until it is lost. Runs as a task of the runtime, and ends with it.
    fn hold(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        // Made here and not in the task: a task that is dropped before its first poll must clean up as well.
        let mut ending = Ending {
            link: Arc::clone(&self),
            outcome: Outcome::Cut,
        };
        async move {
            // The whole of it: the block would take in no more than the field that is set below.
            let ending = &mut ending;
            match dial::dial(&self.endpoint).await {
                Err(error) => ending.outcome = Outcome::Refused(error),
                Ok(dialled) => {
                    let mut driver = self.establish(dialled);
                    driver.finished().await;
                    ending.outcome = Outcome::Lost;
                }
            }
        }
    }

    fn establish(&self, dialled: Dialled) -> dial::Driver {
        let mut life = self.life();
        life.backoff.succeed();
        life.refusal = None;
        life.driver = Some(dialled.driver.abort_handle());
        drop(life);
        self.set_line(Some(dialled.line));
        self.settled.notify(usize::MAX);
        dialled.driver
    }

    /// Ends a connection that does not answer, unless it has been replaced already.
    pub(super) fn discard(&self, silent: &Line) {
        if self.line().is_some_and(|line| line.is(silent)) {
            // At once: the task may take a while to end, and callers should not speak over this line till then.
            self.set_line(None);
            if let Some(driver) = &self.life().driver {
                driver.abort();
            }
        }
    }

    fn set_line(&self, line: Option<Line>) {
        *self.line.write().unwrap_or_else(PoisonError::into_inner) = line;
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a task that held a connection ended.
#[derive(Debug, Clone)]
enum Outcome {
    /// Connecting failed.
    Refused(StoreError),
    /// The connection ended: the server closed it, or it broke.
    Lost,
    /// The task was dropped: its runtime ended, nobody needs the link any more, or it panicked.
    Cut,
}

/// Puts the link in order whichever way its task ends.
struct Ending {
    link: Arc<Link>,
    outcome: Outcome,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.link.set_line(None);
        let mut life = self.link.life();
        life.holder = None;
        life.driver = None;
        match &self.outcome {
            Outcome::Refused(error) => {
                life.backoff.fail(Instant::now());
                life.refusal = Some(error.clone());
            }
            // tokio panics where a runtime was built without timers or I/O; there is no way to ask beforehand.
            Outcome::Cut if std::thread::panicking() => life.is_unusable = true,
            Outcome::Lost | Outcome::Cut => {}
        }
        drop(life);
        self.link.settled.notify(usize::MAX);
    }
}

/// `work` that takes no longer than `deadline`; an error on a runtime that has no timers.
pub(super) fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<impl Future<Output = Result<T, StoreError>>, StoreError> {
    // tokio panics where a runtime was built without timers; there is no way to ask beforehand.
    let timed = catch_unwind(AssertUnwindSafe(|| tokio::time::timeout(deadline, work)));
    let timed = timed.map_err(|_| unusable())?;
    Ok(async {
        let outcome = timed.await;
        outcome.unwrap_or_else(|_| Err(StoreErrorKind::Timeout.into()))
    })
}

fn unusable() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable)
        .with_detail("the tokio runtime has no timers or no I/O: build it with `enable_all()`")
}
