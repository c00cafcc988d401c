//! A fact as a message: a `CloudEvents` 1.0 event in Kafka's binary mode, which is attributes in headers and the fact
//! itself as the value (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md>).
//! `sequence` is that extension's, so it sorts as text: the position in twenty digits.

use rdkafka::message::{Header, Headers as _, Message, OwnedHeaders};
use ticketon_core::fact::{Fact, Position, Recorded, Stream, from_body, to_body};

use super::error::BusError;
use super::topics::Topics;
use crate::limits;

/// What is ready to be sent.
pub(super) struct Outgoing {
    pub(super) topic: String,
    /// None: the one of its key.
    pub(super) partition: Option<i32>,
    pub(super) key: Option<Vec<u8>>,
    pub(super) headers: OwnedHeaders,
    pub(super) value: Option<Vec<u8>>,
}

/// Makes a message of a fact.
pub(super) fn write(topics: &Topics, recorded: &Recorded) -> Result<Outgoing, BusError> {
    let Recorded { position, fact, act } = recorded;
    let value = to_body(&fact.what, act.as_ref()).expect("a fact is of texts and numbers, which JSON takes");
    if value.len() > limits::FACT_BYTES_MAX {
        return Err(BusError::TooLarge {
            position: *position,
            bytes: value.len(),
        });
    }
    let key = key_of(&fact.stream);
    let headers = [
        ("ce_specversion", "1.0".to_owned()),
        ("ce_id", position.0.to_string()),
        ("ce_source", format!("/ticketon/{}", fact.stream.kind())),
        ("ce_type", format!("ticketon.{}", fact.what.kind())),
        ("ce_subject", key.clone()),
        ("ce_time", fact.at.to_string()),
        ("ce_sequence", format!("{:020}", position.0)),
        ("ce_partitionkey", key.clone()),
        ("content-type", "application/json".to_owned()),
    ];
    Ok(Outgoing {
        topic: topics.of_stream(&fact.stream),
        partition: None,
        key: Some(key.into_bytes()),
        headers: headers
            .iter()
            .fold(OwnedHeaders::new_with_capacity(headers.len()), with_header),
        value: Some(value.into_bytes()),
    })
}

/// The fact that a message is, or in what way it is none.
pub(super) fn read(topics: &Topics, message: &impl Message) -> Result<Recorded, String> {
    let value = message.payload().ok_or("it has no value")?;
    let value = std::str::from_utf8(value).map_err(|_| "its value is no text")?;
    let (what, act) = from_body(value).map_err(|error| format!("its value is no fact: {error}"))?;
    let key = message.key().ok_or("it has no key")?;
    let key = std::str::from_utf8(key).map_err(|_| "its key is no text")?;
    let stream = stream_of(topics.kind_of(message.topic()).unwrap_or_default(), key)
        .ok_or_else(|| format!("its key `{key}` names no stream of this topic"))?;
    let sequence = header(message, "ce_sequence")?;
    let position = sequence
        .parse()
        .map_err(|_| format!("its sequence is `{sequence}`, no position"))?;
    let at = header(message, "ce_time")?.parse();
    let at = at.map_err(|error| format!("its time is none: {error}"))?;
    Ok(Recorded {
        position: Position(position),
        fact: Fact { stream, at, what },
        act,
    })
}

/// What names a stream among those of its kind.
fn key_of(stream: &Stream) -> String {
    match stream {
        Stream::System => stream.kind().to_owned(),
        Stream::Organization(id) => id.to_string(),
        Stream::User(id) => id.to_string(),
        Stream::Event(id) => id.to_string(),
    }
}

fn stream_of(kind: &str, key: &str) -> Option<Stream> {
    match kind {
        "system" => (key == kind).then_some(Stream::System),
        "organization" => key.parse().ok().map(Stream::Organization),
        "user" => key.parse().ok().map(Stream::User),
        "event" => key.parse().ok().map(Stream::Event),
        _ => None,
    }
}

fn header<'a>(message: &'a impl Message, name: &str) -> Result<&'a str, String> {
    let missing = || format!("it has no header `{name}`");
    let headers = message.headers().ok_or_else(missing)?;
    let found = headers.iter().find(|header| header.key == name);
    let bytes = found.and_then(|header| header.value).ok_or_else(missing)?;
    std::str::from_utf8(bytes).map_err(|_| format!("its header `{name}` is no text"))
}

fn with_header(headers: OwnedHeaders, (key, value): &(&str, String)) -> OwnedHeaders {
    headers.insert(Header {
        key,
        value: Some(value),
    })
}

#[cfg(test)]
mod tests {
    use rdkafka::message::{OwnedMessage, Timestamp};

    use ticketon_core::fact::What;

    use super::*;
    use crate::settings::KafkaAddress;

    fn topics() -> Topics {
        Topics::of(&KafkaAddress {
            brokers: String::new(),
            prefix: "opera.house".to_owned(),
        })
    }

    fn logged_in() -> Recorded {
        let user = "019a8b5e-7c00-7000-8000-000000000001".parse().unwrap();
        Recorded {
            position: Position(42),
            fact: Fact {
                stream: Stream::User(user),
                at: "2027-02-05T10:30:00.125Z".parse().unwrap(),
                what: What::SessionStarted { user },
            },
            act: None,
        }
    }

    fn sent(recorded: &Recorded) -> OwnedMessage {
        let Outgoing {
            topic,
            key,
            headers,
            value,
            ..
        } = write(&topics(), recorded).unwrap();
        OwnedMessage::new(value, key, topic, Timestamp::NotAvailable, 0, 0, Some(headers))
    }

    #[test]
    fn a_fact_comes_back_as_it_was() {
        let message = sent(&logged_in());
        assert_eq!(message.topic(), "opera.house.user");
        assert_eq!(header(&message, "ce_type"), Ok("ticketon.session_started"));
        assert_eq!(header(&message, "ce_sequence"), Ok("00000000000000000042"));
        assert_eq!(read(&topics(), &message), Ok(logged_in()));
    }

    #[test]
    fn what_is_no_fact_of_ours_is_told_apart_with_a_reason() {
        let none = sent(&logged_in()).set_payload(None);
        assert_eq!(read(&topics(), &none), Err("it has no value".to_owned()));
        let foreign = sent(&logged_in()).set_payload(Some(b"{\"hello\": 1}".to_vec()));
        assert!(read(&topics(), &foreign).unwrap_err().contains("no fact"));
        let bare = sent(&logged_in()).replace_headers(None);
        assert!(read(&topics(), &bare).unwrap_err().contains("ce_sequence"));
        let elsewhere = sent(&logged_in()).set_topic("opera.house.system".to_owned());
        assert!(
            read(&topics(), &elsewhere)
                .unwrap_err()
                .contains("names no stream")
        );
    }
}
