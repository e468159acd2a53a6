//! What a partnership and a partner show of themselves to those who are not party to them: views of those columns
//! alone, so that nothing else can be selected, filtered or ordered by.
//!
//! A partnership gets a public id. It is derived from its id and does not lead back to it: the id of a partnership tells
//! when it was recorded, the public one does not.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, Statement};
use sha2::{Digest as _, Sha256};

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, ADD).await?;
        fill(manager).await?;
        crate::run(manager, VIEWS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

/// The rows that are there already; journal images of before are read with the same id.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
    let select = Statement::from_string(backend, "SELECT id FROM partnership");
    for row in connection.query_all_raw(select).await? {
        let id = row.try_get::<uuid::Uuid>("", "id")?;
        let (public, own) = if backend == DbBackend::Postgres { ("$1", "$2") } else { ("?", "?") };
        let sql = format!("UPDATE partnership SET public_id = {public} WHERE id = {own}");
        connection
            .execute_raw(Statement::from_sql_and_values(backend, sql, [public_id(id).into(), id.into()]))
            .await?;
    }
    Ok(())
}

/// The first half of a SHA-256, as a UUID of version 8 (RFC 9562).
fn public_id(id: uuid::Uuid) -> uuid::Uuid {
    let hash = Sha256::new().chain_update(b"kemitraan:public-partnership:").chain_update(id).finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(half).into_uuid()
}

const ADD: &str = "
ALTER TABLE partnership ADD COLUMN public_id {uuid} NOT NULL DEFAULT {hex_uuid 00000000000000000000000000000000};
";

const VIEWS: &str = "
CREATE UNIQUE INDEX partnership_public_id ON partnership (public_id);
CREATE INDEX partnership_public_title ON partnership (title, public_id);

CREATE VIEW public_partnership AS
SELECT public_id AS id, organisation, title, status FROM partnership;

-- The name is shown with the partner's consent.
CREATE VIEW public_partner AS
SELECT partnership.public_id AS partnership, partner.name AS name
FROM partnership_partner
JOIN partnership ON partnership.id = partnership_partner.partnership
JOIN partner ON partner.id = partnership_partner.partner
WHERE partner.name_public;

-- Whoever knows a business number has had it from its holder.
CREATE VIEW public_nib AS
SELECT nib, name FROM partner WHERE nib IS NOT NULL;
";

const DOWN: &str = "
DROP VIEW public_nib;
DROP VIEW public_partner;
DROP VIEW public_partnership;
DROP INDEX partnership_public_title;
DROP INDEX partnership_public_id;
ALTER TABLE partnership DROP COLUMN public_id;
";
