//! Tasks done on several threads, where doing one may bring more.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// More threads than this wait for the disk and for each other; Cargo runs other work beside a build script.
const MAX_THREADS: usize = 8;

/// Deeply nested code takes deep recursion; a thread's own stack is smaller than that of a program.
const STACK_BYTES: usize = 16 << 20;

thread_local! {
    /// Whether this thread has room for deep recursion itself.
    static IS_ROOMY: Cell<bool> = const { Cell::new(false) };
}

/// Does some work on a thread with as much room as tasks have, which then does its part of the tasks that the work
/// hands out. What the memory allocator keeps for a thread, other threads do not get: so the work has what its tasks
/// gave back.
///
/// # Panics
///
/// If the work does.
pub(crate) fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let work = Mutex::new(Some(work));
    let take = || {
        let mut work = work.lock().unwrap_or_else(PoisonError::into_inner);
        work.take()
    };
    let done = thread::scope(|scope| {
        let run = || {
            IS_ROOMY.set(true);
            take().map(|work| work())
        };
        let spawned = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, run);
        spawned.ok().and_then(|thread| match thread.join() {
            Ok(done) => done,
            Err(panic) => resume_unwind(panic),
        })
    });
    // Where no thread could be had, the work was not taken.
    done.unwrap_or_else(|| take().map(|work| work()).expect("it is done once"))
}

/// Does all tasks and those they bring, in no particular order.
///
/// # Panics
///
/// If a task does, after the others are done.
pub(crate) fn do_all<T: Send>(tasks: Vec<T>, work: &(impl Fn(T) -> Vec<T> + Sync)) {
    let threads = threads();
    let queue = Queue::new(tasks);
    thread::scope(|scope| {
        let spawn = || {
            thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, || queue.work_off(work))
        };
        let is_roomy = IS_ROOMY.get();
        let others = threads - usize::from(is_roomy);
        let spawned = (0..others).filter(|_| spawn().is_ok()).count();
        if is_roomy || spawned == 0 {
            queue.work_off(work);
        }
    });
}

/// What `work` makes of each of some values, in their order. Each is as good as the next for the threads to share.
pub(crate) fn map<T: Sync, U: Send>(values: &[T], work: &(impl Fn(&T) -> U + Sync)) -> Vec<U> {
    if values.len() < 2 || threads() < 2 {
        return values.iter().map(work).collect();
    }
    let done = Mutex::new(BTreeMap::new());
    // The last task is taken first.
    let tasks = values.iter().enumerate().rev().collect();
    do_all(tasks, &|(number, value): (usize, &T)| {
        let made = work(value);
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        done.insert(number, made);
        Vec::new()
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values().collect()
}

/// How many tasks are done at once.
pub(crate) fn threads() -> usize {
    thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(MAX_THREADS)
}

/// Tasks that wait, and how many are being done.
#[derive(Debug)]
struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: Vec<T>,
    busy: usize,
    /// Threads that have nothing to do at the moment.
    idle: usize,
}

/// A task being done; dropping it, also by a panic, says that it is over.
struct Busy<'q, T>(&'q Queue<T>);

impl<T> Queue<T> {
    fn new(waiting: Vec<T>) -> Self {
        Self {
            state: Mutex::new(State {
                waiting,
                busy: 0,
                idle: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Does tasks until none waits and none that is being done can bring another.
    fn work_off(&self, work: &impl Fn(T) -> Vec<T>) {
        while let Some((task, _busy)) = self.take() {
            let brought = work(task);
            self.state().waiting.extend(brought);
        }
    }

    fn take(&self) -> Option<(T, Busy<'_, T>)> {
        let mut state = self.state();
        loop {
            if let Some(task) = state.waiting.pop() {
                state.busy += 1;
                return Some((task, Busy(self)));
            }
            if state.busy == 0 {
                return None;
            }
            state.idle += 1;
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// No task runs while this is locked, so nothing is left half done in it.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Busy<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.busy -= 1;
        // To wake a thread is a call of the system, also where none sleeps.
        if state.idle > 0 && (state.busy == 0 || !state.waiting.is_empty()) {
            self.0.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn tasks_that_tasks_bring_are_done_too() {
        let done = AtomicUsize::new(0);
        do_all(vec![10usize, 3], &|task: usize| {
            done.fetch_add(1, Ordering::Relaxed);
            (0..task.min(2)).map(|_| task / 2).collect()
        });
        // 10 brings 5 twice, that 2 twice, that 1 twice, that 0 once; 3 brings 1 twice.
        assert_eq!(
            done.into_inner(),
            (1 + 2 + 4 + 8 + 8) + (1 + 2 + 2),
            "each task once"
        );
    }

    #[test]
    fn work_with_room_does_its_part_of_the_tasks_it_hands_out() {
        /// So deep that it needs more room than a thread has by default.
        fn sum(numbers: u64) -> u64 {
            let room = std::hint::black_box([numbers; 512]);
            if numbers == 0 {
                0
            } else {
                room[0] + sum(numbers - 1)
            }
        }
        let numbers: Vec<u64> = (900..950).collect();
        let sums: Vec<u64> = numbers.iter().map(|n| n * (n + 1) / 2).collect();
        assert_eq!(with_room(|| map(&numbers, &|n| sum(*n))), sums);
    }

    #[test]
    fn a_panic_of_work_with_room_reaches_the_caller() {
        let fails = || with_room(|| panic!("on purpose"));
        assert!(catch_unwind(fails).is_err());
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        do_all(Vec::new(), &|()| Vec::new());
    }

    #[test]
    fn a_panic_reaches_the_caller_and_leaves_nobody_waiting() {
        let done = AtomicUsize::new(0);
        let all = AssertUnwindSafe(|| {
            do_all((0..100).collect(), &|task: usize| {
                assert_ne!(task, 50);
                done.fetch_add(1, Ordering::Relaxed);
                Vec::new()
            });
        });
        assert!(catch_unwind(all).is_err());
        assert!(done.into_inner() >= 49);
    }
}
