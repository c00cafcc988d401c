//! Whatever somebody sends to whichever operation: what is wrong with a request is the caller's mistake, and so the answer is
//! a 4xx problem with a code that the interface's description names; a fault of ours is none of the possible answers.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request};
use serde_json::{Value, json};
use ticketon_server::http::{openapi, operations};
use tower::ServiceExt as _;

use crate::access::Stage;
use crate::support::House;
use crate::support::described::resolved;
use crate::support::reply::Reply;

/// A request that means harm, or was written by a program gone wild.
struct Hostile {
    method: Method,
    address: String,
    body: Vec<u8>,
    headers: Vec<(&'static str, HeaderValue)>,
}

#[tokio::test]
async fn names_that_are_none_are_the_callers_mistake() {
    let house = House::on_sqlite().await;
    let stage = Stage::set(&house).await;
    for (method, path) in operations() {
        let address = stage.operation(method.as_str(), path).address;
        let (real, template): (Vec<&str>, Vec<&str>) =
            (address.split('/').collect(), path.split('/').collect());
        for place in 0..template.len() {
            if !template[place].starts_with('{') {
                continue;
            }
            for name in names() {
                let mut parts = real.clone();
                parts[place] = &name;
                let hostile = Hostile::new(&method, parts.join("/")).with_body(b"{}");
                hostile.is_answered(&house, &stage).await;
            }
        }
    }
}

#[tokio::test]
async fn queries_that_are_none_are_the_callers_mistake() {
    let house = House::on_sqlite().await;
    let stage = Stage::set(&house).await;
    for (method, path) in operations() {
        let address = stage.operation(method.as_str(), path).address;
        let address = address.split('?').next().unwrap();
        for query in QUERIES {
            let hostile = Hostile::new(&method, format!("{address}?{query}"));
            hostile.is_answered(&house, &stage).await;
        }
    }
}

#[tokio::test]
async fn headers_that_are_none_are_the_callers_mistake() {
    let house = House::on_sqlite().await;
    let stage = Stage::set(&house).await;
    let document = openapi();
    for (method, path) in operations() {
        let operation = stage.operation(method.as_str(), path);
        let described = &document["paths"][path][method.as_str().to_lowercase()]["parameters"];
        for name in HEADERS {
            let heeds = |parameter: &Value| {
                let described = parameter["name"].as_str().unwrap();
                described.eq_ignore_ascii_case(name) || parameter["in"] == "cookie" && *name == "cookie"
            };
            let is_heeded = described.as_array().unwrap().iter().any(heeds);
            // What nobody heeds is tried with a few.
            let tried = if is_heeded { usize::MAX } else { 3 };
            for value in header_values().into_iter().take(tried) {
                let hostile = Hostile {
                    headers: vec![(name, value); 2],
                    ..Hostile::new(&method, operation.address.clone())
                };
                hostile.with_body(b"{}").is_answered(&house, &stage).await;
            }
        }
    }
}

#[tokio::test]
async fn bodies_that_are_none_are_the_callers_mistake() {
    let house = House::on_sqlite().await;
    let stage = Stage::set(&house).await;
    for (method, path) in operations() {
        let operation = stage.operation(method.as_str(), path);
        for body in bodies() {
            let hostile = Hostile::new(&method, operation.address.clone()).with_body(&body);
            hostile.is_answered(&house, &stage).await;
        }
    }
}

/// Every field of every body, and of every part of one, with every value that it might choke on.
#[tokio::test]
async fn fields_that_are_none_are_the_callers_mistake() {
    let house = House::on_sqlite().await;
    let stage = Stage::set(&house).await;
    let document = openapi();
    let mut asked = 0;
    for (method, path) in operations() {
        let described = &document["paths"][path][method.as_str().to_lowercase()];
        let schema = &described["requestBody"]["content"]["application/json"]["schema"];
        let operation = stage.operation(method.as_str(), path);
        for pointer in fields_of(schema) {
            for value in values() {
                let mut body = operation.body.clone();
                put(&mut body, &pointer, value);
                let body = body.to_string();
                let hostile = Hostile::new(&method, operation.address.clone()).with_body(body.as_bytes());
                hostile.is_answered(&house, &stage).await;
                asked += 1;
            }
        }
    }
    assert!(asked > 500, "{asked}");
}

impl Hostile {
    fn new(method: &Method, address: String) -> Self {
        Self {
            method: method.clone(),
            address,
            body: Vec::new(),
            headers: Vec::new(),
        }
    }

    fn with_body(self, body: &[u8]) -> Self {
        let body = if self.method == Method::GET {
            Vec::new()
        } else {
            body.to_vec()
        };
        Self { body, ..self }
    }

    /// By whoever may do it, and by whoever may do little.
    async fn is_answered(&self, house: &House, stage: &Stage) {
        for token in [house.admin().token.unwrap(), stage.ana.clone()] {
            let reply = self.answer(house, &token).await;
            let Self {
                method,
                address,
                headers,
                ..
            } = self;
            let body = String::from_utf8_lossy(&self.body[..self.body.len().min(300)]);
            assert!(
                !reply.status.is_server_error(),
                "{method} {address:.300} {headers:.300?} {body}: {} {}",
                reply.status,
                reply.text
            );
            if reply.status.is_client_error() {
                let code = reply.json["code"].as_str().unwrap_or_default().to_owned();
                reply.refused(&code);
            }
        }
    }

    async fn answer(&self, house: &House, token: &str) -> Reply {
        let mut request = Request::builder().method(&self.method).uri(&self.address);
        if !self.headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !self.headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(self.body.clone())).unwrap();
        if !self.address.starts_with("/api/v1/stream?") {
            return house.send(request).await;
        }
        let response = house.router.clone().oneshot(request).await.unwrap();
        let is_endless = response.status().is_success();
        Reply::read(if is_endless {
            response.map(|_| Body::empty())
        } else {
            response
        })
        .await
    }
}

