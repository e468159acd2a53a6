//! Which card something is put on, and how what the database sums up comes together there. Pure.

use std::collections::BTreeMap;

use async_graphql::Enum;
use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::nouns::codes::entity::CodeListName;
use crate::nouns::codes::rules as codes;
use crate::nouns::outcomes::entity::Indicator;
use crate::nouns::outcomes::rules::Aggregation;
use crate::nouns::programme::rules::{self, Sums};
use crate::nouns::programme::store::{Figures, Milestones, Transacted, Values};
use crate::types::{Decimal, Quarter};

/// What the programme is divided into cards by.
///
/// Dimensi pembagian kartu nilai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScorecardDimension {
    /// By BUMN.
    ///
    /// Menurut BUMN.
    Organisation,
    /// By the seat that verifies: a milestone's verifier, and that of an outcome's indicator.
    ///
    /// Menurut kedudukan yang memverifikasi tahapan atau indikator capaian.
    VerifyingInstitution,
    /// By the province of the lead partner's regency.
    ///
    /// Menurut provinsi mitra utama.
    Province,
    /// By the section of the lead partner's field of business, in the edition of the KBLI that it is of.
    ///
    /// Menurut kategori KBLI mitra utama, pada edisi KBLI-nya.
    KbliSection,
    /// By batch.
    ///
    /// Menurut angkatan.
    Batch,
    /// By quarter: that in which a milestone is due (by its day in Asia/Jakarta), and that of an outcome.
    ///
    /// Menurut triwulan: jatuh tempo tahapan (tanggal WIB), dan triwulan capaian.
    Quarter,
}

impl ScorecardDimension {
    /// Whether each partnership is on one card, with all that is its.
    pub fn has_partnerships(self) -> bool {
        !matches!(self, Self::VerifyingInstitution | Self::Quarter)
    }

    /// Whether transactions are divided by it: one seat verifies all of them.
    pub fn has_transactions(self) -> bool {
        self != Self::VerifyingInstitution
    }
}

/// The quarters whose outcomes count; both ends belong to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    pub from: Option<Quarter>,
    pub until: Option<Quarter>,
}

impl Range {
    /// # Errors
    ///
    /// BAD_USER_INPUT, naming the argument, where one is no quarter.
    pub fn parse(from: Option<&str>, until: Option<&str>) -> Result<Self> {
        let parse = |name: &str, code: Option<&str>| {
            let parse = |code: &str| code.parse().map_err(|expected| Error::input(name, code, expected));
            code.map(parse).transpose()
        };
        Ok(Self { from: parse("quarterFrom", from)?, until: parse("quarterUntil", until)? })
    }

    /// Its first day and its last.
    pub fn days(self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let first = self.from.and_then(Quarter::days).map(|(first, _)| first);
        let last = self.until.and_then(Quarter::days).and_then(|(_, next)| next.pred_opt());
        (first, last)
    }
}

/// The key of what cannot be told.
const UNKNOWN: &str = "UNKNOWN";

/// What a card is of. They are in the cards' order: by key, what is unknown at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    is_unknown: bool,
    pub key: String,
    pub english: String,
    pub indonesian: String,
}

impl Group {
    /// Of what the database groups by: a code, a seat, the first two digits of a regency, the edition and the division of
    /// the KBLI (`202027`), a quarter or a month (`2021-09`).
    pub fn new(by: ScorecardDimension, of: Option<&str>) -> Self {
        let known = of.and_then(|of| match by {
            ScorecardDimension::Organisation | ScorecardDimension::Batch => {
                Some([of.to_owned(), of.to_owned(), of.to_owned()])
            }
            ScorecardDimension::VerifyingInstitution => {
                let seat = codes::list(CodeListName::Role).codes.iter().find(|seat| seat.code == of)?;
                Some([seat.code, seat.english, seat.indonesian].map(str::to_owned))
            }
            ScorecardDimension::Province => {
                let province = codes::province(of)?;
                Some([province.code, province.english, province.indonesian].map(str::to_owned))
            }
            ScorecardDimension::KbliSection => {
                let (edition, division) = of.split_at_checked(4)?;
                let section = codes::section(division, edition.parse().ok()?)?;
                let key = format!("KBLI_{edition}_{}", section.code);
                Some([key, section.english.to_owned(), section.indonesian.to_owned()])
            }
            ScorecardDimension::Quarter => {
                let month = || format!("{of}-01").parse().ok().map(Quarter::of);
                let quarter = of.parse::<Quarter>().ok().or_else(month)?;
                let roman = ["I", "II", "III", "IV"][usize::from(quarter.quarter.clamp(1, 4)) - 1];
                Some([
                    quarter.to_string(),
                    format!("Q{} {}", quarter.quarter, quarter.year),
                    format!("Triwulan {roman} {}", quarter.year),
                ])
            }
        });
        let is_unknown = known.is_none();
        let unknown = || [UNKNOWN, "Unknown", "Tidak diketahui"].map(str::to_owned);
        let [key, english, indonesian] = known.unwrap_or_else(unknown);
        Self { is_unknown, key, english, indonesian }
    }
}

