//! The way in: HTTP, GraphQL over it, what a document may ask, and the roots of the schema.

pub mod answers;
pub mod budgets;
pub mod connections;
pub mod document;
mod evidence;
pub mod execute;
pub mod fault;
pub mod gates;
pub mod http;
pub mod limits;
pub mod merge;
pub mod mutation;
pub mod one_of;
pub mod persisted;
pub mod query;
pub mod reading;
mod reparse;
pub mod router;
pub mod values;
pub mod viewer;

use async_graphql::EmptySubscription;

use crate::access::Role;
use crate::error::{Error, Result};

pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// The whole schema, as the executor holds it. Documents are parsed and validated, and introspection is answered,
/// elsewhere (`document`): the executor only executes.
pub fn schema() -> Schema {
    Schema::build(query::Query::default(), mutation::Mutation::default(), EmptySubscription)
        .validation_mode(async_graphql::ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX)
        .disable_introspection()
        .finish()
}

/// The whole schema in SDL, sorted, as `schema.graphql` has it: with `@access` on each field.
pub fn annotated_sdl() -> Result<String> {
    Ok(crate::access::schema::annotated(&sdl()?)?.to_string())
}

/// The schema of one role in SDL, sorted, as introspection tells it.
pub fn role_sdl(role: Role) -> Result<String> {
    let whole = apollo_compiler::Schema::parse_and_validate(sdl()?, "schema.graphql");
    Ok(crate::access::schema::of_role(&*whole.map_err(Error::internal)?, role)?.to_string())
}

/// The whole schema in SDL, sorted, without the directives that every GraphQL service has (specification, Type System
/// Directives: they should be omitted).
pub fn sdl() -> Result<String> {
    use apollo_compiler::ast::{Definition, Document};
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    let mut document =
        Document::parse(schema().sdl_with_options(options), "schema.graphql").map_err(Error::internal)?;
    document.definitions.retain(|definition| match definition {
        Definition::DirectiveDefinition(directive) => {
            !["include", "skip", "specifiedBy", "deprecated"].contains(&directive.name.as_str())
        }
        _ => true,
    });
    Ok(document.to_string())
}
