//! In random crates whose call graph is known, an edit of an item moves the versions of exactly the functions that
//! reach it.

use std::collections::BTreeSet;

use selfsame_tests::known_graph::KnownGraph;
use selfsame_tests::project::Project;

/// Crates tried; each is generated for once for each of its nodes.
const CRATES: u64 = 4;
const NODES: usize = 30;

fn written(graph: &KnownGraph, project: &Project, edited: Option<usize>) {
    for (path, text) in graph.files(edited) {
        project.write(path, &text);
    }
}

#[test]
fn an_edit_moves_exactly_the_functions_that_reach_it() {
    let first = std::env::var("SELFSAME_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    let mut wrong = Vec::new();
    for seed in first..first + CRATES {
        let graph = KnownGraph::random(NODES, &mut fastrand::Rng::with_seed(seed));
        let reached = graph.reached();
        let project = Project::new();
        written(&graph, &project, None);
        let before = project.versions();
        assert!(
            before.keys().eq(reached.keys()),
            "{before:?} are not the roots of {reached:?}"
        );
        for node in 0..graph.len() {
            written(&graph, &project, Some(node));
            let after = project.versions();
            let moved: BTreeSet<&String> = before
                .keys()
                .filter(|root| before[*root] != after[*root])
                .collect();
            let reach: BTreeSet<&String> = reached
                .keys()
                .filter(|root| reached[*root].contains(&node))
                .collect();
            if moved != reach {
                wrong.push(format!(
                    "seed {seed}, {}: moved {moved:?}, reached by {reach:?}",
                    graph.describe(node)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_random_crates_compile() {
    let project = Project::new();
    let graph = KnownGraph::random(2 * NODES, &mut fastrand::Rng::with_seed(7));
    written(&graph, &project, None);
    let library = project.path().join("src/lib.rs").display().to_string();
    let output = std::process::Command::new("rustc")
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "--cap-lints",
            "allow",
            "-o",
        ])
        .arg(project.path().join("metadata"))
        .arg(library)
        .output();
    let _ = selfsame_tests::project::Ran::from(output.expect("rustc can be started")).successful();
}
