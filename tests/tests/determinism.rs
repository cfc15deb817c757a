//! The same sources give the same bytes, wherever and however they came to lie there.

use selfsame_tests::project::{Generated, Project};

const FILES: [(&str, &str); 5] = [
    (
        "src/lib.rs",
        "//! A crate.\n\nselfsame::include_generated!();\n\npub mod a;\npub mod b;\npub mod c;\n",
    ),
    (
        "src/a.rs",
        "/// @cache\npub fn one(x: u32) -> u32 {\n    crate::b::two(x) + 1\n}\n",
    ),
    (
        "src/b.rs",
        "/// @cache(depends(\"inputs\"))\npub fn two(x: u32) -> u32 {\n    crate::c::three::<u8>(x)\n}\n",
    ),
    (
        "src/c.rs",
        "/// Two lines of text\n/// and a marker.\n///\n/// @cache(\n///     ttl = \"1m\",\n/// )\npub fn three<T: 'static>(x: u32) -> u32 {\n    let text = \"a\n b\";\n    x + text.len() as u32\n}\n",
    ),
    ("inputs/first.txt", "1"),
];

/// Everything but what names the folder: Cargo wants absolute paths to watch.
fn outcome(project: &Project) -> Generated {
    let mut generated = project.generate().unwrap();
    let here = project.path().to_str().unwrap();
    for directive in &mut generated.directives {
        *directive = directive.replace(here, "");
    }
    generated
}

#[test]
fn neither_the_folder_nor_the_order_of_creation_matters() {
    let one = Project::of(&FILES).with("inputs/second.txt", "2");
    let mut shuffled = FILES;
    shuffled.reverse();
    shuffled.swap(0, 3);
    let other = Project::new().with("inputs/second.txt", "2");
    let other = shuffled
        .iter()
        .fold(other, |project, (path, text)| project.with(path, text));
    assert_ne!(one.path(), other.path());
    assert_eq!(outcome(&one), outcome(&other));
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter() {
    let unix = Project::of(&FILES);
    let windows = FILES.map(|(path, text)| (path, text.replace('\n', "\r\n")));
    let windows = windows
        .iter()
        .fold(Project::new(), |project, (path, text)| {
            project.with(path, text)
        });
    windows.write("src/a.rs", &format!("\u{feff}{}", FILES[1].1));
    assert_eq!(outcome(&unix), outcome(&windows));
}

#[test]
fn a_second_run_with_its_memory_of_the_first_gives_the_same() {
    let project = Project::of(&FILES);
    let cold = outcome(&project);
    assert_eq!(outcome(&project), cold);
    project.edit("src/a.rs", "+ 1", "+ 2");
    let edited = outcome(&project);
    assert_ne!(edited, cold);
    let fresh = Project::of(&FILES);
    fresh.edit("src/a.rs", "+ 1", "+ 2");
    assert_eq!(outcome(&fresh), edited);
    project.edit("src/a.rs", "+ 2", "+ 1");
    assert_eq!(outcome(&project), cold);
}

#[test]
fn no_path_of_the_machine_is_written() {
    let project = Project::of(&FILES);
    let here = project.path().to_str().unwrap();
    for (name, text) in outcome(&project).files {
        assert!(!text.contains(here), "{name} names the checkout:\n{text}");
    }
}
