//! The acts of five years: nine partnerships proposed, taken through their statuses, and worked on milestone by
//! milestone. All acts are planned first, then made in the order of their days.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::pilot::{self, Came, Plan};
use super::{Seed, Work, at, signing_day};
use super::{outcomes, surroundings};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::nouns::evidence::entity::evidence;
use crate::nouns::milestones::entity::{
    MilestoneStatus, MilestoneType, RescheduleStatus, milestone, milestone_dependency, reschedule,
};
use crate::nouns::milestones::rules;
use crate::nouns::partners::entity::partner;
use crate::nouns::partnerships::entity::{PartnershipStatus, partnership, partnership_partner};
use crate::nouns::partnerships::rules::public_id;
use crate::types::Money;

/// One thing that is done to a milestone.
#[derive(Debug, Clone, Copy)]
enum Step {
    Start,
    Submit { occurred_on: NaiveDate },
    Verify(MilestoneStatus),
    Return,
    Reschedule { due_on: NaiveDate },
    Cancel,
}

enum Act {
    /// The partnership with this place in the pilot takes its next status.
    Status(usize, PartnershipStatus),
    /// The milestone with this place in its partnership.
    Milestone(usize, usize, Step),
    Figures(outcomes::Act),
    Surroundings(surroundings::Act),
}

pub async fn run(seed: &Seed, files: &Files, memorandum: Uuid, partners: &[partner::Model]) -> Result<()> {
    let mut works = Vec::new();
    let mut acts = Vec::new();
    for (plan, place) in pilot::PLANS.iter().zip(0..) {
        let work = propose(seed, plan, memorandum, partners).await?;
        acts.extend(
            plan_acts(seed.today, place, plan, &work).into_iter().map(|(day, act)| (day, place, act)),
        );
        works.push(work);
    }
    let figures = outcomes::plan(seed.today, works.len())?;
    acts.extend(figures.into_iter().map(|(day, act)| (day, works.len(), Act::Figures(act))));
    let around = surroundings::plan(seed.today, &works);
    acts.extend(around.into_iter().map(|(day, act)| (day, works.len(), Act::Surroundings(act))));
    // Stable: what falls on one day keeps the order in which it was planned.
    acts.sort_by_key(|(day, place, _)| (*day, *place));
    let (mut figures, mut around) = (outcomes::Figures::default(), surroundings::Around::default());
    for (day, _, act) in acts {
        seed.clock.set(at(day, 10));
        match act {
            Act::Status(place, status) => take_status(seed, &mut works[place], status).await?,
            Act::Milestone(place, at, step) => take_step(seed, files, &mut works[place], at, step).await?,
            Act::Figures(act) => figures.take(seed, &works, act).await?,
            Act::Surroundings(act) => around.take(seed, &works, act).await?,
        }
    }
    Ok(())
}

/// One entry: the partnership, its partners, its milestones and what they wait for.
async fn propose(seed: &Seed, plan: &Plan, memorandum: Uuid, partners: &[partner::Model]) -> Result<Work> {
    let organisation = seed.organisation(plan.organisation)?;
    let actor = seed.actor(Role::Bumn, &organisation)?;
    let id = seed.clock.new_id();
    let permit =
        Permit::grant(&actor, "partnershipPropose", id, &[Role::Kemenbumn, Role::Bumn], Level::Officer)?;
    let mut write = seed.write(&actor).await?;
    let own = plan.partners.iter().map(|at| &partners[*at]).collect::<Vec<_>>();
    let estimated = Money(plan.estimated);
    let partnership = partnership::Model {
        id,
        version: 1,
        organisation: organisation.id,
        executing_unit: plan.unit.map(|code| seed.organisation(code)).transpose()?.map(|unit| unit.id),
        memorandum,
        renewal_of: None,
        title: plan.title.to_owned(),
        products: plan.products.to_owned(),
        pattern: plan.pattern,
        channel: plan.channel,
        supply_direction: plan.direction,
        batch: pilot::BATCH.to_owned(),
        status: PartnershipStatus::Proposed,
        status_reason: None,
        status_since: seed.clock.now(),
        potential_value: None,
        potential_source: None,
        potential_on: None,
        estimated_value: Some(estimated),
        estimated_source: Some(pilot::SOURCE.to_owned()),
        estimated_on: Some(signing_day()),
        contracted_value: None,
        contracted_source: None,
        contracted_on: None,
        public_id: public_id(id),
    };
    write.insert::<partnership::Entity>(&permit, &partnership).await?;
    for (partner, at) in own.iter().zip(0..) {
        let row = partnership_partner::Model {
            id: seed.clock.new_id(),
            version: 1,
            partnership: id,
            organisation: organisation.id,
            partner: partner.id,
            lead: at == 0,
            joined_on: signing_day(),
        };
        write.insert::<partnership_partner::Entity>(&permit, &row).await?;
    }
    let due = due_days(seed.today, plan);
    let mut milestones = Vec::<milestone::Model>::new();
    for (((kind, title, _), due_on), position) in plan.milestones.iter().zip(due).zip(1..) {
        let technical = title.contains("SNI") || title.contains("TKDN");
        let (reporter, verifier) = rules::hands(*kind, own[0].steward, technical);
        let row = milestone::Model {
            id: seed.clock.new_id(),
            version: 1,
            partnership: id,
            organisation: organisation.id,
            clause: seed.clause(*kind),
            position,
            kind: *kind,
            title: (*title).to_owned(),
            weight: 100 / i32::try_from(plan.milestones.len()).map_err(Error::internal)?,
            reporter,
            verifier,
            first_due_on: due_on,
            due_on,
            reschedules: 0,
            status: MilestoneStatus::Scheduled,
            status_reason: None,
            status_since: seed.clock.now(),
            occurred_on: None,
            recorded_at: None,
            report: None,
            reported_by: None,
            reporter_organisation: None,
            verified_at: None,
            verified_by: None,
            verifier_organisation: None,
        };
        write.insert::<milestone::Entity>(&permit, &row).await?;
        if let Some(before) = milestones.last() {
            let row = milestone_dependency::Model {
                id: seed.clock.new_id(),
                version: 1,
                partnership: id,
                organisation: organisation.id,
                milestone: row.id,
                depends_on: before.id,
            };
            write.insert::<milestone_dependency::Entity>(&permit, &row).await?;
        }
        milestones.push(row);
    }
    write.append(&permit, None).await?.commit().await?;
    Ok(Work { organisation, partnership, path: plan.path, milestones })
}

