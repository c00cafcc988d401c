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
                let field = |name: &str| {
                    let line = event
                        .lines()
                        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    line.map(|value| value.trim().to_owned())
                };
                let named = field("event").zip(field("data"));
                self.text = rest.to_owned();
                if let Some((name, data)) = named {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
            }
            let chunk = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
