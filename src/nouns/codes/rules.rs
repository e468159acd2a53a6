//! The code lists, and the codes that follow from others. Pure.

use std::sync::LazyLock;

use async_graphql::resolver_utils::EnumType as _;

use super::entity::CodeListName::{self, *};
use super::entity::{Code, CodeList};
use super::{labels, provinces, sections};
use crate::access;
use crate::nouns::{
    certificates, contacts, evidence, memoranda, milestones, obstacles, organisations, outcomes, partners,
    partnerships, quarters, worklist,
};

/// What is nobody's but ours. A list of it that changes gets the next version.
const OWN: (&str, &str) = ("Kemitraan", "1");
const PP_7: (&str, &str) = ("Peraturan Pemerintah Nomor 7 Tahun 2021", "2021");
const MEMORANDUM: (&str, &str) =
    ("Nota kesepahaman Kemitraan Koperasi, UMKM/IKM dalam Rantai Pasok BUMN, 3 September 2021", "2021");

static LISTS: LazyLock<Vec<CodeList>> =
    LazyLock::new(|| CodeListName::items().iter().map(|item| make(item.value)).collect());

fn make(name: CodeListName) -> CodeList {
    let ((source, version), codes) = match name {
        Province => ((provinces::SOURCE, provinces::VERSION), provinces::PROVINCES.to_vec()),
        Kbli2020Section => {
            ((sections::SOURCE_2020, sections::VERSION_2020), sections::SECTIONS_2020.to_vec())
        }
        Kbli2025Section => {
            ((sections::SOURCE_2025, sections::VERSION_2025), sections::SECTIONS_2025.to_vec())
        }
        Pattern => (PP_7, labels::codes::<partnerships::entity::Pattern>()),
        Channel => (MEMORANDUM, labels::codes::<partnerships::entity::Channel>()),
        SupplyDirection => (OWN, labels::codes::<partnerships::entity::SupplyDirection>()),
        PartnershipStatus => (OWN, labels::codes::<partnerships::entity::PartnershipStatus>()),
        MilestoneType => (OWN, labels::codes::<milestones::entity::MilestoneType>()),
        MilestoneStatus => (OWN, labels::codes::<milestones::entity::MilestoneStatus>()),
        LegalForm => (OWN, labels::codes::<partners::entity::LegalForm>()),
        Scale => (PP_7, labels::codes::<partners::entity::Scale>()),
        Objective => (MEMORANDUM, labels::codes::<memoranda::entity::Objective>()),
        OrganisationKind => (OWN, labels::codes::<organisations::entity::OrganisationKind>()),
        Role => (OWN, labels::codes::<access::Role>()),
        Level => (OWN, labels::codes::<access::Level>()),
        SuccessionKind => (OWN, labels::codes::<organisations::entity::SuccessionKind>()),
        Stewardship => (OWN, labels::codes::<organisations::entity::Stewardship>()),
        Indicator => (OWN, labels::codes::<outcomes::entity::Indicator>()),
        IndicatorUnit => (OWN, labels::codes::<outcomes::rules::Unit>()),
        OutcomeStatus => (OWN, labels::codes::<outcomes::entity::OutcomeStatus>()),
        QuarterStatus => (OWN, labels::codes::<quarters::entity::QuarterStatus>()),
        RescheduleStatus => (OWN, labels::codes::<milestones::entity::RescheduleStatus>()),
        ObstacleCategory => (OWN, labels::codes::<obstacles::entity::ObstacleCategory>()),
        Severity => (OWN, labels::codes::<obstacles::entity::Severity>()),
        ObstacleStatus => (OWN, labels::codes::<obstacles::entity::ObstacleStatus>()),
        EvidenceKind => (OWN, labels::codes::<evidence::entity::EvidenceKind>()),
        CertificateKind => (OWN, labels::codes::<certificates::entity::CertificateKind>()),
        Platform => (OWN, labels::codes::<certificates::entity::Platform>()),
        ContactKind => (OWN, labels::codes::<contacts::entity::ContactKind>()),
        WorkKind => (OWN, labels::codes::<worklist::rules::WorkKind>()),
    };
    CodeList { name, source, version, codes }
}

