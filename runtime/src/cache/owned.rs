//! The read path of functions that may be computed in the background: `refresh`, `soft` and `hard`.
//!
//! The same path as ever, with the arguments made the computation's own where it is needed, so that the computation can
//! outlive its caller: after a hit that is due, or while the caller waits within its limits.

use std::future::Future;
use std::sync::Arc;

use super::Cache;
use super::call::uncached;
use super::face::{Async, Blocking, now};
use super::fetch::{fetch_beyond_memory, look_in_memory};
use super::limits::{self, Keeper, Outcome};
use super::renew::{renew, take_place, tell};
use crate::background::{Place, spawn_or_run};
use crate::event::Refreshing;
use crate::flight::Inherited;
use crate::function::Function;
use crate::key::Key;
use crate::l1::Kept;
use crate::memo::Memo;
use crate::shape::Shape;
use crate::stored::Stored;

/// Answers from the cache, or computes: on the caller's own thread, or on another one if the caller waits only so long.
pub(crate) fn fetch<S, O, C>(
    cache: &Cache,
    memo: &'static Memo,
    key: Key,
    shape: S,
    own: O,
) -> S::Output
where
    S: Shape,
    S::Output: Send + 'static,
    S::Value: Stored,
    O: FnOnce() -> C,
    C: FnOnce() -> S::Output + Send + 'static,
{
    let core = cache.core();
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return own()();
    }
    if let Some((value, is_due)) = look_in_memory::<S>(core, memo, &key) {
        if is_due && let Some(place) = take_place(core, memo, &key) {
            renew_on_thread(cache, memo, key, shape, own(), place);
        }
        return S::close(value);
    }
    let compute = own();
    if !has_limits(memo.function()) {
        return fetch_on_thread(cache, memo, key, shape, compute, |_| {});
    }
    let (keeper, outcome) = Outcome::<S>::new(core.time.now_ms());
    // The caller waits for it, so what the caller is inside of, it is inside of.
    let inherited = Inherited::here();
    let job = {
        let cache = cache.clone();
        move || {
            let path = async {
                let offer = |stale: &Arc<Kept<S::Value>>| keeper.offer(stale);
                fetch_on_thread(&cache, memo, key, shape, compute, offer)
            };
            if let Some(output) = now(keeper.guard(inherited.around(path))) {
                keeper.fulfil(output);
            }
        }
    };
    spawn_or_run(job);
    now(limits::wait(
        Blocking,
        core,
        memo,
        &outcome,
        None::<fn() -> S::Output>,
    ))
}

/// The path beyond memory, and what a hit there leads to.
fn fetch_on_thread<S, C>(
    cache: &Cache,
    memo: &'static Memo,
    key: Key,
    shape: S,
    compute: C,
    meanwhile: impl FnOnce(&Arc<Kept<S::Value>>),
) -> S::Output
where
    S: Shape,
    S::Output: Send + 'static,
    S::Value: Stored,
    C: FnOnce() -> S::Output + Send + 'static,
{
    let core = cache.core();
    let compute = move || async move { compute() };
    let path = fetch_beyond_memory(Blocking, core, memo, &key, shape, compute, meanwhile);
    let ended = now(path);
    if let Some(compute) = ended.due
        && let Some(place) = take_place(core, memo, &key)
    {
        renew_on_thread(cache, memo, key, shape, move || now(compute()), place);
    }
    ended.output
}

fn renew_on_thread<S, C>(
    cache: &Cache,
    memo: &'static Memo,
    key: Key,
    shape: S,
    compute: C,
    place: Place,
) where
    S: Shape,
    S::Output: Send + 'static,
    S::Value: Stored,
    C: FnOnce() -> S::Output + Send + 'static,
{
    let job = {
        let cache = cache.clone();
        let compute = move || async move { compute() };
        move || now(renew(Blocking, cache, memo, key, shape, compute, place))
    };
    if !cache.core().background.run(job) {
        tell(cache.core(), memo, Refreshing::NoRuntime);
    }
}

