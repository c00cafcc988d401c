//! The interface's description says what there is.

use std::path::Path;

use serde_json::Value;
use ticketon_server::http::{openapi, operations};

use crate::support::House;

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
