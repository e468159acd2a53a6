//! Field merging, as the GraphQL specification's CollectFields has it, before execution.
//!
//! async-graphql runs a field as often as its response key stands in a selection, and patches the answers together:
//! a mutation would run twice, and a null could win or lose by its place. Here each key stands once: skipped
//! selections are gone, fragments are inlined for the types that they apply to, equal keys are one field.

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use async_graphql::parser::types::{
    Directive, Field, FragmentDefinition, InlineFragment, OperationDefinition, OperationType, Selection,
    SelectionSet, TypeCondition,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::ConstValue;
use std::collections::HashMap;

use crate::error::{Error, Result};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Merges a validated operation in place.
///
/// # Errors
///
/// INTERNAL for a field that the schema, which is the role's own, does not have. The document was validated, but as
/// another parser read it; the executor, which knows every field, gets none that was not.
pub fn merge(
    schema: &Schema,
    fragments: &Fragments,
    operation: &mut OperationDefinition,
    variables: &Variables,
) -> Result<()> {
    let root = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let merge = Merge { schema, fragments, variables };
    operation.selection_set.node = merge.set(root, &[&operation.selection_set.node])?;
    Ok(())
}

/// The response keys of a merged root selection, in order.
pub fn root_keys(set: &SelectionSet) -> Vec<Name> {
    let key = |item: &Positioned<Selection>| match &item.node {
        Selection::Field(field) => Some(field.node.response_key().node.clone()),
        _ => None,
    };
    set.items.iter().filter_map(key).collect()
}

struct Merge<'a> {
    schema: &'a Schema,
    fragments: &'a Fragments,
    variables: &'a Variables,
}

impl Merge<'_> {
    /// The selections of one or more sets on a type, merged. An abstract type becomes a fragment for each object type
    /// that it can be.
    fn set(&self, type_name: &str, sets: &[&SelectionSet]) -> Result<SelectionSet> {
        let is_abstract = matches!(
            self.schema.types.get(type_name),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_))
        );
        if !is_abstract {
            return self.object_set(type_name, sets);
        }
        let possible = self.schema.types.iter().filter(|(name, ty)| {
            matches!(ty, ExtendedType::Object(_)) && self.schema.is_subtype(type_name, name)
        });
        let items = possible.map(|(name, _)| {
            let fragment = InlineFragment {
                type_condition: Some(at(TypeCondition { on: at(Name::new(name.as_str())) })),
                directives: Vec::new(),
                selection_set: at(self.object_set(name, sets)?),
            };
            Ok(at(Selection::InlineFragment(at(fragment))))
        });
        Ok(SelectionSet { items: items.collect::<Result<_>>()? })
    }

    fn object_set(&self, type_name: &str, sets: &[&SelectionSet]) -> Result<SelectionSet> {
        let mut fields: Vec<(Name, Vec<&Positioned<Field>>)> = Vec::new();
        for set in sets {
            self.collect(type_name, set, &mut fields);
        }
        let items = fields
            .into_iter()
            .map(|(_, same)| Ok(at_of(same[0], Selection::Field(self.field(type_name, &same)?))));
        Ok(SelectionSet { items: items.collect::<Result<_>>()? })
    }

    fn field(&self, parent: &str, same: &[&Positioned<Field>]) -> Result<Positioned<Field>> {
        let mut field = same[0].clone();
        field.node.directives.clear();
        let name = field.node.name.node.as_str();
        let definition = self.schema.type_field(parent, name).map_err(|_| {
            Error::internal(format!("{parent}.{name} was executed without having been validated"))
        })?;
        let sets = same.iter().map(|field| &field.node.selection_set.node).collect::<Vec<_>>();
        // Introspection is answered elsewhere.
        if sets.iter().any(|set| !set.items.is_empty()) && !name.starts_with("__") {
            field.node.selection_set.node = self.set(definition.ty.inner_named_type(), &sets)?;
        }
        Ok(field)
    }

    /// CollectFields (GraphQL, September 2025, section 6.3.2).
    fn collect<'s>(
        &'s self,
        type_name: &str,
        set: &'s SelectionSet,
        fields: &mut Vec<(Name, Vec<&'s Positioned<Field>>)>,
    ) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    if self.is_skipped(&field.node.directives) {
                        continue;
                    }
                    let key = &field.node.response_key().node;
                    match fields.iter_mut().find(|(known, _)| known == key) {
                        Some((_, same)) => same.push(field),
                        None => fields.push((key.clone(), vec![field])),
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if self.is_skipped(&spread.node.directives) {
                        continue;
                    }
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node)
                        && self.applies(type_name, &fragment.node.type_condition.node)
                    {
                        self.collect(type_name, &fragment.node.selection_set.node, fields);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    if self.is_skipped(&fragment.node.directives) {
                        continue;
                    }
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.applies(type_name, &condition.node)) {
                        self.collect(type_name, &fragment.node.selection_set.node, fields);
                    }
                }
            }
        }
    }

    fn applies(&self, type_name: &str, condition: &TypeCondition) -> bool {
        let on = condition.on.node.as_str();
        on == type_name || self.schema.is_subtype(on, type_name)
    }

    fn is_skipped(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let skips_if = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return false,
            };
            let condition = directive.node.get_argument("if").map(|value| value.node.clone());
            let value = condition.and_then(|value| {
                value.into_const_with(|name| self.variables.get(&name).cloned().ok_or(())).ok()
            });
            value == Some(ConstValue::Boolean(skips_if))
        })
    }
}

fn at<T>(node: T) -> Positioned<T> {
    Positioned::new(node, async_graphql::Pos::default())
}

fn at_of<T, U>(place: &Positioned<T>, node: U) -> Positioned<U> {
    Positioned::new(node, place.pos)
}
