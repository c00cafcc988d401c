//! How the server finds rows in a shop of a million seats: never by looking at all of them.

use sqlx::{AssertSqlSafe, MySqlConnection, Row as _};
use ticketon_core::contract::sample;
use ticketon_core::ids::{HoldId, PerformanceId};
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::{Row, RowId, Table};
use ticketon_core::seat::SeatState;
use ticketon_core::store::{Changes, Version};

use super::super::batch::Asked;
use super::super::database::Dialect;
use super::super::lists;
use super::super::texts::{self, TableTexts};
use super::super::upkeep;
use super::super::value::Value;
use super::draft::Draft;
use super::literal::fill;
use super::million::{COUNTED, Million};
use super::numbering;
use super::texts::{commit, named};
use crate::limits;

mod on_mysql {
    #[tokio::test]
    async fn nothing_is_found_by_looking_at_everything() {
        super::check("TICKETON_TEST_MYSQL_URL", "EXPLAIN FORMAT=TRADITIONAL").await;
    }
}

mod on_mariadb {
    #[tokio::test]
    async fn nothing_is_found_by_looking_at_everything() {
        super::check("TICKETON_TEST_MARIADB_URL", "EXPLAIN").await;
    }
}

/// More rows than any of these questions should have to look at.
const ROWS_MAX: i64 = 5_000;

