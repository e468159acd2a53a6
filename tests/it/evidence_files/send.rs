//! `POST /evidence`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::{StreamExt as _, stream};
use kemitraan::access::Role;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{hash, pdf, post, recorded, send, stored};
use crate::succession::{create, find, follow};
use crate::support::{Backend, TestApp};

crate::both!(
    officers_of_the_seats_send_files_and_nobody_else,
    an_organisation_that_was_succeeded_sends_nothing,
    the_same_bytes_are_stored_once,
    what_is_too_large_leaves_nothing,
    what_is_not_what_it_says_leaves_nothing,
    an_upload_that_is_cut_off_leaves_nothing,
    an_upload_has_its_time_and_so_many_come_at_once,
    what_was_not_attached_is_swept,
);

async fn officers_of_the_seats_send_files_and_nobody_else(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = stored(&app);
    for (who, rule) in [
        ("AUDITOR", "auditor-never-writes"),
        ("AUDITOR+PLN", "auditor-never-writes"),
        ("ADMIN", "seat"),
        ("PLN:VIEWER", "level"),
        ("KEMENPERIN:VIEWER", "level"),
    ] {
        let answer = post(&app, who, "a.pdf", "application/pdf", pdf(100)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who}");
        let (code, more) = answer.error();
        assert_eq!((code.as_str(), &more["rule"]), ("FORBIDDEN", &json!(rule)), "{who}");
    }
    for token in [None, Some("Bearer x"), Some("Basic x")] {
        let mut request = Request::post("/evidence?fileName=a.pdf").header("content-type", "application/pdf");
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        let answer = send(&app, request.body(Body::from(pdf(100))).unwrap()).await;
        assert_eq!((answer.status, &*answer.error().0), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    assert_eq!((stored(&app), recorded(&app).await), (before.clone(), Vec::new()));

    let seats = ["KEMENKOPUKM", "KEMENPERIN:OFFICER", "KEMENBUMN:OFFICER", "PLN:OFFICER", "PERTAMINA"];
    for (who, size) in seats.iter().zip(200..) {
        let bytes = pdf(size);
        let answer = post(&app, who, "Bukti%20%C3%A9.PDF", "application/pdf", bytes.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{who}: {:?}", answer.body);
        let expected = json!({
            "sha256": hash(&bytes), "size": size, "mediaType": "application/pdf", "fileName": "Bukti é.PDF"
        });
        assert_eq!(answer.json(), expected);
        assert_eq!(answer.header("cache-control"), "private, no-store");
        assert!(stored(&app).contains(&hash(&bytes)));
    }
    let mut who = recorded(&app).await.into_iter().map(|row| row.0).collect::<Vec<_>>();
    who.sort();
    assert_eq!(who, ["KEMENBUMN", "KEMENKOPUKM", "KEMENPERIN", "PERTAMINA", "PLN"]);
    assert_eq!(stored(&app).len(), before.len() + 5);
}

async fn an_organisation_that_was_succeeded_sends_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let token = app.token("RNI");
    let (rni, by) = (find(&app, "RNI").await, create(&app.app.access, "ID_FOOD", Role::Bumn).await);
    follow(&app.app.access, SuccessionKind::Replace, rni, by, Stewardship::All, "2026-11-20").await;
    let request = Request::post("/evidence?fileName=a.pdf")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/pdf");
    let before = stored(&app);
    let answer = send(&app, request.body(Body::from(pdf(100))).unwrap()).await;
    assert_eq!((answer.status, &answer.error().1["rule"]), (StatusCode::FORBIDDEN, &json!("succeeded")));
    assert_eq!(stored(&app), before);
}

async fn the_same_bytes_are_stored_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = stored(&app).len();
    // More than two parts, in chunks that fit into none evenly.
    let bytes = pdf(12_000_001);
    let chunks = || {
        let chunks = bytes.chunks(70_001).map(Bytes::copy_from_slice).map(Ok::<_, std::io::Error>);
        Body::from_stream(stream::iter(chunks.collect::<Vec<_>>()))
    };
    let both = tokio::join!(
        post(&app, "PLN", "a.pdf", "application/pdf", chunks()),
        post(&app, "RNI", "b.pdf", "application/pdf", chunks()),
    );
    for answer in [both.0, both.1, post(&app, "PLN", "c.pdf", "application/pdf", chunks()).await] {
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
        assert_eq!(answer.json()["sha256"], hash(&bytes));
    }
    assert_eq!(stored(&app).len(), before + 1);
    let path = app.folder.join("evidence/sha256").join(&hash(&bytes)[..2]).join(hash(&bytes));
    assert!(std::fs::read(path).unwrap() == bytes);
    // One for each organisation; the last name counts.
    let own = |code: &str, name: &str| (code.to_owned(), hash(&bytes), name.to_owned(), 12_000_001);
    assert_eq!(recorded(&app).await, [own("PLN", "c.pdf"), own("RNI", "b.pdf")]);
}

async fn what_is_too_large_leaves_nothing(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_file = 6_000_000).await;
    let before = stored(&app);
    // Announced, or found out on the way: after the first part has been stored.
    let announced = Body::from(pdf(6_000_001));
    let chunks = pdf(6_000_001)
        .chunks(100_000)
        .map(Bytes::copy_from_slice)
        .map(Ok::<_, std::io::Error>)
        .collect::<Vec<_>>();
    let streamed = Body::from_stream(stream::iter(chunks));
    let request = |body| {
        let token = app.token("PLN");
        Request::post("/evidence?fileName=a.pdf")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/pdf")
            .body(body)
            .unwrap()
    };
    let mut announced = request(announced);
    announced.headers_mut().insert("content-length", "6000001".parse().unwrap());
    for request in [announced, request(streamed)] {
        let answer = send(&app, request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let (code, more) = answer.error();
        assert_eq!(
            (&*code, &more["limit"], &more["most"]),
            ("LIMIT_EXCEEDED", &json!("file"), &json!("6000000"))
        );
    }
    assert_eq!((stored(&app), recorded(&app).await), (before, Vec::new()));
    let answer = post(&app, "PLN", "a.pdf", "application/pdf", pdf(6_000_000)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

async fn what_is_not_what_it_says_leaves_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = stored(&app);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    for (name, media_type, bytes, path) in [
        ("a.pdf", "application/pdf", png.clone(), "Content-Type"),
        ("a.pdf", "application/pdf", b"<html><script>".to_vec(), "Content-Type"),
        ("a.txt", "text/plain", b"<html><script>".to_vec(), "Content-Type"),
        ("a.txt", "text/plain", b"MZ\x90\0".to_vec(), "Content-Type"),
        ("a.zip", "application/zip", b"PK\x03\x04".to_vec(), "Content-Type"),
        ("a.pdf", "application/x-www-form-urlencoded", pdf(100), "Content-Type"),
        ("a.pdf", "", pdf(100), "Content-Type"),
        ("a.exe", "application/pdf", pdf(100), "fileName"),
        ("", "application/pdf", pdf(100), "fileName"),
        ("..%2Fa.pdf", "application/pdf", pdf(100), "fileName"),
        ("a%E2%80%AEfdp.pdf", "application/pdf", pdf(100), "fileName"),
        ("a%00.pdf", "application/pdf", pdf(100), "fileName"),
        ("a.pdf", "application/pdf", Vec::new(), "body"),
    ] {
        let answer = post(&app, "PLN", name, media_type, bytes).await;
        let (code, more) = answer.error();
        assert_eq!(
            (&*code, &more["faults"][0]["path"]),
            ("BAD_USER_INPUT", &json!(path)),
            "{name} {media_type}"
        );
        let status =
            if path == "Content-Type" { StatusCode::UNSUPPORTED_MEDIA_TYPE } else { StatusCode::BAD_REQUEST };
        assert_eq!(answer.status, status, "{name} {media_type}");
    }
    assert_eq!((stored(&app), recorded(&app).await), (before, Vec::new()));
    assert_eq!(post(&app, "PLN", "a.png", "image/png", png).await.status, StatusCode::CREATED);
}

async fn an_upload_that_is_cut_off_leaves_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = stored(&app);
    for size in [100, 5_500_000, 11_000_000] {
        let chunks = stream::iter([Ok(Bytes::from(pdf(size))), Err(std::io::Error::other("gone"))]);
        let answer = post(&app, "PLN", "a.pdf", "application/pdf", Body::from_stream(chunks)).await;
        assert_eq!((answer.status, &*answer.error().0), (StatusCode::BAD_REQUEST, "BAD_REQUEST"), "{size}");
        assert_eq!(stored(&app), before, "{size}");
    }
    // The caller goes away, by a socket: after some parts have been stored.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(axum::serve(listener, app.router.clone()).into_future());
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /evidence?fileName=a.pdf HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/pdf\r\n\
         Content-Length: 20000000\r\n\r\n",
        app.token("PLN")
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&pdf(9_000_000)).await.unwrap();
    until(|| stored(&app).len() > before.len()).await;
    drop(socket);
    until(|| stored(&app) == before).await;
    assert_eq!(recorded(&app).await, []);

    // The same by a socket, whole.
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = head.replace("20000000\r\n", "9000000\r\nConnection: close\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&pdf(9_000_000)).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    server.abort();
}

async fn until(there: impl Fn() -> bool) {
    for _ in 0..500 {
        if there() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not come to be in ten seconds");
}

async fn an_upload_has_its_time_and_so_many_come_at_once(backend: Backend) {
    let app = Arc::new(TestApp::with(backend, true, |limits| limits.limit_file_time = 4).await);
    let before = stored(&app);
    // One has stored a part when its time is over, the others nothing yet; all begin before that.
    let sent = (0..20).map(|at| {
        let size = if at == 0 { 6_000_000 } else { 100 };
        let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from(pdf(size)))]);
        let (app, body) = (Arc::clone(&app), Body::from_stream(first.chain(stream::pending())));
        tokio::spawn(async move { post(&app, "PLN", "a.pdf", "application/pdf", body).await })
    });
    let (mut late, mut busy) = (0, 0);
    for answer in sent.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        match (answer.status, &*answer.error().0) {
            (StatusCode::REQUEST_TIMEOUT, "TIMEOUT") => late += 1,
            (StatusCode::SERVICE_UNAVAILABLE, "BUSY") => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((late, busy), (16, 4));
    assert_eq!((stored(&app), recorded(&app).await), (before, Vec::new()));
    assert_eq!(post(&app, "RNI", "a.pdf", "application/pdf", pdf(100)).await.status, StatusCode::CREATED);
}

