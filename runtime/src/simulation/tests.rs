//! A million steps, and proof that they mean something.

use std::thread;

use super::breaks::Break;
use super::judge::Excused;
use super::world::{Report, run};

const SEEDS: u64 = 128;
const STEPS: u64 = 8_192;

fn check(seed: u64, report: &Report) {
    if let Some((violation, trace)) = &report.violation {
        panic!(
            "{trace}\n\nseed {seed}, step {}: {}\nreplay: SIMULATION_SEED={seed} cargo test -p selfsame --lib simulation",
            report.steps, violation.what
        );
    }
}

#[test]
fn nobody_gets_what_was_invalidated_and_nobody_computes_without_a_right() {
    if let Some(seed) = std::env::var("SIMULATION_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
    {
        return check(seed, &run(seed, STEPS, None));
    }
    let half = |first: u64| {
        let (mut steps, mut excused) = (0, Excused::default());
        for seed in (first..SEEDS).step_by(2) {
            let report = run(seed, STEPS, None);
            check(seed, &report);
            steps += report.steps;
            excused.add(report.excused);
        }
        (steps, excused)
    };
    let (even, odd) = thread::scope(|scope| {
        let odd = scope.spawn(|| half(1));
        (half(0), odd.join())
    });
    let odd = odd.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let (steps, mut excused) = (even.0 + odd.0, even.1);
    excused.add(odd.1);
    println!("{steps} steps over {SEEDS} seeds; too old, but within the bound: {excused:?}");
    assert!(steps >= 1_000_000);
}

#[test]
fn a_seed_says_all() {
    let reports = [(); 2].map(|()| run(7, 2_000, None));
    let [one, other] = reports.map(|report| format!("{report:?}"));
    assert_eq!(one, other);
}

#[test]
fn each_broken_rule_is_noticed() {
    let half = |breaks: &[Break]| -> Vec<Break> {
        let is_missed = |what: &&Break| !is_noticed(**what);
        breaks.iter().filter(is_missed).copied().collect()
    };
    let (one, other) = Break::ALL.split_at(Break::ALL.len() / 2);
    let missed = thread::scope(|scope| {
        let other = scope.spawn(|| half(other));
        let mut missed = half(one);
        missed.extend(
            other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        );
        missed
    });
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}

/// Whether a run within the budget ends with an accusation, which is printed.
fn is_noticed(what: Break) -> bool {
    let found = (0..SEEDS).find_map(|seed| {
        run(seed, STEPS, Some(what))
            .violation
            .map(|found| (seed, found.0))
    });
    if let Some((seed, violation)) = &found {
        println!("{what:?}: seed {seed}: {}", violation.what);
    }
    found.is_some()
}
