//! When a report is complete. Pure.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::nouns::outcomes::entity::OutcomeStatus;

/// How far an organisation has come with the outcomes of a quarter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub out_of: i64,
    /// Verified ones included.
    pub reported: i64,
    pub verified: i64,
    pub returned: i64,
    /// Not submitted yet.
    pub missing: i64,
    /// Partnerships that are active today, and have no outcome of the open quarter at all.
    pub without_figures: i64,
}

impl Counts {
    pub fn add(&mut self, status: OutcomeStatus, n: i64) {
        self.out_of += n;
        match status {
            OutcomeStatus::Draft => self.missing += n,
            OutcomeStatus::Submitted => self.reported += n,
            OutcomeStatus::Verified => {
                self.reported += n;
                self.verified += n;
            }
            OutcomeStatus::Returned => self.returned += n,
        }
    }

    /// Whether nothing is left for the organisation to do.
    pub fn is_complete(&self) -> bool {
        self.missing == 0 && self.returned == 0 && self.without_figures == 0
    }
}

/// By organisation.
pub type ByOrganisation = BTreeMap<Uuid, Counts>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_do_makes_it_incomplete() {
        let mut counts = Counts::default();
        counts.add(OutcomeStatus::Submitted, 2);
        counts.add(OutcomeStatus::Verified, 3);
        assert_eq!((counts.out_of, counts.reported, counts.verified), (5, 5, 3));
        assert!(counts.is_complete() && Counts::default().is_complete());
        for status in [OutcomeStatus::Draft, OutcomeStatus::Returned] {
            let mut counts = counts;
            counts.add(status, 1);
            assert_eq!((counts.out_of, counts.reported), (6, 5));
            assert!(!counts.is_complete(), "{status:?}");
        }
        assert!(!Counts { without_figures: 1, ..counts }.is_complete());
    }
}
