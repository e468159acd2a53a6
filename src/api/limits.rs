//! What one operation may ask for. Fragments count wherever they are spread.

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, response::JsonMap};

use crate::config::LimitSettings;
use crate::error::{Error, Result};
use crate::nouns::connection::DEFAULT;

/// How many objects a list without a page size is taken to have.
const UNPAGED: u64 = 5;

/// What an operation costs. One that is deeper, wider or costlier than the limits is refused, naming limit and value.
pub fn check(
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &Valid<JsonMap>,
    limits: &LimitSettings,
) -> Result<u64> {
    let mut walk = Walk {
        document,
        variables,
        limits,
        aliases: 0,
        directives: operation.directives.len(),
        introspecting: false,
        visited: 0,
    };
    let cost = walk.selection(&operation.selection_set, 1, 1)?;
    let roots = operation.root_fields(document).count();
    let most =
        |name, value, most: usize| if value > most { Err(Error::limit(name, value, most)) } else { Ok(()) };
    most("root fields", roots, limits.limit_root_fields)?;
    if cost > limits.limit_cost {
        return Err(Error::limit("cost", cost, limits.limit_cost));
    }
    Ok(cost)
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a JsonMap,
    limits: &'a LimitSettings,
    aliases: usize,
    directives: usize,
    /// Below `__schema` or `__type`.
    introspecting: bool,
    /// Selections seen, so that fragments that spread fragments cannot make the walk itself endless.
    visited: u64,
}

impl Walk<'_> {
    /// The cost of a selection, each of whose fields is answered `times` times.
    fn selection(&mut self, set: &SelectionSet, depth: usize, times: u64) -> Result<u64> {
        let mut cost = 0_u64;
        for selection in &set.selections {
            self.visited += 1;
            if self.visited > self.limits.limit_cost {
                return Err(Error::limit(
                    "cost",
                    format!("more than {}", self.limits.limit_cost),
                    self.limits.limit_cost,
                ));
            }
            self.directives += selection.directives().len();
            if self.directives > self.limits.limit_directives {
                return Err(Error::limit("directives", self.directives, self.limits.limit_directives));
            }
            let more = match selection {
                Selection::Field(field) => self.field(field, depth, times)?,
                Selection::InlineFragment(fragment) => {
                    self.selection(&fragment.selection_set, depth, times)?
                }
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name)
                {
                    Some(fragment) => self.selection(&fragment.selection_set, depth, times)?,
                    None => 0,
                },
            };
            cost = cost.saturating_add(more);
        }
        Ok(cost)
    }

    fn field(&mut self, field: &Field, depth: usize, times: u64) -> Result<u64> {
        self.aliases += usize::from(field.alias.is_some());
        if self.aliases > self.limits.limit_aliases {
            return Err(Error::limit("aliases", self.aliases, self.limits.limit_aliases));
        }
        // Introspection costs nothing of the database, and has a bound of its own on its depth; what makes it wide, aliases
        // and directives, is bounded as everywhere.
        if field.name == "__schema" || field.name == "__type" {
            self.introspecting = true;
            self.selection(&field.selection_set, depth + 1, 0)?;
            self.introspecting = false;
            return Ok(1);
        }
        if depth > self.limits.limit_depth && !self.introspecting {
            return Err(Error::limit("depth", depth, self.limits.limit_depth));
        }
        let below =
            self.selection(&field.selection_set, depth + 1, times.saturating_mul(self.size(field)))?;
        Ok(times.saturating_add(below))
    }

    /// How many objects stand below a field.
    fn size(&self, field: &Field) -> u64 {
        let paged = field.definition.argument_by_name("first").is_some();
        if paged {
            let given = ["first", "last"].into_iter().find_map(|name| self.number(field, name));
            return given.unwrap_or(DEFAULT).max(1);
        }
        // The lists of a connection are as long as its page, which is counted above them.
        let of_connection = matches!(field.name.as_str(), "edges" | "nodes");
        if field.definition.ty.is_list() && !of_connection { UNPAGED } else { 1 }
    }

    fn number(&self, field: &Field, name: &str) -> Option<u64> {
        match field.specified_argument_by_name(name)?.as_ref() {
            Value::Int(number) => number.try_to_i32().ok()?.try_into().ok(),
            Value::Variable(variable) => self.variables.get(variable.as_str())?.as_u64(),
            _ => None,
        }
    }
}
