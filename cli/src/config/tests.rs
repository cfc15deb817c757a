use super::*;

fn config(files: &[&str], variables: &[(&str, &str)]) -> Config {
    Config {
        files: files.iter().map(|text| text.parse().unwrap()).collect(),
        variables: variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn flags(config: &Config) -> Vec<String> {
    config.rustflags("x86_64-unknown-linux-gnu", &Cfgs::parse(["unix"]))
}

#[test]
fn lists_of_several_files_are_joined_the_nearest_last() {
    let config = config(
        &[
            "[build]\nrustflags = [\"-Cb\"]\n",
            "[build]\nrustflags = [\"-Ca\"]\n",
        ],
        &[],
    );
    assert_eq!(flags(&config), ["-Ca", "-Cb"]);
}

#[test]
fn flags_come_from_the_first_place_that_has_any() {
    let file = "[build]\nrustflags = \"-Cbuild\"\n[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-Ctarget\"]\n[target.'cfg(unix)']\nrustflags = \"-Cunix\"\n[target.'cfg(windows)']\nrustflags = \"-Cno\"\n";
    let of = |variables: &[(&str, &str)]| flags(&config(&[file], variables));
    assert_eq!(of(&[]), ["-Ctarget", "-Cunix"]);
    assert_eq!(of(&[("RUSTFLAGS", "-A  -B")]), ["-A", "-B"]);
    assert_eq!(
        of(&[
            ("RUSTFLAGS", "-A"),
            ("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}a b")
        ]),
        ["-C", "a b"]
    );
    let build = "[build]\nrustflags = \"-Cbuild\"\n";
    assert_eq!(
        flags(&config(&[build], &[("CARGO_BUILD_RUSTFLAGS", "-Cmore")])),
        ["-Cbuild", "-Cmore"]
    );
}

#[test]
fn a_variable_stands_above_the_files() {
    let file = "[build]\ntarget = \"a\"\n";
    assert_eq!(config(&[file], &[]).text("build", "target").unwrap(), "a");
    let overridden = config(&[file], &[("CARGO_BUILD_TARGET", "b")]);
    assert_eq!(overridden.text("build", "target").unwrap(), "b");
}

#[test]
fn the_env_table_gives_way_to_what_is_set() {
    let file = "[env]\nA = \"file\"\nB = { value = \"file\", force = true }\nC = \"file\"\n";
    let env = config(&[file], &[("A", "set"), ("B", "set")]).env();
    assert_eq!(
        env.into_iter().collect::<Vec<_>>(),
        [
            ("B".to_owned(), "file".to_owned()),
            ("C".to_owned(), "file".to_owned())
        ]
    );
}
