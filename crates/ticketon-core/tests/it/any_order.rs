//! Whatever buyers, the bank and the clock do, in whatever order: every promise holds after every step, and at
//! the end the bank has kept what the books say.

use std::time::Duration;

use proptest::prelude::*;
use ticketon_core::hold::Hold;
use ticketon_core::ids::OrderId;
use ticketon_core::payment::{Payment, PaymentState, Refund, RefundState};
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::verify::Basis;
use ticketon_core::{Begun, Code, Pick, RefundAnswer, Seats, Won, settle_refund, verify_against};

use crate::shop::{Buyer, Shop};

const BUYERS: [&str; 3] = ["ana", "bob", "cem"];

/// One thing that happens. Numbers choose among what there is at that moment.
#[derive(Debug, Clone)]
enum Step {
    Hold {
        buyer: usize,
        first: u32,
        count: u32,
    },
    Best {
        buyer: usize,
        count: u32,
    },
    Release(usize),
    Order(usize),
    AnotherCard(usize),
    Cancel(usize),
    Confirm(usize),
    /// The bank takes the money of an attempt it was ever asked about, and says so, however late.
    Charge(usize),
    /// The bank takes the money, and the answer is lost.
    ChargeUnheard(usize),
    Decline(usize),
    Refund {
        purchase: usize,
        tickets: usize,
    },
    GiveBack(usize),
    AskAgain(usize),
    RefuseToGiveBack(usize),
    Wait(Duration),
}

fn any_step() -> impl Strategy<Value = Step> {
    let some = || 0..100_usize;
    prop_oneof![
        4 => (0..3_usize, 0..12_u32, 1..4_u32).prop_map(|(buyer, first, count)| Step::Hold { buyer, first, count }),
        2 => (0..3_usize, 1..4_u32).prop_map(|(buyer, count)| Step::Best { buyer, count }),
        1 => some().prop_map(Step::Release),
        4 => some().prop_map(Step::Order),
        2 => some().prop_map(Step::AnotherCard),
        1 => some().prop_map(Step::Cancel),
        6 => some().prop_map(Step::Confirm),
        5 => some().prop_map(Step::Charge),
        1 => some().prop_map(Step::ChargeUnheard),
        3 => some().prop_map(Step::Decline),
        3 => (some(), 0..3_usize).prop_map(|(purchase, tickets)| Step::Refund { purchase, tickets }),
        2 => some().prop_map(Step::GiveBack),
        1 => some().prop_map(Step::AskAgain),
        1 => some().prop_map(Step::RefuseToGiveBack),
        2 => (1..300_u64).prop_map(|seconds| Step::Wait(Duration::from_secs(seconds))),
        1 => (1..5_u64).prop_map(|days| Step::Wait(Duration::from_hours(24 * days))),
    ]
}

/// The shop, and what the test remembers of it.
struct Sale {
    shop: Shop,
    holds: Vec<Hold>,
    purchases: Vec<Purchase>,
    /// Attempts that the bank was asked about.
    asked: Vec<Asked>,
    refunds: Vec<Refund>,
}

#[derive(Clone)]
struct Asked {
    purchase: Purchase,
    order_id: OrderId,
    is_charged: bool,
}

