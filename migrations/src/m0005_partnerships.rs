//! Partnerships (kemitraan) and the partners in them.

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
CREATE TABLE partnership (
    id                {uuid} NOT NULL PRIMARY KEY,
    version           {int} NOT NULL CHECK (version > 0),
    organisation      {uuid} NOT NULL REFERENCES organisation (id),
    executing_unit    {uuid} REFERENCES organisation (id),
    memorandum        {uuid} NOT NULL REFERENCES memorandum (id),
    renewal_of        {uuid} REFERENCES partnership (id),
    title             {text} NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    products          {text} NOT NULL,
    pattern           {text} NOT NULL CHECK ({one_of pattern INTI_PLASMA SUBCONTRACT FRANCHISE GENERAL_TRADE
                      DISTRIBUTION_AGENCY SUPPLY_CHAIN PROFIT_SHARING JOINT_OPERATION JOINT_VENTURE OUTSOURCING}),
    channel           {text} NOT NULL CHECK ({one_of channel LINK_AND_MATCH LARGE_INDUSTRY_AND_BUMN MARKETPLACE
                      GOVERNMENT_PROCUREMENT BUMN_PROCUREMENT}),
    supply_direction  {text} NOT NULL CHECK (supply_direction IN ('PARTNER_TO_BUMN', 'BUMN_TO_PARTNER')),
    batch             {text} NOT NULL,
    status            {text} NOT NULL CHECK ({one_of status PROPOSED CURATION PREPARATION TRIAL ACTIVE SUSPENDED
                      COMPLETED TERMINATED REJECTED}),
    status_reason     {text},
    potential_value   {money} CHECK (potential_value >= 0),
    potential_source  {text},
    potential_on      {date} {is_date potential_on},
    estimated_value   {money} CHECK (estimated_value >= 0),
    estimated_source  {text},
    estimated_on      {date} {is_date estimated_on},
    contracted_value  {money} CHECK (contracted_value >= 0),
    contracted_source {text},
    contracted_on     {date} {is_date contracted_on},
    UNIQUE (id, organisation),
    CHECK ({none_of status REJECTED SUSPENDED TERMINATED} OR status_reason IS NOT NULL),
    CHECK ((potential_value IS NULL) = (potential_source IS NULL) AND (potential_value IS NULL) = (potential_on IS NULL)),
    CHECK ((estimated_value IS NULL) = (estimated_source IS NULL) AND (estimated_value IS NULL) = (estimated_on IS NULL)),
    CHECK ((contracted_value IS NULL) = (contracted_source IS NULL) AND (contracted_value IS NULL) = (contracted_on IS NULL))
) {strict};
CREATE INDEX partnership_organisation ON partnership (organisation, title, id);
CREATE INDEX partnership_title ON partnership (title, id);
CREATE INDEX partnership_status ON partnership (status, title, id);
CREATE INDEX partnership_batch ON partnership (batch, title, id);
CREATE INDEX partnership_memorandum ON partnership (memorandum, title, id);
CREATE INDEX partnership_executing_unit ON partnership (executing_unit);
CREATE INDEX partnership_renewal_of ON partnership (renewal_of);

CREATE TABLE partnership_partner (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    partnership  {uuid} NOT NULL,
    organisation {uuid} NOT NULL,
    partner      {uuid} NOT NULL REFERENCES partner (id),
    lead         {bool} NOT NULL {is_bool lead},
    joined_on    {date} NOT NULL {is_date joined_on},
    UNIQUE (partnership, partner),
    -- The BUMN stands here too, so that a row is narrowed without a join; a succession moves both at once.
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred}
) {strict};
CREATE UNIQUE INDEX partnership_partner_lead ON partnership_partner (partnership) WHERE lead = {true};
CREATE INDEX partnership_partner_partner ON partnership_partner (partner, organisation);
CREATE INDEX partnership_partner_organisation ON partnership_partner (organisation, partner);
"#;

const DOWN: &str = "
DROP TABLE partnership_partner;
DROP TABLE partnership;
";
