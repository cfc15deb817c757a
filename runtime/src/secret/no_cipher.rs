//! In place of a cipher, where none was compiled in: there are no secrets.

use super::{FEATURE, SecretId};
use crate::error::{Error, ErrorKind};

pub(crate) const NONCE_BYTES: usize = 24;
pub(crate) const MAC_BYTES: usize = 16;

pub(crate) type Nonce = [u8; NONCE_BYTES];
pub(crate) type Mac = [u8; MAC_BYTES];

/// There is none.
pub(super) enum Cipher {}

impl Cipher {
    pub(super) fn read(_text: &str, _place: usize) -> Result<([u8; SecretId::BYTES], Self), Error> {
        Err(ErrorKind::FeatureMissing(FEATURE).into())
    }

    pub(super) const fn encrypt(&self, _nonce: &Nonce, _context: &[u8], _: &mut [u8]) -> Mac {
        match *self {}
    }

    pub(super) const fn decrypt(
        &self,
        _nonce: &Nonce,
        _context: &[u8],
        _message: &mut [u8],
        _mac: &Mac,
    ) -> bool {
        match *self {}
    }
}
