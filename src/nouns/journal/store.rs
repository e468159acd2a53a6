//! The SQL that reads the journal.

use async_graphql::{ID, InputObject};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::access::page::{Page, Slice};
use crate::access::{Reach, Role, Scope, View, table};
use crate::error::{Error, Result};
use crate::journal::Projected;
use crate::journal::entity::{change, entry};
use crate::nouns::ids::{self, Noun};
use crate::types::{GlobalId, Timestamp};

/// The tables whose rows every party may see, so that their changes are within everyone's reach who reads the journal.
const SHARED: [&str; 10] = [
    "access_table",
    "baseline",
    "clause",
    "memorandum",
    "memorandum_signatory",
    "organisation",
    "organisation_name",
    "quarter",
    "quarter_agreement",
    "succession",
];

/// The tables whose rows are a partner's, and belong to no organisation of their own.
const OF_PARTNERS: [&str; 4] = ["partner", "certificate", "platform_account", "contact"];

impl Scope for change::Entity {
    fn narrow(reach: &Reach) -> Condition {
        let some = match reach {
            Reach::All => return Condition::all(),
            // The administrator, who sees tokens and none of the work.
            Reach::Nobody => return Condition::all().add(change::Column::Noun.eq("token")),
            Reach::Organisations(some) => some,
        };
        let of_partners = Condition::all()
            .add(change::Column::Noun.is_in(OF_PARTNERS))
            .add(Expr::exists(was_a_partner_of(some)));
        Condition::any()
            .add(reach.within(change::Column::Organisation))
            .add(change::Column::Noun.is_in(SHARED))
            .add(of_partners)
    }
}

/// For a change of a partner or of what is its: what put the partner into a partnership of these organisations, where it had
/// not left before the change. By the journal alone, so that what was told once is told for ever: also that it left, and
/// what was removed.
fn was_a_partner_of(organisations: &[Uuid]) -> SelectStatement {
    // The index that answers this is of these rows alone, which the database sees only where the noun is no parameter.
    const IN_A_PARTNERSHIP: &str = "put_in.noun = 'partnership_partner'";
    let of = |table: &'static str, column: &'static str| Expr::col((Alias::new(table), Alias::new(column)));
    let own = |column: &'static str| of("journal_change", column);
    // The image of what was removed is not there any more: an earlier one names the partner.
    let named_before = Query::select()
        .expr(of("named", "partner"))
        .from_as(change::Entity, Alias::new("named"))
        .and_where(of("named", "id").eq(own("id")))
        .and_where(of("named", "noun").eq(own("noun")))
        .and_where(of("named", "partner").is_not_null())
        .limit(1)
        .to_owned();
    let partner = Func::coalesce([own("partner"), Expr::SubQuery(None, Box::new(named_before.into()))]);
    let left = Query::select()
        .expr(Expr::val(1))
        .from_as(change::Entity, Alias::new("went_out"))
        .and_where(of("went_out", "id").eq(of("put_in", "id")))
        .and_where(of("went_out", "sequence").gt(of("put_in", "sequence")))
        .and_where(of("went_out", "sequence").lt(own("sequence")))
        .to_owned();
    Query::select()
        .expr(Expr::val(1))
        .from_as(change::Entity, Alias::new("put_in"))
        .and_where(Expr::cust(IN_A_PARTNERSHIP))
        .and_where(of("put_in", "partner").eq(partner))
        .and_where(of("put_in", "organisation").is_in(organisations.iter().copied()))
        .and_where(Expr::exists(left).not())
        .to_owned()
}

/// Whether who acted is told: a BUMN out of reach is not, but for its role. So whoever shares a partner with another BUMN is
/// told what became of the partner, and nothing of the other's people and reasons.
pub fn is_named(reach: &Reach, role: Option<&str>, organisation: Option<Uuid>) -> bool {
    let Reach::Organisations(some) = reach else { return true };
    role != Some(Role::Bumn.as_str()) || organisation.is_some_and(|organisation| some.contains(&organisation))
}

/// The entries whose author is told.
fn named(reach: &Reach) -> Condition {
    use entry::Column::{Organisation, Role as RoleOf};
    let Reach::Organisations(_) = reach else { return Condition::all() };
    Condition::any().add(RoleOf.is_null()).add(RoleOf.ne(Role::Bumn.as_str())).add(reach.within(Organisation))
}

