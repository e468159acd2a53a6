//! The mutations of external references. Each is an act on the partnership, whose payload it answers with.

use async_graphql::{Context, ID, InputObject, Object};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::entity::external_reference::{self, Column, Entity};
use crate::access::{Done, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Manner, Named};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::partnerships::acts::decide;
use crate::nouns::partnerships::mutations::PartnershipPayload;
use crate::nouns::partnerships::steps::PartnershipAction;

/// By what another system knows a partnership, or a milestone of it.
///
/// Pengenal suatu kemitraan, atau tahapannya, pada sistem lain.
#[derive(InputObject)]
pub struct ExternalReferenceAddInput {
    /// The id of the partnership.
    ///
    /// Pengenal kemitraannya.
    pub partnership: ID,
    /// The id of the milestone of it that is known so; null where it is the partnership itself.
    ///
    /// Pengenal tahapannya yang dikenal demikian; kosong bila kemitraan itu sendiri.
    pub milestone: Option<ID>,
    /// The system, such as `SAP`: one line, up to 40 characters.
    ///
    /// Sistemnya, misalnya `SAP`: satu baris, paling banyak 40 karakter.
    pub system: String,
    /// The identifier there: one line, up to 200 characters. One organisation has it but once.
    ///
    /// Pengenal di sana: satu baris, paling banyak 200 karakter. Hanya sekali untuk setiap organisasi.
    pub value: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A reference that is to go, of a partnership or of a milestone of it.
///
/// Pengenal pada sistem lain yang dihapus, milik kemitraan atau tahapannya.
#[derive(InputObject)]
pub struct ExternalReferenceRemoveInput {
    /// The id of the partnership.
    ///
    /// Pengenal kemitraannya.
    pub partnership: ID,
    /// The system, such as `SAP`.
    ///
    /// Sistemnya, misalnya `SAP`.
    pub system: String,
    /// The identifier there; exactly this.
    ///
    /// Pengenal di sana; harus sama persis.
    pub value: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// The mutations of external references.
#[derive(Default)]
pub struct ReferencesMutation;

#[Object]
impl ReferencesMutation {
    /// Records by what another system knows a partnership, or a milestone of it. An identifier that the organisation has already in
    /// that system is refused, with what bears it. For an officer of its BUMN, or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN,
    /// BAD_USER_INPUT.
    ///
    /// Mencatat pengenal kemitraan atau tahapannya pada sistem lain. Untuk operator BUMN-nya, atau KEMENBUMN.
    async fn external_reference_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is known by what. / Apa yang dikenal dengan pengenal apa.")]
        input: ExternalReferenceAddInput,
    ) -> Option<Result<PartnershipPayload>> {
        let mut faults = Faults::default();
        let given = Added {
            on: faults.id(Noun::Partnership, &input.partnership),
            milestone: input.milestone.as_ref().map(|id| faults.id(Noun::Milestone, id)),
            system: faults.line("input.system", &input.system, 40),
            value: faults.line("input.value", &input.value, 200),
        };
        acting::carry_out(ctx, &input.manner, faults, given, add).await
    }

    /// Takes away a reference of a partnership, or of a milestone of it. For an officer of its BUMN, or of KEMENBUMN. Errors:
    /// NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, INVALID_TRANSITION where there is none.
    ///
    /// Menghapus pengenal kemitraan atau tahapannya pada sistem lain. Untuk operator BUMN-nya, atau KEMENBUMN.
    async fn external_reference_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reference goes. / Pengenal yang dihapus.")]
        input: ExternalReferenceRemoveInput,
    ) -> Option<Result<PartnershipPayload>> {
        let mut faults = Faults::default();
        let given = (
            faults.id(Noun::Partnership, &input.partnership),
            faults.line("input.system", &input.system, 40),
            faults.line("input.value", &input.value, 200),
        );
        acting::carry_out(ctx, &input.manner, faults, given, remove).await
    }
}

#[derive(Debug, Clone)]
struct Added {
    on: Named,
    milestone: Option<Named>,
    system: String,
    value: String,
}

async fn add(mut write: Write, given: Added) -> Result<Done> {
    let action = PartnershipAction::AddExternalReference;
    let (held, permit) = decide(&mut write, &given.on, None, action).await?;
    let milestone = match &given.milestone {
        None => None,
        Some(named) => {
            let row = named.find::<milestone::Entity>(&write).await?;
            if row.partnership != held.row.id {
                let expected = "the id of a milestone of this partnership";
                return Err(Error::input("input.milestone", &named.given, expected));
            }
            Some(row.id)
        }
    };
    let same = Entity::find()
        .filter(Column::Organisation.eq(held.row.organisation))
        .filter(Column::System.eq(&given.system))
        .filter(Column::Value.eq(&given.value));
    if let Some(other) = write.all(same).await?.pop() {
        let bearer = other.milestone.map_or_else(
            || Noun::Partnership.id(other.partnership),
            |milestone| Noun::Milestone.id(milestone),
        );
        let expected = "an identifier that nothing else of the organisation has in this system";
        return Err(Error::input("input.value", &given.value, expected).and("takenBy", bearer.0.into()));
    }
    let row = external_reference::Model {
        id: write.clock().new_id(),
        version: 1,
        partnership: held.row.id,
        organisation: held.row.organisation,
        milestone,
        system: given.system,
        value: given.value,
    };
    write.insert::<Entity>(&permit, &row).await?;
    write.done(&permit, None, held.row.version)
}

async fn remove(mut write: Write, (on, system, value): (Named, String, String)) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, None, PartnershipAction::RemoveExternalReference).await?;
    let own = Entity::find()
        .filter(Column::Partnership.eq(held.row.id))
        .filter(Column::System.eq(&system))
        .filter(Column::Value.eq(&value));
    let Some(row) = write.all(own).await?.pop() else {
        let expected = "a reference of this partnership or of a milestone of it";
        return Err(Error::input("input.value", &value, expected));
    };
    write.delete::<Entity>(&permit, &row).await?;
    write.done(&permit, None, held.row.version)
}
