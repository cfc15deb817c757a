//! What the compiler says of itself: release, commit, code generator.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use crate::cargo::Environment;
use crate::error::Error;
use crate::fingerprint::Hasher;
use crate::output;
use crate::source::cache;

/// Where the answer is kept, for all packages of a workspace: to ask takes longer than all the rest of a run in which
/// nothing changed, and as long as to parse ten thousand lines.
const FILE: &str = "compiler";

/// What the compiler was asked. It answers while others work, in a process of its own.
#[derive(Debug)]
pub(crate) struct Question<'e> {
    environment: &'e Environment,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Versions do not depend on the answer.
    Idle,
    Known(String),
    Asked {
        asked: Result<Asked, Error>,
        /// The file that the answer is kept in, and the key.
        keep: Option<(PathBuf, String)>,
    },
}

impl<'e> Question<'e> {
    /// Asks, if the answer is not known from before.
    pub(crate) fn ask(environment: &'e Environment) -> Self {
        let state = if !environment.counts_compiler {
            State::Idle
        } else if let Some(known) = environment.compiler.get() {
            State::Known(known.clone())
        } else {
            State::ask(environment)
        };
        Self { environment, state }
    }

    /// Waits for the answer; there is none where versions do not depend on it.
    ///
    /// # Errors
    ///
    /// If the compiler could not be run.
    pub(super) fn answer(self) -> Result<Option<String>, Error> {
        let answer = match self.state {
            State::Idle => return Ok(None),
            State::Known(answer) => answer,
            State::Asked { asked, keep } => {
                let answer = asked?.answer()?;
                if let Some((file, key)) = keep {
                    // Where it can't be written, the next run asks again.
                    let _ = output::write(&file, record(&key, &answer).as_bytes());
                }
                answer
            }
        };
        let answer = self.environment.compiler.get_or_init(|| answer);
        Ok(Some(answer.clone()))
    }
}

impl State {
    fn ask(environment: &Environment) -> Self {
        let program = environment.variable("RUSTC").unwrap_or("rustc");
        let key = key(environment, program).filter(|_| environment.is_build);
        let keep = key.map(|key| (cache::folder(&environment.out_dir).join(FILE), key));
        if let Some((file, key)) = &keep
            && let Some(answer) = kept(file, key)
        {
            return Self::Known(answer);
        }
        let asked = Asked::of(environment, program);
        Self::Asked { asked, keep }
    }
}

/// The process that answers. It ends by itself, also where nobody waits because something else went wrong.
#[derive(Debug)]
struct Asked {
    program: PathBuf,
    process: Child,
}

impl Asked {
    fn of(environment: &Environment, program: &str) -> Result<Self, Error> {
        let mut command = Command::new(program);
        command.arg("-vV");
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // Which toolchain `rustc` stands for may depend on the folder.
        if environment.manifest_dir.is_dir() {
            command.current_dir(&environment.manifest_dir);
        }
        let program = PathBuf::from(program);
        match command.spawn() {
            Ok(process) => Ok(Self { program, process }),
            Err(error) => Err(failed(&program, error)),
        }
    }

    fn answer(self) -> Result<String, Error> {
        let failed = |error| failed(&self.program, error);
        let output = self.process.wait_with_output().map_err(failed)?;
        if !output.status.success() {
            let problem = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(failed(io::Error::other(problem)));
        }
        Ok(without_machine(&String::from_utf8_lossy(&output.stdout)))
    }
}

fn failed(program: &Path, error: io::Error) -> Error {
    Error::io("run", program, error)
}

/// The answer in a file, if it was given by the same program and the file is whole.
fn kept(file: &Path, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let answer = text.rsplit('\n').next()?;
    (record(key, answer) == text).then(|| answer.to_owned())
}

/// What the file holds: a checksum, the key, the answer, which is one line.
fn record(key: &str, answer: &str) -> String {
    let mut hasher = Hasher::new("compiler");
    hasher.part(key);
    hasher.part(answer);
    format!("{:032x}\n{key}\n{answer}", hasher.finish())
}

/// What tells whether it is still the same program, as cargo tells it. A name without a folder may stand for
/// another program elsewhere, and rustup's stand-in for one of many.
fn key(environment: &Environment, program: &str) -> Option<String> {
    let path = Path::new(program);
    if !path.is_absolute() || path.with_file_name("rustup").exists() {
        return None;
    }
    let file = path.metadata().ok()?;
    let changed = file
        .modified()
        .ok()?
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    let toolchain = environment.variable("RUSTUP_TOOLCHAIN").unwrap_or_default();
    Some(format!(
        "{program}\n{toolchain}\n{} {changed:?}",
        file.len()
    ))
}

/// `rustc -vV` without the line that names this machine: what is compiled for a target does not depend on where.
pub(crate) fn without_machine(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.starts_with("host:"));
    kept.map(str::trim).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_until_the_program_is_another_or_the_file_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, record("one", "rustc 1; LLVM 2")).unwrap();
        assert_eq!(kept(&file, "one").as_deref(), Some("rustc 1; LLVM 2"));
        assert_eq!(kept(&file, "other"), None);
        std::fs::write(&file, record("one", "rustc 1").replace("rustc", "rustd")).unwrap();
        assert_eq!(kept(&file, "one"), None);
    }

    #[test]
    fn a_program_is_another_when_it_was_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("rustc");
        let environment = Environment::of_variables("/app".into(), "/out".into(), []);
        let key = || key(&environment, &program.display().to_string());
        std::fs::write(&program, "one").unwrap();
        let first = key().unwrap();
        std::fs::write(&program, "another").unwrap();
        assert_ne!(key().unwrap(), first);
        std::fs::write(folder.path().join("rustup"), "").unwrap();
        assert_eq!(key(), None);
    }
}
