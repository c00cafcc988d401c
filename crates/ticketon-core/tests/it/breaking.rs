//! Each promise is broken on purpose, and found by its own check; a sale that goes on is no breach.

use std::time::Duration;

use ticketon_core::fact::Position;
use ticketon_core::figures::Figures;
use ticketon_core::hold::{Hold, HoldState};
use ticketon_core::ids::{OrderId, TicketId};
use ticketon_core::payment::{Payment, PaymentState, Receipt};
use ticketon_core::plan::SeatNumber;
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::row::{Reader, RowId};
use ticketon_core::sale::{Allowance, Sale};
use ticketon_core::seat::{Seat, SeatState};
use ticketon_core::store::Version;
use ticketon_core::ticket::{Ticket, TicketState};
use ticketon_core::verify::{Basis, Checked, Promise, ProviderBooks, Report};
use ticketon_core::{Settled, Won, follow_figures, move_cursor, settle_payment, verify, verify_against};

use crate::shop::{OddReads, R, Shop};

/// The broken promises, each with how often.
fn broken(report: &Report) -> Vec<(Promise, u64)> {
    let promises = report.promises.iter();
    promises
        .map(|(promise, checked)| (*promise, checked.broken))
        .filter(|(_, broken)| *broken > 0)
        .collect()
}

fn assert_broken(report: &Report, promise: Promise, row: &RowId) {
    let found = report
        .violations
        .iter()
        .any(|violation| violation.promise == promise && violation.rows.contains(row));
    assert!(found, "{promise} by {row:?}:\n{report}");
}

#[tokio::test]
async fn a_second_live_ticket_is_found() {
    let shop = Shop::open().await;
    let paid = shop.buyer("ana").buy(["A-1"]).await;
    let ticket = shop.row::<Ticket>((paid.tickets[0],)).await;
    let second = Ticket {
        id: TicketId::new(shop.cx.now(), &*shop.cx.entropy),
        ..ticket
    };
    shop.force(second, Version::ABSENT).await;
    let report = shop.report().await;
    assert_broken(&report, Promise::NoSeatSoldTwice, &RowId::Ticket(paid.tickets[0]));
}

#[tokio::test]
async fn a_seat_that_lost_its_ticket_or_its_hold_is_found() {
    for state in [SeatState::Free, SeatState::OffSale] {
        let shop = Shop::open().await;
        shop.buyer("ana").buy(["A-1"]).await;
        shop.buyer("bob").hold(["A-2"]).await;
        for number in [0, 1] {
            let name = (shop.event.performance(), SeatNumber(number));
            shop.tamper::<Seat>(name, |seat| seat.state = state).await;
        }
        let report = shop.report().await;
        for number in [0, 1] {
            assert_broken(&report, Promise::NoSeatSoldTwice, &shop.seat(number));
            assert_broken(&report, Promise::ReplayGivesSameState, &shop.seat(number));
        }
        assert_eq!(
            broken(&report),
            [(Promise::NoSeatSoldTwice, 2), (Promise::ReplayGivesSameState, 2)]
        );
    }
}

#[tokio::test]
async fn a_seat_kept_by_a_hold_that_has_ended_is_found() {
    let shop = Shop::open().await;
    let hold = shop.buyer("ana").hold(["A-1"]).await;
    shop.tamper::<Hold>((hold.id,), |hold| hold.state = HoldState::Released)
        .await;
    let report = shop.report().await;
    assert_broken(&report, Promise::NoSeatSoldTwice, &shop.seat(0));
}

#[tokio::test]
async fn a_sold_seat_whose_ticket_is_void_is_found() {
    let shop = Shop::open().await;
    let paid = shop.buyer("ana").buy(["A-1"]).await;
    shop.tamper::<Ticket>((paid.tickets[0],), |ticket| ticket.state = TicketState::Void)
        .await;
    let report = shop.report().await;
    assert_broken(&report, Promise::NoSeatSoldTwice, &shop.seat(0));
    assert_broken(
        &report,
        Promise::NoPaymentWithoutOutcome,
        &RowId::Purchase(paid.id),
    );
}

#[tokio::test]
async fn an_open_order_whose_hold_does_not_keep_its_seats_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    let purchase = ana.order(&hold).await;
    shop.tamper::<Hold>((hold.id,), |hold| hold.state = HoldState::Expired)
        .await;
    let report = shop.report().await;
    assert_broken(&report, Promise::NoSeatSoldTwice, &RowId::Purchase(purchase.id));
}

#[tokio::test]
async fn books_that_do_not_add_up_are_found() {
    let shop = Shop::open().await;
    let paid = shop.buyer("ana").buy(["A-1"]).await;
    shop.tamper::<Purchase>((paid.id,), |purchase| purchase.lines[0].amount = Won(1))
        .await;
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 1)]);
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Purchase(paid.id));
}

