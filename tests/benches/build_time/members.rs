//! A workspace whose members each run the build script, against one run for a package that uses them all.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use selfsame_tests::measure::Contest;
use selfsame_tests::project::Project;

use crate::timer::{Mode, Timer};

const MEMBERS: usize = 30;
const MODULES: usize = 8;
const FUNCTIONS: usize = 26;
const ROUNDS: usize = 3;

/// Measures all members in one process each, as Cargo runs them, with the cache they share.
pub(crate) fn measure(timer: &Timer) {
    let workspace = Project::new();
    let mut lines = 0;
    for number in 0..MEMBERS {
        lines += write_member(&workspace, number);
    }
    write_union(&workspace);
    let target = workspace.path().join("target");
    let forget = || {
        // Not there before the first run.
        let _ = std::fs::remove_dir_all(&target);
    };
    let run = |folder: PathBuf| timer.run_in(&folder, &target, Mode::TwoThreads).time;
    let title = format!(
        "A workspace of {MEMBERS} members, {lines} lines, {}",
        timer.described
    );
    Contest::new(title, 1, "one run over the union, cold", |_| {
        forget();
        run(workspace.path().join("union"))
    })
    .within(2.0, "a run for each member, cold, total", |_| {
        forget();
        let members = (0..MEMBERS).map(|number| run(workspace.path().join(name(number))));
        members.sum::<Duration>()
    })
    .run(ROUNDS);
}

fn name(number: usize) -> String {
    format!("member{number}")
}

/// Each member uses two of those before it; returns how many lines it has.
fn write_member(workspace: &Project, number: usize) -> usize {
    let mut uses = vec![number / 2, number / 3];
    uses.retain(|used| *used != number);
    // A manifest names a dependency once.
    uses.dedup();
    workspace.write(
        &format!("{}/Cargo.toml", name(number)),
        &manifest(&name(number), &uses),
    );
    let mut root = format!("//! Member {number}.\n");
    let mut lines = 0;
    for module in 0..MODULES {
        let text = module_text(number, module, &uses);
        lines += text.lines().count();
        workspace.write(&format!("{}/src/m{module}.rs", name(number)), &text);
        writeln!(root, "pub mod m{module};").expect("text can be written");
    }
    workspace.write(&format!("{}/src/lib.rs", name(number)), &root);
    lines + root.lines().count()
}

/// A package that reaches all members.
fn write_union(workspace: &Project) {
    let all: Vec<usize> = (0..MEMBERS).collect();
    workspace.write("union/Cargo.toml", &manifest("union", &all));
    let calls: String = all
        .iter()
        .map(|number| format!("    + {}::m0::f0(number)\n", name(*number)))
        .collect();
    let text = format!(
        "//! Everything.\n\n/// All of it.\n///\n/// @cache(ttl = \"5m\")\npub fn all(number: u64) -> u64 {{\n    0\n{calls}}}\n"
    );
    workspace.write("union/src/lib.rs", &text);
}

fn manifest(package: &str, uses: &[usize]) -> String {
    let mut text = format!(
        "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n"
    );
    for used in uses {
        let used = name(*used);
        writeln!(text, "{used} = {{ path = \"../{used}\" }}").expect("text can be written");
    }
    text
}

/// A module whose functions call each other, those of the next module and those of the members used; one of them is
/// marked.
fn module_text(member: usize, number: usize, uses: &[usize]) -> String {
    let next = (number + 1) % MODULES;
    let mut text = format!(
        "//! Module {number} of member {member}.\n\nuse crate::m{next} as next;\n\n\
         /// A record.\n#[derive(Clone, Debug, PartialEq)]\npub struct Record {{\n    /// Its number.\n    \
         pub number: u64,\n    /// Its name.\n    pub name: String,\n}}\n"
    );
    for function in 0..FUNCTIONS {
        let is_last = function == FUNCTIONS - 1;
        let marker = if function == 0 {
            "///\n/// @cache(ttl = \"5m\")\n"
        } else {
            ""
        };
        let callee = (function + 1) % FUNCTIONS;
        let other = match uses.get(function % 7) {
            Some(used) => format!("{}::m{number}::", name(*used)),
            None if is_last && next != 0 => "next::".to_owned(),
            None => "self::".to_owned(),
        };
        let stop = if is_last {
            "number > 1"
        } else {
            "number > 100"
        };
        write!(
            text,
            "\n/// Function {function} of module {number}.\n{marker}pub fn f{function}(number: u64) -> u64 {{\n    \
             let record = Record {{\n        number: number.wrapping_add({member}),\n        \
             name: format!(\"{{number}}\"),\n    }};\n    if {stop} {{\n        \
             return {other}f{callee}(record.number / 2);\n    }}\n    \
             match record.name.len() {{\n        0 => 0,\n        length => length as u64 * record.number,\n    }}\n}}\n"
        )
        .expect("text can be written");
    }
    text
}
