//! A panic costs the request in which it happens, and nothing else.

use std::io::Write;
use std::sync::{Arc, Mutex};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{EmptySubscription, Schema, ServerResult, Value};
use axum::http::StatusCode;
use kemitraan::api::execute::App;
use kemitraan::api::{mutation::Mutation, query::Query};
use serde_json::json;

use crate::http::{GRAPHQL, WHO, assert_request_error};
use crate::support::{Backend, TestApp};
use crate::writes::{assert_verified, sequence};

crate::both!(a_panic_is_one_internal_and_the_process_goes_on);

/// What a panic may hold of somebody's.
const SAID: &str = "3174000000000001";

/// Makes two resolvers panic.
struct Panics;

impl ExtensionFactory for Panics {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Panics {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        assert!(!["today", "journalEntry"].contains(&info.name), "{SAID}");
        next.run(ctx, info).await
    }
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// On this thread, as long as the guard lives.
    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn a_panic_is_one_internal_and_the_process_goes_on(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let schema = Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .validation_mode(async_graphql::ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX)
        .disable_introspection()
        .extension(Panics)
        .finish();
    let app = plain.beside(App { schema, ..plain.app.clone() }, Arc::clone(&plain.keys));
    let log = Log::default();
    let guard = log.start();
    // More often than there are connections.
    for _ in 0..20 {
        let answer = app.post(WHO, "{ partnerships { totalCount } viewer { role today } }", json!({})).await;
        let body = assert_request_error(&answer, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL");
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(body["errors"][0]["extensions"], json!({ "code": "INTERNAL", "requestId": id }));
        assert_eq!(body["errors"].as_array().unwrap().len(), 1, "{body:#}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with(GRAPHQL));
        let log = log.text();
        let told = log.lines().filter(|line| line.contains(id) && line.contains("ERROR"));
        assert_eq!(told.count(), 1, "{log}");
        assert!(!log.contains(SAID) && !answer.text.contains(SAID));
    }
    drop(guard);
    app.data(WHO, "{ viewer { role } partnerships { totalCount } }").await;

    // After the commit: what was recorded stays so, as with any answer that is lost.
    let of = "{ milestones(first: 1, filter: { status: [SCHEDULED], reporter: [BUMN] }) { nodes { id version } } }";
    let next = app.data("PERTAMINA", of).await["milestones"]["nodes"][0].take();
    let start = |of: &str| {
        format!(
            "mutation {{ milestoneStart(input: {{ id: {}, expectedVersion: {} }}) {{ {of} }} }}",
            next["id"], next["version"]
        )
    };
    let before = sequence(&app).await;
    let answer = app.post("PERTAMINA", &start("journalEntry { sequence }"), json!({})).await;
    assert_request_error(&answer, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL");
    assert_eq!(sequence(&app).await, before + 1);
    assert_eq!(app.code("PERTAMINA", &start("version")).await, "CONFLICT");
    assert_verified(&app.app.access, &plain.folder).await;
}
