//! A change of what lies outside the journal alone: no entry tells of it, for nothing that the journal projects changes.

use sea_orm::sea_query::{IntoCondition, OnConflict};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, Condition, ConnectionTrait as _, DatabaseTransaction, DeleteMany,
    IntoActiveModel, Iterable as _, PrimaryKeyToColumn as _, QueryFilter as _, QuerySelect as _,
};

use super::write::refuse_auditor;
use super::{Access, Actor, Reach, Scope, Standing};
use crate::error::Result;
use crate::journal::Outside;

/// PostgreSQL's advisory lock between who refers to files and who sweeps them; the number is arbitrary and ours.
const FILES_LOCK: i64 = 0x6b65_6d69_6669_6c65;

/// An open change. Dropped before it is committed, it leaves nothing behind.
pub struct Aside {
    tx: DatabaseTransaction,
    reach: Reach,
}

impl Access {
    /// # Errors
    ///
    /// As for a write: FORBIDDEN for an auditor, and for an organisation that was succeeded; UNAUTHENTICATED as for a view.
    pub async fn aside(&self, actor: &Actor) -> Result<Aside> {
        refuse_auditor(actor)?;
        let tx = self.db.begin_write().await?;
        let (_, standing) = Standing::read(&tx, self).await?;
        standing.check_writing(actor)?;
        Ok(Aside { tx, reach: standing.reach(actor) })
    }
}

impl Aside {
    /// Holds off who sweeps files until the end; `alone`, to sweep: all others as well.
    pub async fn hold_files(&self, alone: bool) -> Result<()> {
        // On SQLite there is one that writes.
        if self.tx.get_database_backend() == sea_orm::DbBackend::Postgres {
            let lock = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
            self.tx.execute_unprepared(&format!("SELECT {lock}({FILES_LOCK})")).await?;
        }
        Ok(())
    }

    /// Puts a row, in the place of one with the same key.
    pub async fn put<E>(&self, row: E::Model) -> Result<()>
    where
        E: Outside,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        let keys = E::PrimaryKey::iter().map(|key| key.into_column());
        let replace = OnConflict::columns(keys).update_columns(E::Column::iter()).to_owned();
        E::insert(row.into_active_model()).on_conflict(replace).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Removes rows; how many there were.
    pub async fn delete<E: Outside>(&self, rows: DeleteMany<E>) -> Result<u64> {
        Ok(rows.exec(&self.tx).await?.rows_affected)
    }

    /// The texts in a column of the rows within the actor's reach that fit.
    pub async fn texts<E: Scope>(
        &self,
        column: E::Column,
        filter: impl IntoCondition,
    ) -> Result<Vec<String>> {
        let filter = Condition::all().add(filter.into_condition()).add(E::narrow(&self.reach));
        let texts = E::find().filter(filter).select_only().column(column).distinct().into_tuple();
        Ok(texts.all(&self.tx).await?)
    }

    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}
