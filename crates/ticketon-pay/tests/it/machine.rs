//! The state machine's rules, one by one.

use std::time::Duration;

use ticketon_pay::sandbox::{Answer, Begun, Card, Delivery, Request};
use ticketon_pay::{
    Class, Code, Keys, LookedUp, OurFault, Outcome, Payment, Refund, RefundOutcome, Status, Unknown, Won,
};

use crate::support::{Machine, attempt, paid, refunded};

const MINUTE: Duration = Duration::from_mins(1);

fn code(answer: &Answer) -> String {
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    body["code"].as_str().unwrap().to_owned()
}

fn code_of(outcome: RefundOutcome) -> Code {
    match outcome {
        RefundOutcome::Refused { code, .. }
        | RefundOutcome::OurFault(OurFault::Refused { code, .. })
        | RefundOutcome::Unknown(Unknown::Unclear { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

fn money(payment: &Payment) -> (Status, Won, Won) {
    (
        payment.status.clone(),
        payment.total_amount,
        payment.balance_amount,
    )
}

#[test]
fn a_good_card_pays_once_and_a_repeat_hears_the_same_bytes() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    let attempt = attempt("T7K3Q9-1", 110_000);
    let first = machine.call(attempt.confirm(&key));
    machine.pass(Duration::from_hours(14 * 24));
    let again = machine.call(attempt.confirm(&key));
    assert_eq!((first.status, &first.body), (200, &again.body));
    assert_eq!(again.trace_id.split(',').next(), Some(first.trace_id.as_str()));
    assert_eq!(again.trace_id.split(',').count(), 2);
    assert_eq!(
        money(&paid(attempt.judge_reply(&again.reply()))),
        (Status::Done, Won(110_000), Won(110_000))
    );
}

#[test]
fn after_fifteen_days_a_key_is_new_and_the_payment_still_charged_once() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    let attempt = attempt("T7K3Q9-1", 110_000);
    paid(machine.confirm(&attempt, &key));
    machine.pass(Duration::from_hours(15 * 24));
    assert_eq!(
        code(&machine.call(attempt.confirm(&key))),
        "ALREADY_PROCESSED_PAYMENT"
    );
}

#[test]
fn another_key_does_not_charge_again() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    let first = attempt("T7K3Q9-1", 110_000);
    paid(machine.confirm(&first, &key));
    let second = ticketon_pay::Attempt::numbered(first.order_id().clone(), first.amount(), 2).unwrap();
    assert_eq!(
        code(&machine.call(second.confirm(&key))),
        "ALREADY_PROCESSED_PAYMENT"
    );
}

#[test]
fn while_a_key_runs_it_answers_409_and_another_key_does_not_wait() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    let attempt = attempt("T7K3Q9-1", 110_000);
    let request = Request::of(attempt.confirm(&key), &Keys::sandbox());
    let Begun::Running(running) = machine.begin(request.clone()) else {
        panic!("answered at once")
    };
    let busy = machine.send(request.clone());
    assert_eq!(
        (busy.status, code(&busy).as_str()),
        (409, "IDEMPOTENT_REQUEST_PROCESSING")
    );
    assert_eq!(machine.payment("T7K3Q9-1").status, Status::InProgress);
    let first = machine.finish(running);
    assert_eq!(machine.send(request).body, first.body);
}

#[test]
fn a_declined_card_aborts_the_payment_and_the_order_needs_a_new_id() {
    for (card, expected) in [
        (Card::Rejected, Code::RejectCardCompany),
        (Card::Insufficient, Code::RejectCardPayment),
        (Card::Stopped, Code::InvalidStoppedCard),
    ] {
        let mut machine = Machine::new();
        let key = machine.buyer_chose(card, "T7K3Q9-1", 110_000);
        for _ in 0..2 {
            match machine.confirm(&attempt("T7K3Q9-1", 110_000), &key) {
                Outcome::Declined(declined) => {
                    assert_eq!((declined.code, declined.may_retry), (expected.clone(), true));
                }
                other => panic!("{other:?}"),
            }
        }
        let payment = machine.payment("T7K3Q9-1");
        assert_eq!(
            (payment.status, payment.failure.unwrap().code),
            (Status::Aborted, expected)
        );
        assert_eq!(
            machine.open("T7K3Q9-1", 110_000, Some(Card::Approved)),
            Err(Code::DuplicatedOrderId)
        );
        let second = machine.buyer_chose(Card::Approved, "T7K3Q9-2", 110_000);
        paid(machine.confirm(&attempt("T7K3Q9-2", 110_000), &second));
    }
}

