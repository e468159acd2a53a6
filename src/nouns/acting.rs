//! What every mutation has in common. One is: its input, the faults of it, an act, the payload of its noun.
//!
//! ```text
//! let mut faults = Faults::default();
//! let given = (faults.id(Noun::Milestone, &input.id), input.expected_version, faults.reason(…));
//! acting::carry_out(ctx, &input.manner, faults, given, async |mut write: Write, (on, version, reason)| {
//!     let row = on.hold::<milestone::Entity>(&mut write).await?;       // what the rules look at, parents first
//!     let (permit, row) = rules::…(write.actor(), &row, version, …)?;  // decides, gives the permit and the new row
//!     write.update::<milestone::Entity>(&permit, &row).await?;
//!     write.done(&permit, Some(&reason), row.version)
//! })
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_graphql::{Context, ID, InputObject};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::connection::NounObject;
use super::faults::Faults;
use super::history::store as history;
use super::ids::{self, Noun};
use super::journal::graphql::{JournalEntry, entry_at};
use crate::access::page::{Keyed, Page};
use crate::access::{Access, Actor, Done, Once, Rows, Scope, View, Write};
use crate::config::RuleSettings;
use crate::error::{Code, Error, Result};
use crate::journal::Projected;

/// The most acts that CONFLICT tells of.
const TOLD: u64 = 20;

/// What a mutation needs of the request that it came in.
pub struct Acting {
    pub access: Access,
    pub actor: Actor,
    pub request_id: String,
    pub settings: RuleSettings,
    /// The sequence of the last entry that the request has made.
    pub sequence: AtomicI64,
}

/// How a mutation is to be carried out: two fields of every input.
///
/// Cara mutasi dilaksanakan: dua isian pada setiap masukan.
#[derive(Debug, Clone, Default, InputObject)]
pub struct Manner {
    /// A key of your own for this request, 1 to 255 visible ASCII characters. For 7 days the same request with the same key
    /// is carried out once and answered alike; another one gets IDEMPOTENCY_MISMATCH.
    ///
    /// Kunci Anda untuk permintaan ini, 1 sampai 255 karakter ASCII tercetak. Selama 7 hari permintaan yang sama dengan kunci
    /// yang sama dilaksanakan sekali dan dijawab sama; permintaan lain mendapat IDEMPOTENCY_MISMATCH.
    idempotency_key: Option<String>,
    /// Whether only to show what would come of it: all rules hold, nothing is kept, and the payload has no journal entry.
    ///
    /// Hanya memperlihatkan hasilnya: semua aturan berlaku, tidak ada yang disimpan, dan jawaban tanpa catatan jurnal.
    #[graphql(default)]
    dry_run: bool,
}

impl Manner {
    /// Whether it is only tried.
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

/// What a mutation is done to: the first fields of most inputs.
///
/// Sasaran mutasi: isian pertama kebanyakan masukan.
#[derive(Debug, Clone, InputObject)]
pub struct Target {
    /// The id of what it is done to.
    ///
    /// Pengenal sasarannya.
    pub id: ID,
    /// The version of it that you have read.
    ///
    /// Versi yang telah Anda baca.
    pub expected_version: i32,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// What became of a mutation, for its payload.
pub struct Made<N> {
    /// The object as it is now, or would be.
    pub object: N,
    /// Its version after the act.
    pub version: i32,
    /// None in a dry run.
    pub entry: Option<JournalEntry>,
}

/// The payload of a noun's mutations: the object, `version` and `journalEntry`.
pub trait Payload {
    type Object: NounObject<Entity: Scope + Keyed + Projected>;

    fn of(made: Made<Self::Object>) -> Self;
}

/// An object that an input names.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: Uuid,
    /// As it was given.
    pub given: ID,
}

impl Named {
    /// The row, held against other writers until the end.
    ///
    /// # Errors
    ///
    /// NOT_FOUND.
    pub async fn hold<E: Scope + Projected>(&self, write: &mut Write) -> Result<E::Model> {
        write.hold::<E>(self.id).await?.ok_or_else(|| Error::not_found(&self.given))
    }

