//! What is delegated to service accounts: random delegations, in SQL, and as they are seen.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::figures::{moment, moment_text};
use super::lists::Row;
use super::random::{day, salt, text};
use super::script::{Script, null_or, text_of};
use super::sight::Sight;
use super::world::{Id, World, id, point, today};

#[derive(Debug, Clone)]
pub struct Delegation {
    pub id: Id,
    organisation: Id,
    grantee: &'static str,
    action: &'static str,
    partnership: Option<Id>,
    days: [NaiveDate; 2],
    granted_at: i64,
    /// With the reason.
    revoked: Option<(i64, String)>,
}

/// The organisation and the partnership; to whom what; from which day, and for how many; when granted, and revoked.
type Plan =
    (u64, (Index, Option<Index>), (&'static str, &'static str), (i64, i64), i64, Option<(i64, String)>);
pub type Plans = Vec<Plan>;

pub fn plans() -> impl Strategy<Value = Plans> {
    let what = (select(&["service:a", "service:b"][..]), select(&["MILESTONE_SUBMIT", "OUTCOME_SUBMIT"][..]));
    let revoked = prop::option::weighted(0.3, (moment(), text()));
    let place = (any::<Index>(), any::<Option<Index>>());
    prop::collection::vec((salt(), place, what, (-2_i64..=2, 0_i64..=2), moment(), revoked), 0..=6)
}

pub fn fill(world: &mut World, plans: Plans) {
    let row = |(
        at,
        (salt, (organisation, partnership), (grantee, action), (from, days), granted_at, revoked),
    ): (usize, Plan)| {
        let some = &world.partnerships;
        let partnership = partnership.filter(|_| !some.is_empty()).map(|index| index.get(some).id);
        Delegation {
            id: id("delegation", salt, at),
            organisation: organisation.get(&world.organisations).id,
            grantee,
            action,
            partnership,
            days: [day(from), day(from + days)],
            granted_at,
            revoked,
        }
    };
    world.delegations = plans.into_iter().enumerate().map(row).collect();
}

pub fn insert(world: &World, script: &mut Script) {
    let columns = "delegation (id, version, organisation, grantee, action, partnership, valid_from, valid_until, \
        granted_at, granted_by, revoked_at, revoked_by, revocation_reason)";
    script.insert(columns, &world.delegations, |s, row| {
        let [from, until] = row.days;
        let revoked = row.revoked.as_ref().map(|(at, why)| format!("{at}, 'i', {}", text_of(why)));
        format!(
            "{}, 3, {}, '{}', '{}', {}, '{from}', '{until}', {}, 'h', {}",
            s.id(row.id),
            s.id(row.organisation),
            row.grantee,
            row.action,
            null_or(row.partnership, |id| s.id(id)),
            row.granted_at,
            revoked.unwrap_or_else(|| "NULL, NULL, NULL".to_owned()),
        )
    });
}

/// Those of the organisations whose work is seen.
pub fn rows_of_delegations(sight: &Sight) -> Vec<Row> {
    let seen = sight.world.delegations.iter().filter(|one| sight.sees(one.organisation));
    let rows = seen.map(|one| {
        let ([from, until], revoked) = (one.days, one.revoked.as_ref());
        let facts = json!({
            "version": 3, "grantee": one.grantee, "action": one.action, "validFrom": from.to_string(),
            "validUntil": until.to_string(), "organisation": one.organisation.to_string(),
            "inForce": revoked.is_none() && from <= today() && today() <= until,
            "grantedAt": moment_text(one.granted_at), "grantedBy": "h",
            "revokedAt": revoked.map(|(at, _)| moment_text(*at)), "revokedBy": revoked.map(|_| "i"),
            "revocationReason": revoked.map(|(_, why)| why),
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

pub const DELEGATION: &str = "version grantee action validFrom validUntil inForce grantedAt grantedBy revokedAt revokedBy revocationReason";
pub const ON_DELEGATION: &str = "organisation { id } partnership { id }";

/// The partnership is told to whoever sees it.
pub fn on_delegation(sight: &Sight, id: Id) -> Value {
    let own = sight.world.delegations.iter().find(|own| own.id == id).unwrap();
    let partnership =
        own.partnership.filter(|id| sight.sees(sight.world.partnership(*id).organisation)).map(point);
    json!({ "organisation": point(own.organisation), "partnership": partnership })
}
