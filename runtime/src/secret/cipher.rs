//! The cipher: XChaCha20-Poly1305.
//!
//! Its nonces have 192 bits, so that they can be random: after 2^48 entries the odds that two of one secret share the
//! 128 bits that are drawn are below one in 2^32, and they would have to be of the same millisecond too. With AES-GCM's
//! 96 bits there would be a limit of 2^32 entries to each secret, which a busy fleet stores within days.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{SecretId, invalid};
use crate::error::Error;

pub(crate) const NONCE_BYTES: usize = 24;
pub(crate) const MAC_BYTES: usize = 16;

/// Never used for two messages under one secret.
pub(crate) type Nonce = [u8; NONCE_BYTES];
/// What authenticates a message.
pub(crate) type Mac = [u8; MAC_BYTES];

/// Keyed by one secret. The key does not stay in memory when this is gone.
pub(super) struct Cipher(XChaCha20Poly1305);

impl Cipher {
    /// The cipher of the secret that is written as `text`, and what the secret is called.
    pub(super) fn read(text: &str, place: usize) -> Result<([u8; SecretId::BYTES], Self), Error> {
        let secret = bytes(text).ok_or_else(|| invalid(place, FORM))?;
        if has_pattern(&secret) {
            return Err(invalid(place, PATTERN));
        }
        let id = derived(ID, &secret);
        let key = derived(KEY, &secret);
        let cipher = XChaCha20Poly1305::new((&*key).into());
        Ok((std::array::from_fn(|place| id[place]), Self(cipher)))
    }

    pub(super) fn encrypt(&self, nonce: &Nonce, context: &[u8], message: &mut [u8]) -> Mac {
        self.0
            .encrypt_inout_detached(nonce.into(), context, message.into())
            // The only error there is: more than 256 GiB. Values are capped a thousand times lower.
            .expect("an entry is not too long to encrypt")
            .into()
    }

    pub(super) fn decrypt(
        &self,
        nonce: &Nonce,
        context: &[u8],
        message: &mut [u8],
        mac: &Mac,
    ) -> bool {
        let mac: &Tag = mac.into();
        self.0
            .decrypt_inout_detached(nonce.into(), context, message.into(), mac)
            .is_ok()
    }
}

const FORM: &str =
    "it is not 64 hexadecimal digits, such as `openssl rand -hex 32` makes; a passphrase is none";
const PATTERN: &str = "it has a pattern: take what `openssl rand -hex 32` makes";

/// What is used in a secret's place for one purpose, so that nothing is used for two. A hash is enough for that, since a
/// secret is as random as what comes out.
fn derived(purpose: &[u8; 16], secret: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let hash = Sha256::new().chain_update(purpose).chain_update(secret);
    Zeroizing::new(hash.finalize().into())
}

const KEY: &[u8; 16] = b"selfsame entries";
const ID: &[u8; 16] = b"selfsame id\0\0\0\0\0";

/// The 32 bytes that 64 hexadecimal digits are.
fn bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut bytes = Zeroizing::new([0; 32]);
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    let value = char::from(character).to_digit(16)?;
    u8::try_from(value).ok()
}

/// Whether these bytes are an example's and not random: of 32 random ones, fewer than 16 differ less than once in
/// 10^16 times.
fn has_pattern(bytes: &[u8; 32]) -> bool {
    let mut sorted = Zeroizing::new(*bytes);
    sorted.sort_unstable();
    1 + sorted.windows(2).filter(|pair| pair[0] != pair[1]).count() < 16
}
