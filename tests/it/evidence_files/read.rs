//! `GET /evidence/{id}`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use super::{get, hash, piece, pieces, send};
use crate::scope::{global, readers, rows};
use crate::support::{Backend, TestApp};

crate::both!(
    whoever_sees_evidence_reads_its_file_and_nobody_else,
    parts_heads_and_what_is_known_are_answered,
    what_was_withdrawn_is_still_read,
);

async fn whoever_sees_evidence_reads_its_file_and_nobody_else(backend: Backend) {
    let app = TestApp::new(backend).await;
    let nothing = global("evidence", uuid::Uuid::from_u128(7));
    for (code, (id, sha256, size)) in pieces(&app).await {
        for (who, codes) in readers() {
            let answer = get(&app, &who, &id, &[]).await;
            if codes.is_none_or(|codes| codes.contains(&&*code)) {
                assert_eq!(answer.status, StatusCode::OK, "{who} {code}");
                assert_eq!((hash(answer.bytes()), answer.bytes().len() as i64), (sha256.clone(), size));
                assert!(answer.bytes().starts_with(b"Data contoh: "));
            } else {
                // As what there is not.
                let other = get(&app, &who, &nothing, &[]).await;
                assert_eq!(
                    (answer.status, &*answer.error().0),
                    (StatusCode::NOT_FOUND, "NOT_FOUND"),
                    "{who} {code}"
                );
                let says =
                    |text: &[u8], id: &str| String::from_utf8(text.to_vec()).unwrap().replace(id, "ID");
                assert_eq!(says(answer.bytes(), &id), says(other.bytes(), &nothing));
                let names = |headers: &axum::http::HeaderMap| headers.keys().cloned().collect::<Vec<_>>();
                assert_eq!(names(&answer.headers), names(&other.headers));
            }
        }
        let answer = get(&app, "ADMIN", &id, &[]).await;
        let (code, more) = answer.error();
        let refused = (answer.status, &*code, &more["rule"]);
        assert_eq!(refused, (StatusCode::FORBIDDEN, "FORBIDDEN", &json!("admin-sees-no-partnership")));
        let request = Request::get(format!("/evidence/{id}")).body(Body::empty()).unwrap();
        assert_eq!(send(&app, request).await.status, StatusCode::UNAUTHORIZED);
    }
    // An administrator is told the same of what there is not, and no other noun's id opens a file.
    assert_eq!(get(&app, "ADMIN", &nothing, &[]).await.status, StatusCode::FORBIDDEN);
    let milestone = &rows(&app, "SELECT milestone FROM evidence LIMIT 1").await[0];
    let milestone = global("milestone", milestone.try_get_by_index(0).unwrap());
    for id in [&*milestone, "x", "%2e%2e", "evidence"] {
        assert_eq!(get(&app, "KEMENBUMN", id, &[]).await.status, StatusCode::NOT_FOUND, "{id}");
    }
}

async fn parts_heads_and_what_is_known_are_answered(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (id, sha256, size) = piece(&app, "PLN").await;
    let tag = format!("\"{sha256}\"");
    let whole = get(&app, "PLN", &id, &[]).await;
    let bytes = whole.bytes().to_vec();
    for (name, value) in [
        ("etag", &*tag),
        ("cache-control", "private, no-cache"),
        ("vary", "authorization"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("accept-ranges", "bytes"),
        ("content-type", "text/plain"),
        ("content-length", &*size.to_string()),
    ] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    let name = whole.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"") && name.contains(".txt\"; filename*=UTF-8''"),
        "{name}"
    );

    let head = Request::head(format!("/evidence/{id}"))
        .header("authorization", format!("Bearer {}", app.token("PLN")));
    let head = send(&app, head.body(Body::empty()).unwrap()).await;
    assert_eq!((head.status, head.bytes()), (StatusCode::OK, &b""[..]));
    for name in ["etag", "content-length", "content-type", "content-disposition", "accept-ranges"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }

    for (range, part, told) in [
        ("bytes=0-3", &bytes[..4], format!("bytes 0-3/{size}")),
        ("bytes=5-", &bytes[5..], format!("bytes 5-{}/{size}", size - 1)),
        ("bytes=-6", &bytes[bytes.len() - 6..], format!("bytes {}-{}/{size}", size - 6, size - 1)),
        ("bytes=2-99999", &bytes[2..], format!("bytes 2-{}/{size}", size - 1)),
    ] {
        let answer = get(&app, "PLN", &id, &[("range", range)]).await;
        assert_eq!((answer.status, answer.bytes()), (StatusCode::PARTIAL_CONTENT, part), "{range}");
        assert_eq!(answer.header("content-range"), told);
        assert_eq!(answer.header("content-length"), part.len().to_string());
    }
    let past = format!("bytes={size}-");
    let answer = get(&app, "PLN", &id, &[("range", &past)]).await;
    assert_eq!((answer.status, answer.bytes()), (StatusCode::RANGE_NOT_SATISFIABLE, &b""[..]));
    assert_eq!(answer.header("content-range"), format!("bytes */{size}"));
    assert_eq!(answer.header("content-length"), "0");
    for headers in [
        &[("range", "bytes=0-1,3-4")][..],
        &[("range", "lines=0-1")],
        &[("range", "bytes=0-1"), ("if-range", "\"other\"")],
    ] {
        let answer = get(&app, "PLN", &id, headers).await;
        assert_eq!((answer.status, answer.bytes()), (StatusCode::OK, &*bytes), "{headers:?}");
    }
    let answer = get(&app, "PLN", &id, &[("range", "bytes=0-1"), ("if-range", &tag)]).await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);

    for known in [&*tag, &format!("W/{tag}"), &format!("\"a\", {tag}"), "*"] {
        let answer = get(&app, "PLN", &id, &[("if-none-match", known)]).await;
        assert_eq!((answer.status, answer.bytes()), (StatusCode::NOT_MODIFIED, &b""[..]), "{known}");
        assert_eq!(answer.header("etag"), tag);
    }
    assert_eq!(get(&app, "PLN", &id, &[("if-none-match", "\"a\"")]).await.status, StatusCode::OK);
    // Whoever does not see it is not told that it is known.
    assert_eq!(get(&app, "RNI", &id, &[("if-none-match", &tag)]).await.status, StatusCode::NOT_FOUND);
}

async fn what_was_withdrawn_is_still_read(backend: Backend) {
    let app = TestApp::new(backend).await;
    let row = &rows(&app, "SELECT id, sha256 FROM evidence WHERE withdrawn_at IS NOT NULL").await[0];
    let id = global("evidence", row.try_get_by_index(0).unwrap());
    for who in ["KEMENBUMN", "AUDITOR"] {
        let answer = get(&app, who, &id, &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(hash(answer.bytes()), row.try_get_by_index::<String>(1).unwrap());
    }
}
