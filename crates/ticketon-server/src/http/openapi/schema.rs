//! The few words in which bodies are described (JSON Schema 2020-12, as OpenAPI 3.1 has it).

use serde_json::{Map, Value, json};

/// An answer: every field is always there, and more may come with a later version.
pub(super) fn answer<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "required": required, "properties": properties(fields)})
}

/// What is asked: the required fields, the others, and none besides.
pub(super) fn asked<const R: usize, const O: usize>(
    required: [(&str, Value); R],
    others: [(&str, Value); O],
) -> Value {
    let names: Vec<&str> = required.iter().map(|(name, _)| *name).collect();
    let mut fields = properties(required);
    fields.extend(properties(others));
    json!({"type": "object", "required": names, "properties": fields, "additionalProperties": false})
}

/// A page of a list.
pub(super) fn page(of: &str) -> Value {
    answer([
        ("items", list(named(of))),
        (
            "next_cursor",
            maybe(text().about("`cursor` of the next page; null after the last")),
        ),
    ])
}

/// A body that stands by its name.
pub(super) fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Null, or this.
pub(super) fn maybe(schema: Value) -> Value {
    let is_plain = schema["type"].is_string() && schema.get("enum").is_none();
    if !is_plain {
        return json!({"anyOf": [schema, {"type": "null"}]});
    }
    let mut schema = schema;
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

pub(super) fn list(of: Value) -> Value {
    with(json!({"type": "array"}), "items", of)
}

/// An object whose names nobody knows beforehand.
pub(super) fn by_name(of: Value) -> Value {
    with(json!({"type": "object"}), "additionalProperties", of)
}

pub(super) fn one_of(texts: &[&str]) -> Value {
    json!({"type": "string", "enum": texts})
}

pub(super) fn text() -> Value {
    json!({"type": "string"})
}

/// An id of the shop's: a `UUIDv7`.
pub(super) fn id() -> Value {
    json!({"type": "string", "format": "uuid"})
}

/// A moment, RFC 3339 in UTC.
pub(super) fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

/// A calendar day.
pub(super) fn day() -> Value {
    json!({"type": "string", "format": "date"})
}

/// A length of time as people write it.
pub(super) fn length() -> Value {
    text().about("a length of time: `90s`, `7m`, `1h`")
}

/// Money, in the currency's minor unit.
pub(super) fn money() -> Value {
    json!({"type": "integer", "format": "int64"})
}

/// A whole number that is not negative.
pub(super) fn count() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 0})
}

/// A price's name.
pub(super) fn price() -> Value {
    text().about("GRADE/KIND, such as `R/adult`")
}

pub(super) fn yes_or_no() -> Value {
    json!({"type": "boolean"})
}

/// Words for people beside a schema.
pub(super) trait About {
    /// With these words.
    fn about(self, words: &str) -> Value;
}

impl About for Value {
    fn about(self, words: &str) -> Value {
        with(self, "description", words.into())
    }
}

fn with(mut schema: Value, word: &str, says: Value) -> Value {
    schema[word] = says;
    schema
}

fn properties<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let named = fields.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    named.collect()
}
