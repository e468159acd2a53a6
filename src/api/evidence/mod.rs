//! The files of evidence over HTTP. What is known of them is asked for by GraphQL; their bytes are not made for it.
//!
//! Errors have the shape that GraphQL gives them, and statuses that say the same.

pub mod download;
pub mod upload;

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::execute::{Answer, reported};
use super::http::{Failure, JSON, challenge, respond};
use crate::error::{Code, Error};

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match error.code() {
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::LimitExceeded => StatusCode::PAYLOAD_TOO_LARGE,
            Code::Timeout => StatusCode::REQUEST_TIMEOUT,
            Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal | Code::Damaged => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Self(status, error)
    }
}

impl Failure {
    fn into_response(self, request_id: &str) -> Response {
        let Self(status, error) = self;
        let error = reported(error, request_id);
        let challenge =
            (status == StatusCode::UNAUTHORIZED).then(|| challenge(Some("invalid_token"), error.message()));
        let mut response = respond(status, JSON, &Answer::refuse([error.into()]));
        if let Some(challenge) = challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
