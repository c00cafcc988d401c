//! Replies that the sandbox does not give, and what they mean.

use super::Judged;
use crate::attempt::Attempt;
use crate::call::Reply;
use crate::outcome::{LookedUp, OurFault, Outcome, RefundOutcome, Unknown};
use crate::payment::Status;
use crate::refund::Refund;
use crate::won::Won;
use crate::{Code, PaymentKey};

fn attempt() -> Attempt {
    Attempt::new("T7K3Q9-1", Won(110_000)).unwrap()
}

fn confirmed(status: u16, body: &str) -> Outcome {
    attempt().judge_reply(&Reply {
        status,
        body: body.as_bytes().to_vec(),
    })
}

fn payment(status: &str, total: i64, balance: i64, more: &str) -> String {
    format!(
        r#"{{"paymentKey":"tsand1","orderId":"T7K3Q9-1","status":"{status}","currency":"KRW",
            "totalAmount":{total}.0,"balanceAmount":{balance}{more}}}"#
    )
}

fn error(code: &str) -> String {
    format!(r#"{{"code":"{code}","message":"because"}}"#)
}

#[test]
fn only_the_order_and_amount_that_were_asked_are_paid() {
    assert!(matches!(
        confirmed(200, &payment("DONE", 110_000, 110_000, "")),
        Outcome::Paid(_)
    ));
    let wrong = [
        payment("DONE", 90_000, 90_000, ""),
        payment("DONE", 110_000, 110_000, "").replace("T7K3Q9-1", "SOMEONE-ELSES"),
        payment("DONE", 110_000, 110_000, "").replace("KRW", "USD"),
        payment("DONE", 110_000, 110_000, "").replace("110000.0", "null"),
    ];
    for body in wrong {
        let outcome = confirmed(200, &body);
        assert!(
            matches!(outcome, Outcome::OurFault(OurFault::Mismatch { .. })),
            "{outcome:?}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_unknown() {
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (204, ""),
        (302, "moved"),
        (404, "<html>"),
        (502, "bad gateway"),
    ] {
        let outcome = confirmed(status, body);
        let is_unreadable =
            matches!(&outcome, Outcome::Unknown(Unknown::Unreadable { status: s, .. }) if *s == status);
        assert!(is_unreadable, "{outcome:?}");
    }
}

#[test]
fn a_server_that_failed_says_nothing_whatever_its_words() {
    for code in [
        "REJECT_CARD_COMPANY",
        "NOT_FOUND_PAYMENT_SESSION",
        "UNAUTHORIZED_KEY",
    ] {
        assert!(
            matches!(
                confirmed(500, &error(code)),
                Outcome::Unknown(Unknown::Unclear { .. })
            ),
            "{code}"
        );
    }
}

#[test]
fn a_code_decides_not_its_status() {
    assert!(matches!(
        confirmed(400, &error("PROVIDER_ERROR")),
        Outcome::Unknown(_)
    ));
    assert!(matches!(
        confirmed(400, &error("A_CODE_OF_TOMORROW")),
        Outcome::Unknown(_)
    ));
    assert!(matches!(
        confirmed(403, &error("ALREADY_CANCELED_PAYMENT")),
        Outcome::Unknown(_)
    ));
    assert!(matches!(confirmed(404, &error("REJECT_CARD_PAYMENT")), Outcome::Declined(d) if d.may_retry));
    assert!(matches!(confirmed(400, &error("BELOW_MINIMUM_AMOUNT")), Outcome::Declined(d) if !d.may_retry));
    assert_eq!(
        confirmed(404, &error("NOT_FOUND_PAYMENT_SESSION")),
        Outcome::NotCharged
    );
    assert!(matches!(
        confirmed(403, &error("FORBIDDEN_REQUEST")),
        Outcome::OurFault(_)
    ));
}

#[test]
fn a_virtual_account_waits_for_the_transfer() {
    let account =
        r#","virtualAccount":{"accountNumber":"X123","bankCode":"20","dueDate":"2026-12-08T12:00:00"}"#;
    let outcome = confirmed(200, &payment("WAITING_FOR_DEPOSIT", 110_000, 110_000, account));
    assert!(
        matches!(&outcome, Outcome::AwaitingDeposit(a) if a.account_number == "X123"),
        "{outcome:?}"
    );
}

#[test]
fn each_state_that_a_look_up_finds_leads_on() {
    let judged = |status: &str, balance: i64| {
        let body = payment(status, 110_000, balance, "");
        attempt().judge(LookedUp::from_reply(&Reply {
            status: 200,
            body: body.into_bytes(),
        }))
    };
    let key = PaymentKey::new("tsand1").unwrap();
    assert!(matches!(
        judged("DONE", 110_000),
        Judged::Settled(Outcome::Paid(_))
    ));
    for undecided in ["READY", "IN_PROGRESS"] {
        assert_eq!(judged(undecided, 110_000), Judged::ConfirmAgain(key.clone()));
    }
    for over in ["ABORTED", "EXPIRED"] {
        assert_eq!(judged(over, 110_000), Judged::Settled(Outcome::NotCharged));
    }
    for (given_back, balance) in [("CANCELED", 0), ("PARTIAL_CANCELED", 10_000), ("DONE", 0)] {
        let is_given_back = matches!(
            judged(given_back, balance),
            Judged::Settled(Outcome::OurFault(OurFault::GivenBack { .. }))
        );
        assert!(is_given_back, "{given_back}");
    }
    let tomorrow = Unknown::Undecided(Status::Unknown("HALF_DONE".to_owned()));
    assert_eq!(judged("HALF_DONE", 110_000), Judged::AskLater(tomorrow));
}

#[test]
fn a_look_up_that_is_refused_says_nothing_about_the_money() {
    let look_up = |status, code| {
        LookedUp::from_reply(&Reply {
            status,
            body: error(code).into_bytes(),
        })
    };
    assert_eq!(look_up(404, "NOT_FOUND_PAYMENT"), LookedUp::NotFound);
    assert!(matches!(
        attempt().judge(look_up(401, "UNAUTHORIZED_KEY")),
        Judged::AskLater(_)
    ));
    assert!(matches!(
        attempt().judge(look_up(403, "FORBIDDEN_CONSECUTIVE_REQUEST")),
        Judged::AskLater(_)
    ));
}

#[test]
fn a_cancel_must_name_this_refund_and_its_amount() {
    let refund = Refund::part(PaymentKey::new("tsand1").unwrap(), Won(30_000), "R1", "ill").unwrap();
    let cancelled = |reason: &str, amount: i64| {
        let cancels = format!(r#","cancels":[{{"cancelAmount":{amount},"cancelReason":"{reason}"}}]"#);
        let body = payment("PARTIAL_CANCELED", 110_000, 110_000 - amount, &cancels);
        refund.judge_reply(&Reply {
            status: 200,
            body: body.into_bytes(),
        })
    };
    assert!(matches!(
        cancelled("ill (R1)", 30_000),
        RefundOutcome::Refunded(_)
    ));
    for (reason, amount) in [("ill (R2)", 30_000), ("ill (R1)", 110_000)] {
        let outcome = cancelled(reason, amount);
        assert!(
            matches!(outcome, RefundOutcome::OurFault(OurFault::Mismatch { .. })),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_refund_of_a_payment_that_nobody_knows_is_our_fault() {
    let refund = Refund::whole(PaymentKey::new("tsand1").unwrap(), "R1", "ill").unwrap();
    let outcome = refund.judge_reply(&Reply {
        status: 404,
        body: error("NOT_FOUND_PAYMENT").into_bytes(),
    });
    let expected = OurFault::Refused {
        code: Code::NotFoundPayment,
        message: "because".to_owned(),
    };
    assert_eq!(outcome, RefundOutcome::OurFault(expected));
}
