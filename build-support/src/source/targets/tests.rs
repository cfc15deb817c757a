//! What manifests say about a package, alone and as a member of a workspace.

use std::path::Path;

use super::*;
use crate::source::dependency::Kind;

/// Files by path, in a temporary folder.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn package(manifest: &str) -> Package {
    let folder = folder(&[("Cargo.toml", manifest)]);
    Package::read(folder.path()).unwrap()
}

const WORKSPACE: &str = r#"
[workspace]
members = ["crates/*"]
exclude = ["crates/alone"]
[workspace.package]
edition = "2021"
version = "3.2.1"
[workspace.dependencies]
money = { path = "shared/money", default-features = false, features = ["b"] }
serde = { version = "1.0.2", features = ["derive"] }
"#;

const MEMBER: &str = r#"
[package]
name = "member"
edition.workspace = true
version = { workspace = true }
[dependencies]
money = { workspace = true, default-features = true, features = ["a"] }
serde.workspace = true
"#;

#[test]
fn what_a_manifest_leaves_out_has_cargos_defaults() {
    let package = package("[package]\nname = \"app\"\n");
    assert_eq!(package.edition, "2015");
    assert_eq!(package.version, "0.0.0");
    assert_eq!(package.links, None);
    assert_eq!(package.build_script, None);
    assert!(!package.proc_macro);
}

#[test]
fn what_a_manifest_states_is_read() {
    let package = package(
        "[package]\nname = \"app\"\nedition = \"2024\"\nversion = \"1.2.3\"\nlinks = \"z\"\nbuild = \"make.rs\"\n\
         [lib]\nproc-macro = true\n",
    );
    assert_eq!(package.edition, "2024");
    assert_eq!(package.version, "1.2.3");
    assert_eq!(package.links.as_deref(), Some("z"));
    assert_eq!(package.build_script, Some(package.folder.join("make.rs")));
    assert!(package.proc_macro);
}

#[test]
fn a_build_script_is_found_unless_the_manifest_denies_it() {
    let script = ("build.rs", "fn main() {}");
    let found = folder(&[("Cargo.toml", "[package]\nname = \"app\"\n"), script]);
    let denied = folder(&[
        ("Cargo.toml", "[package]\nname = \"app\"\nbuild = false\n"),
        script,
    ]);
    let of = |folder: &Path| Package::read(folder).unwrap().build_script;
    assert_eq!(of(found.path()), Some(found.path().join("build.rs")));
    assert_eq!(of(denied.path()), None);
}

#[test]
fn a_member_inherits_from_a_virtual_workspace() {
    let folder = folder(&[
        ("Cargo.toml", WORKSPACE),
        ("crates/member/Cargo.toml", MEMBER),
    ]);
    let member = Package::read(&folder.path().join("crates/member")).unwrap();
    assert_eq!(
        (member.edition.as_str(), member.version.as_str()),
        ("2021", "3.2.1")
    );
    let [money, serde] = member.dependencies.as_slice() else {
        panic!("{:?}", member.dependencies);
    };
    assert_eq!(money.folder, Some(folder.path().join("shared/money")));
    assert_eq!(money.request, "features=[a,b]");
    assert_eq!(serde.requirement, "version=1.0.2");
    assert_eq!(serde.request, "features=[derive]");
}

#[test]
fn an_excluded_package_and_one_being_published_inherit_nothing() {
    for place in ["crates/alone", "target/package/member-3.2.1"] {
        let manifest = format!("{place}/Cargo.toml");
        let folder = folder(&[("Cargo.toml", WORKSPACE), (&manifest, MEMBER)]);
        let package = Package::read(&folder.path().join(place)).unwrap();
        assert_eq!(package.edition, "2015", "{place}");
    }
}

#[test]
fn a_package_may_name_its_workspace() {
    let member = MEMBER.replace("[package]", "[package]\nworkspace = \"../root\"");
    let folder = folder(&[
        ("root/Cargo.toml", WORKSPACE),
        ("member/Cargo.toml", &member),
    ]);
    let package = Package::read(&folder.path().join("member")).unwrap();
    assert_eq!(package.edition, "2021");
}

#[test]
fn renames_platforms_and_build_dependencies_are_told_apart_and_development_ones_left_out() {
    let package = package(
        r#"
[package]
name = "app"
[dependencies]
old-rand = { package = "rand", version = "0.8", optional = true }
[dev-dependencies]
tested = "1"
[build-dependencies]
cc = "1"
[target.'cfg(unix)'.dependencies]
libc = { version = "0.2", default-features = false }
[target.'cfg(unix)'.dev-dependencies]
also-tested = "1"
"#,
    );
    let shown = |dependency: &Dependency| {
        let Dependency {
            name,
            package,
            kind,
            request,
            ..
        } = dependency.clone();
        (name, package, kind, request)
    };
    let expected = |name: &str, package: &str, kind: Kind, request: &str| {
        (
            name.to_owned(),
            package.to_owned(),
            kind,
            request.to_owned(),
        )
    };
    assert_eq!(
        package.dependencies.iter().map(shown).collect::<Vec<_>>(),
        [
            expected("old_rand", "rand", Kind::Normal, "features=[] optional"),
            expected("cc", "cc", Kind::Build, "features=[]"),
            expected(
                "libc",
                "libc",
                Kind::Normal,
                "features=[] default-features=false target=cfg(unix)"
            ),
        ]
    );
    assert_eq!(package.dependency_names(), ["old_rand", "libc"]);
}
