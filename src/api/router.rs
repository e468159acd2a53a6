//! The routes, and what every request gets: an id, a line in the log, a panic that harms nobody else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::evidence::{download, upload};
use super::execute::App;
use super::http::{self, CLIENT, REQUEST_ID};

/// The router of the whole API.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    Router::new()
        .route("/graphql", post(http::graphql).get(http::graphql))
        .route("/evidence", post(upload::evidence))
        .route("/evidence/{id}", get(download::evidence))
        .route("/.well-known/jwks.json", get(keys))
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .fallback(|| async { (StatusCode::NOT_FOUND, "the API is at /graphql\n") })
        .layer(from_fn_with_state(Arc::clone(&app), identify))
        .with_state(app)
}

/// Stands beside a request that has come by way of a proxy, which tells whence.
#[derive(Debug, Clone, Copy)]
pub struct ByProxy;

/// Whence a request comes: the other end of its connection, or what the proxy there says last; none where nobody knows.
fn client(request: &Request) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    if request.extensions().get::<ByProxy>().is_none() {
        return Some(peer.ip().to_canonical());
    }
    // Whatever stands before it was told by whoever asked.
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back()?;
    let last = forwarded.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Gives each request an id of ours, which the answer, the journal and the log tell, and notes whence it comes.
async fn identify(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let id = app.clock.new_id().to_string();
    let value = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("unknown"));
    let client = client(&request).and_then(|from| HeaderValue::from_str(&from.to_string()).ok());
    request.headers_mut().insert(REQUEST_ID, value.clone());
    request.headers_mut().remove(CLIENT);
    if let Some(from) = client {
        request.headers_mut().insert(CLIENT, from);
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, value);
    tracing::info!(request_id = id, %method, path, status = response.status().as_u16(), "request");
    response
}

/// The public keys (RFC 7517).
async fn keys(State(app): State<Arc<App>>) -> Response {
    let keys = serde_json::to_string(app.verifier.keys().public()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/jwk-set+json")], keys).into_response()
}

/// Whether requests can be answered: the database is there, and migrated to this program's schema.
async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.db.is_current().await {
        Ok(true) => "ok\n".into_response(),
        Ok(false) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the database is not migrated, or not there\n").into_response()
        }
        Err(error) => {
            tracing::error!(cause = error.describe(), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database is not there\n").into_response()
        }
    }
}
