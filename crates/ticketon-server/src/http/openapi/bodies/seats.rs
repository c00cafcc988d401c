//! Halls and their seats.

use serde_json::{Value, json};

use super::super::schema::{About as _, answer, asked, count, list, named, one_of, text};

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    let number = json!({"type": "integer", "format": "int32"});
    vec![
        ("Plan", plan()),
        ("Zone", zone()),
        ("Row", row()),
        ("SpecialSeats", special_seats()),
        ("Point", asked([("x", number.clone()), ("y", number)], [])),
        ("Seeded", seeded()),
        ("Seats", seats()),
    ]
}

fn plan() -> Value {
    asked(
        [
            ("name", text()),
            ("grades", list(text())),
            ("zones", list(named("Zone"))),
        ],
        [("focus", named("Point"))],
    )
}

fn zone() -> Value {
    asked(
        [("name", text())],
        [
            ("prefix", text().about("before the keys of its seats")),
            ("capacity", count().about("of a zone without seats")),
            ("grade", text()),
            ("rows", list(named("Row"))),
        ],
    )
}

fn row() -> Value {
    let range = || text().about("`1-24`, or one seat");
    let item = json!({"anyOf": [range(), named("SpecialSeats")]});
    asked(
        [
            ("name", text()),
            ("grade", text()),
            ("seats", json!({"anyOf": [range(), list(item)]})),
        ],
        [("aisle_after", list(text()))],
    )
}

fn special_seats() -> Value {
    let number = || json!({"type": "integer", "format": "int32"});
    asked(
        [("seats", text())],
        [
            ("key", text()),
            ("grade", text()),
            ("kind", one_of(&["standard", "wheelchair", "companion"])),
            ("x", number()),
            ("y", number()),
        ],
    )
}

fn seeded() -> Value {
    answer([
        ("plan", text()),
        ("added", count().about("0 where the plan was seeded before")),
        ("seats", count()),
    ])
}

fn seats() -> Value {
    answer([
        (
            "version",
            count().about("the log position up to which it is complete"),
        ),
        (
            "seats",
            json!({"type": "string", "contentEncoding": "base64"})
                .about("two bits a seat in number order, the first in the lowest: 0 free, 1 held, 2 sold, 3 off sale"),
        ),
        ("prices", list(named("Price"))),
    ])
}
