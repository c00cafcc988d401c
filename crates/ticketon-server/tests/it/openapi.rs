//! The interface's description says what there is.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use ticketon_server::http::{openapi, operations};

use crate::access::Stage;
use crate::support::House;
use crate::support::described::resolved;

#[test]
fn every_operation_is_described() {
    let document = openapi();
    let paths = document["paths"].as_object().unwrap();
    let described = paths
        .values()
        .map(|operations| operations.as_object().unwrap().len());
    assert_eq!(described.sum::<usize>(), operations().len());
    let mut ids = Vec::new();
    for (method, path) in operations() {
        let operation = &document["paths"][path][method.as_str().to_lowercase()];
        assert!(operation["summary"].is_string(), "{method} {path}");
        assert!(operation["responses"]["500"].is_object(), "{method} {path}");
        for part in path.split('/').filter(|part| part.starts_with('{')) {
            let name = part.trim_matches(['{', '}']);
            let parameters = operation["parameters"].as_array().unwrap();
            assert!(
                parameters.iter().any(|parameter| parameter["name"] == name),
                "{method} {path}"
            );
        }
        ids.push(operation["operationId"].as_str().unwrap().to_owned());
    }
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "an operation's name is its own");
}

#[test]
fn every_reference_leads_somewhere_and_every_body_is_used() {
    let document = openapi();
    let mut bodies: BTreeSet<&String> = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    let mut values = vec![&document];
    while let Some(value) = values.pop() {
        if let Some(reference) = value["$ref"].as_str() {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
            bodies.retain(|name| reference != format!("#/components/schemas/{name}"));
        }
        values.extend(value.as_object().into_iter().flat_map(|object| object.values()));
        values.extend(value.as_array().into_iter().flatten());
    }
    assert_eq!(bodies, BTreeSet::new());
}

/// Whoever names a field that there is not is told of those there are, and these must be the ones that are described:
/// in every body and every part of one, and in every query.
#[tokio::test]
async fn what_can_be_asked_is_what_is_described() {
    let house = House::on_sqlite().await;
    let stage = Stage::set(&house).await;
    let document = openapi();
    let mut probes = 0;
    for (method, path) in operations() {
        let described = &document["paths"][path][method.as_str().to_lowercase()];
        let operation = stage.operation(method.as_str(), path);
        let asked = async |address: &str, body| {
            let reply = house.admin().send(method.clone(), address, body).await;
            reply.json["detail"].as_str().unwrap_or(&reply.text).to_owned()
        };
        let named = described["parameters"].as_array().unwrap().iter();
        let query: BTreeSet<&str> = named
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        if !query.is_empty() {
            let address = operation.address.split('?').next().unwrap();
            let told = asked(&format!("{address}?!=1"), None).await;
            assert_eq!(expected(&told), query, "{method} {path}");
            probes += 1;
        }
        let body = &described["requestBody"]["content"]["application/json"]["schema"];
        for (probe, fields) in probes_of(body) {
            let told = asked(&operation.address, Some(probe.clone())).await;
            let mut known = expected(&told);
            if path == "/api/batch/analyze/run" {
                // Every job's, and taken out before the job itself looks at what it is asked.
                known.insert("dry_run");
            }
            assert_eq!(known, fields, "{method} {path} {probe}");
            probes += 1;
        }
    }
    assert!(probes > 30, "{probes}");
}

/// For each part of a body that takes no other fields than its own: a body with another one there, and those there are.
fn probes_of(schema: &Value) -> Vec<(Value, BTreeSet<&str>)> {
    let schema = resolved(schema);
    let mut probes = Vec::new();
    if let Some(fields) = schema["properties"].as_object() {
        if schema["additionalProperties"] == false {
            probes.push((json!({"!": 1}), fields.keys().map(String::as_str).collect()));
        }
        for (name, part) in fields {
            let inside = probes_of(part).into_iter();
            probes.extend(inside.map(|(probe, fields)| (json!({ name: probe }), fields)));
        }
    }
    for part in schema["anyOf"].as_array().into_iter().flatten() {
        probes.extend(probes_of(part));
    }
    if let Some(items) = schema.get("items") {
        let inside = probes_of(items).into_iter();
        probes.extend(inside.map(|(probe, fields)| (json!([probe]), fields)));
    }
    probes
}

/// The names in `unknown field …, expected one of …`.
fn expected(told: &str) -> BTreeSet<&str> {
    let names = told.split_once("expected ").map_or("", |(_, names)| names);
    names.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_document_that_is_kept_is_the_one_that_is_made() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let is_same = kept == openapi();
    assert!(
        is_same,
        "the interface has changed: `ticketon openapi > docs/openapi.json`"
    );
}

#[tokio::test]
async fn the_shop_serves_it() {
    let house = House::in_memory().await;
    assert_eq!(house.anyone().get("/openapi.json").await.done(), openapi());
}
