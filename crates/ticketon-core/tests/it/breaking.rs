//! Each promise is broken on purpose, and found by its own check.

mod money;
mod no_alarm;
mod one_event;

use std::time::Duration;

use ticketon_core::fact::Position;
use ticketon_core::figures::Figures;
use ticketon_core::hold::{Hold, HoldState};
use ticketon_core::ids::TicketId;
use ticketon_core::plan::SeatNumber;
use ticketon_core::projection::Projection;
use ticketon_core::row::{Reader, RowId};
use ticketon_core::sale::{Allowance, Sale};
use ticketon_core::seat::{Seat, SeatState};
use ticketon_core::store::Version;
use ticketon_core::ticket::{Ticket, TicketState};
use ticketon_core::verify::{Checked, Promise, Report};
use ticketon_core::{follow, load_cursor, move_cursor_from, verify};

use crate::shop::{OddReads, Shop};

/// The broken promises, each with how often.
pub(crate) fn broken(report: &Report) -> Vec<(Promise, u64)> {
    let promises = report.promises.iter();
    promises
        .map(|(promise, checked)| (*promise, checked.broken))
        .filter(|(_, broken)| *broken > 0)
        .collect()
}

pub(crate) fn assert_broken(report: &Report, promise: Promise, row: &RowId) {
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
    follow(&shop.cx, Projection::Figures, 1).await.unwrap();
    let cursor = load_cursor(&shop.cx, Reader::Queue).await.unwrap();
    move_cursor_from(&shop.cx, cursor, head.next()).await.unwrap();
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
