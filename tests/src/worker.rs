//! A process of its own that calls the wrappers of [`functions`](crate::functions), told what to call
//! line by line: so that several processes can share a store, and each test has a fresh cache.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::functions::Answer;
use crate::redis_server::signal;

/// The variable that gives a worker a namespace of its own.
pub const NAMESPACE: &str = "WORKER_NAMESPACE";

/// The variable that keeps a worker from installing a cache; it sees no events then.
pub const UNINSTALLED: &str = "WORKER_UNINSTALLED";

/// The variable that gives a worker another deadline for its store than the patient one of most tests, in milliseconds.
pub const STORE_DEADLINE: &str = "WORKER_STORE_DEADLINE";

/// The variable that says how long a worker's calls wait for another process, in milliseconds.
pub const WAIT_DEADLINE: &str = "WORKER_WAIT_DEADLINE";

/// How long something that must happen at last may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a worker answers to one command.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Reply {
    /// The distinct answers of the calls the command made; `None` where there was none.
    pub answers: Vec<Option<Answer>>,
    /// How often a function was really called meanwhile.
    pub computed: u64,
    /// How many entries were found to be none, meanwhile, according to the statistics.
    pub rejected: u64,
    /// What the events and changes meanwhile are called, in order.
    pub events: Vec<String>,
}

impl Reply {
    /// The process that computed the one answer there is.
    ///
    /// # Panics
    ///
    /// If there are several, or none.
    #[must_use]
    pub fn computed_by(&self) -> u32 {
        match self.answers[..] {
            [Some(answer)] => answer.process,
            _ => panic!("not one answer: {self:?}"),
        }
    }

    /// Whether the store gave no answer, for want of time on a loaded machine for example: then the
    /// reply says nothing about what it holds.
    #[must_use]
    pub fn missed_the_store(&self) -> bool {
        let unanswered =
            |event: &String| event.contains("Failed(") || event.contains("store failed");
        self.events.iter().any(unanswered)
    }

    /// Whether an event of this name was among them.
    #[must_use]
    pub fn saw(&self, event: &str) -> bool {
        self.events.iter().any(|seen| seen == event)
    }
}

/// A running worker; ended when dropped.
#[derive(Debug)]
pub struct Worker {
    process: Child,
    commands: ChildStdin,
    /// Line by line, by a thread that reads: so that a worker that hangs is found out.
    replies: Receiver<String>,
}

impl Worker {
    /// Starts one whose `SELFSAME_URL` is this.
    ///
    /// # Panics
    ///
    /// If it can't be started.
    #[must_use]
    pub fn start(program: &str, url: &str) -> Self {
        Self::spawn(Command::new(program).env("SELFSAME_URL", url))
    }

    /// Starts one with further variables.
    ///
    /// # Panics
    ///
    /// If it can't be started.
    #[must_use]
    pub fn start_with(program: &str, url: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        command.env("SELFSAME_URL", url);
        Self::spawn(command.envs(variables.iter().copied()))
    }

    /// Starts one that keeps apart from others at the same URL.
    ///
    /// # Panics
    ///
    /// If it can't be started.
    #[must_use]
    pub fn in_namespace(program: &str, url: &str, namespace: &str) -> Self {
        Self::start_with(program, url, &[(NAMESPACE, namespace)])
    }

    /// Starts one that leaves the cache to its first call.
    ///
    /// # Panics
    ///
    /// If it can't be started.
    #[must_use]
    pub fn uninstalled(program: &str, url: &str) -> Self {
        Self::start_with(program, url, &[(UNINSTALLED, "1")])
    }

    fn spawn(command: &mut Command) -> Self {
        let piped = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = piped.spawn().expect("the worker can be started");
        let commands = process.stdin.take().expect("it was piped");
        let replies = lines(process.stdout.take().expect("it was piped"));
        Self {
            process,
            commands,
            replies,
        }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a command and waits for what it leads to.
    ///
    /// # Panics
    ///
    /// If the worker died of it.
    pub fn ask(&mut self, command: &str) -> Reply {
        self.tell(command);
        self.hear()
    }

    /// Repeats a command until an event is among those it leads to: a store may be slow to come up on
    /// a loaded machine, and a call never waits for it.
    ///
    /// # Panics
    ///
    /// If that does not happen in half a minute.
    pub fn ask_until(&mut self, command: &str, event: &str) -> Reply {
        let patience_ends = Instant::now() + PATIENCE;
        loop {
            let reply = self.ask(command);
            if reply.saw(event) {
                return reply;
            }
            assert!(
                Instant::now() < patience_ends,
                "{command} never saw {event:?}, but {reply:?}"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a command without waiting.
    ///
    /// # Panics
    ///
    /// If the worker has died.
    pub fn tell(&mut self, command: &str) {
        writeln!(self.commands, "{command}").expect("the worker lives");
    }

    /// Waits for the reply to a command sent before.
    ///
    /// # Panics
    ///
    /// If the worker died of it, or does not answer for long.
    pub fn hear(&mut self) -> Reply {
        let line = match self.replies.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("the worker did not answer in {PATIENCE:?}"),
            Err(RecvTimeoutError::Disconnected) => {
                let mut complaint = String::new();
                if let Some(stderr) = &mut self.process.stderr {
                    let _ = stderr.read_to_string(&mut complaint);
                }
                panic!("the worker ended instead of answering\n{complaint}");
            }
        };
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
    }

    /// Ends it as a crash would.
    ///
    /// # Panics
    ///
    /// If it has ended already.
    pub fn kill(&mut self) {
        self.process.kill().expect("the worker lives");
        let _ = self.process.wait();
    }

    /// Stops it where it stands (`SIGSTOP`).
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn freeze(&self) {
        signal(self.id(), "STOP");
    }

    /// Lets it go on (`SIGCONT`).
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn thaw(&self) {
        signal(self.id(), "CONT");
    }

    /// Ends it and returns what it wrote to standard error.
    ///
    /// # Panics
    ///
    /// If it did not end well.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.tell("end");
        let mut complaint = String::new();
        let stderr = self.process.stderr.as_mut().expect("it was piped");
        stderr
            .read_to_string(&mut complaint)
            .expect("the worker writes text");
        let status = self.process.wait().expect("the worker is our child");
        assert!(status.success(), "the worker failed:\n{complaint}");
        complaint
    }
}

/// The lines of a worker, as they come, until it ends.
fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Fails where nobody wants to know any more.
            let _ = sender.send(line);
        }
    });
    lines
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
