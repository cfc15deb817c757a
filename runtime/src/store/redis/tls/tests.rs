//! Over TLS to a server in this process, by authorities that only these tests know.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use event_listener::{Event, Listener as _};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use self::server::{Demand, serve};
use super::super::{conversation::Conversation, endpoint::Endpoint};
use super::*;
use crate::store::conformance::key;
use crate::store::redis::Redis;
use crate::store::{Found, Listener, News, Store};

mod server;

/// An authority, and a folder with what it has signed.
pub(super) struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { folder, issuer }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Signs a certificate for some names; it and its key.
    fn sign(&self, file: &str, names: &[&str]) -> [PathBuf; 2] {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(names).unwrap();
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        let path = |end| self.folder.path().join(format!("{file}.{end}"));
        fs::write(path("pem"), signed.pem()).unwrap();
        fs::write(path("key"), key.serialize_pem()).unwrap();
        [path("pem"), path("key")]
    }

    /// As whoever trusts it.
    fn trusted(&self) -> Tls {
        Tls::new().ca_file(self.certificate())
    }

    /// As whoever trusts it and has a certificate of it.
    fn client(&self) -> Tls {
        let [certificates, key] = self.sign("client", &["client"]);
        self.trusted().client_auth(certificates, key)
    }
}

/// Longer than a caller would wait: on a loaded machine a handshake takes its time.
const DEADLINE: Duration = Duration::from_secs(10);

/// One read by each face.
fn read_both(url: &str, tls: &Tls) -> [Result<Option<Found>, StoreError>; 2] {
    let store = Redis::with_tls(url, DEADLINE, tls).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let key = key("tls", 1);
    [
        runtime.block_on(store.read(&key, &[])),
        store.read_blocking(&key, &[]),
    ]
    .map(|looked| looked.map(|looked| looked.entry))
}

fn assert_read(url: &str, tls: &Tls) {
    for result in read_both(url, tls) {
        assert_eq!(result.unwrap().unwrap().bytes, b"entry", "{url}");
    }
}

