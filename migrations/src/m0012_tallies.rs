//! Tallies of partnerships, milestones and outcomes, kept by the database itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::tally;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, &tally::create()).await?;
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let kept = if postgres { tally::postgres::create() } else { tally::sqlite::create() };
        crate::run(manager, &kept).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let kept = if postgres { tally::postgres::drop() } else { tally::sqlite::drop() };
        crate::run(manager, &kept).await?;
        crate::run(manager, &tally::drop()).await
    }
}
