//! Who may do what: every operation, asked for by every kind of caller.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use ticketon_core::organization::Role;
use ticketon_server::http::operations;

use crate::support::person::{GOOD, Person};
use crate::support::{House, Show};

/// What becomes of a request as far as access goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// It is looked at; it may be wrong or too late for other reasons.
    Open,
    /// Log in first.
    Login,
    /// Not yours to do.
    Forbidden,
    /// Not yours to see.
    Hidden,
}

use Access::{Forbidden as F, Hidden as H, Login as L, Open as O};

/// Anyone, the buyer whose things they are, another buyer, the organization's box office, its manager, an admin.
const TABLE: &[(&str, &str, [Access; 6])] = &[
    ("POST", "/api/v1/auth/register", [O, O, O, O, O, O]),
    ("POST", "/api/v1/auth/login", [O, O, O, O, O, O]),
    // Open to all, and it asks for its cookie.
    ("POST", "/api/v1/auth/refresh", [L, L, L, L, L, L]),
    ("POST", "/api/v1/auth/logout", [O, O, O, O, O, O]),
    ("GET", "/api/v1/users/me", [L, O, O, O, O, H]),
    ("PATCH", "/api/v1/users/me", [L, O, O, O, O, H]),
    ("POST", "/api/v1/admin/users", [L, F, F, F, F, O]),
    ("GET", "/api/v1/admin/audit", [L, F, F, F, F, O]),
    ("POST", "/api/v1/organizations", [L, F, F, F, F, O]),
    (
        "PUT",
        "/api/v1/organizations/{organization}/members/{user}",
        [L, F, F, F, F, O],
    ),
    (
        "DELETE",
        "/api/v1/organizations/{organization}/members/{user}",
        [L, F, F, F, F, O],
    ),
    ("GET", "/api/v1/events", [O, O, O, O, O, O]),
    ("POST", "/api/v1/events", [L, F, F, F, O, O]),
    ("GET", "/api/v1/events/{event}", [O, O, O, O, O, O]),
    ("PUT", "/api/v1/events/{event}", [L, F, F, F, O, O]),
    ("DELETE", "/api/v1/events/{event}", [L, F, F, F, O, O]),
    ("POST", "/api/v1/events/{event}/publish", [L, H, H, F, O, O]),
    ("GET", "/api/v1/events/{event}/performances", [O, O, O, O, O, O]),
    ("GET", "/api/v1/events/{event}/sales", [O, O, O, O, O, O]),
    (
        "GET",
        "/api/v1/performances/{performance}/seat-plan",
        [O, O, O, O, O, O],
    ),
    (
        "PUT",
        "/api/v1/performances/{performance}/seat-plan",
        [L, H, H, F, O, O],
    ),
    (
        "GET",
        "/api/v1/performances/{performance}/seats",
        [O, O, O, O, O, O],
    ),
    ("POST", "/api/v1/events/{event}/queue", [L, O, O, O, O, O]),
    ("GET", "/api/v1/events/{event}/queue", [L, O, O, O, O, O]),
    ("DELETE", "/api/v1/events/{event}/queue", [L, O, O, O, O, O]),
    (
        "POST",
        "/api/v1/performances/{performance}/holds",
        [L, O, O, O, O, O],
    ),
    ("GET", "/api/v1/sales/{sale}/queue", [L, F, F, F, O, O]),
    ("PATCH", "/api/v1/sales/{sale}/queue", [L, F, F, F, O, O]),
    ("POST", "/api/v1/sales/{sale}/queue/announce", [L, F, F, F, O, O]),
    ("GET", "/api/v1/holds/{hold}", [L, O, H, H, H, O]),
    ("DELETE", "/api/v1/holds/{hold}", [L, O, H, H, H, O]),
    ("POST", "/api/v1/purchases", [L, O, H, H, H, O]),
    ("GET", "/api/v1/purchases", [L, O, O, O, O, O]),
    ("GET", "/api/v1/purchases/{purchase}", [L, O, H, O, O, O]),
    (
        "POST",
        "/api/v1/purchases/{purchase}/payments",
        [L, O, H, H, H, O],
    ),
    ("POST", "/api/v1/purchases/{purchase}/cancel", [L, O, H, H, H, O]),
    (
        "GET",
        "/api/v1/purchases/{purchase}/refund-quote",
        [L, O, H, O, O, O],
    ),
    ("POST", "/api/v1/purchases/{purchase}/refunds", [L, O, H, O, O, O]),
    ("POST", "/api/v1/refunds/{refund}/retry", [L, H, H, O, O, O]),
    ("POST", "/api/v1/payments/{order_id}/confirm", [L, O, H, H, H, O]),
    ("GET", "/api/v1/tickets", [L, O, O, O, O, O]),
    ("GET", "/api/v1/tickets/{ticket}", [L, O, H, H, H, O]),
    ("GET", "/api/v1/stream", [L, O, O, O, O, O]),
    ("POST", "/api/v1/stream/tickets", [L, O, O, O, O, O]),
    ("GET", "/api/v1/bus", [L, F, F, F, F, O]),
    ("GET", "/api/batch/jobs", [L, F, F, F, F, O]),
    ("POST", "/api/batch/jobs/{job}/run", [L, F, F, F, F, O]),
    ("GET", "/api/batch/jobs/{job}/history", [L, F, F, F, F, O]),
    ("POST", "/api/batch/analyze/run", [L, F, F, F, F, O]),
    ("GET", "/api/batch/analyze/history", [L, F, F, F, F, O]),
    ("GET", "/api/batch/analyze/stats", [L, F, F, F, F, O]),
    ("GET", "/api/batch/health", [O, O, O, O, O, O]),
    ("GET", "/api/batch/runs/{run}", [L, F, F, F, F, O]),
    ("GET", "/.well-known/jwks.json", [O, O, O, O, O, O]),
    ("GET", "/docs", [O, O, O, O, O, O]),
    ("GET", "/openapi.json", [O, O, O, O, O, O]),
    ("GET", "/livez", [O, O, O, O, O, O]),
    ("GET", "/readyz", [O, O, O, O, O, O]),
    ("GET", "/metrics", [O, O, O, O, O, O]),
];

