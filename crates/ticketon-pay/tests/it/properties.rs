//! Whatever happens in whatever order: taken less given back is the balance, no order is charged twice, a key
//! is answered alike for ever, and a sandbox made from its records is the same sandbox.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use ticketon_pay::sandbox::{Answer, Books, Card};
use ticketon_pay::{Attempt, Call, LookedUp, OrderId, PaymentKey, Refund, Status, Won};

use crate::support::Machine;

const AMOUNT: i64 = 10_000;

#[derive(Debug, Clone, Copy)]
enum Act {
    Choose {
        order: u8,
        card: usize,
    },
    Confirm {
        order: u8,
        number: u32,
    },
    GiveBack {
        order: u8,
        refund: u8,
        number: u32,
        amount: Option<i64>,
    },
    Wait {
        minutes: u64,
    },
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..3u8, 0..Card::ALL.len()).prop_map(|(order, card)| Act::Choose { order, card }),
        5 => (0..3u8, 1..3u32).prop_map(|(order, number)| Act::Confirm { order, number }),
        5 => (0..3u8, 0..4u8, 1..3u32, proptest::option::of(1..=AMOUNT))
            .prop_map(|(order, refund, number, amount)| Act::GiveBack { order, refund, number, amount }),
        1 => (0..15u64).prop_map(|minutes| Act::Wait { minutes }),
        1 => Just(Act::Restart),
    ]
}

struct World {
    machine: Machine,
    keys: BTreeMap<u8, PaymentKey>,
    /// The first final answer of each idempotency key.
    heard: BTreeMap<String, Answer>,
}

impl World {
    fn act(&mut self, act: Act) {
        match act {
            Act::Choose { order, card } => {
                if let Ok(key) = self.machine.open(&order_id(order), AMOUNT, Some(Card::ALL[card])) {
                    let known = self.keys.entry(order).or_insert_with(|| key.clone());
                    assert_eq!(*known, key, "an order has one payment");
                }
            }
            Act::Confirm { order, number } => {
                if let Some(key) = self.keys.get(&order) {
                    let order_id = OrderId::new(order_id(order)).unwrap();
                    let attempt = Attempt::numbered(order_id, Won(AMOUNT), number).unwrap();
                    self.post(attempt.confirm(key));
                }
            }
            Act::GiveBack {
                order,
                refund,
                number,
                amount,
            } => {
                if let Some(key) = self.keys.get(&order).cloned() {
                    let id = format!("R{refund}");
                    let refund = match amount {
                        Some(amount) => Refund::part(key, Won(amount), id, "ill"),
                        None => Refund::whole(key, id, "ill"),
                    };
                    self.post(refund.unwrap().numbered(number).cancel());
                }
            }
            Act::Wait { minutes } => self.machine.pass(Duration::from_mins(minutes)),
            Act::Restart => self.machine.sandbox = self.machine.restored(),
        }
    }

    /// Half of the answers are as good as lost: nobody acts on them, and the same call may come again.
    fn post(&mut self, call: Call) {
        let key = call.idempotency_key.as_ref().map(ToString::to_string).unwrap();
        let answer = self.machine.call(call);
        if answer.status >= 500 {
            return;
        }
        let first = self.heard.entry(key).or_insert_with(|| answer.clone());
        assert_eq!(
            (first.status, &first.body),
            (answer.status, &answer.body),
            "a key is answered alike"
        );
    }

    fn check(&mut self) {
        assert_eq!(self.machine.restored(), self.machine.sandbox);
        let mut books = Books::default();
        for record in self.machine.records.clone() {
            books.enter(record);
        }
        for order in self.keys.keys().copied().collect::<Vec<_>>() {
            let LookedUp::Found(payment) = self.machine.look_up(&order_id(order)) else {
                panic!("an open payment is found");
            };
            let is_charged = matches!(
                payment.status,
                Status::Done | Status::PartialCanceled | Status::Canceled
            );
            let account = books.accounts.get(payment.order_id.as_str());
            assert_eq!(account.is_some(), is_charged);
            if let Some(account) = account {
                assert_eq!(account.taken, [Won(AMOUNT)], "charged once");
                assert_eq!(Won(AMOUNT) - account.given_back_total(), payment.balance_amount);
                assert!(payment.balance_amount >= Won::ZERO);
                let shown: Won = payment.cancels.iter().map(|cancel| cancel.cancel_amount).sum();
                assert_eq!(shown, account.given_back_total());
            }
        }
    }
}

fn order_id(order: u8) -> String {
    format!("ORDER-{order}")
}

proptest! {
    #[test]
    fn money_adds_up_after_any_series_of_acts(acts in proptest::collection::vec(act(), 1..40)) {
        let mut world = World { machine: Machine::new(), keys: BTreeMap::new(), heard: BTreeMap::new() };
        for act in acts {
            world.act(act);
            world.check();
        }
    }
}