#[test]
fn an_answer_is_lost_after_the_charge_and_once() {
    for (card, delivery) in [
        (Card::AnswerLost, Delivery::Cut),
        (Card::AnswerLate, Delivery::Late),
    ] {
        let mut machine = Machine::new();
        let key = machine.buyer_chose(card, "T7K3Q9-1", 110_000);
        let attempt = attempt("T7K3Q9-1", 110_000);
        assert_eq!(machine.call(attempt.confirm(&key)).delivery, delivery);
        assert_eq!(machine.payment("T7K3Q9-1").status, Status::Done);
        assert_eq!(machine.call(attempt.confirm(&key)).delivery, Delivery::Prompt);
    }
}

#[test]
fn a_provider_that_stumbles_has_charged_nothing_and_charges_the_repeat() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Stumbles, "T7K3Q9-1", 110_000);
    let attempt = attempt("T7K3Q9-1", 110_000);
    assert!(matches!(
        machine.confirm(&attempt, &key),
        Outcome::Unknown(Unknown::Unclear { .. })
    ));
    assert_eq!(machine.payment("T7K3Q9-1").status, Status::InProgress);
    paid(machine.confirm(&attempt, &key));
}

#[test]
fn the_slow_card_says_so() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Slow, "T7K3Q9-1", 110_000);
    let request = Request::of(attempt("T7K3Q9-1", 110_000).confirm(&key), &Keys::sandbox());
    let Begun::Running(running) = machine.begin(request) else {
        panic!("answered at once")
    };
    assert!(running.slowness() > Duration::ZERO);
    machine.finish(running);
}

#[test]
fn sessions_end_after_thirty_minutes_open_and_ten_authenticated() {
    let mut machine = Machine::new();
    let waiting = machine.open("WAITING-1", 110_000, None).unwrap();
    machine.pass(29 * MINUTE);
    assert_eq!(machine.payment("WAITING-1").status, Status::Ready);
    assert_eq!(
        machine.confirm(&attempt("WAITING-1", 110_000), &waiting),
        Outcome::NotCharged
    );
    machine.buyer_chose(Card::Approved, "WAITING-1", 110_000);
    machine.pass(9 * MINUTE);
    assert_eq!(machine.payment("WAITING-1").status, Status::InProgress);
    machine.pass(MINUTE);
    let refused = machine.call(attempt("WAITING-1", 110_000).confirm(&waiting));
    assert_eq!(
        (refused.status, code(&refused).as_str()),
        (404, "NOT_FOUND_PAYMENT_SESSION")
    );
    let payment = machine.payment("WAITING-1");
    assert_eq!(payment.failure.as_ref().unwrap().code.as_str(), "EXPIRED_PAYMENT");
    assert_eq!(
        (payment.status, payment.approved_at, payment.method),
        (Status::Expired, None, None)
    );
    assert_eq!(
        machine.open("WAITING-1", 110_000, None),
        Err(Code::DuplicatedOrderId)
    );
}

#[test]
fn a_reloaded_window_is_the_same_payment() {
    let mut machine = Machine::new();
    let first = machine.open("T7K3Q9-1", 110_000, None).unwrap();
    assert_eq!(machine.buyer_chose(Card::Rejected, "T7K3Q9-1", 110_000), first);
    assert_eq!(machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000), first);
    assert_eq!(
        machine.open("T7K3Q9-1", 90_000, None),
        Err(Code::DuplicatedOrderId)
    );
    paid(machine.confirm(&attempt("T7K3Q9-1", 110_000), &first));
}

