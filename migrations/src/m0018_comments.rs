//! Comments: what is said of the work, for good.

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

const UP: &str = r#"
CREATE TABLE comment (
    id                  {uuid} NOT NULL PRIMARY KEY,
    version             {int} NOT NULL CHECK (version > 0),
    -- Null: of a quarter, which is no partnership's.
    partnership         {uuid},
    organisation        {uuid},
    subject_noun        {text} NOT NULL CHECK ({one_of subject_noun partnership milestone outcome obstacle quarter evidence}),
    subject             {uuid} NOT NULL,
    body                {text} NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    written_at          {time} NOT NULL,
    written_by          {text} NOT NULL,
    writer_role         {text} NOT NULL CHECK ({one_of writer_role KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN}),
    writer_organisation {uuid} NOT NULL REFERENCES organisation (id),
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    CHECK ((partnership IS NULL) = (organisation IS NULL)),
    CHECK ((partnership IS NULL) = (subject_noun = 'quarter')),
    CHECK (subject_noun <> 'partnership' OR subject = partnership)
) {strict};
CREATE INDEX comment_subject ON comment (subject, id);
CREATE INDEX comment_partnership ON comment (partnership, organisation);
CREATE INDEX comment_organisation ON comment (organisation, id);
"#;

const DOWN: &str = "
DROP TABLE comment;
";
