//! Waiting, on any runtime or none, without holding its thread.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use event_listener::Event;

use super::SHORT;

/// How long something that must happen may take; a loaded machine needs some of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Goes on after `time`.
pub(super) async fn pause(time: Duration) {
    let over = Arc::new(Event::new());
    let rings = over.listen();
    thread::spawn(move || {
        thread::sleep(time);
        over.notify(usize::MAX);
    });
    rings.await;
}

/// Goes on when what lives for [`SHORT`] is well over, by the time of whatever store.
pub(super) async fn outlive_short() {
    pause(SHORT * 10).await;
}

/// Looks again and again until `happened`.
///
/// # Panics
///
/// With `promise`, if it does not happen.
pub(super) async fn until(promise: &str, mut happened: impl AsyncFnMut() -> bool) {
    let patience_ends = Instant::now() + PATIENCE;
    while !happened().await {
        assert!(Instant::now() < patience_ends, "{promise}");
        pause(SHORT / 4).await;
    }
}
