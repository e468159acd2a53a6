//! A document on its way to the executor: parsed and validated by apollo-compiler, held against the limits, merged,
//! its values coerced, its introspection answered.

use apollo_compiler::collections::HashMap;
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema, response::JsonMap};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument as Executable, OperationType, Selection,
};
use serde_json::Value;

use super::{limits, merge};
use crate::config::LimitSettings;
use crate::error::{Code, Error, Result};
use crate::types::{Date, Money, Timestamp};

/// The answer to introspection, by response key.
pub type Introspection = async_graphql::indexmap::IndexMap<async_graphql::Name, async_graphql::Value>;

/// A request error: the document cannot be executed at all. Some have a place in the document.
#[derive(Debug)]
pub struct Fault {
    pub error: Error,
    /// line, column; both from 1
    pub locations: Vec<(usize, usize)>,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { error, locations: Vec::new() }
    }
}

/// How deep the executor's parser reads: selections within each other, fields' and fragments' alike.
const NESTED: usize = 64;

/// How deep the lists of introspection may stand in each other; apollo-compiler's.
const INTROSPECTED: usize = 3;

/// One document can be wrong in a thousand places; the first of them will do.
const MOST_FAULTS: usize = 20;

/// The schema that documents are validated against.
pub struct Gate {
    schema: Valid<Schema>,
    implementers: HashMap<Name, Implementers>,
}

/// What is ready for the executor.
pub struct Prepared {
    pub document: Executable,
    pub variables: async_graphql::Variables,
    pub operation: OperationType,
    pub operation_name: Option<String>,
    /// The answer to the introspection that the operation asks for, by response key.
    pub introspection: Introspection,
    /// The keys of the answer, in their order.
    pub keys: Vec<async_graphql::Name>,
}

