//! A gate for each role: its own schema, derived by the access table, and what is said of a document beyond it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::parser::LineColumn;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use super::document::{Gate, Prepared};
use super::fault::{Fault, MOST_FAULTS};
use super::one_of;
use crate::access::table::{self, Rule};
use crate::access::{Role, schema};
use crate::config::LimitSettings;
use crate::error::{Code, Error, Result};

/// The gates of all roles.
pub struct Gates {
    whole: Gate,
    roles: HashMap<Role, Gate>,
}

impl Gates {
    /// `kept`: bytes of documents, for each role, whose parsed form is kept.
    ///
    /// # Errors
    ///
    /// INTERNAL, where schema and access table do not fit: the program does not start.
    pub fn new(sdl: &str, kept: u64) -> Result<Self> {
        let mut whole = Schema::parse(sdl, "schema.graphql").map_err(Error::internal)?;
        one_of::add(&mut whole)?;
        let whole = whole.validate().map_err(Error::internal)?;
        schema::check(&whole)?;
        let of_role = |role| Ok((role, Gate::new(schema::of_role(&whole, role)?, kept)?));
        let roles = Role::ALL.into_iter().map(of_role).collect::<Result<_>>()?;
        Ok(Self { whole: Gate::new(whole, 0)?, roles })
    }

    pub fn of(&self, role: Role) -> &Gate {
        &self.roles[&role]
    }

    /// Takes a role's document through all that comes before execution.
    pub fn prepare(
        &self,
        role: Role,
        text: &str,
        operation_name: Option<&str>,
        variables: &JsonMap,
        limits: &LimitSettings,
    ) -> Result<Prepared, Vec<Fault>> {
        let prepared = self.of(role).prepare(text, operation_name, variables, limits);
        prepared.map_err(|faults| {
            let is_invalid = |fault: &Fault| fault.error.code() == Code::ValidationFailed;
            if !faults.iter().any(is_invalid) {
                return faults;
            }
            // Only what is right as a whole is told to be forbidden; what is wrong is wrong by the role's own schema.
            let Ok(document) = self.whole.parse(text, limits) else { return faults };
            let forbidden = self.forbidden(role, &document);
            if forbidden.is_empty() { faults } else { forbidden }
        })
    }

    /// The outermost fields and types of a document that the role does not reach, each once.
    fn forbidden(&self, role: Role, document: &Valid<ExecutableDocument>) -> Vec<Fault> {
        let mut search =
            Search { role, gate: self.of(role), document, seen: HashSet::new(), faults: Vec::new() };
        for operation in document.operations.iter() {
            search.selections(&operation.selection_set);
            // A root of which nothing but its name is asked for.
            if search.faults.is_empty() {
                search.type_itself(operation.object_type(), None);
            }
        }
        for fragment in document.fragments.values() {
            search.set(fragment.type_condition(), &fragment.selection_set, None);
        }
        search.faults.truncate(MOST_FAULTS);
        search.faults
    }
}

struct Search<'a> {
    role: Role,
    gate: &'a Gate,
    document: &'a ExecutableDocument,
    seen: HashSet<String>,
    faults: Vec<Fault>,
}

impl Search<'_> {
    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    let rule =
                        table::rule(&set.ty, &field.name).filter(|rule| !rule.roles.contains(&self.role));
                    match rule {
                        // What hangs on it is refused with it.
                        Some(rule) => {
                            let place = field.line_column_range(&self.document.sources);
                            self.refuse(format!("{}.{}", set.ty, field.name), rule, place);
                        }
                        None => self.selections(&field.selection_set),
                    }
                }
                Selection::InlineFragment(fragment) => match &fragment.type_condition {
                    Some(condition) => {
                        let place = fragment.line_column_range(&self.document.sources);
                        self.set(condition, &fragment.selection_set, place);
                    }
                    None => self.selections(&fragment.selection_set),
                },
                // Each is looked at where it is defined.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// Selections on a type that is named: where the role has nothing of the type, that is refused.
    fn set(&mut self, name: &str, set: &SelectionSet, place: Option<Range<LineColumn>>) {
        if !self.type_itself(name, place) {
            self.selections(set);
        }
    }

    /// Refuses a type that the role has nothing of; whether it did.
    fn type_itself(&mut self, name: &str, place: Option<Range<LineColumn>>) -> bool {
        match table::rule_of_object(name) {
            Some(rule) if !self.gate.schema().types.contains_key(name) => {
                self.refuse(name.to_owned(), rule, place);
                true
            }
            _ => false,
        }
    }

    fn refuse(&mut self, coordinate: String, rule: &'static Rule, place: Option<Range<LineColumn>>) {
        if self.seen.insert(coordinate.clone()) {
            let error = Error::out_of_schema(&coordinate, self.role.as_str(), rule.name, rule.english);
            let locations = place.map(|place| (place.start.line, place.start.column)).into_iter().collect();
            self.faults.push(Fault { error, locations });
        }
    }
}
