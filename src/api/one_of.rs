//! `__Type.isOneOf` (specification of September 2025), which apollo-compiler 1.33.1 does not know. Clients that ask for
//! everything ask for it. To go when apollo-compiler has it.
//!
//! The schema that documents are validated against gets the field. For the answer it is asked for as `kind` under a key
//! of our own, which is then taken back: false for an input object, null for all else. None of our inputs is a OneOf.

use std::collections::HashSet;

use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema, name};
use async_graphql::Value;

use crate::error::{Error, Result};

/// The answer to introspection, by response key.
pub type Introspection = async_graphql::indexmap::IndexMap<async_graphql::Name, async_graphql::Value>;

/// Adds the field.
///
/// # Errors
///
/// INTERNAL, where an input is a OneOf: then what is answered here would be wrong.
pub fn add(schema: &mut Schema) -> Result<()> {
    let one_of = schema.types.values().filter_map(ExtendedType::as_input_object);
    if let Some(input) = one_of.into_iter().find(|input| input.directives.has("oneOf")) {
        return Err(Error::internal(format!(
            "{} is a OneOf, and introspection would say that it is not",
            input.name
        )));
    }
    let Some(ExtendedType::Object(object)) = schema.types.get_mut("__Type") else {
        return Err(Error::internal("the schema has no __Type"));
    };
    let field = FieldDefinition {
        description: Some("Whether exactly one of an input object's fields must be given.".into()),
        name: name!("isOneOf"),
        arguments: Vec::new(),
        ty: Type::Named(name!("Boolean")),
        directives: Default::default(),
    };
    object.make_mut().fields.insert(name!("isOneOf"), Component::new(field));
    Ok(())
}

/// The document as it can be answered, and what the keys of our own begin with in it; none where it can be as it is.
pub fn rewrite(
    schema: &Schema,
    document: &Valid<ExecutableDocument>,
) -> Option<(Valid<ExecutableDocument>, String)> {
    let fields = || document.operations.iter().flat_map(|operation| operation.all_fields(document));
    if !fields().any(|field| field.name == "isOneOf") {
        return None;
    }
    // Each alias begins with one of these at most, so there is always one that none begins with.
    let aliases = fields().filter_map(|field| field.alias.as_deref()).filter(|alias| alias.starts_with("__"));
    let aliases = aliases.collect::<HashSet<_>>();
    let keys = (0..=aliases.len()).map(|number| format!("__isOneOf_{number}_"));
    let key = keys.into_iter().find(|key| !aliases.iter().any(|alias| alias.starts_with(key)))?;

    let kind = schema.type_field("__Type", "kind").ok()?;
    let mut rewritten = document.clone().into_inner();
    for operation in rewritten.operations.anonymous.iter_mut().chain(rewritten.operations.named.values_mut())
    {
        replace(&mut operation.make_mut().selection_set, kind, &key);
    }
    for fragment in rewritten.fragments.values_mut() {
        replace(&mut fragment.make_mut().selection_set, kind, &key);
    }
    Some((Valid::assume_valid(rewritten), key))
}

fn replace(set: &mut SelectionSet, kind: &Node<FieldDefinition>, key: &str) {
    let is_type = set.ty == "__Type";
    for selection in &mut set.selections {
        match selection {
            Selection::Field(field) if is_type && field.name == "isOneOf" => {
                replace_field(field.make_mut(), kind, key);
            }
            Selection::Field(field) => replace(&mut field.make_mut().selection_set, kind, key),
            Selection::InlineFragment(fragment) => {
                replace(&mut fragment.make_mut().selection_set, kind, key);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn replace_field(field: &mut Field, kind: &Node<FieldDefinition>, key: &str) {
    // The key is a name with letters before it, which is a name.
    field.alias = Name::new(&format!("{key}{}", field.response_key())).ok();
    field.name = name!("kind");
    field.definition = kind.clone();
}

/// The answer to a rewritten document, as the document asked for it.
pub fn restore(answer: Introspection, key: &str) -> Introspection {
    let member = |(name, value): (async_graphql::Name, Value)| match name.strip_prefix(key) {
        Some(own) if value == Value::String("INPUT_OBJECT".to_owned()) => {
            (async_graphql::Name::new(own), Value::Boolean(false))
        }
        Some(own) => (async_graphql::Name::new(own), Value::Null),
        None => (name, restore_value(value, key)),
    };
    answer.into_iter().map(member).collect()
}

fn restore_value(value: Value, key: &str) -> Value {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(|item| restore_value(item, key)).collect()),
        Value::Object(members) => Value::Object(restore(members, key)),
        other => other,
    }
}