impl Gate {
    pub fn new(sdl: &str) -> Result<Self> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").map_err(Error::internal)?;
        let implementers = schema.implementers_map();
        Ok(Self { schema, implementers })
    }

    /// Takes a document through all that comes before execution.
    pub fn prepare(
        &self,
        text: &str,
        operation_name: Option<&str>,
        variables: &JsonMap,
        limits: &LimitSettings,
    ) -> Result<Prepared, Vec<Fault>> {
        let document = self.parse(text, limits)?;
        let operation = document
            .operations
            .get(operation_name)
            .map_err(|error| vec![Fault::from(Error::new(Code::BadRequest, error.message().to_string()))])?;
        let values = apollo_compiler::request::coerce_variable_values(&self.schema, operation, variables)
            .map_err(|_| self.variable_faults(operation, variables, &document))?;
        limits::check(&document, operation, &values, limits).map_err(|error| vec![error.into()])?;
        self.check_scalars(&document, operation, &values)?;
        let introspection = self.introspect(&document, operation, &values)?;
        self.executable(text, &document, operation, values, introspection).map_err(|fault| vec![fault])
    }

    fn parse(&self, text: &str, limits: &LimitSettings) -> Result<Valid<ExecutableDocument>, Vec<Fault>> {
        // The parser's own recursion is bounded a little above the depth, so that the limit is told by its name.
        let mut parser =
            Parser::new().recursion_limit(limits.limit_depth * 4 + 64).token_limit(limits.limit_tokens);
        let parsed = parser.parse_ast(text, "document");
        let ast = parsed.map_err(|failed| {
            // Each error's own words: the report of all of them with their places takes the square of their number.
            let says =
                |words: &str| failed.errors.iter().any(|error| error.error.to_string().contains(words));
            if says("token limit reached") {
                let more = format!("more than {}", limits.limit_tokens);
                return vec![Error::limit("tokens", more, limits.limit_tokens).into()];
            }
            if says("recursion limit reached") {
                return vec![Error::limit("depth", "more", limits.limit_depth).into()];
            }
            faults(Code::ParseFailed, failed.errors.iter().map(|error| error.to_json()))
        })?;
        ast.to_executable_validate(&self.schema).map_err(|errors| {
            faults(Code::ValidationFailed, errors.errors.iter().map(|error| error.to_json()))
        })
    }

    /// Each variable whose value does not fit its type: one by one, for the validator stops at the first.
    fn variable_faults(
        &self,
        operation: &Operation,
        variables: &JsonMap,
        document: &ExecutableDocument,
    ) -> Vec<Fault> {
        let mut alone = operation.clone();
        alone.selection_set.selections.clear();
        let fault = |variable: &Node<apollo_compiler::ast::VariableDefinition>| {
            alone.variables = vec![variable.clone()];
            let coerced = apollo_compiler::request::coerce_variable_values(&self.schema, &alone, variables);
            let message = coerced.err()?.message().to_string();
            let given = variables.get(variable.name.as_str());
            let given = given.map_or_else(|| "nothing".to_owned(), ToString::to_string);
            let expected = format!("a value of type {} ({message})", variable.ty);
            let place = variable.line_column_range(&document.sources);
            Some(Fault {
                error: Error::input(&format!("${}", variable.name), &given, &expected),
                locations: place.map(|range| (range.start.line, range.start.column)).into_iter().collect(),
            })
        };
        operation.variables.iter().filter_map(fault).take(MOST_FAULTS).collect()
    }

    /// Values of our own scalars, wherever they stand: all that do not fit, at once.
    fn check_scalars(
        &self,
        document: &ExecutableDocument,
        operation: &Node<Operation>,
        values: &Valid<JsonMap>,
    ) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for variable in &operation.variables {
            if let Some(value) = values.get(variable.name.as_str()) {
                let value = serde_json::to_value(value).unwrap_or_default();
                self.check_value(&variable.ty, &value, &format!("${}", variable.name), &mut faults);
            }
        }
        for field in operation.all_fields(document) {
            for argument in &field.arguments {
                if let Some(name) = repeated(&argument.value) {
                    let place = argument.line_column_range(&document.sources);
                    faults.push(Fault {
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
                    self.check_value(&definition.ty, &value, &argument.name, &mut faults);
                }
            }
        }
        faults.truncate(MOST_FAULTS);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn check_value(
        &self,
        ty: &apollo_compiler::ast::Type,
        value: &Value,
        path: &str,
        faults: &mut Vec<Fault>,
    ) {
        if let Value::Array(items) = value {
            for (at, item) in items.iter().enumerate() {
                self.check_value(ty.item_type(), item, &format!("{path}.{at}"), faults);
            }
            return;
        }
        let name = ty.inner_named_type().as_str();
        if let (Value::Object(members), Some(input)) = (value, self.schema.get_input_object(name)) {
            for (member, value) in members {
                if let Some(field) = input.fields.get(member.as_str()) {
                    self.check_value(&field.ty, value, &format!("{path}.{member}"), faults);
                }
            }
            return;
        }
        let expected = match (name, value) {
            (_, Value::Null) => return,
            ("Money", Value::String(text)) => text.parse::<Money>().err(),
            ("DateTime", Value::String(text)) => text.parse::<Timestamp>().err(),
            ("Date", Value::String(text)) => text.parse::<Date>().err(),
            ("Money" | "DateTime" | "Date", _) => Some("a string"),
            // PostgreSQL takes no such text.
            (_, Value::String(text)) if text.contains('\0') => Some("text without the character U+0000"),
            _ => None,
        };
        if let Some(expected) = expected {
            let given = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            faults.push(Error::input(path, &given, expected).into());
        }
    }

    fn introspect(
        &self,
        document: &Valid<ExecutableDocument>,
        operation: &Operation,
        values: &Valid<JsonMap>,
    ) -> Result<Introspection, Vec<Fault>> {
        let asks =
            operation.root_fields(document).any(|field| field.name == "__schema" || field.name == "__type");
        if !asks {
            return Ok(Introspection::new());
        }
        apollo_compiler::introspection::check_max_depth(document, operation).map_err(|_| {
            vec![
                Error::limit("introspection depth", format!("more than {INTROSPECTED}"), INTROSPECTED).into(),
            ]
        })?;
        let (schema, implementers) = (&self.schema, &self.implementers);
        apollo_compiler::introspection::partial_execute(schema, implementers, document, operation, values)
            .map_err(|error| vec![Error::new(Code::ValidationFailed, error.message().to_string()).into()])
            // By way of text, which keeps the order of fields.
            .map(|response| serde_json::to_string(&response.data).unwrap_or_default())
            .map(|data| serde_json::from_str(&data).unwrap_or_default())
    }

    /// The document as the executor takes it: the operation alone, merged, without introspection.
    fn executable(
        &self,
        text: &str,
        validated: &ExecutableDocument,
        operation: &Operation,
        values: Valid<JsonMap>,
        introspection: Introspection,
    ) -> Result<Prepared, Fault> {
        let name = operation.name.as_ref().map(ToString::to_string);
        let mut document = parse_again(text, validated)?;
        let picked = match (&mut document.operations, &name) {
            (DocumentOperations::Multiple(operations), Some(name)) => operations.remove(name.as_str()),
            (DocumentOperations::Single(_), _) | (DocumentOperations::Multiple(_), None) => None,
        };
        if let Some(picked) = picked {
            document.operations = DocumentOperations::Single(picked);
        }
        let values = serde_json::to_value(values.into_inner()).map_err(Error::internal)?;
        let variables = async_graphql::Variables::from_json(values);
        let DocumentOperations::Single(single) = &mut document.operations else {
            return Err(Error::internal("the operation was validated, and is not there").into());
        };
        let operation_type = single.node.ty;
        merge::merge(&self.schema, &document.fragments, &mut single.node, &variables);
        let keys = merge::root_keys(&single.node.selection_set.node);
        single.node.selection_set.node.items.retain(|item| match &item.node {
            Selection::Field(field) => !matches!(field.node.name.node.as_str(), "__schema" | "__type"),
            _ => true,
        });
        document.fragments.clear();
        Ok(Prepared {
            document,
            variables,
            operation: operation_type,
            operation_name: name,
            introspection,
            keys,
        })
    }
}

/// The document by the executor's own parser, which knows neither `\u{…}` nor surrogate pairs in strings: one that has
/// them is read as the validator writes it, and places in it are places in that text.
fn parse_again(text: &str, validated: &ExecutableDocument) -> Result<Executable, Fault> {
    use async_graphql::parser::{Error as Unread, parse_query};
    let parsed = match parse_query(text) {
        Err(Unread::Syntax { .. }) if text.contains("\\u") => {
            parse_query(validated.serialize().no_indent().to_string())
        }
        parsed => parsed,
    };
    parsed.map_err(|error| match &error {
        Unread::Syntax { message, start, .. } => Fault {
            error: Error::new(Code::ParseFailed, format!("syntax error: {message}")),
            locations: vec![(start.line, start.column)],
        },
        Unread::RecursionLimitExceeded => Error::limit("depth", "more, fragments included", NESTED).into(),
        error => Error::internal(error).into(),
    })
}

fn faults(code: Code, errors: impl Iterator<Item = apollo_compiler::response::GraphQLError>) -> Vec<Fault> {
    let fault = |error: apollo_compiler::response::GraphQLError| Fault {
        locations: error.locations.iter().map(|at| (at.line, at.column)).collect(),
        error: Error::new(code, error.message),
    };
    errors.take(MOST_FAULTS).map(fault).collect()
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
