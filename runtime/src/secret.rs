//! Secrets: what entries are encrypted and authenticated with, where any are set.
//!
//! A secret is 32 random bytes, written as 64 hexadecimal digits; several are written newest first. The newest encrypts,
//! all of them decrypt, so that a new one can be brought in without losing what the old one has encrypted. Nothing is
//! made of a passphrase: entries can be copied and guessed at elsewhere, at leisure, and what people can remember does
//! not stand that.
//!
//! Nothing here is ever printed.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};

#[cfg(feature = "encryption")]
mod cipher;
#[cfg(not(feature = "encryption"))]
#[path = "secret/no_cipher.rs"]
mod cipher;
#[cfg(all(test, feature = "encryption"))]
pub(crate) mod tests;

use self::cipher::Cipher;
pub(crate) use self::cipher::{MAC_BYTES, Mac, NONCE_BYTES, Nonce};

/// The secrets of a cache, the newest first; there is at least one.
pub(crate) struct Secrets {
    newest: Arc<Secret>,
    older: Vec<Arc<Secret>>,
}

/// One secret.
pub(crate) struct Secret {
    id: SecretId,
    cipher: Cipher,
}

/// By what an entry names the secret it was encrypted with. It follows from the secret and tells nothing about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SecretId([u8; Self::BYTES]);

impl Secrets {
    /// Reads secrets, the newest first; `None` if there are none.
    pub(crate) fn read<S: AsRef<str>>(
        newest_first: impl IntoIterator<Item = S>,
    ) -> Result<Option<Self>, Error> {
        let mut secrets: Vec<Arc<Secret>> = Vec::new();
        for (index, text) in newest_first.into_iter().enumerate() {
            let place = index + 1;
            let secret = Secret::read(text.as_ref(), place)?;
            if secrets.iter().any(|other| other.id == secret.id) {
                return Err(invalid(place, "it is there twice"));
            }
            secrets.push(Arc::new(secret));
        }
        let mut secrets = secrets.into_iter();
        Ok(secrets.next().map(|newest| Self {
            newest,
            older: secrets.collect(),
        }))
    }

    /// What encrypts.
    pub(crate) const fn newest(&self) -> &Arc<Secret> {
        &self.newest
    }

    /// What an entry was encrypted with, if it is one of these.
    pub(crate) fn find(&self, id: SecretId) -> Option<&Secret> {
        let mut all = std::iter::once(&self.newest).chain(&self.older);
        all.find(|secret| secret.id == id).map(|secret| &**secret)
    }
}

impl Secret {
    fn read(text: &str, place: usize) -> Result<Self, Error> {
        let (id, cipher) = Cipher::read(text.trim(), place)?;
        Ok(Self {
            id: SecretId(id),
            cipher,
        })
    }

    pub(crate) const fn id(&self) -> SecretId {
        self.id
    }

    /// Encrypts `message` in place; what authenticates it together with `context`.
    pub(crate) fn encrypt(&self, nonce: &Nonce, context: &[u8], message: &mut [u8]) -> Mac {
        self.cipher.encrypt(nonce, context, message)
    }

    /// Decrypts `message` in place, if it and `context` are what `mac` was made of.
    #[must_use]
    pub(crate) fn decrypt(
        &self,
        nonce: &Nonce,
        context: &[u8],
        message: &mut [u8],
        mac: &Mac,
    ) -> bool {
        self.cipher.decrypt(nonce, context, message, mac)
    }
}

impl SecretId {
    pub(crate) const BYTES: usize = 8;

    pub(crate) const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0
    }
}

/// The cargo feature that encrypts.
pub(crate) const FEATURE: &str = "encryption";

/// Says nothing of what the text is.
fn invalid(place: usize, what: &'static str) -> Error {
    ErrorKind::InvalidSecret { place, what }.into()
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", 1 + self.older.len())
    }
}
