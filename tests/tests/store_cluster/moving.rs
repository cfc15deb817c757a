//! Slots that move, and nodes that fail.

use selfsame::store::conformance::key;
use selfsame::store::{EntryKey, Grant, Store, StoreErrorKind};
use selfsame_tests::redis_cluster::{MASTERS, RedisCluster};

use super::{ANYWAY, Face, TOKEN, keys, names, tags, wait};

#[test]
fn a_slot_that_has_moved_is_followed_by_the_call_that_finds_out() {
    let cluster = RedisCluster::start();
    for (number, face) in Face::both(&cluster.url()).into_iter().enumerate() {
        let key = key("moved", number as u64);
        let slot = cluster.slot(key.as_str());
        face.write(&key, ANYWAY).unwrap();
        for _ in 0..2 {
            let from = cluster.owner(slot);
            cluster.migrate(slot, from, (from + 1) % MASTERS, || ());
            let found = face.read(&key);
            assert!(found.as_ref().is_ok_and(Option::is_some), "{found:?}");
            face.write(&key, ANYWAY).unwrap();
        }
    }
}

#[test]
fn tags_that_have_moved_are_followed_by_the_call_that_finds_out() {
    let cluster = RedisCluster::start();
    let (key, tags) = (key("moved", 1), tags());
    for face in Face::both(&cluster.url()) {
        let (_, versions) = face.claim(&key, &tags).unwrap();
        for (tag, _) in &tags[..5] {
            let slot = cluster.slot(tag.as_str());
            let from = cluster.owner(slot);
            cluster.migrate(slot, from, (from + 1) % MASTERS, || ());
        }
        let (_, seen) = face.look(&key, &names(&tags)).unwrap();
        let versions: Vec<_> = versions.into_iter().map(Some).collect();
        assert_eq!(seen, versions);
    }
}

/// Many keys in one slot: of one bucket.
fn bucket() -> Vec<EntryKey> {
    let first = key("moving", 0).bucket();
    (0..1 << 20)
        .map(|number| key("moving", number))
        .filter(|key| key.bucket() == first)
        .take(20)
        .collect()
}

#[test]
fn while_a_slot_moves_it_is_read_and_nothing_in_it_is_half_changed() {
    let cluster = RedisCluster::start();
    for face in Face::both(&cluster.url()) {
        let keys = bucket();
        for key in &keys[1..] {
            face.write(key, ANYWAY).unwrap();
        }
        let slot = cluster.slot(keys[0].as_str());
        let from = cluster.owner(slot);
        cluster.migrate(slot, from, (from + 1) % MASTERS, || {
            assert_eq!(face.read(&keys[0]), Ok(None));
            for key in &keys[1..] {
                let found = face.read(key);
                assert!(found.as_ref().is_ok_and(Option::is_some), "{found:?}");
                // What a script touches is here and there: it is not run.
                for error in [
                    face.write(key, ANYWAY).unwrap_err(),
                    face.claim(key, &[]).unwrap_err(),
                ] {
                    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
                    assert!(error.is_of_a_part(), "{error}");
                }
            }
        });
        let written = face.write(&keys[1], ANYWAY);
        assert!(written.is_ok(), "{written:?}");
        for key in &keys {
            face.store.remove_blocking(key, super::NOBODY).unwrap();
        }
    }
}

#[test]
fn a_tag_that_is_moving_can_be_read_and_invalidated() {
    let cluster = RedisCluster::start();
    let key = key("moving", 1);
    for face in Face::both(&cluster.url()) {
        let tags = tags();
        face.claim(&key, &tags).unwrap();
        let slot = cluster.slot(tags[0].0.as_str());
        let from = cluster.owner(slot);
        let name = names(&tags[..1]);
        let version = || face.look(&key, &name).unwrap().1[0];
        cluster.migrate(slot, from, (from + 1) % MASTERS, || {
            let before = version();
            face.invalidate(&name[0], 0xEE).unwrap();
            assert_ne!(version(), before);
        });
        assert_eq!(version().map(|version| version.to_bytes()), Some([0xEE; 8]));
        for master in &cluster.nodes[..MASTERS] {
            let () = master.ask(&["FLUSHALL"]);
        }
    }
}

/// One master ends by `end`: its keys fail and say that it is only they, the others are there all along, and all are back
/// when the replica has taken over.
fn assert_outlived(settings: &[&str], end: impl Fn(&mut RedisCluster, usize)) {
    let mut cluster = RedisCluster::start_with(None, settings);
    let faces = Face::both(&cluster.url());
    let (keys, tags) = (keys(), names(&tags()));
    for key in &keys {
        faces[0].write(key, ANYWAY).unwrap();
    }
    let lost = cluster.owner(cluster.slot(keys[0].as_str()));
    let is_lost = |key: &&EntryKey| cluster.owner(cluster.slot(key.as_str())) == lost;
    let (concerned, unconcerned): (Vec<_>, Vec<_>) = keys.iter().partition(is_lost);
    for face in &faces {
        for key in &keys {
            face.read(key).unwrap();
        }
    }
    end(&mut cluster, lost);
    for face in &faces {
        for _ in 0..10 {
            for key in &concerned {
                if let Err(error) = face.read(key) {
                    assert!(error.is_unreachable() && error.is_of_a_part(), "{error}");
                }
            }
            for key in &unconcerned {
                let found = face.read(key);
                assert!(found.as_ref().is_ok_and(Option::is_some), "{found:?}");
            }
        }
    }
    for face in &faces {
        wait("the replica to be asked", || {
            concerned.iter().all(|key| face.read(key).is_ok())
        });
        wait("what lies apart", || face.look(&keys[0], &tags).is_ok());
        let other = key("failed", 1);
        wait("a claim", || {
            matches!(
                face.claim(&other, &super::tags()),
                Ok((Grant::Leased(TOKEN), _))
            )
        });
        face.store.release(&other, TOKEN).unwrap();
    }
}

/// The others go on without the slots of the one that is lost, instead of waiting for its replica.
const GO_ON: [&str; 2] = ["--cluster-require-full-coverage", "no"];

#[test]
fn a_master_that_is_killed_costs_its_own_keys_until_its_replica_takes_over() {
    assert_outlived(&GO_ON, |cluster, lost| cluster.nodes[lost].kill());
}

#[test]
fn a_master_that_is_frozen_costs_its_own_keys_until_its_replica_takes_over() {
    assert_outlived(&GO_ON, |cluster, lost| cluster.nodes[lost].freeze());
}
