//! How an actor stands on a day: whether its token is revoked, and by the successions that there are what its organisation has
//! inherited, whether it still writes, how long it still reads. Pure, but for the statements that read them.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use uuid::Uuid;

use super::tokens::Tokens;
use super::{Access, Actor, Reach, Role, Stewardship};
use crate::error::{Code, Error, Result};
use crate::journal::entity::head;

/// One organisation following another from a day on. The table is the organisations'; here are the columns that
/// access is decided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    pub predecessor: Uuid,
    /// The predecessor's seat.
    pub seat: Option<Role>,
    pub successor: Uuid,
    /// Which partners go with it.
    pub stewardship: Stewardship,
    pub effective_on: NaiveDate,
}

/// The successions and the tokens, as seen on one day.
#[derive(Debug, Clone)]
pub struct Standing {
    pub successions: Vec<Succession>,
    pub today: NaiveDate,
    /// Days for which a predecessor's tokens still read, the first day of the succession included.
    pub grace: u32,
    pub(super) tokens: Arc<Tokens>,
    /// Whether a token must be one of these.
    pub(super) registered: bool,
}

impl Standing {
    /// The nouns that it is read from.
    pub(super) const NOUNS: [&str; 3] = ["succession", "organisation", "token"];

    /// The journal's head, the sequence at which it last told of a token, and the successions, in one statement: it is sent with
    /// every write, and by whoever reads where the head has moved ([`Known`](super::fresh::Known)).
    pub(super) const SELECT: &str = r#"SELECT "journal_head"."sequence", "journal_head"."at", "journal_head"."hash",
 "succession"."predecessor", "succession"."successor", "succession"."stewardship", "succession"."effective_on",
 "organisation"."seat", (SELECT max("sequence") FROM "journal_change" WHERE "noun" = 'token') AS "tokens"
 FROM "journal_head"
 LEFT JOIN "succession" ON 1 = 1 LEFT JOIN "organisation" ON "organisation"."id" = "succession"."predecessor""#;

    /// Reads them, before anything is changed.
    pub(super) async fn read<C: ConnectionTrait>(tx: &C, access: &Access) -> Result<(head::Model, Self)> {
        let statement = Statement::from_string(tx.get_database_backend(), Self::SELECT);
        let (head, mut standing, at) = Self::of(&tx.query_all_raw(statement).await?, access)?;
        standing.tokens = match access.tokens.at(at) {
            Some(tokens) => tokens,
            None => access.tokens.keep(Tokens::load(tx, at, access.clock.now()).await?),
        };
        access.known.keep(&head, &standing);
        Ok((head, standing))
    }

    /// Reads them once more in a transaction that has changed rows, perhaps (`tokens`) those of tokens: of what is not committed
    /// nothing is remembered.
    pub(super) async fn read_again<C: ConnectionTrait>(
        tx: &C,
        access: &Access,
        tokens: bool,
    ) -> Result<(head::Model, Self)> {
        let statement = Statement::from_string(tx.get_database_backend(), Self::SELECT);
        let (head, mut standing, at) = Self::of(&tx.query_all_raw(statement).await?, access)?;
        standing.tokens = match access.tokens.at(at) {
            Some(known) if !tokens => known,
            _ => Arc::new(Tokens::load(tx, at, access.clock.now()).await?),
        };
        Ok((head, standing))
    }

    /// The rows of that statement, with the sequence at which the journal last told of a token; those are not read yet.
    pub(super) fn of(rows: &[QueryResult], access: &Access) -> Result<(head::Model, Self, i64)> {
        let first = rows.first().ok_or_else(|| Error::internal("the journal has no head"))?;
        let head = head::Model {
            id: 1,
            sequence: first.try_get("", "sequence")?,
            at: first.try_get("", "at")?,
            hash: first.try_get("", "hash")?,
        };
        let successions =
            rows.iter().map(succession).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        let tokens = first.try_get::<Option<i64>>("", "tokens")?.unwrap_or_default();
        let standing = Self {
            successions,
            today: access.clock.today(),
            grace: access.grace,
            tokens: Arc::default(),
            registered: access.registered,
        };
        Ok((head, standing, tokens))
    }

