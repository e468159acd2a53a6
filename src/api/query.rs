//! What can be asked: the root of all queries.

use async_graphql::{Context, ID, Interface, Object};

use crate::access::{Rows, View, table};
use crate::error::{Error, Result};
use crate::nouns::connection::{self, Connection, NounObject, Paging};
use crate::nouns::ids;
use crate::nouns::journal::graphql::{JournalEntry, journal};
use crate::nouns::memoranda::graphql::{Memorandum, MemorandumOrder};
use crate::nouns::milestones::graphql::{Milestone, MilestoneOrder};
use crate::nouns::milestones::store::MilestoneFilter;
use crate::nouns::organisations::graphql::{Organisation, OrganisationOrder};
use crate::nouns::organisations::store::OrganisationFilter;
use crate::nouns::partners::graphql::{Partner, PartnerOrder};
use crate::nouns::partners::store::PartnerFilter;
use crate::nouns::partnerships::graphql::{Partnership, PartnershipOrder};
use crate::nouns::partnerships::store::PartnershipFilter;
use crate::nouns::public::graphql::{
    PublicPartner, PublicPartnership, PublicPartnershipOrder, partner_by_nib,
};
use crate::nouns::public::store::PublicPartnershipFilter;

/// An object with an identity of its own (Relay).
///
/// Objek dengan pengenal sendiri.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global identifier.\n\nPengenal global."))]
pub enum Node {
    Memorandum(Memorandum),
    Organisation(Organisation),
    Partner(Partner),
    Partnership(Partnership),
    Milestone(Milestone),
    PublicPartnership(PublicPartnership),
}

/// The object with this id, or NOT_FOUND: also where it is out of the actor's sight.
async fn one<N: NounObject>(view: &View, noun: ids::Noun, id: &ID) -> Result<Option<N>> {
    let row = view.by_id::<N::Entity>(ids::parse(noun, id)?).await?.ok_or_else(|| Error::not_found(id))?;
    Ok(Some(N::new(Rows::single(view.clone(), row))))
}

async fn node(view: &View, id: &ID) -> Result<Option<Node>> {
    let (noun, _) = ids::parse_any(id)?;
    // The executor knows every type there is, and the role perhaps not this one.
    if !view.actor().role.is_some_and(|role| table::allows(role, noun.object(), "id")) {
        return Err(Error::not_found(id));
    }
    Ok(match noun {
        ids::Noun::Memorandum => one(view, noun, id).await?.map(Node::Memorandum),
        ids::Noun::Organisation => one(view, noun, id).await?.map(Node::Organisation),
        ids::Noun::Partner => one(view, noun, id).await?.map(Node::Partner),
        ids::Noun::Partnership => one(view, noun, id).await?.map(Node::Partnership),
        ids::Noun::Milestone => one(view, noun, id).await?.map(Node::Milestone),
        ids::Noun::PublicPartnership => one(view, noun, id).await?.map(Node::PublicPartnership),
    })
}

/// What can be asked. One answer is true at one sequence of the journal.
///
/// Segala yang dapat ditanyakan. Satu jawaban berlaku pada satu urutan jurnal.
pub struct Query;

/// What can be asked. One answer is true at one sequence of the journal.
///
/// Segala yang dapat ditanyakan. Satu jawaban berlaku pada satu urutan jurnal.
#[Object]
impl Query {
    /// Who asks.
    ///
    /// Siapa yang bertanya.
    async fn viewer(&self, ctx: &Context<'_>) -> super::viewer::Viewer {
        super::viewer::Viewer(ctx.data_unchecked::<View>().clone())
    }

