//! Idempotent answers: what a key was answered, and which keys are being worked on.
//!
//! A key counts together with its path (and the merchant's secret key, of which a sandbox has one); the body
//! is no part of it, as with the real provider. Kept are all answers but those that say "try again": 409, and
//! 5xx (*assumed*: the documents leave that open).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::render;
use super::request::{Answer, Delivery, Request};
use crate::call::Method;
use crate::code::Code;
use crate::limits;

/// What a key was answered on its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    path: String,
    key: String,
    status: u16,
    body: String,
    trace_id: String,
}

/// A path and a key.
type Scope = (String, String);

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Answers {
    running: BTreeSet<Scope>,
    kept: BTreeMap<Scope, (Timestamp, Kept)>,
}

impl Answers {
    /// The first answer if there is one, a refusal while it is being made, else nothing: go on.
    pub(super) fn begin(&mut self, request: &Request, now: Timestamp) -> Result<Option<Kept>, Code> {
        let Some(scope) = scope(request) else {
            return Ok(None);
        };
        if scope.1.chars().count() > limits::IDEMPOTENCY_KEY_MAX {
            return Err(Code::InvalidIdempotencyKey);
        }
        match self.kept.get(&scope) {
            Some((at, kept)) if is_current(*at, now) => return Ok(Some(kept.clone())),
            Some(_) => {
                self.kept.remove(&scope);
            }
            None => {}
        }
        if self.kept.len() >= limits::SANDBOX_KEPT_MAX {
            return Err(Code::FailedInternalSystemProcessing);
        }
        if self.running.insert(scope) {
            Ok(None)
        } else {
            Err(Code::IdempotentRequestProcessing)
        }
    }

    /// The key runs no longer. Answers what to keep.
    pub(super) fn finish(&mut self, request: &Request, answer: &Answer) -> Option<Kept> {
        let scope = scope(request)?;
        self.running.remove(&scope);
        let (path, key) = scope;
        let is_final = answer.status < 500 && answer.status != 409;
        is_final.then(|| Kept {
            path,
            key,
            status: answer.status,
            body: answer.body.clone(),
            trace_id: answer.trace_id.clone(),
        })
    }

    pub(super) fn keep(&mut self, at: Timestamp, kept: Kept) {
        self.kept
            .insert((kept.path.clone(), kept.key.clone()), (at, kept));
    }
}

impl Kept {
    /// The same bytes again, with a second trace id.
    pub(super) fn replayed(self, entropy: u64) -> Answer {
        Answer {
            status: self.status,
            body: self.body,
            idempotency_key: Some(self.key),
            trace_id: format!("{},{}", self.trace_id, render::trace_id(entropy)),
            delivery: Delivery::Prompt,
        }
    }
}

/// A GET has none: the key is ignored on it.
fn scope(request: &Request) -> Option<Scope> {
    let key = request
        .idempotency_key
        .as_ref()
        .filter(|_| request.method == Method::Post)?;
    Some((request.path.clone(), key.clone()))
}

fn is_current(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < SignedDuration::try_from(limits::ANSWER_KEPT).unwrap_or(SignedDuration::MAX)
}
