//! The root fields of milestones.

use async_graphql::{Context, ID, Object};

use super::graphql::{Milestone, MilestoneOrder};
use super::store::MilestoneFilter;
use crate::access::View;
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Paging};
use crate::nouns::ids;

/// The root fields of milestones.
pub struct MilestonesQuery;

#[Object]
impl MilestonesQuery {
    /// The milestone with this id.
    ///
    /// Tahapan dengan pengenal ini.
    async fn milestone(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Milestone>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Milestone, &id).await.transpose()
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
        let filter = filter.unwrap_or_default();
        let (order, paging) = (MilestoneOrder::or_default(order_by), Paging { first, after, last, before });
        let listed = connection::connect(view, filter.condition(view)?, order, &paging).await?;
        Ok(listed.counted(view, filter.tallied(view.reach())))
    }
}
