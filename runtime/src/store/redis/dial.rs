//! Making an asynchronous connection: socket, TLS, login, the server's time.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ProtocolVersion, PushInfo, RedisConnectionInfo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::task::{AbortHandle, JoinHandle};

use super::batch::Batched;
use super::endpoint::{Address, Endpoint};
use super::line::{Health, Line};
use super::reply;
use crate::store::{StoreError, StoreErrorKind};

/// How many requests may wait to be written. Twice the measured throughput at 64 tasks is lost with much less; with
/// more, callers behind a slow server would wait here rather than be told.
const QUEUED_REQUESTS: usize = 1_000;

/// A connection that is logged in and knows the server's time.
pub(super) struct Dialled {
    pub(super) line: Line,
    pub(super) driver: Driver,
}

/// The task that writes requests and reads replies; it ends with this.
pub(super) struct Driver(JoinHandle<()>);

impl Driver {
    /// Ends the connection from elsewhere.
    pub(super) fn abort_handle(&self) -> AbortHandle {
        self.0.abort_handle()
    }

    /// Waits until the connection is lost.
    pub(super) async fn finished(&mut self) {
        // An error means that it panicked or its runtime ends: lost, too.
        let _ = (&mut self.0).await;
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Without this it would wait for the replies of a server that has stopped answering.
        self.0.abort();
    }
}

/// Connects within [`Endpoint::connect_deadline`].
pub(super) async fn dial(endpoint: &Endpoint) -> Result<Dialled, StoreError> {
    tokio::time::timeout(endpoint.connect_deadline(), set_up(endpoint))
        .await
        .unwrap_or_else(|_| Err(StoreErrorKind::Timeout.into()))
}

async fn set_up(endpoint: &Endpoint) -> Result<Dialled, StoreError> {
    let stream = open(endpoint).await?;
    // The time-out is the connection's own, so that a read pays for one timer and not for two.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(Some(endpoint.deadline))
        .set_pipeline_buffer_size(QUEUED_REQUESTS);
    let health = Arc::new(Health::default());
    let stream = Batched::new(stream, Arc::downgrade(&health));
    let (connection, driver) = log_in(&endpoint.login, stream, config).await?;
    let line = Line::open(connection, health).await?;
    Ok(Dialled { line, driver })
}

/// Connects for what the server says unasked, which is given to `hear` before any later reply is to whom it belongs.
/// Neither connecting nor a reply may take longer than `deadline`.
pub(super) async fn dial_for_pushes(
    endpoint: &Endpoint,
    deadline: Duration,
    hear: impl Fn(PushInfo) + Send + Sync + 'static,
) -> Result<(MultiplexedConnection, Driver), StoreError> {
    let login = endpoint.login.clone().set_protocol(ProtocolVersion::RESP3);
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(Some(deadline))
        .set_push_sender(move |push| {
            hear(push);
            Ok::<_, Infallible>(())
        });
    let connect = async { log_in(&login, open(endpoint).await?, config).await };
    tokio::time::timeout(deadline, connect)
        .await
        .unwrap_or_else(|_| Err(StoreErrorKind::Timeout.into()))
}

async fn log_in(
    login: &RedisConnectionInfo,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    config: AsyncConnectionConfig,
) -> Result<(MultiplexedConnection, Driver), StoreError> {
    let (connection, driver) = MultiplexedConnection::new_with_config(login, stream, config)
        .await
        .map_err(|error| reply::failure(&error))?;
    Ok((connection, Driver(tokio::spawn(driver))))
}

/// Any of the three kinds of stream. Boxed, since the connection's driver differs by the type of its stream.
type Stream = Box<dyn Duplex>;

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

async fn open(endpoint: &Endpoint) -> Result<Stream, StoreError> {
    match &endpoint.address {
        #[cfg(unix)]
        Address::Socket(path) => {
            let stream = UnixStream::connect(path).await;
            Ok(Box::new(stream.map_err(|error| reply::io_failure(&error))?))
        }
        Address::Tcp { host, port, secure } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await;
            let stream = stream.map_err(|error| reply::io_failure(&error))?;
            // Without it, requests wait for the acknowledgement of earlier ones: up to 1.9 times the latency.
            stream
                .set_nodelay(true)
                .map_err(|error| reply::io_failure(&error))?;
            if *secure {
                secured(endpoint, host, stream).await
            } else {
                Ok(Box::new(stream))
            }
        }
    }
}

#[cfg(feature = "tls")]
async fn secured(endpoint: &Endpoint, host: &str, stream: TcpStream) -> Result<Stream, StoreError> {
    let name = super::tls::server_name(host)?;
    let connector = tokio_rustls::TlsConnector::from(endpoint.trust.config()?);
    let stream = connector.connect(name, stream).await;
    Ok(Box::new(stream.map_err(|error| reply::io_failure(&error))?))
}

#[cfg(not(feature = "tls"))]
async fn secured(_: &Endpoint, _host: &str, _stream: TcpStream) -> Result<Stream, StoreError> {
    // The URL was refused already, with a text that says more.
    Err(StoreErrorKind::Address.into())
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Driver")
    }
}