#[tokio::test]
async fn a_charge_of_which_the_books_know_nothing_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let nobodys = OrderId::new("NOBODYS-1").unwrap();
    shop.bank.take(&purchase.order_id(), R);
    shop.bank.take(&nobodys, R);
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 2)]);
    assert_broken(
        &report,
        Promise::MoneyAddsUp,
        &RowId::Payment(purchase.order_id()),
    );
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Payment(nobodys));
}

#[tokio::test]
async fn a_charge_that_the_ledger_does_not_show_or_shows_twice_is_found() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let never = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&never).await;
    ana.hears_paid(never.id, &never.order_id()).await;
    let twice = bob.buy(["A-2"]).await;
    shop.bank.take(&twice.order_id(), R);
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 2)]);
}

#[tokio::test]
async fn cash_that_the_provider_took_as_well_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    settle_payment(&shop.cx, purchase.id, Settled::cash("till 1"))
        .await
        .unwrap();
    shop.bank.take(&purchase.order_id(), R);
    assert_eq!(broken(&shop.report().await), [(Promise::MoneyAddsUp, 1)]);
}

#[tokio::test]
async fn money_that_went_back_twice_or_never_is_found() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let twice = ana.buy(["A-1"]).await;
    let refund = ana.refund(&twice, &[]).await;
    shop.bank.give_back(&refund.payment, refund.amount);
    let never = bob.buy(["A-2"]).await;
    let refund = bob.try_refund(&never, &[], None).await.unwrap();
    shop.give_back_again(&refund).await;
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::MoneyAddsUp, 2)]);
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Refund(refund.id));
}

#[tokio::test]
async fn an_attempt_without_an_outcome_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    shop.wait_minutes(15);
    assert_eq!(broken(&shop.report().await), []);
    shop.wait_minutes(1);
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::NoPaymentWithoutOutcome, 1)]);
    assert_broken(
        &report,
        Promise::NoPaymentWithoutOutcome,
        &RowId::Payment(purchase.order_id()),
    );
}

#[tokio::test]
async fn money_taken_without_tickets_or_refund_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let receipt = Receipt::Provider {
        payment_key: "its key".to_owned(),
        approved_at: shop.cx.now(),
    };
    let order_id = purchase.order_id();
    shop.tamper::<Payment>((order_id.clone(),), |payment| {
        payment.state = PaymentState::Paid(receipt);
    })
    .await;
    shop.bank.take(&order_id, R);
    let report = shop.report().await;
    assert_broken(
        &report,
        Promise::NoPaymentWithoutOutcome,
        &RowId::Payment(order_id),
    );
    assert_broken(&report, Promise::MoneyAddsUp, &RowId::Purchase(purchase.id));
}

#[tokio::test]
async fn a_paid_order_without_its_tickets_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    shop.tamper::<Purchase>((purchase.id,), |purchase| {
        purchase.state = PurchaseState::Paid;
        purchase.paid_by = Some(purchase.order_id());
    })
    .await;
    let report = shop.report().await;
    assert_broken(
        &report,
        Promise::NoPaymentWithoutOutcome,
        &RowId::Purchase(purchase.id),
    );
}

#[tokio::test]
async fn seats_kept_past_their_deadline_are_found() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let hold = ana.hold(["A-1"]).await;
    let order = bob.order(&bob.hold(["A-2"]).await).await;
    shop.wait_minutes(7);
    assert_eq!(broken(&shop.report().await), []);
    shop.wait(Duration::from_secs(16));
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::NoHoldOutlivesDeadline, 1)]);
    assert_broken(&report, Promise::NoHoldOutlivesDeadline, &RowId::Hold(hold.id));
    shop.wait_minutes(5);
    let report = shop.report().await;
    assert_broken(
        &report,
        Promise::NoHoldOutlivesDeadline,
        &RowId::Purchase(order.id),
    );
    shop.sweep().await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_guard_row_that_does_not_count_is_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    ana.buy(["A-1", "A-2"]).await;
    ana.hold(["A-3", "A-4"]).await;
    let name = (shop.event.sales[0].id, ana.person());
    shop.tamper::<Allowance>(name.clone(), |allowance| allowance.seats = 0)
        .await;
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::LimitsKept, 1)]);
    // And so she gets more than anybody may have.
    ana.hold(["A-5"]).await;
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::LimitsKept, 2)]);
    assert_broken(&report, Promise::LimitsKept, &RowId::Allowance(name.0, name.1));
}

#[tokio::test]
async fn an_order_of_more_seats_than_one_may_have_is_found() {
    let shop = Shop::open().await;
    let paid = shop.buyer("ana").buy(["A-1", "A-2"]).await;
    let sale = shop.event.sales[0].id;
    shop.tamper::<Sale>((sale,), |sale| sale.limits.per_order = 1)
        .await;
    let report = shop.report().await;
    assert_broken(&report, Promise::LimitsKept, &RowId::Hold(paid.hold));
    assert_broken(&report, Promise::LimitsKept, &RowId::Purchase(paid.id));
}

