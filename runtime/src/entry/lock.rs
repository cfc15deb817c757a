//! Encryption of entries, and their binding to the call they answer.
//!
//! The payload is encrypted. Authenticated with it is all that stands before it (flags, times, the secret's id, the
//! nonce, the versions of tags, lengths), so that nothing can make an entry live longer or hold under other tags; and
//! who is answered: the entry's name in its store with the namespace, the function's path, and the exact key. Those are
//! not in the envelope, for arguments may be as confidential as values: a reader knows them, or it is not the reader
//! the entry is for.
//!
//! The nonce is 16 bytes that are drawn for the draft, and the time it is sealed at. So sealing needs no randomness, and
//! one draft that is sealed twice has either another nonce or is the same message.

use std::borrow::Cow;
use std::sync::Arc;

use super::{CHECKSUM_BYTES, Fault, Identity, put_section};
use crate::random;
use crate::secret::{MAC_BYTES, Mac, NONCE_BYTES, Nonce, Secret, SecretId, Secrets};

#[cfg(all(test, feature = "encryption"))]
mod tests;

/// The bytes of a nonce that are drawn.
pub(super) const DRAWN_BYTES: usize = NONCE_BYTES - 8;

type Drawn = [u8; DRAWN_BYTES];

/// What one entry is encrypted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lock {
    secret: Arc<Secret>,
    drawn: Drawn,
}

impl Lock {
    /// By the newest of `secrets`; `None` where the system has no randomness to give.
    pub(crate) fn draw(secrets: &Secrets) -> Option<Self> {
        Some(Self {
            secret: Arc::clone(secrets.newest()),
            drawn: random::strict()?,
        })
    }

    /// With what somebody has chosen, so that entries are the same each time.
    #[cfg(all(any(test, fuzzing), feature = "encryption"))]
    pub(super) fn chosen(secrets: &Secrets, drawn: Drawn) -> Self {
        let secret = Arc::clone(secrets.newest());
        Self { secret, drawn }
    }

    pub(super) fn secret(&self) -> SecretId {
        self.secret.id()
    }

    pub(super) const fn drawn(&self) -> &Drawn {
        &self.drawn
    }
}

/// How a draft becomes an entry nobody else can read or make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closing {
    lock: Lock,
    /// Who is answered.
    addressee: Vec<u8>,
    /// Where the payload begins.
    payload: usize,
}

impl Closing {
    pub(super) fn new(lock: Lock, identity: Identity<'_>, payload: usize) -> Self {
        Self {
            lock,
            addressee: addressee(&identity),
            payload,
        }
    }

    /// Encrypts the payload at the end of `bytes` and adds what authenticates it.
    pub(super) fn close(self, bytes: &mut Vec<u8>, now_ms: u64) {
        let (head, payload) = bytes.split_at_mut(self.payload);
        let context = context(head, &self.addressee);
        let nonce = nonce(&self.lock.drawn, now_ms);
        let mac = self.lock.secret.encrypt(&nonce, &context, payload);
        bytes.extend_from_slice(&mac);
    }
}

/// What of an envelope it takes to decrypt its payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Locked<'a> {
    pub(super) secret: SecretId,
    pub(super) drawn: Drawn,
    pub(super) stored_ms: u64,
    /// The encrypted payload.
    pub(super) payload: &'a [u8],
    pub(super) mac: Mac,
}

impl Locked<'_> {
    /// The payload in clear, if the envelope `bytes` is the one that was made for `wanted`.
    pub(super) fn open(
        &self,
        bytes: &[u8],
        wanted: &Identity<'_>,
        secrets: Option<&Secrets>,
    ) -> Result<Cow<'static, [u8]>, Fault> {
        let secret = secrets.and_then(|secrets| secrets.find(self.secret));
        let secret = secret.ok_or(Fault::Locked)?;
        let behind = self.payload.len() + MAC_BYTES + CHECKSUM_BYTES;
        let head = &bytes[..bytes.len() - behind];
        let context = context(head, &addressee(wanted));
        let nonce = nonce(&self.drawn, self.stored_ms);
        let mut payload = self.payload.to_vec();
        if secret.decrypt(&nonce, &context, &mut payload, &self.mac) {
            Ok(Cow::Owned(payload))
        } else {
            Err(Fault::Forged)
        }
    }
}

fn nonce(drawn: &Drawn, stored_ms: u64) -> Nonce {
    let mut nonce = [0; NONCE_BYTES];
    nonce[..DRAWN_BYTES].copy_from_slice(drawn);
    nonce[DRAWN_BYTES..].copy_from_slice(&stored_ms.to_le_bytes());
    nonce
}

/// Each part with its length, so that no two calls have the same. The version is part of the name.
fn addressee(identity: &Identity<'_>) -> Vec<u8> {
    let parts = [
        identity.name.as_bytes(),
        identity.path.as_bytes(),
        identity.key,
    ];
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        put_section(&mut bytes, part);
    }
    bytes
}

/// The head tells its own length: it ends with that of the payload, and what comes before is fixed or counted.
fn context(head: &[u8], addressee: &[u8]) -> Vec<u8> {
    [head, addressee].concat()
}
