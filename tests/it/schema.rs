//! The schema as it is kept beside the code, and what it says of itself.

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use kemitraan::access::Role;

/// `make schema` writes it anew; this only compares.
#[test]
fn the_kept_schema_is_the_programs() {
    let kept = std::fs::read_to_string("schema.graphql").unwrap();
    assert!(kept == kemitraan::api::annotated_sdl().unwrap(), "schema.graphql is stale: run `make schema`");
}

/// `make schema` writes them anew; these only compare. All that is told to a client is in one of them.
#[test]
fn the_kept_schema_of_each_role_is_the_programs() {
    for role in Role::ALL {
        let path = format!("schemas/{}.graphql", role.as_str().to_lowercase());
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == kemitraan::api::role_sdl(role).unwrap(), "{path} is stale: run `make schema`");
    }
    assert_eq!(std::fs::read_dir("schemas").unwrap().count(), Role::ALL.len());
}

#[test]
fn the_kept_page_of_the_access_table_is_the_programs() {
    let kept = std::fs::read_to_string("docs/access.md").unwrap();
    assert!(kept == kemitraan::access::table::page(), "docs/access.md is stale: run `make schema`");
    // The rows of a type stand together, else its table is printed again.
    let mut types = std::collections::HashSet::new();
    for line in kept.lines().filter(|line| line.starts_with("### ")) {
        assert!(types.insert(line), "twice: {line}");
    }
}

/// Every type, field, argument and enum value is described in English, then in Indonesian.
#[test]
fn everything_is_described_in_both_languages() {
    let schema =
        Schema::parse_and_validate(kemitraan::api::annotated_sdl().unwrap(), "schema.graphql").unwrap();
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

/// What people write in their own words stays for ever, and whoever writes it is told so.
#[test]
fn what_is_permanent_says_so() {
    let schema =
        Schema::parse_and_validate(kemitraan::api::annotated_sdl().unwrap(), "schema.graphql").unwrap();
    let mut checked = 0;
    for (name, ty) in &schema.types {
        // A filter looks for such words; it keeps none.
        let (ExtendedType::InputObject(input), false) = (ty, name.ends_with("Filter")) else { continue };
        for (field, definition) in &input.fields {
            let own_words = [
                "reason",
                "remark",
                "body",
                "report",
                "resolution",
                "title",
                "description",
                "followUp",
                "purpose",
            ];
            if own_words.contains(&field.as_str()) {
                let text = definition.description.as_deref().unwrap_or_default();
                assert!(text.contains("Permanent") && text.contains("Permanen"), "{name}.{field}: {text}");
                checked += 1;
            }
        }
    }
    assert!(checked > 40, "{checked}");
}
