//! The JSON Schema of the script, by which editors complete, explain and check it.

use std::borrow::Cow;

use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::language::{LargestStep, LoudnessTarget, OverMusic, Script};
use super::session::At;

/// The schema; made from the same declarations that read the script.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Script);
    schema.insert("title".into(), "Undersong session".into());
    unwrap_lines(&mut schema);
    schema.to_value()
}

/// Descriptions are wrapped here, and an editor wraps them itself.
fn unwrap_lines(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    transform_subschemas(&mut unwrap_lines, schema);
}

/// Describes a value that is one text of a certain shape.
macro_rules! pattern {
    ($name:ty, $schema:tt) => {
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

pattern!(LoudnessTarget, {
    "type": "string",
    "pattern": r"^(as-is|[-−][0-9.]+ ?[lL][uU][fF][sS])$"
});
pattern!(OverMusic, { "type": "string", "pattern": r"^[+]?[0-9.]+ ?[lL][uU]$" });
pattern!(LargestStep, { "type": "string", "pattern": r"^[+]?[0-9.]+ ?[lL][uU]$" });
pattern!(At, {
    "anyOf": [
        { "const": 0 },
        { "type": "string", "pattern": r"^(start|end( ?[-−] ?[0-9][0-9.:hmins ec]*)?|[0-9][0-9.:hmins ec]*)$" }
    ]
});
