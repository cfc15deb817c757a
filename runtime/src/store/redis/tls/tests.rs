//! Over TLS to a server in this process, whose certificate is for `localhost` and was signed by an authority that only
//! these tests trust. Keys and certificates are worth nothing elsewhere; they last for a hundred years.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::store::conformance::key;
use crate::store::redis::Redis;
use crate::store::{Found, Store, StoreError, StoreErrorKind};

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
    let store = Redis::new(url).unwrap();
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

/// Answers `TIME` and `GET` on a port of any address of this machine, for as long as the tests last.
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
        let asks_time = request[..length].windows(4).any(|word| word == b"TIME");
        let answer: &[u8] = if asks_time {
            b"*2\r\n$10\r\n1577836800\r\n$1\r\n0\r\n"
        } else {
            b"$5\r\nentry\r\n"
        };
        if stream
            .write_all(answer)
            .and_then(|()| stream.flush())
            .is_err()
        {
            return;
        }
    }
}
