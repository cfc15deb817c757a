//! What connections offer and trust, kept up to date with its files.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::{IdentityFiles, Tls, files, unusable};
use crate::store::StoreError;

/// [`Tls`], ready for connections.
#[derive(Debug, Default)]
pub(in super::super) struct Trust {
    tls: Tls,
    /// What was made of the files last; `None` before the first connection.
    last: Mutex<Option<Made>>,
}

/// A configuration, and what its files looked like.
#[derive(Debug)]
struct Made {
    config: Arc<ClientConfig>,
    looks: Vec<Look>,
}

/// A file's length and time: what tells whether it was replaced.
type Look = Option<(u64, Option<SystemTime>)>;

impl Trust {
    pub(super) const fn new(tls: Tls) -> Self {
        Self {
            tls,
            last: Mutex::new(None),
        }
    }

    /// What a new connection offers and trusts.
    pub(in super::super) fn config(&self) -> Result<Arc<ClientConfig>, StoreError> {
        let looks: Vec<Look> = self.tls.files().into_iter().map(look).collect();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = last.as_ref().filter(|made| made.looks == looks) {
            return Ok(Arc::clone(&made.config));
        }
        match (config(&self.tls), last.as_ref()) {
            (Ok(config), _) => {
                let config = Arc::new(config);
                *last = Some(Made {
                    config: Arc::clone(&config),
                    looks,
                });
                Ok(config)
            }
            // One of two files was replaced, and the other will be: the older pair is good a while longer.
            (Err(_), Some(made)) => Ok(Arc::clone(&made.config)),
            (Err(error), None) => Err(error),
        }
    }
}

fn look(path: &Path) -> Look {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

fn config(tls: &Tls) -> Result<ClientConfig, StoreError> {
    let roots = match &tls.authorities {
        Some(path) => Arc::new(roots_in(path)?),
        None => system_roots()?,
    };
    let begun = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots);
    match &tls.identity {
        None => Ok(begun.with_no_client_auth()),
        Some(IdentityFiles { certificates, key }) => begun
            .with_client_auth_cert(files::certificates(certificates)?, files::key(key)?)
            .map_err(|error| {
                let (certificates, key) = (certificates.display(), key.display());
                unusable(format!("{certificates} with the key {key}: {error}"))
            }),
    }
}

fn roots_in(path: &Path) -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    for certificate in files::certificates(path)? {
        roots
            .add(certificate)
            .map_err(|error| unusable(format!("{}: {error}", path.display())))?;
    }
    Ok(roots)
}

/// Read once: there are more than a hundred.
fn system_roots() -> Result<Arc<RootCertStore>, StoreError> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let roots = ROOTS.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        // Systems have some that are not understood, or can't be read: what matters is those that are.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(roots)
    });
    if roots.is_empty() {
        return Err(unusable(
            "this system has no root certificates: install them, or name a file with the server's authority",
        ));
    }
    Ok(Arc::clone(roots))
}
