//! What surrounds the work: external references, obstacles, comments, delegations, evidence, reschedules. All of it is made up, and says so.

use chrono::{Days, NaiveDate};
use sha2::{Digest as _, Sha256};

use super::{Seed, Work, said, signing_day};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::evidence::entity::{EvidenceKind, evidence};
use crate::nouns::milestones::entity::{MilestoneType, RescheduleStatus, milestone, reschedule};
use crate::nouns::milestones::rules::least_evidence;
use crate::nouns::obstacles::entity::{ObstacleCategory, ObstacleStatus, Severity, obstacle};
use crate::nouns::references::entity::external_reference;
use crate::types::Money;

pub const MOVED: &str = "Data contoh: jadwal mitra bergeser";

/// What is done to obstacles, references, comments and evidence. Partnerships are told by their place in the pilot.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Refer(usize),
    /// The obstacle with this place in [`OBSTACLES`].
    Raise(usize),
    FollowUp(usize),
    Resolve(usize),
    Comment(usize),
    /// To a service account of the BUMN.
    Delegate(usize),
    /// The first piece of evidence of a milestone that was met.
    Withdraw,
    /// A reschedule of more than 30 days, which the verifier has to approve.
    Ask,
}

/// What the acts have made so far, that later ones change.
#[derive(Default)]
pub struct Around {
    obstacles: Vec<(usize, obstacle::Model)>,
}

struct Planned {
    place: usize,
    category: ObstacleCategory,
    severity: Severity,
    title: &'static str,
    owner: Role,
    /// Days before today, of being raised and of being due.
    raised: u64,
    due: i64,
}

const OBSTACLES: [Planned; 5] = [
    Planned {
        place: 6,
        category: ObstacleCategory::Quality,
        severity: Severity::Critical,
        title: "Contoh: kekuatan tarik baut di bawah syarat (data contoh)",
        owner: Role::Kemenperin,
        raised: 60,
        due: -20,
    },
    Planned {
        place: 0,
        category: ObstacleCategory::Financing,
        severity: Severity::Medium,
        title: "Contoh: modal kerja mitra terbatas (data contoh)",
        owner: Role::Kemenkopukm,
        raised: 45,
        due: 30,
    },
    Planned {
        place: 3,
        category: ObstacleCategory::Capacity,
        severity: Severity::High,
        title: "Contoh: kapasitas pelet belum cukup (data contoh)",
        owner: Role::Bumn,
        raised: 30,
        due: 15,
    },
    Planned {
        place: 4,
        category: ObstacleCategory::Certification,
        severity: Severity::Medium,
        title: "Contoh: antrean sertifikasi halal (data contoh)",
        owner: Role::Kemenkopukm,
        raised: 200,
        due: -120,
    },
    Planned {
        place: 8,
        category: ObstacleCategory::Logistics,
        severity: Severity::Low,
        title: "Contoh: akses jalan saat musim hujan (data contoh)",
        owner: Role::Kemenbumn,
        raised: 12,
        due: 45,
    },
];

/// Everything that is done, with its day.
pub fn plan(today: NaiveDate, works: &[Work]) -> Vec<(NaiveDate, Act)> {
    let mut acts = Vec::new();
    acts.extend((0..works.len()).map(|place| (signing_day() + Days::new(20), Act::Refer(place))));
    for (planned, at) in OBSTACLES.iter().zip(0..) {
        acts.push((today - Days::new(planned.raised), Act::Raise(at)));
        if at % 2 == 1 {
            acts.push((today - Days::new(planned.raised) + Days::new(5), Act::FollowUp(at)));
        }
        if at == 3 {
            acts.push((today - Days::new(planned.raised) + Days::new(40), Act::Resolve(at)));
        }
    }
    acts.extend((0..works.len()).map(|place| (today - Days::new(7), Act::Comment(place))));
    acts.extend((0..works.len()).map(|place| (today - Days::new(6), Act::Delegate(place))));
    acts.push((today - Days::new(10), Act::Withdraw));
    acts.push((today - Days::new(3), Act::Ask));
    acts
}

impl Around {
    pub async fn take(&mut self, seed: &Seed, works: &[Work], act: Act) -> Result<()> {
        match act {
            Act::Refer(place) => refer(seed, &works[place], place).await,
            Act::Raise(at) => self.raise(seed, works, at).await,
            Act::FollowUp(at) | Act::Resolve(at) => {
                self.go_on(seed, works, at, matches!(act, Act::Resolve(_))).await
            }
            Act::Comment(place) => said::comment(seed, &works[place], place).await,
            Act::Delegate(place) => said::delegate(seed, &works[place]).await,
            Act::Withdraw => withdraw(seed, works).await,
            Act::Ask => ask(seed, works).await,
        }
    }
}

