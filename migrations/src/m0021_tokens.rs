//! Access tokens that were issued and revoked, and when each was last used. A token itself is kept nowhere.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

// 90 days and a year, in microseconds.
const UP: &str = r#"
CREATE TABLE token (
    id                   {uuid} NOT NULL PRIMARY KEY,
    version              {int} NOT NULL CHECK (version > 0),
    subject              {text} NOT NULL CHECK (length(subject) BETWEEN 1 AND 208),
    role                 {text} NOT NULL CHECK ({one_of role KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN AUDITOR ADMIN}),
    organisation_code    {text} REFERENCES organisation (code),
    level                {text} CHECK ({one_of level VIEWER OFFICER APPROVER}),
    purpose              {text} NOT NULL CHECK (length(purpose) > 0),
    expires_at           {time} NOT NULL,
    letter_institution   {text} CHECK (length(letter_institution) > 0),
    letter_number        {text} CHECK (length(letter_number) > 0),
    letter_organisations {text} CHECK (length(letter_organisations) > 0),
    letter_from          {date} {is_date letter_from},
    letter_until         {date} {is_date letter_until},
    issued_at            {time} NOT NULL,
    issued_by            {text} NOT NULL,
    revoked_at           {time},
    revoked_by           {text},
    revocation_reason    {text},
    CHECK (expires_at - issued_at <= CASE role WHEN 'AUDITOR' THEN 7776000000000 ELSE 31536000000000 END),
    CHECK ((role IN ('AUDITOR', 'ADMIN')) = (organisation_code IS NULL)),
    CHECK ((organisation_code IS NULL) = (level IS NULL)),
    CHECK ((role = 'AUDITOR') = (letter_institution IS NOT NULL)),
    CHECK ((letter_institution IS NULL) = (letter_number IS NULL)),
    CHECK ((letter_institution IS NULL) = (letter_from IS NULL)),
    CHECK ((letter_institution IS NULL) = (letter_until IS NULL)),
    CHECK (letter_institution IS NOT NULL OR letter_organisations IS NULL),
    CHECK (letter_from <= letter_until),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
    CHECK ((revoked_at IS NULL) = (revocation_reason IS NULL))
) {strict};
CREATE INDEX token_issued ON token (issued_at, id);
CREATE INDEX token_expires ON token (expires_at, id);
CREATE INDEX token_subject ON token (subject);

-- What every request looks at: whether any token was issued or revoked since the last look.
CREATE INDEX journal_change_token ON journal_change (sequence) WHERE noun = 'token';

CREATE TABLE token_use (
    token     {uuid} NOT NULL PRIMARY KEY REFERENCES token (id),
    used_at   {time} NOT NULL,
    used_from {text}
) {strict};
"#;

const DOWN: &str = "
DROP TABLE token_use;
DROP INDEX journal_change_token;
DROP TABLE token;
";
