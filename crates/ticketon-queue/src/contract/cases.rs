//! The cases, by what they are about. Each begins with a room of its own and reads as what happens in it.

use std::time::Duration;

use super::house::{House, OPENING, visitor};
use super::{Maker, Reload};
use crate::decision::{Because, UNLIMITED};
use crate::entry::EndReason;
use crate::error::QueueError;
use crate::policy::{Change, Policy, Settings};
use crate::record::Closing;
use crate::view::ViewState;

/// Makes the room of one case.
type Rooms<'a> = &'a dyn Fn() -> Maker;

const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

/// A room for two, so fast that only its capacity matters, with a minute to claim and five to stay.
const FOR_TWO: Policy = Policy::fifo()
    .capacity(2)
    .per_minute(60_000)
    .claim(Duration::from_mins(1))
    .stay(Duration::from_mins(5));

/// Opening, and what comes before it.
pub(super) async fn opening(new_room: Rooms<'_>, reload: Reload) {
    let mut house = House::unopened(new_room(), reload);
    let lost = house.tries_to_enter("ana", UNLIMITED).await;
    assert_eq!(
        lost.err(),
        Some(QueueError::QueueLost),
        "a queue that nobody opened is lost, not empty"
    );
    let now = house.now;
    assert_eq!(
        house.queue().admit(9, now).await.err(),
        Some(QueueError::QueueLost)
    );

    let (lobby, opening) = (OPENING, OPENING.plus(30 * MINUTE));
    house.now = OPENING.plus(SECOND);
    let settings = Settings::opening(opening, FOR_TWO).with_lobby(lobby);
    assert_eq!(house.opens(settings.clone()).await, Ok(true));
    assert_eq!(
        house.opens(settings).await,
        Ok(false),
        "opening an open room changes nothing"
    );

    house.now = OPENING;
    let view = house.enters("ana").await;
    assert_eq!(
        (view.state, view.position),
        (ViewState::Lobby, Some(1)),
        "who comes early waits in the lobby"
    );
    house.enters("bob").await;
    let tick = house.tick(UNLIMITED).await;
    assert_eq!(
        tick.decision.because,
        Because::NotOpenBefore(opening),
        "nobody is admitted before the opening"
    );
    assert_eq!(house.tick(0).await.told_sold_out, 0, "nor told that all is sold");
    house.now = opening;
    assert_eq!(
        house.looks_at("ana").await.state,
        ViewState::Waiting,
        "the lobby becomes the line by time alone"
    );
    assert_eq!(house.ticks(UNLIMITED).await, ["ana", "bob"]);

    let mut house = House::unopened(new_room(), reload);
    house
        .opens(Settings::opening(opening, FOR_TWO))
        .await
        .expect("a room opens");
    let early = house.tries_to_enter("ana", UNLIMITED).await;
    assert_eq!(
        early.err(),
        Some(QueueError::NotYet { from: opening }),
        "without a lobby nobody comes early"
    );
    let impossible = house.changes(Change::Policy(FOR_TWO.capacity(0))).await;
    assert!(
        matches!(impossible, Err(QueueError::Settings(_))),
        "settings that cannot be are refused"
    );
}

/// Coming, coming again, and the place one has.
pub(super) async fn coming(new_room: Rooms<'_>, reload: Reload) {
    let mut house = House::open(new_room(), reload, FOR_TWO).await;
    let ana = house.enters("ana").await;
    assert_eq!(
        ana.state,
        ViewState::Admitted,
        "who comes to an empty room is let in at once"
    );
    assert!(house.lets_in(&ana.pass.expect("and has the pass with the answer")));
    let nothing_left = house.tries_to_enter("bob", 0).await.expect("the room is open");
    assert_eq!(nothing_left.entry.seq.0, 2);
    assert_eq!(
        house.looks_at("bob").await.state,
        ViewState::Waiting,
        "but not if there is nothing to sell"
    );
    let cid = house.enters("cid").await;
    assert_eq!(
        (cid.state, cid.position),
        (ViewState::Waiting, Some(2)),
        "and nobody goes past a line"
    );

    house.after(20 * SECOND);
    let again = house.enters("cid").await;
    assert_eq!(
        (again.seq, again.position),
        (cid.seq, Some(2)),
        "coming again finds the same place"
    );
    assert_eq!(again.receipt, cid.receipt, "and the same receipt");
    let shown = house
        .enters_with("cid", &cid.receipt)
        .await
        .expect("a receipt of one's own is welcome");
    assert_eq!(shown.entry.seq.0, cid.seq);
    let foreign = house.enters_with("dan", &cid.receipt).await;
    assert_eq!(
        foreign.err(),
        Some(QueueError::ForeignReceipt),
        "another's receipt is not"
    );

    assert_eq!(house.ticks(UNLIMITED).await, ["bob"]);
    house.after(30 * SECOND);
    let cid = house.looks_at("cid").await;
    assert_eq!(
        cid.position,
        Some(1),
        "closing the tab keeps the place, and it only gets better"
    );
    assert!(cid.eta_ms.is_some_and(|eta| eta.min <= eta.max) && cid.poll_after_ms >= Some(1_000));
    assert!(house.finds("nobody").await.is_none());
}

