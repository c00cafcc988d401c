//! Somebody who asks: what a test says that they do.

use std::cell::RefCell;

use axum::body::Body;
use axum::http::{Method, Request, request::Builder};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::listener::Listener;
use super::reply::Reply;
use super::{House, Show};

/// Cards of the sandbox.
pub(crate) const GOOD: &str = "4330120000000000";
pub(crate) const DECLINED: &str = "4330120000000101";
pub(crate) const ANSWER_LOST: &str = "4330120000000201";
pub(crate) const SLOW: &str = "4330120000000203";

/// Somebody who asks, with the pass that they got.
pub(crate) struct Person<'a> {
    pub(crate) house: &'a House,
    pub(crate) token: Option<String>,
    pass: RefCell<Option<String>>,
    key: RefCell<Option<String>>,
}

impl<'a> Person<'a> {
    pub(crate) fn new(house: &'a House, token: Option<String>) -> Self {
        Self {
            house,
            token,
            pass: RefCell::default(),
            key: RefCell::default(),
        }
    }

    /// The next request carries this idempotency key.
    pub(crate) fn key(&self, key: &str) -> &Self {
        self.key.replace(Some(key.to_owned()));
        self
    }

    /// The pass that is shown from now on.
    pub(crate) fn showing(&self, pass: &str) -> &Self {
        self.pass.replace(Some(pass.to_owned()));
        self
    }

    pub(crate) fn pass(&self) -> String {
        self.pass.borrow().clone().expect("somebody who was admitted")
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.house.send(request.unwrap()).await
    }

    /// Opens a stream.
    pub(crate) async fn listens(&self, path: &str) -> Listener {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        Listener::new(self.house.router.clone().oneshot(request).await.unwrap())
    }

    /// A request as this person, to be finished.
    pub(crate) fn request(&self, method: Method, path: &str) -> Builder {
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/api/v1/{path}")
        };
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(pass) = &*self.pass.borrow() {
            request = request.header("ticketon-pass", pass);
        }
        if let Some(key) = self.key.take() {
            request = request.header("idempotency-key", key);
        }
        request
    }

    /// Enters the queue, and keeps the pass if there is one.
    pub(crate) async fn enter(&self, show: &Show) -> Value {
        let view = self.post(&format!("events/{}/queue", show.slug), json!({})).await;
        self.kept(view.done())
    }

    /// Asks where they stand, and keeps the pass if there is one.
    pub(crate) async fn position(&self, show: &Show) -> Value {
        let view = self.get(&format!("events/{}/queue", show.slug)).await;
        self.kept(view.done())
    }

    /// Tries to hold these seats, for adults.
    pub(crate) async fn hold<const N: usize>(&self, show: &Show, seats: [&str; N]) -> Reply {
        let price = |seat: &str| {
            if seat.starts_with('A') {
                "R/adult"
            } else {
                "S/adult"
            }
        };
        let items: Vec<Value> = seats
            .iter()
            .map(|seat| json!({"seat": seat, "price": price(seat)}))
            .collect();
        self.post(&holds(show), json!({ "items": items })).await
    }

    /// Tries to hold the best seats there are.
    pub(crate) async fn hold_best(&self, show: &Show, quantity: u32) -> Reply {
        let best = json!({"price": "R/adult", "quantity": quantity});
        self.post(&holds(show), json!({ "best_available": best })).await
    }

    /// Makes a hold an order.
    pub(crate) async fn order(&self, hold: &Value) -> Reply {
        self.post("purchases", json!({ "hold": hold["id"] })).await
    }

    /// Types a card into the provider's window and comes back to confirm.
    pub(crate) async fn pay(&self, payment: &Value, card: &str) -> Reply {
        let payment_key = self.house.typed_in(payment, card).await;
        self.confirm(payment, &payment_key).await
    }

    /// Confirms a payment that was typed in.
    pub(crate) async fn confirm(&self, payment: &Value, payment_key: &str) -> Reply {
        let body = json!({"payment_key": payment_key, "amount": payment["amount"]});
        self.post(&confirmation(payment), body).await
    }

    /// Buys these seats, from the hold to the tickets.
    pub(crate) async fn buy<const N: usize>(&self, show: &Show, seats: [&str; N]) -> Value {
        let hold = self.hold(show, seats).await.done();
        let purchase = self.order(&hold).await.done();
        let paid = self.pay(&purchase["payments"][0], GOOD).await.with(200);
        assert_eq!(paid["state"], "paid");
        self.purchase(&purchase).await
    }

    /// A purchase as it stands now.
    pub(crate) async fn purchase(&self, purchase: &Value) -> Value {
        let code = purchase["code"].as_str().unwrap();
        self.get(&format!("purchases/{code}")).await.done()
    }

    fn kept(&self, view: Value) -> Value {
        if let Some(pass) = view["pass"].as_str() {
            self.pass.replace(Some(pass.to_owned()));
        }
        view
    }
}

/// Where a payment is confirmed.
pub(crate) fn confirmation(payment: &Value) -> String {
    format!("payments/{}/confirm", payment["order_id"].as_str().unwrap())
}

/// Where seats of a show are held.
pub(crate) fn holds(show: &Show) -> String {
    format!("performances/{}/holds", show.performance)
}
