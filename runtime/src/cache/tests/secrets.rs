//! Encrypted entries on the read path: what is not one of ours is a miss that is counted.

use super::*;
use crate::cache::call::Call;
use crate::secret::tests::{ONE, TWO};
use crate::store::Store;

const fn rejected(fault: Fault) -> Event {
    miss(Layer::Store, MissReason::Rejected(fault))
}

/// A process with these secrets, the newest first, and the store of `bench`.
fn neighbour(bench: &Bench, newest_first: &[&str]) -> Bench {
    Bench::on(Arc::clone(&bench.store), bench.clock.clone(), |builder| {
        builder.secrets(newest_first)
    })
}

fn bench(newest_first: &[&str]) -> Bench {
    Bench::with(|builder| builder.secrets(newest_first))
}

/// What the entry of a call is called in the store.
fn name(bench: &Bench, memo: &'static Memo, argument: u64) -> EntryKey {
    Call::new(bench.cache.core(), memo, &key(memo, argument)).entry_key
}

/// The entry of the number whose key is 1, as it lies in the store.
fn entry(bench: &Bench, memo: &'static Memo) -> Vec<u8> {
    let looked = Handle(Arc::clone(&bench.store)).read_blocking(&name(bench, memo, 1), &[]);
    bench.store.asked();
    looked.unwrap().entry.expect("there is an entry").bytes
}

/// The entry with other bytes from `place` on, and a checksum that fits.
fn altered(entry: &[u8], place: usize, bytes: &[u8]) -> Vec<u8> {
    let mut entry = entry.to_vec();
    entry[place..place + bytes.len()].copy_from_slice(bytes);
    let covered = entry.len() - 4;
    let checksum = crc32fast::hash(&entry[..covered]);
    entry[covered..].copy_from_slice(&checksum.to_le_bytes());
    entry
}

/// Has `bench` find `answer` in the store, twice, and asserts that it is a miss for that reason, which is said once.
fn assert_rejected(bench: &Bench, memo: &'static Memo, answer: &[u8], fault: Fault) {
    bench.reports();
    for said in [1, 0] {
        bench.cache.core().l1.clear();
        bench.events();
        bench.store.answer(answer.to_vec());
        assert_eq!(bench.number(memo, || 8), 8);
        assert_eq!(bench.events()[1], rejected(fault));
        assert_eq!(bench.reports().len(), said, "{fault:?}");
    }
    bench.store.answer(None);
}

#[test]
fn a_value_comes_back_and_is_not_in_clear() {
    let (bench, memo) = (bench(&[ONE]), simple());
    let text = "confidential".repeat(4);
    bench.fetch(memo, key(memo, 1), crate::__shape!(String), || text.clone());
    bench.cache.core().l1.clear();
    bench.events();

    let again = bench.fetch(
        memo,
        key(memo, 1),
        crate::__shape!(String),
        || unreachable!(),
    );
    assert_eq!(again, text);
    assert_eq!(bench.events(), [COLD_MEMORY, STORE_HIT]);
    let entry = entry(&bench, memo);
    assert!(!entry.windows(4).any(|window| window == b"conf"));
}

#[test]
fn whatever_was_not_encrypted_by_us_for_this_call_is_a_counted_miss() {
    let bench = bench(&[ONE]);
    let entry = |memo| {
        bench.number(memo, || 7);
        entry(&bench, memo)
    };
    let memos = [simple(), simple(), simple(), simple(), simple()];
    let genuine = memos.map(entry);
    let forever = u64::MAX.to_le_bytes();
    let end = genuine[0].len() - 21;
    let cases = [
        altered(&genuine[0], 16, &forever),
        altered(
            &genuine[1],
            8,
            &bench.clock.now_ms().wrapping_sub(1).to_le_bytes(),
        ),
        altered(&genuine[2], end, &[genuine[2][end] ^ 1]),
        // Another function's.
        genuine[4].clone(),
    ];
    for (memo, answer) in memos.into_iter().zip(cases) {
        assert_rejected(&bench, memo, &answer, Fault::Forged);
        assert_eq!(memo.stats().rejected_misses, 2);
    }
}