/// The administrator, who sees none of the work, reads of every act who did it and when.
impl Scope for entry::Entity {
    fn narrow(reach: &Reach) -> Condition {
        match reach {
            Reach::All | Reach::Nobody => Condition::all(),
            Reach::Organisations(_) => Condition::all().add(
                entry::Column::Sequence
                    .in_subquery(sequences(Condition::all().add(change::Entity::narrow(reach)))),
            ),
        }
    }
}

fn sequences(changes: Condition) -> SelectStatement {
    let select = change::Entity::find().select_only().column(change::Column::Sequence);
    select.filter(changes).into_query()
}

/// A row that the journal knows: the name of its table, and its id.
#[derive(Debug, Clone)]
pub struct Subject {
    noun: String,
    id: Uuid,
}

/// Reads the global id of a row of any table that the journal projects.
///
/// # Errors
///
/// NOT_FOUND: what no row bears, nobody can see.
pub fn subject(id: &str) -> Result<Subject> {
    let parsed = GlobalId::parse(id).ok_or_else(|| Error::not_found(id))?;
    if !crate::nouns::projections().iter().any(|projection| projection.noun() == parsed.noun) {
        return Err(Error::not_found(id));
    }
    Ok(Subject { noun: parsed.noun.to_owned(), id: parsed.id })
}

/// Which acts; all that is given must hold.
///
/// Tindakan mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct JournalFilter {
    /// By one of these (opaque ids, as `JournalEntry.actor` has them, where it is told).
    ///
    /// Oleh salah satu pelaku ini (pengenal tanpa nama), sejauh pelakunya diberitakan.
    pub actor: Option<Vec<String>>,
    /// In one of these roles.
    ///
    /// Dalam salah satu peran ini.
    pub role: Option<Vec<Role>>,
    /// One of these: names of mutations, such as `milestoneStart`.
    ///
    /// Salah satu tindakan ini: nama mutasi, misalnya `milestoneStart`.
    pub action: Option<Vec<String>>,
    /// On behalf of one of these organisations (their ids), where that is told. FORBIDDEN to whoever does not see an act's
    /// organisation.
    ///
    /// Atas nama salah satu organisasi ini (id), sejauh diberitakan. FORBIDDEN bagi yang tidak dapat melihat organisasi pelaku.
    pub organisation: Option<Vec<ID>>,
    /// That changed this object (its id), or any other row that the journal knows. NOT_FOUND for an id of none.
    ///
    /// Yang mengubah objek ini (id), atau baris lain dalam jurnal. NOT_FOUND bila bukan pengenal.
    pub subject: Option<ID>,
    /// Recorded at this moment or later.
    ///
    /// Dicatat pada waktu ini atau sesudahnya.
    pub from: Option<Timestamp>,
    /// Recorded before this moment.
    ///
    /// Dicatat sebelum waktu ini.
    pub until: Option<Timestamp>,
}

