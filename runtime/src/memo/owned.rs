//! Verbs of functions whose computations may go on in the background: `refresh`, `soft` and `hard`.
//!
//! A computation that outlives its caller needs arguments of its own. Making them so has a cost, and most calls never
//! need it: wrappers pass a closure that does it, which is called at most once.

use std::future::Future;

use super::Memo;
use crate::cache::{Cache, owned};
use crate::key::Key;
use crate::own::Kept;
use crate::shape::Shape;
use crate::stored::Stored;

impl Memo {
    /// Answers from the cache, or computes and stores. `own` makes the arguments the computation's own.
    #[inline]
    pub fn fetch_owned<S, O, C>(&'static self, key: Key, shape: S, own: O) -> S::Output
    where
        S: Shape<Output: Kept>,
        S::Value: Stored,
        O: FnOnce() -> C,
        C: FnOnce() -> S::Output + Send + 'static,
    {
        owned::fetch(Cache::current(), self, key, shape, own)
    }

    /// Answers from the cache, or computes and stores. `own` makes the arguments the computation's own.
    #[inline]
    pub fn fetch_owned_async<S, O, C, F>(
        &'static self,
        key: Key,
        shape: S,
        own: O,
    ) -> impl Future<Output = S::Output>
    where
        S: Shape<Output: Kept>,
        S::Value: Stored,
        O: FnOnce() -> C,
        C: FnOnce() -> F + Send + 'static,
        F: Future<Output = S::Output> + Send + 'static,
    {
        let never = None::<fn() -> S::Output>;
        owned::fetch_async(Cache::current(), self, key, shape, own, never)
    }

    /// The same for functions with `hard`: `give_up` makes what a caller gets whose time is over.
    #[inline]
    pub fn fetch_owned_async_or<S, O, C, F, G>(
        &'static self,
        key: Key,
        shape: S,
        own: O,
        give_up: G,
    ) -> impl Future<Output = S::Output>
    where
        S: Shape<Output: Kept>,
        S::Value: Stored,
        O: FnOnce() -> C,
        C: FnOnce() -> F + Send + 'static,
        F: Future<Output = S::Output> + Send + 'static,
        G: FnOnce() -> S::Output,
    {
        owned::fetch_async(Cache::current(), self, key, shape, own, Some(give_up))
    }
}
