//! An event's file, read so that what is wrong is said by where it stands and by what may stand there.

use serde_json::Value;

use super::new_event::NewEvent;
use crate::error::Refusal;

const SLUG: &str = "2 to 64 of a-z, 0-9 and `-`, beginning and ending with a letter or digit";
const TIME: &str = "a time such as `2027-02-05T19:30:00+09:00`";
const LENGTH: &str = "a length of time: a number and `s`, `m`, `h` or `d`, such as `7m`";

/// What may stand under each key, in the words of `docs/files.md`.
const KEYS: &[(&str, &str)] = &[
    ("slug", SLUG),
    ("title", "a text of 1 to 200 characters"),
    ("organization", SLUG),
    ("category", "a text"),
    ("age_limit", "a number from 0 to 255"),
    ("time_zone", "a zone such as `Asia/Seoul`"),
    ("currency", "`KRW`"),
    ("test", "`true` or `false`"),
    ("performance", "a list of dates, each under `[[performance]]`"),
    ("performance.starts_at", TIME),
    ("performance.venue", "a text"),
    ("performance.plan", "the path of a plan's file"),
    ("price", "a list of prices, each under `[[price]]`"),
    ("price.grade", "a grade of the plan"),
    ("price.kind", "a text such as `adult`"),
    ("price.amount", "a whole number of won from 0 to 1,000,000,000"),
    ("sale", "a list of sales, each under `[[sale]]`"),
    ("sale.name", "a text such as `general`"),
    ("sale.opens_at", TIME),
    ("sale.closes_at", TIME),
    ("sale.lobby", LENGTH),
    ("sale.queue", "`mode`, `capacity` and `per_minute` in braces"),
    ("sale.queue.mode", "`auto` or `off`"),
    ("sale.queue.capacity", "a number from 1 to 1,000,000"),
    ("sale.queue.per_minute", "a number from 1 to 1,000,000"),
    ("sale.limits", "`per_order` and `per_person` in braces"),
    ("sale.limits.per_order", "a number from 1 to 100"),
    ("sale.limits.per_person", "a number, at least `per_order`"),
    ("policy", "terms, under `[policy]`"),
    ("policy.hold", LENGTH),
    ("policy.claim", "a length of time from `1s` to `24h`"),
    ("policy.pass", "a length of time from `1s` to `24h`"),
    ("policy.pay_within", "a length of time, at least `hold`"),
    ("policy.payment_tries", "a number from 1 to 20"),
    (
        "policy.refund",
        "rows such as `{ until_days = 7, fee = \"10%\" }`, the last perhaps `{ until = \"start\", fee = \"90%\" }`",
    ),
    ("policy.refund.until_days", "a number of calendar days"),
    ("policy.refund.until", "`start`"),
    ("policy.refund.fee", "a part of the price such as `10%`"),
    ("policy.free_within", LENGTH),
];

impl NewEvent {
    /// The event of a file, or of a request's body; refuses with the place of what is wrong, and what may stand there.
    pub fn from_json(file: &Value) -> Result<Self, Refusal> {
        serde_path_to_error::deserialize(file).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { "" } else { &path };
            said(file, path, &error.inner().to_string())
        })
    }
}

/// What a reader of the file is told where the parser said `message` at `path`.
fn said(file: &Value, path: &str, message: &str) -> Refusal {
    if let Some(key) = quoted(message, "missing field `") {
        let field = joined(path, key);
        let rule = rule(&field).unwrap_or("there");
        return Refusal::field(&field, format!("is missing: it must be {rule}"));
    }
    if let Some(key) = quoted(message, "unknown field `") {
        let parent = path.strip_suffix(key).unwrap_or(path).trim_end_matches('.');
        let message = format!("there is no such key, expected one of {}", keys_in(parent));
        return Refusal::field(&joined(parent, key), message);
    }
    match rule(path) {
        Some(rule) => {
            let found = found(file, path).map_or_else(String::new, |found| format!(", and is `{found}`"));
            Refusal::field(path, format!("must be {rule}{found}"))
        }
        None => Refusal::field(if path.is_empty() { "file" } else { path }, message),
    }
}

fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.split('`').next()
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// What may stand at a path, or in the list or row that it is in.
fn rule(path: &str) -> Option<&'static str> {
    let key = unnumbered(path);
    let of = |key: &str| KEYS.iter().find(|(known, _)| *known == key);
    let (_, rule) = of(&key).or_else(|| of(key.rsplit_once('.')?.0))?;
    Some(rule)
}

