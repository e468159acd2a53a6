//! Code lists: what each role reads of them, and what is known of the partners by them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::coverage::whole;
use crate::support::{Backend, TestApp};

crate::both!(partners_have_a_province_and_a_sector, a_code_that_is_not_known_is_null);

const ALL: &str = "{ codeLists { name source version codes { code english indonesian divisions } } }";

/// Each list with the enum of the API whose values it lists, where there is one, and how many codes it has.
const LISTS: [(&str, Option<&str>, usize); 30] = [
    ("PROVINCE", None, 38),
    ("KBLI_2020_SECTION", None, 21),
    ("KBLI_2025_SECTION", None, 22),
    ("PATTERN", Some("Pattern"), 10),
    ("CHANNEL", Some("Channel"), 5),
    ("SUPPLY_DIRECTION", Some("SupplyDirection"), 2),
    ("PARTNERSHIP_STATUS", Some("PartnershipStatus"), 9),
    ("MILESTONE_TYPE", Some("MilestoneType"), 13),
    ("MILESTONE_STATUS", Some("MilestoneStatus"), 8),
    ("LEGAL_FORM", Some("LegalForm"), 4),
    ("SCALE", Some("Scale"), 3),
    ("OBJECTIVE", Some("Objective"), 6),
    ("ORGANISATION_KIND", Some("OrganisationKind"), 4),
    ("ROLE", Some("Role"), 6),
    ("LEVEL", Some("Level"), 3),
    ("SUCCESSION_KIND", Some("SuccessionKind"), 5),
    ("STEWARDSHIP", Some("Stewardship"), 3),
    ("INDICATOR", Some("Indicator"), 9),
    ("INDICATOR_UNIT", Some("Unit"), 4),
    ("OUTCOME_STATUS", Some("OutcomeStatus"), 4),
    ("QUARTER_STATUS", Some("QuarterStatus"), 2),
    ("RESCHEDULE_STATUS", Some("RescheduleStatus"), 3),
    ("OBSTACLE_CATEGORY", Some("ObstacleCategory"), 10),
    ("SEVERITY", Some("Severity"), 4),
    ("OBSTACLE_STATUS", Some("ObstacleStatus"), 3),
    ("EVIDENCE_KIND", Some("EvidenceKind"), 14),
    ("CERTIFICATE_KIND", Some("CertificateKind"), 4),
    ("PLATFORM", Some("Platform"), 3),
    ("CONTACT_KIND", Some("ContactKind"), 4),
    ("WORK_KIND", Some("WorkKind"), 14),
];

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap()
}

fn list<'a>(of: &'a Value, field: &str) -> &'a [Value] {
    of[field].as_array().unwrap()
}

/// The lists are in no database.
async fn app() -> TestApp {
    TestApp::new(Backend::Sqlite).await
}

