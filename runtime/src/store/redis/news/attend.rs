//! The thread that keeps the connections for news, and proves that they are alive.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::Instant;

use super::board::{Attendance, Board};
use super::wires::{Turn, Wires};
use crate::store::redis::topology::Topology;
use crate::store::{StoreError, StoreErrorKind};

/// How often the server is asked for a sign of life. Twice as often as listeners are promised, so that a busy machine does
/// not break the promise.
const BEAT: Duration = Duration::from_millis(500);
/// The wait after a first failure to connect: a lost connection is mostly back at once.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest wait: copies in memory are of no use until the connection is back.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Serves those who listen and watch, until none is left. The body of the thread.
pub(super) fn attend(topology: &Arc<Topology>, board: &Arc<Board>, attendance: Attendance) {
    // Without a runtime, for want of files or memory, nobody is told: the next one who wants to be tries again.
    if let Ok(runtime) = Builder::new_current_thread().enable_all().build() {
        runtime.block_on(keep_linked(topology, board, attendance));
    }
}

async fn keep_linked(topology: &Arc<Topology>, board: &Arc<Board>, mut attendance: Attendance) {
    let mut pause = FIRST_PAUSE;
    while !attendance.ends() {
        if let Ok(wires) = Wires::dial(topology, board).await {
            let mut link = Link::new(wires, board);
            if link.hold(&mut attendance).await.is_ok() {
                return;
            }
            if link.has_answered {
                pause = FIRST_PAUSE;
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The connections and what they have come to; dropped, they are lost to those who listen.
struct Link<'a> {
    wires: Wires,
    board: &'a Board,
    /// The servers tell all that listeners want to hear.
    is_armed: bool,
    has_answered: bool,
    /// Nobody needs it any more. Another thread may serve those who have come since.
    has_ended: bool,
}

impl<'a> Link<'a> {
    fn new(wires: Wires, board: &'a Board) -> Self {
        board.link();
        Self {
            wires,
            board,
            is_armed: false,
            has_answered: false,
            has_ended: false,
        }
    }

    /// Follows what is watched, and proves at each beat that nothing was missed. Ends with an error when the connection
    /// does, and without one when nobody needs it.
    async fn hold(&mut self, attendance: &mut Attendance) -> Result<(), StoreError> {
        let mut due = Instant::now();
        loop {
            // Before looking: whatever changes after this wakes us.
            let changed = self.board.changed();
            self.has_ended = attendance.ends();
            if self.has_ended {
                return Ok(());
            }
            if due <= Instant::now() {
                due = Instant::now() + BEAT;
                self.beat().await?;
            }
            self.wires.follow().await?;
            if self.wires.wait(changed, due).await == Turn::Lost {
                return Err(StoreErrorKind::Unavailable.into());
            }
        }
    }

    async fn beat(&mut self) -> Result<(), StoreError> {
        self.is_armed = self.wires.arm().await?;
        let listeners = self.board.listeners();
        // Taken before the server is asked: what happened till then is what the reply proves to be heard.
        let asked: Vec<_> = listeners.iter().map(|listener| listener.now_ms()).collect();
        self.wires.ping().await?;
        self.has_answered = true;
        if self.is_armed {
            for (listener, asked_ms) in listeners.iter().zip(asked) {
                listener.prove(asked_ms);
            }
        }
        Ok(())
    }
}

impl Drop for Link<'_> {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        self.board.unlink();
        if self.is_armed {
            for listener in self.board.listeners() {
                listener.lose();
            }
        }
    }
}
