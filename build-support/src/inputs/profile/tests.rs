use super::*;
use crate::cargo::Environment;

const DEV: &str = "debug-assertions=true opt-level=0 overflow-checks=true panic=unwind";
const RELEASE: &str = "debug-assertions=false opt-level=3 overflow-checks=false panic=unwind";

/// The profiles served with one manifest, and these variables.
fn served(manifest: &str, out_dir: &str, variables: &[(&str, &str)]) -> Vec<(String, String)> {
    let manifest: Table = toml::from_str(manifest).unwrap();
    let mut profiles = Profiles::default();
    if let Some(toml::Value::Table(table)) = manifest.get("profile") {
        profiles.add(table.clone());
    }
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment = Environment::of_variables("/app".into(), out_dir.into(), variables);
    profiles.served(Path::new(out_dir), &mut Record::new(&environment))
}

fn of(profile: &str, settings: &str) -> (String, String) {
    (profile.to_owned(), settings.to_owned())
}

const DEBUG_DIR: &str = "/target/debug/build/app-01/out";
const RELEASE_DIR: &str = "/target/x86_64-unknown-linux-gnu/release/build/app-01/out";

#[test]
fn a_profile_that_nothing_is_said_of_has_cargos_defaults() {
    assert_eq!(served("", DEBUG_DIR, &[]), [of("dev", DEV)]);
    assert_eq!(served("", RELEASE_DIR, &[]), [of("release", RELEASE)]);
}

#[test]
fn stating_a_default_changes_nothing_and_the_manner_of_writing_does_not_count() {
    let stated = "[profile.dev]\noverflow-checks = true\nopt-level = 0\n";
    assert_eq!(served(stated, DEBUG_DIR, &[]), served("", DEBUG_DIR, &[]));
    let quoted = "[profile.dev]\nopt-level = \"0\"\n";
    assert_eq!(served(quoted, DEBUG_DIR, &[]), served("", DEBUG_DIR, &[]));
}

#[test]
fn how_to_compile_and_link_does_not_count() {
    let inert = "[profile.release]\nlto = true\ndebug = 2\nstrip = true\ncodegen-units = 1\nincremental = true\n\
                 [profile.release.build-override]\nopt-level = 3\n";
    assert_eq!(served(inert, RELEASE_DIR, &[]), [of("release", RELEASE)]);
}

#[test]
fn the_profiles_of_tests_and_benches_count_where_they_differ() {
    let checked = DEV.replace("overflow-checks=true", "overflow-checks=false");
    assert_eq!(
        served("[profile.test]\noverflow-checks = false\n", DEBUG_DIR, &[]),
        [of("dev", DEV), of("test", &checked)]
    );
    assert_eq!(
        served("[profile.dev]\noverflow-checks = false\n", DEBUG_DIR, &[]),
        [of("dev", &checked)]
    );
    assert_eq!(
        served("[profile.test]\nopt-level = 1\n", RELEASE_DIR, &[]),
        [of("release", RELEASE)]
    );
}

#[test]
fn a_profile_of_ones_own_inherits() {
    let manifest = "[profile.fast]\ninherits = \"quick\"\npanic = \"abort\"\n\
                    [profile.quick]\ninherits = \"release\"\nopt-level = 1\n";
    let settings = "debug-assertions=false opt-level=1 overflow-checks=false panic=abort";
    assert_eq!(
        served(manifest, "/target/fast/build/app-01/out", &[]),
        [of("fast", settings)]
    );
}

#[test]
fn profiles_that_inherit_from_each_other_come_to_an_end() {
    let manifest = "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"a\"\n";
    let served = served(manifest, "/target/a/build/app-01/out", &[]);
    assert_eq!(served, [of("a", DEV)]);
}

#[test]
fn a_folder_that_is_no_profile_leaves_it_to_the_variable() {
    assert_eq!(
        served("", "/generated", &[("PROFILE", "release")]),
        [of("release", RELEASE)]
    );
    assert_eq!(served("", "/generated", &[]), [of("dev", DEV)]);
}

#[test]
fn overrides_of_packages_count() {
    let manifest = "[profile.dev.package.debug]\nopt-level = 3\ndebug = 1\n[profile.dev.package.\"*\"]\nopt-level = 2\n";
    assert_eq!(
        served(manifest, DEBUG_DIR, &[]),
        [of(
            "dev",
            &DEV.replace(
                "panic",
                "package.*.opt-level=2 package.debug.opt-level=3 panic"
            )
        )]
    );
}

#[test]
fn variables_win() {
    let manifest = "[profile.my-own]\ninherits = \"dev\"\npanic = \"unwind\"\n";
    let variables = [
        ("CARGO_PROFILE_MY_OWN_PANIC", "abort"),
        ("CARGO_PROFILE_DEV_OPT_LEVEL", "1"),
    ];
    let settings = "debug-assertions=true opt-level=1 overflow-checks=true panic=abort";
    assert_eq!(
        served(manifest, "/target/my-own/build/app-01/out", &variables),
        [of("my-own", settings)]
    );
}