/// Which cards are asked for, of all in their order.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// So many at most.
    pub first: Option<u64>,
    /// Those that follow the one with this key.
    pub after: Option<String>,
}

/// What is on a card.
#[derive(Debug, Default)]
pub struct Card {
    pub values: Values,
    pub milestones: Milestones,
    pub transacted: Transacted,
    pub figures: Vec<Figures>,
}

impl Card {
    pub fn add_values(&mut self, more: &Values) -> Result<()> {
        let own = &mut self.values;
        own.n += more.n;
        own.potential = plus(own.potential, more.potential)?;
        own.potential_n += more.potential_n;
        own.estimated = plus(own.estimated, more.estimated)?;
        own.estimated_n += more.estimated_n;
        own.contracted = plus(own.contracted, more.contracted)?;
        own.contracted_n += more.contracted_n;
        Ok(())
    }

    pub fn add_transacted(&mut self, more: Option<i64>) -> Result<()> {
        self.transacted.total = plus(self.transacted.total, more)?;
        Ok(())
    }
}

/// The cards of a dimension, in their order.
#[derive(Debug)]
pub struct Cards {
    by: ScorecardDimension,
    pub cards: BTreeMap<Group, Card>,
}

impl Cards {
    pub fn new(by: ScorecardDimension) -> Self {
        Self { by, cards: BTreeMap::new() }
    }

    pub fn of(&mut self, group: Option<&str>) -> &mut Card {
        self.cards.entry(Group::new(self.by, group)).or_default()
    }

    /// The card that something is put on; none where it is not on the page. By a dimension that has partnerships these
    /// tell which cards there are.
    pub fn on(&mut self, group: Option<&str>) -> Option<&mut Card> {
        if self.by.has_partnerships() {
            return self.cards.get_mut(&Group::new(self.by, group));
        }
        Some(self.of(group))
    }

    pub fn has(&self, group: Option<&str>) -> bool {
        self.cards.contains_key(&Group::new(self.by, group))
    }

    /// Leaves those of the page.
    pub fn cut(&mut self, page: &Page) {
        if let Some(after) = &page.after {
            let place = (after == UNKNOWN, after);
            self.cards.retain(|group, _| (group.is_unknown, &group.key) > place);
        }
        let end = page.first.and_then(|first| self.cards.keys().nth(usize::try_from(first).ok()?).cloned());
        if let Some(end) = end {
            self.cards.split_off(&end);
        }
    }
}

/// The figure of an indicator on a card, over all quarters of the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub indicator: Indicator,
    /// The one that it is of, where it is of one alone.
    pub quarter: Option<String>,
    pub target: Option<Decimal>,
    pub actual: Option<Decimal>,
    /// How many outcomes are in `actual`.
    pub counted: i64,
    pub verified: i64,
    pub reported: i64,
    pub out_of: i64,
}

/// A card's figures by indicator. What is measured at the end of a period is of the last quarter that has a figure, or
/// of the last one where none has; all else is of all quarters.
pub fn figures(figures: &[Figures]) -> Result<Vec<Figure>> {
    let mut by_indicator = BTreeMap::<Indicator, Vec<&Figures>>::new();
    for one in figures {
        by_indicator.entry(one.indicator).or_default().push(one);
    }
    by_indicator.into_iter().map(|(indicator, own)| together(indicator, own)).collect()
}

fn together(indicator: Indicator, mut own: Vec<&Figures>) -> Result<Figure> {
    let aggregation = indicator.aggregation();
    let mut quarter = None;
    if aggregation == Aggregation::EndOfPeriod {
        let last = own.iter().max_by_key(|one| (one.total.is_some(), &one.quarter));
        quarter = last.map(|one| one.quarter.clone());
        own.retain(|one| Some(&one.quarter) == quarter.as_ref());
    }
    let mut sums = Sums::default();
    let mut target = None;
    let mut weighed = 0;
    let (mut verified, mut reported, mut out_of) = (0, 0, 0);
    for one in own {
        sums.sum = plus(sums.sum, one.total)?;
        sums.weighted = plus(sums.weighted, one.weighted)?;
        sums.weight = plus(sums.weight, one.weight)?;
        target = plus(target, one.target)?;
        weighed += one.weighed;
        verified += one.verified;
        reported += one.reported;
        out_of += one.n;
    }
    let is_ratio = aggregation == Aggregation::WeightedByValue;
    Ok(Figure {
        indicator,
        quarter,
        target: target.filter(|_| !is_ratio).map(Decimal),
        actual: rules::figure(indicator, sums),
        counted: if is_ratio { weighed } else { verified },
        verified,
        reported,
        out_of,
    })
}