async fn what_was_not_attached_is_swept(backend: Backend) {
    let app = TestApp::new(backend).await;
    let sweep = async || {
        kemitraan::nouns::evidence::uploads::sweep(&app.app.access, &app.app.files, app.now())
            .await
            .unwrap()
            .to_string()
    };
    let age = |bytes: &[u8]| {
        let path = app.folder.join("evidence/sha256").join(&hash(bytes)[..2]).join(hash(bytes));
        let past = std::time::SystemTime::now() - Duration::from_secs(3 * 86_400);
        std::fs::File::open(path).unwrap().set_modified(past).unwrap();
    };
    let told = |uploads, files| {
        format!("{uploads} uploads that were not attached, {files} files, 0 that had not come in whole")
    };
    let before = stored(&app);
    let (old, renewed) = (pdf(300), pdf(400));
    for bytes in [&old, &renewed] {
        post(&app, "PLN", "a.pdf", "application/pdf", bytes.clone()).await;
        age(bytes);
    }
    // What the pilot's evidence refers to stays, however old it is and though nobody sent it.
    for name in &before {
        let path = app.folder.join("evidence/sha256").join(&name[..2]).join(name);
        std::fs::File::open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    assert_eq!(sweep().await, told(0, 0));
    let day = 86_400_000_000;
    app.clock.set(kemitraan::types::Timestamp(app.now().0 + 8 * day));
    assert_eq!(sweep().await, told(0, 0), "eight days are not more than eight days");
    // Sent once more, it waits anew.
    post(&app, "PLN", "a.pdf", "application/pdf", renewed.clone()).await;
    app.clock.set(kemitraan::types::Timestamp(app.now().0 + 1));
    assert_eq!(sweep().await, told(1, 1));
    assert_eq!(recorded(&app).await.len(), 1);
    assert_eq!(stored(&app).len(), before.len() + 1);
    assert!(stored(&app).contains(&hash(&renewed)) && !stored(&app).contains(&hash(&old)));
}
