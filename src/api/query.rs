//! What can be asked: the root of all queries.

use async_graphql::{Context, ID, Interface, MergedObject, Object};

use crate::access::{View, table};
use crate::error::{Error, Result};
use crate::nouns::certificates::graphql::{Certificate, CertificatesQuery};
use crate::nouns::clauses::graphql::{Clause, ClausesQuery};
use crate::nouns::codes::graphql::CodesQuery;
use crate::nouns::connection::by_id;
use crate::nouns::contacts::graphql::Contact;
use crate::nouns::deadlines::graphql::DeadlinesQuery;
use crate::nouns::evidence::graphql::{Evidence, EvidenceQuery};
use crate::nouns::ids;
use crate::nouns::journal::graphql::JournalQuery;
use crate::nouns::memoranda::graphql::{MemorandaQuery, Memorandum};
use crate::nouns::milestones::graphql::{Milestone, MilestonesQuery};
use crate::nouns::obstacles::graphql::{Obstacle, ObstaclesQuery};
use crate::nouns::organisations::graphql::{Organisation, OrganisationsQuery};
use crate::nouns::outcomes::graphql::{Outcome, OutcomesQuery};
use crate::nouns::partners::graphql::{Partner, PartnersQuery};
use crate::nouns::partnerships::graphql::{Partnership, PartnershipsQuery};
use crate::nouns::programme::graphql::ProgrammeQuery;
use crate::nouns::public::graphql::{PublicPartnership, PublicQuery};
use crate::nouns::quarters::graphql::{Quarter, QuartersQuery};
use crate::nouns::reporting::graphql::ReportingQuery;
use crate::nouns::revisions::graphql::{OutcomeRevision, RevisionsQuery};
use crate::nouns::scorecards::graphql::ScorecardsQuery;
use crate::nouns::successions::graphql::{Succession, SuccessionsQuery};

/// An object with an identity of its own (Relay).
///
/// Objek dengan pengenal sendiri.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global identifier.\n\nPengenal global."))]
pub enum Node {
    Memorandum(Memorandum),
    Organisation(Organisation),
    Partner(Partner),
    Partnership(Partnership),
    Milestone(Milestone),
    PublicPartnership(PublicPartnership),
    Outcome(Outcome),
    Quarter(Quarter),
    Clause(Clause),
    Certificate(Certificate),
    Obstacle(Obstacle),
    Evidence(Evidence),
    OutcomeRevision(OutcomeRevision),
    Succession(Succession),
    Contact(Contact),
}

async fn node(view: &View, id: &ID) -> Result<Option<Node>> {
    let (noun, _) = ids::parse_any(id)?;
    // The executor knows every type there is, and the role perhaps not this one.
    if !view.actor().role.is_some_and(|role| table::allows(role, noun.object(), "id")) {
        return Err(Error::not_found(id));
    }
    Ok(match noun {
        ids::Noun::Memorandum => by_id(view, noun, id).await?.map(Node::Memorandum),
        ids::Noun::Organisation => by_id(view, noun, id).await?.map(Node::Organisation),
        ids::Noun::Partner => by_id(view, noun, id).await?.map(Node::Partner),
        ids::Noun::Partnership => by_id(view, noun, id).await?.map(Node::Partnership),
        ids::Noun::Milestone => by_id(view, noun, id).await?.map(Node::Milestone),
        ids::Noun::PublicPartnership => by_id(view, noun, id).await?.map(Node::PublicPartnership),
        ids::Noun::Outcome => by_id(view, noun, id).await?.map(Node::Outcome),
        ids::Noun::Quarter => by_id(view, noun, id).await?.map(Node::Quarter),
        ids::Noun::Clause => by_id(view, noun, id).await?.map(Node::Clause),
        ids::Noun::Certificate => by_id(view, noun, id).await?.map(Node::Certificate),
        ids::Noun::Obstacle => by_id(view, noun, id).await?.map(Node::Obstacle),
        ids::Noun::Evidence => by_id(view, noun, id).await?.map(Node::Evidence),
        ids::Noun::OutcomeRevision => by_id(view, noun, id).await?.map(Node::OutcomeRevision),
        ids::Noun::Succession => by_id(view, noun, id).await?.map(Node::Succession),
        ids::Noun::Contact => by_id(view, noun, id).await?.map(Node::Contact),
    })
}

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
    ProgrammeQuery,
    ScorecardsQuery,
    DeadlinesQuery,
    ReportingQuery,
    JournalQuery,
    CodesQuery,
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
            ProgrammeQuery,
            ScorecardsQuery,
            DeadlinesQuery,
            ReportingQuery,
            JournalQuery,
            CodesQuery,
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

    /// The object with this id, of whichever noun (Relay). NOT_FOUND where there is none that you can see.
    ///
    /// Objek dengan pengenal ini. NOT_FOUND bila tidak ada yang dapat Anda lihat.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Node>> {
        node(ctx.data_unchecked::<View>(), &id).await.transpose()
    }
}
