//! Several processes on one file, some of which are killed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use selfsame::store::conformance::{draft, key};
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{Fence, Grant, Origin, Sharing, Store, TagKey, TagVersion, Written, seal_of};

use super::news::{Ear, Heard};
use super::{LONG, NOBODY, bounded, claim, insist, place, read, space, store, until, write};

/// What a child says begins with this; the rest of its output is the test harness'.
const SAYS: &str = "@ ";

/// Another process on the same file, which does what the function of its name below does. Killed when dropped.
pub(super) struct Other {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Other {
    pub(super) fn start(task: &str, path: &Path, number: u64) -> Self {
        let program = std::env::current_exe().unwrap();
        Self::spawn(&mut Command::new(program), task, path, number)
    }

    /// One that can make no file longer than one or two megabytes, depending on the shell: no quota or full disk that
    /// could be had without being root comes closer.
    pub(super) fn start_short_of_space(task: &str, path: &Path) -> Self {
        // The signal would end it, as it would end any program; a full disk sends none.
        let limited = "trap '' XFSZ && ulimit -f 2048 && exec \"$0\" \"$@\"";
        let mut shell = Command::new("sh");
        shell
            .args(["-c", limited])
            .arg(std::env::current_exe().unwrap());
        Self::spawn(&mut shell, task, path, 0)
    }

