//! TLS for `rediss://`: rustls with its `ring` provider.
//!
//! Provider and roots are chosen here and not by the process-wide default: that default panics where a program has
//! compiled in none or two of them, and setting it would take the choice from the program.

use std::io;
use std::path::{Path, PathBuf};

use rustls::pki_types::ServerName;

use crate::store::{StoreError, StoreErrorKind};

mod files;
#[cfg(test)]
mod tests;
mod trust;

pub(super) use self::trust::Trust;

/// Whom a store at `rediss://` trusts, and as whom it comes.
///
/// # Defaults
///
/// The roots of the system (or of `SSL_CERT_FILE` and `SSL_CERT_DIR`), and no certificate of one's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The authorities to trust in place of the system's, as PEM.
    authorities: Option<PathBuf>,
    /// What to show to servers that ask for it.
    identity: Option<IdentityFiles>,
}

/// A certificate with those that lead to its authority, and its private key, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
struct IdentityFiles {
    certificates: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// What is wrong with settings that would have no effect.
    pub(crate) const UNUSED: &str =
        "they have no effect, since the URL does not begin with `rediss`";

    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the authorities in this PEM file, and no others.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.authorities = Some(path.into());
        self
    }

    /// Shows servers this certificate, of which this is the private key: PEM files, the first with what leads to the
    /// certificate's authority. Read again for new connections when they have changed, so that they can be renewed.
    #[must_use]
    pub fn client_auth(
        mut self,
        certificates: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.identity = Some(IdentityFiles {
            certificates: certificates.into(),
            key: key.into(),
        });
        self
    }

    /// What is wrong with the files, if anything is.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.trust()
            .map(drop)
            .map_err(|error| error.detail().to_owned())
    }

    /// Reads the files, if there are any.
    pub(super) fn trust(&self) -> Result<Trust, StoreError> {
        let trust = Trust::new(self.clone());
        if !self.files().is_empty() {
            trust.config()?;
        }
        Ok(trust)
    }

    fn files(&self) -> Vec<&Path> {
        let mut files: Vec<&Path> = self.authorities.as_deref().into_iter().collect();
        if let Some(identity) = &self.identity {
            files.extend([&*identity.certificates, &*identity.key]);
        }
        files
    }
}

/// The name or address that the server's certificate must be for.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, StoreError> {
    ServerName::try_from(host.to_owned()).map_err(|_| unusable("no name a certificate can be for"))
}

/// What went wrong with TLS, if it was that: a refused certificate is no passing trouble of the network.
pub(super) fn failure(error: &io::Error) -> Option<StoreError> {
    use rustls::Error;

    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(match error {
        Error::InvalidCertificate(reason) => denied(format!("certificate: {reason}")),
        // The server does not like ours, or that we have none.
        Error::AlertReceived(alert) => denied(format!("the server says: {alert:?}")),
        error => StoreError::new(StoreErrorKind::Protocol).with_detail(error.to_string()),
    })
}

fn denied(detail: String) -> StoreError {
    StoreError::new(StoreErrorKind::Denied).with_detail(detail)
}

/// What `detail` says must be mended where it was set.
fn unusable(detail: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Address).with_detail(detail)
}
