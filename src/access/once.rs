//! Idempotency keys: the same request of an actor is carried out once, however often it comes.
//!
//! A key lies in the table `idempotency_key`, outside the journal, and is written in the transaction of the entry that it
//! leads to. It is put there before anything else is done: whoever comes with the same one meanwhile waits at the unique
//! index, in whichever process, and then finds what became of it. Refusals leave nothing, and so no key.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, Statement,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Actor, Written};
use crate::error::{Code, Error, Result};
use crate::journal::Outside;
use crate::types::{Clock, Timestamp};

/// A key is kept for so long, in microseconds: 7 days.
const KEPT: i64 = 7 * 24 * 3_600 * 1_000_000;

/// Old keys that are removed in passing, at most.
const SWEPT: u64 = 200;

/// What an actor has done under a key.
pub mod idempotency_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub actor: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        /// SHA-256 of what was asked.
        pub body: Vec<u8>,
        pub recorded_at: crate::types::Timestamp,
        /// What was done; null while it is being done.
        pub subject: Option<Uuid>,
        pub version: Option<i32>,
        pub sequence: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl super::Outside for Entity {}
}

use idempotency_key::{Column, Entity, Model};

/// A request that is to be carried out once.
#[derive(Debug, Clone)]
pub struct Once {
    actor: String,
    key: String,
    body: Vec<u8>,
}

/// What a key says of a request.
pub(super) enum Found {
    /// Nothing was done under it yet; it is held.
    New,
    /// It was done.
    Before(Written),
    /// It is being done by an earlier write of the same transaction.
    Pending,
}

impl Once {
    /// `body` is what makes requests the same, beside who acts and for whom: the action, and its input.
    pub fn new(actor: &Actor, key: String, action: &str, body: &serde_json::Value) -> Result<Self> {
        // One person may hold a token of two seats: for the other seat it is another request.
        let role = actor.role.map(super::Role::as_str);
        let whole = serde_json::json!([action, role, actor.organisation_id(), body]);
        let whole = serde_json_canonicalizer::to_vec(&whole).map_err(Error::internal)?;
        Ok(Self { actor: actor.id.clone(), key, body: Sha256::digest(&whole).to_vec() })
    }

    /// Looks the key up, and holds it where it is new.
    ///
    /// # Errors
    ///
    /// IDEMPOTENCY_MISMATCH: another body came under it.
    pub(super) async fn find<C: ConnectionTrait>(&self, tx: &C, clock: &Clock) -> Result<Found> {
        let now = clock.now();
        let row = Model {
            actor: self.actor.clone(),
            key: self.key.clone(),
            body: self.body.clone(),
            recorded_at: now,
            subject: None,
            version: None,
            sequence: None,
        };
        // One that is too old is as if it were not there.
        let is_old = Expr::col((Entity, Column::RecordedAt)).lt(now.0 - KEPT);
        let mut renewed = OnConflict::columns([Column::Actor, Column::Key]);
        renewed
            .update_columns([
                Column::Body,
                Column::RecordedAt,
                Column::Subject,
                Column::Version,
                Column::Sequence,
            ])
            .action_and_where(is_old);
        let insert = Entity::insert(row.into_active_model()).on_conflict(renewed);
        let insert = insert.build(tx.get_database_backend());
        if tx.execute_raw(insert).await?.rows_affected() == 1 {
            return Ok(Found::New);
        }
        let found = Entity::find_by_id((self.actor.clone(), self.key.clone())).one(tx).await?;
        let found = found.ok_or_else(|| {
            Error::new(Code::Busy, "the same idempotency key was given up just now; send the request again")
        })?;
        if found.body != self.body {
            let message = "this idempotency key came with another action or input within the last 7 days: \
                           give each request a key of its own, and repeat it unchanged";
            return Err(Error::new(Code::IdempotencyMismatch, message));
        }
        Ok(match (found.subject, found.version, found.sequence) {
            (Some(subject), Some(version), Some(sequence)) => {
                Found::Before(Written { subject, version, sequence, erases: false })
            }
            _ => Found::Pending,
        })
    }

    /// Notes what was done.
    pub(super) async fn done<C: ConnectionTrait>(&self, tx: &C, written: &Written) -> Result<()> {
        let row = idempotency_key::ActiveModel {
            subject: Set(Some(written.subject)),
            version: Set(Some(written.version)),
            sequence: Set(Some(written.sequence)),
            ..Default::default()
        };
        let own = Column::Actor.eq(&self.actor).and(Column::Key.eq(&self.key));
        let updated = Entity::update_many().set(row).filter(own).exec(tx).await?;
        if updated.rows_affected != 1 {
            return Err(Error::internal("an idempotency key that was held is not there"));
        }
        Ok(())
    }
}

/// Of what was done on a subject, the keys stay, and what was asked under them is not told any more, by its hash either: the
/// same request under the same key is then another one.
pub(super) async fn forget<C: ConnectionTrait>(tx: &C, subject: Uuid) -> Result<()> {
    let forgotten = idempotency_key::ActiveModel { body: Set(vec![0; 32]), ..Default::default() };
    Entity::update_many().set(forgotten).filter(Column::Subject.eq(subject)).exec(tx).await?;
    Ok(())
}

/// Removes some of the keys that are too old; those that another is just removing are left to it.
pub(super) async fn sweep<C: ConnectionTrait>(tx: &C, now: Timestamp) -> Result<()> {
    let (backend, until) = (tx.get_database_backend(), now.0 - KEPT);
    let old = Entity::find().select_only().columns([Column::Actor, Column::Key]);
    let mut old = old.filter(Column::RecordedAt.lt(until)).limit(SWEPT).into_query();
    if backend == DbBackend::Postgres {
        use sea_orm::sea_query::{LockBehavior, LockType};
        old.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let is_old = Expr::tuple([Column::Actor, Column::Key].map(Expr::col));
    let delete: Statement = Entity::delete_many().filter(is_old.in_subquery(old)).build(backend);
    tx.execute_raw(delete).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Organisation, Role};
    use serde_json::json;

    #[test]
    fn what_makes_requests_the_same() {
        let seat = |role, number| {
            let organisation = Organisation { id: Uuid::from_u128(number), code: String::new() };
            Actor { id: "one".to_owned(), ..Actor::seed_for(role, organisation) }
        };
        let body = |actor: &Actor, action, body: serde_json::Value| {
            Once::new(actor, "key".to_owned(), action, &body).unwrap().body
        };
        let bumn = seat(Role::Bumn, 1);
        let one = body(&bumn, "milestoneStart", json!({ "id": "x", "expectedVersion": 1 }));
        assert_eq!(one, body(&bumn, "milestoneStart", json!({ "expectedVersion": 1, "id": "x" })));
        let level = Actor { level: Some(crate::access::Level::Officer), ..bumn.clone() };
        assert_eq!(one, body(&level, "milestoneStart", json!({ "expectedVersion": 1, "id": "x" })));
        for other in [
            body(&bumn, "milestoneStart", json!({ "id": "x", "expectedVersion": 2 })),
            body(&bumn, "milestoneStart", json!({ "id": "x", "expectedVersion": 1, "reason": null })),
            body(&bumn, "milestoneSubmit", json!({ "id": "x", "expectedVersion": 1 })),
            body(&seat(Role::Bumn, 2), "milestoneStart", json!({ "id": "x", "expectedVersion": 1 })),
            body(&seat(Role::Kemenbumn, 1), "milestoneStart", json!({ "id": "x", "expectedVersion": 1 })),
        ] {
            assert_ne!(one, other);
        }
    }
}