/// In a path, as they are encoded there.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "%00",
        "%FF%FE",
        "%20",
        "-1",
        "0",
        "99999999999999999999",
        "%F0%9F%8E%AB",
        "%27%20OR%201%3D1%20--",
        "..%2F..%2Fetc",
        "%25",
        "%ED%A0%80",
        "@",
        "a@b",
        "null",
        "%0D%0AX:%20y",
        "%7B%7D",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ]
    .map(str::to_owned)
    .into();
    names.push("a".repeat(20_000));
    names.push("%41".repeat(10_000));
    names
}

const QUERIES: &[&str] = &[
    "limit=99999999999999999999999",
    "limit=-1",
    "limit=0",
    "limit=1&limit=2",
    "limit=%FF",
    "cursor=%00",
    "cursor=AAAA",
    "cursor=bnVsbA",
    "cursor=Ii0xIg",
    "cursor=LTE",
    "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk",
    "cursor=MTg0NDY3NDQwNzM3MDk1NTE2MTU",
    "%FF=%FE",
    "=&&==&%",
    "keyword=%00",
    "keyword=%25_%5C%27%22",
    "keyword=%F0%9F%8E%AB",
    "state=deleted",
    "state=%00",
    "sort=nothing",
    "since=99999-01-01T00:00:00Z",
    "since=9999-12-31T23:59:59Z",
    "since=-009999-01-02T00:00:00Z",
    "since=now",
    "event=%00",
    "organization=%FF%FE",
    "user=%27",
    "queue=%00",
    "seats=%00",
    "ticket=%00",
    "tickets=,,,,",
    "tickets=%00,%00",
];

const HEADERS: &[&str] = &[
    "authorization",
    "content-type",
    "content-length",
    "content-encoding",
    "cookie",
    "expect",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "prefer",
    "ticketon-pass",
    "ticketon-reason",
    "ticketon-receipt",
    "x-request-id",
    "x-forwarded-for",
];

/// Those that would hurt anybody come first.
fn header_values() -> Vec<HeaderValue> {
    let mut values = vec![
        HeaderValue::from_bytes(b"\xff\xfe").unwrap(),
        HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap(),
        "a".repeat(20_000).parse().unwrap(),
    ];
    let texts = [
        "",
        "\"",
        ",,,",
        "Bearer",
        "Bearer a.b.c",
        "wait=99999999999999999999",
        "-1",
        "99999999999999999999",
        "18446744073709551615",
        "application/json; charset=utf-16",
        "ticketon_refresh=a.b.c",
        "ticketon_refresh=",
    ];
    values.extend(texts.map(|text| text.parse().unwrap()));
    values
}

fn bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "[]",
        "0",
        "\"text\"",
        "{",
        "{\"a\":",
        "{\"a\":1e400}",
        "{\"a\":-}",
        "{\"a\":01}",
        "{\"\\ud800\":1}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":1,\"a\":2}",
        "{\"\\u0000\":\"\\u0000\"}",
        "{}{}",
        "\u{feff}{}",
        "{\"hold\":null}",
        "NaN",
        "{'a':1}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    bodies.push(b"\xff\xfe{}".to_vec());
    bodies.push(b"{\"a\":\"\xff\"}".to_vec());
    bodies.push(vec![0; 100]);
    bodies.push(vec![b'['; 50_000]);
    bodies.push("{\"a\":".repeat(10_000).into_bytes());
    bodies.push(format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes());
    bodies.push(format!("{{\"a\":{}}}", "9".repeat(10_000)).into_bytes());
    bodies
}

/// What a field might choke on.
fn values() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(u32::MAX),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!([null]),
        json!({"a": {"a": {}}}),
    ];
    let texts = [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{202e}",
        "🎫",
        "%",
        "'",
        "9999-12-31T23:59:59Z",
        "-009999-01-02T00:00:00Z",
        "9999-12-31",
        "0001-01-01",
        "Nowhere/At_All",
        "1000000000h",
        "99999999999999999999s",
        "0s",
        "101%",
        "R/",
        "a@b.c",
        "00000000-0000-0000-0000-000000000000",
    ];
    values.extend(texts.map(|text| json!(text)));
    values.push(json!("x".repeat(30_000)));
    values.push(json!(vec![1; 3_000]));
    values
}

/// The fields of a body, and of what lies inside, each by its way there: names, and 0 for the first of a list.
fn fields_of(schema: &Value) -> Vec<Vec<&str>> {
    let schema = resolved(schema);
    let mut fields = Vec::new();
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        fields.push(vec![name.as_str()]);
        let inside = fields_of(part).into_iter();
        fields.extend(inside.map(|way| [vec![name.as_str()], way].concat()));
    }
    for part in schema["anyOf"].as_array().into_iter().flatten() {
        fields.extend(fields_of(part));
    }
    if let Some(items) = schema.get("items") {
        fields.push(vec!["0"]);
        let inside = fields_of(items).into_iter();
        fields.extend(inside.map(|way| [vec!["0"], way].concat()));
    }
    fields
}

fn put(body: &mut Value, way: &[&str], value: Value) {
    let Some((first, rest)) = way.split_first() else {
        *body = value;
        return;
    };
    if *first == "0" {
        if body.as_array().is_none_or(Vec::is_empty) {
            *body = json!([{}]);
        }
        put(&mut body[0], rest, value);
    } else {
        if !body.is_object() {
            *body = json!({});
        }
        put(&mut body[*first], rest, value);
    }
}
