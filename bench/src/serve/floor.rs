//! The floor: PostgreSQL builds the JSON, and it is sent as it comes.

use axum::body::Body;
use chrono::NaiveDate;
use sea_orm::sqlx::{self, PgPool};
use uuid::Uuid;

use crate::Result;
use crate::queries::{DASHBOARD_SIZE, PAGE_SIZE};

pub async fn dashboard(pool: &PgPool, today: NaiveDate) -> Result<Body> {
    let sql = include_str!("../../sql/floor_dashboard.sql");
    let query = sqlx::query_scalar::<_, String>(sql).bind(DASHBOARD_SIZE).bind(today);
    Ok(Body::from(query.fetch_one(pool).await?))
}

pub async fn page(pool: &PgPool, today: NaiveDate, (title, id): (String, Uuid)) -> Result<Body> {
    let sql = include_str!("../../sql/floor_page.sql");
    let query = sqlx::query_scalar::<_, String>(sql).bind(PAGE_SIZE).bind(today).bind(title).bind(id);
    Ok(Body::from(query.fetch_one(pool).await?))
}

pub async fn summary(pool: &PgPool, today: NaiveDate) -> Result<Body> {
    let sql = include_str!("../../sql/floor_summary.sql");
    Ok(Body::from(sqlx::query_scalar::<_, String>(sql).bind(today).fetch_one(pool).await?))
}
