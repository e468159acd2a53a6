//! Whether two sides gave the same JSON.

use serde_json::Value;

/// Where two answers differ first, if they do.
pub fn difference(ours: &Value, theirs: &Value) -> Option<String> {
    at("", ours, theirs)
}

fn at(path: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            keys.map(|key| (key, one.get(key), other.get(key))).find_map(|(key, one, other)| {
                let path = format!("{path}.{key}");
                match (one, other) {
                    (Some(one), Some(other)) => at(&path, one, other),
                    (one, _) => {
                        Some(format!("{path}: only {} has it", if one.is_some() { "ours" } else { "theirs" }))
                    }
                }
            })
        }
        (Value::Array(one), Value::Array(other)) => {
            let length = || Some(format!("{path}: {} against {} items", one.len(), other.len()));
            let items = one.iter().zip(other).enumerate();
            let first =
                items.map(|(n, (one, other))| at(&format!("{path}[{n}]"), one, other)).find(Option::is_some);
            first.flatten().or_else(|| if one.len() == other.len() { None } else { length() })
        }
        _ if ours == theirs => None,
        _ => Some(format!("{path}: {ours} against {theirs}")),
    }
}

/// A peer's cursors are its own: each is replaced by a word. What else it says that nobody asked it is left out.
pub fn without_cursors(answer: &Value) -> Value {
    let mut data = answer.get("data").cloned().unwrap_or_default();
    replace(&mut data);
    data
}

/// Seaography counts, names and lists elsewhere: what it says is put where ours has it.
pub fn of_seaography(answer: &Value) -> Value {
    let mut answer = answer.clone();
    let partnerships = &mut answer["data"]["partnerships"];
    if let Some(object) = partnerships.as_object_mut()
        && let Some(info) = object.remove("paginationInfo")
    {
        object.insert("totalCount".to_owned(), info["total"].clone());
    }
    for node in partnerships["nodes"].as_array_mut().into_iter().flatten() {
        // The data has one name for each organisation.
        let name = node["organisation"]["organisationName"]["nodes"][0]["name"].take();
        node["organisation"] = serde_json::json!({ "name": name });
        node["partners"] = node["partners"]["nodes"].take();
    }
    answer
}

fn replace(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(cursor) if key == "startCursor" || key == "endCursor" => {
                        *cursor = "a cursor".to_owned();
                    }
                    other => replace(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(replace),
        _ => {}
    }
}
