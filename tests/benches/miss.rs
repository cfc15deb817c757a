//! A miss: what a wrapper adds to the function it calls, where everything happens in this process.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use selfsame_tests::benched::{missed, missed_async};
use selfsame_tests::cached::benched::{cached_missed, cached_missed_async};
use selfsame_tests::measure::{Contest, time};

const CALLS: u32 = 20_000;
const ROUNDS: usize = 25;

/// No number is asked for twice.
static NEXT: AtomicU64 = AtomicU64::new(0);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime can be built");
    Contest::new(
        "Miss, `memory:`, a function of 10 µs",
        CALLS,
        "the function",
        |calls| {
            lap(calls, |number| {
                black_box(missed(work(number)));
            })
        },
    )
    .rival("**selfsame**, blocking", |calls| {
        lap(calls, |number| {
            black_box(cached_missed(work(number)));
        })
    })
    .run(ROUNDS);
    Contest::new(
        "Miss, `memory:`, a function that does nothing",
        CALLS,
        "the function",
        |calls| {
            lap(calls, |number| {
                black_box(missed(black_box(number)));
            })
        },
    )
    .rival("**selfsame**, blocking", |calls| {
        lap(calls, |number| {
            black_box(cached_missed(number));
        })
    })
    .rival("**selfsame**, asynchronous", |calls| {
        runtime.block_on(async {
            let begin = Instant::now();
            for _ in 0..calls {
                black_box(cached_missed_async(next()).await);
            }
            begin.elapsed()
        })
    })
    .rival("the function, asynchronous", |calls| {
        runtime.block_on(async {
            let begin = Instant::now();
            for _ in 0..calls {
                black_box(missed_async(next()).await);
            }
            begin.elapsed()
        })
    })
    .run(ROUNDS);
}

fn lap(calls: u32, call: impl Fn(u64)) -> Duration {
    time(|| {
        for _ in 0..calls {
            call(next());
        }
    })
}

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Takes about 10 µs and returns `number`.
fn work(number: u64) -> u64 {
    let mixed = (0..18_000_u64).fold(number, |state, turn| {
        black_box(state.rotate_left(5) ^ turn.wrapping_mul(0x9E37_79B9))
    });
    // Always false, but nobody knows.
    if black_box(mixed) == u64::MAX {
        mixed
    } else {
        number
    }
}
