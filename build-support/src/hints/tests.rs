//! What is warned of, by which way, and what is not.

use crate::plan::testing::package;

const MANIFEST: &str = "[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nselfsame = \"0.1\"\n\
    chrono = \"0.4\"\ntime = \"0.3\"\njiff = \"0.2\"\nrand = \"0.9\"\nrand_chacha = \"0.9\"\ngetrandom = \"0.3\"\n\
    uuid = \"1\"\nfastrand = \"2\"\ntokio = \"1\"\nreqwest = \"0.12\"\nureq = \"3\"\nsqlx = \"0.8\"\nfs-err = \"3\"\n\
    tracing = \"0.1\"\n";

/// The warnings of a crate of one file.
fn warnings(text: &str) -> Vec<String> {
    warnings_of(&[("src/lib.rs", text)])
}

fn warnings_of(files: &[(&str, &str)]) -> Vec<String> {
    let planned = package(&[&[("Cargo.toml", MANIFEST)], files].concat());
    assert_eq!(planned.report, "");
    planned.warnings
}

/// Kind and way of each warning: `clock: f → now`.
fn ways(text: &str) -> Vec<String> {
    let way = |line: &String| {
        let (_, rest) = line.split_once(" reaches ").unwrap();
        let (way, rest) = rest.split_once(": ").unwrap().1.split_once("; ").unwrap();
        let kind = rest.rsplit_once("[selfsame::reaches-").unwrap().1;
        format!("{}: {way}", kind.trim_end_matches(']'))
    };
    warnings(text).iter().map(way).collect()
}

/// The body of a marked `f`, after these items.
fn marked(items: &str, body: &str) -> String {
    format!("{items}\n/// @cache\npub fn f() -> u32 {{ {body}; 1 }}\n")
}

#[track_caller]
fn reaches(items: &str, body: &str, expected: &[&str]) {
    assert_eq!(ways(&marked(items, body)), expected, "{items} {body}");
}

#[test]
fn a_warning_has_a_place_a_way_an_edit_and_a_code() {
    let found = warnings_of(&[
        ("src/lib.rs", "pub mod price;\nmod rates;\n"),
        (
            "src/price.rs",
            "/// Of an order.\n///\n/// @cache\npub fn price(order: u64) -> u64 {\n    crate::rates::rate() * order\n}\n",
        ),
        (
            "src/rates.rs",
            "use std::time::SystemTime;\npub fn rate() -> u64 { now(); 1 }\nfn now() -> SystemTime { SystemTime::now() }\n",
        ),
    ]);
    assert_eq!(
        found,
        [
            "src/price.rs:4:8: `price` reaches a clock: price → rate → now → `std::time::SystemTime::now`; pass the \
             time in as an argument, or say `allow(\"clock\")` in the marker [selfsame::reaches-clock]"
        ]
    );
}

#[test]
fn sources_of_each_kind_are_known() {
    for (body, expected) in [
        ("std::time::Instant::now()", "clock"),
        ("std::time::SystemTime::now()", "clock"),
        ("tokio::time::Instant::now()", "clock"),
        ("chrono::Utc::now()", "clock"),
        ("chrono::offset::Local::now()", "clock"),
        ("time::OffsetDateTime::now_utc()", "clock"),
        ("jiff::Zoned::now()", "clock"),
        ("uuid::Uuid::now_v7()", "clock"),
        ("uuid::Uuid::new_v4()", "random"),
        ("rand::random::<u8>()", "random"),
        ("rand::rng()", "random"),
        ("rand::thread_rng()", "random"),
        ("rand::rngs::OsRng.next_u32()", "random"),
        ("rand_chacha::ChaCha8Rng::from_os_rng()", "random"),
        ("getrandom::fill(&mut [0])", "random"),
        ("fastrand::u32(..)", "random"),
        ("std::collections::hash_map::RandomState::new()", "random"),
        ("std::env::var(\"X\")", "env"),
        ("::std::env::args().count()", "env"),
        ("std::env::current_dir()", "env"),
        ("std::thread::current().id()", "env"),
        ("std::fs::read_to_string(\"x\")", "io"),
        ("std::fs::File::open(\"x\")", "io"),
        ("std::fs::OpenOptions::new().read(true)", "io"),
        ("std::path::Path::new(\"x\").exists()", "io"),
        ("std::path::Path::exists(x)", "io"),
        ("std::io::stdin()", "io"),
        ("std::net::TcpStream::connect(\"x\")", "io"),
        ("std::process::Command::new(\"x\")", "io"),
        ("tokio::fs::read(\"x\")", "io"),
        ("fs_err::read(\"x\")", "io"),
        ("tokio::net::lookup_host(\"x\")", "io"),
        ("reqwest::get(\"x\")", "io"),
        ("reqwest::blocking::Client::new()", "io"),
        ("ureq::get(\"x\")", "io"),
    ] {
        let found = ways(&marked("", body));
        assert_eq!(found.len(), 1, "{body}: {found:?}");
        assert!(
            found[0].starts_with(&format!("{expected}: f → `")),
            "{found:?}"
        );
    }
}

