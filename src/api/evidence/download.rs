//! `GET /evidence/{id}`: the file of a piece of evidence, for whoever sees the piece.

use std::ops::Range;
use std::sync::Arc;

use async_graphql::ID;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use http_range_header::{SyntacticallyCorrectRange, parse_range_header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::Failure;
use crate::access::{Actor, Reads, View, table};
use crate::api::execute::App;
use crate::api::http::{JSON, authenticate, is_same, request_id};
use crate::api::reading::Outcome;
use crate::error::{Error, Result};
use crate::journal::reads::Told;
use crate::nouns::evidence::entity::evidence::{Entity, Model};
use crate::nouns::ids::{self, Noun};
use crate::types::GlobalId;

pub async fn evidence(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    let actor = match authenticate(&app, &headers, &extensions).await {
        Ok(actor) => actor,
        Err(denied) => return denied.into_response(JSON),
    };
    let id_of_request = Some(request_id(&headers).to_owned());
    let author = actor.author(id_of_request);
    let (id, reads) = (ID(id), Arc::<Reads>::default());
    let mut sequence = None;
    let given =
        give(&app, actor, &id, method == Method::HEAD, &headers, (Arc::clone(&reads), &mut sequence)).await;
    // What was asked by no id may be anything.
    let shown = GlobalId::parse(&id).map_or_else(|| app.reads.hidden(&id), |_| id.0.clone());
    let mut told = Told { kind: Some("EVIDENCE"), ..Told::default() };
    told.variables = Some(json!({ "id": shown }).to_string());
    let mut outcome = Outcome { sequence, ..Outcome::default() };
    match &given {
        Ok(response) => {
            told.noted = reads.noted();
            outcome.not_modified = response.status() == StatusCode::NOT_MODIFIED;
        }
        Err(Failure(_, error)) => outcome.code = Some(error.code().as_str()),
    }
    if let Err(error) = app.record_read(author, Arc::new(told), outcome).await {
        return Failure::from(error).into_response(request_id(&headers));
    }
    match given {
        Ok(response) => response,
        Err(failure) => failure.into_response(request_id(&headers)),
    }
}

/// Where it is told what was read, and at which sequence of the journal.
type Seen<'a> = (Arc<Reads>, &'a mut Option<i64>);

/// The row, as GraphQL gives it: by the same rule, and narrowed to the same reach.
async fn row(app: &App, actor: Actor, id: &ID, (reads, sequence): Seen<'_>) -> Result<Model> {
    let rule = table::rule("Query", "evidence").ok_or_else(|| Error::internal("evidence has no rule"))?;
    if actor.role.is_some_and(|role| !rule.roles.contains(&role)) {
        return Err(Error::forbidden(rule.name, rule.english));
    }
    // The view ends here: its connection is not kept while a file is sent.
    let view = View::open(&app.access.noting(Some(reads)), actor).await?;
    *sequence = Some(view.sequence());
    let row = view.by_id::<Entity>(ids::parse(Noun::Evidence, id)?).await?;
    row.ok_or_else(|| Error::not_found(id))
}

async fn give(
    app: &App,
    actor: Actor,
    id: &ID,
    is_head: bool,
    headers: &HeaderMap,
    seen: Seen<'_>,
) -> Result<Response, Failure> {
    let row = row(app, actor, id, seen).await?;
    let tag = format!("\"{}\"", row.sha256);
    let known = headers.get_all(header::IF_NONE_MATCH);
    if known.iter().any(|known| is_same(known, &tag)) {
        return Ok(answer(StatusCode::NOT_MODIFIED, &row, &tag, None, Body::empty()));
    }
    let size = row.size.unsigned_abs();
    let file = app.files.readable(&row.sha256, size).await?;
    let (status, range) = match wanted(headers, &tag, size) {
        Wanted::All => (StatusCode::OK, 0..size),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Nothing => {
            let mut response =
                answer(StatusCode::RANGE_NOT_SATISFIABLE, &row, &tag, Some(0..0), Body::empty());
            let headers = response.headers_mut();
            headers.remove(header::CONTENT_TYPE);
            headers.remove(header::CONTENT_DISPOSITION);
            headers.insert(header::CONTENT_RANGE, value(&format!("bytes */{size}")));
            return Ok(response);
        }
    };
    let body = if is_head { Body::empty() } else { Body::from_stream(file.stream(range.clone())) };
    let mut response = answer(status, &row, &tag, Some(range.clone()), body);
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, value(&range));
    }
    Ok(response)
}

