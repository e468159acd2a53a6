//! What is due and what is late, as the API shows it.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;

use super::rules::{self, AGES};
use super::store;
use crate::access::View;
use crate::error::Result;
use crate::nouns::connection::List;
use crate::types::Date;

/// The milestones that have been overdue for so many days, today in Asia/Jakarta.
///
/// Tahapan yang terlambat selama sekian hari, per hari ini (WIB).
#[derive(SimpleObject)]
pub struct OverdueAge {
    /// Past due for so many days at least.
    ///
    /// Terlambat sekurangnya sekian hari.
    from_days: i64,
    /// Past due for so many days at most; null: without end.
    ///
    /// Terlambat paling lama sekian hari; kosong: tanpa batas.
    until_days: Option<i64>,
    /// How many milestones.
    ///
    /// Banyaknya tahapan.
    count: i64,
    /// By how many days they are behind their first due dates, on average: whole days, rounded half up. Null where there are
    /// none.
    ///
    /// Rata-rata hari keterlambatan dari jatuh tempo semula, dibulatkan ke hari utuh; kosong bila tidak ada.
    mean_slippage_days: Option<i64>,
    /// How many of them were rescheduled at least once.
    ///
    /// Banyaknya yang pernah dijadwalkan ulang.
    rescheduled: i64,
}

/// What is due on a day.
///
/// Yang jatuh tempo pada suatu tanggal.
#[derive(SimpleObject)]
pub struct CalendarDay {
    /// The day.
    ///
    /// Tanggalnya.
    date: Date,
    /// How many milestones are due, whatever has become of them.
    ///
    /// Banyaknya tahapan yang jatuh tempo, apa pun statusnya.
    milestones_due: i64,
    /// How many of them are not reported yet: SCHEDULED, IN_PROGRESS or RETURNED.
    ///
    /// Di antaranya yang belum dilaporkan: SCHEDULED, IN_PROGRESS, atau RETURNED.
    milestones_open: i64,
    /// For how many quarters it is the last day of reports.
    ///
    /// Banyaknya triwulan yang batas akhir pelaporannya pada tanggal ini.
    quarters_due: i64,
    /// How many obstacles are to be resolved by this day and are not.
    ///
    /// Banyaknya kendala yang tenggatnya pada tanggal ini dan belum selesai.
    obstacles_due: i64,
    /// How many certificates of partners are valid for the last day.
    ///
    /// Banyaknya sertifikat mitra yang berakhir pada tanggal ini.
    certificates_ending: i64,
}

impl CalendarDay {
    fn new(day: NaiveDate) -> Self {
        Self {
            date: Date(day),
            milestones_due: 0,
            milestones_open: 0,
            quarters_due: 0,
            obstacles_due: 0,
            certificates_ending: 0,
        }
    }
}

/// The days on which something is due.
#[derive(Default)]
struct Days(BTreeMap<NaiveDate, CalendarDay>);

impl Days {
    fn on(&mut self, day: NaiveDate) -> &mut CalendarDay {
        self.0.entry(day).or_insert_with(|| CalendarDay::new(day))
    }
}

/// The root fields of what is due and what is late.
pub struct DeadlinesQuery;

#[Object]
impl DeadlinesQuery {
    /// How many milestones are overdue for how long, within your reach: 1 to 7, 8 to 30, 31 to 90 days, and longer; also
    /// where there are none. Which they are, `milestones(filter: { overdue: true })` tells.
    ///
    /// Banyaknya tahapan terlambat yang dapat Anda lihat menurut lamanya: 1–7, 8–30, 31–90 hari, dan lebih lama, termasuk yang
    /// nihil. Daftarnya pada `milestones(filter: { overdue: true })`.
    async fn overdue_by_age(&self, ctx: &Context<'_>) -> Result<List<OverdueAge>> {
        let found = store::overdue(ctx.data_unchecked::<View>()).await?;
        let ages = AGES.into_iter().map(|age| {
            let own = found.iter().find(|one| one.from_days == age.from_days);
            let (n, rescheduled) = own.map_or((0, 0), |own| (own.n, own.rescheduled));
            OverdueAge {
                from_days: age.from_days,
                until_days: age.until_days,
                count: n,
                mean_slippage_days: rules::mean(own.and_then(|own| own.slippage).unwrap_or(0), n),
                rescheduled,
            }
        });
        Ok(List(ages.collect()))
    }

    /// What is due within your reach on the days from one to another, both among them, in order; days on which nothing is
    /// due are left out. At most 366 days: BAD_USER_INPUT beyond them, or where `until` is before `from`.
    ///
    /// Yang jatuh tempo pada rentang tanggal, sejauh yang dapat Anda lihat, berurutan; tanggal tanpa jatuh tempo dilewati.
    /// Paling banyak 366 hari; BAD_USER_INPUT bila lebih, atau bila `until` mendahului `from`.
    async fn calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day. / Tanggal pertama.")] from: Date,
        #[graphql(desc = "The last day. / Tanggal terakhir.")] until: Date,
    ) -> Result<List<CalendarDay>> {
        let view = ctx.data_unchecked::<View>();
        let (first, last) = rules::days(from, until)?;
        let mut days = Days::default();
        for due in store::milestones(view, first, last).await? {
            let day = days.on(due.due_on);
            (day.milestones_due, day.milestones_open) = (due.n, due.open);
        }
        for due in store::quarters(view, first, last).await? {
            days.on(due.due_on).quarters_due = due.n;
        }
        for due in store::obstacles(view, first, last).await? {
            days.on(due.due_on).obstacles_due = due.n;
        }
        for due in store::certificates(view, first, last).await? {
            days.on(due.due_on).certificates_ending = due.n;
        }
        Ok(List(days.0.into_values().collect()))
    }
}
