//! Paying: with this card or the next, twice at once, or not to the end; and giving tickets back.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use ticketon_core::ids::{OrderId, PurchaseId};
use ticketon_core::payment::{Payment, PaymentState, Refund};
use ticketon_core::purchase::Purchase;
use ticketon_core::row::RowId;
use ticketon_core::store::Freshness;
use ticketon_core::ticket::{Ticket, TicketState};
use ticketon_core::{Code, RefundRequest, Won, next_payment, quote_refund, request_refund};
use ticketon_pay::sandbox::Card;

use super::super::house::Miss;
use super::super::world::World;
use super::{Asking, Buyer};

/// An attempt as far as its buyer knows it.
struct Attempt(Payment);

/// Money on its way back.
struct GivenBack(Refund);

/// Cards as buyers have them.
const CARDS: [Card; 12] = [
    Card::Approved,
    Card::Approved,
    Card::Approved,
    Card::Approved,
    Card::Rejected,
    Card::Insufficient,
    Card::AnswerLost,
    Card::AnswerLate,
    Card::Slow,
    Card::Stumbles,
    Card::RefundAnswerLost,
    Card::RefundAnswerLost,
];

impl Buyer {
    pub(super) async fn pay(&self, purchase: Purchase) {
        let mut order_id = purchase.order_id();
        loop {
            self.think(100, self.dice.one_of(&[500, 2_000, 5_000, 30_000]))
                .await;
            if self.dice.percent(5) {
                return self.say("closes the payment window");
            }
            let is_paid = match self.window(&order_id, purchase.amount()) {
                None => false,
                Some(_) if self.dice.percent(4) => {
                    self.say("goes back, and takes another card");
                    false
                }
                Some(payment_key) => match self.confirm(&order_id, &payment_key, purchase.amount()).await {
                    Some(is_paid) => is_paid,
                    None => return,
                },
            };
            if is_paid {
                return self.keep_or_give_back(purchase.id).await;
            }
            match self.next_attempt(purchase.id).await {
                Some(next) => order_id = next,
                None => return self.call_off(purchase.id).await,
            }
        }
    }

    /// The provider's window: a payment key, unless the provider has had this order already.
    fn window(&self, order_id: &OrderId, amount: Won) -> Option<String> {
        let card = self.dice.one_of(&CARDS);
        let bank = &self.world.bank;
        let opened = bank.window(&self.world, order_id.as_str(), amount.0, card);
        self.say(format_args!("pays {order_id} with {card:?}: {opened:?}"));
        opened.ok()
    }

    /// Confirms until it is known whether it was paid; `None` for who stops asking.
    async fn confirm(&self, order_id: &OrderId, payment_key: &str, amount: Won) -> Option<bool> {
        if self.dice.percent(3) {
            let wrong = self.confirm_once(order_id, payment_key, Won(amount.0 - 1)).await;
            if wrong.is_ok() {
                self.world
                    .broken(format!("`{order_id}` may be paid with too little"));
            }
        }
        for _ in 0..40 {
            let answer = if self.dice.percent(25) {
                self.confirm_twice(order_id, payment_key, amount).await
            } else {
                self.confirm_once(order_id, payment_key, amount).await
            };
            match &answer {
                Ok(Attempt(payment)) => {
                    self.say(format_args!("confirm {order_id}: {:?}", payment.state));
                    match payment.state {
                        PaymentState::Paid(_) => return Some(true),
                        PaymentState::Approving(_) | PaymentState::Ready => {}
                        PaymentState::Declined { .. } | PaymentState::NotCharged | PaymentState::Replaced => {
                            return Some(false);
                        }
                    }
                }
                Err(Miss::Lost) => self.say(format_args!("confirm {order_id}: no answer")),
                Err(Miss::Refused(refusal)) => self.say(format_args!("confirm {order_id}: {refusal}")),
            }
            if let Err(miss) = &answer
                && !miss.is_worth_a_repeat()
            {
                return Some(false);
            }
            if self.dice.percent(6) {
                self.say("closes the tab");
                return None;
            }
            self.think(200, 3_000).await;
        }
        None
    }

