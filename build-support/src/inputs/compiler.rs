//! What the compiler says of itself: release, commit, code generator.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::cargo::Environment;
use crate::error::Error;
use crate::fingerprint::Hasher;
use crate::output;
use crate::source::cache;

/// Where the answer is kept, for all packages of a workspace: to ask takes longer than all the rest of a run in which
/// nothing changed, and as long as to parse ten thousand lines.
const FILE: &str = "compiler";

/// The answer; none where versions do not depend on it.
pub(super) fn of(environment: &Environment) -> Result<Option<&str>, Error> {
    if !environment.counts_compiler {
        return Ok(None);
    }
    if let Some(known) = environment.compiler.get() {
        return Ok(Some(known));
    }
    let answer = answer(environment)?;
    Ok(Some(environment.compiler.get_or_init(|| answer)))
}

fn answer(environment: &Environment) -> Result<String, Error> {
    let program = environment.variable("RUSTC").unwrap_or("rustc");
    let Some(key) = key(environment, program).filter(|_| environment.is_build) else {
        return ask(environment, program);
    };
    let file = cache::folder(&environment.out_dir).join(FILE);
    if let Some(answer) = kept(&file, &key) {
        return Ok(answer);
    }
    let answer = ask(environment, program)?;
    // Where it can't be written, the next run asks again.
    let _ = output::write(&file, record(&key, &answer).as_bytes());
    Ok(answer)
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

fn ask(environment: &Environment, program: &str) -> Result<String, Error> {
    let mut command = Command::new(program);
    command.arg("-vV");
    // Which toolchain `rustc` stands for may depend on the folder.
    if environment.manifest_dir.is_dir() {
        command.current_dir(&environment.manifest_dir);
    }
    let failed = |error| Error::io("run", Path::new(program), error);
    let output = command.output().map_err(failed)?;
    if !output.status.success() {
        let problem = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(failed(std::io::Error::other(problem)));
    }
    Ok(without_machine(&String::from_utf8_lossy(&output.stdout)))
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
