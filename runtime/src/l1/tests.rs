//! The in-process layer alone.

use super::*;
use crate::clock::{ManualClock, Time};
use crate::key::Key;
use crate::store::TagKey;
use crate::store::memory::Memory;

/// The layer, and what invalidates its copies.
struct Bench {
    l1: L1,
    coherence: Arc<Coherence>,
}

impl Bench {
    fn new(max_bytes: u64, max_value_bytes: usize) -> Self {
        let clock = Arc::new(ManualClock::new());
        let store = Memory::new(1 << 20, clock.clone());
        Self {
            l1: L1::new(max_bytes, max_value_bytes),
            coherence: Coherence::start(&store, "c", Time::Given(clock), |_| {}),
        }
    }

    fn keeping(&self, deadline_ms: u64) -> Keeping {
        let tags = [TagKey::namespace("c"), TagKey::function("c", 1)];
        Keeping {
            deadline_ms,
            refresh_ms: u64::MAX,
            is_stale: false,
            cost_us: 5,
            payload_bytes: 8,
            permit: self
                .coherence
                .permit("entry", &tags.each_ref().map(TagKey::borrowed)),
        }
    }

    fn insert(&self, argument: u64, value: u64, keeping: Keeping) {
        let key = key(argument);
        let call = CallRef::new(1, &key).to_owned();
        self.l1.insert(call, Arc::new(Kept::new(value)), keeping);
    }

    fn get(&self, argument: u64, now_ms: u64) -> Look {
        let key = key(argument);
        let usable = self.find(&CallRef::new(1, &key), now_ms)?;
        Ok((
            usable.slot.value().copied(),
            usable.slot.cost_us(),
            usable.note,
        ))
    }

    fn find(&self, call: &CallRef<'_>, now_ms: u64) -> Result<Usable, MissReason> {
        self.l1.find(call, now_ms, &self.coherence)
    }
}

/// A value, what it had cost, and what is special about it.
type Look = Result<(Option<u64>, u64, Option<Note>), MissReason>;

fn key(argument: u64) -> Key {
    Key::build(1, |parts| parts.part(&argument))
}

const fn hit(note: Option<Note>) -> Look {
    Ok((Some(7), 5, note))
}

const fn miss(reason: MissReason) -> Look {
    Err(reason)
}

#[test]
fn a_value_is_there_until_its_deadline() {
    let bench = Bench::new(1 << 20, 1 << 10);
    bench.insert(1, 7, bench.keeping(100));

    assert_eq!(bench.get(1, 99), hit(None));
    assert_eq!(bench.get(2, 99), miss(MissReason::Cold));
    assert_eq!(bench.get(1, 100), miss(MissReason::Expired));
    let given_back = miss(MissReason::Cold);
    assert_eq!(bench.get(1, 99), given_back, "its bytes were given back");
}

#[test]
fn a_value_is_there_until_it_is_invalidated() {
    let bench = Bench::new(1 << 20, 1 << 10);
    for name in ["entry", TagKey::function("c", 1).as_str()] {
        bench.insert(1, 7, bench.keeping(100));
        bench.coherence.invalidate("another");
        assert_eq!(bench.get(1, 0), hit(None));
        bench.coherence.invalidate(name);
        assert_eq!(bench.get(1, 0), miss(MissReason::Outdated), "{name}");
        assert_eq!(bench.get(1, 0), miss(MissReason::Cold));
    }
}

#[test]
fn a_value_is_copied_where_it_lies_as_long_as_it_is_usable() {
    let bench = Bench::new(1 << 20, 1 << 10);
    let copy = |now_ms| {
        let copy = |slot: &Slot| slot.value::<u64>().copied();
        let key = key(1);
        let call = CallRef::new(1, &key);
        bench
            .l1
            .find_in_place(&call, now_ms, &bench.coherence, copy)
    };
    assert_eq!(copy(0), Err(MissReason::Cold));
    bench.insert(1, 7, bench.keeping(100));
    assert_eq!(copy(99), Ok((Some(7), None)));
    assert_eq!(copy(100), Err(MissReason::Expired));
    assert_eq!(copy(0), Err(MissReason::Cold), "its bytes were given back");
    bench.insert(1, 7, bench.keeping(100));
    bench.coherence.invalidate("entry");
    assert_eq!(copy(0), Err(MissReason::Outdated));
    assert_eq!(copy(0), Err(MissReason::Cold));
}