fn answer(status: StatusCode, row: &Model, tag: &str, range: Option<Range<u64>>, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, text: &str| headers.insert(name, value(text));
    put(header::ETAG, tag);
    // It may be stored by who asked, and is asked for again each time.
    put(header::CACHE_CONTROL, "private, no-cache");
    put(header::VARY, "authorization");
    // Whatever it says it is, a browser neither guesses at it nor runs it here.
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    put(header::ACCEPT_RANGES, "bytes");
    if let Some(range) = range {
        put(header::CONTENT_TYPE, &row.media_type);
        put(header::CONTENT_DISPOSITION, &disposition(&row.file_name));
        put(header::CONTENT_LENGTH, &(range.end - range.start).to_string());
    }
    response
}

/// What a row holds was checked when it came in; where it could not be sent, it is left out.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// What stands for itself in an extended value (RFC 8187, attr-char).
const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// To be saved under its name (RFC 6266), with one in ASCII for clients of old.
fn disposition(name: &str) -> String {
    let ascii = |c: char| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' };
    let old = name.chars().map(ascii).collect::<String>();
    format!("attachment; filename=\"{old}\"; filename*=UTF-8''{}", utf8_percent_encode(name, &PLAIN))
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part(Range<u64>),
    Nothing,
}

/// One range is given, several are answered with the whole, and one that is not understood is passed over
/// (RFC 9110 section 14.2).
fn wanted(headers: &HeaderMap, tag: &str, size: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(range) = text(header::RANGE) else { return Wanted::All };
    // A part of something else is of no use: then the whole is sent.
    if headers.contains_key(header::IF_RANGE) && text(header::IF_RANGE) != Some(tag) {
        return Wanted::All;
    }
    let Ok(ranges) = parse_range_header(range) else { return Wanted::All };
    let [range] = &ranges.into_ranges()[..] else { return Wanted::All };
    let range = match *range {
        SyntacticallyCorrectRange::FromStart(start) => start..size,
        SyntacticallyCorrectRange::Indexed(start, end) => start..end.saturating_add(1).min(size),
        SyntacticallyCorrectRange::FromLast(length) => size.saturating_sub(length)..size,
    };
    if range.is_empty() { Wanted::Nothing } else { Wanted::Part(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sent_safely() {
        assert_eq!(disposition("a b.pdf"), "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf");
        assert_eq!(
            disposition("bukti \"é\"; x=1\r\n.pdf"),
            "attachment; filename=\"bukti ____ x_1__.pdf\"; filename*=UTF-8''bukti%20%22%C3%A9%22%3B%20x%3D1%0D%0A.pdf"
        );
    }

    #[test]
    fn one_range_is_given() {
        let of = |range: &str, if_range: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, value(range));
            if let Some(tag) = if_range {
                headers.insert(header::IF_RANGE, value(tag));
            }
            wanted(&headers, "\"t\"", 10)
        };
        for (range, part) in [
            ("bytes=0-0", 0..1),
            ("bytes=3-", 3..10),
            ("bytes=-4", 6..10),
            ("bytes=8-99", 8..10),
            ("bytes=-99", 0..10),
            ("bytes=9-18446744073709551616", 9..10),
        ] {
            assert_eq!(of(range, None), Wanted::Part(part), "{range}");
        }
        for range in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(of(range, None), Wanted::Nothing, "{range}");
        }
        for range in ["bytes=5-3", "lines=1-2", "bytes=", "bytes=a-b", "bytes=0-1,3-4"] {
            assert_eq!(of(range, None), Wanted::All, "{range}");
        }
        assert_eq!(of("bytes=1-2", Some("\"t\"")), Wanted::Part(1..3));
        for tag in ["\"other\"", "W/\"t\"", "Fri, 27 Nov 2026 00:00:00 GMT"] {
            assert_eq!(of("bytes=1-2", Some(tag)), Wanted::All, "{tag}");
        }
    }
}
