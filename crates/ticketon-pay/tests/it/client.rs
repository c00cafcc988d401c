//! The real client against the sandbox over real HTTP.

use std::time::Duration;

use ticketon_pay::sandbox::{Books, Card, Latency, Ledger, Request, Sandbox};
use ticketon_pay::{
    Backoff, BadKeys, Call, Code, Keys, LookedUp, NoClient, OrderId, OurFault, Outcome, PaymentKey, Refund,
    RefundOutcome, Settings, Status, Toss, Unknown, Won,
};

use crate::support::{Listening, attempt, paid, refunded};

const SOON: Backoff = Backoff::for_at_most(Duration::from_secs(20));

#[tokio::test]
async fn a_buyer_pays_and_gets_a_part_back() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    let payment = paid(toss.confirm(&attempt("T7K3Q9-1", 110_000), &key).await);
    assert_eq!(payment.method.as_deref(), Some("카드"));
    let refund = Refund::part(key.clone(), Won(30_000), "R1", "a friend is ill").unwrap();
    let back = refunded(toss.cancel(&refund).await);
    assert_eq!(
        (back.amount(), back.payment.balance_amount),
        (Won(30_000), Won(80_000))
    );
    let LookedUp::Found(payment) = toss.look_up_payment(&key).await else {
        panic!("it exists")
    };
    assert_eq!(payment.cancels[0].cancel_reason, "a friend is ill (R1)");
}

#[tokio::test]
async fn an_answer_cut_after_the_charge_is_settled_as_paid_with_one_charge() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toss.ledger");
    let (ledger, sandbox) = Ledger::open(&path, &Keys::sandbox()).unwrap();
    let provider = Listening::start(sandbox, Some(ledger), Latency::none()).await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::AnswerLost, "T7K3Q9-1", 110_000).await;
    let attempt = attempt("T7K3Q9-1", 110_000);
    let lost = toss.confirm(&attempt, &key).await;
    assert!(matches!(lost, Outcome::Unknown(Unknown::NoAnswer(_))), "{lost:?}");
    paid(toss.settle(&attempt, SOON).await);
    assert_eq!(taken(&Ledger::read(&path).unwrap(), "T7K3Q9-1"), [Won(110_000)]);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_settled_as_paid() {
    let provider = Listening::prompt().await;
    let settings = Settings {
        read_timeout: Duration::from_millis(300),
        ..provider.settings()
    };
    let settings = Settings {
        connect_timeout: Duration::from_millis(200),
        ..settings
    };
    let toss = Toss::with(&Keys::sandbox(), settings).unwrap();
    let key = provider.buyer_chose(Card::AnswerLate, "T7K3Q9-1", 110_000).await;
    let attempt = attempt("T7K3Q9-1", 110_000);
    let lost = toss.confirm(&attempt, &key).await;
    assert!(
        matches!(&lost, Outcome::Unknown(Unknown::NoAnswer(why)) if why.contains("time-out")),
        "{lost:?}"
    );
    paid(toss.settle(&attempt, SOON).await);
}

#[tokio::test]
async fn two_confirms_at_once_charge_once_and_the_second_hears_the_first_answer() {
    let sandbox = Sandbox::new(&Keys::sandbox());
    let slow = Latency::seeded(7, Duration::from_millis(200));
    let provider = Listening::start(sandbox, None, slow).await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    let attempt = attempt("T7K3Q9-1", 110_000);
    let (one, two) = tokio::join!(toss.confirm(&attempt, &key), toss.confirm(&attempt, &key));
    let (winner, loser) = if matches!(one, Outcome::Paid(_)) {
        (one, two)
    } else {
        (two, one)
    };
    let busy = |code: &Code| *code == Code::IdempotentRequestProcessing;
    assert!(
        matches!(&loser, Outcome::Unknown(Unknown::Unclear { code, .. }) if busy(code)),
        "{loser:?}"
    );
    assert_eq!(paid(winner), paid(toss.settle(&attempt, SOON).await));
}

