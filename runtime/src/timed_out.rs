//! [`TimedOut`]: what a function with `hard` answers when time is over.

use std::{fmt, io};

/// A computation took longer than the `hard` limit of its function, and there was no entry to answer with.
///
/// Functions with `hard` return a `Result` whose error implements `From<TimedOut>`. That is so for [`io::Error`] and for
/// `Box<dyn Error + Send + Sync>`; for an error of your own, implement it.
///
/// The computation itself goes on in the background, and its result is stored: a later call may find it.
///
/// # Examples
///
/// ```
/// use selfsame::TimedOut;
///
/// #[derive(Debug)]
/// enum Failure {
///     TooSlow,
/// }
///
/// impl From<TimedOut> for Failure {
///     fn from(_: TimedOut) -> Self {
///         Self::TooSlow
///     }
/// }
/// # let _ = Failure::from(TimedOut);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the computation took longer than its hard limit")
    }
}

impl std::error::Error for TimedOut {}

impl From<TimedOut> for io::Error {
    fn from(error: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, error)
    }
}
