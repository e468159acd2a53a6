//! The root fields of outcomes, and what there is to report.

use async_graphql::{Context, ID, Object};

use super::entity::Indicator;
use super::graphql::{Outcome, OutcomeOrder};
use super::rules::{Aggregation, Unit};
use super::store::OutcomeFilter;
use crate::access::{Role, View};
use crate::error::Result;
use crate::nouns::connection::{self, Connection, List, Paging};
use crate::nouns::ids;
use crate::nouns::memoranda::entity::Objective;
use crate::nouns::tallies::totals;

/// An indicator: what its figures are, how they are put together, who verifies them.
///
/// Indikator: satuan, cara penggabungan, dan verifikatornya.
#[derive(Clone)]
pub struct IndicatorInfo(Indicator);

/// An indicator: what its figures are, how they are put together, who verifies them.
///
/// Indikator: satuan, cara penggabungan, dan verifikatornya.
#[Object(name = "IndicatorInfo")]
impl IndicatorInfo {
    /// The indicator.
    ///
    /// Indikatornya.
    fn code(&self) -> Indicator {
        self.0
    }

    /// The unit of its figures.
    ///
    /// Satuan angkanya.
    fn unit(&self) -> Unit {
        self.0.unit()
    }

    /// The objective of the memorandum that it serves; null where it serves none directly.
    ///
    /// Sasaran nota kesepahaman yang dilayaninya; kosong bila tidak langsung.
    fn objective(&self) -> Option<Objective> {
        self.0.objective()
    }

    /// How the figures of several outcomes make one.
    ///
    /// Cara menggabungkan beberapa capaian.
    fn aggregation(&self) -> Aggregation {
        self.0.aggregation()
    }

    /// The seat that verifies it.
    ///
    /// Kedudukan yang memverifikasi.
    fn verifier(&self) -> Role {
        self.0.verifier()
    }
}

/// The root fields of outcomes.
pub struct OutcomesQuery;

#[Object]
impl OutcomesQuery {
    /// The outcome with this id.
    ///
    /// Capaian dengan pengenal ini.
    async fn outcome(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Outcome>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Outcome, &id).await.transpose()
    }

    /// Outcomes that you can see.
    ///
    /// Capaian yang dapat Anda lihat.
    async fn outcomes(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<OutcomeFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<OutcomeOrder>,
    ) -> Result<Connection<Outcome>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default();
        let (order, paging) = (OutcomeOrder::or_default(order_by), Paging { first, after, last, before });
        let listed = connection::connect(view, filter.condition()?, order, &paging).await?;
        let cells = filter.of_tallied()?.map(|fitting| totals::outcomes(view.reach(), fitting));
        Ok(listed.counted(view, cells))
    }

    /// The indicators that there are.
    ///
    /// Indikator yang ada.
    async fn indicators(&self) -> List<IndicatorInfo> {
        List(Indicator::all().map(IndicatorInfo).collect())
    }
}
