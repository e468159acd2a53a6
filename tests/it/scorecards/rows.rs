//! What the tables hold for the organisations within reach, row by row, and what keys stand for.

use std::collections::BTreeMap;

use crate::programme::texts;
use crate::scope::within;
use crate::support::{Backend, TestApp};

pub struct Partnership {
    pub id: String,
    pub code: String,
    pub batch: String,
    pub status: String,
    pub values: [Option<i64>; 3],
    regency: Option<String>,
    /// With its edition.
    kbli: Option<(String, String)>,
}

pub struct Milestone {
    pub partnership: String,
    pub verifier: String,
    pub status: String,
    pub due_on: String,
    pub first_due_on: String,
    pub reschedules: i64,
}

pub struct Outcome {
    pub partnership: String,
    pub code: String,
    pub quarter: String,
    pub indicator: String,
    pub status: String,
    pub target: Option<i64>,
    actual: Option<i64>,
    revised: Option<i64>,
    pub is_locked: bool,
}

/// All that an actor may see of it.
pub struct Rows {
    pub partnerships: Vec<Partnership>,
    pub milestones: Vec<Milestone>,
    pub outcomes: Vec<Outcome>,
}

impl Milestone {
    pub fn waits(&self) -> bool {
        ["SCHEDULED", "IN_PROGRESS", "RETURNED"].contains(&self.status.as_str())
    }

    pub fn is_overdue(&self) -> bool {
        self.waits() && self.due_on.as_str() < "2026-11-24"
    }
}

impl Outcome {
    /// The figure that counts, where it is verified.
    pub fn verified(&self, as_locked: bool) -> Option<i64> {
        let figure = if as_locked { self.actual } else { self.revised.or(self.actual) };
        figure.filter(|_| self.status == "VERIFIED")
    }
}

impl Rows {
    pub async fn read(app: &TestApp, codes: Option<&[&str]>) -> Self {
        let id = |column: &str| match app.backend {
            Backend::Sqlite => format!("hex({column})"),
            Backend::Postgres => format!("CAST({column} AS text)"),
        };
        let within = within(codes);
        let code =
            |table: &str| format!("(SELECT o.code FROM organisation o WHERE o.id = {table}.organisation)");
        let number = |text: &Option<String>| text.as_ref().map(|text| text.parse::<i64>().unwrap());

        let sql = format!(
            "SELECT {}, CAST(regency AS text), CAST(kbli AS text), CAST(kbli_version AS text) FROM partner",
            id("id")
        );
        let partners = texts(app, &sql, 4).await;
        let partners =
            partners.into_iter().map(|row| (row[0].clone().unwrap(), row)).collect::<BTreeMap<_, _>>();
        let sql = format!(
            "SELECT {}, {} FROM partnership_partner WHERE lead = TRUE",
            id("partnership"),
            id("partner")
        );
        let leads = texts(app, &sql, 2).await.into_iter();
        let leads =
            leads.map(|row| (row[0].clone().unwrap(), row[1].clone().unwrap())).collect::<BTreeMap<_, _>>();

        let sql = format!(
            "SELECT {}, {}, batch, status, CAST(potential_value AS text), CAST(estimated_value AS text),
                CAST(contracted_value AS text) FROM partnership WHERE {within}",
            id("id"),
            code("partnership")
        );
        let partnership = |row: Vec<Option<String>>| {
            let id = row[0].clone().unwrap();
            let lead = leads.get(&id).map(|partner| &partners[partner]);
            Partnership {
                code: row[1].clone().unwrap(),
                batch: row[2].clone().unwrap(),
                status: row[3].clone().unwrap(),
                values: [4, 5, 6].map(|at| number(&row[at])),
                regency: lead.and_then(|lead| lead[1].clone()),
                kbli: lead.and_then(|lead| Some((lead[2].clone()?, lead[3].clone()?))),
                id,
            }
        };
        let partnerships = texts(app, &sql, 7).await.into_iter().map(partnership).collect();

        let sql = format!(
            "SELECT {}, verifier, status, CAST(due_on AS text), CAST(first_due_on AS text), CAST(reschedules AS text)
                FROM milestone WHERE {within}",
            id("partnership")
        );
        let milestone = |row: Vec<Option<String>>| {
            let text = |at: usize| row[at].clone().unwrap();
            Milestone {
                partnership: text(0),
                verifier: text(1),
                status: text(2),
                due_on: text(3),
                first_due_on: text(4),
                reschedules: number(&row[5]).unwrap(),
            }
        };
        let milestones = texts(app, &sql, 6).await.into_iter().map(milestone).collect();

        let sql = format!(
            "SELECT {}, {}, quarter, indicator, status, CAST(target AS text), CAST(actual AS text), CAST(revised AS text),
                (SELECT q.status FROM quarter q WHERE q.code = outcome.quarter) FROM outcome WHERE {within}",
            id("partnership"),
            code("outcome")
        );
        let outcome = |row: Vec<Option<String>>| {
            let text = |at: usize| row[at].clone().unwrap();
            Outcome {
                partnership: text(0),
                code: text(1),
                quarter: text(2),
                indicator: text(3),
                status: text(4),
                target: number(&row[5]),
                actual: number(&row[6]),
                revised: number(&row[7]),
                is_locked: text(8) == "LOCKED",
            }
        };
        let outcomes = texts(app, &sql, 9).await.into_iter().map(outcome).collect();
        Self { partnerships, milestones, outcomes }
    }
}

