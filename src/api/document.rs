//! A document on its way to the executor: parsed and validated by apollo-compiler, held against the limits, merged,
//! its values coerced, its introspection answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use apollo_compiler::ast::VariableDefinition;
use apollo_compiler::collections::HashMap;
use apollo_compiler::executable::{self, Operation, SelectionSet};
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema, response::JsonMap};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument as Executable, OperationType, Selection,
};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::budgets::RateLimit;
use super::fault::{Fault, MOST_FAULTS};
use super::one_of::Introspection;
use super::{limits, merge, one_of, reparse, values};
use crate::access::table;
use crate::config::LimitSettings;
use crate::error::{Code, Error, Result};

/// How deep the lists of introspection may stand in each other; apollo-compiler's.
const INTROSPECTED: usize = 3;

/// The schema that documents are validated against, and those that have been: each is parsed and validated once, then
/// comes from a cache that is bounded by their text.
pub struct Gate {
    schema: Valid<Schema>,
    implementers: HashMap<Name, Implementers>,
    documents: Cache<String, Arc<Parsed>, TextLength>,
    /// By document and operation; bounded by the length of both and of the answers.
    introspections: Cache<(String, String), Arc<Answered>, AnswerLength>,
    parsed: AtomicU64,
    introspected: AtomicU64,
}

/// A document that has been validated, and as the executor's own parser reads it.
struct Parsed {
    document: Valid<ExecutableDocument>,
    executable: Executable,
    traits: Traits,
    /// It writes, and has texts that it may write.
    writes_texts: bool,
}

/// What a document asks for, as far as it decides for whom and for how long its answer is true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traits {
    /// It has a field that reads what the journal does not hold.
    pub live: bool,
    /// It has a field that tells of the person who asks.
    pub personal: bool,
}

impl Traits {
    fn of(document: &ExecutableDocument) -> Self {
        let mut traits = Self::default();
        let operations = document.operations.iter().map(|operation| &operation.selection_set);
        let fragments = document.fragments.values().map(|fragment| &fragment.selection_set);
        for set in operations.chain(fragments) {
            traits.add(set);
        }
        traits
    }