impl Sale {
    async fn open() -> Self {
        Self {
            shop: Shop::open().await,
            holds: Vec::new(),
            purchases: Vec::new(),
            asked: Vec::new(),
            refunds: Vec::new(),
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Hold { buyer, first, count } => {
                let seats = (first..12.min(first + count)).map(seat_key);
                let picks = seats.map(|seat| Pick {
                    seat: seat.parse().unwrap(),
                    grade: None,
                    kind: "adult".to_owned(),
                });
                self.hold(buyer, Seats::Picked(picks.collect())).await;
            }
            Step::Best { buyer, count } => {
                let best = Seats::BestAvailable {
                    price: "R/adult".parse().unwrap(),
                    quantity: count,
                    zone: None,
                };
                self.hold(buyer, best).await;
            }
            Step::Release(nth) => {
                if let Some(hold) = pick(&self.holds, nth) {
                    may_be_refused(self.buyer(&hold.person).release(&hold).await);
                }
            }
            Step::Order(nth) => {
                if let Some(hold) = pick(&self.holds, nth) {
                    let ordered = self.buyer(&hold.person).try_order(hold.id).await;
                    self.purchases.extend(may_be_refused(ordered));
                }
            }
            Step::AnotherCard(nth) => {
                if let Some(purchase) = pick(&self.purchases, nth) {
                    may_be_refused(self.buyer(&purchase.person).try_next(&purchase).await);
                }
            }
            Step::Cancel(nth) => {
                if let Some(purchase) = pick(&self.purchases, nth) {
                    may_be_refused(self.buyer(&purchase.person).cancel(&purchase).await);
                }
            }
            Step::Confirm(nth) => self.confirm(nth).await,
            Step::Charge(nth) => self.charge(nth).await,
            Step::ChargeUnheard(nth) => self.charge_unheard(nth).await,
            Step::Decline(nth) => self.decline(nth).await,
            Step::Refund { purchase, tickets } => {
                if let Some(purchase) = pick(&self.purchases, purchase) {
                    let purchase = self.shop.row::<Purchase>((purchase.id,)).await;
                    let tickets = &purchase.tickets[..tickets.min(purchase.tickets.len())];
                    let asked = self
                        .buyer(&purchase.person)
                        .try_refund(&purchase, tickets, None)
                        .await;
                    may_be_refused(asked);
                }
            }
            Step::GiveBack(nth) => {
                if let Some(refund) = self.requested(nth).await {
                    self.shop.give_back(&refund).await;
                }
            }
            Step::AskAgain(nth) => self.answer_refund(nth, RefundAnswer::AskAgain).await,
            Step::RefuseToGiveBack(nth) => {
                let refused = RefundAnswer::Refused {
                    code: "NOT_CANCELABLE".to_owned(),
                    message: "no".to_owned(),
                };
                self.answer_refund(nth, refused).await;
            }
            Step::Wait(length) => {
                self.shop.wait(length);
                self.shop.sweep().await;
            }
        }
        self.remember_refunds().await;
    }

