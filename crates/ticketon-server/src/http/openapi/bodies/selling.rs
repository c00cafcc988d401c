//! From the hold to the refund.

use serde_json::Value;

use super::super::schema::{
    About as _, answer, asked, count, id, list, maybe, money, named, one_of, page, price, text, time,
    yes_or_no,
};

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("NewHold", new_hold()),
        ("Pick", asked([("seat", text()), ("price", price())], [])),
        ("Best", best()),
        ("Hold", hold()),
        ("NewPurchase", new_purchase()),
        ("Purchase", purchase()),
        ("PurchaseLine", purchase_line()),
        ("PurchasePage", page("PurchaseLine")),
        ("NewPayment", new_payment()),
        ("Payment", payment()),
        (
            "Confirmation",
            asked([("payment_key", text()), ("amount", money())], []),
        ),
        ("Ticket", ticket()),
        ("TicketPage", page("Ticket")),
        ("Quote", quote()),
        ("NewRefund", new_refund()),
        ("Refund", refund()),
    ]
}

fn new_hold() -> Value {
    let mut wish = asked(
        [],
        [("items", list(named("Pick"))), ("best_available", named("Best"))],
    );
    wish["minProperties"] = 1.into();
    wish["maxProperties"] = 1.into();
    wish.about("these seats, or the best there are: all of them or none")
}

fn best() -> Value {
    asked(
        [("price", price()), ("quantity", count())],
        [("zone", maybe(text()))],
    )
}

fn hold() -> Value {
    answer([
        ("id", id()),
        ("state", one_of(&["active", "taken", "released", "expired"])),
        ("event", id()),
        ("performance", id()),
        ("sale", id()),
        (
            "items",
            list(answer([
                ("seat", text()),
                ("price", price()),
                ("amount", money()),
            ])),
        ),
        ("amount", money()),
        ("currency", currency()),
        ("until", time()),
        ("purchase", maybe(id()).about("which has taken it")),
    ])
}

fn new_purchase() -> Value {
    asked(
        [("hold", id())],
        [
            ("buyer", maybe(text()).about("what to call the buyer")),
            (
                "consents",
                list(text()).about("what the buyer agrees to, such as `terms-2026-12`"),
            ),
        ],
    )
}

fn purchase() -> Value {
    let line = answer([
        ("seat", text()),
        ("price", price()),
        ("kind", one_of(&["seat", "refund", "refund_fee"])),
        ("amount", money()),
    ]);
    answer([
        ("id", id()),
        ("code", text().about("the short name, readable aloud")),
        ("state", purchase_state()),
        ("event", id()),
        ("performance", id()),
        ("sale", id()),
        ("hold", id()),
        ("buyer", maybe(text())),
        ("consents", list(text())),
        ("lines", list(line).about("they add up to `amount`")),
        ("amount", money()),
        ("currency", currency()),
        ("made_at", time()),
        ("pay_until", time()),
        ("payments", list(named("Payment")).about("the oldest first")),
        ("tickets", list(named("Ticket"))),
        ("refunds", list(named("Refund"))),
        ("channel", one_of(&["web"])),
        ("test", yes_or_no().about("play money")),
    ])
}

fn purchase_line() -> Value {
    answer([
        ("id", id()),
        ("code", text()),
        ("state", purchase_state()),
        ("event", id()),
        ("performance", id()),
        ("seats", list(text())),
        ("amount", money()),
        ("currency", maybe(currency())),
        ("made_at", time()),
        ("pay_until", time()),
        ("channel", one_of(&["web"])),
        ("test", yes_or_no()),
    ])
}

fn purchase_state() -> Value {
    one_of(&[
        "awaiting_payment",
        "approving",
        "paid",
        "cancelled",
        "expired",
        "refunded",
    ])
}

fn new_payment() -> Value {
    asked(
        [],
        [("provider", one_of(&["toss"])), ("method", one_of(&["card"]))],
    )
}

fn payment() -> Value {
    let states = [
        "ready",
        "approving",
        "paid",
        "declined",
        "not_charged",
        "replaced",
    ];
    let reason = answer([("code", text()), ("message", text())]);
    answer([
        ("order_id", text()),
        ("purchase", id()),
        ("state", one_of(&states)),
        ("amount", money()),
        ("currency", currency()),
        ("order_name", text().about("what the provider's window calls it")),
        ("customer_key", text()),
        ("client_key", text()),
        (
            "may_retry",
            yes_or_no().about("whether another attempt may be begun"),
        ),
        ("reason", maybe(reason).about("the provider's, where it said no")),
        ("approved_at", maybe(time())),
        ("test", yes_or_no().about("play money")),
    ])
}

fn ticket() -> Value {
    answer([
        ("id", id()),
        ("state", one_of(&["issued", "void"])),
        ("event", id()),
        ("performance", id()),
        ("purchase", id()),
        ("seat", text()),
        ("price", price()),
        ("issued_at", time()),
        ("test", yes_or_no().about("play money: opens no door")),
    ])
}

fn quote() -> Value {
    let line = answer([("ticket", id()), ("price", money()), ("fee", money())]);
    answer([
        ("tickets", list(line)),
        ("fee", money().about("what stays as fee")),
        (
            "amount",
            money().about("what goes back: `expected_amount` of the refund"),
        ),
        ("currency", currency()),
    ])
}

fn new_refund() -> Value {
    asked(
        [("reason", text())],
        [
            (
                "tickets",
                list(id()).about("none named means all that are still good"),
            ),
            (
                "expected_amount",
                maybe(money()).about("the quote that was agreed to; refused if it has changed"),
            ),
        ],
    )
}

fn refund() -> Value {
    answer([
        ("id", id()),
        ("state", one_of(&["requested", "done", "failed"])),
        ("payment", text()),
        ("amount", money()),
        ("currency", currency()),
        ("reason", text()),
        ("made_at", time()),
        ("done_at", maybe(time())),
    ])
}

fn currency() -> Value {
    one_of(&["KRW"])
}
