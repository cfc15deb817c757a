//! What `generate()` costs at build time, on published crates and on a workspace, in build scripts as Cargo compiles
//! them: without optimisation, and with what the README recommends.
//!
//! Against parsing the same files with `syn`, which nothing that reads Rust code can do without.

mod members;
mod published;
mod timer;

use selfsame_tests::measure::Contest;

use published::{Edit, Published};
use timer::{Mode, Timer};

/// Three crates of very different size; the newest versions when this was written.
const CRATES: &[(&str, &str)] = &[
    ("semver", "1.0.28"),
    ("regex-automata", "0.4.18"),
    ("boa_engine", "0.22.0"),
];

const ROUNDS: usize = 3;

/// Times the memory that parsing takes.
const MOST_MEMORY: f64 = 2.0;

/// Without optimisation everything takes so much longer that one crate and one round must do.
const ROUNDS_BY_DEFAULT: usize = 1;

fn main() {
    let crates = published::fetch(CRATES);
    let optimised = Timer::compile("optimised");
    for krate in &crates {
        measure(&optimised, krate, ROUNDS);
    }
    members::measure(&optimised);
    let by_default = Timer::compile("dev");
    let [_, middle, ..] = crates.as_slice() else {
        return;
    };
    measure(&by_default, middle, ROUNDS_BY_DEFAULT);
    setting(&by_default, &optimised, middle);
}

/// What the recommended setting does for one crate.
fn setting(by_default: &Timer, optimised: &Timer, krate: &Published) {
    let cold = |timer: &Timer| {
        timer.forget(krate.path());
        timer.run(krate.path(), Mode::TwoThreads).time
    };
    let title = format!("{}: the recommended setting, cold", krate.name);
    Contest::new(title, 1, by_default.described, |_| cold(by_default))
        .rival(optimised.described, |_| cold(optimised))
        .run(ROUNDS_BY_DEFAULT);
}

fn measure(timer: &Timer, krate: &Published, rounds: usize) {
    let title = format!(
        "{}: {} lines in {} files, {} functions marked, {}",
        krate.name,
        krate.lines,
        krate.files.len(),
        krate.marked,
        timer.described
    );
    let cold = |mode: Mode| {
        move |_| {
            timer.forget(krate.path());
            timer.run(krate.path(), mode).time
        }
    };
    Contest::new(&title, 1, "`syn::parse_file` of each", |_| {
        timer.run(krate.path(), Mode::Parse).time
    })
    .within(1.5, "cold, one thread", cold(Mode::OneThread))
    .within(1.0, "cold, two threads", cold(Mode::TwoThreads))
    .run(rounds);
    let after = |edit: Edit| {
        move |_| {
            krate.edit(edit);
            timer.run(krate.path(), Mode::OneThread).time
        }
    };
    Contest::new(&title, 1, "cold, one thread", cold(Mode::OneThread))
        .within(0.1, "one file changed: a body", after(Edit::Body))
        .within(0.1, "one file changed: its names", after(Edit::Names))
        .rival("nothing changed", |_| {
            timer.run(krate.path(), Mode::OneThread).time
        })
        .run(rounds);
    peaks(timer, krate);
}

/// Peak memory of whole processes, once each: it hardly varies.
fn peaks(timer: &Timer, krate: &Published) {
    timer.forget(krate.path());
    let runs = [
        ("parsing, each tree dropped", Mode::Parse),
        ("parsing, all trees kept", Mode::Keep),
        ("cold", Mode::TwoThreads),
        ("nothing changed", Mode::TwoThreads),
    ];
    println!("| peak memory | KiB | | target |\n|---|---:|---:|---|");
    let mut first = None;
    for (name, mode) in runs {
        let peak = timer.run(krate.path(), mode).peak_kib;
        let ratio = peak as f64 / *first.get_or_insert(peak) as f64;
        let target = match mode {
            Mode::Parse | Mode::Keep => "",
            Mode::OneThread | Mode::TwoThreads if ratio <= MOST_MEMORY => "≤ 2×: met",
            Mode::OneThread | Mode::TwoThreads => "≤ 2×: missed",
        };
        println!("| {name} | {peak} | {ratio:.2}× | {target} |");
    }
    println!();
}
