//! [`Error`]: what can be wrong with a cache's settings. Calls of cached functions have no errors of ours.

use std::fmt;

use crate::secret;
use crate::store::StoreError;

/// Why a [`Cache`](crate::Cache) could not be built or installed.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    /// What the store said, if it was asked.
    source: Option<StoreError>,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The URL has no scheme, or one that names no store. Holds the scheme, if there is one; never the whole URL.
    UnknownScheme(Option<String>),
    /// The URL names a store but makes no sense for it. Holds what is wrong; never the URL.
    InvalidUrl(&'static str),
    /// The URL names a store that was not compiled in, or a secret is set and encryption was not. Holds the cargo feature that has it.
    FeatureMissing(&'static str),
    /// The namespace is empty or contains a character that a key can't have there.
    InvalidNamespace(String),
    /// A secret is none. Holds which of them it is, the newest being the first, and what is wrong; never the secret.
    InvalidSecret {
        /// Its place, from 1.
        place: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// What connections over TLS are to trust or to show can't be used. Holds which file it is and what is wrong; never
    /// anything of a key.
    InvalidTls(String),
    /// An option is out of its range. Holds what is wrong.
    InvalidOption(&'static str),
    /// A cache is in use already: another was installed, or a cached function has been called before.
    AlreadyInstalled,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// What kind of error this is.
    #[must_use]
    pub const fn kind(&self) -> &ErrorKind {
        &self.kind
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

/// What opening a store may say: its address makes no sense. Everything else is found out at use.
impl From<StoreError> for Error {
    fn from(source: StoreError) -> Self {
        Self {
            kind: ErrorKind::InvalidUrl("the store does not accept it"),
            source: Some(source),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::UnknownScheme(None) => write!(f, "the store's URL has no scheme; {SCHEMES}"),
            ErrorKind::UnknownScheme(Some(scheme)) => {
                write!(f, "the store's URL has the unknown scheme `{scheme}:`; {SCHEMES}")
            }
            ErrorKind::InvalidUrl(what) => write!(f, "the store's URL makes no sense: {what}"),
            ErrorKind::FeatureMissing(secret::FEATURE) => f.write_str(
                "a secret is set, which needs the feature `encryption` of the crate `selfsame`, which is not switched on",
            ),
            ErrorKind::FeatureMissing(feature) => write!(
                f,
                "the store's URL needs the feature `{feature}` of the crate `selfsame`, which is not switched on"
            ),
            ErrorKind::InvalidNamespace(namespace) => write!(
                f,
                "the namespace {namespace:?} is empty or contains a brace, a colon, a space or a control character"
            ),
            ErrorKind::InvalidSecret { place, what } => {
                write!(f, "secret {place} is not usable: {what}")
            }
            ErrorKind::InvalidTls(what) => write!(f, "the settings for TLS are not usable: {what}"),
            ErrorKind::InvalidOption(what) => f.write_str(what),
            ErrorKind::AlreadyInstalled => f.write_str(
                "a cache is in use already: install one once, before the first call of a cached function",
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

const SCHEMES: &str = "known are `memory:`, `sqlite:PATH`, `redis://`, `redis+unix://`, `redis+sentinel://`, `redis+cluster://` and `rediss…` of all but the socket";
