//! The sides that are ours but not the API. All have the API's HTTP server, its check of the token, its pool of
//! connections that read, and its allocator.

mod floor;
mod hand;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, ValueEnum};
use kemitraan::access::Access;
use kemitraan::auth::{Keys, Verifier};
use kemitraan::config::{DatabaseSettings, KeySettings};
use kemitraan::db::{self, Database};
use kemitraan::types::Clock;
use sea_orm::sqlx::PgPool;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Result;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// The database builds the JSON, in one statement
    Floor,
    /// The API's own statements, decoded and written as JSON without GraphQL
    Hand,
    /// The same bytes from memory
    Limit,
}

#[derive(Debug, Args)]
pub struct Settings {
    #[arg(long, value_enum)]
    side: Kind,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    keys: KeySettings,
    #[arg(long)]
    listen: SocketAddr,
    /// The limit's answers: a file for each operation, by its name
    #[arg(long)]
    answers: Option<PathBuf>,
}

struct Side {
    kind: Kind,
    verifier: Verifier,
    pool: PgPool,
    clock: Clock,
    answers: HashMap<String, Bytes>,
}

/// As the API reads it, but for the document, which these sides have no use for.
#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(rename = "operationName")]
    operation: &'a str,
    #[serde(default)]
    variables: Variables,
}

#[derive(Default, Deserialize)]
struct Variables {
    after: Option<String>,
}

/// A cursor of the API over partnerships by title.
#[derive(Serialize, Deserialize)]
struct Cursor {
    o: String,
    k: Key,
    i: Uuid,
}

#[derive(Serialize, Deserialize)]
struct Key {
    s: String,
}

impl Cursor {
    fn encode(title: &str, id: Uuid) -> Result<String> {
        let cursor = Self { o: "TITLE".to_owned(), k: Key { s: title.to_owned() }, i: id };
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor)?))
    }

    fn decode(text: &str) -> Result<(String, Uuid)> {
        let cursor = serde_json::from_slice::<Self>(&URL_SAFE_NO_PAD.decode(text)?)?;
        Ok((cursor.k.s, cursor.i))
    }
}

pub async fn run(settings: Settings) -> Result<()> {
    let options = settings.database.options(std::time::Duration::from_secs(10));
    let clock = Clock::system();
    let keys = Arc::new(Keys::load(&settings.keys.keys, &clock)?);
    let access = Access::new(Database::connect(&options).await?, clock.clone(), 90);
    let connection = sea_orm::Database::connect(db::reading(&options)).await?;
    let mut answers = HashMap::new();
    for file in settings.answers.map(std::fs::read_dir).transpose()?.into_iter().flatten() {
        let path = file?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        answers.insert(name, Bytes::from(std::fs::read(path)?));
    }
    let side = Side {
        kind: settings.side,
        verifier: Verifier::new(keys, &settings.keys.issuer, access),
        pool: connection.get_postgres_connection_pool().clone(),
        clock,
        answers,
    };
    let router = Router::new().route("/graphql", post(answer)).with_state(Arc::new(side));
    let listener = tokio::net::TcpListener::bind(settings.listen).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn answer(State(side): State<Arc<Side>>, headers: HeaderMap, body: Bytes) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let mut response = Response::default();
    if !matches!(side.verifier.actor(token).await, Ok(Ok(_))) {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return response;
    }
    *response.body_mut() = match side.read(&body).await {
        Ok(body) => body,
        Err(error) => {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            Body::from(error.to_string())
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

impl Side {
    async fn read(&self, body: &[u8]) -> Result<Body> {
        let asked = serde_json::from_slice::<Asked<'_>>(body)?;
        let today = self.clock.today();
        let after = asked.variables.after.as_deref().map(Cursor::decode).transpose()?;
        match (self.kind, asked.operation, after) {
            (Kind::Limit, operation, _) => {
                let answer = self.answers.get(operation).ok_or("there is no such answer")?;
                Ok(Body::from(answer.clone()))
            }
            (Kind::Floor, "Dashboard", _) => floor::dashboard(&self.pool, today).await,
            (Kind::Floor, "Page", Some(after)) => floor::page(&self.pool, today, after).await,
            (Kind::Floor, "Summary", _) => floor::summary(&self.pool, today).await,
            (Kind::Hand, "Dashboard", _) => hand::dashboard(&self.pool, today).await,
            (Kind::Hand, "Page", Some(after)) => hand::page(&self.pool, today, after).await,
            (_, other, _) => Err(format!("does not answer {other}").into()),
        }
    }
}
