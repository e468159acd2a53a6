//! The objects that have an identity of their own, of whichever noun.

use std::collections::HashMap;

use async_graphql::{ID, Interface};
use uuid::Uuid;

use super::certificates::graphql::Certificate;
use super::clauses::graphql::Clause;
use super::comments::graphql::Comment;
use super::connection::NounObject;
use super::contacts::graphql::Contact;
use super::delegations::graphql::Delegation;
use super::evidence::graphql::Evidence;
use super::ids::{self, Noun};
use super::memoranda::graphql::Memorandum;
use super::milestones::graphql::Milestone;
use super::obstacles::graphql::Obstacle;
use super::organisations::graphql::Organisation;
use super::outcomes::graphql::Outcome;
use super::partners::graphql::Partner;
use super::partnerships::graphql::Partnership;
use super::public::graphql::PublicPartnership;
use super::quarters::graphql::Quarter;
use super::revisions::graphql::OutcomeRevision;
use super::successions::graphql::Succession;
use super::tokens::graphql::Token;
use crate::access::page::Keyed;
use crate::access::{Rows, View, table};
use crate::error::{Error, Result};

/// An object with an identity of its own (Relay).
///
/// Objek dengan pengenal sendiri.
#[derive(Clone, Interface)]
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
    Contact(Contact),
    Obstacle(Obstacle),
    Comment(Comment),
    Evidence(Evidence),
    OutcomeRevision(OutcomeRevision),
    Succession(Succession),
    Delegation(Delegation),
    Token(Token),
}

/// The object with this id, or NOT_FOUND: also where it is out of the actor's sight.
pub async fn by_id(view: &View, id: &ID) -> Result<Option<Node>> {
    let found = by_ids(view, [ids::parse_any(id)?]).await?.into_values().next();
    found.map(Some).ok_or_else(|| Error::not_found(id))
}

/// The objects with these ids that the actor can see: one statement for each noun, whose objects become one list of
/// siblings.
pub async fn by_ids(
    view: &View,
    ids: impl IntoIterator<Item = (Noun, Uuid)>,
) -> Result<HashMap<(Noun, Uuid), Node>> {
    let mut of_noun = HashMap::<Noun, Vec<Uuid>>::new();
    for (noun, id) in ids {
        of_noun.entry(noun).or_default().push(id);
    }
    let mut nodes = HashMap::new();
    for (noun, mut ids) in of_noun {
        // The executor knows every type there is, and the role perhaps not this one.
        if !view.actor().role.is_some_and(|role| table::allows(role, noun.object(), "id")) {
            continue;
        }
        ids.sort_unstable();
        ids.dedup();
        let found = match noun {
            Noun::Memorandum => load(view, &ids, Node::Memorandum).await?,
            Noun::Organisation => load(view, &ids, Node::Organisation).await?,
            Noun::Partner => load(view, &ids, Node::Partner).await?,
            Noun::Partnership => load(view, &ids, Node::Partnership).await?,
            Noun::Milestone => load(view, &ids, Node::Milestone).await?,
            Noun::PublicPartnership => load(view, &ids, Node::PublicPartnership).await?,
            Noun::Outcome => load(view, &ids, Node::Outcome).await?,
            Noun::Quarter => load(view, &ids, Node::Quarter).await?,
            Noun::Clause => load(view, &ids, Node::Clause).await?,
            Noun::Certificate => load(view, &ids, Node::Certificate).await?,
            Noun::Contact => load(view, &ids, Node::Contact).await?,
            Noun::Obstacle => load(view, &ids, Node::Obstacle).await?,
            Noun::Comment => load(view, &ids, Node::Comment).await?,
            Noun::Evidence => load(view, &ids, Node::Evidence).await?,
            Noun::OutcomeRevision => load(view, &ids, Node::OutcomeRevision).await?,
            Noun::Succession => load(view, &ids, Node::Succession).await?,
            Noun::Delegation => load(view, &ids, Node::Delegation).await?,
            Noun::Token => load(view, &ids, Node::Token).await?,
        };
        nodes.extend(found.into_iter().map(|(id, node)| ((noun, id), node)));
    }
    Ok(nodes)
}

async fn load<N: NounObject>(view: &View, ids: &[Uuid], node: fn(N) -> Node) -> Result<Vec<(Uuid, Node)>> {
    let rows = view.by_ids::<N::Entity>(ids).await?.into_values().collect();
    let rows = Rows::siblings(view.clone(), rows).into_iter();
    Ok(rows.map(|row| (<N::Entity as Keyed>::key(&row), node(N::new(row)))).collect())
}