    fn add(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                executable::Selection::Field(field) => {
                    let is_in =
                        |list: &[(&str, &str)]| list.contains(&(set.ty.as_str(), field.name.as_str()));
                    self.live |= is_in(table::LIVE);
                    self.personal |= is_in(table::PERSONAL);
                    self.add(&field.selection_set);
                }
                executable::Selection::InlineFragment(fragment) => self.add(&fragment.selection_set),
                executable::Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// The answer to introspection, and its length in JSON.
struct Answered {
    introspection: Introspection,
    length: u64,
}

#[derive(Clone)]
struct TextLength;

impl Weighter<String, Arc<Parsed>> for TextLength {
    fn weight(&self, text: &String, _: &Arc<Parsed>) -> u64 {
        text.len().max(1) as u64
    }
}

#[derive(Clone)]
struct AnswerLength;

impl Weighter<(String, String), Arc<Answered>> for AnswerLength {
    fn weight(&self, key: &(String, String), answered: &Arc<Answered>) -> u64 {
        answered.length + (key.0.len() + key.1.len()) as u64
    }
}

/// Bytes of introspection's answers that are kept: five or so of whole schemas.
const INTROSPECTIONS: u64 = 2 * 1024 * 1024;

/// In one shard: with more, nothing would be kept that is larger than its shard's share.
pub(super) fn cache<K: Eq + std::hash::Hash, V: Clone, W: Weighter<K, V> + Clone>(
    items: usize,
    weight: u64,
    weighter: W,
) -> Result<Cache<K, V, W>> {
    let options = OptionsBuilder::new()
        .shards(1)
        .estimated_items_capacity(items)
        .weight_capacity(weight)
        .build()
        .map_err(Error::internal)?;
    let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
    Ok(Cache::with_options(options, weighter, hasher, lifecycle))
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
    /// The variables that the operation declares.
    pub declared: Vec<Node<VariableDefinition>>,
    pub traits: Traits,
    /// In points.
    pub cost: u64,
    /// What is left of the budget that it was taken from.
    pub rate: RateLimit,
}

impl Gate {
    /// `kept`: bytes of documents whose parsed form is kept.
    pub fn new(schema: Valid<Schema>, kept: u64) -> Result<Self> {
        Ok(Self {
            implementers: schema.implementers_map(),
            schema,
            documents: cache(256, kept, TextLength)?,
            introspections: cache(8, INTROSPECTIONS, AnswerLength)?,
            parsed: AtomicU64::new(0),
            introspected: AtomicU64::new(0),
        })
    }

    pub fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// How often a document has been parsed and validated, and how often introspection has been answered, other than
    /// from what is kept.
    pub fn worked(&self) -> (u64, u64) {
        (self.parsed.load(Ordering::Relaxed), self.introspected.load(Ordering::Relaxed))
    }

    /// Bytes of documents and of introspection's answers that are kept.
    pub fn kept(&self) -> (u64, u64) {
        (self.documents.weight(), self.introspections.weight())
    }

    /// The traits of a document that is kept parsed.
    pub fn traits(&self, text: &str) -> Option<Traits> {
        self.documents.get(text).map(|parsed| parsed.traits)
    }

    /// Takes a document through all that comes before execution.
    pub fn prepare(
        &self,
        text: &str,
        operation_name: Option<&str>,
        variables: &JsonMap,
        limits: &LimitSettings,
    ) -> Result<Prepared, Vec<Fault>> {
        let parsed = self.documents.get_or_insert_with(text, || self.read(text, limits).map(Arc::new))?;
        // What is erased later must not be here still.
        if parsed.writes_texts {
            self.documents.remove(text);
        }
        let document = &parsed.document;
        let operation = document
            .operations
            .get(operation_name)
            .map_err(|error| vec![Fault::from(Error::new(Code::BadRequest, error.message().to_string()))])?;
        let coerced = apollo_compiler::request::coerce_variable_values(&self.schema, operation, variables)
            .map_err(|_| values::of_variables(&self.schema, operation, variables, document))?;
        let cost =
            limits::check(document, operation, &coerced, limits).map_err(|error| vec![error.into()])?;
        values::check(&self.schema, document, operation, &coerced, limits)?;
        let introspection = self.introspect(text, document, operation, &coerced)?;
        let prepared = self.executable(&parsed, operation, coerced, introspection);
        prepared.map(|prepared| Prepared { cost, ..prepared }).map_err(|fault| vec![fault])
    }

    fn read(&self, text: &str, limits: &LimitSettings) -> Result<Parsed, Vec<Fault>> {
        self.parsed.fetch_add(1, Ordering::Relaxed);
        let document = self.parse(text, limits)?;
        let executable = reparse::parse(text, &document).map_err(|fault| vec![fault])?;
        let traits = Traits::of(&document);
        let writes_texts =
            text.contains('"') && document.operations.iter().any(|operation| operation.is_mutation());
        Ok(Parsed { document, executable, traits, writes_texts })
    }

    /// Parses a document and validates it.
    pub(super) fn parse(
        &self,
        text: &str,
        limits: &LimitSettings,
    ) -> Result<Valid<ExecutableDocument>, Vec<Fault>> {
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

    fn introspect(
        &self,
        text: &str,
        document: &Valid<ExecutableDocument>,
        operation: &Operation,
        values: &Valid<JsonMap>,
    ) -> Result<Introspection, Vec<Fault>> {
        let asks =
            operation.root_fields(document).any(|field| field.name == "__schema" || field.name == "__type");
        if !asks {
            return Ok(Introspection::new());
        }
        let answer = || {
            self.introspected.fetch_add(1, Ordering::Relaxed);
            self.answer_introspection(document, operation, values).map(Arc::new)
        };
        // Tools ask for the whole schema without variables; what depends on them is not kept.
        if !operation.variables.is_empty() {
            return Ok(answer()?.introspection.clone());
        }
        let name = operation.name.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(self.introspections.get_or_insert_with(&(text.to_owned(), name), answer)?.introspection.clone())
    }

    fn answer_introspection(
        &self,
        document: &Valid<ExecutableDocument>,
        operation: &Operation,
        values: &Valid<JsonMap>,
    ) -> Result<Answered, Vec<Fault>> {
        apollo_compiler::introspection::check_max_depth(document, operation).map_err(|_| {
            vec![
                Error::limit("introspection depth", format!("more than {INTROSPECTED}"), INTROSPECTED).into(),
            ]
        })?;
        let (schema, implementers) = (&self.schema, &self.implementers);
        let rewritten = one_of::rewrite(schema, document);
        let (document, operation) = match &rewritten {
            Some((rewritten, _)) => (rewritten, named(rewritten, operation)?),
            None => (document, operation),
        };
        let response = apollo_compiler::introspection::partial_execute(
            schema,
            implementers,
            document,
            operation,
            values,
        )
        .map_err(|error| vec![Error::new(Code::ValidationFailed, error.message().to_string()).into()])?;
        // By way of text, which keeps the order of fields.
        let text = serde_json::to_string(&response.data).unwrap_or_default();
        let answer = serde_json::from_str::<Introspection>(&text).unwrap_or_default();
        let introspection = match rewritten {
            Some((_, key)) => one_of::restore(answer, &key),
            None => answer,
        };
        Ok(Answered { introspection, length: text.len() as u64 })
    }

    /// The document as the executor takes it: the operation alone, merged, without introspection.
    fn executable(
        &self,
        parsed: &Parsed,
        operation: &Operation,
        values: Valid<JsonMap>,
        introspection: Introspection,
    ) -> Result<Prepared, Fault> {
        let name = operation.name.as_ref().map(ToString::to_string);
        let mut document = parsed.executable.clone();
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
        merge::merge(&self.schema, &document.fragments, &mut single.node, &variables)?;
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
            declared: operation.variables.clone(),
            traits: parsed.traits,
            cost: 0,
            rate: RateLimit::default(),
        })
    }
}

/// The same operation in another form of its document.
fn named<'a>(document: &'a ExecutableDocument, operation: &Operation) -> Result<&'a Operation, Vec<Fault>> {
    let found = document.operations.get(operation.name.as_deref());
    found.map(|operation| &**operation).map_err(|_| vec![Error::internal("an operation is gone").into()])
}

fn faults(code: Code, errors: impl Iterator<Item = apollo_compiler::response::GraphQLError>) -> Vec<Fault> {
    let fault = |error: apollo_compiler::response::GraphQLError| Fault {
        locations: error.locations.iter().map(|at| (at.line, at.column)).collect(),
        error: Error::new(code, error.message),
    };
    errors.take(MOST_FAULTS).map(fault).collect()
}
