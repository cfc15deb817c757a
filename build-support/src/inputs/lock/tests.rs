use super::*;

fn lock(text: &str) -> Lock {
    toml::from_str::<LockToml>(text).unwrap().into()
}

fn closure(lock: &Lock, name: &str, version: &str) -> Vec<String> {
    let own = lock.own(name, version).unwrap();
    let closure = lock.closure([own]);
    closure
        .iter()
        .map(|position| lock.package(*position).entry())
        .collect()
}

#[test]
fn the_first_format_keeps_checksums_apart_and_names_sources_everywhere() {
    let lock = lock(
        r#"
[[package]]
name = "app"
version = "1.0.0"
dependencies = ["a 1.0.0 (registry+https://one)"]

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://one"

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://other"

[metadata]
"checksum a 1.0.0 (registry+https://one)" = "c0de"
"checksum a 1.0.0 (registry+https://other)" = "f00d"
"#,
    );
    assert_eq!(
        closure(&lock, "app", "1.0.0"),
        ["app 1.0.0", "a 1.0.0 registry+https://one c0de"]
    );
}

#[test]
fn what_replaces_a_package_is_reached() {
    // 159
    let lock = lock(
        r#"
[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://one"
replace = "a 1.0.0 (git+https://two#01)"

[[package]]
name = "a"
version = "1.0.0"
source = "git+https://two#01"
"#,
    );
    assert_eq!(
        closure(&lock, "a", "1.0.0"),
        ["a 1.0.0 registry+https://one", "a 1.0.0 git+https://two#01"]
    );
}

#[test]
fn packages_that_depend_on_each_other_are_reached_once() {
    let lock = lock(
        "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"b\"]\n\
         [[package]]\nname = \"b\"\nversion = \"1.0.0\"\ndependencies = [\"a\"]\n",
    );
    assert_eq!(closure(&lock, "a", "1.0.0"), ["a 1.0.0", "b 1.0.0"]);
}
