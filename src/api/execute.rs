//! One GraphQL request, from its parameters to its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use apollo_compiler::response::JsonMap;
use async_graphql::Name;
use async_graphql::PathSegment;
use async_graphql::parser::types::OperationType;
use async_graphql_value::ConstValue;
use axum::body::Bytes;
use axum::http::HeaderValue;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Schema;
use super::answers::{Answers, Kept};
use super::budgets::Budgets;
use super::document::Prepared;
use super::fault::Fault;
use super::gates::Gates;

use super::one_of::Introspection;
use super::persisted::{Hash, Persisted};
use super::reading;
use crate::access::{Access, Actor, ReadLog, Reads, Role, View};
use crate::config::{LimitSettings, RuleSettings};
use crate::db::Database;
use crate::error::{Code, Error, Result};
use crate::files::Files;
use crate::journal::reads::Told;
use crate::nouns::acting::Acting;
use crate::nouns::connection::write_json;
use crate::types::Clock;

/// Everything that a request needs and that outlives it.
#[derive(Clone)]
pub struct App {
    pub db: Database,
    pub access: Access,
    pub clock: Clock,
    pub verifier: crate::auth::Verifier,
    pub limits: Arc<LimitSettings>,
    pub rules: RuleSettings,
    pub gates: Arc<Gates>,
    pub schema: Schema,
    pub answers: Arc<Answers>,
    pub persisted: Arc<Persisted>,
    pub budgets: Arc<Budgets>,
    /// Whose pages browsers let read the answers.
    pub origins: Arc<[HeaderValue]>,
    pub files: Files,
    pub reads: ReadLog,
}

/// The parameters of GraphQL over HTTP.
#[derive(Debug, Default)]
pub struct Parameters {
    pub query: String,
    /// The hash that the document is, or is to be, known by.
    pub hash: Option<Hash>,
    pub operation_name: Option<String>,
    pub variables: JsonMap,
}

/// An answer. A request error has no `data` at all.
#[derive(Debug, Default)]
pub struct Answer {
    pub data: Option<ConstValue>,
    pub errors: Vec<Value>,
    /// The journal's sequence that the answer is true at.
    pub sequence: Option<i64>,
    pub operation: Option<OperationType>,
    /// What is sent, where it is there already.
    pub body: Option<Bytes>,
    /// The entity tag, of an answer by GET that may be kept.
    pub etag: Option<String>,
    /// Whether it was answered before, and is true still.
    pub cached: bool,
    /// What the read log is told of it.
    pub told: Arc<Told>,
}

impl Answer {
    /// A request error.
    pub fn refuse(faults: impl IntoIterator<Item = Fault>) -> Self {
        let errors = faults.into_iter().map(|fault| {
            let mut error = error_json(&fault.error);
            if !fault.locations.is_empty() {
                let place = |(line, column): &(usize, usize)| json!({ "line": line, "column": column });
                error["locations"] = fault.locations.iter().map(place).collect();
            }
            error
        });
        Self { errors: errors.collect(), ..Self::default() }
    }

    /// The code of the first error.
    pub fn code(&self) -> Option<&str> {
        self.errors.first()?["extensions"]["code"].as_str()
    }

    /// Whether there is data: that the request was run.
    pub fn has_data(&self) -> bool {
        self.data.is_some() || self.cached
    }