#[test]
fn every_operation_has_a_row() {
    let mut operations: Vec<String> = operations()
        .into_iter()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let mut rows: Vec<String> = TABLE
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    operations.sort();
    rows.sort();
    assert_eq!(operations, rows);
}

#[tokio::test]
async fn every_caller_may_do_what_the_table_says() {
    let house = House::on_sqlite().await;
    let stage = Stage::set(&house).await;
    let callers = stage.callers(&house).await;
    for caller in &callers[1..] {
        // Whoever listens to the stream has come; nobody shows the pass.
        caller.post("events/gala/queue", json!({})).await.done();
    }
    let mut never_done = Vec::new();
    for (method, path, expected) in TABLE {
        let operation = stage.operation(method, path);
        let mut is_done = false;
        for (caller, expected) in callers.iter().zip(expected) {
            let status = operation.by(caller).await;
            let found = Access::of(status);
            assert_eq!(found, *expected, "{method} {path} by caller {:?}", caller.token);
            is_done |= status.is_success();
        }
        if !is_done {
            never_done.push(format!("{method} {path}"));
        }
    }
    // Every answer is held against its description: here there is one of nearly all.
    assert_eq!(never_done, NEVER_DONE);
}

/// Refused here whoever asks, for want of a cookie, a second card and the like; journeys have them.
const NEVER_DONE: &[&str] = &[
    "POST /api/v1/auth/refresh",
    "PUT /api/v1/events/{event}",
    "DELETE /api/v1/events/{event}",
    "POST /api/v1/events/{event}/publish",
    "PUT /api/v1/performances/{performance}/seat-plan",
    "POST /api/v1/performances/{performance}/holds",
    "POST /api/v1/purchases",
    "POST /api/v1/payments/{order_id}/confirm",
    "POST /api/batch/jobs/{job}/run",
    "POST /api/batch/analyze/run",
];

impl Access {
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Login,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::Hidden,
            _ => Self::Open,
        }
    }
}

/// What the operations are about: all of it ana's, or a draft of her manager's.
pub(crate) struct Stage {
    recital: Show,
    draft: String,
    gala_sale: String,
    drafted_performance: String,
    pub(crate) ana: String,
    hold: Value,
    purchase: Value,
    open_purchase: Value,
    refund: Value,
    run: String,
}

