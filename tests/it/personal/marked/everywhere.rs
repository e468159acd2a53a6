//! A text wherever one can stand, by the schema of a role.

use apollo_compiler::ast::{InputValueDefinition, Type};
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::{Name, Schema};
use kemitraan::access::Role;
use serde_json::json;

use super::Answers;

/// A literal of a type with this text wherever one may stand, in all members of an input object.
fn literal_of(schema: &Schema, ty: &Type, text: &str) -> String {
    if let Type::List(item) | Type::NonNullList(item) = ty {
        return format!("[{}]", literal_of(schema, item, text));
    }
    let name = ty.inner_named_type().as_str();
    match &schema.types[name] {
        ExtendedType::Enum(values) => values.values.keys().next().unwrap().to_string(),
        ExtendedType::InputObject(input) => {
            let member = |(member, definition): (&Name, &Component<InputValueDefinition>)| {
                let value = literal_of(schema, &definition.ty, text);
                format!("{member}: {}", if member == "dryRun" { "true" } else { &value })
            };
            format!("{{ {} }}", input.fields.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        _ => match name {
            "Int" => "1".to_owned(),
            "Boolean" => "true".to_owned(),
            _ => format!("\"{text}\""),
        },
    }
}

/// Puts them wherever a text can stand: in each argument, and each member of a filter, by itself; and in whole inputs, tried.
pub async fn put(answers: &mut Answers<'_>, role: Role, name: &str) {
    let gates = std::sync::Arc::clone(&answers.app.app.gates);
    let schema = gates.of(role).schema();
    let text = "3174998877665544, 3174 9988 7766 5544, +62 819 3451 2367: rahasiawati@tandaputri.example";
    let mut asked = vec![
        format!("{{ viewer {{ can(action: \"{text}\", id: \"{text}\") {{ allowed }} }} }}"),
        format!("{{ viewer {{ canRead(coordinate: \"{text}\") {{ allowed }} }} }}"),
    ];
    for root in ["Query", "Mutation"] {
        for (field, definition) in schema.get_object(root).iter().flat_map(|object| &object.fields) {
            let inner = definition.ty.inner_named_type().as_str();
            let ty = &schema.types[inner];
            let selection = if ty.is_scalar() || ty.is_enum() { "" } else { "{ __typename }" };
            let needed = |but: &str| {
                let needed = definition.arguments.iter().filter(|one| one.is_required() && one.name != but);
                needed
                    .map(|one| format!("{}: {}, ", one.name, literal_of(schema, &one.ty, text)))
                    .collect::<String>()
            };
            for argument in &definition.arguments {
                let ty = argument.ty.inner_named_type().as_str();
                let mut literals = vec![literal_of(schema, &argument.ty, text)];
                if let (Some(input), "Query") = (schema.get_input_object(ty), root) {
                    let alone = |(member, definition): (&Name, &Component<InputValueDefinition>)| {
                        format!("{{ {member}: {} }}", literal_of(schema, &definition.ty, text))
                    };
                    literals.extend(input.fields.iter().map(alone));
                }
                let (operation, others) = (root.to_lowercase(), needed(&argument.name));
                asked.extend(literals.into_iter().map(|literal| {
                    format!("{operation} {{ {field}({others}{}: {literal}) {selection} }}", argument.name)
                }));
            }
        }
    }
    assert!(asked.len() > 40, "{}", asked.len());
    for document in asked {
        answers.post(name, &document, json!({})).await;
    }
}
