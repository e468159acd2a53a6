//! Our own formats, held against whatever bytes: the properties that `make fuzz` holds them to for longer. Of bytes alone
//! few are near one of the formats, so there are such as look like one besides.

#[path = "../../../fuzz/formats.rs"]
mod properties;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..200)
}

/// Bytes, or text like this.
fn near(like: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![any_bytes(), like.prop_map(String::into_bytes)]
}

/// JSON, as deep as images are and deeper.
fn json() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((".{0,6}", inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    prop_oneof![any_bytes(), value.prop_map(|value| value.to_string().into_bytes())]
}

proptest! {
    #[test]
    fn a_cursor(bytes in near(r#"\{"o":"-?[A-Z]{0,5}","k":("u"|\{"[snd]":("[0-9-]{0,10}"|-?[0-9]{1,20})\}),"i":"[0-9a-f-]{34,37}"\}"#)) {
        properties::cursor(&bytes);
    }

    #[test]
    fn an_id(bytes in near("[a-z_]{0,12}_[0-9a-zA-Z]{24,28}")) {
        properties::id(&bytes);
    }

    #[test]
    fn money_and_figures(bytes in near("[-+ ]?[0-9]{0,20}(\\.[0-9]{0,3})?")) {
        properties::money(&bytes);
    }

    #[test]
    fn a_quarter(bytes in near("[0-9]{3,5}-?Q?[0-9]{1,2}")) {
        properties::quarter(&bytes);
    }

    #[test]
    fn canonical_text(bytes in json()) {
        properties::canonical(&bytes);
    }
}