#[tokio::test]
async fn a_lost_fact_is_found() {
    let shop = Shop::open().await;
    shop.buyer("ana").buy(["A-1"]).await;
    let head = shop.cx.reads.head().await.unwrap();
    let lost = Position(head.0 - 1);
    let report = verify(&OddReads::without(&shop.cx, lost)).await.unwrap();
    assert_eq!(broken(&report), [(Promise::EveryFactPublishedInOrder, 1)]);
    assert!(report.violations[0].message.contains("gap"), "{report}");
}

#[tokio::test]
async fn a_reader_ahead_of_the_log_is_found_and_one_behind_is_reported() {
    let shop = Shop::open().await;
    shop.buyer("ana").buy(["A-1"]).await;
    let head = shop.cx.reads.head().await.unwrap();
    follow_figures(&shop.cx, 1).await.unwrap();
    move_cursor(&shop.cx, Reader::Queue, head.next()).await.unwrap();
    let report = shop.report_as_it_stands().await;
    assert_broken(
        &report,
        Promise::EveryFactPublishedInOrder,
        &RowId::Cursor(Reader::Queue),
    );
    assert_eq!(broken(&report), [(Promise::EveryFactPublishedInOrder, 1)]);
    assert_eq!(report.readers[&Reader::Figures].behind, head.0 - 1);
}

#[tokio::test]
async fn figures_that_facts_do_not_make_are_found() {
    let shop = Shop::open().await;
    shop.buyer("ana").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
    shop.tamper::<Figures>((shop.event.id,), |figures| figures.tickets += 1)
        .await;
    let report = shop.report().await;
    assert_eq!(broken(&report), [(Promise::ReplayGivesSameState, 1)]);
    assert_broken(
        &report,
        Promise::ReplayGivesSameState,
        &RowId::Figures(shop.event.id),
    );
}

#[tokio::test]
async fn a_promise_that_checked_nothing_proves_nothing() {
    let shop = Shop::open().await;
    let nothing = shop.report().await.checked_nothing();
    assert!(nothing.contains(&Promise::NoSeatSoldTwice));
    assert!(!nothing.contains(&Promise::EveryFactPublishedInOrder));
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    ana.refund(&paid, &[]).await;
    assert_eq!(shop.report().await.checked_nothing(), []);
}

#[tokio::test]
async fn a_report_takes_in_what_the_queues_audit_found_and_reads_as_json() {
    let shop = Shop::open().await;
    shop.buyer("ana").buy(["A-1"]).await;
    let mut report = shop.report().await;
    let mut queue = Report::default();
    let checked = Checked {
        checked: 3,
        broken: 0,
    };
    queue.promises.insert(Promise::ServedInOrder, checked);
    report.merge(queue);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["promises"]["served_in_order"],
        serde_json::json!({"checked": 3, "broken": 0})
    );
    assert_eq!(json["promises"]["no_seat_sold_twice"]["checked"], 1);
    assert_eq!(json["violations"], serde_json::json!([]));
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), report);
}

#[tokio::test]
async fn what_the_sale_settled_since_the_snapshot_is_no_breach() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    bob.hold(["A-2"]).await;
    shop.wait_minutes(16);
    assert_eq!(
        broken(&shop.report().await),
        [
            (Promise::NoPaymentWithoutOutcome, 1),
            (Promise::NoHoldOutlivesDeadline, 1)
        ]
    );

    let (cx, order_id) = (shop.cx.clone(), purchase.order_id());
    let meanwhile = async move {
        ticketon_core::sweep(&cx, 10).await.unwrap();
        settle_payment(&cx, purchase.id, Settled::NotCharged { order_id })
            .await
            .unwrap();
    };
    let overtaken = OddReads::overtaken(&shop.cx, meanwhile);
    verify_against(&overtaken, &shop.basis())
        .await
        .unwrap()
        .assert_kept();
}

#[tokio::test]
async fn money_that_moved_since_the_ledger_was_read_is_no_breach() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let before = ana.buy(["A-1"]).await;
    let asked = bob.order(&bob.hold(["A-2"]).await).await;
    bob.confirm(&asked).await;
    shop.bank.take(&asked.order_id(), R);
    let refund = ana.try_refund(&before, &[], None).await.unwrap();
    let books: ProviderBooks = shop.bank.books(shop.cx.now());
    let basis = Basis {
        provider: Some(books),
        ..Basis::default()
    };

    // Charged, and the answer is still on its way: the ledger is ahead.
    verify_against(&shop.cx, &basis).await.unwrap().assert_kept();
    // All has been answered, and more was sold: the books are ahead.
    bob.hears_paid(asked.id, &asked.order_id()).await;
    shop.give_back(&refund).await;
    shop.wait_minutes(1);
    shop.buyer("cem").buy(["A-3"]).await;
    verify_against(&shop.cx, &basis).await.unwrap().assert_kept();
}
