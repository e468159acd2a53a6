//! What can be asked: the root of all queries.

use async_graphql::{Context, ID, MergedObject, Object};

use super::budgets::RateLimit;
use crate::access::View;
use crate::error::Result;
use crate::nouns::access_table::graphql::AccessTableQuery;
use crate::nouns::certificates::graphql::CertificatesQuery;
use crate::nouns::changes::graphql::ChangesQuery;
use crate::nouns::clauses::graphql::ClausesQuery;
use crate::nouns::codes::graphql::CodesQuery;
use crate::nouns::deadlines::graphql::DeadlinesQuery;
use crate::nouns::delegations::graphql::DelegationsQuery;
use crate::nouns::evidence::graphql::EvidenceQuery;
use crate::nouns::journal::graphql::JournalQuery;
use crate::nouns::memoranda::graphql::MemorandaQuery;
use crate::nouns::milestones::roots::MilestonesQuery;
use crate::nouns::node::{self, Node};
use crate::nouns::obstacles::graphql::ObstaclesQuery;
use crate::nouns::organisations::graphql::OrganisationsQuery;
use crate::nouns::outcomes::roots::OutcomesQuery;
use crate::nouns::partners::graphql::PartnersQuery;
use crate::nouns::partnerships::roots::PartnershipsQuery;
use crate::nouns::programme::graphql::ProgrammeQuery;
use crate::nouns::public::graphql::PublicQuery;
use crate::nouns::quarters::graphql::QuartersQuery;
use crate::nouns::reads::graphql::ReadsQuery;
use crate::nouns::reporting::graphql::ReportingQuery;
use crate::nouns::revisions::graphql::RevisionsQuery;
use crate::nouns::scorecards::graphql::ScorecardsQuery;
use crate::nouns::successions::graphql::SuccessionsQuery;
use crate::nouns::tokens::graphql::TokensQuery;

/// What can be asked. One answer is true at one sequence of the journal.
///
/// Segala yang dapat ditanyakan. Satu jawaban berlaku pada satu urutan jurnal.
#[derive(MergedObject)]
pub struct Query(
    General,
    MemorandaQuery,
    OrganisationsQuery,
    PartnersQuery,
    PartnershipsQuery,
    PublicQuery,
    MilestonesQuery,
    OutcomesQuery,
    QuartersQuery,
    ClausesQuery,
    CertificatesQuery,
    ObstaclesQuery,
    EvidenceQuery,
    RevisionsQuery,
    SuccessionsQuery,
    DelegationsQuery,
    ProgrammeQuery,
    ScorecardsQuery,
    DeadlinesQuery,
    ReportingQuery,
    JournalQuery,
    ReadsQuery,
    AccessTableQuery,
    ChangesQuery,
    CodesQuery,
    TokensQuery,
);

impl Default for Query {
    fn default() -> Self {
        Self(
            General,
            MemorandaQuery,
            OrganisationsQuery,
            PartnersQuery,
            PartnershipsQuery,
            PublicQuery,
            MilestonesQuery,
            OutcomesQuery,
            QuartersQuery,
            ClausesQuery,
            CertificatesQuery,
            ObstaclesQuery,
            EvidenceQuery,
            RevisionsQuery,
            SuccessionsQuery,
            DelegationsQuery,
            ProgrammeQuery,
            ScorecardsQuery,
            DeadlinesQuery,
            ReportingQuery,
            JournalQuery,
            ReadsQuery,
            AccessTableQuery,
            ChangesQuery,
            CodesQuery,
            TokensQuery,
        )
    }
}

/// The root fields that are no noun's.
pub struct General;

#[Object]
impl General {
    /// Who asks.
    ///
    /// Siapa yang bertanya.
    async fn viewer(&self, ctx: &Context<'_>) -> super::viewer::Viewer {
        super::viewer::Viewer(ctx.data_unchecked::<View>().clone())
    }

    /// What this request costs, and what your token may still ask for. Answers that are kept and given again cost a request
    /// and no points.
    ///
    /// Biaya permintaan ini dan sisa anggaran token Anda.
    async fn rate_limit(&self, ctx: &Context<'_>) -> RateLimit {
        ctx.data_opt::<RateLimit>().cloned().unwrap_or_default()
    }

    /// The object with this id, of whichever noun (Relay). NOT_FOUND where there is none that you can see.
    ///
    /// Objek dengan pengenal ini. NOT_FOUND bila tidak ada yang dapat Anda lihat.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Node>> {
        node::by_id(ctx.data_unchecked::<View>(), &id).await.transpose()
    }
}
