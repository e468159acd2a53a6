//! The way in: HTTP, GraphQL over it, what a document may ask, and the roots of the schema.

pub mod document;
pub mod execute;
pub mod http;
pub mod limits;
pub mod merge;
pub mod mutation;
pub mod query;
pub mod router;
pub mod viewer;

use async_graphql::EmptySubscription;

pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// The whole schema, as the executor holds it. Documents are parsed and validated, and introspection is answered,
/// elsewhere (`document`): the executor only executes.
pub fn schema() -> Schema {
    Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .validation_mode(async_graphql::ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX)
        .disable_introspection()
        .finish()
}

/// The whole schema in SDL, sorted.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    schema().sdl_with_options(options)
}
