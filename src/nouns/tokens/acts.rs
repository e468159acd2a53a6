//! The acts on tokens.

use uuid::Uuid;

use super::entity::token;
use super::rules::{self, Asked};
use crate::access::{Done, Write};
use crate::error::Result;
use crate::nouns::acting::Named;

/// Issues a token with this id.
pub async fn issue(mut write: Write, (id, asked): (Uuid, Asked)) -> Result<Done> {
    let permit = rules::permit_issue(write.actor(), id)?;
    let row = asked.issued(id, write.clock().now(), &write.actor().id);
    write.insert::<token::Entity>(&permit, &row).await?;
    write.done(&permit, Some(&row.purpose), row.version)
}

/// Revokes one: from the commit on nobody is let in by it.
pub async fn revoke(mut write: Write, (on, version, reason): (Named, i32, String)) -> Result<Done> {
    let row = on.hold::<token::Entity>(&mut write).await?;
    let permit = rules::permit_revoke(write.actor(), &row)?;
    let row = rules::revoked(row, version, write.clock().now(), &write.actor().id, &reason)?;
    write.update::<token::Entity>(&permit, &row).await?;
    write.done(&permit, Some(&reason), row.version)
}