async fn check(variable: &str, explain: &str) {
    let million = Million::found(variable).await;
    million.fill().await;
    let mut connection = million.connect().await;
    million.execute(COUNTED).await;
    let mut bad = Vec::new();
    for question in questions() {
        bad.extend(slow_steps(&mut connection, explain, &question).await);
    }
    million.drop().await;
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Every statement of a sale that finds rows, as it is sent.
fn questions() -> Vec<String> {
    let seats = |range: std::ops::Range<u32>| range.map(|n| RowId::Seat(performance(), SeatNumber(n)));
    let mut questions: Vec<String> = Vec::new();
    // A batch: its locks and look-ups, then its updates.
    let holding = sample::changes(1)
        .write(seat(7), Version(1))
        .write(seat(8), Version(1))
        .write(sample::allowance(1, 2), Version(1))
        .write(hold(1), Version(1))
        .write(sample::user(1, "ana@example.com"), Version(1))
        .write(
            sample::ticket(1, 1, ticketon_core::ticket::TicketState::Issued),
            Version(1),
        )
        .rely(RowId::Event(sample::event_id()), Version(1))
        .record(sample::fact())
        .answer(Some(sample::answered(
            "key-7",
            "print",
            RowId::Hold(HoldId::from_bytes(id(7))),
        )));
    let other = sample::changes(2)
        .write(seat(4_000), Version(1))
        .record(sample::fact());
    let batch = [holding, other];
    let asked = Asked::of(&batch);
    questions.extend(asked.questions());
    let accepted: Vec<&Changes> = batch.iter().collect();
    let lists = Draft::written(None, &accepted, &[]).unwrap();
    let written = commit(&lists);
    questions.extend(
        written
            .split(";\n")
            .filter(|text| text.starts_with("UPDATE"))
            .map(str::to_owned),
    );
    // What decisions read.
    let names: Vec<RowId> = seats(10..20)
        .chain([RowId::Hold(HoldId::from_bytes(id(7)))])
        .collect();
    questions.extend(
        named(&names.iter().collect::<Vec<_>>())
            .split(";\n")
            .map(str::to_owned),
    );
    for table in [
        Table::Hold,
        Table::Purchase,
        Table::Payment,
        Table::Refund,
        Table::JobRun,
    ] {
        let due = TableTexts::of(table, Dialect::MySql).due.as_deref().unwrap();
        questions.push(fill(
            due,
            &[Value::Integer(1_800_000_000_000), Value::Integer(200)],
        ));
    }
    let code = [Value::Text("T77")];
    let holder = TableTexts::of(Table::Purchase, Dialect::MySql)
        .holder
        .as_deref()
        .unwrap();
    questions.push(fill(holder, &code));
    let page = [Value::Integer(1_000), Value::Integer(100)];
    questions.push(fill(texts::FACTS, &page));
    questions.push(texts::HEAD.to_owned());
    let key = ["person-7", "POST /holds", "key-7"].map(Value::Text);
    questions.push(fill(texts::ANSWER, &key));
    questions.push(fill(texts::JOURNAL, &[Value::Text("queue/a")]));
    questions.push(numbering::unnumbered_text(limits::NUMBERED_AT_ONCE));
    // What goes through everything, a page at a time.
    let hall = performance();
    let (hall, limit) = (|| Value::Bytes(hall.as_bytes()), || Value::Integer(1_000));
    let next = |table| &TableTexts::of(table, Dialect::MySql).next_page;
    questions.push(fill(next(Table::Seat), &[hall(), Value::Integer(100), limit()]));
    questions.push(fill(next(Table::Hold), &[hall(), limit()]));
    // What people look through.
    let of_person = [Value::Text("person-7"), Value::Null, Value::Integer(20)];
    questions.push(fill(lists::PURCHASES, &of_person));
    questions.push(fill(lists::TICKETS, &of_person));
    let of_job = [Value::Text("analyze"), Value::Null, Value::Integer(20)];
    questions.push(fill(lists::JOB_RUNS, &of_job));
    // What is too old.
    let first_kept = id(7);
    let old = [Value::Bytes(&first_kept), Value::Integer(500)];
    questions.push(fill(upkeep::FORGET_RUNS_ON_MYSQL, &old));
    questions.extend(of_the_trail());
    questions
}

/// Before the newest place, since a moment that few are after; and in one stream.
fn of_the_trail() -> [String; 2] {
    let since = [
        Value::Integer(i64::MAX),
        Value::Integer(i64::MAX),
        Value::Integer(i64::MAX - 1),
        Value::Integer(20),
    ];
    let of_event = [
        Value::Integer(i64::MAX),
        Value::Integer(i64::MAX),
        Value::Integer(i64::MIN),
        Value::Integer(20),
        Value::Text("3event"),
    ];
    [
        fill(lists::TRAIL, &since),
        fill(lists::TRAIL_OF_STREAM, &of_event),
    ]
}

/// The steps of a statement that look at more rows than they should.
async fn slow_steps(connection: &mut MySqlConnection, explain: &str, question: &str) -> Vec<String> {
    let text = format!("{explain} {question}");
    let steps = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(connection).await;
    let steps = steps.unwrap_or_else(|error| panic!("{question}: {error}"));
    let mut slow = Vec::new();
    for step in steps {
        let table: Option<String> = step.get("table");
        let how: Option<String> = step.get("type");
        let rows: Option<i64> = step.try_get_unchecked("rows").unwrap();
        let (Some(table), Some(how)) = (table, how) else {
            continue;
        };
        // The rows that were sent along stand in a table without a name.
        if table.starts_with('<') {
            continue;
        }
        // A page is read in the order of its index and ends at its limit; the server counts what lies behind, too.
        let extra: Option<String> = step.get("Extra");
        let is_page = question.contains(" LIMIT ") && !extra.is_some_and(|extra| extra.contains("filesort"));
        if how == "ALL" || (rows.unwrap_or_default() > ROWS_MAX && !is_page) {
            slow.push(format!("{table} by {how}, {rows:?} rows: {question}"));
        }
    }
    slow
}

fn performance() -> PerformanceId {
    PerformanceId::from_bytes(id(3))
}

fn id(n: u8) -> [u8; 16] {
    let mut id = [0; 16];
    id[15] = n;
    id
}

fn seat(number: u32) -> Row {
    ticketon_core::seat::Seat {
        performance: performance(),
        number: SeatNumber(number),
        state: SeatState::Free,
    }
    .into()
}

fn hold(n: u8) -> Row {
    let sample = sample::hold(1, sample::NOW, ticketon_core::hold::HoldState::Active);
    ticketon_core::hold::Hold {
        id: HoldId::from_bytes(id(n)),
        ..sample
    }
    .into()
}
