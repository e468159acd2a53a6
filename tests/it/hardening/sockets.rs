//! Connections: those that keep us waiting are ended, and there are only so many at a time.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use kemitraan::api::connections;
use kemitraan::config::{ConnectionSettings, LimitSettings};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use crate::http::{GRAPHQL, WHO, assert_request_error, limited};
use crate::support::{Backend, TestApp};

/// Larger than what the two ends of a connection keep for each other.
const LARGE: usize = 64 << 20;

/// Something that is served, until it is told to stop.
struct Served {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<()>,
}

async fn serve(router: Router, set: impl FnOnce(&mut ConnectionSettings)) -> Served {
    let mut settings = LimitSettings::default().connections;
    set(&mut settings);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(async move {
        let stopped = async { stopped.await.unwrap_or_default() };
        connections::serve(listener, router, &settings, stopped).await.unwrap();
    });
    Served { address, stop, ended }
}

fn plain() -> Router {
    Router::new()
        .route("/", get(|| async { "here\n" }))
        .route("/large", get(|| async { vec![b'x'; LARGE] }))
        .route("/slow", get(slow))
}

async fn slow() -> &'static str {
    sleep(Duration::from_millis(1_500)).await;
    "late\n"
}

/// Sends this and reads until there is an end of an answer's head, or of the connection.
async fn exchange(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let (mut read, mut piece) = (Vec::new(), [0; 4_096]);
    while !read.ends_with(b"\n") || !read.windows(4).any(|four| four == b"\r\n\r\n") {
        let length = stream.read(&mut piece).await.unwrap();
        if length == 0 {
            break;
        }
        read.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(read).unwrap()
}

const ASK: &str = "GET / HTTP/1.1\r\nhost: here\r\n\r\n";

/// The seconds after which the other end closes, or resets.
async fn closed_after(stream: &mut TcpStream) -> f64 {
    let started = Instant::now();
    let end = timeout(Duration::from_secs(20), async {
        let mut piece = [0; 4_096];
        while stream.read(&mut piece).await.is_ok_and(|length| length > 0) {}
    });
    end.await.expect("the connection is closed");
    started.elapsed().as_secs_f64()
}

#[tokio::test]
async fn who_is_idle_or_slow_with_headers_is_left() {
    let served = serve(plain(), |settings| settings.limit_idle = 1).await;
    // Nothing; half a head, and a byte of it now and then; nothing after an answer.
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    assert!((0.5..4.0).contains(&closed_after(&mut idle).await));

    let mut slow = TcpStream::connect(served.address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let (mut reading, mut writing) = slow.into_split();
    let drip = tokio::spawn(async move {
        while writing.write_all(b"x-a: b\r\n").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    });
    let started = Instant::now();
    let mut piece = [0; 4_096];
    while reading.read(&mut piece).await.is_ok_and(|length| length > 0) {}
    assert!((0.5..4.0).contains(&started.elapsed().as_secs_f64()));
    drip.abort();

    let mut after = TcpStream::connect(served.address).await.unwrap();
    for _ in 0..3 {
        assert!(exchange(&mut after, ASK).await.starts_with("HTTP/1.1 200"));
        sleep(Duration::from_millis(500)).await;
    }
    assert!(closed_after(&mut after).await < 4.0);
    // The time that we take ourselves is not theirs.
    let mut patient = TcpStream::connect(served.address).await.unwrap();
    assert!(exchange(&mut patient, &ASK.replace("/ ", "/slow ")).await.ends_with("late\n"));
}

#[tokio::test]
async fn who_does_not_take_an_answer_is_left() {
    let served = serve(plain(), |settings| settings.limit_stall = 1).await;
    let connect = async || {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(64 << 10).unwrap();
        let mut stream = socket.connect(served.address).await.unwrap();
        stream.write_all(ASK.replace("/ ", "/large ").as_bytes()).await.unwrap();
        stream
    };
    let mut piece = vec![0; 1 << 20];
    // Who takes nothing, and who takes a byte now and then.
    for drip in [false, true] {
        let mut stream = connect().await;
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(4) {
            if drip {
                drop(stream.read(&mut piece[..1]).await);
            }
            sleep(Duration::from_millis(50)).await;
        }
        let mut taken = 0;
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            taken += length;
        }
        assert!(taken < LARGE, "{drip}: all of it came");
    }
    // Slow, but steady: longer in all than the limit, and never for one piece.
    let (mut stream, mut taken) = (connect().await, 0);
    let started = Instant::now();
    while taken < LARGE {
        let length = stream.read(&mut piece).await.unwrap();
        assert_ne!(length, 0, "broke off after {taken}");
        taken += length;
        if started.elapsed() < Duration::from_secs(3) {
            sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(started.elapsed() > Duration::from_secs(2));
}

#[tokio::test]
async fn so_many_connections_and_no_more() {
    let served = serve(plain(), |settings| settings.limit_connections = 2).await;
    let mut first = TcpStream::connect(served.address).await.unwrap();
    let mut second = TcpStream::connect(served.address).await.unwrap();
    for stream in [&mut first, &mut second] {
        assert!(exchange(stream, ASK).await.starts_with("HTTP/1.1 200"));
    }
    // The third waits, and is answered once another has gone.
    let mut third = TcpStream::connect(served.address).await.unwrap();
    assert!(timeout(Duration::from_millis(500), exchange(&mut third, ASK)).await.is_err());
    assert!(exchange(&mut first, ASK).await.starts_with("HTTP/1.1 200"));
    drop(second);
    let mut answer = vec![0; 12];
    timeout(Duration::from_secs(5), third.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn what_is_under_way_ends_before_the_process() {
    let served = serve(plain(), |_| {}).await;
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    assert!(exchange(&mut idle, ASK).await.starts_with("HTTP/1.1 200"));
    let mut slow = TcpStream::connect(served.address).await.unwrap();
    slow.write_all(ASK.replace("/ ", "/slow ").as_bytes()).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    served.stop.send(()).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("late\n"), "{answer}");
    assert!(closed_after(&mut idle).await < 2.0);
    timeout(Duration::from_secs(5), served.ended).await.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_not_waited_for() {
    let app = limited(|limits| limits.limit_time = 1).await;
    let chunks = futures_util::stream::unfold((), |()| async {
        sleep(Duration::from_millis(100)).await;
        Some((Ok::<_, std::convert::Infallible>(" "), ()))
    });
    let request = axum::http::Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", GRAPHQL)
        .header("authorization", format!("Bearer {}", app.token(WHO)))
        .body(axum::body::Body::from_stream(chunks))
        .unwrap();
    let started = Instant::now();
    let answer = app.send(request).await;
    assert_request_error(&answer, StatusCode::REQUEST_TIMEOUT, "TIMEOUT");
    assert!((0.8..4.0).contains(&started.elapsed().as_secs_f64()), "{:?}", started.elapsed());

    // On a connection, which ends with it.
    let app = TestApp::with(Backend::Sqlite, true, |limits| limits.limit_time = 1).await;
    let served = serve(app.router.clone(), |_| {}).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{",
        app.token(WHO)
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(Duration::from_secs(5), stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    // The process asks others nothing the less.
    let body = json!({ "query": "{ __typename }" }).to_string();
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let text = format!(
        "POST /graphql HTTP/1.1\r\nhost: here\r\nconnection: close\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        app.token(WHO),
        body.len()
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
