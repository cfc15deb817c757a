//! [`Memo`]: the one static per marked function that generated code owns, and what it offers to wrappers.

use std::any::TypeId;
use std::future::Future;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::cache::Cache;
use crate::cache::face::{Async, Blocking, now};
use crate::cache::{fetch, invalidate, refresh};
use crate::event::Event;
use crate::evicted::Evicted;
use crate::function::Function;
use crate::key::{Key, KeyParts, function_id};
use crate::report::{Said, Topic};
use crate::roll::table;
use crate::shape::Shape;
use crate::stats::{Counters, FunctionStats, register};
use crate::store::TagKey;
use crate::stored::Stored;

mod owned;
mod tagged;

/// A marked function, as its wrappers know it. Lives in a `static` of the generated code.
///
/// Each verb comes twice: for plain functions (computing on the caller's own thread) and for asynchronous ones. The
/// futures are `Send` whenever the function's own future is. They may be dropped at any await: the flight is handed
/// over, and nothing is left behind but possibly a stored entry.
#[derive(Debug)]
pub struct Memo {
    function: Function,
    /// All functions of its crate; empty where nobody said.
    table: &'static [Function],
    /// Empty until the function is first called.
    state: OnceLock<Box<State>>,
}

/// What a function gathers while the process runs.
#[derive(Debug)]
struct State {
    /// What the function is called in stores, where it has no generic arguments.
    store_id: u64,
    /// The function's tag in the first namespace that it was used in, and in all others.
    tag: OnceLock<NamedTag>,
    other_tags: Mutex<Vec<&'static NamedTag>>,
    counters: Counters,
    said: Said,
    /// The types of values that were tried against the codec, and whether they came back. Several only where the
    /// function is generic.
    tried: Mutex<Vec<(TypeId, bool)>>,
}

/// The tag of a function in a namespace.
#[derive(Debug)]
struct NamedTag {
    control: Box<str>,
    tag: TagKey,
}

impl State {
    fn name_tag(&self, control: &str) -> NamedTag {
        NamedTag {
            control: control.into(),
            tag: TagKey::function(control, self.store_id),
        }
    }
}

impl Memo {
    /// A function that has not been called yet.
    #[must_use]
    pub const fn new(function: Function) -> Self {
        Self {
            function,
            table: &[],
            state: OnceLock::new(),
        }
    }

    /// One of these, which are all functions of its crate.
    #[must_use]
    pub const fn of(mut self, table: &'static [Function]) -> Self {
        self.table = table;
        self
    }

    /// Encodes the key of a call.
    #[inline]
    pub fn key(&'static self, parts: impl FnOnce(&mut KeyParts)) -> Key {
        Key::build(self.id(), parts)
    }

    /// Answers from the cache, or computes and stores.
    #[inline]
    pub fn fetch<S: Shape>(
        &'static self,
        key: Key,
        shape: S,
        compute: impl FnOnce() -> S::Output,
    ) -> S::Output
    where
        S::Value: Stored,
    {
        fetch::fetch(Cache::current().core(), self, key, shape, compute)
    }

    /// Answers from the cache, or computes and stores.
    #[inline]
    pub fn fetch_async<S, C, F>(
        &'static self,
        key: Key,
        shape: S,
        compute: C,
    ) -> impl Future<Output = S::Output>
    where
        S: Shape,
        S::Value: Stored,
        C: FnOnce() -> F,
        F: Future<Output = S::Output>,
    {
        // Handed out as it is: a future around it would cost a hit the moving of all that is in it.
        fetch::fetch_async(Cache::current().core(), self, key, shape, compute)
    }

    /// Computes and stores, whatever is there.
    pub fn refresh<S: Shape>(
        &'static self,
        key: Key,
        shape: S,
        compute: impl FnOnce() -> S::Output,
    ) -> S::Output
    where
        S::Value: Stored,
    {
        let core = Cache::current().core();
        now(refresh::refresh(
            Blocking,
            core,
            self,
            key,
            shape,
            move || async move { compute() },
        ))
    }

