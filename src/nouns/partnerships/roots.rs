//! The root fields of partnerships.

use async_graphql::{Context, ID, Object};

use super::graphql::{Partnership, PartnershipOrder};
use super::store::PartnershipFilter;
use crate::access::View;
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Paging};
use crate::nouns::ids;

/// The root fields of partnerships.
pub struct PartnershipsQuery;

#[Object]
impl PartnershipsQuery {
    /// The partnership with this id.
    ///
    /// Kemitraan dengan pengenal ini.
    async fn partnership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Partnership>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Partnership, &id).await.transpose()
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
        let filter = filter.unwrap_or_default();
        let (order, paging) = (PartnershipOrder::or_default(order_by), Paging { first, after, last, before });
        let listed = connection::connect(view, filter.condition()?, order, &paging).await?;
        Ok(listed.counted(view, filter.tallied(view.reach())))
    }
}
