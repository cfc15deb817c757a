//! What can keep a command from its answer, each with what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

/// Why a command failed.
#[derive(Debug, ThisError)]
pub(crate) enum Error {
    #[error("could not start a thread: {0}")]
    Thread(io::Error),
    #[error("could not {action} `{path}`: {source}", path = path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error(
        "there is no Cargo.toml in `{folder}` or a folder above it\nhelp: name it with `--manifest-path`",
        folder = .0.display()
    )]
    NoManifest(PathBuf),
    #[error("could not read `{path}`: {reason}", path = path.display())]
    Manifest { path: PathBuf, reason: String },
    #[error("the workspace has no package `{name}`\nhelp: it has {}", list(.known))]
    NoPackage { name: String, known: Vec<String> },
    #[error("the package `{package}` has no feature `{feature}`\nhelp: it has {}", list(.known))]
    NoFeature {
        package: String,
        feature: String,
        known: Vec<String>,
    },
    #[error(
        "there is no profile `{0}`\nhelp: declare `[profile.{0}]` in the workspace's Cargo.toml"
    )]
    NoProfile(String),
    #[error("could not run `{program}`: {source}")]
    Run { program: String, source: io::Error },
    #[error("the build failed\nhelp: mend it, or look without building: `--no-build`")]
    Build,
    #[error("there is no marked function `{name}`\nhelp: there {}", there_are(.known))]
    NoFunction { name: String, known: Vec<String> },
    #[error("`{name}` may be one of several functions; say more of its path\n{}", lines(.candidates))]
    Ambiguous {
        name: String,
        candidates: Vec<String>,
    },
    #[error("git could not {action}: {reason}")]
    Git { action: String, reason: String },
    #[error("there is no selfsame.lock in {}\nhelp: write it with `cargo selfsame check --update`", list(.0))]
    NoLock(Vec<String>),
    #[error("`{path}` line {line} is {problem}\nhelp: write the file anew with `cargo selfsame check --update`", path = path.display())]
    Lock {
        path: PathBuf,
        line: usize,
        problem: &'static str,
    },
    #[error("{0}")]
    Analysis(String),
}

impl Error {
    /// A failed operation on a path; `action` is a verb.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

fn there_are(known: &[String]) -> String {
    if known.is_empty() {
        "are none: mark one with `/// @cache`".to_owned()
    } else {
        format!("are\n{}", lines(known))
    }
}

fn lines(names: &[String]) -> String {
    let lines: Vec<String> = names.iter().map(|name| format!("  {name}")).collect();
    lines.join("\n")
}

/// `a`, `b` and `c`.
pub(crate) fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
