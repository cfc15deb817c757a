//! Locks and atomics: the standard library's, or in the model of threads those that let every thread come first.

#[cfg(not(all(test, selfsame_model)))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, atomic};
#[cfg(not(all(test, selfsame_model)))]
pub(crate) use std::thread_local;

#[cfg(all(test, selfsame_model))]
pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard, PoisonError, atomic};
#[cfg(all(test, selfsame_model))]
pub(crate) use shuttle::thread_local;
