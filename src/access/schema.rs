//! A role's own schema, derived from the whole one by the access table.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Argument, Directive, Value};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema, name};

use super::{Role, table};
use crate::error::{Error, Result};

/// Holds the schema against the table.
///
/// # Errors
///
/// INTERNAL, naming each field without a row, each row without a field, and each field that has two.
pub fn check(whole: &Schema) -> Result<()> {
    let mut rows = HashMap::<(&str, &str), usize>::new();
    for (object, field, _) in table::fields() {
        *rows.entry((object, field)).or_default() += 1;
    }
    let mut faults = Vec::new();
    for (object, field) in objects(whole) {
        match rows.remove(&(object, field)) {
            None => faults.push(format!("{object}.{field} has no row")),
            Some(1) => {}
            Some(count) => faults.push(format!("{object}.{field} has {count} rows")),
        }
    }
    faults.extend(rows.keys().map(|(object, field)| format!("{object}.{field} is not in the schema")));
    faults.sort();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::internal(format!("the access table: {}", faults.join("; "))))
    }
}

/// Every field of every object, those of introspection aside.
fn objects(schema: &Schema) -> impl Iterator<Item = (&str, &str)> {
    let own = schema.types.iter().filter(|(name, ty)| !ty.is_built_in() && !name.starts_with("__"));
    own.filter_map(|(name, ty)| Some((name, ty.as_object()?)))
        .flat_map(|(name, object)| object.fields.keys().map(|field| (name.as_str(), field.as_str())))
}

/// The schema of one role: the fields that it reaches, and what these use.
///
/// # Errors
///
/// INTERNAL, where the table opens a field to the role and nothing of what the field gives.
pub fn of_role(whole: &Schema, role: Role) -> Result<Valid<Schema>> {
    let mut own = whole.clone();
    for (object, ty) in &mut own.types {
        if let ExtendedType::Object(fields) = ty
            && !fields.is_built_in()
        {
            fields.make_mut().fields.retain(|field, _| table::allows(role, object, field));
        }
    }
    let reached = reached(&own);
    let empty = |ty: &ExtendedType| ty.as_object().is_some_and(|object| object.fields.is_empty());
    own.types.retain(|name, ty| ty.is_built_in() || (reached.contains(name) && !empty(ty)));
    let definition = own.schema_definition.make_mut();
    definition.mutation = definition.mutation.take().filter(|root| own.types.contains_key(&root.name));
    own.validate().map_err(|errors| {
        Error::internal(format!(
            "the access table gives {} a schema that cannot be: {}",
            role.as_str(),
            errors.errors
        ))
    })
}

/// The types that can be reached from the roots.
fn reached(schema: &Schema) -> HashSet<Name> {
    let definition = &schema.schema_definition;
    let mut found = HashSet::new();
    let mut next = [&definition.query, &definition.mutation]
        .into_iter()
        .flatten()
        .map(|root| root.name.clone())
        .collect::<Vec<_>>();
    let directives = schema.directive_definitions.values();
    next.extend(
        directives
            .flat_map(|directive| &directive.arguments)
            .map(|argument| argument.ty.inner_named_type().clone()),
    );
    while let Some(name) = next.pop() {
        if !found.insert(name.clone()) {
            continue;
        }
        let fields = |fields: &apollo_compiler::collections::IndexMap<
            Name,
            apollo_compiler::schema::Component<FieldDefinition>,
        >| {
            fields
                .values()
                .flat_map(|field| field.arguments.iter().map(|argument| &*argument.ty).chain([&field.ty]))
                .map(|ty| ty.inner_named_type().clone())
                .collect::<Vec<_>>()
        };
        match schema.types.get(&name) {
            Some(ExtendedType::Object(object)) => {
                next.extend(fields(&object.fields));
                next.extend(object.implements_interfaces.iter().map(|interface| interface.name.clone()));
            }
            Some(ExtendedType::Interface(interface)) => {
                next.extend(fields(&interface.fields));
                let implementing = schema.types.iter().filter(|(_, ty)| {
                    ty.as_object().is_some_and(|object| {
                        object.implements_interfaces.contains(&name) && !object.fields.is_empty()
                    })
                });
                next.extend(implementing.map(|(name, _)| name.clone()));
            }
            Some(ExtendedType::Union(union)) => {
                next.extend(union.members.iter().map(|member| member.name.clone()))
            }
            Some(ExtendedType::InputObject(input)) => {
                next.extend(input.fields.values().map(|field| field.ty.inner_named_type().clone()));
            }
            Some(ExtendedType::Enum(_) | ExtendedType::Scalar(_)) | None => {}
        }
    }
    found
}

/// The definition of `@access`, which only the printed whole schema has.
const DIRECTIVE: &str = r#"
"""
The roles that reach a field. What the field gives is narrowed to their rows besides.

Peran yang dapat mengakses suatu isian. Barisnya juga dibatasi menurut perannya.
"""
directive @access(
  """
  What it gives is not of the journal: true now, and at no other time. / Di luar jurnal: berlaku saat ini saja.
  """
  live: Boolean! = false
  """
  These roles, and no others. / Hanya peran ini.
  """
  roles: [Role!]!
) on FIELD_DEFINITION
"#;

/// The whole schema with `@access` on each field of each object.
pub fn annotated(whole: &str) -> Result<Schema> {
    let mut schema =
        Schema::parse(format!("{whole}{DIRECTIVE}"), "schema.graphql").map_err(Error::internal)?;
    for (object, ty) in &mut schema.types {
        let ExtendedType::Object(definition) = ty else { continue };
        if definition.is_built_in() || object.starts_with("__") {
            continue;
        }
        for (name, field) in &mut definition.make_mut().fields {
            let Some(rule) = table::rule(object, name) else { continue };
            let roles = rule
                .roles
                .iter()
                .map(|role| Name::new(role.as_str()).map(|name| Node::new(Value::Enum(name))));
            let roles = roles.collect::<Result<Vec<_>, _>>().map_err(Error::internal)?;
            let argument = Argument { name: name!("roles"), value: Node::new(Value::List(roles)) };
            let mut arguments = vec![Node::new(argument)];
            if table::is_live(object, name) {
                arguments.push(Node::new(Argument {
                    name: name!("live"),
                    value: Node::new(Value::Boolean(true)),
                }));
            }
            let directive = Directive { name: name!("access"), arguments };
            field.make_mut().directives.push(Node::new(directive));
        }
    }
    Ok(schema)
}
