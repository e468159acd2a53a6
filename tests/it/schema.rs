//! The schema as it is kept beside the code, and what it says of itself.

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;

/// `kemitraan schema > schema.graphql` writes it anew; this only compares.
#[test]
fn the_kept_schema_is_the_programs() {
    let kept = std::fs::read_to_string("schema.graphql").unwrap();
    assert!(
        kept == kemitraan::api::sdl(),
        "schema.graphql is stale: run `kemitraan schema > schema.graphql`"
    );
}

/// Every type, field, argument and enum value is described in English, then in Indonesian.
#[test]
fn everything_is_described_in_both_languages() {
    let schema = Schema::parse_and_validate(kemitraan::api::sdl(), "schema.graphql").unwrap();
    let mut bare = Vec::new();
    let mut check = |coordinate: String, description: Option<&str>| {
        let parts =
            description.map_or(0, |text| text.split("\n\n").flat_map(|part| part.split(" / ")).count());
        if parts < 2 {
            bare.push(coordinate);
        }
    };
    for (name, ty) in schema.types.iter().filter(|(name, ty)| !ty.is_built_in() && !name.starts_with("__")) {
        check(name.to_string(), ty.description().map(|text| text.as_str()));
        let fields = match ty {
            ExtendedType::Object(object) => Some(&object.fields),
            ExtendedType::Interface(interface) => Some(&interface.fields),
            ExtendedType::Enum(values) => {
                for (value, definition) in &values.values {
                    check(format!("{name}.{value}"), definition.description.as_deref());
                }
                None
            }
            ExtendedType::InputObject(input) => {
                for (field, definition) in &input.fields {
                    check(format!("{name}.{field}"), definition.description.as_deref());
                }
                None
            }
            _ => None,
        };
        for (field, definition) in fields.into_iter().flatten() {
            check(format!("{name}.{field}"), definition.description.as_deref());
            for argument in &definition.arguments {
                check(format!("{name}.{field}({})", argument.name), argument.description.as_deref());
            }
        }
    }
    assert!(bare.is_empty(), "without a description in both languages: {bare:#?}");
}
