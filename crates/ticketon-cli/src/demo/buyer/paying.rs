//! Ordering, paying, and giving a ticket back.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use ticketon_core::Code;
use ticketon_server::client::Answer;
use ticketon_server::pay::sandbox::Card;
use tokio::time::{Instant, sleep};

use super::super::crowd::{Bank, Fate};
use super::super::request::Request;
use super::super::tally::Step;
use super::choosing::Hold;
use super::{Person, Trouble, unforeseen};

/// An order.
#[derive(Debug, Deserialize)]
pub(super) struct Order {
    id: String,
    payments: Vec<Payment>,
    tickets: Vec<Ticket>,
}

#[derive(Debug, Deserialize)]
struct Payment {
    order_id: String,
    amount: i64,
    order_name: String,
    state: String,
    may_retry: bool,
}

#[derive(Debug, Deserialize)]
struct Ticket {
    id: String,
}

/// A paid order, and who paid it.
#[derive(Debug, Clone)]
pub(crate) struct Bought {
    /// Which of the crowd.
    pub(crate) buyer: u32,
    /// Whether they give a ticket back.
    pub(crate) gives_back: bool,
    id: String,
    tickets: Vec<String>,
}

/// What giving back costs.
#[derive(Debug, Deserialize)]
struct Quote {
    amount: i64,
    fee: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    payment_key: String,
}

impl Person {
    /// Orders the seats in hand; `None` if they are gone.
    pub(super) async fn order(&self, hold: &Hold) -> Result<Option<Order>, Trouble> {
        let request = Request::post("/api/v1/purchases")
            .json(json!({ "hold": hold.id, "buyer": format!("Buyer {}", self.buyer.number) }))
            .key(format!("{}-purchase-{}", self.buyer.number, hold.id));
        let answer = self.click(Step::Purchase, &request).await?;
        if answer.is_success() {
            return Ok(Some(answer.json()?));
        }
        match answer.problem().code() {
            Some(Code::HoldEnded) => Ok(None),
            _ => Err(unforeseen("a purchase", &answer)),
        }
    }

    /// Pays, with a second card if the first is declined; `None` if the time ran out.
    pub(super) async fn pay(&self, order: Order) -> Result<Option<Bought>, Trouble> {
        let tally = &self.scene.tally;
        let mut card = self.first_card();
        let mut payments = order.payments;
        while let Some(payment) = payments.pop() {
            let Some(key) = self.open_window(&payment, card).await? else {
                return Ok(None);
            };
            if card == Card::AnswerLost {
                tally.answers_lost.one();
            }
            let Some(payment) = self.confirm(&order.id, &payment, &key).await? else {
                return Ok(None);
            };
            match payment.state.as_str() {
                "paid" => return self.paid(&order.id, &payment, card).await.map(Some),
                "declined" => tally.declined.one(),
                _ => {}
            }
            if !payment.may_retry {
                return Ok(None);
            }
            card = Card::Approved;
            payments.extend(self.next_payment(&order.id, &payment).await?);
        }
        Ok(None)
    }

    fn first_card(&self) -> Card {
        match (self.buyer.fate, self.buyer.gives_back) {
            (Fate::Declined, _) => Card::Rejected,
            (Fate::AnswerLost, _) => Card::AnswerLost,
            (_, Some(Bank::LosesAnswer)) => Card::RefundAnswerLost,
            (Fate::Pays | Fate::ClosesTab, _) => Card::Approved,
        }
    }

    /// Types the card into the provider's window.
    async fn open_window(&self, payment: &Payment, card: Card) -> Result<Option<String>, Trouble> {
        let request = Request::post("/sandbox/payments").json(json!({
            "orderId": payment.order_id,
            "amount": payment.amount,
            "orderName": payment.order_name,
            "card": card.number(),
        }));
        let answer = request.ask(&self.scene.window, &self.scene.tally).await?;
        if answer.is_success() {
            return Ok(Some(answer.json::<Opened>()?.payment_key));
        }
        Err(unforeseen("the payment window", &answer))
    }

