//! The life of an edition as one process sees it, by a clock that is moved by hand.

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::store::conformance::draft;
use crate::store::memory::Memory;
use crate::store::{Fence, Store};

const CURRENT: u128 = 2;

/// What the process runs: with the current version of one function.
static TABLE: &[Function] =
    &[Function::new("rolled::f", Version::from_bits(CURRENT)).with_ttl_ms(u64::MAX)];

struct Bench {
    clock: ManualClock,
    store: Arc<Memory>,
    roll: Roll,
    changes: Arc<Mutex<Vec<Change>>>,
}

impl Bench {
    fn new(purge: Purge) -> Self {
        table::register(TABLE);
        let clock = ManualClock::new();
        let store = Arc::new(Memory::new(1 << 20, Arc::new(clock.clone())));
        let time = Time::Given(Arc::new(clock.clone()));
        let gate = Gate::new(Arc::clone(&store) as Arc<dyn Store>, time.clone(), |_| {});
        let settings = Settings {
            purge,
            ..Settings::default()
        };
        let changes = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&changes);
        let roll = Roll::new(
            CONTROL,
            Origin(1),
            settings,
            Arc::new(gate),
            time,
            Reporter::new(|_| {}),
            move |change| told.lock().unwrap().push(change),
        );
        Self {
            clock,
            store,
            roll,
            changes,
        }
    }

    /// Lists a version of the function, with an entry.
    fn add(&self, version: u128) -> EntryKey {
        let key = EntryKey::new("rolled", 1, Version::from_bits(version), [7; 16]);
        let entry = draft(b"x", None).indexed();
        let written = self
            .store
            .write_blocking(&key, entry, Fence::Replaces(Origin(0)));
        written.unwrap();
        let listed = [(Edition::of(&key), "rolled::f")];
        self.store.list(CONTROL, &listed).unwrap();
        key
    }

    fn has(&self, key: &EntryKey) -> bool {
        self.store.read_blocking(key, &[]).unwrap().entry.is_some()
    }

    /// Goes through so many seconds, doing what is due in each.
    fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.clock.advance(Duration::from_secs(1));
            self.roll.run_due();
        }
    }

    fn changes(&self) -> Vec<Change> {
        self.changes.lock().unwrap().clone()
    }
}

const CONTROL: &str = "roll-tests";

const PURGED: Change = Change::Purged {
    versions: 1,
    entries: 1,
};

#[test]
fn what_nobody_runs_is_purged_once_the_grace_time_is_over() {
    let bench = Bench::new(Purge::AfterGrace);
    let (dead, living) = (bench.add(1), bench.add(CURRENT));
    bench.roll.announce();
    bench.pass(890);
    assert!(bench.has(&dead) && bench.changes().is_empty());
    bench.pass(60);
    assert!(!bench.has(&dead) && bench.has(&living));
    assert_eq!(bench.changes(), [PURGED]);
    assert_eq!(bench.store.listed(CONTROL).unwrap().len(), 1);
}

#[test]
fn nothing_is_said_or_purged_before_the_first_call() {
    let bench = Bench::new(Purge::AfterGrace);
    bench.add(1);
    bench.pass(5);

    assert_eq!(bench.roll.next_ms(), u64::MAX);
    assert_eq!(bench.store.living(CONTROL).unwrap().builds, []);
}

#[test]
fn what_is_purged_at_once_is_gone_with_the_first_sign_of_life() {
    let bench = Bench::new(Purge::Immediate);
    let (dead, living) = (bench.add(1), bench.add(CURRENT));
    bench.roll.announce();
    bench.roll.run_due();

    assert!(!bench.has(&dead) && bench.has(&living));
    assert_eq!(bench.changes(), [PURGED]);
}

#[test]
fn where_nothing_is_purged_nothing_is_done() {
    let bench = Bench::new(Purge::Off);
    bench.add(1);
    bench.roll.announce();
    bench.pass(20);

    assert!(bench.roll.is_announced() && !bench.roll.indexes(&TABLE[0]));
    assert_eq!(bench.store.living(CONTROL).unwrap().builds, []);
}

#[test]
fn a_build_that_nobody_can_read_keeps_everything() {
    let bench = Bench::new(Purge::AfterGrace);
    let dead = bench.add(1);
    let stranger = Presence {
        instance: Origin(2),
        build: Build::from_bytes([9; 16]),
        life: Duration::from_secs(3_000),
        turn: Duration::from_millis(1),
        keeps_turn: false,
        kept: Duration::from_secs(3_000),
    };
    bench.store.attend(CONTROL, &stranger).unwrap();
    bench.roll.announce();
    bench.pass(1_000);
    assert!(bench.has(&dead));
    // It lives, and runs the version that seemed dead.
    let table = super::table::tests::table(&[("rolled::f", 1)]).write();
    let enrolled = bench
        .store
        .enroll(CONTROL, stranger.build, &table, Duration::MAX);
    enrolled.unwrap();
    bench.pass(1_900);
    assert!(bench.has(&dead) && bench.changes().is_empty());
    bench.pass(1_100);
    assert!(!bench.has(&dead));
}

#[test]
fn another_process_has_the_turn() {
    let bench = Bench::new(Purge::AfterGrace);
    let dead = bench.add(1);
    let holder = Presence {
        instance: Origin(2),
        build: Build::from_bytes([9; 16]),
        life: Duration::from_millis(1),
        turn: Duration::from_secs(3_000),
        keeps_turn: false,
        kept: Duration::from_secs(3_000),
    };
    bench.store.attend(CONTROL, &holder).unwrap();
    bench.roll.announce();
    bench.pass(2_000);
    assert!(bench.has(&dead));
    // By hand, it needs no turn.
    assert_eq!(bench.roll.purge_now().unwrap().entries, 1);
    assert!(!bench.has(&dead));
}

#[test]
fn an_entry_is_noted_once_for_its_edition() {
    let bench = Bench::new(Purge::AfterGrace);
    let key = |argument| EntryKey::new("rolled", 1, Version::from_bits(CURRENT), [argument; 16]);
    assert!(bench.roll.note(&key(1), &TABLE[0]));
    assert!(!bench.roll.note(&key(2), &TABLE[0]));
    assert_eq!(bench.roll.next_ms(), 0);
    bench.roll.run_due();
    let listed = bench.store.listed(CONTROL).unwrap();
    assert_eq!((listed.len(), listed[0].path.as_str()), (1, "rolled::f"));
    assert!(bench.clock.now_ms() > 0 && bench.roll.next_ms() == u64::MAX);
}
