//! The connections: so many at a time, and none that is waited for without end. What comes in slowly is bounded here for
//! headers and between requests (hyper's timer), and where it is read for bodies (`http`, `files`); what is taken slowly
//! is bounded by [`Patient`].

use std::io::{ErrorKind, IoSlice, Result as IoResult};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};
use tower::ServiceExt as _;

use crate::config::ConnectionSettings;
use crate::error::{Error, Result};

/// When no connection can be accepted, as for want of files that may be open, others may end meanwhile.
const RETRY: Duration = Duration::from_secs(1);

/// Serves until `stop`, then lets the requests under way end. Each request tells its peer's address
/// ([`ConnectInfo`]).
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ConnectionSettings,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let places = Arc::new(Semaphore::new(usize::try_from(settings.limit_connections).unwrap_or(usize::MAX)));
    let connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    // Between two requests the headers of the next are waited for.
    http.timer(TokioTimer::new()).header_read_timeout(settings.idle());
    let mut stop = pin!(stop);
    loop {
        let (place, stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted?,
        };
        let router = router.clone();
        let service = service_fn(move |request: axum::http::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let stream = TokioIo::new(Patient::new(stream, settings.stall()));
        let connection = connections.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(cause = %error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    connections.shutdown().await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Result<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    if places.available_permits() == 0 {
        tracing::warn!("as many connections are open as may be; others wait");
    }
    let place = Arc::clone(places).acquire_owned().await.map_err(Error::internal)?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Ok((place, stream, peer)),
            // Whoever came has gone already.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::error!(cause = %error, "no connection can be accepted");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// So many bytes are to be taken within the time that is waited for their reader. Counted for a piece, not for each byte,
/// so that nobody stays for hours by taking one now and then.
const PIECE: usize = 64 * 1024;

/// A connection whose reader is waited for only so long.
struct Patient {
    stream: TcpStream,
    stall: Duration,
    /// Of the present piece: what was taken of it, and how long that was waited for.
    taken: usize,
    waited: Duration,
    /// Since when nothing can be written, and when that ends the connection.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Patient {
    fn new(stream: TcpStream, stall: Duration) -> Self {
        Self { stream, stall, taken: 0, waited: Duration::ZERO, waiting: None }
    }

    fn written(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<IoResult<usize>>,
    ) -> Poll<IoResult<usize>> {
        let Poll::Ready(outcome) = outcome else {
            let left = self.stall.saturating_sub(self.waited);
            let begin = || (Instant::now(), Box::pin(tokio::time::sleep(left)));
            let (_, end) = self.waiting.get_or_insert_with(begin);
            ready!(end.as_mut().poll(context));
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        };
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        self.taken += outcome.as_ref().copied().unwrap_or_default();
        if self.taken >= PIECE {
            (self.taken, self.waited) = (0, Duration::ZERO);
        }
        Poll::Ready(outcome)
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<IoResult<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<IoResult<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<IoResult<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.written(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
