//! PEM files. Errors name the file and what is wrong with it, and quote nothing: it may be a key.

use std::path::Path;

use rustls::pki_types::pem::{Error, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::unusable;
use crate::store::StoreError;

/// All certificates in a file, of which there is at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| refusal(path, "certificate", &error))?;
    if certificates.is_empty() {
        return Err(refusal(path, "certificate", &Error::NoItemsFound));
    }
    Ok(certificates)
}

/// The private key in a file.
pub(super) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, StoreError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| refusal(path, "private key", &error))
}

fn refusal(path: &Path, what: &str, error: &Error) -> StoreError {
    let path = path.display();
    unusable(match error {
        Error::Io(error) => format!("{path} can't be read: {}", error.kind()),
        Error::NoItemsFound => format!("{path} has no {what} in PEM form"),
        _ => format!("{path} is not PEM"),
    })
}
