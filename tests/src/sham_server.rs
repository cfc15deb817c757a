//! Servers that are none: one that takes connections and keeps silent, and one that talks nonsense.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// A port with somebody behind it who is not a Redis server; its threads end after it is dropped.
#[derive(Debug)]
pub struct ShamServer {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

/// What the sham server says.
#[derive(Clone, Debug)]
pub enum Babble {
    /// Nothing: connections are taken and left alone.
    Nothing,
    /// These bytes, as soon as a connection is made and after each request.
    Bytes(&'static [u8]),
    /// The right answer to `TIME`, these bytes to everything else.
    AfterTime(&'static [u8]),
    /// The right answer to `TIME`, then the head of a long reply, and of the rest one byte now and then.
    Trickle,
}

impl ShamServer {
    /// Starts listening on a free port.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn start(babble: Babble) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it was bound");
        let is_over = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_over);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if seen.load(Ordering::Relaxed) {
                    return;
                }
                let (babble, seen) = (babble.clone(), Arc::clone(&seen));
                thread::spawn(move || talk(stream, &babble, &seen));
            }
        });
        Self { address, is_over }
    }

    /// Its address as if it were a Redis server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }
}

impl Drop for ShamServer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts, so that it sees.
        let _ = TcpStream::connect(self.address);
    }
}

fn talk(mut stream: TcpStream, babble: &Babble, is_over: &AtomicBool) {
    if let Babble::Bytes(bytes) = babble {
        let _ = stream.write_all(bytes);
    }
    let _ = stream.set_read_timeout(Some(Duration::from_millis(50)));
    let mut request = [0; 4_096];
    while !is_over.load(Ordering::Relaxed) {
        match stream.read(&mut request) {
            Ok(0) => return,
            Ok(length) => answer(&mut stream, &request[..length], babble),
            // Nothing was asked yet.
            Err(_) => {}
        }
    }
}

/// A write fails when the other side has hung up; the next read ends the talk.
fn answer(stream: &mut TcpStream, request: &[u8], babble: &Babble) {
    let asks_time = request.windows(4).any(|word| word == b"TIME");
    let _ = match babble {
        Babble::Nothing => Ok(()),
        Babble::Bytes(bytes) => stream.write_all(bytes),
        Babble::AfterTime(_) | Babble::Trickle if asks_time => {
            stream.write_all(b"*2\r\n$10\r\n1577836800\r\n$1\r\n0\r\n")
        }
        Babble::AfterTime(bytes) => stream.write_all(bytes),
        Babble::Trickle => trickle(stream),
    };
}

fn trickle(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(b"$100000\r\n")?;
    // Ends when the other side has hung up.
    loop {
        stream.write_all(b"x")?;
        thread::sleep(Duration::from_millis(5));
    }
}