#[tokio::test]
async fn every_role_reads_the_same_lists() {
    let app = app().await;
    let lists = app.data("ADMIN", ALL).await;
    for who in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA", "PLN:VIEWER", "AUDITOR", "AUDITOR+PLN"]
    {
        assert_eq!(app.data(who, ALL).await, lists, "{who}");
    }
    let counts = list(&lists, "codeLists").iter().map(|one| (text(one, "name"), list(one, "codes").len()));
    assert_eq!(counts.collect::<Vec<_>>(), LISTS.map(|(name, _, count)| (name, count)));
    for one in list(&lists, "codeLists") {
        let name = text(one, "name");
        let alone = ALL.replace("codeLists", &format!("codeList(name: {name})"));
        assert_eq!(app.data("ADMIN", &alone).await["codeList"], *one);
        assert!(!text(one, "source").is_empty() && !text(one, "version").is_empty(), "{name}");
        let mut known = BTreeSet::new();
        for code in list(one, "codes") {
            assert!(known.insert(text(code, "code")), "{name}: twice {code}");
            assert!(
                !text(code, "english").is_empty() && !text(code, "indonesian").is_empty(),
                "{name}: {code}"
            );
            assert_eq!(list(code, "divisions").is_empty(), !name.starts_with("KBLI_"), "{name}: {code}");
        }
    }
    let unknown = "{ codeList(name: PROVINSI) { version } }";
    assert_eq!(app.code("PLN", unknown).await, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn an_enum_of_the_api_has_exactly_the_codes_of_its_list() {
    let values = |of: &str| -> Option<BTreeSet<String>> {
        Some(whole().get_enum(of)?.values.keys().map(ToString::to_string).collect())
    };
    assert_eq!(values("CodeListName"), Some(LISTS.map(|(name, ..)| name.to_owned()).into()));
    let lists = app().await.data("KEMENBUMN", ALL).await;
    for (at, (name, of, _)) in LISTS.into_iter().enumerate() {
        let Some(of) = of else { continue };
        let Some(values) = values(of) else {
            // Of successions the API shows nothing but what follows from them.
            assert_eq!(of, "SuccessionKind");
            continue;
        };
        let codes = list(&lists["codeLists"][at], "codes").iter().map(|code| text(code, "code").to_owned());
        assert_eq!(codes.collect::<BTreeSet<_>>(), values, "{name}");
    }
}

#[tokio::test]
async fn codes_say_what_they_stand_for() {
    let data = app().await.data("AUDITOR", ALL).await;
    let mut codes = BTreeMap::new();
    for one in list(&data, "codeLists") {
        for code in list(one, "codes") {
            codes.insert((text(one, "name"), text(code, "code")), code);
        }
    }
    for (name, code, english, indonesian) in [
        ("PROVINCE", "11", "Aceh", "Aceh"),
        ("PROVINCE", "12", "North Sumatra", "Sumatera Utara"),
        ("PROVINCE", "31", "Jakarta", "DKI Jakarta"),
        ("PROVINCE", "65", "North Kalimantan", "Kalimantan Utara"),
        ("PROVINCE", "96", "Southwest Papua", "Papua Barat Daya"),
        ("KBLI_2020_SECTION", "C", "Manufacturing", "Industri Pengolahan"),
        ("KBLI_2020_SECTION", "K", "Financial and insurance activities", "Aktivitas Keuangan dan Asuransi"),
        ("KBLI_2025_SECTION", "L", "Financial and insurance activities", "Aktivitas Keuangan dan Asuransi"),
        ("PATTERN", "OUTSOURCING", "Outsourcing", "Penyumberluaran"),
        ("MILESTONE_TYPE", "COOPERATION_AGREEMENT", "Cooperation agreement", "Perjanjian Kerja Sama (PKS)"),
        ("MILESTONE_TYPE", "DELIVERY", "Delivery", "Pengiriman (BAST)"),
        ("MILESTONE_STATUS", "IN_PROGRESS", "In progress", "Berjalan"),
        ("ROLE", "KEMENPERIN", "Ministry of Industry", "Kementerian Perindustrian"),
        ("SUCCESSION_KIND", "SPLIT", "Split", "Dipecah"),
    ] {
        let found = codes[&(name, code)];
        assert_eq!((text(found, "english"), text(found, "indonesian")), (english, indonesian));
    }
    let trade = |name| &codes[&(name, "G")]["divisions"];
    assert_eq!(*trade("KBLI_2020_SECTION"), json!(["45", "46", "47"]));
    assert_eq!(*trade("KBLI_2025_SECTION"), json!(["46", "47"]));
    assert_eq!(codes[&("KBLI_2020_SECTION", "A")]["divisions"], json!(["01", "02", "03"]));
}

async fn partners_have_a_province_and_a_sector(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ask = "{ partners(first: 100) { nodes { name kbli kbliVersion regency
        sector { code english indonesian } province { code english indonesian } } } }";
    let data = app.data("KEMENPERIN", ask).await;
    let partners = list(&data["partners"], "nodes");
    assert_eq!(partners.len(), 12);
    for partner in partners {
        assert_eq!(partner["kbliVersion"], 2020);
        assert_eq!(text(&partner["province"], "code"), &text(partner, "regency")[..2], "{partner}");
        let sector = match &text(partner, "kbli")[..2] {
            "01" => "A",
            "47" => "G",
            _ => "C",
        };
        assert_eq!(text(&partner["sector"], "code"), sector, "{partner}");
    }
    let honey = partners.iter().find(|partner| text(partner, "name").contains("Madu")).unwrap();
    let said = json!({ "code": "A", "english": "Agriculture, forestry and fishing",
        "indonesian": "Pertanian, Kehutanan dan Perikanan" });
    assert_eq!(honey["sector"], said);
    assert_eq!(
        honey["province"],
        json!({ "code": "35", "english": "East Java", "indonesian": "Jawa Timur" })
    );
    // A BUMN reads it of its own partners, and an administrator of none.
    let ask = "{ partners { nodes { province { indonesian } sector { code } } } }";
    let own = app.data("PERHUTANI", ask).await;
    assert!(!list(&own["partners"], "nodes").is_empty());
    assert_eq!(app.code("ADMIN", ask).await, "FORBIDDEN");
}

async fn a_code_that_is_not_known_is_null(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ask = "{ partners(first: 100) { nodes { sector { code } province { code } } } }";
    for (set, sector, province) in [
        ("kbli = NULL, kbli_version = NULL, regency = NULL", None, None),
        ("kbli = '62010', kbli_version = 2020, regency = '93.01'", Some("J"), Some("93")),
        ("kbli = '62010', kbli_version = 2025, regency = '91.71'", Some("K"), Some("91")),
        // No division of that edition, no province.
        ("kbli = '45201', kbli_version = 2025, regency = '20.01'", None, None),
    ] {
        app.sql(&format!("UPDATE partner SET {set}")).await;
        let data = app.data("KEMENKOPUKM", ask).await;
        let code = |code: Option<&str>| code.map_or(Value::Null, |code| json!({ "code": code }));
        let expected = json!({ "sector": code(sector), "province": code(province) });
        let partners = list(&data["partners"], "nodes");
        assert!(!partners.is_empty() && partners.iter().all(|partner| *partner == expected), "{set}: {data}");
    }
}