/// Neither face gets an answer, and it is said why.
fn assert_denied(url: &str, tls: &Tls, why: &str) {
    for result in read_both(url, tls) {
        assert!(result.is_err());
    }
    let endpoint = Endpoint {
        trust: Arc::new(tls.trust().unwrap()),
        ..Endpoint::parse(url).unwrap()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let later = runtime.block_on(super::super::dial::dial(&endpoint));
    for error in [
        Conversation::dial(&endpoint).unwrap_err(),
        later.map(drop).unwrap_err(),
    ] {
        assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn both_faces_speak_tls_to_a_server_they_trust() {
    let authority = Authority::new();
    let port = serve(&authority, Demand::Nothing);
    for host in ["localhost", "127.0.0.1"] {
        assert_read(&format!("rediss://{host}:{port}"), &authority.trusted());
    }
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let url = format!("rediss://127.0.0.2:{}", serve(&authority, Demand::Nothing));
    assert_denied(&url, &authority.trusted(), "not valid for name");
}

#[test]
fn a_certificate_of_another_authority_is_refused() {
    let authority = Authority::new();
    let url = format!("rediss://localhost:{}", serve(&authority, Demand::Nothing));
    for tls in [Authority::new().trusted(), Tls::new()] {
        assert_denied(&url, &tls, "certificate: ");
    }
}

#[test]
fn a_server_that_asks_for_a_certificate_is_shown_one() {
    let authority = Authority::new();
    let url = format!(
        "rediss://localhost:{}",
        serve(&authority, Demand::Certificate)
    );
    assert_read(&url, &authority.client());
    assert_denied(&url, &authority.trusted(), "CertificateRequired");
    let stranger = Authority::new();
    let [certificates, key] = stranger.sign("client", &["client"]);
    let tls = authority.trusted().client_auth(certificates, key);
    assert_denied(&url, &tls, "the server says");
}

/// Listens until it is told that it has heard all.
struct Ear(Event);

impl Listener for Ear {
    fn hear(&self, _: News<'_>) {}

    fn now_ms(&self) -> u64 {
        0
    }

    fn prove(&self, _: u64) {
        self.0.notify(usize::MAX);
    }

    fn lose(&self) {}

    fn is_wanted(&self) -> bool {
        true
    }
}

#[test]
fn the_link_for_news_speaks_tls_and_shows_its_certificate() {
    let authority = Authority::new();
    let url = format!(
        "rediss://localhost:{}",
        serve(&authority, Demand::Certificate)
    );
    let store = Redis::with_tls(&url, DEADLINE, &authority.client()).unwrap();
    let ear = Arc::new(Ear(Event::new()));
    let proved = ear.0.listen();
    store.listen("tls", Arc::clone(&ear) as _);

    assert!(proved.wait_timeout(Duration::from_secs(20)).is_some());
}

/// In a process of its own, since it is a variable that says where the system's roots are.
#[test]
fn the_roots_of_the_system_are_trusted() {
    const URL: &str = "SELFSAME_TEST_TLS_URL";
    if let Ok(url) = std::env::var(URL) {
        return assert_read(&url, &Tls::new());
    }
    let authority = Authority::new();
    let url = format!("rediss://localhost:{}", serve(&authority, Demand::Nothing));
    let test = "store::redis::tls::tests::the_roots_of_the_system_are_trusted";
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(URL, url)
        .env("SSL_CERT_FILE", authority.certificate())
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn files_that_were_renewed_are_read_again() {
    let authority = Authority::new();
    let tls = authority.client();
    let trust = tls.trust().unwrap();
    let first = trust.config().unwrap();
    assert!(
        Arc::ptr_eq(&first, &trust.config().unwrap()),
        "nothing has changed"
    );

    let [certificates, _] = authority.sign("client", &["a client with a longer name"]);
    let second = trust.config().unwrap();
    assert!(!Arc::ptr_eq(&first, &second));
    // While somebody writes it.
    fs::write(certificates, "").unwrap();
    assert!(Arc::ptr_eq(&second, &trust.config().unwrap()));
}

/// What is said of settings with these files.
fn refusal(tls: &Tls, file: &Path) -> String {
    let error = Redis::with_tls("rediss://localhost", DEADLINE, tls).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Address);
    let said = error.to_string();
    assert!(said.contains(&file.display().to_string()), "{said}");
    said
}

#[test]
fn files_that_are_no_use_are_named_and_not_quoted() {
    let authority = Authority::new();
    let [certificates, key] = authority.sign("client", &["client"]);
    let [_, other_key] = authority.sign("other", &["other"]);
    let missing = authority.folder.path().join("missing.pem");
    let broken = authority.folder.path().join("broken.key");
    let text = fs::read_to_string(&key)
        .unwrap()
        .replace("-----END", "-----");
    fs::write(&broken, &text).unwrap();
    let client = |certificates: &Path, key: &Path| Tls::new().client_auth(certificates, key);

    assert!(refusal(&Tls::new().ca_file(&missing), &missing).contains("can't be read"));
    assert!(refusal(&Tls::new().ca_file(&key), &key).contains("no certificate"));
    assert!(
        refusal(&client(&certificates, &certificates), &certificates).contains("no private key")
    );
    assert!(refusal(&client(&key, &key), &key).contains("no certificate"));
    let said = refusal(&client(&certificates, &broken), &broken);
    assert!(said.contains("is not PEM"), "{said}");
    assert!(
        text.lines()
            .skip(1)
            .all(|line| line.len() < 9 || !said.contains(line)),
        "{said}"
    );
    let said = refusal(&client(&certificates, &other_key), &other_key);
    assert!(said.contains("client.pem"), "{said}");
}

#[test]
fn certificates_for_an_address_without_tls_are_refused() {
    let error = Redis::with_tls("redis://localhost", DEADLINE, &Tls::new()).unwrap_err();
    assert!(error.to_string().contains("no effect"), "{error}");
}
