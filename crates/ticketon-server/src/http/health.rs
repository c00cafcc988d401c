//! `GET /livez`: the process answers. `GET /readyz`: the store answers, too, so that buyers may be sent here.

use axum::extract::State;
use ticketon_core::{Code, Refusal};
use tokio::time::timeout;

use super::Http;
use super::problem::Answer;
use crate::limits;

/// The process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// The store answers.
pub(super) async fn ready(State(http): State<Http>) -> Answer<&'static str> {
    if *http.shop.stopping().borrow() {
        return Err(Refusal::new(Code::Unavailable, "this process is stopping: ask another").into());
    }
    let head = timeout(limits::READY_WITHIN, http.shop.cx.reads.head()).await;
    head.map_err(|_| Refusal::new(Code::Unavailable, "the store does not answer"))??;
    Ok("ok\n")
}
