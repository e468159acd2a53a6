//! What approvers delegate to service accounts.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, "DROP TABLE delegation;").await
    }
}

const UP: &str = r#"
CREATE TABLE delegation (
    id                {uuid} NOT NULL PRIMARY KEY,
    version           {int} NOT NULL CHECK (version > 0),
    organisation      {uuid} NOT NULL REFERENCES organisation (id),
    grantee           {text} NOT NULL CHECK (substr(grantee, 1, 8) = 'service:' AND length(grantee) BETWEEN 9 AND 208),
    action            {text} NOT NULL CHECK (action IN ('MILESTONE_SUBMIT', 'OUTCOME_SUBMIT')),
    partnership       {uuid} REFERENCES partnership (id),
    valid_from        {date} NOT NULL {is_date valid_from},
    valid_until       {date} NOT NULL {is_date valid_until},
    granted_at        {time} NOT NULL,
    granted_by        {text} NOT NULL CHECK (substr(granted_by, 1, 8) <> 'service:'),
    revoked_at        {time},
    revoked_by        {text},
    revocation_reason {text},
    CHECK (valid_from <= valid_until),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
    CHECK ((revoked_at IS NULL) = (revocation_reason IS NULL))
) {strict};
CREATE INDEX delegation_grantee ON delegation (organisation, grantee);
"#;
