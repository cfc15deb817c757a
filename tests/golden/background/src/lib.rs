//! Functions that compute in the background, and what they do with their arguments.
#![deny(warnings, missing_docs, clippy::pedantic)]

selfsame::include_generated!();

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// What can go wrong.
#[derive(Clone, Debug)]
pub enum Failure {
    /// It took too long.
    Late,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("too late")
    }
}

impl From<selfsame::TimedOut> for Failure {
    fn from(_: selfsame::TimedOut) -> Self {
        Self::Late
    }
}

/// Something to share.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    shared: Arc<str>,
}

/// Computed again before it expires; everything by value.
///
/// @cache(ttl = "10m", stale = "1h", refresh = "ahead", lease = "10s")
#[must_use]
pub fn by_value(number: u64, text: String) -> String {
    text + &number.to_string()
}

/// Nothing to own.
///
/// @cache(refresh = "always", lease = "off")
#[must_use]
pub fn nothing() -> u64 {
    7
}

/// All there is; references of every kind.
///
/// @cache(skip(connection), stale = "forever", soft = "50ms", hard = "2s", tags("name:{name}"))
///
/// # Errors
///
/// Where the name is empty.
pub async fn with_limits(
    connection: &Connection,
    name: &str,
    path: &Path,
    numbers: &[u8],
    nested: &&str,
    word: &'static str,
    count: u32,
) -> Result<Option<String>, Failure> {
    std::future::ready(()).await;
    if name.is_empty() {
        return Err(Failure::Late);
    }
    let all = numbers.len() + path.as_os_str().len() + connection.shared.len();
    Ok(Some(format!("{name} {nested} {word} {count} {all}")))
}

/// Gives up with an error of the standard library, by an alias.
///
/// @cache(hard = "1s")
///
/// # Errors
///
/// Never by itself.
pub async fn by_alias(number: u64) -> std::io::Result<u64> {
    std::future::ready(Ok(number)).await
}

/// A type with marked methods.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Page<T> {
    /// What is on it.
    pub text: T,
}

impl<T: Clone + Send + Sync + AsRef<str> + serde::Serialize + 'static> Page<T> {
    /// Behind a reference.
    ///
    /// @cache(key(self), refresh = "ahead")
    #[must_use]
    pub fn render(&self) -> String {
        self.text.as_ref().to_owned()
    }

    /// By value, beside an argument of no name.
    ///
    /// @cache(key(self.text, this), stale = "1m", soft = "10ms")
    pub async fn consume(self: Arc<Self>, this: &impl AsOwned) -> String {
        std::future::ready(this.as_owned() + self.text.as_ref()).await
    }
}

/// What has a text.
pub trait AsOwned: Clone + Send + Sync + serde::Serialize + 'static {
    /// The text.
    fn as_owned(&self) -> String;
}

impl AsOwned for String {
    fn as_owned(&self) -> String {
        self.clone()
    }
}