    /// Clicks twice: who hears of an outcome once does not hear that there is nothing to pay.
    async fn confirm_twice(
        &self,
        order_id: &OrderId,
        payment_key: &str,
        amount: Won,
    ) -> Result<Attempt, Miss> {
        let first = self.confirm_once(order_id, payment_key, amount);
        let second = self.confirm_once(order_id, payment_key, amount);
        match join(first, second).await {
            (Ok(_), Err(miss)) | (Err(miss), Ok(_)) if miss.code() == Some(Code::PurchaseEnded) => {
                self.world
                    .broken(format!("a second click on {order_id} hears {miss:?}"));
                Err(miss)
            }
            (first, _) => first,
        }
    }

    async fn confirm_once(
        &self,
        order_id: &OrderId,
        payment_key: &str,
        amount: Won,
    ) -> Result<Attempt, Miss> {
        let wait = Duration::from_millis(500 + self.dice.below(8_000));
        let (order_id, payment_key) = (order_id.clone(), payment_key.to_owned());
        let world = Arc::clone(&self.world);
        let asking = Asking {
            caller: self.me(),
            key: None,
        };
        let request = move |shop: Arc<ticketon_server::shop::Shop>, caller| async move {
            let payments = &shop.payments;
            let payment = payments
                .confirm(&caller, &order_id, &payment_key, amount, wait)
                .await?;
            note_outcome(&world, &payment);
            Ok(Attempt(payment))
        };
        self.send(asking, request).await
    }

    async fn next_attempt(&self, purchase: PurchaseId) -> Option<OrderId> {
        let answer = self.insist("next attempt", self.me(), move |shop, caller| async move {
            let (_, payment) = next_payment(&shop.cx, &caller, purchase).await?;
            Ok(Attempt(payment))
        });
        answer.await.ok().map(|Attempt(payment)| payment.order_id)
    }

    async fn keep_or_give_back(&self, purchase: PurchaseId) {
        while self.dice.percent(35) {
            self.think(100, 20_000).await;
            if !self.give_back(purchase, self.dice.percent(50)).await {
                return;
            }
        }
    }

    /// Gives one ticket back, or all that are left; answers whether that went well.
    async fn give_back(&self, purchase: PurchaseId, is_all: bool) -> bool {
        let world = Arc::clone(&self.world);
        let answer = self.insist("give back", self.me(), move |shop, caller| {
            let world = Arc::clone(&world);
            async move {
                let cx = &shop.cx;
                let (row, _) = cx
                    .load::<Purchase>((purchase,), Freshness::Fresh)
                    .await?
                    .expect("nothing is ever deleted");
                let ids = row.tickets.into_iter().map(RowId::Ticket);
                let tickets = cx.load_all::<Ticket>(ids, Freshness::Fresh).await?;
                let live = tickets.into_iter().flatten().map(|(ticket, _)| ticket);
                let mut live = live.filter(|ticket| ticket.state == TicketState::Issued);
                let tickets = match live.next() {
                    Some(ticket) if !is_all => vec![ticket.id],
                    _ => Vec::new(),
                };
                let quote = quote_refund(cx, &caller, purchase, &tickets).await;
                let request = RefundRequest {
                    tickets,
                    expected_amount: quote.ok().map(|quote| quote.amount),
                    reason: "cannot come".to_owned(),
                };
                let refund = request_refund(cx, &caller, purchase, request).await?;
                world.told.refund(refund.id);
                Ok(GivenBack(refund))
            }
        });
        match answer.await {
            Ok(GivenBack(_)) => true,
            Err(miss) => miss.code() == Some(Code::QuoteChanged),
        }
    }
}

/// What is told is true from here on, whether or not it is heard.
fn note_outcome(world: &World, payment: &Payment) {
    match &payment.state {
        PaymentState::Paid(_) => world.told.paid(payment.order_id.clone()),
        PaymentState::Declined { .. } => world.told.declined(payment.order_id.clone()),
        PaymentState::Ready
        | PaymentState::Approving(_)
        | PaymentState::NotCharged
        | PaymentState::Replaced => {}
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attempt {}", self.0.order_id)
    }
}

impl fmt::Display for GivenBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refund {} of {}", self.0.id, self.0.amount)
    }
}
