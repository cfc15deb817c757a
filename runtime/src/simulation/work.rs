//! The user's function: reads the database when it begins, and takes its time.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use super::domain::{Answer, Oops, Target};
use super::hub::Hub;

/// The computations under way.
pub(super) type Works = BTreeMap<u64, Work>;

#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) end: Option<End>,
    pub(super) waker: Option<Waker>,
}

/// How a computation ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Returns,
    Fails,
    Panics,
}

/// Takes the computation off the list, however it ends.
struct Running {
    hub: Hub,
    id: u64,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.hub.state().works.remove(&self.id);
    }
}

pub(super) async fn compute(hub: Hub, target: Target) -> Answer {
    let (running, value) = {
        let mut state = hub.state();
        let call = state.current.unwrap_or(0);
        let value = state.judge.compute(call, target);
        state.note(None, Some(call), Some(target), "computes", value);
        let id = state.number();
        state.works.insert(id, Work::default());
        drop(state);
        (Running { hub, id }, value)
    };
    let end = poll_fn(|context| {
        let mut state = running.hub.state();
        match state.works.get_mut(&running.id) {
            Some(Work { end: Some(end), .. }) => Poll::Ready(*end),
            Some(work) => {
                work.waker = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(End::Fails),
        }
    })
    .await;
    match end {
        End::Returns => Ok(value),
        End::Fails => Err(Oops),
        // Without the hook, which would print it.
        End::Panics => std::panic::resume_unwind(Box::new(Oops)),
    }
}
