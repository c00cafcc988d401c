//! A buyer who does things, and hears codes.

use ticketon_core::caller::{Admitted, RequestKey};
use ticketon_core::hold::Hold;
use ticketon_core::ids::{EntryId, HoldId, IdempotencyKey, OrderId, Person, PurchaseId, TicketId};
use ticketon_core::payment::{Payment, Refund};
use ticketon_core::purchase::Purchase;
use ticketon_core::{
    Begun, Caller, Code, Context, Pick, Quote, RefundAnswer, RefundRequest, Refusal, Seats, Settled,
    Timestamp, Won, begin_payment, cancel_purchase, hold_seats, next_payment, quote_refund, release_hold,
    request_refund, settle_payment, settle_refund, start_purchase,
};

use super::Shop;

#[derive(Clone)]
pub(crate) struct Buyer<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) caller: Caller,
    cx: Context,
}

/// A request's key with what was asked.
pub(crate) fn key(name: &str, asked: &str) -> RequestKey {
    RequestKey {
        key: IdempotencyKey::new(name).unwrap(),
        operation: "POST /somewhere".to_owned(),
        fingerprint: asked.to_owned(),
    }
}

fn code<T>(outcome: Result<T, Refusal>) -> Result<T, Code> {
    outcome.map_err(|refusal| refusal.code())
}

impl<'a> Buyer<'a> {
    pub(crate) fn new(shop: &'a Shop, caller: Caller) -> Self {
        let cx = shop.cx.clone();
        Self { shop, caller, cx }
    }

    /// The same person, through another store.
    pub(crate) fn through(&self, cx: Context) -> Self {
        Self { cx, ..self.clone() }
    }

    /// The same person, with a key for the next request.
    pub(crate) fn asking(&self, request: RequestKey) -> Self {
        let caller = self.caller.clone().asking(request);
        Self {
            caller,
            ..self.clone()
        }
    }

    /// The same person with a pass of the event's sale.
    pub(crate) fn admitted(&self, entry: &str, until: Timestamp) -> Self {
        let admission = Admitted {
            sale: self.shop.event.sales[0].id,
            person: self.person(),
            entry: EntryId::new(entry).unwrap(),
            until,
        };
        let caller = self.caller.clone().admitted(admission);
        Self {
            caller,
            ..self.clone()
        }
    }

    pub(crate) fn person(&self) -> Person {
        self.caller.as_person().unwrap().clone()
    }

    pub(crate) async fn hold<const N: usize>(&self, seats: [&str; N]) -> Hold {
        self.try_hold(seats).await.unwrap()
    }

    pub(crate) async fn try_hold<const N: usize>(&self, seats: [&str; N]) -> Result<Hold, Code> {
        self.ask_for(Seats::adult(seats)).await
    }

    pub(crate) async fn try_pick(&self, seat: &str, grade: Option<&str>, kind: &str) -> Result<Hold, Code> {
        let pick = Pick {
            seat: seat.parse().unwrap(),
            grade: grade.map(|grade| grade.parse().unwrap()),
            kind: kind.to_owned(),
        };
        self.ask_for(Seats::Picked(vec![pick])).await
    }

    pub(crate) async fn ask_for(&self, seats: Seats) -> Result<Hold, Code> {
        let performance = self.shop.event.performance();
        code(hold_seats(&self.cx, &self.caller, performance, seats).await)
    }

    pub(crate) async fn release(&self, hold: &Hold) -> Result<Hold, Code> {
        code(release_hold(&self.cx, &self.caller, hold.id).await)
    }

    pub(crate) async fn order(&self, hold: &Hold) -> Purchase {
        self.try_order(hold.id).await.unwrap()
    }

    pub(crate) async fn try_order(&self, hold: HoldId) -> Result<Purchase, Code> {
        code(start_purchase(&self.cx, &self.caller, hold).await)
    }

    pub(crate) async fn try_next(&self, purchase: &Purchase) -> Result<(Purchase, Payment), Code> {
        code(next_payment(&self.cx, &self.caller, purchase.id).await)
    }

    /// Another card: the purchase with its next attempt.
    pub(crate) async fn another_card(&self, purchase: &Purchase) -> Purchase {
        self.try_next(purchase).await.unwrap().0
    }

