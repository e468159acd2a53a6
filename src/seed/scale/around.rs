//! What surrounds the milestones: evidence, reschedules, references, obstacles with what is said of them and delegated.

use chrono::Days;

use super::partnerships::Course;
use super::{Rows, World, as_of};
use crate::access::Role;
use crate::error::Result;
use crate::nouns::comments::entity::comment;
use crate::nouns::delegations::entity::{DelegatedAction, delegation};
use crate::nouns::ids::Noun;
use crate::nouns::milestones::entity::{
    MilestoneStatus, MilestoneType, RescheduleStatus, milestone, reschedule,
};
use crate::nouns::milestones::rules::UNREPORTED;
use crate::nouns::obstacles::entity::{ObstacleCategory, ObstacleStatus, Severity, obstacle};
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::references::entity::external_reference;
use crate::seed::at;
use crate::seed::surroundings::{MOVED, evidence_of};
use crate::types::Timestamp;

impl World {
    /// `milestones` are the last ones of `rows`.
    pub(super) fn around(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        milestones: &[milestone::Model],
        rows: &mut Rows,
    ) -> Result<()> {
        let first = rows.milestones.len() - milestones.len();
        let number = course.place + 1;
        rows.references.push(self.reference(of, None, format!("CONTOH-{number:05}")));
        for (row, place) in milestones.iter().zip(first..) {
            if let Some(recorded_at) = row.recorded_at {
                self.evidence(course, of, row, recorded_at, rows)?;
            }
            if let Some(moved) = self.reschedule(course, row)? {
                if moved.status == RescheduleStatus::Effective {
                    rows.milestones[place].due_on = moved.due_on;
                    rows.milestones[place].reschedules = 1;
                }
                rows.reschedules.push(moved);
            }
            let is_known = matches!(
                row.kind,
                MilestoneType::SupplyContract | MilestoneType::Delivery | MilestoneType::TrialOrder
            );
            if is_known && row.status != MilestoneStatus::Scheduled {
                let value = format!("CONTOH-{number:05}-{:02}", row.position);
                rows.references.push(self.reference(of, Some(row.id), value));
            }
        }
        for _ in 0..self.dice.pick([0, 0, 0, 0, 1, 1, 2]) {
            let obstacle = self.obstacle(course, of, milestones)?;
            rows.comments.push(self.comment(&obstacle));
            rows.delegations.push(self.delegation(&obstacle));
            rows.obstacles.push(obstacle);
        }
        Ok(())
    }

    fn evidence(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        row: &milestone::Model,
        recorded_at: Timestamp,
        rows: &mut Rows,
    ) -> Result<()> {
        let actor = self.hand(row.reporter, course.bumn)?;
        for mut piece in evidence_of(&self.seed, &actor, row, of.contracted_value)? {
            piece.attached_at = recorded_at;
            if row.status == MilestoneStatus::Returned && self.dice.percent(30) {
                piece.withdrawn_at = Some(at(as_of() - Days::new(2), 10));
                piece.withdrawn_by = Some(actor.id.clone());
                piece.withdrawal_reason = Some("Data contoh: berkas milik kemitraan lain".to_owned());
            }
            rows.evidence.push(piece);
        }
        Ok(())
    }

