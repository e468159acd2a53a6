//! What can be changed: the root of all mutations, a group for each noun. What they have in common is in `nouns/acting.rs`.

use async_graphql::MergedObject;

use crate::nouns::certificates::mutations::CertificatesMutation;
use crate::nouns::clauses::mutations::ClausesMutation;
use crate::nouns::comments::mutations::CommentsMutation;
use crate::nouns::contacts::mutations::ContactsMutation;
use crate::nouns::contacts::revealing::RevealingMutation;
use crate::nouns::delegations::mutations::DelegationsMutation;
use crate::nouns::evidence::mutations::EvidenceMutation;
use crate::nouns::milestones::mutations::MilestonesMutation;
use crate::nouns::obstacles::mutations::ObstaclesMutation;
use crate::nouns::organisations::mutations::OrganisationsMutation;
use crate::nouns::outcomes::mutations::OutcomesMutation;
use crate::nouns::partners::correcting::CorrectionsMutation;
use crate::nouns::partners::mutations::PartnersMutation;
use crate::nouns::partnerships::mutations::PartnershipsMutation;
use crate::nouns::partnerships::transitions::PartnershipSteps;
use crate::nouns::quarters::mutations::QuartersMutation;
use crate::nouns::references::mutations::ReferencesMutation;
use crate::nouns::tokens::mutations::TokensMutation;

/// What can be changed. Fields run in order, each in a transaction of its own; one that fails leaves nothing.
///
/// Segala yang dapat diubah. Setiap isian berjalan berurutan dalam transaksinya sendiri.
#[derive(Default, MergedObject)]
pub struct Mutation(
    MilestonesMutation,
    OutcomesMutation,
    QuartersMutation,
    PartnershipsMutation,
    PartnershipSteps,
    ReferencesMutation,
    PartnersMutation,
    CorrectionsMutation,
    CertificatesMutation,
    ContactsMutation,
    RevealingMutation,
    OrganisationsMutation,
    EvidenceMutation,
    DelegationsMutation,
    ObstaclesMutation,
    CommentsMutation,
    ClausesMutation,
    TokensMutation,
);
