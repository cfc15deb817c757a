//! The in-process layer alone.

use super::*;

fn key(argument: u64) -> Key {
    Key::build(1, |parts| parts.part(&argument))
}

fn insert(l1: &L1, argument: u64, value: u64, deadline_ms: u64, payload_bytes: usize) {
    let keeping = Keeping {
        deadline_ms,
        cost_us: 5,
        payload_bytes,
    };
    let key = key(argument);
    l1.insert(
        CallRef::new(1, &key).to_owned(),
        Arc::new(Kept::new(value)),
        keeping,
    );
}

fn get(l1: &L1, argument: u64, now_ms: u64) -> Look<u64> {
    l1.get(&CallRef::new(1, &key(argument)), now_ms)
}

#[test]
fn a_value_is_there_until_its_deadline() {
    let l1 = L1::new(1 << 20, 1 << 10);
    insert(&l1, 1, 7, 100, 8);

    assert_eq!(
        get(&l1, 1, 99),
        Look::Hit {
            value: 7,
            cost_us: 5
        }
    );
    assert_eq!(get(&l1, 2, 99), Look::Miss(MissReason::Cold));
    assert_eq!(get(&l1, 1, 100), Look::Miss(MissReason::Expired));
    assert_eq!(
        get(&l1, 1, 99),
        Look::Miss(MissReason::Cold),
        "its bytes were given back"
    );
}

#[test]
fn functions_do_not_share_keys() {
    let l1 = L1::new(1 << 20, 1 << 10);
    insert(&l1, 1, 7, 100, 8);
    let other = Key::build(2, |parts| parts.part(&1_u64));

    assert_eq!(
        l1.get::<u64>(&CallRef::new(2, &other), 0),
        Look::Miss(MissReason::Cold)
    );
}

#[test]
fn a_value_of_another_type_is_not_handed_out() {
    let l1 = L1::new(1 << 20, 1 << 10);
    insert(&l1, 1, 7, 100, 8);

    let look = l1.get::<String>(&CallRef::new(1, &key(1)), 0);
    assert_eq!(look, Look::Miss(MissReason::Type));
}

#[test]
fn what_is_kept_is_bounded_by_bytes() {
    let l1 = L1::new(1 << 20, 1 << 14);
    for argument in 0..1_000 {
        insert(&l1, argument, argument, u64::MAX, 10_000);
    }
    let kept = (0..1_000)
        .filter(|&argument| matches!(get(&l1, argument, 0), Look::Hit { .. }))
        .count();

    assert!((50..=104).contains(&kept), "{kept}");
}

#[test]
fn the_largest_value_fits() {
    let l1 = L1::new(8 << 20, 1 << 20);
    insert(&l1, 1, 7, u64::MAX, 1 << 20);

    assert!(matches!(get(&l1, 1, 0), Look::Hit { .. }));
}
