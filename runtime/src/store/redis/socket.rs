//! A blocking socket that keeps a deadline over many reads and writes.

use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::endpoint::{Address, Endpoint};
use super::reply;
use crate::store::{StoreError, StoreErrorKind};

/// How much longer than its deadline an exchange may take. With less, nearly every read would set the time-out anew.
const TOLERANCE: Duration = Duration::from_millis(20);

/// A connected socket and the time-out the system knows for it.
#[derive(Debug)]
pub(super) struct Socket {
    stream: Box<dyn Stream>,
    timeout: Duration,
}

/// What the kinds of stream have in common.
trait Stream: Read + Write + Debug + Send {
    /// Bounds each single read and write.
    fn set_timeout(&self, timeout: Duration) -> io::Result<()>;
}

impl Socket {
    /// Connects within `deadline`, counted from when the host's name is known; returns what is left of it as well.
    pub(super) fn open(
        endpoint: &Endpoint,
        deadline: Duration,
    ) -> Result<(Self, Instant), StoreError> {
        let (stream, ends): (Box<dyn Stream>, _) = match &endpoint.address {
            #[cfg(unix)]
            Address::Socket(path) => {
                let stream =
                    UnixStream::connect(path).map_err(|error| reply::io_failure(&error))?;
                (Box::new(stream), Instant::now() + deadline)
            }
            Address::Tcp { host, port, secure } => {
                let (stream, ends) =
                    open_tcp(host, *port, deadline).map_err(|error| reply::io_failure(&error))?;
                let stream = if *secure {
                    secured(endpoint, host, stream)?
                } else {
                    Box::new(stream)
                };
                (stream, ends)
            }
        };
        stream
            .set_timeout(deadline)
            .map_err(|error| reply::io_failure(&error))?;
        let timeout = deadline;
        Ok((Self { stream, timeout }, ends))
    }

    /// The socket for one exchange that ends by `ends`.
    pub(super) fn until(&mut self, ends: Instant) -> Timed<'_> {
        Timed { socket: self, ends }
    }
}

/// A socket whose reads and writes, taken together, end by a deadline.
#[derive(Debug)]
pub(super) struct Timed<'a> {
    socket: &'a mut Socket,
    ends: Instant,
}

impl Timed<'_> {
    /// Sets the socket's own time-out to what is left.
    ///
    /// Only where it is clearly wrong: setting it costs two system calls, and the usual exchange finds the time-out
    /// as the one before has left it.
    fn limit(&mut self) -> io::Result<()> {
        let left = self.ends.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if self.socket.timeout < left || left + TOLERANCE < self.socket.timeout {
            self.socket.stream.set_timeout(left)?;
            self.socket.timeout = left;
        }
        Ok(())
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.limit()?;
        self.socket.stream.read(buffer)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.limit()?;
        self.socket.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.stream.flush()
    }
}

impl Stream for TcpStream {
    fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(timeout))?;
        self.set_write_timeout(Some(timeout))
    }
}

#[cfg(unix)]
impl Stream for UnixStream {
    fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(timeout))?;
        self.set_write_timeout(Some(timeout))
    }
}

#[cfg(feature = "tls")]
impl Stream for rustls::StreamOwned<rustls::ClientConnection, TcpStream> {
    fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        self.sock.set_timeout(timeout)
    }
}

/// Tries the addresses of the host in turn, all within `deadline`.
fn open_tcp(host: &str, port: u16, deadline: Duration) -> io::Result<(TcpStream, Instant)> {
    let addresses = (host, port).to_socket_addrs()?;
    let ends = Instant::now() + deadline;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        let left = ends.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                // The reason is at the asynchronous connection.
                stream.set_nodelay(true)?;
                return Ok((stream, ends));
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The handshake happens with the first exchange, under its deadline.
#[cfg(feature = "tls")]
fn secured(
    endpoint: &Endpoint,
    host: &str,
    stream: TcpStream,
) -> Result<Box<dyn Stream>, StoreError> {
    let name = super::tls::server_name(host)?;
    let session = rustls::ClientConnection::new(endpoint.trust.config()?, name)
        .map_err(|error| StoreError::new(StoreErrorKind::Address).with_detail(error.to_string()))?;
    Ok(Box::new(rustls::StreamOwned::new(session, stream)))
}

#[cfg(not(feature = "tls"))]
fn secured(_: &Endpoint, _host: &str, _stream: TcpStream) -> Result<Box<dyn Stream>, StoreError> {
    // The URL was refused already, with a text that says more.
    Err(StoreErrorKind::Address.into())
}