    fn spawn(command: &mut Command, task: &str, path: &Path, number: u64) -> Self {
        let mut process = command
            .args(["--exact", "processes::the_other_process", "--nocapture"])
            .env("SELFSAME_TEST_TASK", task)
            .env("SELFSAME_TEST_FILE", path)
            .env("SELFSAME_TEST_NUMBER", number.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self {
            process,
            input,
            output,
        }
    }

    /// What it says next.
    pub(super) fn hear(&mut self) -> String {
        loop {
            let mut line = String::new();
            let count = self.output.read_line(&mut line).unwrap();
            assert!(count > 0, "the other process ended without a word");
            // The harness does not end its line before the test begins.
            if let Some((_, said)) = line.trim_end().split_once(SAYS) {
                return said.to_owned();
            }
        }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Waits for it to end by itself.
    pub(super) fn assert_ends_well(mut self) {
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The other process of the tests below; does nothing when it is run with the rest.
#[test]
fn the_other_process() {
    let Ok(task) = std::env::var("SELFSAME_TEST_TASK") else {
        return;
    };
    let path = std::env::var_os("SELFSAME_TEST_FILE").unwrap();
    let number = std::env::var("SELFSAME_TEST_NUMBER").unwrap();
    let (store, number) = (store(Path::new(&path)), number.parse().unwrap());
    match &*task {
        "write_and_read_back" => write_and_read_back(&store, number),
        "claim_all" => claim_all(&store, number),
        "hold" => hold(&store, number),
        "change_for_ever" => change_for_ever(&store, number),
        "listen" => listen(&store),
        "fill_up" => space::fill_up(&store),
        "write_for_ever" => space::write_for_ever(&store, number),
        _ => panic!("no such task"),
    }
}

pub(super) fn say(what: &str) {
    println!("{SAYS}{what}");
}

fn listen_to_parent() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

const PER_PROCESS: u64 = 300;

fn write_and_read_back(store: &Sqlite, process: u64) {
    for number in (process * PER_PROCESS..).take(PER_PROCESS as usize) {
        let key = key("shared", number);
        insist(|| write(store, &key));
        assert!(insist(|| read(store, &key)).is_some(), "it was written");
    }
}

#[test]
fn processes_share_a_file_from_its_first_moment() {
    let (_folder, path) = place();
    let others: Vec<_> = (1..4)
        .map(|process| Other::start("write_and_read_back", &path, process))
        .collect();
    write_and_read_back(&store(&path), 0);
    others.into_iter().for_each(Other::assert_ends_well);

    let store = store(&path);
    for number in 0..4 * PER_PROCESS {
        assert!(read(&store, &key("shared", number)).unwrap().is_some());
    }
    assert_sound(&path);
}

const KEYS: u64 = 200;
/// So many at a time, so that a process that is a little later than the others is not too late for all.
const AT_A_TIME: u64 = 20;

/// Claims all keys, by a token of its own for each, and says which it got.
fn claim_all(store: &Sqlite, process: u64) {
    say("ready");
    for first in (0..KEYS).step_by(AT_A_TIME as usize) {
        listen_to_parent();
        let mut got = "got".to_owned();
        for number in 0..AT_A_TIME {
            // Each process from another one on.
            let number = first + (number + 5 * process) % AT_A_TIME;
            if gets(store, number, process) {
                got += &format!(" {number}");
            }
        }
        say(&got);
    }
}

fn gets(store: &Sqlite, number: u64, process: u64) -> bool {
    let claim = claim(process * KEYS + number, LONG);
    let claimed = insist(|| store.claim_blocking(&key("claimed", number), &claim));
    match claimed.grant {
        Grant::Leased(token) => {
            assert_eq!(token, claim.token, "nobody shares");
            true
        }
        Grant::Busy { left } => {
            assert!(left <= LONG);
            false
        }
        Grant::Stored(_) => panic!("nothing was stored"),
    }
}

#[test]
fn of_several_processes_one_gets_each_key() {
    let (_folder, path) = place();
    let mut others = [0, 1, 2, 3].map(|process| Other::start("claim_all", &path, process));
    for other in &mut others {
        assert_eq!(other.hear(), "ready");
    }
    let mut times_got = BTreeMap::<u64, u32>::new();
    for _ in (0..KEYS).step_by(AT_A_TIME as usize) {
        for other in &mut others {
            other.tell("go");
        }
        for other in &mut others {
            for number in other.hear().split_whitespace().skip(1) {
                *times_got.entry(number.parse().unwrap()).or_default() += 1;
            }
        }
    }
    let expected = (0..KEYS).map(|number| (number, 1)).collect();
    assert_eq!(times_got, expected, "each goes to one of them");
    assert_sound(&path);
}

/// Takes the lease of key 1 for so many milliseconds, and writes by it when it is told to.
fn hold(store: &Sqlite, life_ms: u64) {
    let (key, claim) = (key("held", 1), claim(1, Duration::from_millis(life_ms)));
    let claimed = insist(|| store.claim_blocking(&key, &claim));
    assert_eq!(claimed.grant, Grant::Leased(claim.token));
    say("held");
    listen_to_parent();
    let entry = draft(b"late", None);
    let fence = Fence::Leased(claim.token);
    let written = insist(|| store.write_blocking(&key, entry.clone(), fence));
    say(&format!("{written:?}"));
}

/// Claims until the lease is ours.
fn inherit(store: &Sqlite) -> Fence {
    let claim = claim(2, LONG);
    until("the lease of another process ends", || {
        let claimed = insist(|| store.claim_blocking(&key("held", 1), &claim));
        claimed.grant == Grant::Leased(claim.token)
    });
    Fence::Leased(claim.token)
}

#[test]
fn a_lease_outlives_a_killed_holder_no_longer_than_its_life() {
    let (_folder, path) = place();
    let store = store(&path);
    let mut holder = Other::start("hold", &path, 1_500);
    assert_eq!(holder.hear(), "held");
    // SIGKILL.
    holder.process.kill().unwrap();
    holder.process.wait().unwrap();

    let fence = inherit(&store);
    let written = store.write_blocking(&key("held", 1), draft(b"", None), fence);
    assert_eq!(written, Ok(Written::Stored));
    assert_sound(&path);
}

#[test]
fn what_a_process_writes_too_late_is_refused() {
    for heir_has_stored in [false, true] {
        let (_folder, path) = place();
        let (store, newer, key) = (store(&path), draft(b"newer", None), key("held", 1));
        let mut holder = Other::start("hold", &path, 50);
        assert_eq!(holder.hear(), "held");
        let fence = inherit(&store);
        let write = || store.write_blocking(&key, newer.clone(), fence);
        if heir_has_stored {
            assert_eq!(write(), Ok(Written::Stored));
        }
        holder.tell("go");
        assert_eq!(holder.hear(), "Refused");
        if !heir_has_stored {
            assert_eq!(write(), Ok(Written::Stored));
        }
        let found = read(&store, &key).unwrap().unwrap();
        assert_eq!(found.bytes.len(), newer.sealed_bytes(), "the newer stays");
    }
}

#[test]
fn what_was_evicted_meanwhile_is_not_stored() {
    let (_folder, path) = place();
    let store = store(&path);
    let mut holder = Other::start("hold", &path, 3_600_000);
    assert_eq!(holder.hear(), "held");
    store.remove_blocking(&key("held", 1), NOBODY).unwrap();
    holder.tell("go");
    assert_eq!(holder.hear(), "Refused");
    assert_eq!(read(&store, &key("held", 1)), Ok(None));
}

/// Does all that can be done to a file, until it is killed.
fn change_for_ever(store: &Sqlite, process: u64) {
    say("ready");
    for round in 0.. {
        let key = key("crash", round % 50);
        let tag = TagKey::label("crash", &(round % 20).to_string());
        let mut claim = claim(process << 32 | round, LONG);
        claim.sharing = Sharing::Seized;
        claim.tags = vec![(tag.clone(), TagVersion::from_bytes([1; 8]))];
        // Whatever comes of it: the file is what matters.
        let _ = store.claim_blocking(&key, &claim);
        let entry = draft(&vec![round as u8; 3_000], Some(LONG));
        let fence = Fence::LeasedNews(claim.token, NOBODY);
        let _ = store.write_blocking(&key, entry, fence);
        let version = TagVersion::from_bytes(round.to_le_bytes());
        let _ = store.invalidate_blocking(&tag, version, Some(LONG));
        let _ = store.remove_blocking(&self::key("crash", (round + 7) % 50), NOBODY);
    }
}

#[test]
fn a_file_survives_the_death_of_its_users() {
    let (_folder, path) = place();
    let here = store(&path);
    let start = |process| Other::start("change_for_ever", &path, process);
    let mut others = Vec::new();
    for round in 0..8 {
        others.extend((others.len() as u64..8).map(start));
        let is_new = |place: &usize| round == 0 || *place >= 4;
        for place in (0..8).filter(is_new) {
            assert_eq!(others[place].hear(), "ready");
        }
        // At another point each time, while the rest goes on.
        thread::sleep(Duration::from_millis(20 + 7 * round));
        drop(others.drain(..4));
        assert_sound(&path);
        for number in 0..50 {
            let key = key("crash", number);
            if let Some(found) = insist(|| bounded(|| read(&here, &key))) {
                assert_ne!(seal_of(&found.bytes), [0; 4], "half an entry");
            }
        }
        let claim = claim(round, LONG);
        let fresh = key("fresh", round);
        let claimed = insist(|| bounded(|| here.claim_blocking(&fresh, &claim)));
        assert_eq!(claimed.grant, Grant::Leased(claim.token));
    }
}

/// Says what it is told.
fn listen(store: &Sqlite) {
    let (teller, told) = mpsc::channel();
    let ear = Ear::new(teller);
    store.listen("news", Arc::clone(&ear) as _);
    ear.await_proof();
    say("listening");
    while let Ok(heard) = told.recv() {
        say(&format!("{heard:?}"));
    }
}

#[test]
fn another_process_is_told() {
    let (_folder, path) = place();
    let mut other = Other::start("listen", &path, 0);
    assert_eq!(other.hear(), "listening");

    let (listens, is_silent) = (store(&path), store(&path));
    let (teller, _told) = mpsc::channel();
    listens.listen("news", Ear::new(teller));
    for store in [listens, is_silent] {
        let (key, origin) = (key("told", 1), Origin(u64::MAX - 6));
        store.remove_blocking(&key, origin).unwrap();
        let expected = Heard::Entry(key.as_str().to_owned(), origin);
        assert_eq!(other.hear(), format!("{expected:?}"));

        let tag = TagKey::label("news", "told");
        let version = TagVersion::from_bytes([7; 8]);
        store.invalidate_blocking(&tag, version, None).unwrap();
        let expected = Heard::Tag(tag.as_str().to_owned());
        assert_eq!(other.hear(), format!("{expected:?}"));
    }
}

pub(super) fn assert_sound(path: &Path) {
    let checked: String = Connection::open(path)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(checked, "ok");
}