    /// The object with this id, of whichever noun (Relay). NOT_FOUND where there is none that you can see.
    ///
    /// Objek dengan pengenal ini. NOT_FOUND bila tidak ada yang dapat Anda lihat.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Node>> {
        node(ctx.data_unchecked::<View>(), &id).await.transpose()
    }

    /// The memorandum with this id.
    ///
    /// Nota kesepahaman dengan pengenal ini.
    async fn memorandum(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Memorandum>> {
        one(ctx.data_unchecked::<View>(), ids::Noun::Memorandum, &id).await.transpose()
    }

    /// Memoranda.
    ///
    /// Nota kesepahaman.
    async fn memoranda(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<MemorandumOrder>,
    ) -> Result<Connection<Memorandum>> {
        let view = ctx.data_unchecked::<View>();
        connection::connect(
            view,
            connection::everything(),
            MemorandumOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }

    /// The organisation with this id.
    ///
    /// Organisasi dengan pengenal ini.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Organisation>> {
        one(ctx.data_unchecked::<View>(), ids::Noun::Organisation, &id).await.transpose()
    }

    /// Organisations.
    ///
    /// Organisasi.
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<OrganisationFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<OrganisationOrder>,
    ) -> Result<Connection<Organisation>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition();
        connection::connect(
            view,
            filter,
            OrganisationOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }

    /// The partner with this id.
    ///
    /// Mitra dengan pengenal ini.
    async fn partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Partner>> {
        one(ctx.data_unchecked::<View>(), ids::Noun::Partner, &id).await.transpose()
    }

    /// Partners that you can see.
    ///
    /// Mitra yang dapat Anda lihat.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<PartnerFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<PartnerOrder>,
    ) -> Result<Connection<Partner>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition();
        connection::connect(
            view,
            filter,
            PartnerOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }

    /// The partnership with this id.
    ///
    /// Kemitraan dengan pengenal ini.
    async fn partnership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Partnership>> {
        one(ctx.data_unchecked::<View>(), ids::Noun::Partnership, &id).await.transpose()
    }

    /// Partnerships that you can see: a BUMN its own, an auditor those of its assignment.
    ///
    /// Kemitraan yang dapat Anda lihat: BUMN melihat miliknya, auditor sesuai penugasannya.
    async fn partnerships(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<PartnershipFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<PartnershipOrder>,
    ) -> Result<Connection<Partnership>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        connection::connect(
            view,
            filter,
            PartnershipOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }

    /// What every partnership shows of itself to those who are not party to it, your own included.
    ///
    /// Keterangan umum setiap kemitraan bagi yang bukan pihaknya, termasuk milik Anda.
    async fn public_partnerships(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<
            PublicPartnershipFilter,
        >,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<PublicPartnershipOrder>,
    ) -> Result<Connection<PublicPartnership>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        connection::connect(
            view,
            filter,
            PublicPartnershipOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }

    /// What the partnership with this public id shows of itself.
    ///
    /// Keterangan umum kemitraan dengan pengenal umum ini.
    async fn public_partnership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<PublicPartnership>> {
        one(ctx.data_unchecked::<View>(), ids::Noun::PublicPartnership, &id).await.transpose()
    }

    /// What the partner with exactly this business number (NIB) shows of itself. NOT_FOUND where there is none.
    ///
    /// Keterangan umum mitra dengan NIB ini. NOT_FOUND bila tidak ada.
    async fn public_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its business number, 13 digits. / NIB-nya, 13 angka.")] nib: String,
    ) -> Option<Result<PublicPartner>> {
        Some(partner_by_nib(ctx.data_unchecked::<View>(), &nib).await)
    }

    /// The milestone with this id.
    ///
    /// Tahapan dengan pengenal ini.
    async fn milestone(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Milestone>> {
        one(ctx.data_unchecked::<View>(), ids::Noun::Milestone, &id).await.transpose()
    }

    /// Milestones that you can see.
    ///
    /// Tahapan yang dapat Anda lihat.
    async fn milestones(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<MilestoneFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<MilestoneOrder>,
    ) -> Result<Connection<Milestone>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition(view.today())?;
        connection::connect(
            view,
            filter,
            MilestoneOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }

    /// The journal: each act, in the order in which it was committed.
    ///
    /// Jurnal: setiap tindakan, menurut urutan pencatatannya.
    async fn journal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only acts that changed this object. / Hanya tindakan yang mengubah objek ini.")]
        subject: Option<ID>,
        #[graphql(
            desc = "Oldest first (ASC) or latest first (DESC). / Terlama (ASC) atau terbaru (DESC) lebih dahulu.",
            default_with = "crate::nouns::connection::OrderDirection::Asc"
        )]
        direction: crate::nouns::connection::OrderDirection,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
    ) -> Result<Connection<JournalEntry>> {
        journal(
            ctx.data_unchecked::<View>(),
            subject.as_ref(),
            direction,
            &Paging { first, after, last, before },
        )
        .await
    }
}