#[test]
fn a_source_is_known_by_what_it_is_not_by_its_spelling() {
    let now = ["clock: f → `std::time::Instant::now`"];
    reaches("use std::time::Instant as I;", "I::now()", &now);
    reaches("use std::time;", "time::Instant::now()", &now);
    reaches(
        "use std::{time::{Duration, Instant}};",
        "Instant::now()",
        &now,
    );
    reaches("", "use std::time::Instant; Instant::now()", &now);
    reaches(
        "pub use std::time::Instant as Moment; mod a { pub use super::Moment; }",
        "a::Moment::now()",
        &now,
    );
    reaches(
        "use std::env::var as setting;",
        "setting(\"X\")",
        &["env: f → `std::env::var`"],
    );
    reaches(
        "",
        "[\"X\"].map(std::env::var)",
        &["env: f → `std::env::var`"],
    );
    reaches(
        "extern crate std as base;",
        "base::env::var(\"X\")",
        &["env: f → `std::env::var`"],
    );
}

#[test]
fn names_behind_globs_of_other_crates_are_known() {
    reaches(
        "use chrono::prelude::*;",
        "Utc::now()",
        &["clock: f → `chrono::prelude::Utc::now`"],
    );
    reaches(
        "mod all { pub use rand::prelude::*; } use all::*;",
        "random::<u8>()",
        &["random: f → `rand::prelude::random`"],
    );
    reaches(
        "use std::fs::*;",
        "read(\"x\")",
        &["io: f → `std::fs::read`"],
    );
    reaches("use std::fs::*; fn read(x: &str) {}", "read(\"x\")", &[]);
    reaches("mod a { use std::fs::*; } fn copy() {}", "copy()", &[]);
    reaches("use std::io::prelude::*;", "read(\"x\")", &[]);
}

#[test]
fn methods_count_where_their_type_is_named() {
    reaches(
        "fn age(since: std::time::Instant) -> u64 { since.elapsed().as_secs() }",
        "age(X)",
        &["clock: f → age → `std::time::Instant::elapsed`"],
    );
    reaches(
        "struct Job { start: std::time::SystemTime } impl Job { fn age(&self) { self.start.elapsed(); } }",
        "Job::age(&x)",
        &["clock: f → Job::age → `std::time::SystemTime::elapsed`"],
    );
    reaches(
        "use std::path::PathBuf; fn size(of: &PathBuf) -> u64 { let metadata = of.metadata(); 1 }",
        "size(X)",
        &["io: f → size → `std::path::PathBuf::metadata`"],
    );
    reaches(
        "",
        "x.elapsed(); y.exists(); z.metadata(); w.is_file()",
        &[],
    );
    reaches(
        "fn name(of: &std::path::Path) -> &str { of.file_name() } fn has(client: Client) -> bool { client.exists(1) }",
        "name(X); has(Y)",
        &[],
    );
}

#[test]
fn a_mere_mention_is_no_source() {
    for items in [
        "use std::fs; use std::time::Instant; use std::env::var; use chrono::prelude::*;",
        "mod other { pub fn g() { std::fs::read(\"x\"); } }",
        "#[cfg(test)] mod tests { fn f() { std::env::var(\"X\"); } }",
        "pub struct Log { file: std::fs::File, at: std::time::SystemTime, from: std::net::IpAddr }",
    ] {
        reaches(items, "2 + 2", &[]);
    }
    for body in [
        "let x: Option<std::fs::Metadata> = None",
        "std::time::Duration::from_secs(1)",
        "std::time::SystemTime::UNIX_EPOCH",
        "chrono::DateTime::<chrono::Utc>::from_timestamp(1, 0)",
        "std::net::Ipv4Addr::LOCALHOST",
        "env!(\"CARGO_PKG_NAME\"); option_env!(\"X\")",
        "std::collections::HashMap::<u8, u8>::new().iter().next()",
        "uuid::Uuid::new_v5(&a, b)",
        "rand_chacha::ChaCha8Rng::seed_from_u64(1)",
        "std::process::exit(1)",
        "std::env::consts::OS",
        "let now = 1; now + var(read)",
    ] {
        reaches("", body, &[]);
    }
}

