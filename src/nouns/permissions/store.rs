//! Whether a mutation could be made: its own decision, on what a view shows.

use async_graphql::ID;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _};
use uuid::Uuid;

use super::steps;
use crate::access::page::Keyed;
use crate::access::{Scope, View, table};
use crate::error::{Error, Result};
use crate::nouns::certificates::entity::certificate;
use crate::nouns::certificates::store::accounts;
use crate::nouns::contacts::entity::contact;
use crate::nouns::contacts::rules::{check_erasable, check_revealable};
use crate::nouns::deciding::check_stewardship;
use crate::nouns::delegations::entity::{DelegatedAction, delegation};
use crate::nouns::ids::{self, Noun};
use crate::nouns::memoranda::entity::memorandum;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::plans;
use crate::nouns::organisations::dividing::heirs_of_work;
use crate::nouns::organisations::entity::{organisation, succession};
use crate::nouns::partners::corrections::{self, CorrectionStatus, partner_correction};
use crate::nouns::partners::entity::partner;
use crate::nouns::partners::rules::{self as of_partners, Action};
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::partnerships::rules::permit_propose;
use crate::nouns::partnerships::store::lead_forms;
use crate::nouns::tokens::entity::token;
use crate::nouns::{clauses, comments, delegations, node, obstacles, organisations, quarters, tokens};

/// What is asked: of what an id names, by the actor of a view.
pub struct Asked<'a> {
    pub view: &'a View,
    id: Option<&'a ID>,
}

impl<'a> Asked<'a> {
    fn given(&self, noun: &str) -> Result<&'a ID> {
        self.id.ok_or_else(|| Error::input("id", "nothing", &format!("the id of a {noun}")))
    }

    /// Whether an id of this noun is given.
    pub fn is_of(&self, noun: Noun) -> bool {
        self.id.is_some_and(|id| ids::parse(noun, id).is_ok())
    }

    /// The row that is named, if the actor may know of it.
    pub async fn row<E: Scope + Keyed>(&self, noun: Noun) -> Result<E::Model> {
        let id = self.given(noun.as_str())?;
        let row = self.view.by_id::<E>(ids::parse(noun, id)?).await?;
        row.ok_or_else(|| Error::not_found(id))
    }

    fn expect_nothing(&self) -> Result<()> {
        let expected = "nothing: what is made belongs to nothing that there is";
        self.id.map_or(Ok(()), |id| Err(Error::input("id", id, expected)))
    }
}

/// Decides as the mutation would.
///
/// # Errors
///
/// Those of the mutation that do not depend on the values of its input; BAD_USER_INPUT for what is no mutation.
pub async fn decide(view: &View, action: &str, id: Option<&ID>) -> Result<()> {
    let rule = table::rule("Mutation", action);
    let rule = rule.ok_or_else(|| Error::input("action", action, "the name of a mutation"))?;
    let role = view.actor().role.ok_or_else(|| Error::internal("nobody asks"))?;
    if !rule.roles.contains(&role) {
        let coordinate = format!("Mutation.{action}");
        return Err(Error::out_of_schema(&coordinate, role.as_str(), rule.name, rule.english));
    }
    view.check_writing()?;
    let asked = Asked { view, id };
    if steps::decide(&asked, action).await?.is_some() {
        return Ok(());
    }
    if let Some(action) = OF_PARTNERS.into_iter().find(|(name, _)| *name == action) {
        return of_partner(&asked, action).await;
    }
    // What would be made has no id yet.
    let (actor, new) = (view.actor(), Uuid::nil());
    match action {
        "partnershipPropose" => {
            asked.expect_nothing()?;
            permit_propose(actor, new)?;
        }
        "partnerRegister" => {
            asked.expect_nothing()?;
            of_partners::permit_register(actor, new)?;
        }
        "organisationCreate" => {
            asked.expect_nothing()?;
            organisations::rules::permit(actor, "organisationCreate", new)?;
        }
        "quarterOpen" => {
            asked.expect_nothing()?;
            quarters::rules::permit_open(actor, new)?;
        }
        "milestonePlan" | "milestonePlanChain" => return plan(&asked, action == "milestonePlanChain").await,
        "obstacleRaise" => {
            let row = asked.row::<partnership::Entity>(Noun::Partnership).await?;
            obstacles::rules::permit_raise(actor, new, row.status)?;
        }
        "commentAdd" => return comment(&asked).await,
        "clauseAdd" => {
            asked.row::<memorandum::Entity>(Noun::Memorandum).await?;
            clauses::mutations::permit_add(actor, new)?;
        }
        "partnerProposeCorrection" => return propose_correction(&asked).await,
        "organisationRename" | "organisationSucceed" | "organisationDivideWork" => {
            return organisation(&asked, action).await;
        }
        "tokenIssue" => {
            asked.expect_nothing()?;
            tokens::rules::permit_issue(actor, new)?;
        }
        "tokenRevoke" => {
            let row = asked.row::<token::Entity>(Noun::Token).await?;
            tokens::rules::permit_revoke(actor, &row)?;
            tokens::rules::check_revocable(&row)?;
        }
        "delegationGrant" => return grant(&asked).await,
        "delegationRevoke" => return revoke(&asked).await,
        _ => return Err(Error::internal(format!("nothing here decides on {action}"))),
    }
    Ok(())
}

