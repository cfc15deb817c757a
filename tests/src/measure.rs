//! A small harness for benches: candidates take turns in one run, and ratios are printed.
//!
//! Absolute times depend on the machine and on what else it does; they drift within one run. So each candidate is
//! compared with a floor measured right before and right after it, and the median of these ratios is what counts.

use std::fmt::{self, Display};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod lap;

pub use self::lap::{Ids, Lap};

/// Candidates that do the same thing in different ways.
pub struct Contest<'a> {
    title: String,
    calls: u32,
    floor: Candidate<'a>,
    rivals: Vec<Candidate<'a>>,
}

/// One way to do it.
struct Candidate<'a> {
    name: String,
    limit: Option<f64>,
    lap: Box<dyn FnMut(u32) -> Duration + 'a>,
}

/// What was measured of one candidate.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    per_call_ns: f64,
    /// Time per call as a multiple of the floor's; `None` for the floor itself.
    ratio: Option<f64>,
    limit: Option<f64>,
}

impl<'a> Contest<'a> {
    /// A contest whose laps have so many calls each. `floor` makes that many and says how long they took.
    #[must_use]
    pub fn new(
        title: impl Display,
        calls: u32,
        name: impl Display,
        floor: impl FnMut(u32) -> Duration + 'a,
    ) -> Self {
        Self {
            title: title.to_string(),
            calls,
            floor: Candidate {
                name: name.to_string(),
                limit: None,
                lap: Box::new(floor),
            },
            rivals: Vec::new(),
        }
    }

    /// Adds a candidate.
    #[must_use]
    pub fn rival(self, name: impl Display, lap: impl FnMut(u32) -> Duration + 'a) -> Self {
        self.add(name, None, lap)
    }

    /// Adds a candidate that should need at most `limit` times what the floor needs.
    #[must_use]
    pub fn within(
        self,
        limit: f64,
        name: impl Display,
        lap: impl FnMut(u32) -> Duration + 'a,
    ) -> Self {
        self.add(name, Some(limit), lap)
    }

    fn add(
        mut self,
        name: impl Display,
        limit: Option<f64>,
        lap: impl FnMut(u32) -> Duration + 'a,
    ) -> Self {
        self.rivals.push(Candidate {
            name: name.to_string(),
            limit,
            lap: Box::new(lap),
        });
        self
    }

    /// Runs so many rounds, each candidate between two laps of the floor, and prints the table.
    pub fn run(mut self, rounds: usize) {
        self.floor.lap(self.calls / 4);
        for rival in &mut self.rivals {
            rival.lap(self.calls / 4);
        }
        let mut floor = vec![self.floor.lap(self.calls)];
        let mut laps = vec![Vec::new(); self.rivals.len()];
        for round in 0..rounds {
            for turn in 0..self.rivals.len() {
                // Another order in each round: whoever follows a heavy rival would always inherit its cold caches.
                let index = (turn + round) % self.rivals.len();
                let time = self.rivals[index].lap(self.calls);
                let before = *floor.last().expect("the floor was first");
                let after = self.floor.lap(self.calls);
                floor.push(after);
                laps[index].push((time, 2.0 * time / (before + after)));
            }
        }
        self.print(&floor, &laps);
    }

    fn print(&self, floor: &[f64], laps: &[Vec<(f64, f64)>]) {
        let mut rows = vec![Row {
            name: self.floor.name.clone(),
            per_call_ns: median(floor.iter().copied()),
            ratio: None,
            limit: None,
        }];
        for (rival, laps) in self.rivals.iter().zip(laps) {
            rows.push(Row {
                name: rival.name.clone(),
                per_call_ns: median(laps.iter().map(|lap| lap.0)),
                ratio: Some(median(laps.iter().map(|lap| lap.1))),
                limit: rival.limit,
            });
        }
        table(&self.title, &rows);
    }
}

impl Candidate<'_> {
    /// Nanoseconds per call.
    fn lap(&mut self, calls: u32) -> f64 {
        (self.lap)(calls).as_secs_f64() * 1e9 / f64::from(calls)
    }
}

impl fmt::Debug for Contest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contest")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

fn table(title: &str, rows: &[Row]) {
    println!("### {title}\n");
    println!("| | per call | time | rate | target |");
    println!("|---|---:|---:|---:|---|");
    for row in rows {
        let ratio = row.ratio.unwrap_or(1.0);
        let (time, rate) = (format!("{ratio:.2}×"), format!("{:.2}×", 1.0 / ratio));
        let target = row
            .limit
            .zip(row.ratio)
            .map_or_else(String::new, |(limit, ratio)| {
                let verdict = if ratio <= limit { "met" } else { "missed" };
                format!("time at most {limit:.2}×: {verdict}")
            });
        let per_call = readable(row.per_call_ns);
        println!("| {} | {per_call} | {time} | {rate} | {target} |", row.name);
    }
    println!();
}

fn readable(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.1} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.1} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[length / 2],
        length => f64::midpoint(values[length / 2 - 1], values[length / 2]),
    }
}

/// How long `work` takes.
pub fn time(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// Keeps every processor awake while it lives: on an idle virtual machine, waking one costs more than a round trip to
/// Redis and comes and goes within a run.
#[derive(Debug)]
pub struct Wakefulness(Vec<Child>);

impl Wakefulness {
    /// One process for each processor that turns round at the lowest priority there is.
    #[must_use]
    pub fn keep() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self((0..processors).filter_map(|_| Self::turn()).collect())
    }

    fn turn() -> Option<Child> {
        const LOOP: [&str; 3] = ["sh", "-c", "while :; do :; done"];
        let idle = Command::new("chrt")
            .args(["--idle", "0"])
            .args(LOOP)
            .stderr(Stdio::null())
            .spawn();
        idle.or_else(|_| Command::new("nice").args(["-n", "19"]).args(LOOP).spawn())
            .ok()
    }
}

impl Drop for Wakefulness {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Gone already is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