#[test]
fn a_confirm_must_name_the_order_and_amount_of_the_window() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    machine.buyer_chose(Card::Approved, "OTHERS-1", 110_000);
    let cheap = machine.call(attempt("T7K3Q9-1", 100).confirm(&key));
    assert_eq!((cheap.status, code(&cheap).as_str()), (403, "FORBIDDEN_REQUEST"));
    let foreign = machine.call(attempt("OTHERS-1", 110_000).confirm(&key));
    assert_eq!(code(&foreign), "NOT_FOUND_PAYMENT_SESSION");
    assert_eq!(machine.payment("T7K3Q9-1").status, Status::InProgress);
}

#[test]
fn a_window_asks_for_a_card_that_exists_and_for_a_hundred_won() {
    let mut machine = Machine::new();
    assert_eq!(machine.open("T7K3Q9-1", 99, None), Err(Code::BelowMinimumAmount));
    let mut window = crate::support::window("T7K3Q9-1", 100, None);
    window.card = Some("4111111111111111".to_owned());
    assert_eq!(
        machine.sandbox.open(window, machine.now, 1),
        Err(Code::InvalidCardNumber)
    );
    assert_eq!(machine.look_up("T7K3Q9-1"), LookedUp::NotFound);
}

#[test]
fn parts_that_add_up_leave_partial_canceled_with_nothing_left() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    paid(machine.confirm(&attempt("T7K3Q9-1", 110_000), &key));
    let part = |amount, id| Refund::part(key.clone(), Won(amount), id, "ill").unwrap();
    let first = refunded(machine.cancel(&part(30_000, "R1")));
    assert_eq!(
        (first.amount(), first.payment.balance_amount),
        (Won(30_000), Won(80_000))
    );
    assert_eq!(
        code_of(machine.cancel(&part(80_001, "R2"))),
        Code::NotCancelableAmount
    );
    let last = refunded(machine.cancel(&part(80_000, "R3")));
    assert_eq!(
        money(&last.payment),
        (Status::PartialCanceled, Won(110_000), Won::ZERO)
    );
    assert_eq!(code_of(machine.cancel(&part(1, "R4"))), Code::NotCancelableAmount);
    let again = refunded(machine.cancel(&part(30_000, "R1")));
    assert_eq!(
        again.payment.balance_amount,
        Won(80_000),
        "a replay tells of then"
    );
}

#[test]
fn a_whole_refund_is_said_to_be_one() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    paid(machine.confirm(&attempt("T7K3Q9-1", 110_000), &key));
    let whole = |id| Refund::whole(key.clone(), id, "cancelled").unwrap();
    assert_eq!(
        money(&refunded(machine.cancel(&whole("R1"))).payment),
        (Status::Canceled, Won(110_000), Won::ZERO)
    );
    let code = code_of(machine.cancel(&whole("R2")));
    assert_eq!(
        (code.class(), code.as_str()),
        (Class::AlreadyCancelled, "ALREADY_CANCELED_PAYMENT")
    );
}

#[test]
fn a_refund_that_expects_another_balance_is_refused() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    paid(machine.confirm(&attempt("T7K3Q9-1", 110_000), &key));
    let refund = Refund::part(key, Won(10_000), "R1", "ill").unwrap();
    let refused = machine.cancel(&refund.clone().while_refundable(Won(100_000)));
    assert_eq!(code_of(refused), Code::NotMatchesRefundableAmount);
    refunded(machine.cancel(&refund.numbered(2).while_refundable(Won(110_000))));
}

#[test]
fn what_was_never_charged_cannot_be_given_back() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    let refund = Refund::whole(key, "R1", "ill").unwrap();
    assert_eq!(code_of(machine.cancel(&refund)), Code::NotCancelablePayment);
}

#[test]
fn a_changed_record_does_not_follow() {
    let mut machine = Machine::new();
    let key = machine.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000);
    paid(machine.confirm(&attempt("T7K3Q9-1", 110_000), &key));
    let charge = machine.records.pop().unwrap();
    let mut sandbox = machine.restored();
    sandbox.apply(&charge).unwrap();
    assert!(sandbox.apply(&charge).is_err(), "charged twice");
}
