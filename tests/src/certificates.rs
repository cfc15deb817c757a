//! Certificates of a test's own, as PEM files in a folder that is deleted afterwards.

use std::fs;
use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
};
use tempfile::TempDir;

use crate::scratch;

/// An authority that nobody else knows.
pub struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its private key.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Where the certificate is.
    pub certificate: String,
    /// Where its key is.
    pub key: String,
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    ///
    /// If the system has no randomness, or the folder can't be written.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        // OpenSSL takes a certificate that is called like its authority for one that signed itself.
        params.distinguished_name = called("an authority of tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("it signs itself");
        let authority = Self {
            folder: scratch::folder(),
            issuer,
        };
        authority.write("ca.pem", &authority.issuer.pem());
        authority
    }

    /// Where its certificate is.
    #[must_use]
    pub fn certificate(&self) -> String {
        self.path("ca.pem").display().to_string()
    }

    /// Signs a certificate for `name`, and for this machine by its address.
    ///
    /// # Panics
    ///
    /// If that is no name, or the folder can't be written.
    #[must_use]
    pub fn sign(&self, name: &str) -> Signed {
        let key = KeyPair::generate().expect("a key can be made");
        let mut params = CertificateParams::new([name.to_owned(), "127.0.0.1".to_owned()])
            .expect("it is a name");
        params.distinguished_name = called(name);
        let signed = params
            .signed_by(&key, &self.issuer)
            .expect("it can be signed");
        Signed {
            certificate: self.write(&format!("{name}.pem"), &signed.pem()),
            key: self.write(&format!("{name}.key"), &key.serialize_pem()),
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) -> String {
        let path = self.path(file);
        fs::write(&path, text).expect("the folder can be written");
        path.display().to_string()
    }
}

fn called(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}
