//! Waiting rooms and streams.

use serde_json::Value;

use super::super::schema::{About as _, answer, asked, count, id, maybe, one_of, text, time, yes_or_no};

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("Place", place()),
        ("Room", room()),
        ("RoomChange", room_change()),
        (
            "Announcement",
            asked(
                [],
                [(
                    "notice",
                    maybe(text()).about("a sentence; null tells nothing any more"),
                )],
            ),
        ),
        (
            "StreamTicket",
            answer([("ticket", text()), ("expires_in", count().about("seconds"))]),
        ),
    ]
}

fn place() -> Value {
    let reasons = [
        "purchased",
        "left",
        "claim_missed",
        "pass_ended",
        "sold_out",
        "closed",
        "removed",
    ];
    let eta = answer([("min", count()), ("max", count())]);
    answer([
        ("state", one_of(&["lobby", "waiting", "admitted", "ended"])),
        ("reason", maybe(one_of(&reasons)).about("why it ended")),
        (
            "seq",
            maybe(count()).about("the place's number; it never changes"),
        ),
        (
            "position",
            maybe(count()).about("place in line, counted from 1, while waiting"),
        ),
        ("ahead", maybe(count())),
        ("eta_ms", maybe(eta)),
        ("poll_after_ms", maybe(count()).about("when to ask again")),
        (
            "receipt",
            maybe(text()).about("the signed proof of the place: `Ticketon-Receipt`"),
        ),
        (
            "pass",
            maybe(text()).about("the signed proof of admission: `Ticketon-Pass` of a hold"),
        ),
        ("notice", maybe(text())),
        ("sale", id()),
    ])
}

fn room() -> Value {
    answer([
        ("sale", id()),
        ("opens_at", time()),
        ("paused", yes_or_no()),
        ("notice", maybe(text())),
        ("capacity", count()),
        ("per_minute", count()),
        ("waiting", count()),
        ("active", count()),
        ("entered", count()),
        ("admitted", count()),
        ("admitted_last_minute", count()),
        (
            "because",
            text().about("what decides now how many are admitted, in words"),
        ),
    ])
}

fn room_change() -> Value {
    asked(
        [],
        [
            ("capacity", maybe(count())),
            ("per_minute", maybe(count())),
            ("paused", maybe(yes_or_no())),
        ],
    )
    .about("what is not named stays")
}
