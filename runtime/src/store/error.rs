//! [`StoreError`]: why a store could not do what it was asked to.

use std::error::Error;
use std::fmt;

/// Why a store could not do what it was asked to. Callers of cached functions never see one; events and reports do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    kind: StoreErrorKind,
    /// What the server or the library said; empty if there is nothing beyond the kind. Never a secret.
    detail: String,
    is_of_a_part: bool,
}

/// The kinds of [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store can't be reached: nobody listens, the connection is lost, the file can't be opened.
    Unavailable,
    /// No answer within the time a caller waits.
    Timeout,
    /// The store is there but locked by others for longer than a caller waits.
    Busy,
    /// The answer makes no sense: another protocol, another schema, a damaged file.
    Protocol,
    /// What lies under the key is no entry: another kind of value.
    WrongType,
    /// There is no room, and the store evicts nothing by itself.
    Full,
    /// Wrong credentials, missing rights, or a read-only replica.
    Denied,
    /// The store's address or options make no sense. Only while a store is opened.
    Address,
    /// The store answered with an error of another kind.
    Refused,
    /// It was not asked: it has failed again and again, and is left alone until it answers a probe.
    Suspended,
}

impl StoreError {
    /// An error of `kind` with nothing more to say.
    #[must_use]
    pub const fn new(kind: StoreErrorKind) -> Self {
        Self {
            kind,
            detail: String::new(),
            is_of_a_part: false,
        }
    }

    /// Says that other parts of the store do well, as the other nodes of a cluster: the error is no reason to leave
    /// the whole of it alone.
    #[must_use]
    pub const fn of_a_part(mut self) -> Self {
        self.is_of_a_part = true;
        self
    }

    /// Whether other parts of the store do well.
    #[must_use]
    pub const fn is_of_a_part(&self) -> bool {
        self.is_of_a_part
    }

    /// Adds what the server or the library said.
    ///
    /// `detail` is printed: it must not contain a password, a token or a value.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// What kind of error this is.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// What the server or the library said.
    #[cfg(feature = "redis")]
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Whether the store gave no answer at all, so that asking it once more in the same call would only cost time.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        self.kind.is_unreachable()
    }
}

impl StoreErrorKind {
    /// Whether the store gave no answer at all.
    #[must_use]
    pub const fn is_unreachable(self) -> bool {
        matches!(
            self,
            Self::Unavailable | Self::Timeout | Self::Busy | Self::Suspended
        )
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Unavailable => "the store can't be reached",
            Self::Timeout => "the store did not answer in time",
            Self::Busy => "the store is locked by others",
            Self::Protocol => "the store's answer makes no sense",
            Self::WrongType => "the key holds another kind of value",
            Self::Full => "the store is full",
            Self::Denied => "the store denied access",
            Self::Address => "the store's address makes no sense",
            Self::Refused => "the store refused",
            Self::Suspended => "the store has failed repeatedly and is left alone",
        }
    }
}

impl From<StoreErrorKind> for StoreError {
    fn from(kind: StoreErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for StoreErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            self.kind.fmt(f)
        } else {
            write!(f, "{} ({})", self.kind, self.detail)
        }
    }
}

impl Error for StoreError {}