impl Stage {
    pub(crate) async fn set(house: &House) -> Self {
        let recital = house.recital().await;
        house.gala(10).await;
        let gala = house.anyone().get("events/gala").await.done();
        let draft = house.admin().post("events", draft("draft")).await.done();
        let ana = house.account("ana@example.com", BTreeMap::new()).await;
        let purchase = ana.buy(&recital, ["A-1"]).await;
        let hold = ana.hold(&recital, ["A-2"]).await.done();
        let other_hold = ana.hold(&recital, ["A-3"]).await.done();
        let open_purchase = ana.order(&other_hold).await.done();
        let given_back = ana.buy(&recital, ["A-4"]).await;
        let refunds = format!("purchases/{}/refunds", given_back["code"].as_str().unwrap());
        let refund = ana.post(&refunds, json!({"reason": "ill"})).await.done();
        let run = house
            .admin()
            .post("/api/batch/analyze/run", json!({}))
            .await
            .done();
        Self {
            run: run["id"].as_str().unwrap().to_owned(),
            gala_sale: gala["sale"][0]["id"].as_str().unwrap().to_owned(),
            draft: draft["slug"].as_str().unwrap().to_owned(),
            drafted_performance: draft["performance"][0]["id"].as_str().unwrap().to_owned(),
            ana: ana.token.clone().unwrap(),
            recital,
            hold,
            purchase,
            open_purchase,
            refund,
        }
    }

    async fn callers<'a>(&self, house: &'a House) -> [Person<'a>; 6] {
        [
            house.anyone(),
            Person::new(house, Some(self.ana.clone())),
            house.account("bob@example.com", BTreeMap::new()).await,
            house.member(self.recital.organization, Role::BoxOffice).await,
            house.member(self.recital.organization, Role::Manager).await,
            house.admin(),
        ]
    }

    pub(crate) fn operation(&self, method: &str, path: &str) -> Operation {
        let is_drafted = path.ends_with("/publish") || method == "PUT" && path.ends_with("/seat-plan");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let payment = &self.open_purchase["payments"][0];
        let about_refunds = path.contains("refund");
        let purchase = if about_refunds {
            &self.purchase
        } else {
            &self.open_purchase
        };
        let event = if is_drafted {
            &self.draft
        } else {
            &self.recital.slug
        };
        let performance = if is_drafted {
            &self.drafted_performance
        } else {
            &self.recital.performance
        };
        let address = path
            .replace("{event}", event)
            .replace("{performance}", performance)
            .replace("{hold}", &text(&self.hold["id"]))
            .replace("{purchase}", &text(&purchase["code"]))
            .replace("{refund}", &text(&self.refund["id"]))
            .replace("{order_id}", &text(&payment["order_id"]))
            .replace("{sale}", &self.gala_sale)
            .replace("{organization}", "house")
            .replace("{job}", "analyze")
            .replace("{run}", &self.run)
            .replace("{user}", "ana@example.com")
            .replace("{ticket}", &text(&self.purchase["tickets"][0]["id"]))
            .replace("/stream", "/stream?queue=gala")
            .replace("?queue=gala/tickets", "/tickets");
        let body = match path {
            "/api/v1/events" => draft("another"),
            "/api/v1/auth/register" => {
                json!({"email": "eve@example.com", "password": "correct horse battery", "name": "Eve"})
            }
            "/api/v1/auth/login" => json!({"email": "eve@example.com", "password": "correct horse battery"}),
            "/api/v1/events/{event}" if method == "PUT" => draft(event),
            "/api/v1/admin/users" => {
                json!({"email": "new@example.com", "password": "correct horse battery", "name": "New"})
            }
            "/api/v1/purchases" => json!({ "hold": self.hold["id"] }),
            "/api/v1/organizations" => json!({"slug": "another", "name": "Another"}),
            path if path.contains("/members/") => json!({"role": "gate"}),
            path if path.ends_with("/refunds") => json!({"reason": "ill"}),
            path if path.ends_with("/confirm") => json!({"payment_key": GOOD, "amount": 1}),
            path if path.ends_with("/holds") => json!({"items": [{"seat": "A-1", "price": "R/adult"}]}),
            _ => json!({}),
        };
        let method: Method = method.parse().unwrap();
        Operation {
            method,
            address,
            body,
        }
    }
}

/// An operation that can be asked for.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) address: String,
    pub(crate) body: Value,
}

impl Operation {
    async fn by(&self, caller: &Person<'_>) -> StatusCode {
        if self.address.contains("/stream?") && caller.token.is_some() {
            caller.listens(&self.address).await;
            return StatusCode::OK;
        }
        let body = (self.method != Method::GET).then(|| self.body.clone());
        let reply = caller.send(self.method.clone(), &self.address, body).await;
        assert!(
            !reply.status.is_server_error(),
            "{} {}: {}",
            self.method,
            self.address,
            reply.text
        );
        reply.status
    }
}

fn draft(slug: &str) -> Value {
    json!({
        "slug": slug, "title": "Draft", "organization": "house", "test": true,
        "performance": [{"starts_at": "2027-02-05T19:30:00+09:00"}],
    })
}
