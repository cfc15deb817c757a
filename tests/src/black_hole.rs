//! A port that takes no connection and refuses none: attempts get no answer at all, as behind a firewall that drops
//! them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Such a port, until it is dropped.
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    _listener: TcpListener,
    /// They fill the queue of those who wait to be accepted; nobody accepts.
    _queue: Vec<TcpStream>,
}

impl BlackHole {
    /// Makes one.
    ///
    /// # Panics
    ///
    /// If there is no free port, or its queue has no end.
    #[must_use]
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it was bound");
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
        let queue: Vec<_> = std::iter::from_fn(connect).take(MOST).collect();
        assert!(queue.len() < MOST, "the queue has no end");
        Self {
            address,
            _listener: listener,
            _queue: queue,
        }
    }

    /// Its address as that of a Redis server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }
}

impl Default for BlackHole {
    fn default() -> Self {
        Self::new()
    }
}

/// Systems queue some hundreds.
const MOST: usize = 10_000;
