//! Which arguments make a key, and which values can be stored.

use super::*;

/// Fails to serialise if told so.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Moody(bool);

impl Serialize for Moody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 {
            return Err(serde::ser::Error::custom("not today"));
        }
        serializer.serialize_newtype_struct("Moody", &self.0)
    }
}

/// Counts the copies that are made of it.
#[derive(Debug, Deserialize, Serialize)]
struct Copied;

static COPIES: AtomicUsize = AtomicUsize::new(0);

impl Clone for Copied {
    fn clone(&self) -> Self {
        COPIES.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

#[test]
fn a_value_from_the_store_is_copied_for_memory_only() {
    let bench = Bench::new();
    for (l1_ms, copies) in [(0, 0), (1_000, 1)] {
        let memo = memo(|function| function.with_l1_ms(l1_ms));
        let fetch = |bench: &Bench| {
            let shape = crate::__shape!(Copied);
            bench.fetch(memo, key(memo, 1), shape, || Copied)
        };
        fetch(&bench);
        let before = COPIES.load(Ordering::SeqCst);
        let neighbour = bench.neighbour();
        fetch(&neighbour);
        assert_eq!(neighbour.events(), [COLD_MEMORY, STORE_HIT]);
        assert_eq!(COPIES.load(Ordering::SeqCst) - before, copies);
    }
}

/// Empties memory whenever a copy is made of it.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Meddler(u8);

static MEDDLED_WITH: Mutex<Option<Cache>> = Mutex::new(None);

impl Clone for Meddler {
    fn clone(&self) -> Self {
        if let Some(cache) = &*MEDDLED_WITH.lock().unwrap() {
            cache.core().l1.clear();
        }
        Self(self.0)
    }
}

#[test]
fn a_clone_may_change_the_memory_it_comes_from() {
    let (bench, memo) = (Bench::new(), simple());
    *MEDDLED_WITH.lock().unwrap() = Some(bench.cache.clone());
    let shape = crate::__shape!(Meddler);
    let fetch = || bench.fetch(memo, key(memo, 1), shape, || Meddler(7));

    let answers = [fetch(), fetch(), fetch()];
    *MEDDLED_WITH.lock().unwrap() = None;
    assert_eq!(answers, [Meddler(7), Meddler(7), Meddler(7)]);
    assert!(bench.events().contains(&MEMORY_HIT));
}

#[test]
fn a_listener_may_change_the_memory_it_is_told_of() {
    let cache = Arc::new(Mutex::new(None::<Cache>));
    let clears = Arc::clone(&cache);
    let bench = Bench::with(|builder| {
        builder.on_event(move |_, event| {
            if let (&MEMORY_HIT, Some(cache)) = (event, &*clears.lock().unwrap()) {
                cache.core().l1.clear();
            }
        })
    });
    *cache.lock().unwrap() = Some(bench.cache.clone());
    let memo = simple();
    let computed = AtomicUsize::new(0);
    for _ in 0..3 {
        let compute = || 6 + computed.fetch_add(1, Ordering::SeqCst) as u64;
        assert_eq!(bench.fetch(memo, key(memo, 1), plain(), compute), 6);
    }
    *cache.lock().unwrap() = None;
    assert_eq!(computed.into_inner(), 1, "the store has it");
}

#[test]
fn an_argument_that_does_not_serialise_is_computed_each_time() {
    let (bench, memo) = (Bench::new(), simple());
    let fetch = |value| {
        let key = memo.key(|parts| {
            parts.part(&1_u8);
            parts.part(&Moody(true));
            parts.part(&2_u8);
        });
        bench.fetch(memo, key, plain(), || value)
    };

    assert_eq!((fetch(7), fetch(8)), (7, 8));
    let uncached = Event::Uncached {
        reason: NoKey::Unencodable,
    };
    assert_eq!(bench.events(), [uncached, uncached]);
    let reports = bench.reports();
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains("not today"), "{reports:?}");
    assert_eq!(bench.store.asked(), []);
}

#[test]
fn every_verb_takes_a_call_without_a_key() {
    let (bench, memo) = (Bench::new(), simple());
    let key = || memo.key(|parts| parts.part(&Moody(true)));
    let core = bench.cache.core();

    assert_eq!(now(fetch::peek(Blocking, core, memo, key(), plain())), None);
    now(refresh::put(Blocking, core, memo, key(), plain(), 7));
    assert_eq!(
        now(refresh::refresh(
            Blocking,
            core,
            memo,
            key(),
            plain(),
            || async { 7 }
        )),
        7
    );
    assert_eq!(
        now(invalidate::evict(Blocking, core, memo, key())),
        Evicted::Done
    );
    assert_eq!(
        drive(fetch::fetch_async(core, memo, key(), plain(), || async {
            8
        })),
        8
    );
    let uncached = Event::Uncached {
        reason: NoKey::Unencodable,
    };
    assert_eq!(bench.events(), [uncached; 5]);
    assert_eq!(bench.store.asked(), []);
}

#[test]
fn oversize_arguments_are_computed_each_time() {
    let (bench, memo) = (Bench::new(), simple());
    for long in ["x".repeat(2 << 20), "y".repeat(2 << 20)] {
        let key = memo.key(|parts| parts.part(&long));
        assert_eq!(bench.fetch(memo, key, plain(), || 7), 7);
    }
    let many = vec![7_u8; 1 << 20];
    let key = memo.key(|parts| parts.part(&many));
    bench.fetch(memo, key, plain(), || 7);

    let uncached = Event::Uncached {
        reason: NoKey::TooLarge,
    };
    assert_eq!(bench.events(), [uncached; 3]);
    assert_eq!(bench.reports().len(), 1);
}

#[test]
fn an_oversize_value_is_returned_and_not_stored() {
    let (bench, memo) = (
        Bench::with(|builder| builder.max_value_bytes(100)),
        simple(),
    );
    let shape = crate::__shape!(String);
    for _ in 0..2 {
        let value = bench.fetch(memo, key(memo, 1), shape, || "x".repeat(200));
        assert_eq!(value.len(), 200);
        assert_eq!(
            bench.events().last(),
            Some(&not_stored(NotStored::TooLarge))
        );
        bench.run_errands();
    }
    assert_eq!(bench.reports().len(), 1);
}

#[test]
fn a_value_that_does_not_serialise_is_returned_and_not_stored() {
    let (bench, memo) = (Bench::new(), simple());
    let shape = crate::__shape!(Moody);
    for _ in 0..2 {
        assert_eq!(
            bench.fetch(memo, key(memo, 1), shape, || Moody(true)),
            Moody(true)
        );
        assert_eq!(
            bench.events().last(),
            Some(&not_stored(NotStored::Unencodable))
        );
        bench.run_errands();
    }
    assert_eq!(bench.reports().len(), 1);
}

/// Encodes without its field where it is empty, which postcard can't read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sparse {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<u8>,
}

