//! The mutations of clauses. To link one is an act on the milestone, whose payload it answers with.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::entity::clause::{self, Column, Entity};
use super::graphql::Clause;
use crate::access::{Actor, Done, Level, Permit, Role, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Made, Manner, Named, Payload, Target};
use crate::nouns::faults::{Faults, LONGEST};
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::memoranda::entity::memorandum;
use crate::nouns::milestones::acts::link;
use crate::nouns::milestones::mutations::MilestonePayload;

/// What a mutation of a clause did.
///
/// Hasil mutasi pasal.
#[derive(SimpleObject)]
pub struct ClausePayload {
    /// The clause as it is now; in a dry run as it would be.
    ///
    /// Pasal setelah perubahan; pada uji coba, seandainya dilaksanakan.
    clause: Clause,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for ClausePayload {
    type Object = Clause;

    fn of(made: Made<Clause>) -> Self {
        Self { clause: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// A clause of a memorandum, after those that it has.
///
/// Pasal nota kesepahaman, sesudah pasal yang telah ada.
#[derive(InputObject)]
pub struct ClauseAddInput {
    /// The id of the memorandum.
    ///
    /// Pengenal nota kesepahamannya.
    pub memorandum: ID,
    /// Its number, such as `3 ayat (2)`: one line, up to 40 characters; once in a memorandum.
    ///
    /// Nomornya, misalnya `3 ayat (2)`: satu baris, paling banyak 40 karakter; hanya sekali dalam satu nota kesepahaman.
    pub number: String,
    /// What it is about: one line, up to 200 characters. Permanent, so name nobody here.
    ///
    /// Perihalnya: satu baris, paling banyak 200 karakter. Permanen, maka jangan menyebut nama.
    pub title: String,
    /// Its words: up to 4000 characters; null where they are not public. Permanent, so name nobody here.
    ///
    /// Bunyinya: paling banyak 4000 karakter; kosong bila tidak terbuka. Permanen, maka jangan menyebut nama.
    pub body: Option<String>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A milestone that carries out a clause.
///
/// Tahapan yang melaksanakan suatu pasal.
#[derive(InputObject)]
pub struct ClauseLinkInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The id of the clause, of the memorandum of the milestone's partnership; another than so far.
    ///
    /// Pengenal pasal, dari nota kesepahaman kemitraannya; selain yang sekarang.
    pub clause: ID,
}

/// The mutations of clauses.
#[derive(Default)]
pub struct ClausesMutation;

#[Object]
impl ClausesMutation {
    /// Adds a clause to a memorandum, after those that it has. For an officer of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN,
    /// BAD_USER_INPUT where one has the number already.
    ///
    /// Menambahkan pasal pada nota kesepahaman. Untuk operator KEMENBUMN.
    async fn clause_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The clause, and of which memorandum. / Pasalnya, dan nota kesepahamannya.")]
        input: ClauseAddInput,
    ) -> Option<Result<ClausePayload>> {
        let mut faults = Faults::default();
        let given = Added {
            on: faults.id(Noun::Memorandum, &input.memorandum),
            number: faults.line("input.number", &input.number, 40),
            title: faults.line("input.title", &input.title, 200),
            body: input.body.as_deref().map(|body| faults.text("input.body", body, LONGEST)),
        };
        acting::carry_out(ctx, &input.manner, faults, given, add).await
    }

    /// Links a milestone to a clause of its partnership's memorandum, or to another than so far: `id` and `expectedVersion` are
    /// the milestone's. Any but a CANCELLED one, also once it is verified. For an officer of the BUMN, or of KEMENBUMN. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT, INVALID_TRANSITION.
    ///
    /// Mengaitkan tahapan dengan pasal nota kesepahaman kemitraannya; `id` dan `expectedVersion` milik tahapan. Untuk operator
    /// BUMN atau KEMENBUMN.
    async fn clause_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and to which clause. / Tahapan mana, dan pasal mana.")]
        input: ClauseLinkInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Milestone, &input.target.id);
        let given = (on, input.target.expected_version, faults.id(Noun::Clause, &input.clause));
        acting::carry_out(ctx, &input.target.manner, faults, given, link).await
    }
}

#[derive(Debug, Clone)]
struct Added {
    on: Named,
    number: String,
    title: String,
    body: Option<String>,
}

/// # Errors
///
/// FORBIDDEN.
pub fn permit_add(actor: &Actor, id: Uuid) -> Result<Permit> {
    Permit::grant(actor, "clauseAdd", id, &[Role::Kemenbumn], Level::Officer)
}

async fn add(mut write: Write, given: Added) -> Result<Done> {
    // Held, so that numbers and places are given out one after the other.
    let memorandum = given.on.hold::<memorandum::Entity>(&mut write).await?;
    let id = write.clock().new_id();
    let permit = permit_add(write.actor(), id)?;
    let all = write.all(Entity::find().filter(Column::Memorandum.eq(memorandum.id))).await?;
    if let Some(same) = all.iter().find(|row| row.number == given.number) {
        let expected = "a number that no other clause of the memorandum has";
        let taken = Noun::Clause.id(same.id).0;
        return Err(Error::input("input.number", &given.number, expected).and("takenBy", taken.into()));
    }
    let row = clause::Model {
        id,
        version: 1,
        memorandum: memorandum.id,
        position: all.iter().map(|row| row.position).max().unwrap_or(0) + 1,
        number: given.number,
        title: given.title,
        body: given.body,
        sample: false,
    };
    write.insert::<Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}
