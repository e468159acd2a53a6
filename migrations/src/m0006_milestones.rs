//! Milestones (tahapan) and what they wait for.

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
CREATE TABLE milestone (
    id              {uuid} NOT NULL PRIMARY KEY,
    version         {int} NOT NULL CHECK (version > 0),
    partnership     {uuid} NOT NULL,
    organisation    {uuid} NOT NULL,
    position        {int} NOT NULL CHECK (position > 0),
    type            {text} NOT NULL CHECK ({one_of type NEED_IDENTIFICATION CURATION COACHING CERTIFICATION VENDOR_REGISTRATION
                    PRODUCT_TRIAL TRIAL_ORDER COOPERATION_AGREEMENT SUPPLY_CONTRACT DELIVERY PAYMENT REVIEW RENEWAL}),
    title           {text} NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    weight          {int} NOT NULL CHECK (weight BETWEEN 0 AND 100),
    reporter        {text} NOT NULL CHECK ({one_of reporter KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN}),
    verifier        {text} NOT NULL CHECK ({one_of verifier KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN}),
    first_due_on    {date} NOT NULL {is_date first_due_on},
    due_on          {date} NOT NULL {is_date due_on},
    reschedules     {int} NOT NULL CHECK (reschedules >= 0),
    status          {text} NOT NULL CHECK ({one_of status SCHEDULED IN_PROGRESS SUBMITTED RETURNED MET PARTIALLY_MET
                    NOT_MET CANCELLED}),
    status_reason   {text},
    occurred_on     {date} {is_date occurred_on},
    recorded_at     {time},
    report          {text},
    reported_by     {text},
    reporter_organisation {uuid} REFERENCES organisation (id),
    verified_at     {time},
    verified_by     {text},
    verifier_organisation {uuid} REFERENCES organisation (id),
    UNIQUE (partnership, position),
    UNIQUE (id, partnership),
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    CHECK (reporter <> verifier),
    CHECK (verified_by <> reported_by),
    CHECK (verifier_organisation <> reporter_organisation),
    CHECK (status NOT IN ('RETURNED', 'CANCELLED') OR status_reason IS NOT NULL),
    CHECK ({none_of status SUBMITTED MET PARTIALLY_MET NOT_MET} OR
           (occurred_on IS NOT NULL AND recorded_at IS NOT NULL AND reported_by IS NOT NULL AND reporter_organisation IS NOT NULL)),
    CHECK ({none_of status MET PARTIALLY_MET NOT_MET} OR
           (verified_at IS NOT NULL AND verified_by IS NOT NULL AND verifier_organisation IS NOT NULL))
) {strict};
CREATE INDEX milestone_partnership_due ON milestone (partnership, due_on, id);
CREATE INDEX milestone_organisation_due ON milestone (organisation, due_on, id);
CREATE INDEX milestone_due ON milestone (due_on, id);
CREATE INDEX milestone_status ON milestone (status, due_on, id);
CREATE INDEX milestone_verifier ON milestone (verifier, status, due_on, id);

CREATE TABLE milestone_dependency (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    partnership  {uuid} NOT NULL,
    organisation {uuid} NOT NULL,
    milestone    {uuid} NOT NULL,
    depends_on   {uuid} NOT NULL,
    UNIQUE (milestone, depends_on),
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    FOREIGN KEY (milestone, partnership) REFERENCES milestone (id, partnership),
    FOREIGN KEY (depends_on, partnership) REFERENCES milestone (id, partnership),
    CHECK (milestone <> depends_on)
) {strict};
CREATE INDEX milestone_dependency_depends_on ON milestone_dependency (depends_on);
CREATE INDEX milestone_dependency_partnership ON milestone_dependency (partnership, organisation);
"#;

const DOWN: &str = "
DROP TABLE milestone_dependency;
DROP TABLE milestone;
";
