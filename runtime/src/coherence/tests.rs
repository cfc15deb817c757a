use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::clock::ManualClock;
use crate::store::TagVersion;
use crate::store::memory::Memory;

fn tags() -> Vec<TagKey> {
    vec![
        TagKey::namespace("c"),
        TagKey::function("c", 1),
        TagKey::label("c", "user:1"),
    ]
}

fn borrowed(tags: &[TagKey]) -> Vec<TagRef<'_>> {
    tags.iter().map(TagKey::borrowed).collect()
}

/// One that hears what the test says.
fn told(clock: &ManualClock) -> (Arc<Coherence>, Arc<Mutex<Vec<bool>>>) {
    let changes: Arc<Mutex<Vec<bool>>> = Arc::default();
    let store = Memory::new(1 << 20, Arc::new(clock.clone()));
    let coherence = Coherence::start(&store, "c", Time::Given(Arc::new(clock.clone())), {
        let changes = Arc::clone(&changes);
        move |is_up| changes.lock().unwrap().push(is_up)
    });
    coherence.until_ms.store(0, Ordering::SeqCst);
    (coherence, changes)
}

#[test]
fn memory_is_used_only_between_proofs() {
    let clock = ManualClock::new();
    let (coherence, changes) = told(&clock);
    let now = || coherence.time.now_ms();
    assert!(!coherence.is_usable(now()), "nothing is proven yet");

    coherence.prove(now());
    assert!(coherence.is_usable(now()));
    clock.advance(Duration::from_millis(BOUND_MS));
    assert!(!coherence.is_usable(now()), "the proof is too old");

    coherence.prove(now());
    assert!(coherence.is_usable(now()));
    coherence.lose();
    assert!(!coherence.is_usable(now()));
    assert_eq!(*changes.lock().unwrap(), [true, false]);
}

#[test]
fn what_was_learnt_before_a_gap_is_not_relied_on_after_it() {
    let clock = ManualClock::new();
    let (coherence, _) = told(&clock);
    coherence.prove(coherence.time.now_ms());
    let permit = coherence.permit("entry", &borrowed(&tags()));
    assert!(coherence.holds(&permit));

    clock.advance(Duration::from_millis(BOUND_MS - 1));
    coherence.prove(coherence.time.now_ms());
    assert!(coherence.holds(&permit), "there was no gap");
    clock.advance(Duration::from_millis(BOUND_MS));
    coherence.prove(coherence.time.now_ms());
    assert!(!coherence.holds(&permit));
}

#[test]
fn a_permit_is_void_by_its_entry_and_by_each_of_its_tags() {
    let clock = ManualClock::new();
    let (coherence, _) = told(&clock);
    let names: Vec<String> = tags().iter().map(|tag| tag.as_str().to_owned()).collect();
    for name in &names {
        let permit = coherence.permit("entry", &borrowed(&tags()));
        coherence.hear(News::Tag { name });
        assert!(!coherence.holds(&permit), "{name}");
    }
    let permit = coherence.permit("entry", &borrowed(&tags()));
    coherence.hear(News::Entry {
        name: "another",
        origin: Origin(0),
    });
    assert!(coherence.holds(&permit));
    coherence.hear(News::Entry {
        name: "entry",
        origin: coherence.own(),
    });
    assert!(coherence.holds(&permit), "its own news are old");
    coherence.hear(News::Entry {
        name: "entry",
        origin: Origin(0),
    });
    assert!(!coherence.holds(&permit));
}

#[test]
fn only_the_own_step_carries_a_permit_over() {
    let clock = ManualClock::new();
    let (coherence, _) = told(&clock);
    let permit = coherence.permit("entry", &borrowed(&tags()));
    let carried = permit.after(coherence.invalidate("entry")).unwrap();
    assert!(coherence.holds(&carried));

    coherence.invalidate("entry");
    assert!(carried.after(coherence.invalidate("entry")).is_none());
}

#[test]
fn versions_are_known_until_they_may_have_changed() {
    let clock = ManualClock::new();
    let (coherence, _) = told(&clock);
    let now = || coherence.time.now_ms();
    coherence.prove(now());
    let versions: [_; 3] = std::array::from_fn(|n| Some(TagVersion::from_bytes([n as u8; 8])));
    let learn = || {
        let permit = coherence.permit("entry", &borrowed(&tags()));
        coherence.learn(&borrowed(&tags()), &versions, &permit, None);
    };
    let known = || coherence.known(&borrowed(&tags()), now(), 0).to_vec();
    assert_eq!(known(), [None; 3]);
    learn();
    assert_eq!(known(), versions);

    let name = TagKey::label("c", "user:1");
    coherence.hear(News::Tag {
        name: name.as_str(),
    });
    assert_eq!(known(), [versions[0], versions[1], None]);
    learn();
    coherence.lose();
    assert_eq!(known(), [None; 3]);
}

#[test]
fn a_version_lasts_as_long_as_the_store_was_asked_to_remember_it() {
    let clock = ManualClock::new();
    let (coherence, _) = told(&clock);
    let now_ms = coherence.time.now_ms();
    coherence.prove(now_ms);
    let tags = &tags()[1..];
    let lasting = |until_ms| coherence.known(&borrowed(tags), now_ms, until_ms).to_vec();
    let learn = |version, lasts_ms| {
        let permit = coherence.permit("entry", &borrowed(tags));
        let versions = [Some(TagVersion::from_bytes([version; 8])); 2];
        coherence.learn(&borrowed(tags), &versions, &permit, lasts_ms);
    };
    learn(1, None);
    assert_eq!(lasting(now_ms + 1), [None; 2], "it was only read");

    learn(1, Some(now_ms + 10));
    learn(1, None);
    let version = Some(TagVersion::from_bytes([1; 8]));
    assert_eq!(lasting(now_ms + 10), [version; 2]);
    assert_eq!(lasting(now_ms + 11), [None; 2]);

    learn(2, None);
    assert_eq!(lasting(now_ms + 1), [None; 2], "that was another version");
    learn(2, Some(u64::MAX));
    coherence.hear(News::Tag {
        name: tags[0].as_str(),
    });
    let version = Some(TagVersion::from_bytes([2; 8]));
    assert_eq!(lasting(u64::MAX), [None, version]);
    coherence.lose();
    assert_eq!(lasting(now_ms), [None; 2]);
}

#[test]
fn versions_that_were_read_before_a_change_are_not_believed() {
    let clock = ManualClock::new();
    let (coherence, _) = told(&clock);
    coherence.prove(coherence.time.now_ms());
    let permit = coherence.permit("entry", &borrowed(&tags()));
    coherence.hear(News::Tag {
        name: tags()[2].as_str(),
    });
    coherence.learn(
        &borrowed(&tags()),
        &[Some(TagVersion::from_bytes([0; 8])); 3],
        &permit,
        None,
    );

    let known = coherence.known(&borrowed(&tags()), coherence.time.now_ms(), 0);
    assert_eq!(known[2], None);
    assert!(known[1].is_some());
}

#[test]
fn news_that_come_twice_or_of_things_nobody_has_are_harmless() {
    let clock = ManualClock::new();
    let (coherence, _) = told(&clock);
    coherence.prove(coherence.time.now_ms());
    let permit = coherence.permit("entry", &borrowed(&tags()));
    for _ in 0..2 {
        coherence.hear(News::Entry {
            name: "unknown",
            origin: Origin(1),
        });
        coherence.hear(News::Tag { name: "no tag" });
        coherence.hear(News::Tag { name: "" });
    }
    assert!(coherence.holds(&permit));
    coherence.hear(News::Anything);
    assert!(!coherence.holds(&permit));
}
