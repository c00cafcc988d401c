//! `GET /livez`: whether the process can still do its work; where not, only a new process helps. `GET /readyz`: whether
//! requests may be sent here now.
//!
//! An engine that is away makes a process not ready, and never not alive: it comes back, and a new process would not
//! find it either. What is wrong is said by part, in fixed words: anybody may ask.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use tokio::time::timeout;

use super::Http;
use crate::committer::Committers;
use crate::limits;
use crate::roles::{Role, Roles};
use crate::shop::Shop;

/// Every part that a process cannot do without and that has ended for good.
pub(super) async fn live(State(http): State<Http>) -> Response {
    let mut ended = http.shop.loops.dead();
    if !commits(&http.shop) && !is_stopping(&http.shop) {
        ended.push("committer");
    }
    let is_alive = ended.is_empty();
    said(is_alive, json!({"alive": is_alive, "ended": ended}))
}

/// Every part, and which of them is not ready.
pub(super) async fn ready(State(http): State<Http>) -> Response {
    let shop = &http.shop;
    let (store, queue) = tokio::join!(store(shop), queue(shop));
    let process = if is_stopping(shop) { "stopping" } else { OK };
    let parts = BTreeMap::from([
        ("committer", committer(shop)),
        ("process", process),
        ("queue", queue),
        ("store", store),
    ]);
    let is_ready = parts
        .iter()
        .all(|(part, state)| *state == OK || *part == "queue" && !needs_queue(&http.settings.roles));
    said(is_ready, json!({"ready": is_ready, "parts": parts}))
}

const OK: &str = "ok";

/// Without the queue nobody new comes in, and that is all that a broker and a dispatcher are for. An app goes on selling
/// to whoever has a pass, and a worker and a batch have other work.
fn needs_queue(roles: &Roles) -> bool {
    !roles.has(Role::App) && (roles.has(Role::Broker) || roles.has(Role::Dispatcher))
}

/// Opening the store brought its schema up to date, or nothing would be listening.
async fn store(shop: &Shop) -> &'static str {
    match timeout(limits::READY_WITHIN, shop.cx.reads.head()).await {
        Ok(Ok(_)) => OK,
        Ok(Err(_)) => "fails",
        Err(_) => "does not answer in time",
    }
}

async fn queue(shop: &Shop) -> &'static str {
    match timeout(limits::READY_WITHIN, shop.queue_engine.answers()).await {
        Ok(true) => OK,
        Ok(false) => "fails",
        Err(_) => "does not answer in time",
    }
}

fn committer(shop: &Shop) -> &'static str {
    if !commits(shop) {
        return "has ended";
    }
    match &shop.committers {
        Some(committers) if committers.room() == 0 => "is full",
        Some(_) | None => OK,
    }
}

fn commits(shop: &Shop) -> bool {
    shop.committers.as_ref().is_none_or(Committers::are_alive)
}

fn is_stopping(shop: &Shop) -> bool {
    *shop.stopping().borrow()
}

fn said(is_well: bool, body: serde_json::Value) -> Response {
    if is_well {
        return Json(body).into_response();
    }
    let wait = [(RETRY_AFTER, limits::RETRY_AFTER.as_secs().to_string())];
    (StatusCode::SERVICE_UNAVAILABLE, wait, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_there_for_the_queue_alone_needs_it() {
        assert!(!needs_queue(&Roles::all()));
        assert!(!needs_queue(&Roles::of([Role::App, Role::Broker])));
        assert!(needs_queue(&Roles::of([Role::Broker])));
        assert!(needs_queue(&Roles::of([Role::Dispatcher, Role::Worker])));
        assert!(!needs_queue(&Roles::of([Role::Worker, Role::Batch])));
    }
}
