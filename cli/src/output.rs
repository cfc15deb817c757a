//! Printing: results to stdout, all else to stderr, with colours only where a terminal shows them.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::Error;

/// Exit status of a command that could not do its work.
pub(crate) const FAILED: u8 = 2;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const VERSION: Style = AnsiColor::Cyan.on_default();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Green.on_default().bold();

/// A text in a style.
pub(crate) fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Prints a result as it is. A reader that has gone away (`| head`) is no error.
pub(crate) fn print(text: &str) {
    let mut stdout = anstream::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// Prints a result as JSON.
pub(crate) fn print_json(value: &impl Serialize) {
    let text = serde_json::to_string_pretty(value).expect("texts, numbers and lists are JSON");
    print(&format!("{text}\n"));
}

pub(crate) fn error(error: &Error) {
    complain(&format!("{}: {error}\n", styled(ERROR, "error")));
}

pub(crate) fn warning(text: &str) {
    complain(&format!("{}: {text}\n", styled(WARNING, "warning")));
}

pub(crate) fn note(text: &str) {
    complain(&format!("{}: {text}\n", styled(NOTE, "note")));
}

/// Prints beside the result; where nobody listens, there is nobody to tell.
pub(crate) fn complain(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}
