//! Somebody who listens to a stream.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Response;
use futures_util::StreamExt as _;
use serde_json::Value;

/// A stream of server-sent events, read one by one.
pub(crate) struct Listener {
    body: BodyDataStream,
    text: String,
}

impl Listener {
    pub(crate) fn new(response: Response<Body>) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event: its name and its data.
    pub(crate) async fn hears(&mut self) -> (String, Value) {
        let told = tokio::time::timeout(Duration::from_secs(30), self.next()).await;
        told.expect("an event within half a minute")
            .expect("an open stream")
    }

    /// Whether nothing more comes.
    pub(crate) async fn has_ended(&mut self) -> bool {
        self.next().await.is_none()
    }

    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let told = read(event);
                self.text = String::from(rest);
                if told.is_some() {
                    return told;
                }
            }
            let chunk = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// An event's name and data; comments have neither.
fn read(event: &str) -> Option<(String, Value)> {
    let field = |name: &str| {
        let mut lines = event.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.map(str::trim)
    };
    let (name, data) = field("event").zip(field("data"))?;
    Some((name.to_owned(), serde_json::from_str(data).unwrap()))
}
