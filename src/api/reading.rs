//! What the read log is told of a request: who asked for what, and what was answered. Before the answer leaves it is at
//! least on its way there; an auditor's, and one that shows personal data, is there.

use std::sync::Arc;

use apollo_compiler::ast::{Type, VariableDefinition};
use apollo_compiler::response::JsonMap;
use apollo_compiler::{Node, Schema};
use async_graphql::parser::types::OperationType;
use serde_json::{Map, Value};

use super::execute::App;
use crate::access::{ReadLog, Role};
use crate::error::{Code, Result};
use crate::journal::Author;
use crate::journal::reads::{Read, Told};
use crate::types::{GlobalId, Quarter};

/// How it was answered.
#[derive(Debug, Default)]
pub struct Outcome<'a> {
    /// The code of the first error, if there is one.
    pub code: Option<&'a str>,
    pub sequence: Option<i64>,
    pub cached: bool,
    pub not_modified: bool,
}

impl App {
    /// Puts a request on record.
    ///
    /// # Errors
    ///
    /// BUSY, INTERNAL: then nothing may be answered.
    pub async fn record_read(&self, author: Author, told: Arc<Told>, outcome: Outcome<'_>) -> Result<()> {
        let id = author.request_id.as_deref().and_then(|id| id.parse().ok());
        let is_auditors = author.role.as_deref() == Some(Role::Auditor.as_str());
        // Who is shut out is shown nothing, and need not be waited for.
        let is_shut_out = outcome.code == Some(Code::Unauthenticated.as_str());
        let at_once = is_auditors && !is_shut_out || !told.noted.partners.is_empty();
        let read = Read {
            id: id.unwrap_or_else(|| self.clock.new_id()),
            at: self.clock.now(),
            author,
            told,
            sequence: outcome.sequence,
            cached: outcome.cached,
            not_modified: outcome.not_modified,
            outcome: outcome.code.unwrap_or("OK").to_owned(),
        };
        self.reads.leave(read, at_once).await
    }
}

pub(super) fn kind(operation: OperationType) -> &'static str {
    if operation == OperationType::Mutation { "MUTATION" } else { "QUERY" }
}

/// Variables longer than this as a whole are hidden as a whole.
const LONGEST: usize = 8_192;

/// The variables of an operation that were given, as the log has them: none where there are none. Hidden is all that may be
/// personal: text of whatever kind, unless it is an id, or a quarter, which say nothing of anybody.
pub(super) fn variables(
    schema: &Schema,
    declared: &[Node<VariableDefinition>],
    given: &JsonMap,
    log: &ReadLog,
) -> Option<String> {
    let mut all = Map::new();
    for variable in declared {
        if let Some(value) = given.get(variable.name.as_str()) {
            let value = serde_json::to_value(value).unwrap_or_default();
            all.insert(variable.name.to_string(), shown(schema, &variable.ty, value, log));
        }
    }
    if all.is_empty() {
        return None;
    }
    let text = serde_json_canonicalizer::to_string(&all).unwrap_or_default();
    Some(if text.len() > LONGEST { Value::String(log.hidden(&text)).to_string() } else { text })
}

fn shown(schema: &Schema, ty: &Type, value: Value, log: &ReadLog) -> Value {
    let name = ty.inner_named_type().as_str();
    match value {
        Value::Null | Value::Bool(_) => value,
        Value::Array(items) => {
            items.into_iter().map(|item| shown(schema, ty.item_type(), item, log)).collect()
        }
        Value::Object(members) => {
            let input = schema.get_input_object(name);
            let member = |(member, value): (String, Value)| {
                let field = input.and_then(|input| input.fields.get(member.as_str()));
                let value = match field {
                    Some(field) => shown(schema, &field.ty, value, log),
                    None => Value::String(log.hidden(&value.to_string())),
                };
                (member, value)
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        Value::Number(_) if matches!(name, "Int" | "Float") => value,
        Value::String(text) if is_impersonal(schema, name, &text) => Value::String(text),
        Value::String(text) => Value::String(log.hidden(&text)),
        Value::Number(number) => Value::String(log.hidden(&number.to_string())),
    }
}

/// Whether a text of this type tells nothing of a person, whatever it is: what is no such value was refused before.
fn is_impersonal(schema: &Schema, type_name: &str, text: &str) -> bool {
    match type_name {
        "ID" => GlobalId::parse(text).is_some(),
        "Money" | "Decimal" | "Date" | "DateTime" => true,
        "String" => text.parse::<Quarter>().is_ok(),
        other => schema.get_enum(other).is_some(),
    }
}
