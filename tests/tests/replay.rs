//! A real crate's history is replayed: the share of its functions that each commit turns cold, beside a hash of the
//! function's own tokens, which misses nearly everything, and one of the whole crate, which misses nothing.

use selfsame_tests::history::{History, Revision};

/// Every revision, the oldest first; each half by a thread and in a clone of its own.
fn revisions(bundle: &str) -> Vec<Revision> {
    let names = History::of(bundle).revisions();
    let half = |names: &[String]| -> Vec<Revision> {
        let history = History::of(bundle);
        names.iter().map(|name| history.at(name)).collect()
    };
    let (older, newer) = names.split_at(names.len() / 2);
    std::thread::scope(|scope| {
        let newer = scope.spawn(|| half(newer));
        let mut revisions = half(older);
        revisions.extend(newer.join().expect("the revisions can be analysed"));
        revisions
    })
}

#[test]
fn a_commit_turns_few_functions_cold() {
    let revisions = revisions("textwrap.bundle");
    let shares: Vec<[f64; 3]> = revisions
        .windows(2)
        .filter_map(|pair| pair[1].cold_since(&pair[0]))
        .collect();
    assert!(
        shares.len() > 40,
        "most commits have functions before and after"
    );
    let mean =
        |which: usize| shares.iter().map(|share| share[which]).sum::<f64>() / shares.len() as f64;
    let (own, ours, whole) = (mean(0), mean(1), mean(2));
    println!(
        "{} commits; mean share of functions going cold: own body {:.1} %, ours {:.1} %, whole crate {:.1} %",
        shares.len(),
        own * 100.0,
        ours * 100.0,
        whole * 100.0
    );
    assert!(
        own <= ours,
        "a version moves at least with the function itself"
    );
    assert!(ours * 3.0 <= whole, "ours {ours}, whole crate {whole}");
}