#[test]
fn that_a_value_is_due_is_said_to_one_and_again_a_while_later() {
    let bench = Bench::new(1 << 20, 1 << 10);
    let keeping = Keeping {
        refresh_ms: 50,
        ..bench.keeping(1_500)
    };
    bench.insert(1, 7, keeping);

    assert_eq!(bench.get(1, 49), hit(None));
    assert_eq!(bench.get(1, 50), hit(Some(Note::Due)));
    assert_eq!(bench.get(1, 50), hit(None));
    assert_eq!(bench.get(1, 1_049), hit(None));
    assert_eq!(bench.get(1, 1_050), hit(Some(Note::Due)));
    assert_eq!(bench.get(1, 1_499), hit(None));
    assert_eq!(bench.get(1, 1_500), miss(MissReason::Expired));
}

#[test]
fn a_value_that_is_always_due_is_so_at_each_hit() {
    let bench = Bench::new(1 << 20, 1 << 10);
    let keeping = Keeping {
        refresh_ms: 0,
        ..bench.keeping(100)
    };
    bench.insert(1, 7, keeping);

    for now_ms in [0, 0, 50, 99] {
        assert_eq!(bench.get(1, now_ms), hit(Some(Note::Due)));
    }
    assert_eq!(bench.get(1, 100), miss(MissReason::Expired));
}

#[test]
fn a_stale_value_is_called_so_each_time() {
    let bench = Bench::new(1 << 20, 1 << 10);
    let keeping = Keeping {
        is_stale: true,
        ..bench.keeping(100)
    };
    bench.insert(1, 7, keeping);

    assert_eq!(bench.get(1, 0), hit(Some(Note::Stale)));
    assert_eq!(bench.get(1, 99), hit(Some(Note::Stale)));
    assert_eq!(bench.get(1, 100), miss(MissReason::Expired));
}

#[test]
fn functions_do_not_share_keys() {
    let bench = Bench::new(1 << 20, 1 << 10);
    bench.insert(1, 7, bench.keeping(100));
    let other = Key::build(2, |parts| parts.part(&1_u64));

    let found = bench.find(&CallRef::new(2, &other), 0);
    assert_eq!(found.err(), Some(MissReason::Cold));
}

#[test]
fn a_value_of_another_type_is_not_handed_out() {
    let bench = Bench::new(1 << 20, 1 << 10);
    bench.insert(1, 7, bench.keeping(100));

    let key = key(1);
    let usable = bench.find(&CallRef::new(1, &key), 0).unwrap();
    assert_eq!(usable.slot.value::<String>(), None);
}

#[test]
fn what_is_kept_is_bounded_by_bytes() {
    let bench = Bench::new(1 << 20, 1 << 14);
    for argument in 0..1_000 {
        let keeping = Keeping {
            payload_bytes: 10_000,
            ..bench.keeping(u64::MAX)
        };
        bench.insert(argument, argument, keeping);
    }
    let kept = (0..1_000)
        .filter(|&argument| bench.get(argument, 0).is_ok())
        .count();

    assert!((50..=104).contains(&kept), "{kept}");
}

#[test]
fn the_largest_value_fits() {
    let bench = Bench::new(8 << 20, 1 << 20);
    let keeping = Keeping {
        payload_bytes: 1 << 20,
        ..bench.keeping(u64::MAX)
    };
    bench.insert(1, 7, keeping);

    assert_eq!(bench.get(1, 0), hit(None));
}
