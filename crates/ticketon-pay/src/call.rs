//! A call to the provider and its reply as plain values: what is sent and what came back, without
//! anything that could send. The client puts them on the wire; a simulation hands them to the sandbox.

use serde::Serialize;

use crate::id::{IdempotencyKey, OrderId, PaymentKey};

/// How a call treats the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Only looks.
    Get,
    /// Changes something, once for each idempotency key.
    Post,
}

/// What is sent, apart from who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// GET or POST.
    pub method: Method,
    /// Absolute path, every part of it safe as it is.
    pub path: String,
    /// Set on every POST.
    pub idempotency_key: Option<IdempotencyKey>,
    /// JSON, or empty.
    pub body: Vec<u8>,
}

/// What came back whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON, if the provider wrote it.
    pub body: Vec<u8>,
}

impl Call {
    /// Asks how the payment of this order stands.
    pub fn look_up(order_id: &OrderId) -> Self {
        Self::get(format!("/v1/payments/orders/{order_id}"))
    }

    /// Asks how this payment stands.
    pub fn look_up_payment(payment_key: &PaymentKey) -> Self {
        Self::get(format!("/v1/payments/{payment_key}"))
    }

    pub(crate) fn post(path: String, key: IdempotencyKey, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("texts and integers always serialize");
        Self {
            method: Method::Post,
            path,
            idempotency_key: Some(key),
            body,
        }
    }

    fn get(path: String) -> Self {
        Self {
            method: Method::Get,
            path,
            idempotency_key: None,
            body: Vec::new(),
        }
    }
}
