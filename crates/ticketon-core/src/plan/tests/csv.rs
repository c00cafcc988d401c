//! The CSV form.

use super::*;

#[test]
fn a_line_is_a_seat() {
    let hall = Plan::from_csv("zone,row,seat,grade\nStalls,A,1,R\nStalls,A,2,R\nBalcony,K,1,S\n").unwrap();
    assert_eq!(hall.seats(), 3);
    assert_eq!(hall.key_of(number(1)), Some(&key("A-2")));
    assert_eq!(hall.zone_of(number(2)).unwrap().name, "Balcony");
    assert_eq!(hall.grade_of(number(2)).unwrap().as_str(), "S");
}

#[test]
fn a_spreadsheet_s_habits_are_understood() {
    let file = "\u{feff}seat,grade,zone,row,kind,aisle_after,key,x,y\r\n\
                1, R ,\"Stalls, left\",A,wheelchair,,,0,1\r\n\
                2,R,\"Stalls, left\",A,companion,TRUE,HERE,1,1\r\n";
    let hall = Plan::from_csv(file).unwrap();
    assert_eq!(hall.zones()[0].name, "Stalls, left");
    let companion = hall.seat(number(1)).unwrap();
    assert_eq!(
        (companion.kind, companion.aisle_after),
        (SeatKind::Companion, true)
    );
    assert_eq!(
        (companion.key.as_str(), companion.position),
        ("HERE", Some(Position { x: 1, y: 1 }))
    );
}

#[test]
fn lines_may_come_in_any_order_of_zones_and_rows() {
    let mixed = "zone,row,seat,grade\nStalls,A,1,R\nStalls,B,1,R\nStalls,A,2,R\n";
    let sorted = "zone,row,seat,grade\nStalls,A,1,R\nStalls,A,2,R\nStalls,B,1,R\n";
    assert_eq!(Plan::from_csv(mixed).unwrap(), Plan::from_csv(sorted).unwrap());
}

#[test]
fn all_problems_are_told_with_their_lines() {
    let refused = Plan::from_csv(
        "zone,row,seat,grade,kind\nStalls,A,1,R,\nStalls,A,1,R,\nBalcony,A,1,R,\nStalls,A,2\n\
         Stalls,A,3,,throne\n",
    );
    let expected = [
        "the plan has 6 problems:",
        "line 5: has 3 fields, the header has 5: a comma inside a field needs quotes around the field",
        "line 6: `throne` cannot stand in the column `kind`: write standard, wheelchair or companion",
        "grades[1]: `` is not a grade: it must be 1 to 32 bytes",
        "line 3: the seat `1` is listed twice",
        "line 6: the grade `` is not in the plan's `grades`: correct it, or list it there",
        "line 4: the key `A-1` is also that of the seat at line 2: add a `key` column that tells them apart",
    ];
    assert_eq!(problems(refused), expected);
}

#[test]
fn a_wrong_header_says_what_is_missing() {
    assert_eq!(
        problems(Plan::from_csv("zone,row,seat\n")),
        ["the plan cannot be read: the column `grade` is missing"]
    );
    assert_eq!(
        problems(Plan::from_csv("zone,row,seat,grade,colour\n")),
        [
            "the plan cannot be read: the column `colour` is unknown: the first line names columns of zone, row, seat, grade, key, kind, aisle_after, x, y"
        ]
    );
    assert_eq!(
        problems(Plan::from_csv("zone,row,seat,grade,row\n")),
        ["the plan cannot be read: the column `row` stands twice"]
    );
    assert_eq!(
        problems(Plan::from_csv("")),
        ["the plan cannot be read: the column `zone` is missing"]
    );
}

#[test]
fn a_hall_without_seats_and_bytes_that_are_not_text_are_refused() {
    assert_eq!(
        problems(Plan::from_csv("zone,row,seat,grade\n"))[1..],
        ["plan: has no grades", "plan: has no zones"]
    );
    assert_eq!(Plan::from_csv(b"zone\xff"), Err(PlanError::NotUtf8(4)));
}
