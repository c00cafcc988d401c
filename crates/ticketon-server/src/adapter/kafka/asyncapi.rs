//! What is published, described: an AsyncAPI 3 document of the topics and of the kinds of facts.

use serde_json::{Map, Value, json};
use ticketon_core::fact::What;

use super::dead;
use super::topics::{KINDS, Topics};
use crate::settings::KafkaAddress;

/// The document; `docs/asyncapi.json` is kept equal to it by a test.
pub fn asyncapi() -> Value {
    let topics = Topics::of(&KafkaAddress {
        brokers: String::new(),
        prefix: "ticketon".to_owned(),
    });
    let mut channels = Map::new();
    let mut operations = Map::new();
    for (kind, partitions) in KINDS {
        let name = topics.of_kind(kind);
        let about = format!("Facts of streams of the kind `{kind}`; the key is the stream's id.");
        channels.insert(kind.to_owned(), channel(&name, partitions, &about, &["fact"]));
        operations.insert(format!("receive_{kind}"), operation(kind, &["fact"]));
    }
    let about = "Messages that could not be used, as they came, with the reason in headers behind their own.";
    let letters = ["dead_letter", "dead_letter_retried"];
    let dead = topics.of_dead_letters();
    channels.insert("dead".to_owned(), channel(&dead, 1, about, &letters));
    operations.insert("receive_dead".to_owned(), operation("dead", &letters));
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ticketon's facts",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What happened, for whoever works beside the shop. Facts of one stream come in order. A fact may come \
                twice: drop what has a `ce_sequence` no larger than the last of its partition. Topics begin with the prefix of \
                `bus.url`, `ticketon` unless it says otherwise.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": {"fact": fact(), "dead_letter": dead_letter(), "dead_letter_retried": retried()}},
    })
}

fn channel(topic: &str, partitions: i32, about: &str, messages: &[&str]) -> Value {
    let referred = |message: &&str| {
        let reference = format!("#/components/messages/{message}");
        ((*message).to_owned(), json!({"$ref": reference}))
    };
    let messages: Map<String, Value> = messages.iter().map(referred).collect();
    json!({
        "address": topic,
        "description": about,
        "messages": messages,
        "bindings": {"kafka": {"topic": topic, "partitions": partitions, "bindingVersion": "0.5.0"}},
    })
}

/// What a reader does; the shop's own side is the relay's.
fn operation(channel: &str, messages: &[&str]) -> Value {
    let referred = |message: &&str| json!({"$ref": format!("#/channels/{channel}/messages/{message}")});
    json!({
        "action": "receive",
        "channel": {"$ref": format!("#/channels/{channel}")},
        "messages": messages.iter().map(referred).collect::<Vec<_>>(),
    })
}

fn fact() -> Value {
    let types: Vec<String> = What::KINDS
        .iter()
        .map(|kind| format!("ticketon.{kind}"))
        .collect();
    let text = |about: &str| json!({"type": "string", "description": about});
    let headers = json!({
        "ce_specversion": {"const": "1.0"},
        "ce_id": text("The fact's position in the shop's log"),
        "ce_source": text("`/ticketon/` and the kind of stream"),
        "ce_type": {"type": "string", "enum": types},
        "ce_subject": text("The stream's id"),
        "ce_partitionkey": text("The stream's id"),
        "ce_time": {"type": "string", "format": "date-time", "description": "When it happened"},
        "ce_sequence": {"type": "string", "pattern": "^[0-9]{20}$", "description": "The fact's position: dense over all topics"},
        "content-type": {"const": "application/json"},
    });
    json!({
        "name": "fact",
        "title": "Something that happened",
        "summary": "A CloudEvents 1.0 event in Kafka's binary mode. It carries ids and amounts, never a name, an e-mail address or a \
            phone number.",
        "headers": {"type": "object", "properties": headers, "required": headers.as_object().map(|it| it.keys().collect::<Vec<_>>())},
        "payload": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": What::KINDS},
                "act": {
                    "type": "object",
                    "description": "Whose act it was, where somebody may have to answer for it",
                    "properties": {"by": text("A person's id, or `system:…`"), "reason": text("Why, in their words")},
                    "required": ["by"],
                },
            },
            "required": ["kind"],
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": "The stream's id"}, "bindingVersion": "0.5.0"}},
    })
}

fn dead_letter() -> Value {
    let text = json!({"type": "string"});
    let headers: Map<String, Value> = dead::HEADERS
        .iter()
        .map(|name| ((*name).to_owned(), text.clone()))
        .collect();
    json!({
        "name": "dead_letter",
        "title": "A message that could not be used",
        "headers": {"type": "object", "properties": headers, "required": dead::HEADERS},
        "payload": {"description": "Whatever it was"},
    })
}

fn retried() -> Value {
    let mut id = Map::new();
    id.insert(
        dead::RETRIED.to_owned(),
        json!({"type": "string", "description": "The letter's offset"}),
    );
    json!({
        "name": "dead_letter_retried",
        "title": "A dead letter was delivered again",
        "headers": {"type": "object", "properties": id, "required": [dead::RETRIED]},
        "payload": {"type": "null"},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_document_is_what_is_published() {
        let kept = include_str!("../../../../../docs/asyncapi.json");
        let kept: Value = serde_json::from_str(kept).expect("the kept document is JSON");
        assert!(
            kept == asyncapi(),
            "what is published has changed: `ticketon asyncapi > docs/asyncapi.json`"
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = asyncapi();
        let mut values = vec![&document];
        let mut references = 0;
        while let Some(value) = values.pop() {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                let pointer = reference
                    .strip_prefix('#')
                    .expect("a reference into the document");
                assert!(document.pointer(pointer).is_some(), "{reference}");
                references += 1;
            }
            values.extend(value.as_object().into_iter().flat_map(Map::values));
            values.extend(value.as_array().into_iter().flatten());
        }
        assert!(references > 0);
    }
}