/// All code lists.
pub fn lists() -> &'static [CodeList] {
    &LISTS
}

pub fn list(name: CodeListName) -> &'static CodeList {
    // Made in the order of the names.
    &LISTS[name as usize]
}

/// The province that a regency lies in, by its code: `32.04` → 32.
pub fn province_of(regency: &str) -> Option<&'static Code> {
    let (province, _) = regency.split_once('.')?;
    self::province(province)
}

/// The province with this code: 32.
pub fn province(code: &str) -> Option<&'static Code> {
    list(Province).codes.iter().find(|known| known.code == code)
}

/// The section that a code of five digits belongs to, in that edition of the KBLI.
pub fn section_of(kbli: &str, version: i32) -> Option<&'static Code> {
    if kbli.len() != 5 || !kbli.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    section(&kbli[..2], version)
}

/// The section that a division of two digits belongs to, in that edition of the KBLI.
pub fn section(division: &str, version: i32) -> Option<&'static Code> {
    let name = match version {
        2020 => Kbli2020Section,
        2025 => Kbli2025Section,
        _ => return None,
    };
    let division: u8 = division.parse().ok()?;
    let has = |code: &&Code| code.divisions.is_some_and(|(first, last)| (first..=last).contains(&division));
    list(name).codes.iter().find(has)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sea_orm::{ActiveEnum, Iterable};

    use super::*;

    fn code(found: Option<&Code>) -> Option<&str> {
        found.map(|code| code.code)
    }

    #[test]
    fn each_list_is_found_by_its_name() {
        assert_eq!(lists().len(), CodeListName::items().len());
        for item in CodeListName::items() {
            assert_eq!(list(item.value).name, item.value);
        }
    }

    #[test]
    fn codes_are_there_once_with_both_labels() {
        for list in lists() {
            assert!(!list.source.is_empty() && !list.version.is_empty(), "{:?}", list.name);
            let codes = list.codes.iter().map(|code| code.code).collect::<BTreeSet<_>>();
            assert!(codes.len() == list.codes.len() && codes.len() > 1, "{:?}", list.name);
            for code in &list.codes {
                for text in [code.code, code.english, code.indonesian] {
                    assert!(!text.is_empty() && text.trim() == text, "{code:?}");
                }
            }
        }
    }

    /// What the database keeps of an enum, what the API says of it and what the list has are the same.
    fn same<E: Iterable + ActiveEnum<Value = String>>(name: CodeListName) {
        let codes = list(name).codes.iter().map(|code| code.code.to_owned()).collect::<Vec<_>>();
        assert_eq!(codes, E::iter().map(|value| value.to_value()).collect::<Vec<_>>(), "{name:?}");
    }

    #[test]
    fn an_enums_codes_are_its_values() {
        for item in CodeListName::items() {
            match item.value {
                Province | Kbli2020Section | Kbli2025Section => continue,
                Pattern => same::<partnerships::entity::Pattern>(Pattern),
                Channel => same::<partnerships::entity::Channel>(Channel),
                SupplyDirection => same::<partnerships::entity::SupplyDirection>(SupplyDirection),
                PartnershipStatus => same::<partnerships::entity::PartnershipStatus>(PartnershipStatus),
                MilestoneType => same::<milestones::entity::MilestoneType>(MilestoneType),
                MilestoneStatus => same::<milestones::entity::MilestoneStatus>(MilestoneStatus),
                LegalForm => same::<partners::entity::LegalForm>(LegalForm),
                Scale => same::<partners::entity::Scale>(Scale),
                Objective => same::<memoranda::entity::Objective>(Objective),
                OrganisationKind => same::<organisations::entity::OrganisationKind>(OrganisationKind),
                Role => same::<access::Role>(Role),
                Level => same::<access::Level>(Level),
                SuccessionKind => same::<organisations::entity::SuccessionKind>(SuccessionKind),
                Stewardship => same::<organisations::entity::Stewardship>(Stewardship),
                Indicator => same::<outcomes::entity::Indicator>(Indicator),
                OutcomeStatus => same::<outcomes::entity::OutcomeStatus>(OutcomeStatus),
                QuarterStatus => same::<quarters::entity::QuarterStatus>(QuarterStatus),
                RescheduleStatus => same::<milestones::entity::RescheduleStatus>(RescheduleStatus),
                ObstacleCategory => same::<obstacles::entity::ObstacleCategory>(ObstacleCategory),
                Severity => same::<obstacles::entity::Severity>(Severity),
                ObstacleStatus => same::<obstacles::entity::ObstacleStatus>(ObstacleStatus),
                EvidenceKind => same::<evidence::entity::EvidenceKind>(EvidenceKind),
                CertificateKind => same::<certificates::entity::CertificateKind>(CertificateKind),
                Platform => same::<certificates::entity::Platform>(Platform),
                ContactKind => same::<contacts::entity::ContactKind>(ContactKind),
                // Nothing that a database keeps.
                IndicatorUnit | WorkKind => continue,
            }
        }
        let codes = |name| list(name).codes.iter().map(|code| code.code).collect::<Vec<_>>();
        assert_eq!(codes(Role), access::Role::ALL.map(access::Role::as_str));
        assert_eq!(codes(Level), access::Level::ALL.map(access::Level::as_str));
    }

    #[test]
    fn a_regency_lies_in_the_province_that_its_code_begins_with() {
        for province in &list(Province).codes {
            assert!(province.code.len() == 2 && province.code.parse::<u8>().is_ok());
            assert_eq!(province_of(&format!("{}.01", province.code)), Some(province));
        }
        assert_eq!(province_of("32.04").map(|code| code.indonesian), Some("Jawa Barat"));
        assert_eq!(province_of("96.71").map(|code| code.english), Some("Southwest Papua"));
        for unknown in ["", ".", "32", "3204", "20.01", "99.01", "3.204", "032.04"] {
            assert_eq!(province_of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn each_division_has_one_section() {
        for (name, version, divisions) in [(Kbli2020Section, 2020, 88), (Kbli2025Section, 2025, 87)] {
            let sections = &list(name).codes;
            let mut known = BTreeSet::new();
            for section in sections {
                let (first, last) = section.divisions.unwrap();
                // In order, so that a division cannot belong to two.
                assert!(first <= last && known.last().is_none_or(|before| *before < first), "{section:?}");
                known.extend(first..=last);
            }
            assert_eq!(known.len(), divisions);
            for division in 0..=99 {
                let found = section_of(&format!("{division:02}999"), version);
                assert_eq!(found.is_some(), known.contains(&division), "{version}: {division}");
            }
            let letters = sections.iter().map(|section| section.code).collect::<String>();
            assert!("ABCDEFGHIJKLMNOPQRSTUV".starts_with(&letters), "{letters}");
        }
    }

    #[test]
    fn a_section_is_of_an_edition() {
        for (kbli, of_2020, of_2025) in [
            ("01140", Some("A"), Some("A")),
            ("27120", Some("C"), Some("C")),
            ("45201", Some("G"), None),
            ("47726", Some("G"), Some("G")),
            ("58110", Some("J"), Some("J")),
            ("62010", Some("J"), Some("K")),
            ("64190", Some("K"), Some("L")),
            ("85100", Some("P"), Some("Q")),
            ("99000", Some("U"), Some("V")),
            ("04000", None, None),
        ] {
            assert_eq!((code(section_of(kbli, 2020)), code(section_of(kbli, 2025))), (of_2020, of_2025));
        }
        for unknown in ["", "27", "2712", "271200", "C2712", "+7120", " 7120", "2712é", "２７"] {
            assert_eq!(section_of(unknown, 2020), None, "{unknown}");
        }
        assert_eq!(section_of("27120", 2015), None);
    }
}
