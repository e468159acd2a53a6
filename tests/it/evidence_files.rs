//! The files of evidence over HTTP: who may send and read them, what is refused, and that what was refused leaves nothing.

mod damage;
mod read;
mod s3;
mod send;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use kemitraan::nouns::evidence::uploads;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::scope::rows;
use crate::support::TestApp;

/// An answer whose body is a file, or broke off.
pub struct File {
    pub status: StatusCode,
    headers: HeaderMap,
    body: Result<Bytes, axum::Error>,
}

impl File {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn bytes(&self) -> &[u8] {
        self.body.as_ref().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.bytes()).unwrap()
    }

    /// The code of the error, and what is told beside it.
    fn error(&self) -> (String, Value) {
        let error = self.json()["errors"][0].take();
        (error["extensions"]["code"].as_str().unwrap().to_owned(), error["extensions"].clone())
    }
}

async fn send(app: &TestApp, request: Request<Body>) -> File {
    let response = app.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await;
    File { status: parts.status, headers: parts.headers, body }
}

pub async fn post(app: &TestApp, who: &str, name: &str, media_type: &str, body: impl Into<Body>) -> File {
    let request = Request::post(format!("/evidence?fileName={name}"))
        .header("authorization", format!("Bearer {}", app.token(who)))
        .header("content-type", media_type);
    send(app, request.body(body.into()).unwrap()).await
}

pub async fn get(app: &TestApp, who: &str, id: &str, headers: &[(&str, &str)]) -> File {
    let mut request =
        Request::get(format!("/evidence/{id}")).header("authorization", format!("Bearer {}", app.token(who)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(app, request.body(Body::empty()).unwrap()).await
}

/// A PDF of so many bytes, no two of one size alike.
pub fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.7\n% {size}\n").into_bytes();
    bytes.extend((bytes.len()..size).map(|at| (at % 249) as u8));
    bytes.truncate(size);
    bytes
}

fn hash(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// Every file in the store's folder, whole or not.
fn stored(app: &TestApp) -> Vec<String> {
    fn walk(folder: &std::path::Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else {
                into.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut all = Vec::new();
    walk(&app.folder.join("evidence"), &mut all);
    all.sort();
    all
}

/// The uploads that are recorded: code of the organisation, hash, name, size.
async fn recorded(app: &TestApp) -> Vec<(String, String, String, i64)> {
    let sql = "SELECT o.code, u.sha256, u.file_name, u.size FROM upload u JOIN organisation o ON o.id = u.organisation
               ORDER BY u.sha256, o.code";
    let row = |row: &sea_orm::QueryResult| {
        let text = |at| row.try_get_by_index::<String>(at).unwrap();
        (text(0), text(1), text(2), row.try_get_by_index(3).unwrap())
    };
    rows(app, sql).await.iter().map(row).collect()
}

/// The findings about files.
async fn findings(app: &TestApp) -> Vec<String> {
    // Afresh, as the command does.
    let files = kemitraan::files::Files::open(app.app.files.location()).unwrap();
    uploads::verify(&app.app.access, &files, &mut |_, _| {}).await.unwrap().findings
}

/// A piece of evidence of the pilot: its id as GraphQL has it, its hash, its size.
pub type Piece = (String, String, i64);

/// One of each BUMN that has any.
async fn pieces(app: &TestApp) -> Vec<(String, Piece)> {
    let sql = "SELECT o.code, e.id, e.sha256, e.size FROM evidence e JOIN organisation o ON o.id = e.organisation ORDER BY e.id";
    let mut pieces = std::collections::BTreeMap::new();
    for row in rows(app, sql).await {
        let id = crate::scope::global("evidence", row.try_get_by_index(1).unwrap());
        let piece = (id, row.try_get_by_index(2).unwrap(), row.try_get_by_index(3).unwrap());
        pieces.entry(row.try_get_by_index::<String>(0).unwrap()).or_insert(piece);
    }
    assert!(pieces.len() >= 3, "{pieces:?}");
    pieces.into_iter().collect()
}

pub async fn piece(app: &TestApp, code: &str) -> Piece {
    let found = pieces(app).await.into_iter().find(|(of, _)| of == code);
    found.unwrap_or_else(|| panic!("{code} has no evidence")).1
}

/// Puts other bytes in a file's place, or none. The file itself is shared with other tests.
fn replace(app: &TestApp, sha256: &str, bytes: Option<&[u8]>) {
    let path = app.folder.join("evidence/sha256").join(&sha256[..2]).join(sha256);
    std::fs::remove_file(&path).unwrap();
    if let Some(bytes) = bytes {
        std::fs::write(&path, bytes).unwrap();
    }
}
