//! The SQL that reads the read log.

use async_graphql::{ID, InputObject};
use sea_orm::sea_query::{LikeExpr, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::access::page::{Keyed, Order};
use crate::access::{Reach, Role, Scope, View};
use crate::error::{Error, Result};
use crate::journal::reads::entity::{read_partner, read_record};
use crate::nouns::ids::{self, Noun};
use crate::nouns::partners;
use crate::types::Timestamp;

impl Keyed for read_record::Entity {
    const TABLE: &'static str = "read_record";
    const KEY: read_record::Column = read_record::Column::Id;

    fn key(row: &read_record::Model) -> Uuid {
        row.id
    }
}

/// An administrator and an auditor of the programme read all of it; an auditor of some organisations what these have read,
/// and who has seen personal data of their partners.
impl Scope for read_record::Entity {
    fn narrow(reach: &Reach) -> Condition {
        use read_record::Column::{Id, Organisation};
        match reach {
            Reach::All | Reach::Nobody => Condition::all(),
            Reach::Organisations(_) => Condition::any()
                .add(reach.within(Organisation))
                .add(Id.in_subquery(records(read_partner::Entity::narrow(reach)))),
        }
    }
}

impl Scope for read_partner::Entity {
    fn narrow(reach: &Reach) -> Condition {
        match reach {
            Reach::All | Reach::Nobody => Condition::all(),
            Reach::Organisations(_) => partners::store::of_partners(reach, read_partner::Column::Partner),
        }
    }
}

/// The records of these rows.
fn records(of_partners: Condition) -> SelectStatement {
    let select = read_partner::Entity::find().select_only().column(read_partner::Column::Record);
    select.filter(of_partners).into_query()
}

/// Whether all of a record is told: to an auditor of some organisations, of what these have read themselves.
pub fn is_whole(reach: &Reach, organisation: Option<Uuid>) -> bool {
    let Reach::Organisations(some) = reach else { return true };
    organisation.is_some_and(|organisation| some.contains(&organisation))
}

/// Which reads; all that is given must hold.
///
/// Pembacaan mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ReadLogFilter {
    /// By one of these (opaque ids, as `ReadRecord.actor` has them, where it is told).
    ///
    /// Oleh salah satu pembaca ini (pengenal tanpa nama), sejauh diberitakan.
    pub actor: Option<Vec<String>>,
    /// With one of these tokens (`jti`), where it is told.
    ///
    /// Dengan salah satu token ini (`jti`), sejauh diberitakan.
    pub token: Option<Vec<String>>,
    /// That read one of these nouns, where that is told: names of tables, such as `milestone`.
    ///
    /// Yang membaca salah satu jenis objek ini, sejauh diberitakan: nama tabel, misalnya `milestone`.
    pub noun: Option<Vec<String>>,
    /// That were shown personal data of this partner (its id).
    ///
    /// Yang memperlihatkan data pribadi mitra ini (id).
    pub partner: Option<ID>,
    /// At this moment or later.
    ///
    /// Pada waktu ini atau sesudahnya.
    pub from: Option<Timestamp>,
    /// Before this moment.
    ///
    /// Sebelum waktu ini.
    pub until: Option<Timestamp>,
}

impl ReadLogFilter {
    /// # Errors
    ///
    /// BAD_USER_INPUT: what is no name of a table, no id of a partner.
    pub fn condition(&self, view: &View) -> Result<Condition> {
        use read_record::Column;
        let partner = ids::parse_given(Noun::Partner, "filter.partner", self.partner.as_ref())?;
        let partner = partner.map(|partner| {
            let own = Condition::all().add(read_partner::Column::Partner.eq(partner));
            Column::Id.in_subquery(records(own.add(read_partner::Entity::narrow(view.reach()))))
        });
        let nouns = self.noun.as_deref().map(reading).transpose()?;
        // What is not told is not found by either.
        let named = (self.actor.is_some() || self.token.is_some()).then(|| named(view.reach()));
        let whole = nouns.is_some().then(|| whole(view.reach()));
        Ok(Condition::all()
            .add_option(named)
            .add_option(whole)
            .add_option(self.actor.as_ref().map(|some| Column::Actor.is_in(some)))
            .add_option(self.token.as_ref().map(|some| Column::Token.is_in(some)))
            .add_option(nouns)
            .add_option(partner)
            .add_option(self.from.map(|at| Column::At.gte(at)))
            .add_option(self.until.map(|at| Column::At.lt(at))))
    }
}

/// The records whose reader is told: as the journal tells who has acted.
fn named(reach: &Reach) -> Condition {
    use read_record::Column::{Organisation, Role as RoleOf};
    let Reach::Organisations(_) = reach else { return Condition::all() };
    Condition::any().add(RoleOf.is_null()).add(RoleOf.ne(Role::Bumn.as_str())).add(reach.within(Organisation))
}

fn whole(reach: &Reach) -> Condition {
    let Reach::Organisations(_) = reach else { return Condition::all() };
    reach.within(read_record::Column::Organisation)
}

/// The records that have one of these nouns among the members of `nouns`.
fn reading(nouns: &[String]) -> Result<Condition> {
    let mut any = Condition::any();
    for (at, noun) in nouns.iter().enumerate() {
        if noun.is_empty() || !noun.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            let path = format!("filter.noun.{at}");
            return Err(Error::input(&path, noun, "a name of a table, such as milestone"));
        }
        let member = LikeExpr::new(format!("%\"{}\":%", noun.replace('_', "!_"))).escape('!');
        any = any.add(read_record::Column::Nouns.like(member));
    }
    // Of none nothing is one.
    Ok(if nouns.is_empty() { any.add(read_record::Column::Id.is_null()) } else { any })
}

/// By time.
pub fn order(descending: bool) -> Order<read_record::Entity> {
    Order { name: "AT", column: read_record::Column::At, descending }
}

/// The partners whose personal data was shown in these records, as far as they are within reach.
pub async fn partners(view: &View, records: &[Uuid]) -> Result<Vec<read_partner::Model>> {
    let select = read_partner::Entity::find().filter(view.is_in(read_partner::Column::Record, records));
    view.all(select.order_by_asc(read_partner::Column::Record).order_by_asc(read_partner::Column::Partner))
        .await
}
