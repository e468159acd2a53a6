//! The nouns, a folder each, of the same four files, those that it needs: `entity.rs` (rows), `rules.rs` (what may
//! happen; pure), `store.rs` (SQL and scope), `graphql.rs` (types and resolvers; no SQL).

pub mod changes;
pub mod codes;
pub mod connection;
pub mod history;
pub mod ids;
pub mod journal;
pub mod memoranda;
pub mod milestones;
pub mod node;
pub mod organisations;
pub mod outcomes;
pub mod partners;
pub mod partnerships;
pub mod programme;
pub mod public;
pub mod quarters;
pub mod scalars;

use crate::journal::{Projection, Projector};

/// Every table that the journal projects, parents before children.
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Projector::<organisations::entity::organisation::Entity>::new()),
        Box::new(Projector::<organisations::entity::organisation_name::Entity>::new()),
        Box::new(Projector::<organisations::entity::succession::Entity>::new()),
        Box::new(Projector::<memoranda::entity::memorandum::Entity>::new()),
        Box::new(Projector::<memoranda::entity::memorandum_signatory::Entity>::new()),
        Box::new(Projector::<partners::entity::partner::Entity>::new()),
        Box::new(Projector::<partnerships::entity::partnership::Entity>::new()),
        Box::new(Projector::<partnerships::entity::partnership_partner::Entity>::new()),
        Box::new(Projector::<milestones::entity::milestone::Entity>::new()),
        Box::new(Projector::<milestones::entity::milestone_dependency::Entity>::new()),
        Box::new(Projector::<quarters::entity::quarter::Entity>::new()),
        Box::new(Projector::<quarters::entity::quarter_agreement::Entity>::new()),
        Box::new(Projector::<outcomes::entity::outcome::Entity>::new()),
        Box::new(Projector::<outcomes::entity::outcome_revision::Entity>::new()),
    ]
}