    fn buyer(&self, person: &ticketon_core::ids::Person) -> Buyer<'_> {
        self.shop.buyer(person.as_str())
    }

    async fn hold(&mut self, buyer: usize, seats: Seats) {
        let held = self.shop.buyer(BUYERS[buyer]).ask_for(seats).await;
        self.holds.extend(may_be_refused(held));
    }

    async fn confirm(&mut self, nth: usize) {
        let Some(purchase) = pick(&self.purchases, nth) else {
            return;
        };
        let purchase = self.shop.row::<Purchase>((purchase.id,)).await;
        let begun = self.buyer(&purchase.person).try_confirm(&purchase).await;
        if let Some(Begun::Ask(payment)) = may_be_refused(begun) {
            self.asked.push(Asked {
                order_id: payment.order_id,
                purchase,
                is_charged: false,
            });
        }
    }

    async fn charge(&mut self, nth: usize) {
        let Some(asked) = pick_mut(&mut self.asked, nth) else {
            return;
        };
        let was_charged = std::mem::replace(&mut asked.is_charged, true);
        let asked = asked.clone();
        let buyer = self.buyer(&asked.purchase.person);
        if was_charged {
            buyer.hears_paid(asked.purchase.id, &asked.order_id).await;
        } else {
            buyer.is_charged_for(asked.purchase.id, &asked.order_id).await;
        }
    }

    async fn charge_unheard(&mut self, nth: usize) {
        let Some(asked) = pick(&self.asked, nth) else {
            return;
        };
        let payment = self.shop.row::<Payment>((asked.order_id.clone(),)).await;
        if matches!(payment.state, PaymentState::Approving(_)) && !asked.is_charged {
            self.shop.bank.take(&asked.order_id, payment.amount);
            if let Some(asked) = pick_mut(&mut self.asked, nth) {
                asked.is_charged = true;
            }
        }
    }

    /// The bank does not decline what it has charged.
    async fn decline(&mut self, nth: usize) {
        let Some(asked) = pick(&self.asked, nth).filter(|asked| !asked.is_charged) else {
            return;
        };
        self.buyer(&asked.purchase.person)
            .is_declined(&asked.purchase)
            .await;
    }

    async fn requested(&self, nth: usize) -> Option<Refund> {
        let refund = pick(&self.refunds, nth)?;
        let refund = self.shop.row::<Refund>((refund.id,)).await;
        matches!(refund.state, RefundState::Requested { .. }).then_some(refund)
    }

    async fn answer_refund(&mut self, nth: usize, answer: RefundAnswer) {
        if let Some(refund) = self.requested(nth).await {
            settle_refund(&self.shop.cx, refund.id, answer).await.unwrap();
        }
    }

    /// Those that were asked for, and those that asked for themselves.
    async fn remember_refunds(&mut self) {
        for purchase in &self.purchases {
            let purchase = self.shop.row::<Purchase>((purchase.id,)).await;
            for id in purchase.refunds {
                if self.refunds.iter().all(|known| known.id != id) {
                    self.refunds.push(self.shop.row::<Refund>((id,)).await);
                }
            }
        }
    }

    /// Everything but the horizon, which these steps may well pass.
    async fn keeps_its_promises(&self) {
        let basis = Basis {
            payment_horizon: Duration::from_hours(24 * 1_000),
            ..self.shop.basis()
        };
        verify_against(&*self.shop.cx.reads, self.shop.cx.now(), &basis)
            .await
            .unwrap()
            .assert_kept();
    }

    /// The bank answers everything, and what nobody paid runs out.
    async fn comes_to_rest(&mut self) {
        for nth in 0..self.asked.len() {
            if self.asked[nth].is_charged {
                self.charge(nth).await;
            } else {
                self.decline(nth).await;
            }
        }
        self.take(Step::Wait(Duration::from_hours(1))).await;
        for nth in 0..self.refunds.len() {
            self.take(Step::GiveBack(nth)).await;
        }
        self.shop.keeps_its_promises().await;
    }

    /// What the books say the bank has kept: what is still owed to the shop, and what it refused to give back.
    async fn owed(&self) -> Won {
        let mut owed = Won::ZERO;
        let mut seen = Vec::new();
        for purchase in &self.purchases {
            let purchase = self.shop.row::<Purchase>((purchase.id,)).await;
            let was_paid = matches!(purchase.state, PurchaseState::Paid | PurchaseState::Refunded);
            if was_paid && !seen.contains(&purchase.id) {
                seen.push(purchase.id);
                owed = owed + purchase.amount();
            }
        }
        for refund in &self.refunds {
            let refund = self.shop.row::<Refund>((refund.id,)).await;
            if matches!(refund.state, RefundState::Failed { .. }) {
                owed = owed + refund.amount;
            }
        }
        owed
    }
}

/// A rule may refuse; a fault of ours, or a shop too busy for three buyers, may not.
fn may_be_refused<T>(outcome: Result<T, Code>) -> Option<T> {
    if let Err(code) = &outcome {
        assert!(!matches!(code, Code::Internal | Code::Unavailable), "{code:?}");
    }
    outcome.ok()
}

fn pick<T: Clone>(among: &[T], nth: usize) -> Option<T> {
    among.get(nth.checked_rem(among.len())?).cloned()
}

fn pick_mut<T>(among: &mut [T], nth: usize) -> Option<&mut T> {
    let nth = nth.checked_rem(among.len())?;
    among.get_mut(nth)
}

fn seat_key(number: u32) -> String {
    let row = if number < 6 { "A" } else { "B" };
    format!("{row}-{}", number % 6 + 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn every_promise_holds_after_every_step(steps in prop::collection::vec(any_step(), 1..100)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut sale = Sale::open().await;
            for step in steps {
                sale.take(step).await;
                sale.keeps_its_promises().await;
            }
            sale.comes_to_rest().await;
            assert_eq!(sale.shop.bank.kept(), sale.owed().await);
        });
    }
}