/// When each milestone is due: what is behind us is spread over the years, what is under way is about now, the rest is
/// still to come.
fn due_days(today: NaiveDate, plan: &Plan) -> Vec<NaiveDate> {
    let behind = |came: Came| matches!(came, Came::Met | Came::Partly | Came::NotMet | Came::Cancelled);
    let count = plan.milestones.iter().filter(|milestone| behind(milestone.2)).count() as u64;
    let years = (today - signing_day()).num_days().unsigned_abs().saturating_sub(120);
    let (mut past, mut present, mut future) = (0, 0, 0);
    let due = plan.milestones.iter().map(|(_, _, came)| match came {
        came if behind(*came) => {
            past += 1;
            signing_day() + Days::new(years * past / (count + 1) + 40)
        }
        Came::Planned => {
            future += 1;
            today + Days::new(45 * future)
        }
        _ => {
            present += 1;
            today - Days::new(24) + Days::new(12 * present)
        }
    });
    due.collect()
}

fn plan_acts(today: NaiveDate, place: usize, plan: &Plan, work: &Work) -> Vec<(NaiveDate, Act)> {
    let mut acts = Vec::new();
    let mut agreed = None;
    for (((kind, _, came), row), at) in plan.milestones.iter().zip(&work.milestones).zip(0..) {
        let due = row.due_on;
        let mut act = |day: NaiveDate, step| acts.push((day.min(today), Act::Milestone(place, at, step)));
        let verdict = match came {
            Came::Met => Some(MilestoneStatus::Met),
            Came::Partly => Some(MilestoneStatus::PartiallyMet),
            Came::NotMet => Some(MilestoneStatus::NotMet),
            _ => None,
        };
        if let Some(verdict) = verdict {
            act(due - Days::new(30), Step::Start);
            let late = at % 3 == 1;
            if late {
                act(due - Days::new(10), Step::Reschedule { due_on: due + Days::new(20) });
            }
            let occurred_on = if late { due + Days::new(14) } else { due - Days::new(4) };
            // Some are recorded long after they happened.
            let recorded_on = occurred_on + Days::new(if at % 7 == 5 { 40 } else { 2 });
            act(recorded_on, Step::Submit { occurred_on });
            let verified_on = recorded_on + Days::new(7);
            act(verified_on, Step::Verify(verdict));
            let is_agreement =
                matches!(kind, MilestoneType::CooperationAgreement | MilestoneType::SupplyContract);
            if is_agreement && verdict == MilestoneStatus::Met && agreed.is_none() {
                agreed = Some(verified_on);
            }
        }
        match came {
            Came::Cancelled => act(due - Days::new(40), Step::Cancel),
            Came::Started => act(today - Days::new(20), Step::Start),
            Came::Submitted => {
                act(today - Days::new(30), Step::Start);
                act(today - Days::new(4), Step::Submit { occurred_on: today - Days::new(6) });
            }
            Came::Returned => {
                act(today - Days::new(45), Step::Start);
                act(today - Days::new(25), Step::Submit { occurred_on: today - Days::new(27) });
                act(today - Days::new(15), Step::Return);
            }
            _ => {}
        }
    }
    for (status, at) in plan.path.iter().zip(1..) {
        let day = match status {
            PartnershipStatus::Active => agreed.unwrap_or(today) + Days::new(2),
            PartnershipStatus::Suspended => today - Days::new(35),
            PartnershipStatus::Completed => today - Days::new(30),
            _ => signing_day() + Days::new(30 * at),
        };
        acts.push((day.min(today), Act::Status(place, *status)));
    }
    acts
}

