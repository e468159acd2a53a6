//! The values that come with a document: those that do not fit, all at once, by path.

use apollo_compiler::executable::Operation;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};
use serde_json::Value;

use super::fault::{Fault, MOST_FAULTS};
use crate::config::LimitSettings;
use crate::error::{Code, Error};
use crate::types::{Date, Decimal, Money, Timestamp};

/// Each variable whose value does not fit its type: one by one, for the validator stops at the first.
pub(super) fn of_variables(
    schema: &Valid<Schema>,
    operation: &Operation,
    variables: &JsonMap,
    document: &ExecutableDocument,
) -> Vec<Fault> {
    let mut alone = operation.clone();
    alone.selection_set.selections.clear();
    let fault = |variable: &Node<apollo_compiler::ast::VariableDefinition>| {
        alone.variables = vec![variable.clone()];
        let coerced = apollo_compiler::request::coerce_variable_values(schema, &alone, variables);
        let message = without_value(&coerced.err()?.message().to_string());
        let given = variables.get(variable.name.as_str()).map(serde_json::to_value);
        let given = given.map_or_else(|| "nothing".to_owned(), |given| shown(&given.unwrap_or_default()));
        let expected = format!("a value of type {} ({message})", variable.ty);
        let place = variable.line_column_range(&document.sources);
        Some(Fault {
            error: Error::input(&format!("${}", variable.name), &given, &expected),
            locations: place.map(|range| (range.start.line, range.start.column)).into_iter().collect(),
        })
    };
    operation.variables.iter().filter_map(fault).take(MOST_FAULTS).collect()
}

/// What is told back of a value that does not fit: of what is made of others only that it is, for personal data may be among
/// them.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// The validator's words without the value that it repeats.
fn without_value(message: &str) -> String {
    let parts = message.strip_prefix("could not coerce ").and_then(|rest| {
        let (what, rest) = rest.split_once(": ")?;
        Some((what, rest.rsplit_once(" to type ")?.1))
    });
    parts.map_or_else(|| message.to_owned(), |(what, ty)| format!("could not coerce {what} to type {ty}"))
}

/// Values of our own scalars, wherever they stand: all that do not fit, at once.
pub(super) fn check(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Node<Operation>,
    values: &Valid<JsonMap>,
    limits: &LimitSettings,
) -> Result<(), Vec<Fault>> {
    let mut check = Check { schema, limits, faults: Vec::new() };
    for variable in &operation.variables {
        if let Some(value) = values.get(variable.name.as_str()) {
            let value = serde_json::to_value(value).unwrap_or_default();
            check.value(&variable.ty, &value, &format!("${}", variable.name));
        }
    }
    for field in operation.all_fields(document) {
        for argument in &field.arguments {
            if let Some(name) = repeated(&argument.value) {
                let place = argument.line_column_range(&document.sources);
                check.faults.push(Fault {
                    error: Error::new(
                        Code::ValidationFailed,
                        format!("the input field `{name}` is given twice"),
                    ),
                    locations: place
                        .map(|range| (range.start.line, range.start.column))
                        .into_iter()
                        .collect(),
                });
            }
            let definition = field.definition.argument_by_name(&argument.name);
            if let Some(definition) = definition {
                let value = literal(&argument.value);
                check.value(&definition.ty, &value, &argument.name);
            }
        }
    }
    let mut faults = check.faults;
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

struct Check<'a> {
    schema: &'a Schema,
    limits: &'a LimitSettings,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn value(&mut self, ty: &apollo_compiler::ast::Type, value: &Value, path: &str) {
        if let Value::Array(items) = value {
            let most = self.limits.limit_list;
            if items.len() > most {
                self.faults.push(Error::limit("list items", items.len(), most).into());
                return;
            }
            for (at, item) in items.iter().enumerate() {
                self.value(ty.item_type(), item, &format!("{path}.{at}"));
            }
            return;
        }
        let name = ty.inner_named_type().as_str();
        if let (Value::Object(members), Some(input)) = (value, self.schema.get_input_object(name)) {
            for (member, value) in members {
                if let Some(field) = input.fields.get(member.as_str()) {
                    self.value(&field.ty, value, &format!("{path}.{member}"));
                }
            }
            return;
        }
        let expected = match (name, value) {
            (_, Value::Null) => return,
            ("Money", Value::String(text)) => text.parse::<Money>().err(),
            ("Decimal", Value::String(text)) => text.parse::<Decimal>().err(),
            ("DateTime", Value::String(text)) => text.parse::<Timestamp>().err(),
            ("Date", Value::String(text)) => text.parse::<Date>().err(),
            ("Money" | "Decimal" | "DateTime" | "Date", _) => Some("a string"),
            // PostgreSQL takes no such text.
            (_, Value::String(text)) if text.contains('\0') => {
                let expected = "text without the character U+0000";
                return self.faults.push(Error::input(path, "text with it", expected).into());
            }
            _ => None,
        };
        if let Some(expected) = expected {
            let given = value.as_str().map_or_else(|| shown(value), str::to_owned);
            self.faults.push(Error::input(path, &given, expected).into());
        }
    }
}

/// A field that an input object has twice, which the validator lets pass (specification, Input Object Field Uniqueness).
fn repeated(value: &apollo_compiler::ast::Value) -> Option<&Name> {
    use apollo_compiler::ast::Value as Ast;
    match value {
        Ast::List(items) => items.iter().find_map(|item| repeated(item)),
        Ast::Object(members) => members.iter().enumerate().find_map(|(at, (name, value))| {
            let before = members[..at].iter().any(|(earlier, _)| earlier == name);
            if before { Some(name) } else { repeated(value) }
        }),
        _ => None,
    }
}

/// A literal as JSON; variables in it are looked at where they are given.
fn literal(value: &apollo_compiler::ast::Value) -> Value {
    use apollo_compiler::ast::Value as Ast;
    match value {
        Ast::Null | Ast::Variable(_) => Value::Null,
        Ast::Enum(name) => Value::String(name.to_string()),
        Ast::String(text) => Value::String(text.clone()),
        Ast::Float(number) => {
            Value::String(number.to_string()).as_str().and_then(|text| text.parse::<f64>().ok()).into()
        }
        Ast::Int(number) => {
            Value::String(number.to_string()).as_str().and_then(|text| text.parse::<i64>().ok()).into()
        }
        Ast::Boolean(value) => Value::Bool(*value),
        Ast::List(items) => Value::Array(items.iter().map(|item| literal(item)).collect()),
        Ast::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.to_string(), literal(value))).collect())
        }
    }
}
