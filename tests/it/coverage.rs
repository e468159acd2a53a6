//! The access table held against the running program, from outside: each field of it and each role, what a role's
//! schema tells and what it does not, and what of the sources keeps the table the only way.

mod fields;
mod hidden;
mod kept;
mod path;
mod schemas;
mod sources;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use kemitraan::access::Role;
use kemitraan::access::table;

/// Whose token stands for a role.
pub fn who(role: Role) -> &'static str {
    if role == Role::Bumn { "PERTAMINA" } else { role.as_str() }
}

/// The whole schema, as the program has it.
pub fn whole() -> &'static Valid<Schema> {
    static WHOLE: LazyLock<Valid<Schema>> = LazyLock::new(|| {
        Schema::parse_and_validate(kemitraan::api::sdl().unwrap(), "schema.graphql").unwrap()
    });
    &WHOLE
}

pub fn allows(role: Role, object: &str, field: &str) -> bool {
    table::fields().any(|row| (row.0, row.1) == (object, field) && row.2.roles.contains(&role))
}

fn has_any(role: Role, object: &str) -> bool {
    table::fields().any(|row| row.0 == object && row.2.roles.contains(&role))
}

/// What is told of a schema: `Type`, `Type.field`, `Type.field(argument)`, `Interface>Type`.
type Told = BTreeSet<String>;

/// What a role's schema is to tell by the table, and nothing else: what its fields use, all the way down.
fn expected(schema: &Schema, role: Role) -> Told {
    let mut told = Told::new();
    let mut next = vec!["Query".to_owned(), "Boolean".to_owned(), "String".to_owned()];
    next.extend(has_any(role, "Mutation").then(|| "Mutation".to_owned()));
    while let Some(name) = next.pop() {
        if !told.insert(name.clone()) {
            continue;
        }
        let (fields, interfaces) = match &schema.types[name.as_str()] {
            ExtendedType::Object(object) => (&object.fields, &object.implements_interfaces),
            ExtendedType::Interface(interface) => (&interface.fields, &interface.implements_interfaces),
            ExtendedType::InputObject(input) => {
                for (field, definition) in &input.fields {
                    told.insert(format!("{name}.{field}"));
                    next.push(definition.ty.inner_named_type().to_string());
                }
                continue;
            }
            ExtendedType::Enum(values) => {
                told.extend(values.values.keys().map(|value| format!("{name}.{value}")));
                continue;
            }
            _ => continue,
        };
        let is_object = schema.types[name.as_str()].is_object();
        for (field, definition) in fields.iter().filter(|field| !is_object || allows(role, &name, field.0)) {
            told.insert(format!("{name}.{field}"));
            next.push(definition.ty.inner_named_type().to_string());
            for argument in &definition.arguments {
                told.insert(format!("{name}.{field}({})", argument.name));
                next.push(argument.ty.inner_named_type().to_string());
            }
        }
        next.extend(interfaces.iter().map(|interface| interface.name.to_string()));
        for (object, _) in implementing(schema, &name).filter(|(object, _)| has_any(role, object)) {
            told.insert(format!("{name}>{object}"));
            next.push(object.to_owned());
        }
    }
    told
}

/// The objects that implement an interface.
fn implementing<'a>(
    schema: &'a Schema,
    interface: &'a str,
) -> impl Iterator<Item = (&'a str, &'a ExtendedType)> {
    schema.types.iter().filter_map(move |(name, ty)| {
        let implements = ty.as_object()?.implements_interfaces.iter().any(|own| own.name == interface);
        implements.then_some((name.as_str(), ty))
    })
}