#[test]
fn clients_that_are_handed_in_are_no_sources() {
    let found = warnings(
        "/// @cache(skip(db, http))\npub async fn f(db: &sqlx::PgPool, http: &reqwest::Client, id: u64) -> u32 {\n\
         sqlx::query(\"SELECT 1\").fetch_one(db).await; http.get(\"x\").send().await; 1 }\n",
    );
    assert_eq!(found, [""; 0]);
}

#[test]
fn one_warning_for_each_kind_and_function_by_the_shortest_way() {
    assert_eq!(
        ways(
            "use std::time::Instant;\nfn deep() { Instant::now(); std::env::var(\"X\"); }\n\
             /// @cache\npub fn f() -> u32 { deep(); chrono::Utc::now(); std::fs::read(\"x\"); std::fs::read_dir(\"x\"); 1 }\n\
             /// @cache\npub fn g() -> u32 { deep(); 1 }\n"
        ),
        [
            "clock: f → `chrono::Utc::now`",
            "env: f → deep → `std::env::var`",
            "io: f → `std::fs::read`",
            "clock: g → deep → `std::time::Instant::now`",
            "env: g → deep → `std::env::var`",
        ]
    );
}

#[test]
fn allow_silences_its_kind_only() {
    let text = |options: &str| {
        format!(
            "/// @cache{options}\npub fn f() -> u32 {{ std::time::Instant::now(); std::env::var(\"X\"); 1 }}\n"
        )
    };
    assert_eq!(ways(&text("")).len(), 2);
    assert_eq!(
        ways(&text("(allow(\"clock\"))")),
        ["env: f → `std::env::var`"]
    );
    assert_eq!(ways(&text("(allow(\"io\", \"random\"))")).len(), 2);
    assert_eq!(ways(&text("(allow(\"env\", \"clock\"))")), [""; 0]);
}

#[test]
fn the_way_names_members_traits_constants_and_macros() {
    reaches(
        "trait Rate { fn rate(&self) -> u32 { base() } } impl Rate for u8 {}
         fn base() -> u32 { *BASE } static BASE: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| now!());
         macro_rules! now { () => { std::time::Instant::now() } }",
        "Rate::rate(&1u8)",
        &["clock: f → Rate::rate → base → BASE → now! → `std::time::Instant::now`"],
    );
}

#[test]
fn a_way_may_lead_through_traits_and_what_code_calls_unnamed() {
    reaches(
        "trait Rate { fn rate(&self) -> u32; } struct Live;
         impl Rate for Live { fn rate(&self) -> u32 { std::fs::read(\"x\"); 1 } }
         fn ask(rate: &dyn Rate) -> u32 { rate.rate() }",
        "ask(&Live)",
        &["io: f → ask → Rate::rate → Live::rate → `std::fs::read`"],
    );
    reaches(
        "struct Lines; impl Iterator for Lines { type Item = u8; fn next(&mut self) -> Option<u8> { std::fs::read(\"x\") } }",
        "for line in Lines {}",
        &["io: f → Lines::next → `std::fs::read`"],
    );
    reaches(
        "struct Shop { rates: Rates } impl Shop { fn price(&self) { self.rates.rate() } }
         struct Rates; impl Rates { fn rate(&self) { self.load() } fn load(&self) { std::env::var(\"X\"); } }",
        "Shop::price(&shop)",
        &["env: f → Shop::price → Rates::rate → Rates::load → `std::env::var`"],
    );
}

#[test]
fn a_method_of_a_common_name_elsewhere_is_no_way() {
    reaches(
        "struct Store; impl Store { fn open() -> Self { Store } fn get(&self, at: u8) { std::fs::read(\"x\"); } }
         fn sum(of: &std::collections::HashMap<u8, u8>) -> u8 { of.get(&1) }",
        "let store = Store::open; sum(X)",
        &[],
    );
}

#[test]
fn what_another_marked_function_reaches_is_said_there() {
    assert_eq!(
        ways(
            "/// @cache\npub fn f() -> u32 { crate::cached::cached_g() }\n\
             /// @cache\npub fn g() -> u32 { std::env::var(\"X\"); 1 }\n"
        ),
        ["env: g → `std::env::var`"]
    );
}

#[test]
fn of_a_long_way_both_ends_are_shown() {
    let steps: String = (1..12)
        .map(|n| format!("fn s{n}() {{ s{}() }} ", n + 1))
        .collect();
    reaches(
        &format!("{steps} fn s12() {{ std::env::var(\"X\"); }}"),
        "s1()",
        &["env: f → s1 → s2 → s3 → … → s10 → s11 → s12 → `std::env::var`"],
    );
}
