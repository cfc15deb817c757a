//! What a store can do wrong, and that it costs a computation and never an answer.

use super::*;

const fn failed(operation: Operation, kind: StoreErrorKind) -> Event {
    Event::StoreFailed { operation, kind }
}

const fn rejected(fault: Fault) -> Event {
    miss(Layer::Store, MissReason::Rejected(fault))
}

#[test]
fn a_store_that_gives_no_answer_is_not_asked_again_in_the_same_call() {
    for kind in [
        StoreErrorKind::Unavailable,
        StoreErrorKind::Timeout,
        StoreErrorKind::Busy,
    ] {
        let (bench, memo) = (Bench::new(), simple());
        bench.store.fail(kind);

        assert_eq!(bench.number(memo, || 7), 7);
        let expected = [
            COLD_MEMORY,
            failed(Operation::Read, kind),
            miss(Layer::Store, MissReason::Failed(kind)),
            COMPUTED,
            not_stored(NotStored::Unleased),
        ];
        assert_eq!(bench.events(), expected);
        assert_eq!(bench.store.asked(), [Ask::Read]);
        assert_eq!(
            bench.number(memo, || unreachable!()),
            7,
            "the copy in memory is used"
        );
    }
}

#[test]
fn a_store_that_refuses_to_read_is_asked_to_write_all_the_same() {
    let (bench, memo) = (Bench::new(), simple());
    bench.store.fail_at(Ask::Read, StoreErrorKind::WrongType);

    assert_eq!(bench.number(memo, || 7), 7);
    assert_eq!(bench.events()[3..], [LEASED, COMPUTED, STORED]);
    assert_eq!(bench.store.asked(), [Ask::Read, Ask::Claim, Ask::Write]);
}

#[test]
fn each_kind_of_failure_is_said_once_per_function() {
    let bench = Bench::new();
    for memo in [simple(), simple()] {
        for kind in [
            StoreErrorKind::Timeout,
            StoreErrorKind::Full,
            StoreErrorKind::Timeout,
        ] {
            bench.store.fail(kind);
            bench.number(memo, || 7);
            let _ = bench.evict(memo);
        }
    }
    let reports = bench.reports();
    assert_eq!(reports.len(), 4, "{reports:#?}");
    assert!(
        reports[0]
            .ends_with(": the store did not answer in time; answered by computing (said once)")
    );
}

#[test]
fn an_eviction_the_store_did_not_hear_of_is_deferred() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.store.fail(StoreErrorKind::Unavailable);
    bench.events();

    assert_eq!(bench.evict(memo), Evicted::Deferred);
    let told = failed(Operation::Remove, StoreErrorKind::Unavailable);
    assert_eq!(
        bench.events(),
        [
            told,
            Event::Evicted {
                outcome: Evicted::Deferred
            }
        ]
    );
    assert_eq!(bench.number(memo, || 8), 8, "the copy in memory is gone");
}

#[test]
fn whatever_is_no_entry_is_removed_and_replaced() {
    let memo = simple();
    let entry = {
        let bench = Bench::new();
        bench.number(memo, || 7);
        bench.store.entry(memo)
    };
    let with = |index: usize, byte: u8| {
        let mut bytes = entry.clone();
        bytes[index] = byte;
        bytes
    };
    let cases = [
        (b"someone else's".to_vec(), Fault::Foreign),
        (Vec::new(), Fault::Foreign),
        (entry[..40].to_vec(), Fault::Truncated),
        (with(4, 99), Fault::Format),
        (with(58, 99), Fault::Truncated),
        (with(entry.len() - 5, 99), Fault::Checksum),
        ([&entry[..], b"more"].concat(), Fault::Malformed),
    ];
    for (bytes, fault) in cases {
        let bench = Bench::new();
        bench.store.answer(bytes);

        assert_eq!(bench.number(memo, || 8), 8);
        assert_eq!(
            bench.events(),
            [COLD_MEMORY, rejected(fault), LEASED, COMPUTED, STORED],
            "{fault:?}"
        );
        assert_eq!(
            bench.store.asked(),
            [Ask::Read, Ask::Remove, Ask::Claim, Ask::Write]
        );
    }
}

#[test]
fn an_entry_of_another_call_is_rejected() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.store.answer(bench.store.entry(memo));
    bench.events();

    let other = bench.fetch(memo, key(memo, 2), plain(), || 8);
    assert_eq!(other, 8);
    assert_eq!(bench.events()[1], rejected(Fault::Key));
}

#[test]
fn an_entry_from_the_future_is_rejected() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    let stamped = |later_ms: u64| {
        let mut bytes = bench.store.entry(memo);
        let covered = bytes.len() - 4;
        bytes[8..16].copy_from_slice(&(bench.clock.now_ms() + later_ms).to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..covered]);
        bytes[covered..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    };
    let fetch = |entry| {
        bench.store.answer(entry);
        bench.cache.core().l1.clear();
        bench.events();
        bench.number(memo, || 8)
    };

    assert_eq!(fetch(stamped(9_000)), 7, "a clock that was read early");
    assert_eq!(fetch(stamped(3_600_000)), 8);
    assert_eq!(bench.events()[1], rejected(Fault::Future));
}

#[test]
fn an_entry_that_does_not_decode_is_rejected_and_said_once() {
    let (bench, memo) = (Bench::new(), simple());
    let text = crate::__shape!(String);
    for round in 0..2 {
        bench.fetch(memo, key(memo, 1), text, || "seven".into());
        bench.store.answer(bench.store.entry(memo));
        bench.cache.core().l1.clear();
        bench.events();

        assert_eq!(bench.number(memo, || 7), 7);
        assert_eq!(bench.events()[1], rejected(Fault::Undecodable));
        assert_eq!(bench.reports().len(), 1 - round);
        bench.cache.core().l1.clear();
        bench.store.answer(None);
        let _ = bench.evict(memo);
    }
}

#[test]
fn a_copy_of_another_type_is_no_hit() {
    let (bench, memo) = (Bench::new(), simple());
    bench.fetch(memo, key(memo, 1), crate::__shape!(String), || {
        "seven".into()
    });
    bench.events();

    assert_eq!(bench.number(memo, || 7), 7);
    assert_eq!(bench.events()[0], miss(Layer::Memory, MissReason::Type));
}