    /// The same for others, as of today.
    pub(super) fn to(&self, access: &Access) -> Self {
        Self {
            today: access.clock.today(),
            grace: access.grace,
            registered: access.registered,
            ..self.clone()
        }
    }

    pub(super) fn in_force(&self) -> impl Iterator<Item = &Succession> {
        self.successions.iter().filter(|succession| succession.effective_on <= self.today)
    }

    /// The day from which others have followed this organisation in its stead.
    fn succeeded_on(&self, organisation: Uuid) -> Option<NaiveDate> {
        let others = self.in_force().filter(|succession| {
            succession.predecessor == organisation && succession.successor != organisation
        });
        // Whoever has itself followed another on that day or since is there: what was split off has left it, what it
        // was merged into has come back to it.
        let since = self.in_force().filter(|succession| succession.successor == organisation);
        let since = since.map(|succession| succession.effective_on).max();
        let days = others.map(|succession| succession.effective_on);
        days.filter(|day| since.is_none_or(|since| since < *day)).min()
    }

    /// The last day on which the actor's token reads, where its organisation has been succeeded.
    pub fn reads_until(&self, actor: &Actor) -> Option<NaiveDate> {
        let since = self.succeeded_on(actor.organisation_id()?)?;
        Some(since + Days::new(self.grace.into()) - Days::new(1))
    }

    /// Refuses a token that is revoked, or whose organisation does not hold its seat on this day.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED: it is revoked, the days of grace are over, or the seat is to pass later.
    pub fn check_reading(&self, actor: &Actor) -> Result<()> {
        self.tokens.check(actor, self.registered)?;
        let refuse = |message: String| Err(Error::new(Code::Unauthenticated, message));
        if let Some(until) = self.reads_until(actor).filter(|until| *until < self.today) {
            return refuse(format!("the organisation was succeeded, and its tokens have read until {until}"));
        }
        let (Some(organisation), Some(role)) = (actor.organisation_id(), actor.role) else { return Ok(()) };
        match self.passes_on(organisation, role) {
            Some(day) => refuse(format!("the seat passes to the organisation on {day}")),
            None => Ok(()),
        }
    }

    /// The day on which a seat passes to an organisation that has yet to come to it.
    fn passes_on(&self, organisation: Uuid, seat: Role) -> Option<NaiveDate> {
        // Many hold the seat of a BUMN; that of a ministry passes on the day.
        if seat == Role::Bumn {
            return None;
        }
        let passes = self
            .successions
            .iter()
            .filter(|succession| succession.successor == organisation && succession.seat == Some(seat));
        // Whoever is only renamed has held it before.
        let days = passes.map(|succession| (succession.predecessor != organisation, succession.effective_on));
        let (is_other, day) = days.min_by_key(|(is_other, day)| (*day, *is_other))?;
        (is_other && day > self.today).then_some(day)
    }

    /// Refuses the writes of an organisation that others have followed.
    ///
    /// # Errors
    ///
    /// As [`check_reading`](Self::check_reading); FORBIDDEN by the rule `succeeded`.
    pub fn check_writing(&self, actor: &Actor) -> Result<()> {
        self.check_reading(actor)?;
        match actor.organisation_id().and_then(|organisation| self.succeeded_on(organisation)) {
            Some(day) => Err(Error::forbidden(
                "succeeded",
                format!(
                    "the organisation was succeeded on {day}: its tokens read for a while, and no longer write"
                ),
            )),
            None => Ok(()),
        }
    }

    /// Whether an organisation of a seat holds it on this day: it has come to it, and nobody has followed in its stead.
    pub fn holds(&self, organisation: Uuid, seat: Role) -> bool {
        self.succeeded_on(organisation).is_none() && self.passes_on(organisation, seat).is_none()
    }

