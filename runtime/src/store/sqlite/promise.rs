//! A result that another thread will give, or that is given up.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::store::{StoreError, StoreErrorKind};

/// Waits for the result. Dropped, it tells the other side that nobody waits.
#[derive(Debug)]
pub(super) struct Promise<T>(Arc<Place<T>>);

/// Gives the result. Dropped without one, as by a panic, it gives an error.
#[derive(Debug)]
pub(super) struct Keeper<T>(Arc<Place<T>>);

#[derive(Debug)]
struct Place<T>(Mutex<State<T>>);

#[derive(Debug)]
enum State<T> {
    Open(Option<Waker>),
    Kept(Result<T, StoreError>),
    /// The result was taken, or nobody waits for it.
    Closed,
}

/// Both ends.
pub(super) fn new<T>() -> (Keeper<T>, Promise<T>) {
    let place = Arc::new(Place(Mutex::new(State::Open(None))));
    (Keeper(Arc::clone(&place)), Promise(place))
}

impl<T> Keeper<T> {
    /// Whether somebody waits and nothing was given yet.
    pub(super) fn is_wanted(&self) -> bool {
        matches!(*self.0.state(), State::Open(_))
    }

    /// Gives the result, unless one was given or nobody waits.
    pub(super) fn keep(&self, result: Result<T, StoreError>) {
        let mut state = self.0.state();
        if let State::Open(waker) = &mut *state {
            let waker = waker.take();
            *state = State::Kept(result);
            drop(state);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl<T> Drop for Keeper<T> {
    fn drop(&mut self) {
        self.keep(Err(StoreErrorKind::Unavailable.into()));
    }
}

impl<T> Future for Promise<T> {
    type Output = Result<T, StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.0.state();
        if let State::Open(waker) = &mut *state {
            match waker {
                Some(waker) => waker.clone_from(context.waker()),
                None => *waker = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        Poll::Ready(match std::mem::replace(&mut *state, State::Closed) {
            State::Kept(result) => result,
            // Only if it is polled after it was ready, which no caller of ours does.
            State::Open(_) | State::Closed => Err(StoreErrorKind::Unavailable.into()),
        })
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        *self.0.state() = State::Closed;
    }
}

impl<T> Place<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll<T>(promise: &mut Promise<T>) -> Poll<Result<T, StoreError>> {
        Pin::new(promise).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_first_result_is_the_one_that_counts() {
        let (keeper, mut promise) = new();
        assert!(poll(&mut promise).is_pending());

        keeper.keep(Ok(1));
        keeper.keep(Ok(2));
        assert_eq!(poll(&mut promise), Poll::Ready(Ok(1)));
    }

    #[test]
    fn a_keeper_that_goes_away_leaves_an_error() {
        let (keeper, mut promise) = new::<()>();
        drop(keeper);
        assert!(matches!(poll(&mut promise), Poll::Ready(Err(_))));
    }

    #[test]
    fn a_keeper_knows_when_nobody_waits() {
        let (keeper, promise) = new::<()>();
        assert!(keeper.is_wanted());
        drop(promise);
        assert!(!keeper.is_wanted());
    }
}