    pub(crate) async fn cancel(&self, purchase: &Purchase) -> Result<Purchase, Code> {
        code(cancel_purchase(&self.cx, &self.caller, purchase.id).await)
    }

    pub(crate) async fn confirm(&self, purchase: &Purchase) -> Begun {
        self.try_confirm(purchase).await.unwrap()
    }

    pub(crate) async fn try_confirm(&self, purchase: &Purchase) -> Result<Begun, Code> {
        self.try_confirm_of(&purchase.order_id(), purchase.amount()).await
    }

    pub(crate) async fn try_confirm_of(&self, order_id: &OrderId, amount: Won) -> Result<Begun, Code> {
        code(begin_payment(&self.cx, &self.caller, order_id, &payment_key(order_id), amount).await)
    }

    /// Confirms, and the bank takes the money.
    pub(crate) async fn pay(&self, purchase: &Purchase) -> Purchase {
        let begun = self.confirm(purchase).await;
        assert!(matches!(begun, Begun::Ask(_)), "{begun:?}");
        self.is_charged(purchase).await
    }

    /// The bank takes the money for the latest attempt, and says so.
    pub(crate) async fn is_charged(&self, purchase: &Purchase) -> Purchase {
        self.is_charged_for(purchase.id, &purchase.order_id()).await
    }

    /// The bank takes the money for an attempt, and says so.
    pub(crate) async fn is_charged_for(&self, purchase: PurchaseId, order_id: &OrderId) -> Purchase {
        let payment = self.shop.row::<Payment>((order_id.clone(),)).await;
        self.shop.bank.take(order_id, payment.amount);
        self.hears_paid(purchase, order_id).await
    }

    /// The bank says that it took the money (again).
    pub(crate) async fn hears_paid(&self, purchase: PurchaseId, order_id: &OrderId) -> Purchase {
        let settled = Settled::Paid {
            order_id: order_id.clone(),
            payment_key: payment_key(order_id),
            approved_at: self.cx.now(),
        };
        settle_payment(&self.cx, purchase, settled).await.unwrap()
    }

    /// The bank says no to the latest attempt.
    pub(crate) async fn is_declined(&self, purchase: &Purchase) -> Purchase {
        let settled = Settled::Declined {
            order_id: purchase.order_id(),
            code: "REJECT_CARD_COMPANY".to_owned(),
            message: "the card company said no".to_owned(),
        };
        settle_payment(&self.cx, purchase.id, settled).await.unwrap()
    }

    /// Holds, orders and pays.
    pub(crate) async fn buy<const N: usize>(&self, seats: [&str; N]) -> Purchase {
        let hold = self.hold(seats).await;
        let purchase = self.order(&hold).await;
        self.pay(&purchase).await
    }

    pub(crate) async fn quote(&self, purchase: &Purchase, tickets: &[TicketId]) -> Result<Quote, Code> {
        code(quote_refund(&self.cx, &self.caller, purchase.id, tickets).await)
    }

    pub(crate) async fn try_refund(
        &self,
        purchase: &Purchase,
        tickets: &[TicketId],
        expected_amount: Option<Won>,
    ) -> Result<Refund, Code> {
        let request = RefundRequest {
            tickets: tickets.to_vec(),
            expected_amount,
            reason: "cannot come".to_owned(),
        };
        code(request_refund(&self.cx, &self.caller, purchase.id, request).await)
    }

    /// Gives tickets back, and the bank gives the money.
    pub(crate) async fn refund(&self, purchase: &Purchase, tickets: &[TicketId]) -> Refund {
        let refund = self.try_refund(purchase, tickets, None).await.unwrap();
        self.shop.give_back(&refund).await
    }
}

impl Shop {
    /// The bank gives a refund's money back, and says so.
    pub(crate) async fn give_back(&self, refund: &Refund) -> Refund {
        if refund.payment_key.is_some() && refund.amount != Won::ZERO {
            self.bank.give_back(&refund.payment, refund.amount);
        }
        self.give_back_again(refund).await
    }

    /// The bank says that it gave a refund's money back (again).
    pub(crate) async fn give_back_again(&self, refund: &Refund) -> Refund {
        let told = settle_refund(&self.cx, refund.id, RefundAnswer::Done).await;
        told.unwrap()
    }
}

fn payment_key(order_id: &OrderId) -> String {
    format!("key-of-{order_id}")
}
