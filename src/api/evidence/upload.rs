//! `POST /evidence`: a file comes in, and waits to be attached.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::Failure;
use crate::access::Actor;
use crate::api::execute::App;
use crate::api::http::{JSON, authenticate, request_id};
use crate::error::{Error, Result};
use crate::files::{Limits, too_large};
use crate::nouns::evidence::entity::upload;
use crate::nouns::evidence::{rules, uploads};

pub async fn evidence(State(app): State<Arc<App>>, request: Request) -> Response {
    let actor = match authenticate(&app, request.headers(), request.extensions()).await {
        Ok(actor) => actor,
        Err(denied) => return denied.into_response(JSON),
    };
    let id = request_id(request.headers()).to_owned();
    // A task of its own: whoever sends it may go away, and what has come in until then has to be removed.
    let taken = tokio::spawn(async move { take(&app, &actor, request).await }).await;
    match taken.map_err(|_| Error::internal("a panic")) {
        Ok(Ok(upload)) => {
            let answer = json!({
                "sha256": upload.sha256,
                "size": upload.size,
                "mediaType": upload.media_type,
                "fileName": upload.file_name,
            });
            let mut response = (StatusCode::CREATED, axum::Json(answer)).into_response();
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            response
        }
        Ok(Err(failure)) => failure.into_response(&id),
        Err(error) => Failure::from(error).into_response(&id),
    }
}

async fn take(app: &App, actor: &Actor, request: Request) -> Result<upload::Model, Failure> {
    // All that can be refused is refused before the body is read.
    rules::upload(actor)?;
    app.access.see().await?.check_writing(actor)?;
    let organisation =
        actor.organisation_id().ok_or_else(|| Error::internal("a seat without organisation"))?;
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let name = form_urlencoded::parse(query).find(|(name, _)| name == "fileName");
    let name = name.map(|(_, name)| name.into_owned()).unwrap_or_default();
    let content_type = text(request.headers(), header::CONTENT_TYPE);
    let format = rules::format(content_type, &name).map_err(unsupported)?;
    let limits = Limits { bytes: app.limits.limit_file, time: app.limits.file_time() };
    let announced = text(request.headers(), header::CONTENT_LENGTH).parse::<u64>().unwrap_or_default();
    if announced > limits.bytes {
        return Err(too_large(limits.bytes).into());
    }
    let request_id = request_id(request.headers()).to_owned();
    let body = request.into_body().into_data_stream();
    let received = app.files.receive(body, limits, |beginning| rules::check_beginning(format, beginning));
    let received = received.await.map_err(unsupported)?;
    let upload = upload::Model {
        organisation,
        sha256: received.sha256.clone(),
        size: i64::try_from(received.size).unwrap_or(i64::MAX),
        media_type: format.media_type.to_owned(),
        file_name: name,
        actor: actor.id.clone(),
        at: app.clock.now(),
    };
    let recorded = uploads::record(&app.access, actor, &app.files, &received, upload.clone()).await;
    app.files.discard(&received).await;
    recorded?;
    tracing::info!(request_id, sha256 = upload.sha256, size = upload.size, "evidence was sent");
    Ok(upload)
}

/// A media type that is refused has a status of its own.
fn unsupported(error: Error) -> Failure {
    let path = &error.details().get("faults").map_or(&serde_json::Value::Null, |faults| &faults[0]["path"]);
    if *path == "Content-Type" { Failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, error) } else { error.into() }
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