    /// Whose work the actor may see: what its organisations have inherited is theirs.
    pub fn reach(&self, actor: &Actor) -> Reach {
        match actor.role {
            None | Some(Role::Kemenkopukm | Role::Kemenperin | Role::Kemenbumn) => Reach::All,
            Some(Role::Bumn) => Reach::Organisations(self.with_inherited(actor.organisation_id())),
            Some(Role::Auditor) => match &actor.assignment {
                // A token without its letter does not get so far; were one to, it would see nothing.
                None => Reach::Nobody,
                Some(letter) => match &letter.organisations {
                    None => Reach::All,
                    Some(some) => Reach::Organisations(
                        self.with_inherited(some.iter().map(|organisation| organisation.id)),
                    ),
                },
            },
            Some(Role::Admin) => Reach::Nobody,
        }
    }

    /// These, and all that they have followed, directly or by way of others.
    fn with_inherited(&self, organisations: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
        let mut all = organisations.into_iter().collect::<Vec<_>>();
        let mut at = 0;
        while let Some(successor) = all.get(at).copied() {
            for succession in self.in_force().filter(|succession| succession.successor == successor) {
                if !all.contains(&succession.predecessor) {
                    all.push(succession.predecessor);
                }
            }
            at += 1;
        }
        all
    }
}

