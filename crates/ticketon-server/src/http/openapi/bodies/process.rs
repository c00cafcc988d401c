//! What a process says of itself, and how it refuses.

use serde_json::{Value, json};
use ticketon_core::Code;

use super::super::schema::{About as _, answer, by_name, count, id, list, maybe, one_of, text, yes_or_no};

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("Problem", problem()),
        ("Bus", bus()),
        ("Jwks", answer([("keys", list(key()))])),
        (
            "Live",
            answer([
                ("alive", yes_or_no()),
                ("ended", list(text()).about("the parts that have")),
            ]),
        ),
        (
            "Ready",
            answer([("ready", yes_or_no()), ("parts", by_name(text()))]),
        ),
        ("OpenApi", json!({"type": "object"}).about("OpenAPI 3.1")),
    ]
}

/// A refusal (RFC 9457).
fn problem() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let mut problem = answer([
        ("type", text()),
        ("title", text()),
        ("status", count()),
        ("code", one_of(&codes)),
        ("detail", text().about("what to do")),
        (
            "retryable",
            yes_or_no().about("whether the same request may succeed later, unchanged"),
        ),
        ("request_id", text()),
    ]);
    let fields = list(answer([("field", text()), ("message", text())]));
    problem["properties"]["fields"] = fields.about("what is wrong where");
    problem["properties"]["taken"] = list(text()).about("the seats that were not to be had");
    problem["properties"]["alternatives"] = list(text()).about("free seats like them");
    problem["properties"]["run"] = id().about("the run that is under way");
    problem
}

fn bus() -> Value {
    let topic = answer([("partitions", count()), ("messages", count())]);
    answer([
        ("bus", maybe(text()).about("where facts are published")),
        ("head", count().about("the log's last position")),
        ("published", count().about("the last that was published")),
        ("behind", count()),
        ("topics", by_name(topic)),
        (
            "trouble",
            maybe(text()).about("why Kafka does not say what it holds"),
        ),
    ])
}

/// A public key (RFC 7517, 8037).
fn key() -> Value {
    answer([
        ("kty", text()),
        ("crv", text()),
        ("x", text()),
        ("kid", text()),
        ("alg", text()),
        ("use", text()),
    ])
}