#[tokio::test]
async fn a_provider_that_failed_before_charging_is_asked_again() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::Stumbles, "T7K3Q9-1", 110_000).await;
    let attempt = attempt("T7K3Q9-1", 110_000);
    assert!(matches!(
        toss.confirm(&attempt, &key).await,
        Outcome::Unknown(Unknown::Unclear { .. })
    ));
    paid(toss.settle(&attempt, SOON).await);
}

#[tokio::test]
async fn a_declined_card_is_not_charged_and_settles_so() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::Rejected, "T7K3Q9-1", 110_000).await;
    let attempt = attempt("T7K3Q9-1", 110_000);
    let Outcome::Declined(declined) = toss.confirm(&attempt, &key).await else {
        panic!("declined")
    };
    assert_eq!(
        (declined.code, declined.may_retry),
        (Code::RejectCardCompany, true)
    );
    assert_eq!(declined.message, "결제 승인이 거절되었습니다.");
    assert_eq!(toss.settle(&attempt, SOON).await, Outcome::NotCharged);
}

#[tokio::test]
async fn an_order_that_the_provider_never_saw_is_not_charged() {
    let toss = Listening::prompt().await.client();
    assert_eq!(
        toss.settle(&attempt("T7K3Q9-1", 110_000), SOON).await,
        Outcome::NotCharged
    );
    let nobody = PaymentKey::new("tsandnobody").unwrap();
    assert_eq!(
        toss.confirm(&attempt("T7K3Q9-1", 110_000), &nobody).await,
        Outcome::NotCharged
    );
}

#[tokio::test]
async fn money_taken_for_another_amount_is_never_called_paid() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    paid(toss.confirm(&attempt("T7K3Q9-1", 110_000), &key).await);
    let wrong = toss.settle(&attempt("T7K3Q9-1", 90_000), SOON).await;
    assert!(
        matches!(wrong, Outcome::OurFault(OurFault::Mismatch { .. })),
        "{wrong:?}"
    );
    let replayed = toss.confirm(&attempt("T7K3Q9-1", 90_000), &key).await;
    assert!(
        matches!(replayed, Outcome::OurFault(OurFault::Mismatch { .. })),
        "{replayed:?}"
    );
}

#[tokio::test]
async fn a_repeat_that_is_refused_does_not_say_what_became_of_the_first() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    let other_amount = attempt("T7K3Q9-1", 90_000);
    let unsettled = toss
        .settle(&other_amount, Backoff::for_at_most(Duration::from_millis(50)))
        .await;
    let is_open = matches!(
        unsettled,
        Outcome::Unknown(Unknown::Unclear {
            code: Code::ForbiddenRequest,
            ..
        })
    );
    assert!(is_open, "{unsettled:?}");
}

#[tokio::test]
async fn money_given_back_behind_our_back_is_not_called_paid() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    paid(toss.confirm(&attempt("T7K3Q9-1", 110_000), &key).await);
    refunded(toss.cancel(&Refund::whole(key, "R1", "ill").unwrap()).await);
    let gone = toss.settle(&attempt("T7K3Q9-1", 110_000), SOON).await;
    assert!(
        matches!(gone, Outcome::OurFault(OurFault::GivenBack { .. })),
        "{gone:?}"
    );
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_gives_back_once() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    let key = provider
        .buyer_chose(Card::RefundAnswerLost, "T7K3Q9-1", 110_000)
        .await;
    paid(toss.confirm(&attempt("T7K3Q9-1", 110_000), &key).await);
    let refund = Refund::part(key.clone(), Won(30_000), "R1", "ill").unwrap();
    let lost = toss.cancel(&refund).await;
    assert!(
        matches!(lost, RefundOutcome::Unknown(Unknown::NoAnswer(_))),
        "{lost:?}"
    );
    let by_look_up = refunded(toss.settle_refund(&refund, SOON).await);
    let by_repeat = refunded(toss.cancel(&refund).await);
    assert_eq!(by_look_up, by_repeat);
    assert_eq!(by_repeat.payment.balance_amount, Won(80_000));
}