impl Around {
    async fn raise(&mut self, seed: &Seed, works: &[Work], at: usize) -> Result<()> {
        let planned = &OBSTACLES[at];
        let work = &works[planned.place];
        let actor = seed.actor(Role::Bumn, &work.organisation)?;
        let id = seed.clock.new_id();
        let permit = Permit::grant(&actor, "obstacleRaise", id, &[Role::Bumn], Level::Officer)?;
        let due_on = if planned.due < 0 {
            seed.today - Days::new(planned.due.unsigned_abs())
        } else {
            seed.today + Days::new(planned.due.unsigned_abs())
        };
        let row = obstacle::Model {
            id,
            version: 1,
            partnership: work.partnership.id,
            organisation: work.organisation.id,
            milestone: at.is_multiple_of(2).then(|| work.milestones.last().map(|row| row.id)).flatten(),
            category: planned.category,
            severity: planned.severity,
            title: planned.title.to_owned(),
            description: None,
            owner: planned.owner,
            follow_up: None,
            due_on: Some(due_on),
            status: ObstacleStatus::Open,
            status_since: seed.clock.now(),
            resolution: None,
            raised_at: seed.clock.now(),
            raised_by: actor.id.clone(),
            raiser_organisation: work.organisation.id,
            resolved_at: None,
            resolved_by: None,
        };
        let mut write = seed.write(&actor).await?;
        write.insert::<obstacle::Entity>(&permit, &row).await?;
        write.append(&permit, None).await?.commit().await?;
        self.obstacles.push((at, row));
        Ok(())
    }

    async fn go_on(&mut self, seed: &Seed, works: &[Work], at: usize, is_end: bool) -> Result<()> {
        let (_, row) = self
            .obstacles
            .iter_mut()
            .find(|(raised, _)| *raised == at)
            .ok_or_else(|| Error::internal("no such obstacle"))?;
        let actor = seed.actor(row.owner, &works[OBSTACLES[at].place].organisation)?;
        let action = if is_end { "obstacleResolve" } else { "obstacleUpdate" };
        let permit = Permit::grant(&actor, action, row.id, &[row.owner], Level::Officer)?;
        row.version += 1;
        row.status_since = seed.clock.now();
        if is_end {
            row.status = ObstacleStatus::Resolved;
            row.resolution = Some("Data contoh: selesai bersama pihak terkait".to_owned());
            row.resolved_at = Some(seed.clock.now());
            row.resolved_by = Some(actor.id.clone());
        } else {
            row.status = ObstacleStatus::InProgress;
            row.follow_up = Some("Data contoh: rapat koordinasi dan pendampingan".to_owned());
        }
        let mut write = seed.write(&actor).await?;
        write.update::<obstacle::Entity>(&permit, row).await?;
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }
}

/// By what the BUMN's own system knows a partnership and its contracts.
async fn refer(seed: &Seed, work: &Work, place: usize) -> Result<()> {
    let actor = seed.actor(Role::Bumn, &work.organisation)?;
    let id = work.partnership.id;
    let permit = Permit::grant(&actor, "partnershipAddReference", id, &[Role::Bumn], Level::Officer)?;
    let mut write = seed.write(&actor).await?;
    let reference = |milestone, value: String| external_reference::Model {
        id: seed.clock.new_id(),
        version: 1,
        partnership: id,
        organisation: work.organisation.id,
        milestone,
        system: "SAP".to_owned(),
        value,
    };
    let own = reference(None, format!("CONTOH-{:04}", place + 1));
    write.insert::<external_reference::Entity>(&permit, &own).await?;
    for row in &work.milestones {
        if matches!(
            row.kind,
            MilestoneType::SupplyContract | MilestoneType::Delivery | MilestoneType::TrialOrder
        ) {
            let number = format!("CONTOH-{:04}-{:02}", place + 1, row.position);
            let reference = reference(Some(row.id), number);
            write.insert::<external_reference::Entity>(&permit, &reference).await?;
        }
    }
    write.append(&permit, None).await?.commit().await?;
    Ok(())
}

