//! Whoever looks at an event, as views are counted.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderValue;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use ticketon_core::Caller;
use ticketon_core::caller::Right;
use ticketon_core::organization::Role;

use super::Http;
use super::shelf::EventShown;
use crate::rates::Network;
use crate::views::Who;

/// Where somebody comes from, and with what; nothing of it is kept.
pub(super) struct Visitor {
    network: Option<Network>,
    browser: Option<HeaderValue>,
}

impl Visitor {
    /// Counts a look at an event. Its staff are no viewers, and a call without a socket is nobody's visit.
    pub(super) fn looks_at(&self, event: &EventShown, caller: &Caller, http: &Http) {
        if caller.may(Right::ActAs(event.organization, Role::Gate)).is_ok() {
            return;
        }
        let who = match (caller.as_person(), self.network) {
            (Some(person), _) => Who::User(person),
            (None, Some(network)) => {
                let browser = self.browser.as_ref().map_or(&[][..], HeaderValue::as_bytes);
                Who::Stranger(network, browser)
            }
            (None, None) => return,
        };
        let shop = &http.shop;
        let now = shop.cx.now();
        let view = shop.viewers.view(event.id, who, now);
        shop.views.count(view, now, &*shop.cx.entropy);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            network: address.map(|ConnectInfo(address)| address.ip().into()),
            browser: parts.headers.get(USER_AGENT).cloned(),
        })
    }
}