    /// The answer as it is sent: fields in the order in which they were asked for.
    pub fn to_json(&self) -> Bytes {
        if let Some(body) = &self.body {
            return body.clone();
        }
        let mut body = vec![b'{'];
        let mut put = |key: &str, value: &dyn Fn(&mut Vec<u8>)| {
            if body.len() > 1 {
                body.push(b',');
            }
            body.extend_from_slice(key.as_bytes());
            value(&mut body);
        };
        if !self.errors.is_empty() {
            // Writing into memory does not fail.
            put(r#""errors":"#, &|out| drop(serde_json::to_writer(out, &self.errors)));
        }
        if let Some(data) = &self.data {
            put(r#""data":"#, &|out| write_json(data, out));
        }
        if let Some(sequence) = self.sequence {
            let extensions = format!(r#"{{"journal":{{"sequence":{sequence}}}}}"#);
            put(r#""extensions":"#, &|out| out.extend_from_slice(extensions.as_bytes()));
        }
        body.push(b'}');
        body.into()
    }
}

/// An error as GraphQL has it, with the code in its extensions.
fn error_json(error: &Error) -> Value {
    let mut extensions = error.details().clone();
    extensions.insert("code".to_owned(), error.code().as_str().into());
    json!({ "message": error.message(), "extensions": extensions })
}

impl App {
    /// Runs a request for an actor. `get` allows queries alone.
    pub async fn run(&self, actor: Actor, parameters: Parameters, get: bool, request_id: &str) -> Answer {
        let limit = self.limits.time();
        // Told also where the answer is cut off.
        let mut told = Told::default();
        let answering = self.answer(actor, parameters, get, request_id, &mut told);
        let answer = match tokio::time::timeout(limit, answering).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => Answer::refuse([reported(error, request_id).into()]),
            Err(_) => {
                let message = format!(
                    "the request took longer than the limit of {} s; ask for less at once",
                    limit.as_secs()
                );
                Answer::refuse([Error::new(Code::Timeout, message).into()])
            }
        };
        // Of what is kept it is known already.
        if answer.cached || answer.body.is_some() {
            answer
        } else {
            Answer { told: Arc::new(told), ..answer }
        }
    }

    async fn answer(
        &self,
        actor: Actor,
        mut parameters: Parameters,
        get: bool,
        request_id: &str,
        told: &mut Told,
    ) -> Result<Answer> {
        // Whether the actor's organisation still holds its seat comes before anything is said of the document.
        if let Err(error) = self.persisted.resolve(&mut parameters) {
            told.document = parameters.hash;
            self.access.see().await?.check_reading(&actor)?;
            return Err(error);
        }
        if let Some(answer) = self.remembered(&actor, &parameters, get).await? {
            return Ok(answer);
        }
        told.document = Some(parameters.hash.unwrap_or_else(|| Sha256::digest(&parameters.query).into()));
        let reads = Arc::<Reads>::default();
        let view = View::open(&self.access.noting(Some(Arc::clone(&reads))), actor).await?;
        let mut prepared = match self.prepare(view.actor().role, &parameters) {
            Ok(prepared) => prepared,
            Err(faults) => return Ok(Answer::refuse(faults)),
        };
        if prepared.operation == OperationType::Query {
            self.persisted.learn(&parameters);
        }
        let operation = Some(prepared.operation);
        told.kind = Some(reading::kind(prepared.operation));
        told.operation = prepared.operation_name.as_deref().map(|name| self.reads.name(name));
        if let Some(role) = view.actor().role {
            let schema = self.gates.of(role).schema();
            told.variables =
                reading::variables(schema, &prepared.declared, &parameters.variables, &self.reads);
        }
        if get && prepared.operation != OperationType::Query {
            let error = Error::new(Code::BadRequest, "GET runs queries alone; send a mutation by POST");
            return Ok(Answer { operation, ..Answer::refuse([error.into()]) });
        }
        prepared.rate = self.budgets.take_points(view.actor(), prepared.cost)?;
        let key = match prepared.operation {
            OperationType::Query => self.answers.key(view.actor(), prepared.traits, &parameters),
            _ => None,
        };
        let day = view.today();
        let mut answer = Answer { operation, ..self.execute(view, prepared, request_id).await? };
        told.noted = reads.noted();
        // What failed may be answered another time; it is not what the journal says.
        if let (Some(key), true, Some(sequence)) = (key, answer.errors.is_empty(), answer.sequence) {
            let body = answer.to_json();
            answer.etag = get.then(|| key.etag(sequence, day));
            answer.body = Some(body.clone());
            answer.told = Arc::new(std::mem::take(told));
            self.answers.put(key, Kept { sequence, day, body, told: Arc::clone(&answer.told) });
        }
        Ok(answer)
    }

    /// The same answer as the last time, where nothing has been recorded since, and it is the same day.
    async fn remembered(&self, actor: &Actor, parameters: &Parameters, get: bool) -> Result<Option<Answer>> {
        let traits = actor.role.and_then(|role| self.gates.of(role).traits(&parameters.query));
        let key = traits.and_then(|traits| self.answers.key(actor, traits, parameters));
        let Some(key) = key.filter(|key| self.answers.has(key)) else { return Ok(None) };
        let seen = self.access.see().await?;
        seen.check_reading(actor)?;
        let answer = |kept: Kept| Answer {
            sequence: Some(kept.sequence),
            operation: Some(OperationType::Query),
            etag: get.then(|| key.etag(kept.sequence, kept.day)),
            body: Some(kept.body),
            cached: true,
            told: kept.told,
            ..Answer::default()
        };
        Ok(self.answers.get(&key, &seen).map(answer))
    }

    /// Takes a document through the gate of a role.
    pub fn prepare(&self, role: Option<Role>, parameters: &Parameters) -> Result<Prepared, Vec<Fault>> {
        let role = role.ok_or_else(|| vec![Error::internal("the program itself asks nothing").into()])?;
        let name = parameters.operation_name.as_deref();
        self.gates.prepare(role, &parameters.query, name, &parameters.variables, &self.limits)
    }

    /// Runs a document that has passed: a query in this view, a mutation for its actor.
    pub async fn execute(&self, view: View, prepared: Prepared, request_id: &str) -> Result<Answer> {
        let mut request = async_graphql::Request::new("").variables(prepared.variables).data(prepared.rate);
        request.set_parsed_query(prepared.document);
        let (response, sequence) = if prepared.operation == OperationType::Mutation {
            let acting = Arc::new(Acting {
                access: self.access.noting(view.reads()),
                actor: view.actor().clone(),
                request_id: request_id.to_owned(),
                settings: self.rules,
                sequence: AtomicI64::new(0),
            });
            // Its connection is free for others meanwhile.
            drop(view);
            let request = request.data(Arc::clone(&acting)).data(self.verifier.signer());
            let response = self.schema.execute(request).await;
            let made = acting.sequence.load(Ordering::Relaxed);
            (response, (made > 0).then_some(made))
        } else {
            let sequence = view.sequence();
            (self.schema.execute(request.data(view)).await, Some(sequence))
        };
        let errors = response.errors.iter().map(|error| field_error(error, request_id)).collect();
        let data = if prepared.introspection.is_empty() {
            response.data
        } else {
            combine(&prepared.keys, response.data, prepared.introspection)
        };
        Ok(Answer { data: Some(data), errors, sequence, ..Answer::default() })
    }
}

/// Executed and introspected fields, in the order in which they were asked for.
fn combine(keys: &[Name], data: ConstValue, mut introspection: Introspection) -> ConstValue {
    let ConstValue::Object(mut executed) = data else { return ConstValue::Null };
    let value = |key: &Name| {
        let value = introspection.swap_remove(key).or_else(|| executed.swap_remove(key));
        (key.clone(), value.unwrap_or_default())
    };
    ConstValue::Object(keys.iter().map(value).collect())
}

/// A field's error: its own words where it is ours, INTERNAL where the executor made it.
fn field_error(error: &async_graphql::ServerError, request_id: &str) -> Value {
    let own = error.source::<Error>().cloned();
    let own = own.unwrap_or_else(|| Error::internal(format!("the executor: {}", error.message)));
    let mut json = error_json(&reported(own, request_id));
    let place = |at: &async_graphql::Pos| json!({ "line": at.line, "column": at.column });
    json["locations"] = error.locations.iter().map(place).collect();
    let step = |step: &PathSegment| match step {
        PathSegment::Field(name) => Value::from(name.as_str()),
        PathSegment::Index(at) => Value::from(*at),
    };
    json["path"] = error.path.iter().map(step).collect();
    json
}

/// An error as it is answered. Of what is our fault the log has the cause, and both have the request's id.
pub(super) fn reported(error: Error, request_id: &str) -> Error {
    if error.code() != Code::Internal {
        return error;
    }
    tracing::error!(request_id, cause = error.describe(), "internal error");
    error.and("requestId", request_id.into())
}