/// What is attached with a report: its least evidence, an invoice with a payment.
pub fn evidence_of(
    seed: &Seed,
    actor: &Actor,
    row: &milestone::Model,
    contracted: Option<Money>,
) -> Result<Vec<evidence::Model>> {
    let mut kinds = least_evidence(row.kind).into_iter().collect::<Vec<_>>();
    match row.kind {
        MilestoneType::Payment => kinds.extend([EvidenceKind::Invoice, EvidenceKind::FakturPajak]),
        MilestoneType::NeedIdentification => kinds.push(EvidenceKind::Other),
        _ => {}
    }
    let attacher = actor.organisation_id().ok_or_else(|| Error::internal("a seat without organisation"))?;
    let piece = |kind: EvidenceKind| {
        let code = sea_orm::ActiveEnum::to_value(&kind);
        let number = format!("CONTOH/{code}/{}/{}", row.position, hex::encode(&row.id.as_bytes()[12..]));
        let states_amount = matches!(
            kind,
            EvidenceKind::Contract | EvidenceKind::Bast | EvidenceKind::PaymentProof | EvidenceKind::Invoice
        );
        let mut piece = evidence::Model {
            id: seed.clock.new_id(),
            version: 1,
            partnership: row.partnership,
            organisation: row.organisation,
            milestone: row.id,
            kind,
            file_name: format!("{}-{}.txt", code.to_lowercase(), row.position),
            number: Some(number),
            dated_on: row.occurred_on,
            issuer: Some("Contoh penerbit (data contoh)".to_owned()),
            amount: contracted.filter(|_| states_amount).map(|whole| Money(whole.0 / 4)),
            media_type: "text/plain".to_owned(),
            size: 0,
            sha256: String::new(),
            attached_at: seed.clock.now(),
            attached_by: actor.id.clone(),
            attacher_organisation: attacher,
            withdrawn_at: None,
            withdrawn_by: None,
            withdrawal_reason: None,
        };
        let file = file_of(&piece, row);
        (piece.size, piece.sha256) = (file.len() as i64, hex::encode(Sha256::digest(&file)));
        piece
    };
    Ok(kinds.into_iter().map(piece).collect())
}

/// The text in the file of a piece of evidence: plainly made up.
pub fn file_of(piece: &evidence::Model, row: &milestone::Model) -> String {
    let kind = sea_orm::ActiveEnum::to_value(&piece.kind);
    let number = piece.number.as_deref().unwrap_or_default();
    format!("Data contoh: {kind} {number} ({})\n", row.title)
}

pub fn reschedule_of(
    seed: &Seed,
    actor: &Actor,
    before: &milestone::Model,
    due_on: NaiveDate,
    status: RescheduleStatus,
) -> Result<reschedule::Model> {
    Ok(reschedule::Model {
        id: seed.clock.new_id(),
        version: 1,
        partnership: before.partnership,
        organisation: before.organisation,
        milestone: before.id,
        number: before.reschedules + 1,
        previous_due_on: before.due_on,
        due_on,
        reason: MOVED.to_owned(),
        status,
        requested_at: seed.clock.now(),
        requested_by: actor.id.clone(),
        requester_organisation: actor
            .organisation_id()
            .ok_or_else(|| Error::internal("a seat without organisation"))?,
        decided_at: None,
        decided_by: None,
        decider_organisation: None,
    })
}

/// The trial report of a milestone that was met turns out to be another's: it is met without its least evidence now.
async fn withdraw(seed: &Seed, works: &[Work]) -> Result<()> {
    const REASON: &str = "Data contoh: berkas milik kemitraan lain";
    let work = works.get(2).ok_or_else(|| Error::internal("no third partnership"))?;
    let trial = work.milestones.iter().find(|row| row.kind == MilestoneType::ProductTrial);
    let Some(trial) = trial else { return Err(Error::internal("no trial")) };
    let actor = seed.actor(Role::Bumn, &work.organisation)?;
    let view = crate::access::View::open(&seed.access, Actor::seed()).await?;
    let pieces = crate::nouns::evidence::store::of_milestone(&view, trial.id).await?;
    drop(view);
    let Some(mut row) = pieces.into_iter().next() else {
        return Err(Error::internal("a trial without its report"));
    };
    let permit = Permit::grant(&actor, "evidenceWithdraw", row.id, &[Role::Bumn], Level::Officer)?;
    row.version += 1;
    row.withdrawn_at = Some(seed.clock.now());
    row.withdrawn_by = Some(actor.id.clone());
    row.withdrawal_reason = Some(REASON.to_owned());
    let mut write = seed.write(&actor).await?;
    write.update::<evidence::Entity>(&permit, &row).await?;
    write.append(&permit, Some(REASON)).await?.commit().await?;
    Ok(())
}

async fn ask(seed: &Seed, works: &[Work]) -> Result<()> {
    let work = works.get(2).ok_or_else(|| Error::internal("no third partnership"))?;
    let delivery = work.milestones.iter().find(|row| row.kind == MilestoneType::Delivery);
    let before = delivery.ok_or_else(|| Error::internal("no delivery"))?;
    let actor = seed.actor(Role::Bumn, &work.organisation)?;
    let permit = Permit::grant(&actor, "milestoneReschedule", before.id, &[Role::Bumn], Level::Officer)?;
    let due_on = before.due_on + Days::new(45);
    let row = reschedule_of(seed, &actor, before, due_on, RescheduleStatus::Waiting)?;
    let mut write = seed.write(&actor).await?;
    write.insert::<reschedule::Entity>(&permit, &row).await?;
    write.append(&permit, Some(MOVED)).await?.commit().await?;
    Ok(())
}
