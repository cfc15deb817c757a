//! What a test arranges for the functions of its workers, and what it sees of them while they run: a folder of files,
//! since they are other processes, which may be stopped or killed at any time.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::scratch;

/// The variable that tells a worker its stage.
pub const STAGE: &str = "WORKER_STAGE";

/// How long something that must happen at last may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at a file.
const GLANCE: Duration = Duration::from_millis(2);

/// The test's side of it.
#[derive(Debug)]
pub struct Stage {
    folder: TempDir,
}

impl Stage {
    /// One where nothing waits and nothing fails.
    #[must_use]
    pub fn new() -> Self {
        let folder = scratch::folder();
        Self { folder }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Lets the computations of this number wait from now on.
    ///
    /// # Panics
    ///
    /// If the folder can't be written; all methods do.
    pub fn close(&self, number: u64) {
        fs::write(closed(self.path(), number), "").expect("the stage can be written");
    }

    /// Lets them go on.
    ///
    /// # Panics
    ///
    /// If they were not waiting.
    pub fn open(&self, number: u64) {
        fs::remove_file(closed(self.path(), number)).expect("it was closed");
    }

    /// Lets the computations of this number fail, or not.
    ///
    /// # Panics
    ///
    /// If that was so before.
    pub fn fail(&self, number: u64, fails: bool) {
        let file = failing(self.path(), number);
        let done = if fails {
            fs::write(file, "")
        } else {
            fs::remove_file(file)
        };
        done.expect("it was the other way before");
    }

    /// Sets what computations of this number that begin from now on find.
    ///
    /// # Panics
    ///
    /// If the folder can't be written.
    pub fn set_truth(&self, number: u64, truth: u64) {
        // Written beside and renamed: nobody reads half of it.
        let draft = self.path().join("draft");
        fs::write(&draft, truth.to_string()).expect("the stage can be written");
        fs::rename(draft, truth_of(self.path(), number)).expect("the stage can be written");
    }

    /// Waits until so many computations of this number have begun, in all processes.
    ///
    /// # Panics
    ///
    /// If they never do.
    pub fn wait_for_begun(&self, number: u64, times: usize) {
        let begun = || read(&begun(self.path(), number)).lines().count();
        wait(&format!("{times} computations of {number}"), || {
            begun() >= times
        });
    }

    /// What has happened in a worker, line by line: events and changes.
    #[must_use]
    pub fn log(&self, worker: u32) -> Vec<String> {
        let text = read(&log(self.path(), worker));
        // The last line may still be written.
        let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
        complete.lines().map(str::to_owned).collect()
    }

    /// Waits until this has happened so many times in a worker, also in the midst of a command.
    ///
    /// # Panics
    ///
    /// If it never does.
    pub fn wait_for(&self, worker: u32, what: &str, times: usize) {
        let is_done = || count(&self.log(worker), what) >= times;
        wait(&format!("{times} × {what:?} in worker {worker}"), is_done);
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

/// How many of the lines are this one.
#[must_use]
pub fn count(lines: &[String], what: &str) -> usize {
    lines.iter().filter(|line| *line == what).count()
}

/// Waits until something is so.
///
/// # Panics
///
/// If it never is.
pub fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let patience_ends = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < patience_ends, "waited in vain for {what}");
        thread::sleep(GLANCE);
    }
}

/// The worker's side of it; on no stage, nothing waits, nothing fails and nobody looks.
#[derive(Debug)]
pub struct Player(Option<PathBuf>);

/// What this process plays.
pub static PLAYER: LazyLock<Player> =
    LazyLock::new(|| Player(std::env::var_os(STAGE).map(PathBuf::from)));

impl Player {
    /// A computation of `number` begins, sees what is so now, and waits for as long as it is told to.
    #[must_use]
    pub fn enter(&self, number: u64) -> u64 {
        let truth = self.truth(number);
        self.note_beginning(number);
        while self.is_held(number) {
            thread::sleep(GLANCE);
        }
        truth
    }

    /// As [`enter`](Self::enter), without keeping the thread.
    pub async fn enter_later(&self, number: u64) -> u64 {
        let truth = self.truth(number);
        self.note_beginning(number);
        while self.is_held(number) {
            tokio::time::sleep(GLANCE).await;
        }
        truth
    }

    /// Whether a computation of `number` is to fail.
    #[must_use]
    pub fn fails(&self, number: u64) -> bool {
        self.folder()
            .is_some_and(|folder| failing(folder, number).exists())
    }

    /// What is so about `number`.
    #[must_use]
    pub fn truth(&self, number: u64) -> u64 {
        let text = self.folder().map(|folder| read(&truth_of(folder, number)));
        text.and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// Tells the test what has happened.
    pub fn log(&self, line: &str) {
        if let Some(folder) = self.folder() {
            append(&log(folder, std::process::id()), line);
        }
    }

    fn note_beginning(&self, number: u64) {
        if let Some(folder) = self.folder() {
            append(&begun(folder, number), &std::process::id().to_string());
        }
    }

    fn is_held(&self, number: u64) -> bool {
        self.folder()
            .is_some_and(|folder| closed(folder, number).exists())
    }

    fn folder(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

fn closed(stage: &Path, number: u64) -> PathBuf {
    stage.join(format!("closed-{number}"))
}

fn failing(stage: &Path, number: u64) -> PathBuf {
    stage.join(format!("failing-{number}"))
}

fn truth_of(stage: &Path, number: u64) -> PathBuf {
    stage.join(format!("truth-{number}"))
}

fn begun(stage: &Path, number: u64) -> PathBuf {
    stage.join(format!("begun-{number}"))
}

fn log(stage: &Path, worker: u32) -> PathBuf {
    stage.join(format!("log-{worker}"))
}

/// The text of a file; nothing while there is none.
fn read(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// Appends a line in one write, so that those of several threads and processes don't mix. The stage may be gone while a
/// worker's threads still run: then nobody looks.
fn append(path: &Path, line: &str) {
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(path) {
        let _ = file.write_all(format!("{line}\n").as_bytes());
    }
}
