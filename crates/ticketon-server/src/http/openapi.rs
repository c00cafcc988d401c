//! `GET /openapi.json`: the interface in OpenAPI 3.1, made of the one table of operations.
//!
//! It names every operation with what it does, who may ask, what stands in path, query, headers and body, what it answers,
//! and every code of refusal. The [bodies] are written by hand and held against what is really sent by the tests.

mod bodies;
pub(super) mod page;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::http::Method;
use serde_json::{Map, Value, json};
use ticketon_core::Code;

use self::schema::{About as _, count, id, named, one_of, text, time, yes_or_no};
use super::routes::{self, Operation, Who};
use crate::limits;

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
            "schemas": bodies::all(),
            "responses": Code::ALL.iter().map(|code| (code.as_str(), refused(code.status(), &[code.as_str()].into()))).collect::<BTreeMap<_, _>>(),
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
    if let Some(body) = operation.takes {
        described["requestBody"] = request_body(body);
    }
    described
}

fn request_body(body: &str) -> Value {
    let mut content = json!({"application/json": {"schema": named(body)}});
    if body == "Plan" {
        content["text/csv"] =
            json!({"schema": text().about("`zone,row,seat,grade` and what else a plan's table says")});
    }
    // No body stands for `{}`.
    let is_needed = bodies::all()[body]["required"]
        .as_array()
        .is_some_and(|names| !names.is_empty());
    json!({"required": is_needed, "content": content})
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters: Vec<Value> = names_in(operation.path)
        .map(|name| parameter("path", name, true))
        .collect();
    parameters.extend(operation.query.iter().map(|name| parameter("query", name, false)));
    parameters.extend(
        operation
            .heeds
            .iter()
            .map(|name| parameter("header", name, false)),
    );
    if operation.method == Method::POST && operation.takes.is_some() {
        parameters.push(parameter("header", "Idempotency-Key", false));
    }
    parameters
}

fn parameter(place: &str, name: &str, is_required: bool) -> Value {
    let (place, schema) = match name {
        "Cookie" => ("cookie", text().about("the refresh token of a login")),
        _ => (place, value_of(name)),
    };
    let name = if place == "cookie" {
        "ticketon_refresh"
    } else {
        name
    };
    json!({"in": place, "name": name, "required": is_required, "schema": schema})
}

/// What a parameter of this name is, wherever it stands.
fn value_of(name: &str) -> Value {
    match name {
        "performance" | "sale" | "hold" | "refund" | "run" | "seats" => id(),
        "event" | "queue" => text().about("a slug, an id or a unique prefix"),
        "organization" => text().about("a slug or an id"),
        "user" => text().about("an e-mail address or an id"),
        "purchase" => text().about("a code or an id"),
        "tickets" => {
            text().about("ids, with commas between; all that are still good unless it says otherwise")
        }
        "since" => time(),
        "state" => one_of(&["draft", "published"]),
        "sort" => one_of(&["start", "created", "views"]),
        "limit" => json!({"type": "integer", "minimum": 1, "maximum": limits::PAGE_ROWS_MAX}),
        "dry_run" => yes_or_no().about("say only what would change"),
        "cursor" => text().about("`next_cursor` of the page before"),
        "Prefer" => text().about("`wait=N`: how many seconds to wait for the outcome"),
        "Last-Event-ID" => count().about("the `id` of the last event that was seen"),
        "Idempotency-Key" => text().about("a repeat with the same key hears the first answer"),
        "If-Match" => text().about("the `ETag` of what is changed: 412 when somebody else was first"),
        "Ticketon-Reason" => {
            text().about("why, for the audit trail: percent-encoded UTF-8, at most 300 characters")
        }
        "Ticketon-Pass" => text().about("the pass of a sale with a queue"),
        "Ticketon-Receipt" => text().about("puts whom the queue has forgotten back in their place"),
        _ => text(),
    }
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    let also = |status: &u16| operation.gives.iter().any(|(given, _)| given == status);
    for (status, codes) in refusals(operation) {
        let response = match codes.first() {
            Some(code) if codes.len() == 1 && !also(&status) => {
                json!({ "$ref": format!("#/components/responses/{code}") })
            }
            _ => refused(status, &codes),
        };
        responses.insert(status.to_string(), response);
    }
    for (status, body) in operation.gives {
        let answer = answered(*status, body);
        let status = status.to_string();
        // A probe that says no says which part, where any other operation has a problem.
        match responses.get_mut(&status) {
            Some(refused) => {
                refused["content"]["application/json"] = answer["content"]["application/json"].clone();
            }
            None => {
                responses.insert(status, answer);
            }
        }
    }
    responses.into()
}

fn answered(status: u16, body: &str) -> Value {
    let description = match status {
        202 => "under way: look again where `Location` says",
        204 => "done, and there is nothing to say",
        304 => "as it was when it had this `ETag`",
        503 => "not now, because of the part that is named",
        _ => "done",
    };
    let content = match body {
        "Nothing" => return json!({"description": description}),
        "EventStream" => json!({"text/event-stream": {"schema": text()}}),
        "Metrics" => json!({"text/plain": {"schema": text()}}),
        "Docs" => json!({"text/html": {"schema": text()}}),
        body => json!({"application/json": {"schema": named(body)}}),
    };
    let mut answer = json!({"description": description, "content": content});
    let header = match body {
        body if body.ends_with("Page") => Some(("Link", "the next page (RFC 8288)")),
        "Room" => Some(("ETag", "the version of how it is run: `If-Match` of a change")),
        "Hold" | "Purchase" | "Event" if status == 201 => Some(("Location", "where it can be seen")),
        "Run" | "Payment" if status == 202 => Some(("Location", "where it can be seen")),
        _ => None,
    };
    if let Some((name, about)) = header {
        answer["headers"] = json!({name: {"description": about, "schema": text()}});
    }
    answer
}

fn refused(status: u16, codes: &BTreeSet<&str>) -> Value {
    let schema = json!({
        "$ref": "#/components/schemas/Problem",
        "properties": {"code": {"enum": codes}},
    });
    let names: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let mut refused = json!({
        "description": format!("refused, and nothing was changed: {}", names.join(", ")),
        "content": {"application/problem+json": {"schema": schema}},
    });
    if matches!(status, 429 | 503) {
        refused["headers"] = json!({"Retry-After": {"description": "seconds", "schema": count()}});
    }
    refused
}

/// Every code that an operation refuses with, by status.
fn refusals(operation: &Operation) -> BTreeMap<u16, BTreeSet<&'static str>> {
    let mut codes = operation.refuses.to_vec();
    codes.extend([Code::Internal, Code::Unavailable]);
    if !routes::is_probe(operation.path) {
        codes.push(Code::RateLimited);
    }
    if operation.path.starts_with("/api/v1/") || operation.who == Who::User {
        codes.push(Code::LoginRequired);
    }
    let has_names = operation.path.contains('{');
    if has_names {
        codes.push(Code::NotFound);
    }
    let may_say_why = operation.who == Who::User && operation.method != Method::GET;
    let says_something = !operation.query.is_empty() || !operation.heeds.is_empty() || may_say_why;
    if has_names || operation.takes.is_some() || says_something {
        codes.push(Code::InvalidRequest);
    }
    if operation.takes.is_some() {
        codes.extend([
            Code::MalformedJson,
            Code::BodyTooSlow,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::KeyReused,
        ]);
    }
    let mut by_status = BTreeMap::<u16, BTreeSet<&str>>::new();
    for code in codes {
        by_status.entry(code.status()).or_default().insert(code.as_str());
    }
    by_status
}

/// The names in a path: `event` in `/events/{event}`.
fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
