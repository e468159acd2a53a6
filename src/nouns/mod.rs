//! The nouns, a folder each, of the same four files, those that it needs: `entity.rs` (rows), `rules.rs` (what may
//! happen; pure), `store.rs` (SQL and scope), `graphql.rs` (types and resolvers; no SQL).

pub mod access_table;
pub mod acting;
pub mod certificates;
pub mod changes;
pub mod clauses;
pub mod codes;
pub mod comments;
pub mod connection;
pub mod contacts;
pub mod deadlines;
pub mod deciding;
pub mod delegations;
pub mod evidence;
pub mod faults;
pub mod history;
pub mod ids;
pub mod journal;
pub mod memoranda;
pub mod milestones;
pub mod node;
pub mod obstacles;
pub mod organisations;
pub mod outcomes;
pub mod partners;
pub mod partnerships;
pub mod permissions;
pub mod programme;
pub mod public;
pub mod quarters;
pub mod reads;
pub mod references;
pub mod reporting;
pub mod revisions;
pub mod scalars;
pub mod scorecards;
pub mod search;
pub mod successions;
pub mod tallies;
pub mod tokens;
pub mod worklist;

use crate::journal::{Projection, Projector};

/// Every table that the journal projects, parents before children.
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Projector::<access_table::entity::access_table::Entity>::new()),
        Box::new(Projector::<organisations::entity::organisation::Entity>::new()),
        Box::new(Projector::<organisations::entity::organisation_name::Entity>::new()),
        Box::new(Projector::<organisations::entity::succession::Entity>::new()),
        Box::new(Projector::<tokens::entity::token::Entity>::new()),
        Box::new(Projector::<memoranda::entity::memorandum::Entity>::new()),
        Box::new(Projector::<memoranda::entity::memorandum_signatory::Entity>::new()),
        Box::new(Projector::<memoranda::entity::baseline::Entity>::new()),
        Box::new(Projector::<clauses::entity::clause::Entity>::new()),
        Box::new(Projector::<partners::entity::partner::Entity>::new()),
        Box::new(Projector::<certificates::entity::certificate::Entity>::new()),
        Box::new(Projector::<certificates::entity::platform_account::Entity>::new()),
        Box::new(Projector::<contacts::entity::contact::Entity>::new()),
        Box::new(Projector::<partners::corrections::partner_correction::Entity>::new()),
        Box::new(Projector::<partnerships::entity::partnership::Entity>::new()),
        Box::new(Projector::<partnerships::entity::partnership_partner::Entity>::new()),
        Box::new(Projector::<delegations::entity::delegation::Entity>::new()),
        Box::new(Projector::<milestones::entity::milestone::Entity>::new()),
        Box::new(Projector::<milestones::entity::milestone_dependency::Entity>::new()),
        Box::new(Projector::<milestones::entity::reschedule::Entity>::new()),
        Box::new(Projector::<references::entity::external_reference::Entity>::new()),
        Box::new(Projector::<obstacles::entity::obstacle::Entity>::new()),
        Box::new(Projector::<evidence::entity::evidence::Entity>::new()),
        Box::new(Projector::<quarters::entity::quarter::Entity>::new()),
        Box::new(Projector::<quarters::entity::quarter_agreement::Entity>::new()),
        Box::new(Projector::<outcomes::entity::outcome::Entity>::new()),
        Box::new(Projector::<outcomes::entity::outcome_revision::Entity>::new()),
        Box::new(Projector::<comments::entity::comment::Entity>::new()),
    ]
}
