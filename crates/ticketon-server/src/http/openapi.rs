//! `GET /openapi.json`: the interface in OpenAPI 3.1, made of the one table of operations.
//!
//! It names every operation with what it does, who may ask, what stands in path, query and headers, and every code of
//! refusal. It does not describe the fields of bodies: the files of the endpoints do.

use axum::Json;
use axum::http::Method;
use serde_json::{Map, Value, json};
use ticketon_core::Code;

use super::routes::{self, Operation, Who};

pub(super) async fn handler() -> Json<Value> {
    Json(document())
}

/// The interface's description.
pub fn document() -> Value {
    let mut paths = Map::new();
    for operation in routes::table() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_lowercase()] = described(&operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ticketon",
            "description": "Sells tickets for events that sell out in minutes.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
            "schemas": {"Problem": problem()},
        },
    })
}

fn described(operation: &Operation) -> Value {
    let name = operation.name.replace(' ', "");
    let words: Vec<&str> = name.split("::").filter(|word| *word != "handler").collect();
    let mut described = json!({
        "operationId": words.join("_"),
        "tags": [words[0]],
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation),
    });
    if operation.who == Who::User {
        described["security"] = json!([{"bearer": []}]);
    }
    if takes_a_body(&operation.method) {
        let object = json!({"application/json": {"schema": {"type": "object"}}});
        described["requestBody"] = json!({"required": false, "content": object});
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let parameter = |place: &str, name: &str, is_required: bool| json!({"in": place, "name": name, "required": is_required, "schema": {"type": "string"}});
    let mut parameters: Vec<Value> = names_in(operation.path)
        .map(|name| parameter("path", name, true))
        .collect();
    parameters.extend(operation.query.iter().map(|name| parameter("query", name, false)));
    if operation.method == Method::POST {
        parameters.push(parameter("header", "Idempotency-Key", false));
    }
    parameters
}

fn responses(operation: &Operation) -> Value {
    let content = if operation.name.starts_with("stream") && operation.method == Method::GET {
        json!({"text/event-stream": {}})
    } else {
        json!({"application/json": {}})
    };
    let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    json!({
        "2XX": {"description": "done", "content": content},
        "default": {"description": "refused: nothing was changed", "content": problem},
    })
}

/// A refusal (RFC 9457).
fn problem() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": text});
    let field = json!({
        "type": "object",
        "required": ["field", "message"],
        "properties": {"field": text, "message": text},
    });
    json!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail", "retryable", "request_id"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": codes},
            "detail": text,
            "retryable": {"type": "boolean"},
            "request_id": text,
            "fields": {"type": "array", "items": field},
            "taken": texts,
            "alternatives": texts,
            "run": text,
        },
    })
}

fn takes_a_body(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(method)
}

fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
