//! GraphQL over HTTP (the GraphQL Foundation's specification), and nothing else: no multipart, no arrays of
//! operations, no forms, no token in the URL.

use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::response::JsonMap;
use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::Value;

use super::execute::{Answer, App, Parameters, reported};
use super::reading::Outcome;
use super::{budgets, persisted};
use crate::auth::Refusal;
use crate::error::{Code, Error};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
pub(super) const JSON: &str = "application/json";

/// The header that tells the journal's sequence that an answer is true at.
pub const SEQUENCE: HeaderName = HeaderName::from_static("journal-sequence");

/// The header by which a request is found again in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is told of a mutation whose answer may not leave: not that nothing was done.
const MADE_UNRECORDED: &str = "what was asked has been done, perhaps but in part, and its answer could not be put on record just now; read it again, \
     or send the same again with the same idempotencyKey";

/// The id that this request has got from us.
pub(super) fn request_id(headers: &HeaderMap) -> &str {
    headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// What failed before there was a document, and the status that says so.
pub(super) struct Failure(pub StatusCode, pub Error);

/// `POST /graphql` and `GET /graphql`.
pub async fn graphql(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(media_type) = negotiate(request.headers()) else {
        let message = format!("an answer can be had as {GRAPHQL_RESPONSE} or {JSON}");
        let error = Error::new(Code::BadRequest, message);
        return respond(StatusCode::NOT_ACCEPTABLE, JSON, &Answer::refuse([error.into()]));
    };
    let request_id = request_id(request.headers()).to_owned();
    // Who asks comes first: without a token not even a parse error is told.
    let actor = match authenticate(&app, request.headers(), request.extensions()).await {
        Ok(actor) => actor,
        Err(response) => return response.into_response(media_type),
    };
    let is_get = is_safe(request.method());
    let if_none_match = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let parameters = match parameters(request, app.limits.limit_body, app.limits.time()).await {
        Ok(parameters) => parameters,
        Err(Failure(status, error)) => return respond(status, media_type, &Answer::refuse([error.into()])),
    };
    let (role, organisation) =
        (actor.role, actor.organisation.as_ref().map(|organisation| organisation.code.clone()));
    let author = actor.author(Some(request_id.clone()));
    let mut answer = app.run(actor, parameters, is_get, &request_id).await;
    tracing::info!(
        request_id,
        role = role.map(|role| role.as_str()),
        organisation,
        operation = answer.told.operation,
        sequence = answer.sequence,
        errors = answer.errors.len(),
        cached = answer.cached,
        "graphql"
    );
    let is_same = |etag: &String| if_none_match.iter().any(|known| is_same(known, etag));
    let not_modified = answer.etag.as_ref().is_some_and(is_same);
    let told = std::mem::take(&mut answer.told);
    let outcome =
        Outcome { code: answer.code(), sequence: answer.sequence, cached: answer.cached, not_modified };
    if let Err(error) = app.record_read(author, told, outcome).await {
        tracing::error!(request_id, cause = error.describe(), "what was read is not on record");
        let is_made = answer.operation == Some(OperationType::Mutation) && answer.has_data();
        let error = if is_made { Error::new(Code::Timeout, MADE_UNRECORDED) } else { error };
        let answer = Answer::refuse([error.into()]);
        return respond(status(&answer, media_type), media_type, &answer);
    }
    if is_get && !answer.has_data() && answer.operation == Some(OperationType::Mutation) {
        let mut response = respond(StatusCode::METHOD_NOT_ALLOWED, media_type, &answer);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let status = if not_modified { StatusCode::NOT_MODIFIED } else { status(&answer, media_type) };
    let mut response = respond(status, media_type, &answer);
    if let Some(etag) = answer.etag.as_ref() {
        let headers = response.headers_mut();
        headers.insert(header::ETAG, HeaderValue::from_str(etag).unwrap_or(HeaderValue::from_static("")));
        // It may be stored by who asked, and is asked for again each time.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    if status == StatusCode::UNAUTHORIZED {
        let words = answer.errors.first().and_then(|error| error["message"].as_str()).unwrap_or_default();
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge(Some("invalid_token"), words));
    }
    response
}

/// Whether a value of If-None-Match has this entity tag, weakly compared (RFC 9110 section 13.1.2).
pub(super) fn is_same(known: &HeaderValue, etag: &str) -> bool {
    let mut tags = known.to_str().unwrap_or_default().split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// HEAD is answered as GET is, and as little may write.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The status of an answer: with `application/json` every well-formed answer is 200, as clients of old expect.
fn status(answer: &Answer, media_type: &str) -> StatusCode {
    if answer.has_data() {
        return StatusCode::OK;
    }
    match answer.code().unwrap_or_default() {
        "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
        "INTERNAL" => StatusCode::INTERNAL_SERVER_ERROR,
        "TIMEOUT" => StatusCode::GATEWAY_TIMEOUT,
        "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
        "BUSY" => StatusCode::SERVICE_UNAVAILABLE,
        "FORBIDDEN" if media_type == GRAPHQL_RESPONSE => StatusCode::FORBIDDEN,
        _ if media_type == GRAPHQL_RESPONSE => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

pub(super) fn respond(status: StatusCode, media_type: &'static str, answer: &Answer) -> Response {
    let body = if status == StatusCode::NOT_MODIFIED { Body::empty() } else { Body::from(answer.to_json()) };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let media_type = if media_type == JSON {
        "application/json; charset=utf-8"
    } else {
        "application/graphql-response+json; charset=utf-8"
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, authorization"));
    if let Some(sequence) = answer.sequence {
        headers.insert(SEQUENCE, sequence.into());
    }
    let error = answer.errors.first().filter(|_| status == StatusCode::TOO_MANY_REQUESTS);
    if let Some(seconds) = error.and_then(|error| error["extensions"]["retryAfter"].as_u64()) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Why nobody comes in.
pub(super) enum Denied {
    /// A 401, as RFC 6750 wants it.
    Refused(Refusal),
    /// A 429: too much was asked.
    Limited(Error),
    Failed(Error),
}

impl Denied {
    pub(super) fn into_response(self, media_type: &'static str) -> Response {
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Limited(error) => {
                return respond(StatusCode::TOO_MANY_REQUESTS, media_type, &Answer::refuse([error.into()]));
            }
            Self::Failed(error) => {
                return respond(StatusCode::SERVICE_UNAVAILABLE, media_type, &Answer::refuse([error.into()]));
            }
        };
        let challenge = challenge(refusal.error, &refusal.description);
        let mut response =
            respond(StatusCode::UNAUTHORIZED, media_type, &Answer::refuse([Error::from(refusal).into()]));
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    }
}

/// The value of WWW-Authenticate.
pub(super) fn challenge(error: Option<&str>, description: &str) -> HeaderValue {
    let mut challenge = "Bearer realm=\"kemitraan\"".to_owned();
    if let Some(error) = error {
        // A quoted-string of RFC 9110: what a claim's error says of the token's own text stays out of it.
        let words = description.chars().filter(|c| (' '..='~').contains(c) && !"\"\\".contains(*c));
        challenge += &format!(", error=\"{error}\", error_description=\"{}\"", words.collect::<String>());
    }
    HeaderValue::from_str(&challenge).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}

/// The actor of the bearer token (RFC 6750 section 2.1; the scheme's case does not matter).
pub(super) async fn authenticate(
    app: &App,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<crate::access::Actor, Denied> {
    let missing = |words| Err(Denied::Refused(Refusal::missing(words)));
    let mut credentials = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(first), None) = (credentials.next(), credentials.next()) else {
        return missing("send one header Authorization: Bearer TOKEN");
    };
    let Some((scheme, token)) = first.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return missing("send one header Authorization: Bearer TOKEN");
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return missing("the scheme is Bearer");
    }
    match app.verifier.actor(token.trim()).await {
        Ok(Ok(actor)) => {
            let address = budgets::client(extensions, headers, app.limits.budgets.proxies);
            app.verifier.note_use(&actor, address);
            app.budgets.take_request(&actor).map(|()| actor).map_err(Denied::Limited)
        }
        Ok(Err(refusal)) => Err(Denied::Refused(refusal)),
        Err(error) => Err(Denied::Failed(reported(error, request_id(headers)))),
    }
}

/// The media type to answer in: the first that the client accepts with the highest quality.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<&'static str> {
    let mut best: Option<(&'static str, f32)> = None;
    let mut accepts =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if accepts.peek().is_none() {
        return Some(JSON);
    }
    for range in accepts.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let offered = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            GRAPHQL_RESPONSE => GRAPHQL_RESPONSE,
            JSON | "*/*" | "application/*" => JSON,
            _ => continue,
        };
        let (mut quality, mut utf8) = (1.0, true);
        for parameter in parts {
            match parameter.split_once('=') {
                Some(("q", value)) => quality = value.parse().unwrap_or(0.0),
                Some(("charset", value)) => utf8 = value.trim_matches('"').eq_ignore_ascii_case("utf-8"),
                _ => {}
            }
        }
        if utf8 && quality > 0.0 && best.is_none_or(|(_, most)| quality > most) {
            best = Some((offered, quality));
        }
    }
    best.map(|(media_type, _)| media_type)
}

async fn parameters(request: Request, limit: usize, time: Duration) -> Result<Parameters, Failure> {
    if is_safe(request.method()) {
        return from_query(request.uri());
    }
    let bad = |message: &str| Failure(StatusCode::BAD_REQUEST, Error::new(Code::BadRequest, message));
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case(JSON));
    let is_utf8 = parts.all(|part| match part.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    if !is_json || !is_utf8 {
        let error = Error::new(Code::BadRequest, "the body must be application/json in UTF-8");
        return Err(Failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let body = axum::body::to_bytes(request.into_body(), limit);
    let body = tokio::time::timeout(time, body).await.map_err(|_| {
        let message = format!("the body took longer than the limit of {} s", time.as_secs());
        Failure(StatusCode::REQUEST_TIMEOUT, Error::new(Code::Timeout, message))
    })?;
    let body = body.map_err(|error| {
        let source = std::error::Error::source(&error);
        if source.is_some_and(|source| source.is::<http_body_util::LengthLimitError>()) {
            Failure(
                StatusCode::PAYLOAD_TOO_LARGE,
                Error::limit("body", format!("more than {limit} bytes"), limit),
            )
        } else {
            bad("the body broke off")
        }
    })?;
    let Ok(body) = serde_json::from_slice::<Value>(&body) else { return Err(bad("the body is not JSON")) };
    let Value::Object(mut body) = body else {
        return Err(bad("the body must be one JSON object; arrays of operations are not accepted"));
    };
    let hash = match body.remove("extensions") {
        None | Some(Value::Null) => None,
        Some(Value::Object(extensions)) => persisted::hash(&extensions).map_err(bad)?,
        Some(_) => return Err(bad("extensions must be an object")),
    };
    let query = match body.remove("query") {
        Some(Value::String(query)) => query,
        None | Some(Value::Null) if hash.is_some() => String::new(),
        _ => return Err(bad("query must be a string")),
    };
    let operation_name = match body.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(bad("operationName must be a string")),
    };
    let variables = match body.remove("variables") {
        None | Some(Value::Null) => JsonMap::new(),
        Some(Value::Object(variables)) => {
            json_map(variables).ok_or_else(|| bad("variables cannot be read"))?
        }
        Some(_) => return Err(bad("variables must be an object")),
    };
    Ok(Parameters { query, hash, operation_name, variables })
}

fn from_query(uri: &Uri) -> Result<Parameters, Failure> {
    let bad = |message: &str| Failure(StatusCode::BAD_REQUEST, Error::new(Code::BadRequest, message));
    let mut parameters = Parameters::default();
    let mut has_query = false;
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "query" => (parameters.query, has_query) = (value.into_owned(), true),
            "operationName" if !value.is_empty() => parameters.operation_name = Some(value.into_owned()),
            "variables" if !value.is_empty() => {
                let Ok(Value::Object(variables)) = serde_json::from_str(&value) else {
                    return Err(bad("variables must be an object in JSON"));
                };
                parameters.variables = json_map(variables).ok_or_else(|| bad("variables cannot be read"))?;
            }
            "extensions" if !value.is_empty() => {
                let Ok(Value::Object(extensions)) = serde_json::from_str(&value) else {
                    return Err(bad("extensions must be an object in JSON"));
                };
                parameters.hash = persisted::hash(&extensions).map_err(bad)?;
            }
            _ => {}
        }
    }
    if has_query || parameters.hash.is_some() { Ok(parameters) } else { Err(bad("query is missing")) }
}

fn json_map(object: serde_json::Map<String, Value>) -> Option<JsonMap> {
    serde_json::from_value(Value::Object(object)).ok()
}
