//! What a form answers: it is compiled, and its calls are made.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::Path;
use std::process::Command;

use super::corpus::{Build, Form};
use crate::project::{self, Ran};
use crate::scratch;

/// What the program of a form printed.
pub(super) struct Observed {
    pub(super) answers: Option<String>,
    /// The generated constant, where there is one.
    pub(super) version: Option<String>,
    /// That of the function that reaches nothing.
    pub(super) control: Option<String>,
    /// Which of the predicates asked for hold in this build.
    pub(super) holds: Vec<bool>,
}

pub(super) fn observe(
    package: &Path,
    form: &Form,
    predicates: &[&str],
) -> Result<Observed, String> {
    let program = program(form, predicates);
    let printed = match &form.settings.build {
        Build::Compiler => with_the_compiler(package, form, &program)?,
        Build::Cargo | Build::Selfsame => with_cargo(package, form, &program)?,
        Build::None(_) => {
            return Ok(Observed {
                answers: None,
                version: None,
                control: None,
                holds: vec![false; predicates.len()],
            });
        }
    };
    let observed = read(&printed)?;
    if observed.holds.len() == predicates.len() {
        Ok(observed)
    } else {
        Err(format!("not what was asked for: {printed:?}"))
    }
}

/// A library, and a program that calls it, by two runs of the compiler.
fn with_the_compiler(package: &Path, form: &Form, program: &str) -> Result<String, String> {
    let out = package.join("built");
    std::fs::create_dir_all(&out).expect("scratch can be written");
    scratch::write(&out.join("calls.rs"), program.as_bytes());
    let library = out.join("libapp.rlib");
    let compiler = |source: &str, kind: &str| {
        let mut command = Command::new("rustc");
        command
            .args([
                source,
                "--crate-type",
                kind,
                "--edition",
                &form.settings.edition,
            ])
            .args(["--cap-lints", "allow", "--color", "never", "--out-dir"])
            .arg(&out)
            .args(&form.settings.flags)
            .current_dir(package)
            .envs(form.settings.variables.iter().cloned());
        command
    };
    let mut app = compiler("src/lib.rs", "rlib");
    printed(app.args(["--crate-name", "app"]))?;
    let mut calls = compiler("built/calls.rs", "bin");
    printed(
        calls
            .arg("--extern")
            .arg(format!("app={}", library.display())),
    )?;
    let answers = printed(&mut Command::new(out.join("calls")));
    // Hundreds of programs of some megabytes.
    std::fs::remove_dir_all(&out).expect("scratch can be written");
    answers
}

/// What a command printed, or complained of.
fn printed(command: &mut Command) -> Result<String, String> {
    Ran::from(command.output().expect("the command can be started")).finished()
}

/// The same as an example of the package, which no version depends on.
fn with_cargo(package: &Path, form: &Form, program: &str) -> Result<String, String> {
    // Of a name of its own: the examples of all packages lie at one place in the target folder, and one must not run
    // what another one has put there.
    let example = format!(
        "calls_{:016x}",
        BuildHasherDefault::<DefaultHasher>::default().hash_one(package)
    );
    scratch::write(
        &package.join("examples").join(&example).with_extension("rs"),
        program.as_bytes(),
    );
    let mut arguments = form.settings.cargo.clone();
    if !arguments.iter().any(|word| word == "test" || word == "run") {
        arguments.splice(..0, ["run", "--example", &example].map(str::to_owned));
    }
    let variables: Vec<(&str, &str)> = form
        .settings
        .variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let ran = project::cargo_with(package, &arguments, &variables);
    ran.finished()
}

/// The program that makes the calls. All in one tuple, so that they may be of different types.
fn program(form: &Form, predicates: &[&str]) -> String {
    let calls = &form.settings.calls;
    let mut text = format!(
        "#[allow(unused_imports)]\nuse app::*;\n\nfn main() {{\n    println!(\"answers {{:?}}\", ({calls},));\n"
    );
    if form.settings.build == Build::Selfsame {
        let (module, name) = match form.settings.function.rsplit_once("::") {
            Some((module, name)) => (format!("{module}::"), name),
            None => (String::new(), form.settings.function.as_str()),
        };
        let version = format!("{module}{}", name.to_uppercase());
        for (word, name) in [
            ("version", version.as_str()),
            ("control", "REACHES_NOTHING"),
        ] {
            let constant = format!("app::cached::{name}_VERSION");
            text.push_str(&format!("    println!(\"{word} {{}}\", {constant});\n"));
        }
    }
    for predicate in predicates {
        text.push_str(&format!(
            "    println!(\"holds {{}}\", cfg!({predicate}));\n"
        ));
    }
    text.push_str("}\n");
    text
}

/// What the program of a form says.
fn read(printed: &str) -> Result<Observed, String> {
    let after = |word: &str| {
        let mut lines = printed.lines();
        lines.find_map(|line| line.strip_prefix(word).map(str::to_owned))
    };
    let holds = printed
        .lines()
        .filter_map(|line| line.strip_prefix("holds "));
    Ok(Observed {
        answers: Some(after("answers ").ok_or_else(|| format!("no answers in {printed:?}"))?),
        version: after("version "),
        control: after("control "),
        holds: holds.map(|holds| holds == "true").collect(),
    })
}
