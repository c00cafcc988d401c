//! What there is to attend.

use serde_json::{Value, json};

use super::super::schema::{
    About as _, answer, asked, count, id, length, list, maybe, money, named, one_of, page, text, time,
    yes_or_no,
};

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("NewEvent", new_event()),
        (
            "NewPerformance",
            asked(
                [("starts_at", time())],
                [
                    ("venue", text()),
                    (
                        "plan",
                        text().about(
                            "the plan that it was seeded from, or is going to be: `plan` of an answer",
                        ),
                    ),
                ],
            ),
        ),
        ("NewSale", new_sale()),
        ("NewQueueSettings", asked([], queue_settings())),
        ("NewSaleLimits", asked([], sale_limits())),
        ("NewPolicy", asked([], policy())),
        ("Price", price()),
        ("RefundTerm", refund_term()),
        ("Event", event()),
        ("EventLine", event_line()),
        ("EventPage", page("EventLine")),
        (
            "Applied",
            answer([
                ("outcome", one_of(&["made", "changed", "unchanged"])),
                ("dry_run", yes_or_no()),
                ("differences", list(named("Difference"))),
                (
                    "event",
                    maybe(named("Event")).about("as it stands; null where it would be made"),
                ),
            ]),
        ),
        ("Difference", difference()),
        (
            "DeletedEvent",
            answer([
                ("id", id()),
                ("slug", text().about("free for another event")),
                ("state", one_of(&["deleted"])),
            ]),
        ),
        ("Performance", performance()),
        ("PerformancePage", page("Performance")),
        ("Sale", sale()),
        ("SalePage", page("Sale")),
        ("QueueSettings", answer(queue_settings())),
        ("SaleLimits", answer(sale_limits())),
        ("Policy", answer(policy())),
    ]
}

fn new_event() -> Value {
    asked(
        [
            ("slug", text().about("its name in addresses, unique in the shop")),
            ("title", text()),
            ("organization", text().about("who sells it, by slug")),
            ("performance", list(named("NewPerformance"))),
        ],
        [
            ("category", text()),
            (
                "age_limit",
                maybe(json!({"type": "integer", "minimum": 0, "maximum": 255})),
            ),
            ("time_zone", text().about("`Asia/Seoul` unless it says otherwise")),
            ("currency", one_of(&["KRW"])),
            ("test", yes_or_no().about("sells for play money")),
            ("price", list(named("Price"))),
            ("sale", list(named("NewSale"))),
            ("policy", named("NewPolicy")),
        ],
    )
}

fn difference() -> Value {
    answer([
        (
            "field",
            text().about("where in the file: `sale[0].limits.per_order`"),
        ),
        (
            "from",
            json!({}).about("what stood there; null where there was nothing"),
        ),
        (
            "to",
            json!({}).about("what the file says; null where it says nothing"),
        ),
    ])
}

fn new_sale() -> Value {
    asked(
        [("name", text()), ("opens_at", time()), ("closes_at", time())],
        [
            ("lobby", length()),
            ("queue", named("NewQueueSettings")),
            ("limits", named("NewSaleLimits")),
        ],
    )
}

fn queue_settings() -> [(&'static str, Value); 3] {
    [
        ("mode", one_of(&["off", "auto"])),
        ("capacity", count().about("most shoppers inside at once")),
        ("per_minute", count().about("most admissions a minute")),
    ]
}

fn sale_limits() -> [(&'static str, Value); 2] {
    [
        ("per_order", count().about("seats in one hold")),
        (
            "per_person",
            count().about("seats of one person in this sale, held or bought"),
        ),
    ]
}

fn policy() -> [(&'static str, Value); 7] {
    [
        ("hold", length()),
        ("claim", length()),
        ("pass", length()),
        ("pay_within", length()),
        ("payment_tries", count()),
        (
            "refund",
            list(named("RefundTerm")).about("the first that applies is the one"),
        ),
        ("free_within", length()),
    ]
}

fn refund_term() -> Value {
    asked(
        [("fee", text().about("of the price: `10%`"))],
        [
            (
                "until_days",
                count().about("while at least this many calendar days are left"),
            ),
            ("until", one_of(&["start"])),
        ],
    )
}

fn price() -> Value {
    asked([("grade", text()), ("kind", text()), ("amount", money())], [])
}

fn event() -> Value {
    answer([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("organization", text().about("who sells it, by slug")),
        ("category", text()),
        ("age_limit", maybe(count())),
        ("time_zone", text()),
        ("currency", one_of(&["KRW"])),
        ("test", yes_or_no().about("sells for play money")),
        ("state", state()),
        ("performance", list(named("Performance"))),
        ("price", list(named("Price"))),
        ("sale", list(named("Sale"))),
        ("policy", named("Policy")),
        ("views", count()),
    ])
}

fn event_line() -> Value {
    answer([
        ("id", id()),
        ("slug", text()),
        ("title", text()),
        ("organization", text()),
        ("category", text()),
        ("starts_at", time().about("of its first performance")),
        ("time_zone", text()),
        ("state", state()),
        ("test", yes_or_no()),
        ("views", count()),
    ])
}

fn state() -> Value {
    one_of(&["draft", "published"])
}

fn performance() -> Value {
    answer([
        ("id", id()),
        ("starts_at", time()),
        ("venue", text()),
        (
            "plan",
            maybe(text()).about("the seat plan, once seeding has begun"),
        ),
        ("seats", count()),
    ])
}

fn sale() -> Value {
    answer([
        ("id", id()),
        ("name", text()),
        ("phase", one_of(&["before", "lobby", "on_sale", "ended"])),
        ("opens_at", time()),
        ("closes_at", time()),
        ("lobby", length()),
        ("queue", named("QueueSettings")),
        ("limits", named("SaleLimits")),
    ])
}