    /// Comes back from the window; the payment once its outcome is known, `None` if it was not in time.
    async fn confirm(&self, order: &str, payment: &Payment, key: &str) -> Result<Option<Payment>, Trouble> {
        let path = format!("/api/v1/payments/{}/confirm", payment.order_id);
        let request = Request::post(path)
            .json(json!({ "payment_key": key, "amount": payment.amount }))
            .key(format!("confirm-{}", payment.order_id));
        let answer = self.click(Step::Confirm, &request).await?;
        if !answer.is_success() {
            return match answer.problem().code() {
                Some(Code::PurchaseEnded | Code::PaymentEnded) => Ok(None),
                _ => Err(unforeseen("a confirmation", &answer)),
            };
        }
        let heard: Payment = answer.json()?;
        if heard.state == "approving" {
            return self.wait_for_outcome(order, &heard.order_id).await;
        }
        Ok(Some(heard))
    }

    /// Nobody knows yet: looks now and then.
    async fn wait_for_outcome(&self, order: &str, order_id: &str) -> Result<Option<Payment>, Trouble> {
        let until = Instant::now() + self.scene.waits_for_outcome;
        while Instant::now() < until {
            sleep(Duration::from_millis(400)).await;
            let order: Order = self.look_at(order).await?.json()?;
            let mut payments = order.payments.into_iter();
            let payment = payments.find(|payment| payment.order_id == order_id);
            if let Some(payment) = payment.filter(|payment| payment.state != "approving") {
                return Ok(Some(payment));
            }
        }
        Ok(None)
    }

    async fn next_payment(&self, order: &str, before: &Payment) -> Result<Option<Payment>, Trouble> {
        let request = Request::post(format!("/api/v1/purchases/{order}/payments"))
            .json(json!({}))
            .key(format!("after-{}", before.order_id));
        let answer = self.ask(&request).await?;
        if answer.is_success() {
            return Ok(Some(answer.json()?));
        }
        match answer.problem().code() {
            Some(Code::PurchaseEnded | Code::NoTriesLeft) => Ok(None),
            _ => Err(unforeseen("a second card", &answer)),
        }
    }

    async fn paid(&self, order: &str, payment: &Payment, card: Card) -> Result<Bought, Trouble> {
        let order: Order = self.look_at(order).await?.json()?;
        let tally = &self.scene.tally;
        tally.paid.one();
        tally.seats_paid.add(order.tickets.len() as u64);
        tally.paid_won.add(payment.amount.unsigned_abs());
        if self.buyer.fate == Fate::Declined {
            tally.second_card.one();
        }
        if card == Card::AnswerLost {
            tally.answers_found.one();
        }
        Ok(Bought {
            buyer: self.buyer.number,
            gives_back: self.buyer.gives_back.is_some(),
            id: order.id,
            tickets: order.tickets.into_iter().map(|ticket| ticket.id).collect(),
        })
    }

    async fn look_at(&self, order: &str) -> Result<Answer, Trouble> {
        let answer = self
            .ask(&Request::get(format!("/api/v1/purchases/{order}")))
            .await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(unforeseen("a look at the order", &answer))
        }
    }

    /// Gives one ticket back for what it is worth now; trouble is complained about.
    pub(crate) async fn give_back(&self, bought: &Bought) {
        if let Err(trouble) = self.try_give_back(bought).await {
            let complaint = format!("buyer {}: {trouble}", self.buyer.number);
            self.scene.tally.complain(complaint);
        }
    }

    async fn try_give_back(&self, bought: &Bought) -> Result<(), Trouble> {
        let Some(ticket) = bought.tickets.first() else {
            return Ok(());
        };
        let quote = Request::get(format!(
            "/api/v1/purchases/{}/refund-quote?tickets={ticket}",
            bought.id
        ));
        let answer = self.ask(&quote).await?;
        if !answer.is_success() {
            return Err(unforeseen("a quote", &answer));
        }
        let quote: Quote = answer.json()?;
        let request = Request::post(format!("/api/v1/purchases/{}/refunds", bought.id))
            .json(json!({ "tickets": [ticket], "expected_amount": quote.amount, "reason": "cannot come" }))
            .key(format!("refund-{ticket}"));
        let answer = self.ask(&request).await?;
        if !answer.is_success() {
            return Err(unforeseen("a refund", &answer));
        }
        let tally = &self.scene.tally;
        tally.refunds.one();
        tally.refunded_won.add(quote.amount.unsigned_abs());
        tally.fees_won.add(quote.fee.unsigned_abs());
        Ok(())
    }
}
