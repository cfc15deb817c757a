use super::*;

fn package(name: &str, features: &[(&str, &[&str])], dependencies: Vec<Dependency>) -> Package {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    Package {
        name: name.to_owned(),
        manifest_path: format!("/none/{name}/Cargo.toml").into(),
        features: features
            .iter()
            .map(|(name, values)| ((*name).to_owned(), list(values)))
            .collect(),
        dependencies,
        ..Package::default()
    }
}

fn on(name: &str, optional: bool, features: &[&str]) -> Dependency {
    Dependency {
        name: name.to_owned(),
        optional,
        uses_default_features: false,
        features: features.iter().map(|name| (*name).to_owned()).collect(),
        path: Some(format!("/none/{name}").into()),
        ..Dependency::default()
    }
}

fn features(packages: Vec<Package>, selected: &[usize], selection: &Selection) -> Vec<Vec<String>> {
    let project = Project {
        root: "/none".into(),
        selected: selected.to_vec(),
        notes: Vec::new(),
        packages,
    };
    let enabled = enabled(&project, selection).unwrap();
    let all = 0..project.packages.len();
    all.map(|position| {
        enabled
            .get(&position)
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    })
    .collect()
}

fn asking(features: &[&str]) -> Selection {
    Selection {
        features: features.iter().map(|name| (*name).to_owned()).collect(),
        ..Selection::default()
    }
}

#[test]
fn features_bring_the_features_they_list() {
    let of = |selection: &Selection| {
        let app: &[(&str, &[&str])] = &[("default", &["a"]), ("a", &["b"]), ("b", &[]), ("c", &[])];
        features(vec![package("app", app, vec![])], &[0], selection).remove(0)
    };
    assert_eq!(of(&asking(&[])), ["a", "b", "default"]);
    let bare = Selection {
        no_default_features: true,
        ..asking(&["c"])
    };
    assert_eq!(of(&bare), ["c"]);
    let all = Selection {
        all_features: true,
        ..asking(&[])
    };
    assert_eq!(of(&all), ["a", "b", "c", "default"]);
    assert_eq!(of(&asking(&["app/c"])), ["a", "b", "c", "default"]);
}

#[test]
fn a_selected_member_gets_what_others_ask_of_it() {
    let packages = || {
        vec![
            package(
                "app",
                &[("extra", &["lib/fast"])],
                vec![on("lib", false, &["small"])],
            ),
            package("lib", &[("small", &[]), ("fast", &[])], vec![]),
        ]
    };
    assert_eq!(features(packages(), &[1], &asking(&[]))[1], [""; 0]);
    assert_eq!(features(packages(), &[0, 1], &asking(&[]))[1], ["small"]);
    assert_eq!(
        features(packages(), &[0], &asking(&["extra"]))[1],
        ["fast", "small"]
    );
}

#[test]
fn weak_features_wait_for_their_dependency() {
    let packages = || {
        let features: &[(&str, &[&str])] = &[("weak", &["lib?/fast"]), ("with", &["dep:lib"])];
        vec![
            package("app", features, vec![on("lib", true, &[])]),
            package("lib", &[("fast", &[])], vec![]),
        ]
    };
    assert_eq!(features(packages(), &[0], &asking(&["weak"]))[1], [""; 0]);
    assert_eq!(
        features(packages(), &[0], &asking(&["weak", "with"]))[1],
        ["fast"]
    );
}

#[test]
fn an_unknown_feature_is_refused_by_name() {
    let project = Project {
        root: "/none".into(),
        packages: vec![package("app", &[("a", &[])], vec![])],
        selected: vec![0],
        notes: Vec::new(),
    };
    let error = enabled(&project, &asking(&["b"])).unwrap_err().to_string();
    assert!(
        error.contains("no feature `b`") && error.contains("`a`"),
        "{error}"
    );
}