#[test]
fn an_entry_of_another_call_or_deployment_is_forged() {
    let memo = simple();
    let staging = Bench::with(|builder| builder.secrets([ONE]).namespace("staging"));
    staging.number(memo, || 7);
    let production = bench(&[ONE]);
    assert_rejected(&production, memo, &entry(&staging, memo), Fault::Forged);

    let memo = simple();
    production.number(memo, || 7);
    production.store.answer(entry(&production, memo));
    production.events();
    let other = production.fetch(memo, key(memo, 2), plain(), || 8);
    assert_eq!(other, 8);
    assert_eq!(production.events()[1], rejected(Fault::Forged));
}

#[test]
fn an_entry_in_clear_is_none_for_a_process_with_a_secret() {
    let (open, memo) = (Bench::new(), simple());
    open.number(memo, || 7);
    assert_rejected(&bench(&[ONE]), memo, &open.store.entry(memo), Fault::Plain);
}

#[test]
fn an_encrypted_entry_is_none_for_a_process_without_a_secret() {
    let (locked, memo) = (bench(&[ONE]), simple());
    locked.number(memo, || 7);
    assert_rejected(&Bench::new(), memo, &entry(&locked, memo), Fault::Locked);
}

/// While a secret is brought in, or taken away.
#[test]
fn processes_with_and_without_a_secret_leave_each_other_alone() {
    let (open, memo) = (Bench::new(), simple());
    let locked = neighbour(&open, &[ONE]);
    for round in 0..3 {
        for (bench, value) in [(&open, 7), (&locked, 8)] {
            bench.cache.core().l1.clear();
            bench.events();
            let computed = Cell::new(false);
            let answer = bench.number(memo, || {
                computed.set(true);
                value
            });
            assert_eq!((answer, computed.get()), (value, round == 0));
            assert!(round == 0 || bench.events() == [COLD_MEMORY, STORE_HIT]);
        }
    }
}

/// Nothing is removed that others can read, and nobody is kept from storing for it.
#[test]
fn an_entry_by_an_unknown_secret_stays_until_it_is_replaced() {
    let (one, memo) = (bench(&[ONE]), simple());
    let two = neighbour(&one, &[TWO]);
    one.number(memo, || 7);
    one.store.asked();

    assert_eq!(two.peek(memo), None);
    assert_eq!(two.events()[1], rejected(Fault::Locked));
    assert_eq!(one.store.asked(), [Ask::Read]);
    one.cache.core().l1.clear();
    assert_eq!(one.number(memo, || unreachable!()), 7);
    one.store.asked();

    assert_eq!(two.number(memo, || 8), 8);
    assert_eq!(
        two.events()[1..],
        [rejected(Fault::Locked), LEASED, COMPUTED, STORED]
    );
    assert_eq!(one.store.asked(), [Ask::Read, Ask::Claim, Ask::Write]);
}

#[test]
fn a_new_secret_is_brought_in_without_going_cold() {
    let (old, memo) = (bench(&[ONE]), simple());
    old.number(memo, || 7);
    let phases: [&[&str]; 3] = [&[ONE, TWO], &[TWO, ONE], &[TWO]];
    let benches = phases.map(|newest_first| neighbour(&old, newest_first));
    for bench in &benches[..2] {
        assert_eq!(bench.number(memo, || unreachable!()), 7);
        bench.cache.core().l1.clear();
    }
    // What the newest writes, those read that only know it.
    benches[1].refresh(memo, || 8);
    for bench in &benches {
        bench.cache.core().l1.clear();
        assert_eq!(bench.number(memo, || unreachable!()), 8);
    }
}

/// What a secret does not keep anybody from: that is what the README says.
#[test]
fn an_older_entry_of_the_same_call_can_be_put_back_until_it_ends() {
    let bench = bench(&[ONE]);
    let memo = memo(|function| function.with_ttl_ms(10_000));
    bench.number(memo, || 7);
    bench.store.answer(entry(&bench, memo));
    let _ = bench.evict(memo);

    assert_eq!(bench.number(memo, || 8), 7);
    bench.advance_ms(10_000);
    assert_eq!(bench.number(memo, || 8), 8);
}
