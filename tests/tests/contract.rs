//! Generated code and runtime check that they belong together, and rustc says in our words what a
//! marked function lacks. One workspace with a crate per case is checked once.

use std::sync::LazyLock;

use selfsame_tests::project::{self, Ran};
use selfsame_tests::scratch;

/// A crate of one case: name, build script, sources.
struct Case {
    name: &'static str,
    build_script: &'static str,
    files: &'static [(&'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        name: "another-contract",
        build_script: "fn main() -> Result<(), selfsame_build::Error> {
    selfsame_build::generate()?;
    let file = std::path::Path::new(&std::env::var(\"OUT_DIR\").unwrap()).join(\"selfsame.rs\");
    let text = std::fs::read_to_string(&file).unwrap();
    let call = text.find(\"assert_contract(\").unwrap() + \"assert_contract(\".len();
    let end = call + text[call..].find(')').unwrap();
    std::fs::write(file, format!(\"{}999{}\", &text[..call], &text[end..])).unwrap();
    Ok(())
}
",
        files: &[(
            "src/lib.rs",
            "selfsame::include_generated!();\n\n/// @cache\npub fn one() -> u32 {\n    1\n}\n",
        )],
    },
    Case {
        name: "wrong-include",
        build_script: project::BUILD_SCRIPT,
        files: &[
            (
                "src/lib.rs",
                "selfsame::include_generated!();\n\n/// @cache\npub fn one() -> u32 {\n    1\n}\n",
            ),
            (
                "src/bin/tool.rs",
                "selfsame::include_generated!();\n\n/// @cache\nfn two() -> u32 {\n    2\n}\n\nfn main() {\n    two();\n}\n",
            ),
        ],
    },
    Case {
        name: "no-build-script",
        build_script: "fn main() {}\n",
        files: &[("src/lib.rs", "selfsame::include_generated!();\n")],
    },
    Case {
        name: "not-serialize",
        build_script: project::BUILD_SCRIPT,
        files: &[(
            "src/lib.rs",
            "selfsame::include_generated!();\n\npub struct Opaque;\n\n/// @cache\npub fn one(number: u32, opaque_argument: Opaque) -> u32 {\n    drop(opaque_argument);\n    number\n}\n",
        )],
    },
    Case {
        name: "not-stored",
        build_script: project::BUILD_SCRIPT,
        files: &[(
            "src/lib.rs",
            "selfsame::include_generated!();\n\n#[derive(Clone)]\npub struct Opaque;\n\n/// @cache\npub fn one() -> Result<Opaque, String> {\n    Ok(Opaque)\n}\n\n/// @cache\npub async fn two() -> std::rc::Rc<u32> {\n    std::rc::Rc::new(1)\n}\n",
        )],
    },
];

/// What `cargo check` says of all cases.
static CHECKED: LazyLock<Ran> = LazyLock::new(|| {
    let workspace = scratch::root().join("contract");
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n";
    scratch::write(&workspace.join("Cargo.toml"), manifest.as_bytes());
    for case in CASES {
        let folder = workspace.join(case.name);
        let manifest = project::manifest(case.name, "2024").replace("[workspace]\n", "");
        scratch::write(&folder.join("Cargo.toml"), manifest.as_bytes());
        scratch::write(&folder.join("build.rs"), case.build_script.as_bytes());
        for (path, text) in case.files {
            scratch::write(&folder.join(path), text.as_bytes());
        }
    }
    project::cargo(
        &workspace,
        ["check", "--workspace", "--keep-going", "--color=never"],
    )
});

/// The errors of one case.
fn errors_of(case: &str) -> String {
    assert!(!CHECKED.success);
    let paragraphs = CHECKED.stderr.split("\n\n");
    let place = format!("{case}/");
    let out = format!("/{case}-");
    let own = paragraphs
        .filter(|text| text.contains("error") && (text.contains(&place) || text.contains(&out)));
    own.collect::<Vec<_>>().join("\n\n")
}

fn assert_says(case: &str, sentences: &[&str]) {
    let errors = errors_of(case);
    for sentence in sentences {
        assert!(
            errors.contains(sentence),
            "{sentence:?} is not in:\n{errors}\n\n\nall:\n{}",
            CHECKED.stderr
        );
    }
}

#[test]
fn another_version_of_the_generator_is_refused() {
    assert_says("another-contract", &["selfsame-build", "same version"]);
}

#[test]
fn the_wrappers_of_another_target_are_refused() {
    assert_says("wrong-include", &["include_generated!(bin = "]);
}

#[test]
fn a_build_script_that_does_not_generate_is_explained() {
    assert_says("no-build-script", &["selfsame.rs"]);
}

#[test]
fn a_key_part_that_is_not_serialize_is_named() {
    assert_says(
        "not-serialize",
        &["`Opaque` can't be part of a cache key", "opaque_argument"],
    );
}

#[test]
fn a_value_that_can_not_be_stored_is_explained() {
    assert_says("not-stored", &["`Opaque` can't be stored", "Rc<u32>"]);
}

#[test]
fn the_two_crates_are_locked_to_one_version() {
    let manifest = std::fs::read_to_string(scratch::repository().join("Cargo.toml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for name in ["selfsame", "selfsame-build"] {
        let line = manifest
            .lines()
            .find(|line| line.starts_with(&format!("{name} = ")))
            .unwrap();
        assert!(
            line.contains(&format!("version = \"={version}\"")),
            "{line}"
        );
    }
}
