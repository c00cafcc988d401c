//! Server-sent events, read one by one (WHATWG HTML, section 9.2). Ids and retry hints are left to who resumes.

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use tokio::sync::OwnedSemaphorePermit;

use super::CallError;
use crate::limits;

/// A stream of events. It keeps its connection until it is dropped.
pub struct Events {
    body: BodyDataStream,
    buffer: Vec<u8>,
    _slot: Option<OwnedSemaphorePermit>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What kind of event.
    pub name: String,
    /// What it says.
    pub data: String,
}

impl Events {
    pub(super) fn new(body: Body, slot: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            body: body.into_data_stream(),
            buffer: Vec::new(),
            _slot: slot,
        }
    }

    /// The next event; `None` when the server has ended the stream.
    pub async fn next(&mut self) -> Result<Option<Event>, CallError> {
        loop {
            while let Some(end) = end_of_block(&self.buffer) {
                let block: Vec<u8> = self.buffer.drain(..end).collect();
                if let Some(event) = parse(&String::from_utf8_lossy(&block)) {
                    return Ok(Some(event));
                }
            }
            if self.buffer.len() > limits::CLIENT_BODY_MAX {
                return Err(CallError::NotUnderstood("an event without an end".to_owned()));
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(error)) => return Err(CallError::Broken(super::reason(&error))),
                None => return Ok(None),
            }
        }
    }
}

/// Just behind the blank line that ends a block.
fn end_of_block(buffer: &[u8]) -> Option<usize> {
    buffer.windows(2).position(|two| two == b"\n\n").map(|at| at + 2)
}

/// A block without data is no event.
fn parse(block: &str) -> Option<Event> {
    let mut name = "message".to_owned();
    let mut data: Option<String> = None;
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut name),
            "data" => match &mut data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => data = Some(value.to_owned()),
            },
            _ => {}
        }
    }
    data.map(|data| Event { name, data })
}