/// The keys that there are under a path.
fn keys_in(path: &str) -> String {
    let parent = unnumbered(path);
    let keys = KEYS.iter().filter_map(|(key, _)| {
        let (above, name) = key.rsplit_once('.').unwrap_or(("", key));
        (above == parent).then(|| format!("`{name}`"))
    });
    keys.collect::<Vec<_>>().join(", ")
}

/// `sale[0].limits` as `sale.limits`.
fn unnumbered(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| {
        whole + part.split_once(']').map_or("", |(_, rest)| rest)
    })
}

/// What stands at a path, if it is short.
fn found(file: &Value, path: &str) -> Option<String> {
    const SHOWN_BYTES_MAX: usize = 60;
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let found = match file.pointer(&pointer)? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (found.len() <= SHOWN_BYTES_MAX).then_some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file() -> Value {
        json!({
            "slug": "recital", "title": "Recital", "organization": "house",
            "performance": [{"starts_at": "2027-02-05T19:30:00+09:00"}],
            "sale": [{"name": "general", "opens_at": "2026-12-01T20:00:00Z", "closes_at": "2027-01-01T20:00:00Z",
                      "limits": {"per_order": 4}}],
        })
    }

    fn refused(pointer: &str, value: Value) -> String {
        let mut file = file();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        file.pointer_mut(parent).unwrap()[key] = value;
        NewEvent::from_json(&file).unwrap_err().message().to_owned()
    }

    #[test]
    fn what_is_wrong_is_said_by_its_place_and_by_what_may_stand_there() {
        assert!(NewEvent::from_json(&file()).is_ok());
        assert_eq!(
            refused("/sale/0/limits/per_order", json!("four")),
            "`sale[0].limits.per_order`: must be a number from 1 to 100, and is `four`"
        );
        assert_eq!(
            refused("/slug", json!("Winter Recital")),
            format!("`slug`: must be {SLUG}, and is `Winter Recital`")
        );
        assert_eq!(
            refused("/performance/0/starts_at", json!("2027-02-05T19:30:00")),
            format!("`performance[0].starts_at`: must be {TIME}, and is `2027-02-05T19:30:00`")
        );
        assert_eq!(
            refused("/sale/0/queue", json!({"mode": "fifo"})),
            "`sale[0].queue.mode`: must be `auto` or `off`, and is `fifo`"
        );
        let refund = refused("/policy", json!({"refund": [{"until_days": 3, "fee": "ten"}]}));
        assert!(
            refund.starts_with("`policy.refund[0]`: must be rows such as"),
            "{refund}"
        );
    }

    #[test]
    fn what_is_missing_and_what_is_unknown_are_told_apart() {
        assert_eq!(
            refused("/sale/0/limits", json!({"per_head": 4})),
            "`sale[0].limits.per_head`: there is no such key, expected one of `per_order`, `per_person`"
        );
        let colour = refused("/colour", json!("red"));
        assert!(
            colour.starts_with("`colour`: there is no such key, expected one of `slug`, `title`"),
            "{colour}"
        );
        assert_eq!(
            refused("/price", json!([{"grade": "R", "kind": "adult"}])),
            "`price[0].amount`: is missing: it must be a whole number of won from 0 to 1,000,000,000"
        );
        let nothing = NewEvent::from_json(&json!({})).unwrap_err();
        assert!(nothing.message().starts_with("`slug`: is missing"), "{nothing}");
    }

    #[test]
    fn every_key_stands_in_the_document_of_files() {
        let document = include_str!("../../../../../docs/files.md");
        for (key, _) in KEYS {
            let name = match key.split('.').collect::<Vec<_>>()[..] {
                [] | ["sale", "queue" | "limits"] | ["policy", "refund", _] => continue,
                ["sale", "opens_at" | "closes_at"] => "`opens_at`, `closes_at`".to_owned(),
                ["sale", table, name] => format!("`{table}.{name}`"),
                [table @ ("performance" | "price" | "sale")] => format!("`[[{table}]]`"),
                ["policy"] => "`[policy]`".to_owned(),
                [.., name] => format!("`{name}`"),
            };
            assert!(document.contains(&name), "`{key}` is not in docs/files.md");
        }
    }
}
