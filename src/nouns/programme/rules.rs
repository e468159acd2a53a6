//! How figures are put together. Pure.

use async_graphql::Enum;

use crate::nouns::outcomes::entity::Indicator;
use crate::nouns::outcomes::rules::Aggregation;
use crate::types::Decimal;

/// Which of its figures an outcome counts by, where it was revised after its quarter was locked.
///
/// Angka mana yang dihitung bila capaian direvisi setelah triwulan dikunci.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Basis {
    /// As it stood when its quarter was locked; quarters that are open are left out. The same numbers for ever.
    ///
    /// Menurut angka saat triwulan dikunci; triwulan terbuka tidak dihitung. Tidak pernah berubah.
    AsLocked,
    /// As it is known now: by the latest verified revision.
    ///
    /// Menurut angka terkini: revisi terverifikasi terakhir.
    Latest,
}

/// What the database sums up of the verified outcomes of one indicator and quarter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Hundredths.
    pub sum: Option<i64>,
    /// Of those that have a transaction value: figure × weight, and weight, in thousands of rupiah.
    pub weighted: Option<i64>,
    pub weight: Option<i64>,
}

/// The one figure of an indicator, rounded half up to hundredths; none where nothing counts.
pub fn figure(indicator: Indicator, sums: Sums) -> Option<Decimal> {
    match indicator.aggregation() {
        Aggregation::Sum | Aggregation::EndOfPeriod => sums.sum.map(Decimal),
        Aggregation::WeightedByValue => {
            let weight = i128::from(sums.weight.filter(|weight| *weight > 0)?);
            let mean = (i128::from(sums.weighted?) * 2 + weight) / (weight * 2);
            mean.try_into().ok().map(Decimal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_weighted_and_all_else_is_summed() {
        let sums = Sums { sum: Some(15_000), weighted: Some(9_000 * 3 + 6_000), weight: Some(4) };
        assert_eq!(figure(Indicator::TransactionValue, sums), Some(Decimal(15_000)));
        assert_eq!(figure(Indicator::Employment, sums), Some(Decimal(15_000)));
        assert_eq!(figure(Indicator::LocalContent, sums), Some(Decimal(8_250)));
        // Half up.
        let odd = Sums { weighted: Some(33), weight: Some(2), ..sums };
        assert_eq!(figure(Indicator::PaymentDays, odd), Some(Decimal(17)));
        for weight in [None, Some(0)] {
            assert_eq!(figure(Indicator::LocalContent, Sums { weight, ..sums }), None);
        }
        assert_eq!(figure(Indicator::TransactionValue, Sums::default()), None);
    }
}
