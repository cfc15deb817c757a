//! The clock of one instance: minutes off, too fast or too slow, and sometimes it stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;

use crate::clock::Clock;

#[derive(Clone, Debug)]
pub(super) struct SkewedClock {
    ms: Arc<AtomicU64>,
    /// How many milliseconds it counts in a hundred.
    pace: Arc<AtomicU64>,
}

impl SkewedClock {
    pub(super) fn new(now_ms: u64, dice: &mut Rng) -> Self {
        let early_ms = dice.u64(0..2 * SKEW_MS);
        Self {
            ms: Arc::new(AtomicU64::new(now_ms + early_ms - SKEW_MS)),
            pace: Arc::new(AtomicU64::new(100)),
        }
    }

    /// It goes on by what it takes `ms` for.
    pub(super) fn advance(&self, ms: u64) {
        let pace = self.pace.load(Ordering::Relaxed);
        self.ms.fetch_add(ms * pace / 100, Ordering::Relaxed);
    }

    pub(super) fn drift(&self, dice: &mut Rng) {
        let pace = *dice.choice(&[0, 80, 95, 100, 105, 120]).unwrap_or(&100);
        self.pace.store(pace, Ordering::Relaxed);
    }

    pub(super) fn heal(&self) {
        self.pace.store(100, Ordering::Relaxed);
    }
}

impl Clock for SkewedClock {
    fn now_ms(&self) -> u64 {
        self.ms.load(Ordering::Relaxed)
    }

    fn unix_ms(&self) -> u64 {
        self.now_ms()
    }
}

const SKEW_MS: u64 = 15 * 60 * 1_000;