/// The sum of what is known; none where nothing is.
fn plus(one: Option<i64>, other: Option<i64>) -> Result<Option<i64>> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let sum = one.checked_add(other);
            sum.map(Some).ok_or_else(|| Error::internal("a sum beyond 64 bits"))
        }
        (one, other) => Ok(one.or(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(by: ScorecardDimension, of: &str) -> String {
        Group::new(by, Some(of)).key
    }

    #[test]
    fn each_group_has_its_key_and_all_that_is_unknown_has_one() {
        use ScorecardDimension::*;
        for (by, of, expected) in [
            (Organisation, "PLN", "PLN"),
            (Batch, "PILOT_2021", "PILOT_2021"),
            (Batch, "", ""),
            (VerifyingInstitution, "KEMENPERIN", "KEMENPERIN"),
            (Province, "32", "32"),
            (Province, "20", "UNKNOWN"),
            (KbliSection, "202027", "KBLI_2020_C"),
            (KbliSection, "202562", "KBLI_2025_K"),
            (KbliSection, "202004", "UNKNOWN"),
            (KbliSection, "201527", "UNKNOWN"),
            (KbliSection, "27", "UNKNOWN"),
            (Quarter, "2021-Q3", "2021-Q3"),
            (Quarter, "2021-07", "2021-Q3"),
            (Quarter, "2021-09", "2021-Q3"),
            (Quarter, "2021-10", "2021-Q4"),
            (Quarter, "x", "UNKNOWN"),
        ] {
            assert_eq!(key(by, of), expected, "{by:?} {of}");
        }
        let quarter = Group::new(Quarter, Some("2021-12"));
        assert_eq!((quarter.english.as_str(), quarter.indonesian.as_str()), ("Q4 2021", "Triwulan IV 2021"));
        let mut groups = [None, Some("96"), Some("11")].map(|of| Group::new(Province, of));
        groups.sort();
        assert_eq!(groups.map(|group| group.key), ["11", "96", "UNKNOWN"]);
    }

    #[test]
    fn a_range_is_whole_quarters() {
        let range = Range::parse(Some("2021-Q3"), Some("2021-Q4")).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(range.days(), (day("2021-07-01"), day("2021-12-31")));
        assert_eq!(Range::parse(None, Some("9999-Q4")).unwrap().days(), (None, day("9999-12-31")));
        assert!(Range::parse(Some("2021"), None).is_err() && Range::parse(None, Some("")).is_err());
    }

    fn of(quarter: &str, indicator: Indicator, total: Option<i64>) -> Figures {
        Figures {
            quarter: quarter.to_owned(),
            indicator,
            n: 3,
            reported: 2,
            verified: i64::from(total.is_some()),
            target: Some(100),
            total,
            weighted: total.map(|total| total * 5),
            weight: total.map(|_| 5),
            weighed: i64::from(total.is_some()),
        }
    }

    #[test]
    fn employment_is_of_the_last_quarter_that_has_a_figure_and_all_else_of_all() {
        use Indicator::{Employment, PaymentDays, TransactionValue};
        let quarters = [("2021-Q3", Some(300)), ("2021-Q4", Some(500)), ("2022-Q1", None)];
        let all = [Employment, TransactionValue, PaymentDays].into_iter().flat_map(|indicator| {
            // Twice: of two parts of the card.
            quarters.into_iter().chain(quarters).map(move |(quarter, total)| of(quarter, indicator, total))
        });
        let found = figures(&all.collect::<Vec<_>>()).unwrap();
        let [value, people, days] = &found[..] else { panic!("{found:?}") };
        assert_eq!(
            (value.actual, value.target, &value.quarter),
            (Some(Decimal(1_600)), Some(Decimal(600)), &None)
        );
        assert_eq!((value.counted, value.verified, value.reported, value.out_of), (4, 4, 12, 18));
        assert_eq!((people.actual, people.target), (Some(Decimal(1_000)), Some(Decimal(200))));
        assert_eq!((people.quarter.as_deref(), people.counted, people.out_of), (Some("2021-Q4"), 2, 6));
        assert_eq!((days.actual, days.target, days.counted), (Some(Decimal(400)), None, 4));
        // Where there is no figure at all, it says of which quarter there is none.
        let none = figures(&[of("2021-Q3", Employment, None), of("2022-Q1", Employment, None)]).unwrap();
        assert_eq!((none[0].actual, none[0].quarter.as_deref(), none[0].out_of), (None, Some("2022-Q1"), 3));
        assert!(figures(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_is_not_known_is_not_zero_and_what_is_too_much_is_told() {
        assert_eq!(plus(None, None).unwrap(), None);
        assert_eq!(plus(Some(1), None).unwrap(), Some(1));
        assert_eq!(plus(Some(1), Some(2)).unwrap(), Some(3));
        assert!(plus(Some(i64::MAX), Some(1)).is_err());
    }
}
