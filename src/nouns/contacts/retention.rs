//! How long contacts are kept: so many days after the last partnership of their partner has ended. Then the program erases them,
//! in an act of its own for each partner.

use std::time::Duration;

use uuid::Uuid;

use super::acts::forget;
use super::entity::contact;
use super::{rules, store};
use crate::access::{Access, Actor, Done, Level, View, Write};
use crate::error::{Code, Error, Result};
use crate::nouns::partners;
use crate::nouns::partners::entity::partner;

/// The action of these acts in the journal.
const ACTION: &str = "retentionApply";

/// Erases the contacts that have been kept as long as they may be; of how many partners. With 0 days all are kept. Whoever calls it
/// goes on by [`Access::expunge`], where nothing was due, too: somebody's process may have ended between an erasure and that.
pub async fn apply(access: &Access, days: u32) -> Result<u64> {
    let program = Actor::system();
    let (mut partners, mut failed) = (0, None);
    if days > 0 {
        let before = rules::due_before(access.clock().today(), days);
        let perhaps = {
            let view = View::open(access, program.clone()).await?;
            store::perhaps_due(&view, before).await?
        };
        for partner in perhaps {
            match access.write(&program, None, None, (partner, days), erase_due).await {
                Ok(_) => partners += 1,
                // Another process was first, or the partner has left its partnership only lately.
                Err(error) if error.code() == Code::InvalidTransition => {}
                // The others' are due nonetheless.
                Err(error) => {
                    tracing::error!(%partner, cause = error.describe(), "contacts could not be erased");
                    failed = Some(error);
                }
            }
        }
    }
    failed.map_or(Ok(partners), Err)
}

async fn erase_due(mut write: Write, (id, days): (Uuid, u32)) -> Result<Done> {
    // Held, so that it enters no partnership meanwhile.
    let partner = write.hold::<partner::Entity>(id).await?;
    let partner = partner.ok_or_else(|| Error::internal("a contact's partner is not there"))?;
    let action = (ACTION, Level::Officer);
    let permit = partners::rules::permit(write.actor(), write.stewardship(), action, id, &partner)?;
    let before = rules::due_before(write.today(), days);
    let partnerships = write.all(store::partnerships_of(id)).await?;
    let partnerships = partnerships.iter().map(|row| (row.status, row.status_since)).collect::<Vec<_>>();
    let left = write.all(store::last_leaving(id)).await?.first().map(|entry| entry.at);
    let mut due = write.all(store::standing_of(id)).await?;
    due.retain(|row| rules::is_due(row.id, &partnerships, left, before));
    if due.is_empty() {
        return Err(Error::invalid_transition(
            "kept",
            "the contacts of this partner are to be kept for longer",
        ));
    }
    for row in due {
        write.hold::<contact::Entity>(row.id).await?;
        forget(&mut write, &permit, row).await?;
    }
    let reason =
        format!("the partner has had no open partnership for {days} days, for which contacts are kept");
    Ok(write.done(&permit, Some(&reason), partner.version)?.expunged_by_its_job())
}

/// Applies it now, and as soon as another day has begun, at which it looks so often.
pub async fn daily(access: Access, days: u32, every: Duration) {
    let mut applied = None;
    loop {
        let today = access.clock().today();
        if applied != Some(today) {
            let applied_now = apply(&access, days).await;
            access.expunge().await;
            match applied_now {
                Ok(partners) => {
                    applied = Some(today);
                    if partners > 0 {
                        tracing::info!(partners, "contacts were erased that are not kept any longer");
                    }
                }
                Err(error) => tracing::error!(cause = error.describe(), "retention could not be applied"),
            }
        }
        tokio::time::sleep(every).await;
    }
}