    /// In one of five; of those past 30 days the verifier has a say.
    fn reschedule(&mut self, course: &Course, row: &milestone::Model) -> Result<Option<reschedule::Model>> {
        if !self.dice.percent(20) || row.status == MilestoneStatus::Cancelled {
            return Ok(None);
        }
        let days = self.dice.between(5, 75);
        let asked_on = (row.due_on - Days::new(7)).min(as_of() - Days::new(9));
        let status = match (days, self.dice.below(10)) {
            (..=30, _) => RescheduleStatus::Effective,
            (_, 0..2) if UNREPORTED.contains(&row.status) => RescheduleStatus::Waiting,
            (_, 0..3) => RescheduleStatus::Declined,
            _ => RescheduleStatus::Effective,
        };
        let is_decided = days > 30 && status != RescheduleStatus::Waiting;
        let (asker, decider) = (self.hand(row.reporter, course.bumn)?, self.hand(row.verifier, course.bumn)?);
        Ok(Some(reschedule::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partnership: row.partnership,
            organisation: row.organisation,
            milestone: row.id,
            number: 1,
            previous_due_on: row.due_on,
            due_on: row.due_on + Days::new(days.into()),
            reason: MOVED.to_owned(),
            status,
            requested_at: at(asked_on, 10),
            requested_by: asker.id.clone(),
            requester_organisation: asker.organisation_id().unwrap_or(row.organisation),
            decided_at: is_decided.then(|| at(asked_on + Days::new(4), 15)),
            decided_by: is_decided.then(|| decider.id.clone()),
            decider_organisation: decider.organisation_id().filter(|_| is_decided),
        }))
    }

    fn reference(
        &self,
        of: &partnership::Model,
        milestone: Option<uuid::Uuid>,
        value: String,
    ) -> external_reference::Model {
        external_reference::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partnership: of.id,
            organisation: of.organisation,
            milestone,
            system: "SAP".to_owned(),
            value,
        }
    }

    fn obstacle(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        milestones: &[milestone::Model],
    ) -> Result<obstacle::Model> {
        let dice = &mut self.dice;
        let (category, about) = dice.pick([
            (ObstacleCategory::Quality, "mutu belum seragam"),
            (ObstacleCategory::Capacity, "kapasitas produksi belum cukup"),
            (ObstacleCategory::Financing, "modal kerja terbatas"),
            (ObstacleCategory::Certification, "antrean sertifikasi"),
            (ObstacleCategory::Licensing, "perizinan berusaha"),
            (ObstacleCategory::Logistics, "biaya angkut"),
            (ObstacleCategory::Price, "harga bahan baku"),
            (ObstacleCategory::Payment, "jangka waktu pembayaran"),
            (ObstacleCategory::Regulation, "ketentuan pengadaan"),
            (ObstacleCategory::Other, "pergantian pengurus mitra"),
        ]);
        let severity = dice.pick([
            Severity::Low,
            Severity::Medium,
            Severity::Medium,
            Severity::High,
            Severity::High,
            Severity::Critical,
        ]);
        let owner = dice.pick([Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn, Role::Bumn, Role::Bumn]);
        let status = if course.has_ended() {
            ObstacleStatus::Resolved
        } else {
            dice.pick([ObstacleStatus::Open, ObstacleStatus::InProgress, ObstacleStatus::Resolved])
        };
        let raised_on = course.until - Days::new(dice.below(20).into());
        let due_on = raised_on + Days::new(dice.between(14, 90).into());
        let milestone = if dice.percent(50) { milestones.get(dice.index(milestones.len())) } else { None };
        let (raised_at, followed_at) = (at(raised_on, 11), at(raised_on + Days::new(5), 11));
        let is_resolved = status == ObstacleStatus::Resolved;
        let raiser = self.hand(Role::Bumn, course.bumn)?;
        let owned_by = self.hand(owner, course.bumn)?;
        Ok(obstacle::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partnership: of.id,
            organisation: of.organisation,
            milestone: milestone.map(|row| row.id),
            category,
            severity,
            title: format!("Contoh: {about} (data contoh)"),
            description: None,
            owner,
            follow_up: (status != ObstacleStatus::Open)
                .then(|| "Data contoh: rapat koordinasi dan pendampingan".to_owned()),
            due_on: Some(due_on),
            status,
            status_since: if status == ObstacleStatus::Open { raised_at } else { followed_at },
            resolution: is_resolved.then(|| "Data contoh: selesai bersama pihak terkait".to_owned()),
            raised_at,
            raised_by: raiser.id.clone(),
            raiser_organisation: of.organisation,
            resolved_at: is_resolved.then_some(followed_at),
            resolved_by: is_resolved.then(|| owned_by.id.clone()),
        })
    }

    /// What its BUMN says of an obstacle, on the day on which it raised it.
    fn comment(&self, of: &obstacle::Model) -> comment::Model {
        comment::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partnership: Some(of.partnership),
            organisation: Some(of.organisation),
            subject_noun: Noun::Obstacle.as_str().to_owned(),
            subject: of.id,
            body: "Data contoh: jadwal rapat koordinasi berikutnya menyusul".to_owned(),
            written_at: of.raised_at,
            written_by: of.raised_by.clone(),
            writer_role: Role::Bumn,
            writer_organisation: of.raiser_organisation,
        }
    }

    /// What a system of its BUMN may report of the partnership, for half a year from that day on.
    fn delegation(&self, of: &obstacle::Model) -> delegation::Model {
        delegation::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            organisation: of.raiser_organisation,
            grantee: "service:data-contoh".to_owned(),
            action: DelegatedAction::MilestoneSubmit,
            partnership: Some(of.partnership),
            valid_from: of.raised_at.day(),
            valid_until: of.raised_at.day() + Days::new(180),
            granted_at: of.raised_at,
            granted_by: of.raised_by.clone(),
            revoked_at: None,
            revoked_by: None,
            revocation_reason: None,
        }
    }
}