async fn plan(asked: &Asked<'_>, chain: bool) -> Result<()> {
    let (view, name) = (asked.view, if chain { "milestonePlanChain" } else { "milestonePlan" });
    let row = asked.row::<partnership::Entity>(Noun::Partnership).await?;
    plans::permit(view.actor(), name, Uuid::nil(), row.status)?;
    if chain {
        let own = Condition::all().add(milestone::Column::Partnership.eq(row.id));
        let count = view.count::<milestone::Entity>(own).await?;
        plans::check_unplanned(usize::try_from(count).unwrap_or(usize::MAX))?;
    }
    let leads = lead_forms(view, &[row.id]).await?;
    plans::expect_lead(leads.get(&row.id)).map(drop)
}

async fn comment(asked: &Asked<'_>) -> Result<()> {
    let id = asked.given("partnership, milestone, outcome, obstacle, quarter or piece of evidence")?;
    let (noun, subject) = ids::parse_any(id)?;
    let is_seen = !node::by_ids(asked.view, [(noun, subject)]).await?.is_empty();
    if !(is_seen && comments::rules::SUBJECTS.contains(&noun)) {
        return Err(Error::not_found(id));
    }
    comments::rules::permit(asked.view.actor(), Uuid::nil(), noun).map(drop)
}

/// What is done to a partner, or made for it.
const OF_PARTNERS: [Action; 11] = [
    of_partners::UPDATE,
    of_partners::SET_ACCOUNT,
    of_partners::REMOVE_ACCOUNT,
    of_partners::ACCEPT_CORRECTION,
    of_partners::DECLINE_CORRECTION,
    of_partners::ADD_CERTIFICATE,
    of_partners::EXPIRE_CERTIFICATE,
    of_partners::SET_CONTACT,
    of_partners::ERASE_CONTACT,
    of_partners::REVEAL_CONTACT,
    of_partners::EXPORT_SUBJECT,
];

async fn of_partner(asked: &Asked<'_>, action: Action) -> Result<()> {
    let view = asked.view;
    let decide = |subject: Uuid, partner: &partner::Model| {
        of_partners::permit(view.actor(), view.stewardship(), action, subject, partner)
    };
    if action == of_partners::EXPIRE_CERTIFICATE {
        let row = asked.row::<certificate::Entity>(Noun::Certificate).await?;
        return decide(row.id, &whose(asked, row.partner).await?).map(drop);
    }
    if [of_partners::ERASE_CONTACT, of_partners::REVEAL_CONTACT, of_partners::EXPORT_SUBJECT]
        .contains(&action)
    {
        let row = asked.row::<contact::Entity>(Noun::Contact).await?;
        decide(row.id, &whose(asked, row.partner).await?)?;
        return match action {
            of_partners::ERASE_CONTACT => check_erasable(row.erased),
            of_partners::REVEAL_CONTACT => check_revealable(row.erased),
            _ => Ok(()),
        };
    }
    let row = asked.row::<partner::Entity>(Noun::Partner).await?;
    decide(row.id, &row)?;
    if action == of_partners::REMOVE_ACCOUNT {
        return of_partners::check_account(accounts(view, &[row.id]).await?.len());
    }
    if action == of_partners::ACCEPT_CORRECTION || action == of_partners::DECLINE_CORRECTION {
        let waiting = waiting(view, row.id).await?;
        return of_partners::expect_waiting(waiting.first()).map(drop);
    }
    Ok(())
}

