//! TLS for `rediss://`: rustls, its `ring` provider, the Mozilla roots.
//!
//! Provider and roots are chosen here and not by the process-wide default: that default panics where a program has
//! compiled in none or two of them, and setting it would take the choice from the program.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};

use crate::store::{StoreError, StoreErrorKind};

#[cfg(test)]
mod tests;

/// What every connection offers and trusts; made once.
pub(super) fn config() -> Result<Arc<ClientConfig>, StoreError> {
    static CONFIG: OnceLock<Result<Arc<ClientConfig>, StoreError>> = OnceLock::new();
    CONFIG.get_or_init(|| trusting(roots())).clone()
}

#[cfg(not(test))]
fn roots() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

/// An authority of the tests' own, and no other.
#[cfg(test)]
fn roots() -> RootCertStore {
    tests::authority()
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, StoreError> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::new(StoreErrorKind::Address).with_detail(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The name or address that the server's certificate must be for.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, StoreError> {
    ServerName::try_from(host.to_owned()).map_err(|_| {
        StoreError::new(StoreErrorKind::Address).with_detail("no name a certificate can be for")
    })
}

/// What went wrong with TLS, if it was that: a refused certificate is no passing trouble of the network.
pub(super) fn failure(error: &io::Error) -> Option<StoreError> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match error {
        rustls::Error::InvalidCertificate(reason) => {
            StoreError::new(StoreErrorKind::Denied).with_detail(format!("certificate: {reason}"))
        }
        error => StoreError::new(StoreErrorKind::Protocol).with_detail(error.to_string()),
    })
}
