//! Leases are renewed while they are given up: none stays behind, and nobody waits for the other.

use std::sync::Arc;
use std::time::Duration;

use shuttle::thread;

use super::{check, coherence};
use crate::clock::{ManualClock, Time};
use crate::errands::Errands;
use crate::gate::Gate;
use crate::random;
use crate::roll::Roll;
use crate::store::memory::Memory;
use crate::store::{Claim, EntryKey, Sharing};
use crate::version::Version;

const LIFE: Duration = Duration::from_millis(300);

struct Bench {
    errands: Errands,
    gate: Arc<Gate>,
    clock: ManualClock,
    key: EntryKey,
}

impl Bench {
    fn new() -> Arc<Self> {
        let clock = ManualClock::new();
        let time = Time::Given(Arc::new(clock.clone()));
        let store = Memory::new(1 << 20, Arc::new(clock.clone()));
        let gate = Arc::new(Gate::new(Arc::new(store), time.clone(), |_| {}));
        let roll = Roll::idle(&gate, &time);
        let errands = Errands::new(Arc::clone(&gate), coherence(), roll, time);
        errands.drive_by_hand();
        let key = EntryKey::new("model", 1, Version::from_bits(1), [0; 16]);
        Arc::new(Self {
            errands,
            gate,
            clock,
            key,
        })
    }

    fn claim(&self) -> crate::store::Token {
        let token = random::token();
        let claim = Claim {
            token,
            life: LIFE,
            sharing: Sharing::Seized,
            seen: None,
            tags: Vec::new(),
            tag_life: None,
        };
        self.gate.store().claim_blocking(&self.key, &claim).unwrap();
        token
    }
}

#[test]
fn a_lease_that_is_given_up_while_it_is_renewed_is_gone() {
    check(|| {
        let bench = Bench::new();
        let token = bench.claim();
        let renewing = bench.errands.renew(&bench.key, token, LIFE);
        bench.clock.advance(LIFE / 2);
        let runner = {
            let bench = Arc::clone(&bench);
            thread::spawn(move || bench.errands.run_due())
        };
        drop(renewing);
        bench.errands.release(bench.key.clone(), token);
        runner.join().unwrap();
        bench.errands.run_due();

        assert_eq!(bench.errands.held(), 0);
        assert_eq!(bench.gate.store().renew(&bench.key, token, LIFE), Ok(false));
    });
}

#[test]
fn a_lease_that_others_have_taken_is_not_renewed_any_more() {
    check(|| {
        let bench = Bench::new();
        let lost = bench.claim();
        let renewing = bench.errands.renew(&bench.key, lost, LIFE);
        let taken = bench.claim();
        bench.clock.advance(LIFE / 2);
        let runner = {
            let bench = Arc::clone(&bench);
            thread::spawn(move || bench.errands.run_due())
        };
        let other = bench.errands.renew(&bench.key, taken, LIFE);
        runner.join().unwrap();

        assert_eq!(bench.errands.held(), 1);
        drop((renewing, other));
        assert_eq!(bench.errands.held(), 0);
    });
}
