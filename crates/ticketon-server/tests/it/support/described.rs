//! Holds every answer that a test gets, and every body that was accepted, against the interface's description.
//!
//! It understands the words in which bodies are described, and no others, and is stricter than they are: an answer with a
//! field that is not described is wrong, though a client must not mind one.

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Map, Value};
use ticketon_server::http::{openapi, operations};

use super::reply::Reply;

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi);
static OPERATIONS: LazyLock<Vec<(Method, &'static str)>> = LazyLock::new(operations);

/// A request as far as it is described.
pub(crate) struct Asked {
    method: Method,
    path: String,
    /// Its body, where that is JSON.
    body: Option<Value>,
}

impl Asked {
    pub(crate) fn new(method: &Method, path: &str, body: &[u8]) -> Self {
        Self {
            method: method.clone(),
            path: path.to_owned(),
            body: serde_json::from_slice(body).ok(),
        }
    }

    /// The answer is one of those that are described, and so was what was asked if it was done.
    #[track_caller]
    pub(crate) fn check(&self, reply: &Reply) {
        let Some(operation) = operation(&self.method, &self.path) else {
            return;
        };
        let faults = self.faults(operation, reply);
        let Self { method, path, .. } = self;
        assert!(
            faults.is_empty(),
            "not as described: {method} {path}: {} {}: {faults:#?}",
            reply.status,
            reply.text
        );
    }

    fn faults(&self, operation: &Value, reply: &Reply) -> Vec<String> {
        let mut faults = Vec::new();
        let answer = resolved(&operation["responses"][reply.status.as_str()]);
        let kind = reply
            .headers
            .get("content-type")
            .map_or("", |kind| kind.to_str().unwrap());
        let kind = kind.split(';').next().unwrap();
        match &answer["content"][kind]["schema"] {
            _ if answer.is_null() => faults.push("no such status".to_owned()),
            Value::Null if reply.text.is_empty() => {}
            Value::Null => faults.push(format!("no such answer: {kind}")),
            schema if kind.ends_with("json") => {
                Strict { faults: &mut faults }.check(&reply.json, schema, "answer");
            }
            _ => {}
        }
        let takes = &operation["requestBody"]["content"]["application/json"]["schema"];
        if reply.status.is_success()
            && !takes.is_null()
            && let Some(body) = &self.body
        {
            Strict { faults: &mut faults }.check(body, takes, "body");
        }
        faults
    }
}

/// How an operation is described.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        let pairs = || template.iter().zip(&parts);
        template.len() == parts.len() && pairs().all(|(name, part)| name.starts_with('{') || name == part)
    };
    // A name that is written out goes before any name.
    let (_, path) = OPERATIONS
        .iter()
        .filter(|(asked, path)| asked == method && fits(path))
        .min_by_key(|(_, path)| path.matches('{').count())?;
    Some(&DOCUMENT["paths"][path][method.as_str().to_lowercase()])
}

/// What stands by its name somewhere else.
pub(crate) fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(name) => DOCUMENT.pointer(name.strip_prefix('#').unwrap()).expect(name),
        None => schema,
    }
}

struct Strict<'a> {
    faults: &'a mut Vec<String>,
}

impl Strict<'_> {
    fn check(&mut self, value: &Value, schema: &Value, place: &str) {
        for (word, says) in schema.as_object().unwrap() {
            match word.as_str() {
                "$ref" => self.check(value, resolved(schema), place),
                "type" => self.says(is_of(value, says), place, value, says),
                "enum" => self.says(says.as_array().unwrap().contains(value), place, value, says),
                "format" => self.says(has_format(value, says), place, value, says),
                "minimum" => self.says(
                    value.is_null() || value.as_i64() >= says.as_i64(),
                    place,
                    value,
                    says,
                ),
                "maximum" => self.says(
                    value.is_null() || value.as_i64() <= says.as_i64(),
                    place,
                    value,
                    says,
                ),
                "minProperties" => self.says(size(value) >= says.as_u64(), place, value, says),
                "maxProperties" => self.says(size(value) <= says.as_u64(), place, value, says),
                "required" => {
                    for name in says.as_array().unwrap() {
                        let is_there = value.get(name.as_str().unwrap()).is_some();
                        self.says(is_there || value.is_null(), place, value, name);
                    }
                }
                "items" => {
                    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(item, says, &format!("{place}[{number}]"));
                    }
                }
                "anyOf" => {
                    let fits = says.as_array().unwrap().iter().any(|schema| {
                        let mut faults = Vec::new();
                        Strict { faults: &mut faults }.check(value, schema, place);
                        faults.is_empty()
                    });
                    self.says(fits, place, value, says);
                }
                "properties" | "additionalProperties" | "description" | "contentEncoding" => {}
                word => panic!("{place}: `{word}` is not understood"),
            }
        }
        self.fields(value, schema, place);
    }

    fn fields(&mut self, value: &Value, schema: &Value, place: &str) {
        let none = Map::new();
        let fields = schema["properties"].as_object().unwrap_or(&none);
        let others = &schema["additionalProperties"];
        let is_object = schema["type"] == "object" && !(fields.is_empty() && others.is_null());
        for (name, value) in value.as_object().into_iter().flatten() {
            let place = format!("{place}.{name}");
            match fields.get(name) {
                Some(schema) => self.check(value, schema, &place),
                None if others.is_object() => self.check(value, others, &place),
                None => self.says(
                    !is_object || *others == Value::Bool(true),
                    &place,
                    value,
                    &Value::Null,
                ),
            }
        }
    }

    fn says(&mut self, is_so: bool, place: &str, value: &Value, says: &Value) {
        if !is_so {
            self.faults.push(format!("{place}: {value} is not {says}"));
        }
    }
}

fn size(value: &Value) -> Option<u64> {
    value.as_object().map(|object| object.len() as u64)
}

fn is_of(value: &Value, kind: &Value) -> bool {
    match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some(kind) => panic!("there is no type `{kind}`"),
        None => kind.as_array().unwrap().iter().any(|kind| is_of(value, kind)),
    }
}

fn has_format(value: &Value, format: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return true;
    };
    match format.as_str().unwrap() {
        "uuid" => text.parse::<ticketon_core::ids::EventId>().is_ok(),
        "date-time" => text.parse::<ticketon_core::Timestamp>().is_ok(),
        "date" => text.len() == 10,
        format => panic!("`{format}` is not understood"),
    }
}