#[tokio::test]
async fn a_whole_refund_of_what_is_already_back_is_refunded_and_a_part_is_refused() {
    let provider = Listening::prompt().await;
    let toss = provider.client();
    let key = provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    paid(toss.confirm(&attempt("T7K3Q9-1", 110_000), &key).await);
    refunded(
        toss.cancel(&Refund::whole(key.clone(), "BYHAND", "ill").unwrap())
            .await,
    );
    let whole = refunded(
        toss.cancel(&Refund::whole(key.clone(), "R1", "ill").unwrap())
            .await,
    );
    assert_eq!((whole.cancel.as_ref(), whole.amount()), (None, Won::ZERO));
    let part = toss
        .settle_refund(&Refund::part(key, Won(1_000), "R2", "ill").unwrap(), SOON)
        .await;
    assert!(
        matches!(
            part,
            RefundOutcome::Refused {
                code: Code::AlreadyCanceledPayment,
                ..
            }
        ),
        "{part:?}"
    );
}

#[tokio::test]
async fn keys_that_the_provider_does_not_know_say_nothing_about_the_money() {
    let provider = Listening::prompt().await;
    let strange = Keys::new("test_ck_strange", "test_sk_strange").unwrap();
    let toss = Toss::with(&strange, provider.settings()).unwrap();
    let attempt = attempt("T7K3Q9-1", 110_000);
    let key = provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    let refused = toss.confirm(&attempt, &key).await;
    assert!(matches!(
        refused,
        Outcome::OurFault(OurFault::Refused {
            code: Code::UnauthorizedKey,
            ..
        })
    ));
    let unsettled = toss
        .settle(&attempt, Backoff::for_at_most(Duration::from_millis(50)))
        .await;
    assert!(matches!(
        unsettled,
        Outcome::Unknown(Unknown::Unclear {
            code: Code::UnauthorizedKey,
            ..
        })
    ));
}

#[tokio::test]
async fn a_provider_that_is_away_was_sent_nothing() {
    let toss = Toss::with(&Keys::sandbox(), Settings::at("http://127.0.0.1:1")).unwrap();
    let key = PaymentKey::new("tsand1").unwrap();
    let outcome = toss.confirm(&attempt("T7K3Q9-1", 110_000), &key).await;
    assert!(
        matches!(outcome, Outcome::Unknown(Unknown::NotSent(_))),
        "{outcome:?}"
    );
    let looked_up = toss.look_up(&OrderId::new("T7K3Q9-1").unwrap()).await;
    assert!(
        matches!(looked_up, LookedUp::Unknown(Unknown::NotSent(_))),
        "{looked_up:?}"
    );
}

#[tokio::test]
async fn more_callers_than_connections_wait_their_turn() {
    let provider = Listening::prompt().await;
    let settings = Settings {
        calls_max: 2,
        ..provider.settings()
    };
    let toss = Toss::with(&Keys::sandbox(), settings).unwrap();
    provider.buyer_chose(Card::Approved, "T7K3Q9-1", 110_000).await;
    let order_id = OrderId::new("T7K3Q9-1").unwrap();
    let calls = futures_util::future::join_all((0..20).map(|_| toss.look_up(&order_id))).await;
    assert!(
        calls
            .iter()
            .all(|found| matches!(found, LookedUp::Found(p) if p.status == Status::InProgress))
    );
}

#[test]
fn a_live_key_is_said_aloud() {
    let live = Keys::new("live_ck_a", "live_sk_a").unwrap();
    assert!(matches!(Toss::new(&live), Err(NoClient::Keys(BadKeys::Live))));
    assert!(Toss::live(&live, Settings::default()).unwrap().is_live());
}

#[test]
fn no_secret_is_printed_by_whoever_holds_it() {
    let keys = Keys::sandbox();
    let call = Call::look_up(&OrderId::new("T7K3Q9-1").unwrap());
    let printed = format!(
        "{:?} {:?} {:?}",
        Toss::new(&keys).unwrap(),
        Sandbox::new(&keys),
        Request::of(call, &keys)
    );
    // As it is, and as the header carries it.
    for secret in ["test_sk_", "dGVzdF9za1"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

fn taken<'a>(books: &'a Books, order_id: &str) -> &'a [Won] {
    &books.accounts[order_id].taken
}
