//! What holds of our own formats for whatever bytes: nothing panics, and what is read is read in one form alone. Each
//! function is a target of cargo-fuzz (`make fuzz`), and a property of the suite (`tests/it/hardening/formats.rs`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kemitraan::access::page::Cursor;
use kemitraan::journal::entity::{change, entry};
use kemitraan::journal::hash;
use kemitraan::types::{Decimal, GlobalId, Money, Quarter, Timestamp};
use serde_json::Value;
use uuid::Uuid;

/// A cursor, as it comes from a client, and as what is inside its base64.
pub fn cursor(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for text in [&*text, &URL_SAFE_NO_PAD.encode(bytes)] {
        let Some(cursor) = Cursor::decode(text) else { continue };
        assert_eq!(Cursor::decode(&cursor.encode()).as_ref(), Some(&cursor), "{text}");
        // Those who read it refuse it, or take it; they do not fall over it.
        drop(cursor.as_number("", "after"));
        drop(cursor.as_place("", "after"));
        drop(cursor.as_kind("after").map(drop));
    }
}

/// An id, as it comes from a client, and as it is written.
pub fn id(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(id) = GlobalId::parse(&text) {
        assert_eq!(id.to_string(), text);
    }
    if let Some(Ok(own)) = bytes.get(..16).map(<[u8; 16]>::try_from) {
        let id = GlobalId { noun: "milestone", id: Uuid::from_bytes(own) };
        assert_eq!(GlobalId::parse(&id.to_string()), Some(id));
    }
}

/// Money, and figures of two decimals.
pub fn money(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(money) = text.parse::<Money>() {
        assert_eq!(money.to_string(), text);
    }
    if let Ok(number) = text.parse::<Decimal>() {
        assert_eq!(number.to_string(), text);
        assert!(number.0 >= 0, "{text}");
    }
    if let Some(Ok(own)) = bytes.get(..8).map(<[u8; 8]>::try_from) {
        let own = i64::from_le_bytes(own);
        assert_eq!(Money(own).to_string().parse(), Ok(Money(own)));
        let own = Decimal(own.checked_abs().unwrap_or_default());
        assert_eq!(own.to_string().parse(), Ok(own));
    }
}

/// A quarter, its days, and the one before it.
pub fn quarter(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(quarter) = text.parse::<Quarter>() {
        assert_eq!(quarter.to_string(), text);
        let (first, next) = quarter.days().expect("a year of four digits has days");
        assert!(first < next && Quarter::of(first) == quarter, "{text}");
        let before = quarter.previous();
        assert_eq!(before.days().map(|days| days.1), Some(first), "{text}");
    }
    // A moment is of the same part of the code; that it is read at all is enough.
    if let Ok(at) = text.parse::<Timestamp>() {
        drop((at.to_string(), at.day()));
    }
}

/// The canonical text that the journal hashes (RFC 8785): of any JSON, and of an entry and a change with any words in them.
pub fn canonical(bytes: &[u8]) {
    let canonical = |value: &Value| serde_json_canonicalizer::to_string(value).ok();
    let is_canonical = |text: &str| {
        let value: Value = serde_json::from_str(text).expect("canonical text is JSON");
        assert_eq!(canonical(&value).as_deref(), Some(text));
        value
    };
    let words = String::from_utf8_lossy(bytes).into_owned();
    let image = serde_json::from_slice::<Value>(bytes).unwrap_or_else(|_| words.clone().into());
    let Some(image) = canonical(&image) else { return };
    is_canonical(&image);

    let change = change::Model {
        sequence: 1,
        position: 0,
        noun: "milestone".to_owned(),
        id: Uuid::from_u128(bytes.len() as u128),
        noun_version: 1,
        organisation: None,
        partnership: Some(Uuid::nil()),
        image: Some(image.clone()),
        salt: bytes.iter().copied().take(16).collect(),
        hash: Vec::new(),
    };
    let text = hash::change_text(&change);
    let value = is_canonical(&text);
    assert_eq!(canonical(&value["image"]), Some(image));

    let entry = entry::Model {
        sequence: 1,
        format: hash::FORMAT,
        at: Timestamp(0),
        actor: words.clone(),
        token: Some(words.clone()),
        role: None,
        organisation: Some(Uuid::nil()),
        level: None,
        action: "milestoneStart".to_owned(),
        reason: Some(words.clone()),
        request_id: None,
        changes_root: hash::change_hash(&change).to_vec(),
        previous_hash: hash::genesis().to_vec(),
        hash: Vec::new(),
    };
    let text = hash::entry_text(&entry).expect("words are written");
    let value = is_canonical(&text);
    assert_eq!((value["reason"].as_str(), value["actor"].as_str()), (Some(&*words), Some(&*words)));
    // Other words are another text, and so another hash.
    let other = entry::Model { reason: Some(format!("{words} ")), ..entry.clone() };
    assert_ne!(hash::entry_hash(&entry).ok(), hash::entry_hash(&other).ok());
}