/// Answers from the cache, or awaits the function: in the caller's own future, or in a task of its runtime if the caller
/// waits only so long.
pub(crate) async fn fetch_async<S, O, C, R, G>(
    cache: &Cache,
    memo: &'static Memo,
    key: Key,
    shape: S,
    own: O,
    give_up: Option<G>,
) -> S::Output
where
    S: Shape,
    S::Output: Send + 'static,
    S::Value: Stored,
    O: FnOnce() -> C,
    C: FnOnce() -> R + Send + 'static,
    R: Future<Output = S::Output> + Send + 'static,
    G: FnOnce() -> S::Output,
{
    let core = cache.core();
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return own()().await;
    }
    if let Some((value, is_due)) = look_in_memory::<S>(core, memo, &key) {
        if is_due && let Some(place) = take_place(core, memo, &key) {
            renew_in_task(cache, memo, key, shape, own(), place);
        }
        return S::close(value);
    }
    let compute = own();
    let runtime = tokio::runtime::Handle::try_current().ok();
    let (true, Some(runtime)) = (has_limits(memo.function()), runtime) else {
        return Box::pin(fetch_in_task(cache, memo, key, shape, compute, |_| {})).await;
    };
    let (keeper, outcome) = Outcome::<S>::new(core.time.now_ms());
    let path = fetch_for(keeper, cache.clone(), memo, key, shape, compute);
    // The caller waits for it, so what the caller is inside of, it is inside of.
    runtime.spawn(Inherited::here().around(path));
    limits::wait(Async, core, memo, &outcome, give_up).await
}

/// The path beyond memory, for a caller that may be gone when it ends.
async fn fetch_for<S, C, R>(
    keeper: Keeper<S>,
    cache: Cache,
    memo: &'static Memo,
    key: Key,
    shape: S,
    compute: C,
) where
    S: Shape,
    S::Output: Send + 'static,
    S::Value: Stored,
    C: FnOnce() -> R + Send + 'static,
    R: Future<Output = S::Output> + Send + 'static,
{
    let offer = |stale: &Arc<Kept<S::Value>>| keeper.offer(stale);
    let path = fetch_in_task(&cache, memo, key, shape, compute, offer);
    if let Some(output) = keeper.guard(path).await {
        keeper.fulfil(output);
    }
}

/// The path beyond memory, and what a hit there leads to.
async fn fetch_in_task<S, C, R>(
    cache: &Cache,
    memo: &'static Memo,
    key: Key,
    shape: S,
    compute: C,
    meanwhile: impl FnOnce(&Arc<Kept<S::Value>>),
) -> S::Output
where
    S: Shape,
    S::Output: Send + 'static,
    S::Value: Stored,
    C: FnOnce() -> R + Send + 'static,
    R: Future<Output = S::Output> + Send + 'static,
{
    let core = cache.core();
    let path = fetch_beyond_memory(Async, core, memo, &key, shape, compute, meanwhile);
    let ended = path.await;
    if let Some(compute) = ended.due
        && let Some(place) = take_place(core, memo, &key)
    {
        renew_in_task(cache, memo, key, shape, compute, place);
    }
    ended.output
}

fn renew_in_task<S, C, R>(
    cache: &Cache,
    memo: &'static Memo,
    key: Key,
    shape: S,
    compute: C,
    place: Place,
) where
    S: Shape,
    S::Output: Send + 'static,
    S::Value: Stored,
    C: FnOnce() -> R + Send + 'static,
    R: Future<Output = S::Output> + Send + 'static,
{
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => {
            let cache = cache.clone();
            runtime.spawn(renew(Async, cache, memo, key, shape, compute, place));
        }
        Err(_) => tell(cache.core(), memo, Refreshing::NoRuntime),
    }
}

/// Whether a caller waits only so long.
fn has_limits(function: &Function) -> bool {
    function.soft_ms().is_some() || function.hard_ms().is_some()
}