async fn whose(asked: &Asked<'_>, partner: Uuid) -> Result<partner::Model> {
    let row = asked.view.by_id::<partner::Entity>(partner).await?;
    row.ok_or_else(|| Error::not_found(asked.id.map_or("", |id| id.as_str())))
}

/// The corrections of a partner that wait.
async fn waiting(view: &View, partner: Uuid) -> Result<Vec<partner_correction::Model>> {
    let mut all = corrections::of_partners(view, &[partner]).await?;
    all.retain(|row| row.status == CorrectionStatus::Waiting);
    Ok(all)
}

async fn propose_correction(asked: &Asked<'_>) -> Result<()> {
    let (view, own) = (asked.view, asked.view.actor().organisation_id());
    let row = asked.row::<partner::Entity>(Noun::Partner).await?;
    of_partners::permit_correction(view.actor(), row.id)?;
    let waiting = waiting(view, row.id).await?;
    of_partners::check_none_waits(waiting.iter().any(|row| Some(row.organisation) == own))
}

async fn organisation(asked: &Asked<'_>, action: &str) -> Result<()> {
    use organisations::rules;
    let (view, actor) = (asked.view, asked.view.actor());
    let row = asked.row::<organisation::Entity>(Noun::Organisation).await?;
    let all = view.all(succession::Entity::find()).await?;
    match action {
        "organisationRename" => rules::permit(actor, "organisationRename", row.id).map(drop),
        "organisationSucceed" => {
            rules::permit(actor, "organisationSucceed", row.id)?;
            rules::check_not_followed(&all, row.id)
        }
        _ => {
            rules::permit(actor, "organisationDivideWork", row.id)?;
            heirs_of_work(&row, &all, view.today()).map(drop)
        }
    }
}

/// Of one partnership, or of all that the seat reports on.
async fn grant(asked: &Asked<'_>) -> Result<()> {
    let actions = <DelegatedAction as sea_orm::Iterable>::iter();
    let permits = actions
        .map(|action| delegations::rules::permit_grant(asked.view.actor(), Uuid::nil(), action).map(drop));
    let either = |one: Result<()>, other: Result<()>| one.or_else(|error| other.map_err(|_| error));
    permits.reduce(either).unwrap_or(Ok(()))?;
    if asked.id.is_none() {
        return Ok(());
    }
    let row = asked.row::<partnership::Entity>(Noun::Partnership).await?;
    check_stewarded(asked.view, Some(row.id)).await
}

async fn revoke(asked: &Asked<'_>) -> Result<()> {
    let row = asked.row::<delegation::Entity>(Noun::Delegation).await?;
    let organisation = asked.view.by_id::<organisation::Entity>(row.organisation).await?;
    let seat = organisation.and_then(|organisation| organisation.seat);
    delegations::rules::permit_revoke(asked.view.actor(), &row, seat)?;
    check_stewarded(asked.view, row.partnership).await?;
    delegations::rules::check_revocable(&row, row.version)
}

/// Where the seat was divided, each part delegates its own work.
async fn check_stewarded(view: &View, partnership: Option<Uuid>) -> Result<()> {
    let Some(partnership) = partnership else { return Ok(()) };
    let leads = lead_forms(view, &[partnership]).await?;
    check_stewardship(view.actor(), view.stewardship(), leads.get(&partnership).copied())
}
