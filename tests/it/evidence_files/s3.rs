//! The same on a bucket, of a server that speaks the S3 API: parts, moves, ranges, and what is left of what was cut off.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use kemitraan::files::{Files, check_writable};
use kemitraan::nouns::evidence::uploads;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{get, hash, pdf, piece, post};
use crate::support::{Backend, TestApp};

crate::both!(files_are_kept_in_a_bucket);

/// A prefix of this test alone, seen from outside.
struct Bucket {
    name: String,
    prefix: Path,
    client: AmazonS3,
}

impl Bucket {
    fn location() -> String {
        std::env::var("KEMITRAAN_TEST_S3")
            .expect("KEMITRAAN_TEST_S3 names a bucket; scripts/with-s3.sh starts a server with one")
    }

    fn of(location: &str) -> Self {
        let (name, prefix) = location.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        let client =
            AmazonS3Builder::from_env().with_bucket_name(name).with_allow_http(true).build().unwrap();
        Self { name: name.to_owned(), prefix: Path::from(prefix), client }
    }

    /// Whole objects.
    async fn objects(&self) -> Vec<String> {
        let all = self.client.list(Some(&self.prefix)).map_ok(|object| object.location.to_string());
        let mut all = all.try_collect::<Vec<_>>().await.unwrap();
        all.sort();
        all
    }

    /// Uploads that were begun and neither ended nor taken back, of whichever test.
    async fn unfinished(&self) -> String {
        let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap();
        let host =
            endpoint.strip_prefix("http://").expect("a server without TLS, that asks for no signature");
        let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
        let request = format!("GET /{}?uploads HTTP/1.0\r\nHost: {host}\r\n\r\n", self.name);
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("ListMultipartUploadsResult"), "{answer}");
        answer
    }
}

async fn files_are_kept_in_a_bucket(backend: Backend) {
    let app = TestApp::new(backend).await;
    let location =
        format!("{}/{}/evidence", Bucket::location(), app.folder.file_name().unwrap().to_str().unwrap());
    let files = Files::open(&location).unwrap();
    check_writable(&files).await.unwrap();
    let bucket = Bucket::of(&location);
    assert_eq!(bucket.objects().await, [""; 0]);
    let app = app.beside(
        kemitraan::api::execute::App { files: files.clone(), ..app.app.clone() },
        Arc::clone(&app.keys),
    );

    // Three parts, sent by two organisations: one object.
    let bytes = pdf(11_000_001);
    for who in ["PLN", "RNI", "PLN"] {
        let answer = post(&app, who, "a.pdf", "application/pdf", bytes.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    }
    let sha256 = hash(&bytes);
    let key = format!("{}/sha256/{}/{sha256}", bucket.prefix, &sha256[..2]);
    assert_eq!(bucket.objects().await, std::slice::from_ref(&key));

    // What is cut off, too large, or something else.
    let gone = stream::iter([Ok(Bytes::from(pdf(6_000_000))), Err(std::io::Error::other("gone"))]);
    let answer = post(&app, "PLN", "b.pdf", "application/pdf", Body::from_stream(gone)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let chunks = (0..600).map(|at| {
        Ok::<_, std::io::Error>(if at == 0 { pdf(100).into() } else { Bytes::from(vec![7; 100_000]) })
    });
    let answer = post(&app, "PLN", "c.pdf", "application/pdf", Body::from_stream(stream::iter(chunks))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        post(&app, "PLN", "d.pdf", "application/pdf", "text").await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(bucket.objects().await, std::slice::from_ref(&key));
    let unfinished = bucket.unfinished().await;
    assert!(!unfinished.contains(bucket.prefix.as_ref()), "{unfinished}");
    // It would be seen: one under way is.
    let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from(pdf(6_000_000)))]).chain(stream::pending());
    let under_way = tokio::time::timeout(
        Duration::from_secs(2),
        files.receive(
            begun,
            kemitraan::files::Limits { bytes: 1 << 30, time: Duration::from_secs(9) },
            |_| Ok(()),
        ),
    );
    assert!(under_way.await.is_err());
    assert!(bucket.unfinished().await.contains(bucket.prefix.as_ref()));

    // Read by whom it is for, in whole and in part.
    let (id, old, _) = piece(&app, "PLN").await;
    app.sql(&format!(
        "UPDATE evidence SET sha256 = '{sha256}', size = {} WHERE sha256 = '{old}'",
        bytes.len()
    ))
    .await;
    let answer = get(&app, "PLN", &id, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.bytes() == bytes);
    let answer = get(&app, "AUDITOR", &id, &[("range", "bytes=5242870-5242889")]).await;
    assert_eq!((answer.status, answer.bytes()), (StatusCode::PARTIAL_CONTENT, &bytes[5_242_870..5_242_890]));
    assert_eq!(get(&app, "RNI", &id, &[]).await.status, StatusCode::NOT_FOUND);

    // Other bytes under the same key are refused, found, and replaced by the true ones.
    let mut other = bytes.clone();
    other[9_000_000] ^= 1;
    bucket.client.put(&Path::from(key.clone()), other.clone().into()).await.unwrap();
    let answer = get(&app, "PLN", &id, &[]).await;
    assert_eq!((answer.status, &*answer.error().0), (StatusCode::INTERNAL_SERVER_ERROR, "DAMAGED"));
    let found = uploads::verify(&app.app.access, &files, &mut |_, _| {}).await.unwrap();
    let about = found.findings.iter().find(|line| line.contains(&hash(&other))).expect("it is found");
    assert!(about.ends_with(&sha256), "{about}");
    assert!(
        found.findings.iter().any(|line| line.ends_with("is not in the store")),
        "the pilot's are not here"
    );
    assert_eq!(
        post(&app, "PLN", "a.pdf", "application/pdf", bytes.clone()).await.status,
        StatusCode::CREATED
    );
    assert!(get(&app, "PLN", &id, &[]).await.bytes() == bytes);

    // A store that is not there says so when the program starts, and BUSY after.
    let missing = Files::open("s3://there-is-no-such-bucket/x").unwrap();
    let error = check_writable(&missing).await.unwrap_err();
    assert!(error.describe().contains("s3://there-is-no-such-bucket/x"), "{}", error.describe());
    assert!(error.describe().contains("cannot be written"), "{}", error.describe());
}
