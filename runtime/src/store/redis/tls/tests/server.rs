//! A server that speaks TLS and knows a handful of replies.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::super::files;
use super::Authority;

/// What a client must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    Nothing,
    /// Signed by the server's own authority.
    Certificate,
}

/// Answers `TIME`, `GET` and what a link for news asks on a port of any address of this machine, for as long as the tests
/// last. Its certificate is for `localhost`.
pub(super) fn serve(authority: &Authority, demand: Demand) -> u16 {
    let config = Arc::new(config(authority, demand));
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

fn config(authority: &Authority, demand: Demand) -> ServerConfig {
    let [certificates, key] = authority.sign("server", &["localhost", "127.0.0.1"]);
    let provider = Arc::new(ring::default_provider());
    let begun = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let begun = match demand {
        Demand::Nothing => begun.with_no_client_auth(),
        Demand::Certificate => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.issuer.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            begun.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let certificates = files::certificates(&certificates).unwrap();
    begun
        .with_single_cert(certificates, files::key(&key).unwrap())
        .unwrap()
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