/// Ticks: how many, whom, in which order.
pub(super) async fn admission(new_room: Rooms<'_>, reload: Reload) {
    let mut house = House::open(new_room(), reload, FOR_TWO).await;
    house.changes(Change::Pause).await.expect("a room can be paused");
    for name in ["ana", "bob", "cid", "dan", "eve"] {
        house.enters(name).await;
    }
    assert_eq!(house.tick(UNLIMITED).await.decision.because, Because::Paused);
    assert_eq!(
        house.looks_at("ana").await.eta_ms,
        None,
        "while paused nobody knows how long it takes"
    );
    house.changes(Change::Resume).await.expect("and resumed");

    house.leaves("bob").await;
    assert_eq!(
        house.looks_at("cid").await.position,
        Some(2),
        "who leaves makes the others' way shorter"
    );
    assert_eq!(
        house.ticks(1).await,
        ["ana"],
        "no more are let in than can be served"
    );
    assert_eq!(
        house.ticks(UNLIMITED).await,
        ["cid"],
        "in the order of coming, up to the capacity"
    );
    let tick = house.tick(UNLIMITED).await;
    assert_eq!(
        tick.decision.because,
        Because::NoFreeSlot {
            active: 2,
            capacity: 2
        }
    );
    assert_eq!(
        (
            tick.counters.waiting,
            tick.counters.active,
            tick.counters.admitted
        ),
        (2, 2, 2)
    );
    assert_eq!(tick.progress.served.0, 3);

    let cid = house.claims("cid").await;
    let pass = cid
        .pass
        .expect("asking for the place after admission fetches the pass");
    assert_eq!(
        house.claims("cid").await.pass.as_ref(),
        Some(&pass),
        "as often as one likes, the same pass"
    );
    house.after(MINUTE);
    let tick = house.tick(UNLIMITED).await;
    assert_eq!(tick.ended.len(), 1);
    assert_eq!(
        tick.admitted.len(),
        1,
        "who does not claim gives the slot to the next"
    );
    assert_eq!(house.looks_at("ana").await.reason, Some(EndReason::ClaimMissed));
    assert!(house.lets_in(&pass), "who did claim stays");
    house.after(5 * MINUTE);
    assert!(!house.lets_in(&pass), "until the pass ends");

    let mut house = House::open(new_room(), reload, Policy::fifo().capacity(100).per_minute(60)).await;
    for number in 1..=5 {
        house.enters(&format!("visitor-{number}")).await;
    }
    assert_eq!(
        house.tick(UNLIMITED).await.decision.because,
        Because::Rate { per_minute: 60 }
    );
    house.after(SECOND);
    assert_eq!(
        house.ticks(UNLIMITED).await,
        ["visitor-3"],
        "the rate spreads admissions over the minute"
    );
    house.after(MINUTE);
    assert_eq!(
        house.ticks(UNLIMITED).await,
        ["visitor-4", "visitor-5"],
        "and saves up two seconds' worth"
    );
}

