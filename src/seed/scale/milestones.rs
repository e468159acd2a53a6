//! The milestones of a partnership.

use chrono::Days;

use super::partnerships::Course;
use super::{Rows, World, as_of};
use crate::access::Role;
use crate::error::Result;
use crate::nouns::milestones::entity::MilestoneType::{self, *};
use crate::nouns::milestones::entity::{MilestoneStatus, milestone, milestone_dependency};
use crate::nouns::milestones::rules::hands;
use crate::nouns::partnerships::entity::partnership;
use crate::seed::at;

impl World {
    pub(super) fn milestones(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        steward: Role,
        rows: &mut Rows,
    ) -> Result<()> {
        let mut before = None;
        for (kind, place) in course.path.into_iter().zip(0..) {
            let row = self.milestone(course, of, steward, kind, place)?;
            // Coaching and certification go beside the others.
            if let Some(depends_on) = before
                && !matches!(kind, Coaching | Certification)
            {
                rows.dependencies.push(milestone_dependency::Model {
                    id: self.seed.clock.new_id(),
                    version: 1,
                    partnership: of.id,
                    organisation: of.organisation,
                    milestone: row.id,
                    depends_on,
                });
            }
            before = Some(row.id);
            rows.milestones.push(row);
        }
        Ok(())
    }

    fn milestone(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        steward: Role,
        kind: MilestoneType,
        place: usize,
    ) -> Result<milestone::Model> {
        use MilestoneStatus as S;
        let technical = kind == Certification && steward == Role::Kemenperin;
        let (reporter, verifier) = hands(kind, steward, technical);
        let status = self.milestone_status(course, kind, place);
        let dice = &mut self.dice;
        let worked = u64::try_from((course.until - course.proposed_on).num_days()).unwrap_or(0);
        let due_on = if place < course.done {
            course.proposed_on + Days::new(worked * (place as u64 + 1) / (course.done as u64 + 1))
        } else {
            course.until + Days::new((place - course.done) as u64 * 45 + u64::from(dice.between(0, 60)))
        };
        let is_reported = matches!(status, S::Submitted | S::Returned | S::Met | S::PartiallyMet | S::NotMet);
        let is_verified = matches!(status, S::Met | S::PartiallyMet | S::NotMet);
        let days = |many: u32| Days::new(many.into());
        let occurred_on = (due_on - days(10) + days(dice.below(25))).min(as_of() - days(20));
        let recorded_on = occurred_on + days(dice.between(1, 9));
        let verified_on = recorded_on + days(dice.between(1, 9));
        let started_on = course.proposed_on.max((due_on - days(40)).min(as_of() - days(15)));
        let (recorded_at, verified_at) = (at(recorded_on, 10), at(verified_on, 14));
        let since = match status {
            S::Scheduled => at(course.proposed_on, 9),
            S::InProgress => at(started_on, 9),
            S::Submitted => recorded_at,
            S::Cancelled => at(course.until, 11),
            _ => verified_at,
        };
        let reason = match status {
            S::Returned => Some("Data contoh: lampiran laporan belum lengkap"),
            S::Cancelled => Some("Data contoh: tahapan tidak diperlukan lagi"),
            _ => None,
        };
        let (by, checked_by) = (self.hand(reporter, course.bumn)?, self.hand(verifier, course.bumn)?);
        Ok(milestone::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partnership: of.id,
            organisation: of.organisation,
            clause: self.seed.clause(kind),
            position: i32::try_from(place + 1).unwrap_or(i32::MAX),
            kind,
            title: title(kind).to_owned(),
            weight: 10,
            reporter,
            verifier,
            first_due_on: due_on,
            due_on,
            reschedules: 0,
            status,
            status_reason: reason.map(str::to_owned),
            status_since: since,
            occurred_on: is_reported.then_some(occurred_on),
            recorded_at: is_reported.then_some(recorded_at),
            report: is_reported.then(|| format!("Data contoh: {} selesai dilaksanakan", title(kind))),
            reported_by: is_reported.then(|| by.id.clone()),
            reporter_organisation: by.organisation_id().filter(|_| is_reported),
            verified_at: is_verified.then_some(verified_at),
            verified_by: is_verified.then(|| checked_by.id.clone()),
            verifier_organisation: checked_by.organisation_id().filter(|_| is_verified),
        })
    }

    fn milestone_status(&mut self, course: &Course, kind: MilestoneType, place: usize) -> MilestoneStatus {
        use MilestoneStatus as S;
        let is_agreement = matches!(kind, CooperationAgreement | SupplyContract);
        match place.checked_sub(course.done) {
            None if is_agreement => S::Met,
            None => match self.dice.below(100) {
                0..84 => S::Met,
                84..92 => S::PartiallyMet,
                92..97 => S::NotMet,
                _ => S::Cancelled,
            },
            Some(_) if course.has_ended() => S::Cancelled,
            Some(0) => {
                self.dice.pick([S::InProgress, S::InProgress, S::Submitted, S::Submitted, S::Returned])
            }
            Some(1) => self.dice.pick([S::Scheduled, S::InProgress]),
            Some(_) => S::Scheduled,
        }
    }
}

fn title(kind: MilestoneType) -> &'static str {
    match kind {
        NeedIdentification => "Identifikasi kebutuhan",
        Curation => "Kurasi mitra",
        Coaching => "Pembinaan dan pendampingan mitra",
        Certification => "Sertifikasi produk",
        VendorRegistration => "Pendaftaran vendor",
        ProductTrial => "Uji coba produk",
        TrialOrder => "Pesanan percobaan",
        CooperationAgreement => "Perjanjian kerja sama",
        SupplyContract => "Kontrak pasokan",
        Delivery => "Pengiriman tahap berjalan",
        Payment => "Pembayaran tahap berjalan",
        Review => "Monitoring dan evaluasi tahunan",
        Renewal => "Perpanjangan perjanjian",
    }
}