    /// Computes and stores, whatever is there.
    pub async fn refresh_async<S, C, F>(&'static self, key: Key, shape: S, compute: C) -> S::Output
    where
        S: Shape,
        S::Value: Stored,
        C: FnOnce() -> F,
        F: Future<Output = S::Output>,
    {
        let core = Cache::current().core();
        // The user's future must not be part of this one: the function may call its own wrapper.
        Box::pin(refresh::refresh(Async, core, self, key, shape, compute)).await
    }

    /// Makes the entry of a call unusable.
    pub fn evict(&'static self, key: Key) -> Evicted {
        now(invalidate::evict(
            Blocking,
            Cache::current().core(),
            self,
            key,
        ))
    }

    /// Makes the entry of a call unusable.
    pub async fn evict_async(&'static self, key: Key) -> Evicted {
        invalidate::evict(Async, Cache::current().core(), self, key).await
    }

    /// Looks for a value without computing one.
    pub fn peek<S: Shape>(&'static self, key: Key, shape: S) -> Option<S::Value>
    where
        S::Value: Stored,
    {
        now(fetch::peek(
            Blocking,
            Cache::current().core(),
            self,
            key,
            shape,
        ))
    }

    /// Looks for a value without computing one.
    pub async fn peek_async<S: Shape>(&'static self, key: Key, shape: S) -> Option<S::Value>
    where
        S::Value: Stored,
    {
        fetch::peek(Async, Cache::current().core(), self, key, shape).await
    }

    /// Looks for what the function would return, without computing it.
    pub fn peek_output<S: Shape>(&'static self, key: Key, shape: S) -> Option<S::Output>
    where
        S::Value: Stored,
    {
        self.peek(key, shape).map(S::close)
    }

    /// Looks for what the function would return, without computing it.
    pub async fn peek_output_async<S: Shape>(&'static self, key: Key, shape: S) -> Option<S::Output>
    where
        S::Value: Stored,
    {
        self.peek_async(key, shape).await.map(S::close)
    }

    /// Puts a value in place of whatever is there.
    pub fn put<S: Shape>(&'static self, key: Key, shape: S, value: S::Value)
    where
        S::Value: Stored,
    {
        now(refresh::put(
            Blocking,
            Cache::current().core(),
            self,
            key,
            shape,
            value,
        ));
    }

    /// Puts a value in place of whatever is there.
    pub async fn put_async<S: Shape>(&'static self, key: Key, shape: S, value: S::Value)
    where
        S::Value: Stored,
    {
        refresh::put(Async, Cache::current().core(), self, key, shape, value).await;
    }

    /// Puts what the function would return in place of whatever is there; an error is not stored.
    pub fn put_output<S: Shape>(&'static self, key: Key, shape: S, output: S::Output)
    where
        S::Value: Stored,
    {
        if let Ok(value) = S::open(output) {
            self.put(key, shape, value);
        }
    }

    /// Puts what the function would return in place of whatever is there; an error is not stored.
    pub fn put_output_async<S: Shape>(
        &'static self,
        key: Key,
        shape: S,
        output: S::Output,
    ) -> impl Future<Output = ()> + Send
    where
        S::Value: Stored,
    {
        // Opened before the future is made: an error may not be `Send`.
        let value = S::open(output).ok();
        async move {
            if let Some(value) = value {
                self.put_async(key, shape, value).await;
            }
        }
    }

    /// The function.
    pub const fn function(&'static self) -> &'static Function {
        &self.function
    }

    /// What the function is called in this process: a static has its address for itself.
    #[inline]
    pub(crate) fn id(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// What the function is called in stores, with the encoded names of its generic arguments.
    pub(crate) fn store_id(&'static self, generics: &[u8]) -> u64 {
        match generics {
            [] => self.state().store_id,
            generics => function_id(self.function.path(), generics),
        }
    }

    /// What all entries of the function can be invalidated by, under the namespace `control`.
    pub(crate) fn tag(&'static self, control: &str) -> &'static TagKey {
        let state = self.state();
        let first = state.tag.get_or_init(|| state.name_tag(control));
        // A process usually has one namespace for all its life; tests have many.
        if *first.control == *control {
            return &first.tag;
        }
        let others = state.other_tags.lock();
        let mut others = others.unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = others.iter().find(|known| *known.control == *control) {
            return &known.tag;
        }
        // As all that a memo has, it is there until the process ends.
        let named: &'static NamedTag = Box::leak(Box::new(state.name_tag(control)));
        others.push(named);
        &named.tag
    }

    #[inline]
    pub(crate) fn count_memory_hit(&'static self) {
        self.state().counters.memory_hit();
    }

    pub(crate) fn count(&'static self, event: &Event) {
        self.state().counters.count(event);
    }

    pub(crate) fn stats(&'static self) -> FunctionStats {
        self.state().counters.read(&self.function)
    }

    /// Whether the function has not yet spoken on the topic. It has then.
    pub(crate) fn is_first_word(&'static self, topic: Topic) -> bool {
        self.state().said.is_first(topic)
    }

    /// Whether values of this type come back from the codec as they went in, by the first one that was stored. `trial`
    /// is called for that one, and says it.
    pub(crate) fn survives<T: 'static>(&'static self, trial: impl FnOnce() -> bool) -> bool {
        let tried = || {
            self.state()
                .tried
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let of = TypeId::of::<T>();
        if let Some(&(_, survives)) = tried().iter().find(|(tried, _)| *tried == of) {
            return survives;
        }
        // Not under the lock: it runs the type's own code. Two threads may both try, with the same result.
        let survives = trial();
        tried().push((of, survives));
        survives
    }

    #[inline]
    fn state(&'static self) -> &'static State {
        match self.state.get() {
            Some(state) => state,
            None => self.begin(),
        }
    }

    #[cold]
    fn begin(&'static self) -> &'static State {
        self.state.get_or_init(|| {
            register(self);
            table::register(match self.table {
                [] => std::slice::from_ref(&self.function),
                table => table,
            });
            Box::new(State {
                store_id: function_id(self.function.path(), &[]),
                tag: OnceLock::new(),
                other_tags: Mutex::default(),
                counters: Counters::new(),
                said: Said::new(),
                tried: Mutex::new(Vec::new()),
            })
        })
    }
}