/// KEMENBUMN takes every step of a partnership.
async fn take_status(seed: &Seed, work: &mut Work, status: PartnershipStatus) -> Result<()> {
    let (action, reason) = match status {
        PartnershipStatus::Curation => ("partnershipCurate", None),
        PartnershipStatus::Preparation => ("partnershipPrepare", None),
        PartnershipStatus::Trial => ("partnershipStartTrial", None),
        PartnershipStatus::Active if work.partnership.status == PartnershipStatus::Preparation => (
            "partnershipWaiveTrial",
            Some("Data contoh: penyaluran sudah berjalan, uji coba tidak diperlukan"),
        ),
        PartnershipStatus::Active => ("partnershipActivate", None),
        PartnershipStatus::Suspended => {
            ("partnershipSuspend", Some("Data contoh: pengiriman tahap pertama tidak tercapai"))
        }
        PartnershipStatus::Completed => ("partnershipComplete", None),
        other => return Err(Error::internal(format!("the pilot has no step to {other:?}"))),
    };
    let actor = seed.actor(Role::Kemenbumn, &work.organisation)?;
    let id = work.partnership.id;
    let permit = Permit::grant(&actor, action, id, &[Role::Kemenbumn], Level::Approver)?;
    let mut row = work.partnership.clone();
    row.version += 1;
    row.status = status;
    row.status_since = seed.clock.now();
    row.status_reason = reason.map(str::to_owned);
    let contracted =
        pilot::PLANS.iter().find(|plan| plan.title == row.title).and_then(|plan| plan.contracted);
    if let (PartnershipStatus::Active, Some(contracted)) = (status, contracted) {
        row.contracted_value = Some(Money(contracted));
        row.contracted_source = Some("Data contoh: nilai perjanjian".to_owned());
        row.contracted_on = Some(seed.clock.today());
    }
    let mut write = seed.write(&actor).await?;
    write.update::<partnership::Entity>(&permit, &row).await?;
    write.append(&permit, reason).await?.commit().await?;
    work.partnership = row;
    Ok(())
}

async fn take_step(seed: &Seed, files: &Files, work: &mut Work, at: usize, step: Step) -> Result<()> {
    let before = &work.milestones[at];
    let role = match step {
        Step::Verify(_) | Step::Return => before.verifier,
        Step::Cancel => Role::Kemenbumn,
        _ => before.reporter,
    };
    let actor = seed.actor(role, &work.organisation)?;
    let (permit, row, reason) = apply(seed, &actor, before, step)?;
    let mut write = seed.write(&actor).await?;
    write.update::<milestone::Entity>(&permit, &row).await?;
    match step {
        Step::Submit { .. } => {
            for evidence in surroundings::evidence_of(seed, &actor, &row, work.partnership.contracted_value)?
            {
                files.put(surroundings::file_of(&evidence, &row).into_bytes()).await?;
                write.insert::<evidence::Entity>(&permit, &evidence).await?;
            }
        }
        Step::Reschedule { .. } => {
            let moved =
                surroundings::reschedule_of(seed, &actor, before, row.due_on, RescheduleStatus::Effective)?;
            write.insert::<reschedule::Entity>(&permit, &moved).await?;
        }
        _ => {}
    }
    write.append(&permit, reason).await?.commit().await?;
    work.milestones[at] = row;
    Ok(())
}

/// What a step makes of a milestone, and under which permit.
fn apply(
    seed: &Seed,
    actor: &Actor,
    before: &milestone::Model,
    step: Step,
) -> Result<(Permit, milestone::Model, Option<&'static str>)> {
    let seats = [before.reporter, before.verifier];
    let grant = |action, level| Permit::grant(actor, action, before.id, &seats, level);
    let now = seed.clock.now();
    Ok(match step {
        Step::Start => (grant("milestoneStart", Level::Officer)?, rules::started(before, now), None),
        Step::Submit { occurred_on } => {
            let report = format!("Data contoh: {} selesai dilaksanakan", before.title);
            let row = rules::submitted(before, actor, now, report, occurred_on);
            (grant("milestoneSubmit", Level::Approver)?, row, None)
        }
        Step::Verify(verdict) => {
            let row = rules::verified(before, actor, now, (verdict, None));
            (grant("milestoneVerify", Level::Approver)?, row, None)
        }
        Step::Return => {
            let reason = "Data contoh: lampiran laporan belum lengkap";
            let row = rules::returned(before, now, Some(reason.to_owned()));
            (grant("milestoneReturn", Level::Approver)?, row, Some(reason))
        }
        Step::Reschedule { due_on } => {
            let (version, reschedules) = (before.version + 1, before.reschedules + 1);
            let row = milestone::Model { version, due_on, reschedules, ..before.clone() };
            (grant("milestoneReschedule", Level::Officer)?, row, Some(surroundings::MOVED))
        }
        Step::Cancel => {
            let reason = "Data contoh: pendampingan digabung dengan program lain";
            let row = rules::cancelled(before, now, Some(reason.to_owned()));
            let seats = [Role::Kemenbumn];
            let permit = Permit::grant(actor, "milestoneCancel", before.id, &seats, Level::Approver)?;
            (permit, row, Some(reason))
        }
    })
}