/// Every way in which an entry ends.
pub(super) async fn ending(new_room: Rooms<'_>, reload: Reload) {
    let mut house = House::open(new_room(), reload, FOR_TWO).await;
    for name in ["ana", "bob", "cid", "dan", "eve"] {
        house.enters(name).await;
    }
    let first = house.entry_id("ana").await;
    let now = house.now;
    let ana = visitor("ana");
    assert_eq!(
        house
            .queue()
            .end_pass(&ana, first, EndReason::Purchased, now)
            .await,
        Ok(true)
    );
    assert_eq!(
        house
            .queue()
            .end_pass(&ana, first, EndReason::Purchased, now)
            .await,
        Ok(false)
    );
    assert_eq!(house.looks_at("ana").await.reason, Some(EndReason::Purchased));
    let back = house.enters("ana").await;
    assert_eq!(
        (back.seq, back.position),
        (6, Some(4)),
        "after the end one comes as a newcomer, at the back"
    );
    assert_eq!(
        house
            .queue()
            .end_pass(&ana, first, EndReason::Purchased, now)
            .await,
        Ok(false)
    );
    assert_eq!(
        house.looks_at("ana").await.state,
        ViewState::Waiting,
        "what ended the old entry spares the new"
    );

    house.leaves("cid").await;
    house.leaves("cid").await;
    assert_eq!(house.looks_at("cid").await.reason, Some(EndReason::Left));
    house.is_removed("dan").await;
    assert_eq!(house.looks_at("dan").await.reason, Some(EndReason::Removed));
    assert_eq!(house.looks_at("ana").await.position, Some(2));

    let tick = house.tick(0).await;
    assert_eq!(
        (tick.told_sold_out, tick.counters.waiting),
        (2, 0),
        "sold out, all are told at once"
    );
    assert_eq!(house.looks_at("eve").await.reason, Some(EndReason::SoldOut));
    assert_eq!(
        house.looks_at("bob").await.state,
        ViewState::Admitted,
        "who is inside stays"
    );
    house.enters("eve").await;
    house.after(5 * MINUTE + SECOND);
    assert_eq!(
        house.looks_at("bob").await.reason,
        Some(EndReason::PassEnded),
        "an end needs no tick to be true"
    );
    let now = house.now;
    assert_eq!(house.queue().sweep(now).await.map(|ended| ended.len()), Ok(2));
    assert_eq!(house.queue().sweep(now).await.map(|ended| ended.len()), Ok(0));

    house
        .tries_to_enter("fay", 0)
        .await
        .expect("a room that is sold out stays open for what comes back");
    assert_eq!(house.closes(Closing::Closed).await, 1);
    assert_eq!(house.looks_at("fay").await.reason, Some(EndReason::Closed));
    let late = house.tries_to_enter("gus", UNLIMITED).await;
    assert_eq!(
        late.err(),
        Some(QueueError::Closed),
        "a closed room takes nobody new"
    );
    assert_eq!(house.tick(UNLIMITED).await.decision.because, Because::Closed);
}

/// What an operator changes while people wait.
pub(super) async fn operating(new_room: Rooms<'_>, reload: Reload) {
    let mut house = House::open(new_room(), reload, FOR_TWO).await;
    for name in ["ana", "bob", "cid", "dan"] {
        house.enters(name).await;
    }
    house
        .changes(Change::Policy(FOR_TWO.capacity(1)))
        .await
        .expect("the capacity can go down");
    assert_eq!(
        house.looks_at("bob").await.state,
        ViewState::Admitted,
        "nobody inside is thrown out by it"
    );
    let tick = house.tick(UNLIMITED).await;
    assert_eq!(
        tick.decision.because,
        Because::NoFreeSlot {
            active: 2,
            capacity: 1
        }
    );
    house
        .changes(Change::Policy(FOR_TWO.capacity(3)))
        .await
        .expect("and up");
    assert_eq!(house.ticks(UNLIMITED).await, ["cid"]);

    let notice = "the second act is delayed".to_owned();
    house
        .changes(Change::Notice(Some(notice.clone())))
        .await
        .expect("a notice can be given");
    assert_eq!(house.looks_at("dan").await.notice, Some(notice));
    let too_long = house.changes(Change::Notice(Some("x".repeat(501)))).await;
    assert!(matches!(too_long, Err(QueueError::Settings(_))));

    let now = house.now;
    let progress = house.queue().progress(now).await.expect("it is open");
    let seen = Settings::clone(&progress.settings);
    let paused = seen.clone().changed(Change::Pause);
    assert_eq!(house.queue().replace(&seen, paused.clone(), now).await, Ok(()));
    let second = seen.clone().changed(Change::Notice(None));
    assert_eq!(
        house.queue().replace(&seen, second, now).await,
        Err(QueueError::Changed),
        "of two who saw the same, one is told that the other was first"
    );
    assert_eq!(house.queue().replace(&paused, seen, now).await, Ok(()));

    let later = house.now.plus(MINUTE);
    let times = Change::Times {
        opens_at: later,
        lobby_opens_at: Some(OPENING),
    };
    house.changes(times).await.expect("the opening can be moved");
    assert_eq!(house.looks_at("dan").await.state, ViewState::Lobby);
    house.now = later;
    assert_eq!(
        house.looks_at("dan").await.position,
        Some(1),
        "no change moves anybody's place"
    );
}
