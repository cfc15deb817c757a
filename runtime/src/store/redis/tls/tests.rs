//! Over TLS to a server in this process, whose certificate is for `localhost` and was signed by an authority that only
//! these tests trust. Keys and certificates are worth nothing elsewhere; they last for a hundred years.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use event_listener::{Event, Listener as _};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::store::conformance::key;
use crate::store::redis::Redis;
use crate::store::{Found, Listener, News, Store, StoreError, StoreErrorKind};

const AUTHORITY: &[u8] = include_bytes!("ca.der");
const CERTIFICATE: &[u8] = include_bytes!("cert.der");
const KEY: &[u8] = include_bytes!("key.der");

pub(super) fn authority() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(AUTHORITY.into()).unwrap();
    roots
}

#[test]
fn both_faces_speak_tls_to_a_server_they_trust() {
    let port = serve();
    for host in ["localhost", "127.0.0.1"] {
        for result in read_both(&format!("rediss://{host}:{port}")) {
            assert_eq!(result.unwrap().unwrap().bytes, b"entry", "{host}");
        }
    }
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let port = serve();
    for result in read_both(&format!("rediss://127.0.0.2:{port}")) {
        assert!(result.is_err());
    }
    let error = dial_error(&format!("rediss://127.0.0.2:{port}"));
    assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");
}

/// One read by each face.
fn read_both(url: &str) -> [Result<Option<Found>, StoreError>; 2] {
    // Longer than a caller would wait: on a loaded machine a handshake takes its time.
    let store = Redis::with_deadline(url, Duration::from_secs(10)).unwrap();
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

fn dial_error(url: &str) -> StoreError {
    use super::super::{conversation::Conversation, endpoint::Endpoint};

    Conversation::dial(&Endpoint::parse(url).unwrap()).unwrap_err()
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
fn the_link_for_news_speaks_tls() {
    let store = Redis::new(&format!("rediss://localhost:{}", serve())).unwrap();
    let ear = Arc::new(Ear(Event::new()));
    let proved = ear.0.listen();
    store.listen("tls", Arc::clone(&ear) as _);

    assert!(proved.wait_timeout(Duration::from_secs(20)).is_some());
}

/// Answers `TIME`, `GET` and what a link for news asks on a port of any address of this machine, for as long as the tests last.
fn serve() -> u16 {
    let certificates = vec![CertificateDer::from(CERTIFICATE)];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(KEY));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let config = Arc::clone(&config);
            thread::spawn(move || talk(socket, config));
        }
    });
    port
}

fn talk(socket: TcpStream, config: Arc<ServerConfig>) {
    let session = ServerConnection::new(config).unwrap();
    let mut stream = StreamOwned::new(session, socket);
    let mut request = [0; 4_096];
    while let Ok(length @ 1..) = stream.read(&mut request) {
        let answer = answer(&request[..length]);
        if stream
            .write_all(&answer)
            .and_then(|()| stream.flush())
            .is_err()
        {
            return;
        }
    }
}

fn answer(request: &[u8]) -> Vec<u8> {
    let request = String::from_utf8_lossy(request);
    let lines: Vec<_> = request.lines().collect();
    let last = lines.last().copied().unwrap_or_default();
    let answer = match lines.get(2).copied().unwrap_or_default() {
        "TIME" => "*2\r\n$10\r\n1577836800\r\n$1\r\n0\r\n",
        "HELLO" => "%1\r\n$5\r\nproto\r\n:3\r\n",
        "CLIENT" => "+OK\r\n",
        "SUBSCRIBE" => ">3\r\n$9\r\nsubscribe\r\n$7\r\ntls:inv\r\n:1\r\n",
        "PING" => return format!("${}\r\n{last}\r\n", last.len()).into_bytes(),
        _ => "$5\r\nentry\r\n",
    };
    answer.into()
}
