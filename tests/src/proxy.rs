//! A proxy between processes and their Redis server that does to the bytes what networks do, and worse.
//!
//! Calls and news come over different connections: the one for news is told by its `HELLO`, which no other says. So
//! either can be disturbed without the other, in either direction. What is done is set from outside and holds for all
//! bytes from then on, also on connections that exist already; what depends on chance depends on the seed alone.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use fastrand::Rng;

mod pushes;

use self::pushes::Pushes;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Requests and their replies.
    Calls,
    /// What the server says unasked.
    News,
}

/// Where bytes are going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the process to the server.
    There,
    /// From the server to the process.
    Back,
}

/// What is done to bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: they go through.
    #[default]
    None,
    /// They come later.
    Delay(Duration),
    /// They come byte by byte, with a pause after each.
    Trickle(Duration),
    /// They never come, and nobody says so: a connection that is open on one side only.
    Swallow,
    /// So many come, then the connection is reset.
    Truncate(usize),
    /// Some of them are others, by chance.
    Corrupt,
    /// These come in their place.
    Replace(&'static [u8]),
    /// What the server says unasked comes in another order, by chance, and just before its next reply.
    Shuffle,
}

/// A running proxy. Its connections end when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    state: Mutex<State>,
    connections: AtomicU64,
    is_over: AtomicBool,
}

#[derive(Debug)]
struct State {
    calls: Faults,
    news: Faults,
    /// New connections are closed at once.
    is_refusing: bool,
    open: Vec<Arc<Connection>>,
    rng: Rng,
    /// The requests of callers that came, whether they went through or not.
    requests: u64,
}

#[derive(Clone, Debug, Default)]
struct Faults {
    there: Fault,
    back: Fault,
}

/// Both halves of a connection.
#[derive(Debug)]
struct Connection {
    client: TcpStream,
    server: TcpStream,
    is_for_news: AtomicBool,
}

impl Proxy {
    /// Starts one before the server on this port of the loopback interface.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn start(server: u16, seed: u64) -> Self {
        // Shown where a test fails, so that what chance did can be done again.
        println!("proxy with seed {seed}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it was bound");
        let shared = Arc::new(Shared {
            server: (Ipv4Addr::LOCALHOST, server).into(),
            state: Mutex::new(State {
                calls: Faults::default(),
                news: Faults::default(),
                is_refusing: false,
                open: Vec::new(),
                rng: Rng::with_seed(seed),
                requests: 0,
            }),
            connections: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accepting.accept(&listener));
        Self { address, shared }
    }

    /// Its address as that of a Redis server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Does this to what goes that way on those connections, from now on.
    pub fn set(&self, lane: Lane, way: Way, fault: Fault) {
        let mut state = self.shared.state();
        let faults = match lane {
            Lane::Calls => &mut state.calls,
            Lane::News => &mut state.news,
        };
        match way {
            Way::There => faults.there = fault,
            Way::Back => faults.back = fault,
        }
    }

    /// Does this to everything, from now on.
    pub fn set_all(&self, fault: &Fault) {
        for lane in [Lane::Calls, Lane::News] {
            for way in [Way::There, Way::Back] {
                self.set(lane, way, fault.clone());
            }
        }
    }

    /// Closes new connections at once, from now on; or takes them again.
    pub fn refuse(&self, refuses: bool) {
        self.shared.state().is_refusing = refuses;
    }

    /// Lets everything through again. A connection that has lost bytes is still one that has lost bytes.
    pub fn heal(&self) {
        self.set_all(&Fault::None);
        self.refuse(false);
    }

