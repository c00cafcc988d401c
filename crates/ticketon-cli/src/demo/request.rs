//! How a buyer asks the shop: politely, and not giving up when the server dies in the middle.
//!
//! Every request of a buyer may be repeated: those that create or pay carry an idempotency key, the others change
//! nothing the second time. So a lost answer is asked for again, and *come back later* is obeyed.

use serde_json::Value;
use ticketon_server::client::{Answer, CallError, Client};
use tokio::time::{Instant, sleep};

use super::doors::Doors;
use super::tally::Tally;
use crate::limits;

/// What is asked, as often as it takes.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: Method,
    path: String,
    body: Option<Value>,
    headers: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

impl Request {
    /// To look.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path)
    }

    /// To do.
    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::Post, path)
    }

    /// To give up.
    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::Delete, path)
    }

    /// With a body.
    pub(crate) fn json(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    /// With a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a key of its own.
    pub(crate) fn key(self, key: impl Into<String>) -> Self {
        self.header("idempotency-key", key)
    }

    /// Asks until there is an answer that is more than *later*.
    pub(crate) async fn ask(&self, doors: &Doors, tally: &Tally) -> Result<Answer, CallError> {
        let patient_until = Instant::now() + limits::BUYER_PATIENCE;
        loop {
            let outcome = self.send(doors.to(&self.path)).await;
            let pause = match outcome {
                Ok(answer) if matches!(answer.status, 429 | 503) => {
                    tally.told_later.one();
                    if answer.retry_after.is_none() {
                        tally.complain(format!(
                            "{} {}: {}, and not when to come back",
                            self.method.name(),
                            self.path,
                            answer.status
                        ));
                    }
                    let later = answer.retry_after.unwrap_or(limits::RETRY_AFTER_MAX);
                    if Instant::now() > patient_until {
                        return Ok(answer);
                    }
                    later.min(limits::RETRY_AFTER_MAX)
                }
                Ok(answer) => return Ok(answer),
                Err(error @ (CallError::NotUnderstood(_) | CallError::NotARequest(_))) => return Err(error),
                Err(error) => {
                    tally.asked_again.one();
                    if Instant::now() > patient_until {
                        return Err(error);
                    }
                    limits::RECONNECT_AFTER
                }
            };
            sleep(pause).await;
        }
    }

    async fn send(&self, client: &Client) -> Result<Answer, CallError> {
        let mut call = match self.method {
            Method::Get => client.get(&self.path),
            Method::Post => client.post(&self.path),
            Method::Delete => client.delete(&self.path),
        };
        for (name, value) in &self.headers {
            call = call.header(name, value);
        }
        if let Some(body) = &self.body {
            call = call.json(body);
        }
        call.send().await
    }

    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            headers: Vec::new(),
        }
    }
}
