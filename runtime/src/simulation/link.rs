//! The link by which news come to an instance: in order, late, lost, or silently dead.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::store::{Listener, Origin};

#[derive(Default)]
pub(super) struct Link {
    pub(super) listener: Option<Arc<dyn Listener>>,
    pub(super) state: State,
    /// What the instance will hear next.
    pub(super) items: VecDeque<Item>,
    /// Questions on their way, by the time they were asked at.
    pub(super) pings: VecDeque<u64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// The instance knows that it hears nothing.
    #[default]
    Down,
    Up,
    /// Nothing comes any more, and nobody says so.
    Silent,
    /// It was closed; the instance is about to notice.
    Cut,
}

/// What the store sends, and which invalidations are known once it is heard.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Entry(String, Origin, Vec<usize>),
    Tag(String, Vec<usize>),
    Anything,
    Pong(u64),
}

impl Link {
    pub(super) fn fall(&mut self, state: State) {
        if self.state == State::Up {
            self.state = state;
            self.items.clear();
            self.pings.clear();
        }
    }

    pub(super) fn send(&mut self, item: Item) {
        if self.state == State::Up {
            self.items.push_back(item);
        }
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("state", &self.state)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}
