//! The routes, and what every request gets: an id, a line in the log, a panic that harms nobody else, and what browsers
//! are to be told.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use futures_util::FutureExt as _;
use tower_http::cors::CorsLayer;

use super::budgets;
use super::evidence::{download, upload};
use super::execute::{Answer, App, reported};
use super::http::{self, JSON, REQUEST_ID, SEQUENCE};
use crate::error::Error;

/// The router of the whole API.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    let router = Router::new()
        .route("/graphql", post(http::graphql).get(http::graphql))
        .route("/evidence", post(upload::evidence))
        .route("/evidence/{id}", get(download::evidence))
        .route("/.well-known/jwks.json", get(keys))
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .fallback(|| async { (StatusCode::NOT_FOUND, "the API is at /graphql\n") })
        .layer(from_fn_with_state(Arc::clone(&app), limit_sign_ins))
        .layer(from_fn(guard));
    let router = if app.origins.is_empty() { router } else { router.layer(cors(&app.origins)) };
    router.layer(from_fn_with_state(Arc::clone(&app), identify)).with_state(app)
}

/// Lets pages of these origins ask and read. No cookie has a part in it: who asks is told by the token alone.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
        ])
        .expose_headers([
            SEQUENCE,
            REQUEST_ID,
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::ETAG,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
        ])
        .max_age(Duration::from_secs(3600))
}

/// A panic ends the request in which it happens: it is answered as any other fault of ours, and the process goes on.
async fn guard(request: Request, next: Next) -> Response {
    let media_type = http::negotiate(request.headers()).unwrap_or(JSON);
    let id = http::request_id(request.headers()).to_owned();
    // What the request held is dropped; what outlives it takes a lock that was held meanwhile as it is.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            let error = reported(Error::internal("a panic"), &id);
            http::respond(StatusCode::INTERNAL_SERVER_ERROR, media_type, &Answer::refuse([error.into()]))
        }
    }
}

/// A token that does not let in, or does not any more, is a try of the address that it comes from, which has so many. Whoever
/// has one that is good comes in, whatever others at the same address have tried.
async fn limit_sign_ins(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (headers, extensions) = (request.headers(), request.extensions());
    let address = budgets::client(extensions, headers, app.limits.budgets.proxies);
    let address = address.or_else(|| budgets::peer(extensions));
    let media_type = http::negotiate(headers).unwrap_or(JSON);
    let response = next.run(request).await;
    // Without any token nothing is tried, and the challenge tells no error (RFC 6750 section 3.1).
    let challenge = response.headers().get(header::WWW_AUTHENTICATE);
    let is_try =
        challenge.is_some_and(|challenge| challenge.to_str().is_ok_and(|text| text.contains("error=")));
    match address.filter(|_| is_try).map_or(Ok(()), |address| app.budgets.take_sign_in(address)) {
        Ok(()) => response,
        Err(error) => {
            http::respond(StatusCode::TOO_MANY_REQUESTS, media_type, &Answer::refuse([error.into()]))
        }
    }
}

/// What browsers are told of every answer: it is data, neither to be guessed at nor shown in a frame, runs nothing, and
/// is no part of another site's page. Whoever ends TLS adds that it is to be asked for by TLS alone.
fn harden(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// Gives each request an id of ours, which the answer, the journal and the log tell.
async fn identify(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let id = app.clock.new_id().to_string();
    let value = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("unknown"));
    request.headers_mut().insert(REQUEST_ID, value.clone());
    let (method, path) = (request.method().clone(), {
        // What somebody has put into a path may be anything.
        let path = request.extensions().get::<MatchedPath>();
        path.map_or("-", MatchedPath::as_str).to_owned()
    });
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, value);
    harden(response.headers_mut());
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