/// The labels of every key that there may be, as the code lists and the organisations have them.
pub struct Labels {
    pub of: BTreeMap<String, [String; 2]>,
    /// Key by edition and division.
    sections: BTreeMap<(String, String), String>,
}

impl Labels {
    pub async fn read(app: &TestApp) -> Self {
        let lists = "{ PROVINCE: codeList(name: PROVINCE) { ...C } ROLE: codeList(name: ROLE) { ...C }
            KBLI_2020: codeList(name: KBLI_2020_SECTION) { ...C } KBLI_2025: codeList(name: KBLI_2025_SECTION) { ...C } }
            fragment C on CodeList { codes { code english indonesian divisions } }";
        let data = app.data("KEMENBUMN", lists).await;
        let (mut of, mut sections) = (BTreeMap::new(), BTreeMap::new());
        for (list, codes) in data.as_object().unwrap() {
            for code in codes["codes"].as_array().unwrap() {
                let text = |name: &str| code[name].as_str().unwrap().to_owned();
                let edition = list.strip_prefix("KBLI_");
                let key = edition.map_or(text("code"), |edition| format!("KBLI_{edition}_{}", text("code")));
                for division in code["divisions"].as_array().unwrap() {
                    let division = division.as_str().unwrap().to_owned();
                    sections.insert((edition.unwrap().to_owned(), division), key.clone());
                }
                of.insert(key, [text("english"), text("indonesian")]);
            }
        }
        let sql =
            "SELECT o.code, n.name FROM organisation o JOIN organisation_name n ON n.organisation = o.id
            WHERE o.seat = 'BUMN' AND (n.valid_from IS NULL OR n.valid_from <= '2026-11-24')
                AND (n.valid_until IS NULL OR n.valid_until > '2026-11-24')";
        for row in texts(app, sql, 2).await {
            let name = row[1].clone().unwrap();
            of.insert(row[0].clone().unwrap(), [name.clone(), name]);
        }
        for batch in ["PILOT_2021", "BATCH_2", "angkatan"] {
            of.insert(batch.to_owned(), [batch.to_owned(), batch.to_owned()]);
        }
        for year in 2020..2030 {
            for (number, roman) in ["I", "II", "III", "IV"].into_iter().enumerate() {
                let labels = [format!("Q{} {year}", number + 1), format!("Triwulan {roman} {year}")];
                of.insert(format!("{year}-Q{}", number + 1), labels);
            }
        }
        of.insert("UNKNOWN".to_owned(), ["Unknown".to_owned(), "Tidak diketahui".to_owned()]);
        Self { of, sections }
    }

    pub fn of_partnership(&self, by: &str, own: &Partnership) -> String {
        let key = match by {
            "ORGANISATION" => Some(own.code.clone()),
            "BATCH" => Some(own.batch.clone()),
            "PROVINCE" => {
                let province = own.regency.as_ref().map(|regency| regency[..2].to_owned());
                province.filter(|province| self.of.contains_key(province))
            }
            _ => own.kbli.as_ref().and_then(|(kbli, edition)| {
                self.sections.get(&(edition.clone(), kbli[..2].to_owned())).cloned()
            }),
        };
        key.unwrap_or_else(|| "UNKNOWN".to_owned())
    }
}

/// Each indicator, in their order, and who verifies it.
pub const INDICATORS: [(&str, &str); 9] = [
    ("TRANSACTION_VALUE", "KEMENBUMN"),
    ("EXPORT_VALUE", "KEMENPERIN"),
    ("IMPORT_SUBSTITUTION_VALUE", "KEMENPERIN"),
    ("VALUE_ADDED", "KEMENPERIN"),
    ("INVESTMENT_VALUE", "KEMENBUMN"),
    ("EMPLOYMENT", "KEMENKOPUKM"),
    ("LOCAL_CONTENT", "KEMENPERIN"),
    ("ON_TIME_DELIVERY", "KEMENBUMN"),
    ("PAYMENT_DAYS", "KEMENBUMN"),
];

pub fn verifier_of(indicator: &str) -> &'static str {
    INDICATORS.iter().find(|(name, _)| *name == indicator).unwrap().1
}
