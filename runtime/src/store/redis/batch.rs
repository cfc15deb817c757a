//! A stream that gathers requests before it writes them.
//!
//! The client library writes as soon as its task runs, and tokio runs it right after the first caller that has sent
//! something: with many callers, each request would be a system call here and a packet there. So while there are several
//! callers, a write first lets the runtime go once round its queue, and takes along what they send meanwhile. The same
//! can be had from the system (by leaving `TCP_NODELAY` off), but that waits for the network and not for the queue.

use std::io;
use std::pin::Pin;
use std::sync::Weak;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::line::Health;

/// A stream of which the calls of one line are the writers.
#[derive(Debug)]
pub(super) struct Batched<S> {
    stream: S,
    health: Weak<Health>,
    /// The runtime went round since the last write.
    has_waited: bool,
}

impl<S> Batched<S> {
    /// `stream` for the calls that hold `health`.
    pub(super) fn new(stream: S, health: Weak<Health>) -> Self {
        Self {
            stream,
            health,
            has_waited: false,
        }
    }

    /// Whether others may be about to send something.
    fn has_company(&self) -> bool {
        self.health.strong_count() > ALONE
    }
}

/// The link holds a line, and a caller that is alone another.
const ALONE: usize = 2;

impl<S: AsyncWrite + Unpin> AsyncWrite for Batched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.has_waited && self.has_company() {
            self.has_waited = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        self.has_waited = false;
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Batched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}
