//! Certificates, platform accounts and contacts of partners: random ones, in SQL, and as they are seen.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::lists::Row;
use super::random::{day, salt, text};
use super::script::{Script, null_or, text_of};
use super::sight::Sight;
use super::world::{Id, MOST, World, id, today};

/// What is in every value of a contact, and in every hash and every salt, and must be in no answer.
pub const HIDDEN: [&str; 4] = ["rahasia", "5ec2e75ec2e7", "cmFoYXNpY", "7261686173696"];

#[derive(Debug, Clone)]
pub struct Certificate {
    pub id: Id,
    pub partner: Id,
    kind: &'static str,
    number: &'static str,
    issuer: String,
    issued_on: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
}

#[derive(Debug, Clone)]
pub struct Account {
    pub id: Id,
    partner: Id,
    platform: &'static str,
    account: String,
    since: Option<NaiveDate>,
}

#[derive(Debug, Clone)]
pub struct Contact {
    pub id: Id,
    pub partner: Id,
    kind: &'static str,
    /// None where it is erased.
    mask: Option<String>,
}

type CertificatePlan = (u64, Index, [&'static str; 2], String, Option<i64>, Option<i64>);
type AccountPlan = (u64, Index, &'static str, String, Option<i64>);
type ContactPlan = (u64, Index, &'static str, Option<String>);
pub type Plans = (Vec<CertificatePlan>, Vec<AccountPlan>, Vec<ContactPlan>);

pub fn plans() -> impl Strategy<Value = Plans> {
    let kinds = [select(&["SNI", "TKDN", "HALAL", "IZIN_EDAR"][..]), select(&["1", "01", "A", "a"][..])];
    let valid = prop::option::of(select(&[-400_i64, -1, -1, 0, 1, 400][..]));
    let certificate =
        (salt(), any::<Index>(), kinds, text(), prop::option::of(Just(-500_i64)), valid).boxed();
    let certificates = prop_oneof![
        1 => prop::collection::vec(certificate.clone(), 0..=2),
        4 => prop::collection::vec(certificate, 4..=MOST),
    ];
    let platforms = select(&["PADI_UMKM", "E_KATALOG", "SIINAS"][..]);
    let account = (salt(), any::<Index>(), platforms, text(), prop::option::of(Just(-100_i64)));
    let kinds = select(&["PERSON", "PHONE", "EMAIL", "NPWP"][..]);
    let contact = (salt(), any::<Index>(), kinds, prop::option::weighted(0.75, text()));
    (certificates, prop::collection::vec(account, 0..=6), prop::collection::vec(contact, 0..=MOST))
}

pub fn fill(world: &mut World, (certificates, accounts, contacts): Plans) {
    let partners = &world.partners;
    if partners.is_empty() {
        return;
    }
    let mut seen = BTreeSet::new();
    let row = |(at, plan): (usize, CertificatePlan)| {
        let (salt, partner, [kind, number], issuer, issued, valid) = plan;
        Certificate {
            id: id("certificate", salt, at),
            partner: partner.get(partners).id,
            kind,
            number,
            issuer,
            issued_on: issued.map(day),
            valid_until: valid.map(day),
        }
    };
    let rows = certificates.into_iter().enumerate().map(row);
    world.certificates = rows.filter(|row| seen.insert((row.partner, row.kind, row.number))).collect();
    let row = |(at, (salt, partner, platform, account, since)): (usize, AccountPlan)| Account {
        id: id("platform_account", salt, at),
        partner: partner.get(partners).id,
        platform,
        account: format!("{account}{at}"),
        since: since.map(day),
    };
    world.accounts = accounts.into_iter().enumerate().map(row).collect();
    let row = |(at, (salt, partner, kind, mask)): (usize, ContactPlan)| Contact {
        id: id("contact", salt, at),
        partner: partner.get(partners).id,
        kind,
        mask,
    };
    world.contacts = contacts.into_iter().enumerate().map(row).collect();
}

/// Those first that point to others.
pub const TABLES: [&str; 4] = ["contact_value", "contact", "platform_account", "certificate"];

pub fn insert(world: &World, script: &mut Script) {
    let columns = "certificate (id, version, partner, kind, number, issuer, issued_on, valid_until)";
    let date = |day: Option<NaiveDate>| null_or(day, |day| format!("'{day}'"));
    script.insert(columns, &world.certificates, |s, row| {
        let Certificate { kind, number, .. } = row;
        let (own, partner, issuer) = (s.id(row.id), s.id(row.partner), text_of(&row.issuer));
        let (issued, valid) = (date(row.issued_on), date(row.valid_until));
        format!("{own}, 2, {partner}, '{kind}', '{number}', {issuer}, {issued}, {valid}")
    });
    let columns = "platform_account (id, version, partner, platform, account, since)";
    script.insert(columns, &world.accounts, |s, row| {
        let (own, partner, account) = (s.id(row.id), s.id(row.partner), text_of(&row.account));
        format!("{own}, 1, {partner}, '{}', {account}, {}", row.platform, date(row.since))
    });
    let columns = "contact (id, version, partner, kind, hash, erased)";
    script.insert(columns, &world.contacts, |s, row| {
        let (own, partner, hash) = (s.id(row.id), s.id(row.partner), HIDDEN[1].repeat(6));
        format!("{own}, 3, {partner}, '{}', '{}', {}", row.kind, &hash[..64], row.mask.is_none())
    });
    let of = |row: &Contact| Some((row.id, row.kind, row.mask.clone()?));
    let rows: Vec<_> = world.contacts.iter().filter_map(of).collect();
    script.insert("contact_value (contact, value, salt, mask)", &rows, |s, (id, kind, mask)| {
        let salt = s.bytes("rahasia-rahasia!".as_bytes());
        format!("{}, 'rahasia {kind} 081234567890', {salt}, {}", s.id(*id), text_of(mask))
    });
}

/// Those of the partners that are seen.
pub fn rows_of_certificates(sight: &Sight) -> Vec<Row> {
    let seen = sight.world.certificates.iter().filter(|one| sight.sees_partner(one.partner));
    let rows = seen.map(|one| {
        let facts = json!({
            "version": 2, "kind": one.kind, "number": one.number, "issuer": one.issuer, "issuedOn": one.issued_on,
            "validUntil": one.valid_until, "expired": one.valid_until.is_some_and(|day| day < today()),
            "partner": one.partner.to_string(),
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

pub const CERTIFICATE: &str = "version kind number issuer issuedOn validUntil expired";
pub const ON_CERTIFICATE: &str = "partner { id name contacts { mask } }";
pub const ON_PARTNER: &str =
    "platformAccounts { platform account since } contacts { id version kind mask erased }";

fn contacts_of(world: &World, partner: Id) -> Vec<&Contact> {
    let mut own = world.contacts.iter().filter(|one| one.partner == partner).collect::<Vec<_>>();
    own.sort_by_key(|one| (one.kind, one.id));
    own
}

pub fn on_certificate(world: &World, id: Id) -> Value {
    let own = world.certificates.iter().find(|own| own.id == id).unwrap();
    let partner = world.partners.iter().find(|one| one.id == own.partner).unwrap();
    let masks = contacts_of(world, partner.id).into_iter().map(|one| json!({ "mask": one.mask }));
    let masks = masks.collect::<Vec<_>>();
    json!({ "partner": { "id": partner.id.to_string(), "name": partner.name, "contacts": masks } })
}

pub fn on_partner(world: &World, id: Id) -> Value {
    let mut own = world.accounts.iter().filter(|one| one.partner == id).collect::<Vec<_>>();
    own.sort_by_key(|one| (one.platform, one.id));
    let accounts = own
        .into_iter()
        .map(|one| json!({ "platform": one.platform, "account": one.account, "since": one.since }));
    let contacts = contacts_of(world, id).into_iter().map(|one| {
        json!({
            "id": one.id.to_string(), "version": 3, "kind": one.kind, "mask": one.mask, "erased": one.mask.is_none(),
        })
    });
    json!({ "platformAccounts": accounts.collect::<Vec<_>>(), "contacts": contacts.collect::<Vec<_>>() })
}
