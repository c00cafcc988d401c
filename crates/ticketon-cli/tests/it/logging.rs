//! What `serve` logs where no terminal is: a line is an object, and says nothing about a person.

use serde_json::{Value, json};
use ticketon_server::client::Client;
use tokio::runtime::Runtime;

use crate::support::Desk;
use crate::support::serving::Serving;

fn lines(log: &str) -> Vec<Value> {
    let objects = log.lines().filter(|line| line.starts_with('{'));
    objects.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_request_is_a_line_of_json_with_its_id_route_status_and_time_and_nobody_in_it() {
    let desk = Desk::empty();
    let serving = Serving::logging(&desk, "info,ticketon_server::http=debug");
    let register = json!({
        "email": "ana@example.com", "name": "Ana Kim", "password": "correct horse battery",
    });
    let token = Runtime::new().unwrap().block_on(async {
        let client = Client::to(&serving.url, 1).unwrap();
        let call = client.post("/api/v1/auth/register").json(&register);
        let registered = call.header("x-request-id", "mine-7").send().await.unwrap();
        let nothing = client.get("/api/v1/events/nothing?keyword=secret-7");
        nothing.send().await.unwrap();
        serde_json::from_slice::<Value>(&registered.body).unwrap()["access_token"].clone()
    });
    let log = serving.stop().expect(0).err;
    let lines = lines(&log);

    let registered = lines.iter().find(|line| line["span"]["request.id"] == "mine-7");
    let line = registered.unwrap_or_else(|| panic!("no line of the request in\n{log}"));
    assert_eq!(line["http.route"], "/api/v1/auth/register");
    assert_eq!(line["http.method"], "POST");
    assert_eq!(line["http.status"], 201);
    assert!(
        line["duration_ms"].as_f64().is_some_and(|took| took > 0.0),
        "{line}"
    );
    assert!(
        line["timestamp"].is_string() && line["level"] == "DEBUG",
        "{line}"
    );
    let refused = lines.iter().find(|line| line["http.status"] == 404);
    let message = refused.unwrap()["message"].as_str().unwrap();
    assert!(message.starts_with("refused: not_found"), "{message}");

    let token = token.as_str().unwrap();
    for secret in ["ana@example.com", "Ana Kim", "correct horse", "secret-7", token] {
        assert!(!log.contains(secret), "`{secret}` is in\n{log}");
    }
}
