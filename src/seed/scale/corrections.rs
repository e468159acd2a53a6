//! What BUMN say that is otherwise of partners: some of it waits for the steward, some was declined.

use std::collections::BTreeSet;

use chrono::Days;

use super::{REASON, World, as_of};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::Result;
use crate::nouns::partners::corrections::CorrectionStatus;
use crate::nouns::partners::corrections::partner_correction::{Entity, Model};
use crate::seed::at;

impl World {
    /// After all else, so that it changes nothing of that. Of each partner and BUMN one at most waits.
    pub(super) async fn corrections(&mut self) -> Result<()> {
        let doubted = std::mem::take(&mut self.doubted).into_iter().collect::<BTreeSet<_>>();
        let rows = doubted.into_iter().enumerate();
        let rows = rows.map(|(number, doubted)| self.correction(number, doubted));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let permit = Permit::grant(&Actor::seed(), "partnerTakeOver", self.memorandum, &[], Level::Officer)?;
        let mut write = self.write().await?;
        write.insert_many::<Entity>(&permit, &rows).await?;
        write.append(&permit, Some(REASON)).await?.commit().await?;
        Ok(())
    }

    fn correction(&self, number: usize, (bumn, partner): (usize, usize)) -> Result<Model> {
        let partner = &self.partners[partner];
        let (proposer, decider) = (self.hand(Role::Bumn, bumn)?, self.hand(partner.steward, bumn)?);
        let is_declined = number.is_multiple_of(2);
        let reason = "Contoh: alamat menurut pemeriksaan di lapangan (data contoh)".to_owned();
        Ok(Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partner: partner.id,
            organisation: self.bumn[bumn].id,
            name: None,
            scale: None,
            scale_since: None,
            nib: None,
            nik_koperasi: None,
            npwp: None,
            kbli: None,
            kbli_version: None,
            regency: Some("32.04".to_owned()),
            reason,
            status: if is_declined { CorrectionStatus::Declined } else { CorrectionStatus::Waiting },
            status_reason: is_declined.then(|| "Contoh: tidak terbukti (data contoh)".to_owned()),
            proposed_at: at(as_of() - Days::new(20), 9),
            proposed_by: proposer.id,
            decided_at: is_declined.then(|| at(as_of() - Days::new(10), 9)),
            decided_by: is_declined.then(|| decider.id.clone()),
            decider_organisation: decider.organisation_id().filter(|_| is_declined),
        })
    }
}
