//! Who has reported, as the API shows it.

use async_graphql::{Context, Object, SimpleObject};

use super::store;
use crate::access::{Rows, View};
use crate::error::Result;
use crate::nouns::connection::{List, NounObject as _};
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::quarters::graphql::{self as quarters, Quarter};

/// Who has reported for a quarter, within your reach.
///
/// Status pelaporan suatu triwulan, sejauh yang dapat Anda lihat.
#[derive(SimpleObject)]
pub struct ReportingStatus {
    /// The quarter.
    ///
    /// Triwulannya.
    quarter: Quarter,
    /// Each organisation that has an outcome of the quarter or, while the quarter is OPEN, a partnership that is ACTIVE today,
    /// by code.
    ///
    /// Setiap organisasi yang memiliki capaian triwulan itu atau, selama triwulan OPEN, kemitraan yang ACTIVE hari ini,
    /// menurut kodenya.
    organisations: List<OrganisationReporting>,
    /// How many outcomes are reported, verified ones included.
    ///
    /// Banyaknya capaian yang dilaporkan, termasuk yang terverifikasi.
    reported: i64,
    /// Of how many.
    ///
    /// Dari berapa.
    out_of: i64,
}

/// How far an organisation has come with the outcomes of a quarter.
///
/// Kemajuan pelaporan suatu organisasi untuk suatu triwulan.
#[derive(SimpleObject)]
pub struct OrganisationReporting {
    /// The organisation.
    ///
    /// Organisasinya.
    organisation: Organisation,
    /// How many outcomes of the quarter it has, whatever their status.
    ///
    /// Banyaknya capaian triwulan itu, apa pun statusnya.
    out_of: i64,
    /// How many are reported: SUBMITTED or VERIFIED.
    ///
    /// Banyaknya yang dilaporkan: SUBMITTED atau VERIFIED.
    reported: i64,
    /// How many are VERIFIED.
    ///
    /// Banyaknya yang VERIFIED.
    verified: i64,
    /// How many are RETURNED, and wait to be reported again.
    ///
    /// Banyaknya yang RETURNED dan menunggu dilaporkan kembali.
    returned: i64,
    /// How many are not reported: DRAFT.
    ///
    /// Banyaknya yang belum dilaporkan: DRAFT.
    missing: i64,
    /// How many of its partnerships are ACTIVE today and have not a single outcome of the quarter, while that is OPEN. 0 once
    /// it is LOCKED: nothing can be reported for it any more.
    ///
    /// Banyaknya kemitraan yang ACTIVE hari ini tanpa satu pun capaian triwulan itu, selama triwulan OPEN. 0 setelah LOCKED:
    /// pelaporannya telah ditutup.
    without_figures: i64,
    /// Whether nothing is left to be reported: none is missing or returned, and no partnership is without figures.
    ///
    /// Apakah pelaporannya lengkap: tidak ada yang belum dilaporkan, dikembalikan, atau tanpa capaian.
    complete: bool,
}

/// The root fields of reporting.
pub struct ReportingQuery;

#[Object]
impl ReportingQuery {
    /// Who has reported for a quarter, and who has not. BAD_USER_INPUT where it is none; NOT_FOUND where nothing is reported
    /// for it yet.
    ///
    /// Siapa yang telah dan belum melapor untuk suatu triwulan. BAD_USER_INPUT bila bukan triwulan; NOT_FOUND bila belum ada
    /// pelaporannya.
    async fn reporting_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code: `2021-Q3`. / Kodenya: `2021-Q3`.")] quarter: String,
    ) -> Result<ReportingStatus> {
        let view = ctx.data_unchecked::<View>();
        let of_quarter = quarters::by_code(view, "quarter", &quarter).await?;
        let found = store::by_organisation(view, of_quarter.row()).await?;
        let rows = Rows::siblings(view.clone(), store::organisations(view, &found).await?).into_iter();
        let organisations = rows.filter_map(|row| {
            let counts = found.get(&row.id)?;
            Some(OrganisationReporting {
                organisation: Organisation::new(row),
                out_of: counts.out_of,
                reported: counts.reported,
                verified: counts.verified,
                returned: counts.returned,
                missing: counts.missing,
                without_figures: counts.without_figures,
                complete: counts.is_complete(),
            })
        });
        Ok(ReportingStatus {
            quarter: of_quarter,
            reported: found.values().map(|counts| counts.reported).sum(),
            out_of: found.values().map(|counts| counts.out_of).sum(),
            organisations: List(organisations.collect()),
        })
    }
}
