//! A sandbox at hand, with a clock that stands still unless moved, and what one does with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ticketon_pay::sandbox::{
    self, Answer, Begun, Card, Finished, Latency, Ledger, Open, Record, Request, Running, Sandbox,
    Surroundings, Timestamp,
};
use ticketon_pay::{
    Attempt, Call, Code, Keys, LookedUp, OrderId, Outcome, Payment, PaymentKey, Refund, RefundOutcome,
    Settings, Toss, Won,
};
use tokio::net::TcpListener;

pub(crate) const NOON: &str = "2026-12-01T03:00:00Z";

/// The state machine, called directly.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) sandbox: Sandbox,
    pub(crate) now: Timestamp,
    pub(crate) records: Vec<Record>,
    entropy: u64,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new(&Keys::sandbox());
        Self {
            sandbox,
            now: NOON.parse().unwrap(),
            records: Vec::new(),
            entropy: 0,
        }
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    pub(crate) fn open(
        &mut self,
        order_id: &str,
        amount: i64,
        card: Option<Card>,
    ) -> Result<PaymentKey, Code> {
        let entropy = self.next();
        let opened = self
            .sandbox
            .open(window(order_id, amount, card), self.now, entropy)?;
        self.records.extend(opened.records);
        Ok(opened.payment_key)
    }

    pub(crate) fn buyer_chose(&mut self, card: Card, order_id: &str, amount: i64) -> PaymentKey {
        self.open(order_id, amount, Some(card)).unwrap()
    }

    pub(crate) fn begin(&mut self, request: Request) -> Begun {
        let entropy = self.next();
        self.sandbox.begin(request, self.now, entropy)
    }

    pub(crate) fn finish(&mut self, running: Running) -> Answer {
        let Finished { answer, record } = self.sandbox.finish(running, self.now);
        self.records.extend(record);
        answer
    }

    pub(crate) fn send(&mut self, request: Request) -> Answer {
        match self.begin(request) {
            Begun::Answered(answer) => answer,
            Begun::Running(running) => self.finish(running),
        }
    }

    pub(crate) fn call(&mut self, call: Call) -> Answer {
        self.send(Request::of(call, &Keys::sandbox()))
    }

    pub(crate) fn confirm(&mut self, attempt: &Attempt, payment_key: &PaymentKey) -> Outcome {
        attempt.judge_reply(&self.call(attempt.confirm(payment_key)).reply())
    }

    pub(crate) fn cancel(&mut self, refund: &Refund) -> RefundOutcome {
        refund.judge_reply(&self.call(refund.cancel()).reply())
    }

    pub(crate) fn look_up(&mut self, order_id: &str) -> LookedUp {
        let order_id = OrderId::new(order_id).unwrap();
        LookedUp::from_reply(&self.call(Call::look_up(&order_id)).reply())
    }

    pub(crate) fn payment(&mut self, order_id: &str) -> Payment {
        match self.look_up(order_id) {
            LookedUp::Found(payment) => *payment,
            other => panic!("{other:?}"),
        }
    }

    /// A sandbox made from the records alone, as after a crash.
    pub(crate) fn restored(&self) -> Sandbox {
        let mut sandbox = Sandbox::new(&Keys::sandbox());
        for record in &self.records {
            sandbox.apply(record).unwrap();
        }
        sandbox
    }

    fn next(&mut self) -> u64 {
        self.entropy += 1;
        self.entropy
    }
}

/// A sandbox that listens.
pub(crate) struct Listening {
    pub(crate) url: String,
    http: reqwest::Client,
}

impl Listening {
    pub(crate) async fn start(sandbox: Sandbox, ledger: Option<Ledger>, latency: Latency) -> Self {
        let entropy = Arc::new(AtomicU64::new(1));
        let surroundings = Surroundings {
            now: Box::new(|| NOON.parse().unwrap()),
            entropy: Box::new(move || entropy.fetch_add(1, Ordering::Relaxed)),
            latency,
        };
        let app = sandbox::router(sandbox, ledger, surroundings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            url,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) async fn prompt() -> Self {
        Self::start(Sandbox::new(&Keys::sandbox()), None, Latency::none()).await
    }

    pub(crate) async fn buyer_chose(&self, card: Card, order_id: &str, amount: i64) -> PaymentKey {
        let body = format!(
            r#"{{"orderId":"{order_id}","amount":{amount},"orderName":"two seats","customerKey":"b","card":"{}"}}"#,
            card.number()
        );
        let sent = self
            .http
            .post(format!("{}/sandbox/payments", self.url))
            .body(body)
            .send()
            .await
            .unwrap();
        let opened: serde_json::Value = sent.json().await.unwrap();
        PaymentKey::new(opened["paymentKey"].as_str().unwrap()).unwrap()
    }

    pub(crate) fn client(&self) -> Toss {
        Toss::with(&Keys::sandbox(), self.settings()).unwrap()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::at(&self.url)
    }

    /// A POST by somebody who knows the documents and not this crate.
    pub(crate) fn post(&self, path: &str, body: &str) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.url));
        request
            .basic_auth("test_sk_ticketonsandbox", Some(""))
            .header("Content-Type", "application/json")
            .body(body.to_owned())
    }

    /// A GET by the same.
    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http
            .get(format!("{}{path}", self.url))
            .basic_auth("test_sk_ticketonsandbox", Some(""))
    }
}

pub(crate) fn window(order_id: &str, amount: i64, card: Option<Card>) -> Open {
    Open {
        order_id: OrderId::new(order_id).unwrap(),
        amount: Won(amount),
        order_name: "two seats".to_owned(),
        card: card.map(|card| card.number().to_owned()),
    }
}

pub(crate) fn attempt(order_id: &str, amount: i64) -> Attempt {
    Attempt::new(order_id, Won(amount)).unwrap()
}

pub(crate) fn paid(outcome: Outcome) -> Payment {
    match outcome {
        Outcome::Paid(payment) => *payment,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refunded(outcome: RefundOutcome) -> ticketon_pay::Refunded {
    match outcome {
        RefundOutcome::Refunded(refunded) => *refunded,
        other => panic!("{other:?}"),
    }
}
