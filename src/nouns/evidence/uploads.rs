//! The SQL of uploads, and of what evidence says of its files.

use std::fmt;

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
};
use uuid::Uuid;

use super::entity::evidence::{Column, Entity};
use super::entity::upload;
use super::rules;
use crate::access::{Access, Actor, Reach, Scope, View};
use crate::error::Result;
use crate::files::{Files, Found, Received};
use crate::journal::verify::Progress;
use crate::types::Timestamp;

/// After so long, what has not come in whole never will.
const DAY_SECONDS: i64 = 86_400;

/// Files that are looked at in one transaction when they are swept.
const SWEPT_AT_ONCE: usize = 200;

/// An upload is its organisation's, and of no other: the ministries see all evidence, and attach none but their own.
impl Scope for upload::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(upload::Column::Organisation)
    }
}

/// The select of what an actor's organisation has sent with this hash, to be attached; see [`rules::attachable`].
pub fn upload_of(organisation: Uuid, sha256: &str) -> Select<upload::Entity> {
    upload::Entity::find_by_id((organisation, sha256.to_owned()))
}

/// Records that a file was sent, and moves it to where it is kept, in one step to whoever sweeps.
///
/// # Errors
///
/// Nothing is recorded where the file could not be kept.
pub async fn record(
    access: &Access,
    actor: &Actor,
    files: &Files,
    received: &Received,
    sent: upload::Model,
) -> Result<()> {
    // Bytes under this hash that are not these any more are replaced by these.
    let already = files.readable(&received.sha256, received.size).await.is_ok();
    let aside = access.aside(actor).await?;
    aside.hold_files(false).await?;
    aside.put::<upload::Entity>(sent).await?;
    files.keep(received, already).await?;
    aside.commit().await
}

/// How much was swept.
#[derive(Debug, PartialEq, Eq)]
pub struct Swept {
    pub uploads: u64,
    pub files: u64,
    /// Files that had never come in whole.
    pub abandoned: u64,
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { uploads, files, abandoned } = self;
        write!(
            f,
            "{uploads} uploads that were not attached, {files} files, {abandoned} that had not come in whole"
        )
    }
}

/// Removes uploads that were not attached in time, and the files that nothing refers to any more.
pub async fn sweep(access: &Access, files: &Files, now: Timestamp) -> Result<Swept> {
    let program = Actor::seed();
    let stale = upload::Column::At.lt(rules::swept_before(now));
    let aside = access.aside(&program).await?;
    let uploads = aside.delete(upload::Entity::delete_many().filter(stale)).await?;
    aside.commit().await?;
    let mut swept = Swept { uploads, files: 0, abandoned: files.remove_abandoned(DAY_SECONDS).await? };
    let kept = files.kept(DAY_SECONDS).await?;
    for some in kept.chunks(SWEPT_AT_ONCE) {
        // A transaction for these alone, so that nobody waits for long.
        let aside = access.aside(&program).await?;
        aside.hold_files(true).await?;
        let sent =
            aside.texts::<upload::Entity>(upload::Column::Sha256, upload::Column::Sha256.is_in(some)).await?;
        let attached = aside.texts::<Entity>(Column::Sha256, Column::Sha256.is_in(some)).await?;
        for sha256 in some.iter().filter(|sha256| !sent.contains(*sha256) && !attached.contains(*sha256)) {
            swept.files += u64::from(files.remove(sha256).await?);
        }
        aside.commit().await?;
    }
    Ok(swept)
}

/// What is told of the files of evidence.
#[derive(Debug, Default)]
pub struct Checked {
    /// Pieces of evidence.
    pub rows: u64,
    /// Files that were hashed, and their bytes.
    pub files: u64,
    pub bytes: u64,
    /// Pieces whose file is not as it was recorded, and the first of them in words.
    pub damaged: u64,
    pub findings: Vec<String>,
}

/// Where the whole store is missing, the first ones say it.
const MOST_FINDINGS: u64 = 100;

/// Reads the file of every piece of evidence, withdrawn ones too, and holds it against what was recorded of it.
pub async fn verify(access: &Access, files: &Files, tell: &mut Progress<'_>) -> Result<Checked> {
    let view = View::open(access, Actor::seed()).await?;
    let all = view.count::<Entity>(Condition::all()).await?.unsigned_abs();
    let mut checked = Checked::default();
    let mut last: Option<(String, Found)> = None;
    let mut after = None::<(String, Uuid)>;
    loop {
        let select = Entity::find().order_by_asc(Column::Sha256).order_by_asc(Column::Id).limit(1_000);
        let page = view
            .all(match &after {
                None => select,
                Some((sha256, id)) => select.filter(
                    Condition::any()
                        .add(Column::Sha256.gt(sha256))
                        .add(Condition::all().add(Column::Sha256.eq(sha256)).add(Column::Id.gt(*id))),
                ),
            })
            .await?;
        let Some(end) = page.last() else { break };
        after = Some((end.sha256.clone(), end.id));
        for row in page {
            let found = match last.take() {
                Some((sha256, found)) if sha256 == row.sha256 => found,
                _ => {
                    let found = files.verify(&row.sha256).await?;
                    if let Found::Whole { size } | Found::Other { size, .. } = found {
                        (checked.files, checked.bytes) = (checked.files + 1, checked.bytes + size);
                    }
                    found
                }
            };
            checked.rows += 1;
            let what = match &found {
                Found::Whole { size } if row.size.unsigned_abs() == *size => None,
                Found::Whole { size } => Some(format!("its file has {size} bytes, not {}", row.size)),
                Found::Other { sha256, .. } => {
                    Some(format!("its file has the hash {sha256}, not {}", row.sha256))
                }
                Found::Nothing => Some(format!("its file {} is not in the store", row.sha256)),
            };
            if let Some(what) = what {
                checked.damaged += 1;
                if checked.damaged <= MOST_FINDINGS {
                    checked.findings.push(format!("evidence {}: {what}", row.id));
                }
            }
            last = Some((row.sha256, found));
        }
        tell(checked.rows, all);
    }
    if checked.damaged > MOST_FINDINGS {
        checked.findings.push(format!("and {} more pieces of evidence", checked.damaged - MOST_FINDINGS));
    }
    Ok(checked)
}