#[test]
fn a_type_that_does_not_survive_its_codec_is_said_once_and_not_stored() {
    let bench = Bench::new();
    let memo = memo(|function| function.with_codec(Codec::Postcard));
    let shape = crate::__shape!(Sparse);
    for field in [None, None, Some(7)] {
        let value = bench.fetch(memo, key(memo, 1), shape, || Sparse { field });
        assert_eq!(value, Sparse { field });
        assert_eq!(
            bench.events().last(),
            Some(&not_stored(NotStored::Unsurviving))
        );
        bench.run_errands();
    }
    let reports = bench.reports();
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains("Postcard"), "{reports:?}");
    assert!(!bench.store.asked().contains(&Ask::Write));
}

#[test]
fn a_type_that_decodes_to_something_else_is_found_out_too() {
    let (bench, memo) = (Bench::new(), simple());
    let shape = crate::__shape!(Option<Option<u8>>);

    assert_eq!(
        bench.fetch(memo, key(memo, 1), shape, || Some(None)),
        Some(None)
    );
    assert_eq!(
        bench.events().last(),
        Some(&not_stored(NotStored::Unsurviving))
    );
    assert!(bench.reports()[0].contains("another value"));
}

#[test]
fn each_type_of_a_generic_function_is_tried_for_itself() {
    let bench = Bench::new();
    let memo = memo(|function| function.with_codec(Codec::Postcard));
    bench.fetch(memo, key(memo, 1), crate::__shape!(Sparse), || Sparse {
        field: None,
    });
    bench.events();

    bench.fetch(memo, key(memo, 2), crate::__shape!(u64), || 7);
    assert_eq!(bench.events().last(), Some(&STORED));
}

#[test]
fn large_values_are_compressed_and_come_back() {
    let (bench, memo) = (Bench::new(), simple());
    let shape = crate::__shape!(String);
    let text = "the same again; ".repeat(1_000);
    bench.fetch(memo, key(memo, 1), shape, || text.clone());

    assert!(bench.store.entry(memo).len() < text.len() / 10);
    let neighbour = bench.neighbour();
    assert_eq!(
        now(fetch::peek(
            Blocking,
            neighbour.cache.core(),
            memo,
            key(memo, 1),
            shape
        )),
        Some(text)
    );
}

#[test]
fn every_codec_is_read_back() {
    for codec in [Codec::MessagePack, Codec::Json, Codec::Postcard] {
        let (bench, memo) = (Bench::new(), memo(|function| function.with_codec(codec)));
        bench.number(memo, || 7);
        let neighbour = bench.neighbour();
        assert_eq!(neighbour.peek(memo), Some(7));
    }
}

#[test]
fn arguments_may_be_neither_send_nor_sync() {
    let (bench, memo) = (Bench::new(), simple());
    let shared = std::rc::Rc::new(Cell::new(3_u64));
    let function = |shared: std::rc::Rc<Cell<u64>>| async move {
        Yield(1).await;
        shared.get() + 4
    };
    let core = bench.cache.core();
    let argument = std::rc::Rc::clone(&shared);

    let future = fetch::fetch_async(core, memo, key(memo, 1), plain(), move || {
        function(argument)
    });
    assert_eq!(drive(future), 7);
}