fn succession(row: &QueryResult) -> Result<Option<Succession>> {
    let Some(predecessor) = row.try_get("", "predecessor")? else { return Ok(None) };
    Ok(Some(Succession {
        predecessor,
        seat: row.try_get("", "seat")?,
        successor: row.try_get("", "successor")?,
        stewardship: row.try_get("", "stewardship")?,
        effective_on: row.try_get("", "effective_on")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Assignment, Organisation};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn organisation(number: u128) -> Organisation {
        Organisation { id: Uuid::from_u128(number), code: format!("O{number}") }
    }

    fn actor(role: Role, number: u128) -> Actor {
        Actor::seed_for(role, organisation(number))
    }

    /// 1 → 2 and 3 on 21 October 2024; 3 → 4 a year later.
    fn standing(today: &str, seat: Role) -> Standing {
        let succession = |predecessor, successor, on| Succession {
            predecessor: Uuid::from_u128(predecessor),
            seat: Some(seat),
            successor: Uuid::from_u128(successor),
            stewardship: Stewardship::All,
            effective_on: day(on),
        };
        Standing {
            successions: vec![
                succession(1, 2, "2024-10-21"),
                succession(1, 3, "2024-10-21"),
                succession(3, 4, "2025-10-21"),
            ],
            today: day(today),
            grace: 90,
            tokens: Arc::default(),
            registered: false,
        }
    }

    #[test]
    fn a_predecessor_reads_for_its_days_of_grace_and_writes_nothing() {
        for role in [Role::Kemenkopukm, Role::Bumn] {
            let predecessor = actor(role, 1);
            let on = |day| standing(day, role);
            assert!(on("2024-10-20").check_writing(&predecessor).is_ok());
            assert_eq!(on("2024-10-20").reads_until(&predecessor), None);
            for within in ["2024-10-21", "2025-01-18"] {
                assert!(on(within).check_reading(&predecessor).is_ok(), "{within}");
                assert_eq!(on(within).reads_until(&predecessor), Some(day("2025-01-18")));
                let refused = on(within).check_writing(&predecessor).unwrap_err();
                assert_eq!(refused.details()["rule"], "succeeded");
            }
            let refused = on("2025-01-19").check_reading(&predecessor).unwrap_err();
            assert_eq!(refused.code(), Code::Unauthenticated);
            assert_eq!(
                on("2025-01-19").check_writing(&predecessor).unwrap_err().code(),
                Code::Unauthenticated
            );
            let none = Standing { grace: 0, ..on("2024-10-21") };
            assert!(none.check_reading(&predecessor).is_err());
        }
    }

    #[test]
    fn the_seat_of_a_ministry_passes_on_the_day() {
        let successor = actor(Role::Kemenkopukm, 2);
        assert!(standing("2024-10-20", Role::Kemenkopukm).check_reading(&successor).is_err());
        assert!(standing("2024-10-21", Role::Kemenkopukm).check_writing(&successor).is_ok());
        // Who takes over another seat has kept its own all along.
        assert!(standing("2024-10-20", Role::Kemenperin).check_writing(&successor).is_ok());
        // One that has already come into its seat is not suspended by what it takes over next.
        assert!(
            standing("2024-11-01", Role::Kemenkopukm).check_writing(&actor(Role::Kemenkopukm, 3)).is_ok()
        );
        // One that is to be renamed goes on meanwhile, whatever it takes over later.
        let mut renamed = standing("2024-10-20", Role::Kemenkopukm);
        let itself = Succession { predecessor: Uuid::from_u128(2), ..renamed.successions[0].clone() };
        renamed.successions.push(Succession { effective_on: day("2024-10-21"), ..itself });
        renamed.successions[0].effective_on = day("2025-10-21");
        assert!(renamed.check_writing(&successor).is_ok());
        assert!(renamed.holds(Uuid::from_u128(2), Role::Kemenkopukm));
        // A BUMN exists before it takes over another.
        assert!(standing("2024-10-20", Role::Bumn).check_writing(&actor(Role::Bumn, 2)).is_ok());
    }

    #[test]
    fn what_was_followed_is_inherited_through_all_that_lies_between() {
        let reach = |day: &str, number| match standing(day, Role::Bumn).reach(&actor(Role::Bumn, number)) {
            Reach::Organisations(some) => some.iter().map(|id| id.as_u128()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(reach("2024-10-20", 2), [2]);
        assert_eq!(reach("2024-10-21", 2), [2, 1]);
        assert_eq!(reach("2025-10-20", 4), [4]);
        assert_eq!(reach("2025-10-21", 4), [4, 3, 1]);
        assert_eq!(reach("2025-10-21", 1), [1]);

        let letter = Assignment {
            institution: String::new(),
            number: String::new(),
            organisations: Some(vec![organisation(4), organisation(9)]),
            from: day("2025-01-01"),
            until: day("2025-12-31"),
        };
        let auditor = Actor { role: Some(Role::Auditor), assignment: Some(letter), ..Actor::seed() };
        let reach = standing("2025-10-21", Role::Bumn).reach(&auditor);
        assert_eq!(reach, Reach::Organisations([4, 9, 3, 1].map(Uuid::from_u128).to_vec()));
    }

    #[test]
    fn who_is_split_from_or_comes_back_goes_on() {
        let bumn = actor(Role::Bumn, 1);
        let itself = Succession {
            successor: Uuid::from_u128(1),
            ..standing("2024-10-21", Role::Bumn).successions[0].clone()
        };
        let mut split = standing("2024-10-21", Role::Bumn);
        split.successions.push(itself.clone());
        assert!(split.check_writing(&bumn).is_ok());

        let mut back = standing("2026-01-01", Role::Bumn);
        assert!(back.check_reading(&bumn).is_err());
        let from = Uuid::from_u128(2);
        back.successions.push(Succession { predecessor: from, effective_on: day("2025-12-31"), ..itself });
        assert!(back.check_writing(&bumn).is_ok());
        assert!(back.check_writing(&actor(Role::Bumn, 2)).is_err());
        back.today = day("2025-12-30");
        assert!(back.check_reading(&bumn).is_err());
    }

    #[test]
    fn who_holds_a_seat_is_who_writes_for_it() {
        for role in [Role::Kemenkopukm, Role::Bumn] {
            for today in ["2024-10-20", "2024-10-21", "2025-10-20", "2025-10-21"] {
                let standing = standing(today, role);
                for number in 1..=4 {
                    let holds = standing.holds(Uuid::from_u128(number), role);
                    assert_eq!(
                        holds,
                        standing.check_writing(&actor(role, number)).is_ok(),
                        "{number} {today}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_circle_ends() {
        let mut standing = standing("2026-01-01", Role::Bumn);
        standing
            .successions
            .push(Succession { successor: Uuid::from_u128(1), ..standing.successions[2].clone() });
        let Reach::Organisations(all) = standing.reach(&actor(Role::Bumn, 1)) else { panic!() };
        assert_eq!(all.len(), 2);
    }
}