    /// Ends the connections of a lane.
    pub fn cut(&self, lane: Lane) {
        for connection in &self.shared.state().open {
            if connection.lane() == lane {
                connection.close();
            }
        }
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How often callers have asked so far, whether that went through or not. Signs of life are not counted.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.shared.state().requests
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        for connection in &self.shared.state().open {
            connection.close();
        }
        // Wakes the thread that accepts, so that it sees.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().map_while(Result::ok) {
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            self.connections.fetch_add(1, Ordering::SeqCst);
            if self.state().is_refusing {
                continue;
            }
            // Where the server is away, the client finds its connection closed.
            let Ok(server) = TcpStream::connect(self.server) else {
                continue;
            };
            let connection = Arc::new(Connection {
                client,
                server,
                is_for_news: AtomicBool::new(false),
            });
            self.state().open.push(Arc::clone(&connection));
            for way in [Way::There, Way::Back] {
                let (shared, connection) = (Arc::clone(self), Arc::clone(&connection));
                thread::spawn(move || {
                    // Ends with an error when either side does.
                    let _ = shared.pump(&connection, way);
                    connection.close();
                    shared.forget(&connection);
                });
            }
        }
    }

    /// Carries bytes one way until there are no more.
    fn pump(&self, connection: &Connection, way: Way) -> io::Result<()> {
        let (mut from, mut to) = match way {
            Way::There => (&connection.client, &connection.server),
            Way::Back => (&connection.server, &connection.client),
        };
        to.set_nodelay(true)?;
        let mut pushes = Pushes::default();
        let mut buffer = [0; 16 << 10];
        loop {
            let length = match from.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = &mut buffer[..length];
            if way == Way::There {
                self.look(connection, bytes);
            }
            match self.fault(connection, way) {
                Fault::None => to.write_all(&pushes.flush(bytes))?,
                Fault::Delay(time) => {
                    thread::sleep(time);
                    to.write_all(bytes)?;
                }
                Fault::Trickle(pause) => trickle(to, bytes, pause)?,
                Fault::Swallow => {}
                Fault::Truncate(most) => {
                    to.write_all(&bytes[..most.min(length)])?;
                    return Ok(());
                }
                Fault::Corrupt => {
                    self.corrupt(bytes);
                    to.write_all(bytes)?;
                }
                Fault::Replace(other) => to.write_all(other)?,
                Fault::Shuffle => {
                    let mut rng = self.state().rng.fork();
                    to.write_all(&pushes.shuffle(bytes, &mut rng))?;
                }
            }
        }
    }

    /// Sees what a connection is for, and counts the requests of callers: `GET`, `MGET` and scripts.
    fn look(&self, connection: &Connection, request: &[u8]) {
        let says = |what: &[u8]| request.windows(what.len()).any(|word| word == what);
        if says(b"HELLO") {
            connection.is_for_news.store(true, Ordering::SeqCst);
        }
        if says(b"GET\r\n") || says(b"EVAL\r\n") {
            self.state().requests += 1;
        }
    }

    fn fault(&self, connection: &Connection, way: Way) -> Fault {
        let state = self.state();
        let faults = match connection.lane() {
            Lane::Calls => &state.calls,
            Lane::News => &state.news,
        };
        match way {
            Way::There => faults.there.clone(),
            Way::Back => faults.back.clone(),
        }
    }

    fn corrupt(&self, bytes: &mut [u8]) {
        let mut state = self.state();
        for part in bytes.chunks_mut(DAMAGED) {
            let place = state.rng.usize(..part.len());
            part[place] ^= state.rng.u8(1..);
        }
    }

    fn forget(&self, connection: &Arc<Connection>) {
        let open = &mut self.state().open;
        open.retain(|known| !Arc::ptr_eq(known, connection));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    fn lane(&self) -> Lane {
        if self.is_for_news.load(Ordering::SeqCst) {
            Lane::News
        } else {
            Lane::Calls
        }
    }

    /// Fails only where it is closed already.
    fn close(&self) {
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

/// One of so many bytes is another: no sign of life is as short, so none gets through.
const DAMAGED: usize = 4;

fn trickle(mut to: &TcpStream, bytes: &[u8], pause: Duration) -> io::Result<()> {
    for byte in bytes {
        to.write_all(&[*byte])?;
        thread::sleep(pause);
    }
    Ok(())
}
