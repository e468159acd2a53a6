//! Seaography over the bench's PostgreSQL: entities as its generator writes them, the columns that are measured; its own
//! schema, loaders and paging. No token, no narrowing, no journal.

mod entities;

use async_graphql::dynamic::Schema;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use seaography::{Builder, BuilderContext};

use entities::{milestone, organisation, organisation_name, partner, partnership, partnership_partner};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

seaography::register_entity_modules!([
    milestone,
    organisation,
    organisation_name,
    partner,
    partnership,
    partnership_partner
]);

fn schema(database: DatabaseConnection) -> Result<Schema, async_graphql::dynamic::SchemaError> {
    let context: &'static BuilderContext = Box::leak(Box::default());
    let builder = register_entity_modules(Builder::new(context, database.clone()));
    builder.schema_builder().data(database).finish()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = ConnectOptions::new(std::env::var("DATABASE_URL")?);
    options.sqlx_logging(false).max_connections(16);
    let schema = schema(Database::connect(options).await?)?;
    let router = axum::Router::new().route("/graphql", post(answer)).with_state(schema);
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{}", std::env::var("PORT")?)).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn answer(
    State(schema): State<Schema>,
    axum::Json(request): axum::Json<async_graphql::Request>,
) -> impl IntoResponse {
    let answer = schema.execute(request).await;
    ([(header::CONTENT_TYPE, "application/json")], serde_json::to_vec(&answer).unwrap_or_default())
}