impl JournalFilter {
    /// # Errors
    ///
    /// BAD_USER_INPUT (no id of an organisation), NOT_FOUND (the subject), FORBIDDEN.
    pub fn condition(&self, view: &View) -> Result<Condition> {
        use entry::Column;
        if self.organisation.is_some() {
            check_sees_organisations(view)?;
        }
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let subject = self.subject.as_ref().map(|id| subject(id)).transpose()?;
        // Nor by who acted, where that is not told.
        let named = (self.actor.is_some() || self.organisation.is_some()).then(|| named(view.reach()));
        let sequence = || Expr::col(Column::Sequence.as_column_ref());
        let roles = |some: &Vec<Role>| Column::Role.is_in(some.iter().map(|role| role.as_str()));
        Ok(Condition::all()
            .add_option(named)
            .add_option(self.actor.as_ref().map(|some| Column::Actor.is_in(some)))
            .add_option(self.role.as_ref().map(roles))
            .add_option(self.action.as_ref().map(|some| Column::Action.is_in(some)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(subject.map(|subject| that_changed(view, &subject)))
            .add_option(self.from.map(|at| sequence().gte(first_since(at))))
            .add_option(self.until.map(|at| sequence().lte(last(Column::At.lt(at))))))
    }
}

/// Whoever does not see the organisation of an act cannot find it by that either.
fn check_sees_organisations(view: &View) -> Result<()> {
    let rule = table::rule("JournalEntry", "organisation");
    match (rule, view.actor().role) {
        (Some(rule), Some(role)) if !rule.roles.contains(&role) => {
            Err(Error::out_of_schema("JournalFilter.organisation", role.as_str(), rule.name, rule.english))
        }
        _ => Ok(()),
    }
}

/// The entries that changed this subject, where the actor may know of those changes.
fn that_changed(view: &View, subject: &Subject) -> Expr {
    let own =
        Condition::all().add(change::Column::Id.eq(subject.id)).add(change::Column::Noun.eq(&subject.noun));
    let own = match view.reach() {
        Reach::Nobody => own,
        reach => own.add(change::Entity::narrow(reach)),
    };
    entry::Column::Sequence.in_subquery(sequences(own))
}

/// The sequence of the first entry that was recorded at this moment or later; null where there is none.
///
/// Times never run backwards in the journal, so a moment is a place in it: a sequence is what its indexes go by.
pub fn first_since(at: Timestamp) -> Expr {
    use entry::Column::{At, Sequence};
    let found = entry::Entity::find().select_only().column(Sequence).filter(At.gte(at));
    found.order_by_asc(At).order_by_asc(Sequence).limit(1).into_query().into()
}

/// The sequence of the last entry whose time is so; null where there is none.
fn last(is_before: Expr) -> Expr {
    use entry::Column::{At, Sequence};
    let found = entry::Entity::find().select_only().column(Sequence).filter(is_before);
    found.order_by_desc(At).order_by_desc(Sequence).limit(1).into_query().into()
}

/// The rows of a noun that the journal has seen change after this moment: a look into an index for each row.
///
/// The last change of a row within reach is within reach, so this tells nothing of others.
pub fn changed_after<E: Projected>(at: Timestamp) -> Expr {
    use change::Column;
    let until = Expr::from(Func::coalesce([last(entry::Column::At.lte(at)), Expr::val(0_i64)]));
    let later = change::Entity::find()
        .select_only()
        .expr_as(Expr::val(1), "one")
        .filter(Expr::col(Column::Id.as_column_ref()).eq(Expr::col(E::ID.as_column_ref())))
        .filter(Column::Noun.eq(E::NOUN))
        .filter(Expr::col(Column::Sequence.as_column_ref()).gt(until));
    Expr::exists(later.into_query())
}

/// One page of entries, by sequence.
pub async fn entries(
    view: &View,
    filter: Condition,
    descending: bool,
    page: &Page,
) -> Result<Slice<entry::Model>> {
    use entry::Column::Sequence;
    let mut select = entry::Entity::find().filter(filter);
    for (cursor, is_after, argument) in [(&page.after, true, "after"), (&page.before, false, "before")] {
        if let Some(cursor) = cursor {
            let at = cursor.as_number("SEQUENCE", argument)?;
            select = select.filter(if is_after == descending { Sequence.lt(at) } else { Sequence.gt(at) });
        }
    }
    let ascending = descending == page.backward;
    let select = if ascending { select.order_by_asc(Sequence) } else { select.order_by_desc(Sequence) };
    Ok(page.slice(view.all(select.limit(page.size + 1)).await?))
}

/// How many entries there are within reach.
pub async fn count(view: &View, filter: Condition) -> Result<i64> {
    view.count::<entry::Entity>(filter).await
}

/// The entry that the actor's own act has just made: it may see that whichever its role.
pub async fn own_entry(view: &View, sequence: i64) -> Result<Option<entry::Model>> {
    view.own_entry(sequence).await
}

/// The changes of these entries that are within reach, in order.
pub async fn changes(view: &View, sequences: &[i64]) -> Result<Vec<change::Model>> {
    let select = change::Entity::find().filter(change::Column::Sequence.is_in(sequences.iter().copied()));
    view.all(select.order_by_asc(change::Column::Sequence).order_by_asc(change::Column::Position)).await
}
