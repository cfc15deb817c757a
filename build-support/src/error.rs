//! What `generate()` may fail with.
//!
//! `fn main() -> Result<(), Error>` prints `Debug`, so `Debug` is the report people read; `Display` is one line.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why nothing was generated.
///
/// Returned from `main`, it prints the whole report: every problem with its place and the edit that solves it.
pub struct Error {
    /// What happened, with what is needed to say so.
    cause: Cause,
}

/// The kinds of [`Error`], for callers that act on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The sources or their markers can't be used as they are; [`Error::report`] says where and why.
    Diagnostics,
    /// A file or folder could not be read or written; [`Error::path`] names it.
    Io,
    /// A variable that cargo sets for build scripts is missing or unreadable.
    Environment,
}

/// The private side of [`Error`].
enum Cause {
    /// Problems in the user's sources, already rendered while their texts were at hand.
    Diagnostics { count: usize, report: String },
    /// An operation on a path failed.
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A build-script variable is not usable; `problem` completes the sentence.
    Environment {
        variable: String,
        problem: &'static str,
    },
}

impl Error {
    /// Problems in the sources, rendered.
    pub(crate) fn diagnostics(count: usize, report: String) -> Self {
        Self {
            cause: Cause::Diagnostics { count, report },
        }
    }

    /// A failed operation; `action` is a verb: "read", "write".
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self {
            cause: Cause::Io {
                action,
                path: path.to_owned(),
                source,
            },
        }
    }

    /// A variable that cargo should have set; `problem` follows its name: "is not set".
    pub(crate) fn environment(variable: &str, problem: &'static str) -> Self {
        Self {
            cause: Cause::Environment {
                variable: variable.to_owned(),
                problem,
            },
        }
    }

    /// Which kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self.cause {
            Cause::Diagnostics { .. } => ErrorKind::Diagnostics,
            Cause::Io { .. } => ErrorKind::Io,
            Cause::Environment { .. } => ErrorKind::Environment,
        }
    }

    /// The rendered problems, for [`ErrorKind::Diagnostics`].
    #[must_use]
    pub fn report(&self) -> Option<&str> {
        match &self.cause {
            Cause::Diagnostics { report, .. } => Some(report),
            _ => None,
        }
    }

    /// The file or folder concerned, for [`ErrorKind::Io`].
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.cause {
            Cause::Io { path, .. } => Some(path),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Diagnostics { count: 1, .. } => write!(formatter, "selfsame found 1 problem"),
            Cause::Diagnostics { count, .. } => {
                write!(formatter, "selfsame found {count} problems")
            }
            Cause::Io {
                action,
                path,
                source,
            } => {
                write!(
                    formatter,
                    "selfsame could not {action} `{}`: {source}",
                    path.display()
                )
            }
            Cause::Environment { variable, problem } => {
                write!(
                    formatter,
                    "`{variable}` {problem}: selfsame generates from a build script, run by cargo"
                )
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")?;
        match self.report() {
            // The blank line sets the report apart from cargo's own `Error: `.
            Some(report) => write!(formatter, "\n\n{report}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_the_report_below_one_line() {
        let error = Error::diagnostics(
            2,
            "error[selfsame::x]: a\n\nerror[selfsame::y]: b\n".to_owned(),
        );
        assert_eq!(error.to_string(), "selfsame found 2 problems");
        assert_eq!(
            format!("{error:?}"),
            "selfsame found 2 problems\n\nerror[selfsame::x]: a\n\nerror[selfsame::y]: b\n"
        );
        assert_eq!(error.kind(), ErrorKind::Diagnostics);
    }

    #[test]
    fn an_io_error_names_the_path_and_keeps_its_source() {
        let error = Error::io(
            "read",
            Path::new("src/lib.rs"),
            io::ErrorKind::NotFound.into(),
        );
        assert!(
            error
                .to_string()
                .starts_with("selfsame could not read `src/lib.rs`: "),
            "{error}"
        );
        assert_eq!(error.path(), Some(Path::new("src/lib.rs")));
        assert!(std::error::Error::source(&error).is_some());
    }
}
