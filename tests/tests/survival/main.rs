//! What production does to a cache, done to real processes, a real server and the network between them. Asserted is what
//! happened, never how long it took.

use selfsame_tests::stage::{STAGE, Stage};
use selfsame_tests::worker::Worker;

mod background;
mod chaos;
mod coherence;
mod leases;
mod outages;
mod refusals;
mod servers;

/// A worker that does as the stage says.
fn worker(stage: &Stage, url: &str) -> Worker {
    worker_with(stage, url, &[])
}

/// The same with further variables.
fn worker_with(stage: &Stage, url: &str, variables: &[(&str, &str)]) -> Worker {
    let path = stage.path().to_str().expect("the target folder is a text");
    let variables = [variables, &[(STAGE, path)]].concat();
    let mut worker = Worker::start_with(env!("CARGO_BIN_EXE_worker"), url, &variables);
    connect(&mut worker);
    worker
}

/// Waits until the store answers on both faces: what a test is about must not be that a loaded machine is slow to
/// connect, nor that the store is left alone a little longer than it was away.
fn connect(worker: &mut Worker) {
    worker.ask_until("peek 0", "miss store");
    worker.ask_until("peek-later 0", "miss store");
}