    /// The row, not held.
    ///
    /// # Errors
    ///
    /// NOT_FOUND.
    pub async fn find<E: Scope + Keyed>(&self, write: &Write) -> Result<E::Model> {
        write.find::<E>(self.id).await?.ok_or_else(|| Error::not_found(&self.given))
    }
}

/// Today in Asia/Jakarta.
pub fn today(ctx: &Context<'_>) -> NaiveDate {
    ctx.data_unchecked::<Arc<Acting>>().access.clock().today()
}

/// The settings of the rules.
pub fn settings(ctx: &Context<'_>) -> RuleSettings {
    ctx.data_unchecked::<Arc<Acting>>().settings
}

/// Carries a mutation out, or only tries it, and gives its payload.
///
/// # Errors
///
/// The faults of the input, all at once; those of `act`; those of [`Access::write`].
pub async fn carry_out<P, I, F, A>(
    ctx: &Context<'_>,
    manner: &Manner,
    mut faults: Faults,
    given: I,
    act: F,
) -> Option<Result<P>>
where
    P: Payload,
    I: Clone + Send + Sync + 'static,
    F: Fn(Write, I) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Done>> + Send + 'static,
{
    let acting = ctx.data_unchecked::<Arc<Acting>>();
    let made = async {
        if let Some(key) = &manner.idempotency_key {
            faults.idempotency_key("input.idempotencyKey", key);
        }
        faults.check()?;
        if manner.dry_run {
            return acting.rehearse::<P::Object, _, _, _>(given, act).await;
        }
        let key = manner.idempotency_key.clone();
        let once =
            key.map(|key| Once::new(&acting.actor, key, ctx.field().name(), &body(ctx)?)).transpose()?;
        acting.perform::<P::Object, _, _, _>(once, given, act).await
    };
    match made.await {
        Ok(made) => Some(Ok(P::of(made))),
        Err(error) => Some(Err(acting.explain::<P::Object>(error).await)),
    }
}

/// The input as it was sent, without what says how it is to be carried out.
fn body(ctx: &Context<'_>) -> Result<Value> {
    let arguments = ctx.field().arguments().map_err(|error| Error::internal(error.message))?;
    let mut body = serde_json::Map::new();
    for (name, value) in arguments {
        body.insert(name.to_string(), value.into_json().map_err(Error::internal)?);
    }
    if let Some(input) = body.get_mut("input").and_then(Value::as_object_mut) {
        input.retain(|name, _| name != "idempotencyKey" && name != "dryRun");
    }
    Ok(Value::Object(body))
}

impl Acting {
    /// Answers through a view that is opened after the commit.
    async fn perform<N, I, F, A>(&self, once: Option<Once>, given: I, act: F) -> Result<Made<N>>
    where
        N: NounObject,
        I: Clone + Send + Sync + 'static,
        F: Fn(Write, I) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Done>> + Send + 'static,
    {
        let request_id = Some(self.request_id.clone());
        let written = self.access.write(&self.actor, request_id, once, given, act).await?;
        self.sequence.fetch_max(written.sequence, Ordering::Relaxed);
        let view = View::after(&written, &self.access, self.actor.clone()).await?;
        Ok(Made {
            object: object(&view, written.subject).await?,
            version: written.version,
            entry: Some(entry_at(&view, written.sequence).await?),
        })
    }

    /// Answers through the view of the transaction, which ends with it.
    async fn rehearse<N, I, F, A>(&self, given: I, act: F) -> Result<Made<N>>
    where
        N: NounObject,
        I: Clone + Send + Sync + 'static,
        F: Fn(Write, I) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Done>> + Send + 'static,
    {
        let (subject, version, view) = self.access.rehearse(&self.actor, given, act).await?;
        Ok(Made { object: object(&view, subject).await?, version, entry: None })
    }

    /// Tells with a CONFLICT what has changed since, where it is of the payload's own noun.
    async fn explain<N: NounObject<Entity: Projected>>(&self, error: Error) -> Error {
        if error.code() != Code::Conflict {
            return error;
        }
        match self.changes::<N::Entity>(error.details()).await {
            Ok(Some(changes)) => error.and("changes", changes),
            Ok(None) => error,
            Err(worse) => worse,
        }
    }

    async fn changes<E: Scope + Projected>(
        &self,
        details: &serde_json::Map<String, Value>,
    ) -> Result<Option<Value>> {
        let number = |name: &str| details.get(name).and_then(Value::as_i64).unwrap_or_default();
        let id = details.get("id").and_then(Value::as_str).map(ID::from);
        let Some((noun, id)) = id.and_then(|id| ids::parse_any(&id).ok()) else { return Ok(None) };
        if noun.as_str() != E::NOUN {
            return Ok(None);
        }
        // Each act raises the version by one.
        let since = u64::try_from(number("currentVersion") - number("expectedVersion")).unwrap_or_default();
        let page = Page { size: since.min(TOLD), backward: true, after: None, before: None };
        let view = View::open(&self.access, self.actor.clone()).await?;
        let slice = history::page::<E>(&view, &[id], &page).await?.remove(&id).unwrap_or_default();
        let fields = history::fields::<E>(&view, &slice.rows.iter().collect::<Vec<_>>()).await?;
        let told = slice.rows.iter().map(|act| {
            let fields = fields.get(&(act.id, act.sequence)).into_iter().flatten();
            json!({
                "sequence": act.sequence,
                "recordedAt": act.at.to_string(),
                "actor": act.actor,
                "role": act.role,
                "organisation": act.organisation.map(|id| Noun::Organisation.id(id).0),
                "action": act.action,
                "fields": fields.map(|change| change.field.as_str()).collect::<Vec<_>>(),
            })
        });
        Ok(Some(told.collect()))
    }
}

async fn object<N: NounObject>(view: &View, id: Uuid) -> Result<N> {
    let row = view.by_id::<N::Entity>(id).await?;
    // It may have gone since, where the answer is to a request that came again.
    let row = row.ok_or_else(|| Error::new(Code::NotFound, "what was changed is not there any more"))?;
    Ok(N::new(Rows::single(view.clone(), row)))
}
