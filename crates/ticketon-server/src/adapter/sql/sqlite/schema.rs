//! The schema, as migrations that are never changed once released: a later one adds.
//!
//! The file remembers in `user_version` how many it has seen. The database keeps the last word even against our own
//! bugs: unique keys, checked states, references to parents. No reference leads to a user, so that a user can be
//! erased.
//!
//! References are left out where every purchase would pay for them and a relied-on version already says it.

/// What a file must have been through, in order.
pub(super) const MIGRATIONS: &[&str] = &[
    FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH,
];

/// Says in the file's head that it is ours: "TKTN".
pub(super) const APPLICATION_ID: i64 = 0x544B_544E;

const FIRST: &str = "
CREATE TABLE organization (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE user (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    email TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE session (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE signing_key (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE plan (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE event (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    organization BLOB NOT NULL REFERENCES organization (id),
    slug TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE performance (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    event BLOB NOT NULL REFERENCES event (id),
    starts_at INTEGER NOT NULL,
    plan BLOB REFERENCES plan (id),
    body TEXT NOT NULL
) STRICT;
CREATE INDEX performance_event ON performance (event, starts_at);

CREATE TABLE sale (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    event BLOB NOT NULL REFERENCES event (id),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE allowance (
    sale BLOB NOT NULL,
    person TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (sale, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    performance BLOB NOT NULL,
    sale BLOB NOT NULL,
    person TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'taken', 'released', 'expired')),
    due_at INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX hold_due ON hold (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE purchase (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    code TEXT NOT NULL UNIQUE,
    hold BLOB NOT NULL REFERENCES hold (id),
    event BLOB NOT NULL,
    person TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('awaiting_payment', 'approving', 'paid', 'cancelled', 'expired', 'refunded')),
    due_at INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX purchase_due ON purchase (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX purchase_person ON purchase (person, id);
CREATE INDEX purchase_event ON purchase (event, id);

CREATE TABLE payment (
    order_id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    purchase BLOB NOT NULL REFERENCES purchase (id),
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'approving', 'paid', 'declined', 'not_charged', 'replaced')),
    due_at INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX payment_due ON payment (due_at, order_id) WHERE due_at IS NOT NULL;

CREATE TABLE refund (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    purchase BLOB NOT NULL REFERENCES purchase (id),
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'done', 'failed')),
    due_at INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX refund_due ON refund (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX refund_purchase ON refund (purchase, id);

CREATE TABLE ticket (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    performance BLOB NOT NULL,
    purchase BLOB NOT NULL REFERENCES purchase (id),
    person TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('issued', 'void')),
    live_seat INTEGER CHECK ((live_seat IS NULL) = (state = 'void')),
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ticket_live_seat ON ticket (performance, live_seat);
CREATE INDEX ticket_person ON ticket (person, id);

CREATE TABLE seat (
    performance BLOB NOT NULL REFERENCES performance (id),
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('free', 'held', 'sold', 'off_sale')),
    holder BLOB CHECK ((holder IS NULL) = (state IN ('free', 'off_sale'))),
    PRIMARY KEY (performance, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE figures (
    event BLOB PRIMARY KEY NOT NULL REFERENCES event (id),
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE cursor (
    reader TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE fact (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    changes_id BLOB NOT NULL,
    n INTEGER NOT NULL,
    stream_kind TEXT NOT NULL CHECK (stream_kind IN ('system', 'organization', 'user', 'event')),
    stream_id BLOB CHECK ((stream_id IS NULL) = (stream_kind = 'system')),
    at INTEGER NOT NULL,
    kind TEXT GENERATED ALWAYS AS (body->>'kind') VIRTUAL,
    body TEXT NOT NULL,
    UNIQUE (changes_id, n)
) STRICT;

CREATE TABLE answer (
    caller TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (caller, operation, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    stream TEXT NOT NULL,
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;
";

/// Old answers are found without looking at the others.
const SECOND: &str = "CREATE INDEX answer_at ON answer (at);";

/// Queues that live elsewhere write down how far they may have come.
const THIRD: &str = "
CREATE TABLE numbering (
    sale BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
";

/// Projections: what was sold in each minute, and the audit trail.
const FOURTH: &str = "
CREATE TABLE minute (
    event BLOB NOT NULL,
    minute INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (event, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE trail (
    position INTEGER PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
";

/// Each stream's facts, hashed one after the other.
const FIFTH: &str = "
CREATE TABLE chain (
    stream TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
";

/// Jobs that run by the clock, and their runs.
const SIXTH: &str = "
CREATE TABLE job (
    name TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE job_run (
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    job TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'running', 'done', 'failed', 'died')),
    due_at INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX job_run_due ON job_run (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX job_run_job ON job_run (job, id);
";

/// The audit trail can be searched. It is made of facts alone: its reader begins again with the first.
const SEVENTH: &str = "
DROP TABLE trail;
CREATE TABLE trail (
    position INTEGER PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    stream TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX trail_of_stream ON trail (stream, position);
DELETE FROM cursor WHERE reader = 'trail';
";

/// How often events were looked at.
const EIGHTH: &str = "
CREATE TABLE views (
    event BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    count INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
";

/// A draft can be taken away. A check cannot be altered, so the column is made anew, and `body` with it, which stays last.
const NINTH: &str = "
ALTER TABLE event RENAME COLUMN state TO state_before;
ALTER TABLE event RENAME COLUMN body TO body_before;
ALTER TABLE event ADD COLUMN state TEXT NOT NULL DEFAULT 'draft'
    CHECK (state IN ('draft', 'published', 'deleted'));
ALTER TABLE event ADD COLUMN body TEXT NOT NULL DEFAULT '';
UPDATE event SET state = state_before, body = body_before;
ALTER TABLE event DROP COLUMN state_before;
ALTER TABLE event DROP COLUMN body_before;
";

/// The audit trail is in the order in which things happened, so that what is newer than a moment is found by it.
const TENTH: &str = "
DROP INDEX trail_of_stream;
CREATE INDEX trail_by_time ON trail (happened_at, position);
CREATE INDEX trail_of_stream_by_time ON trail (stream, happened_at, position);
";

#[cfg(test)]
mod tests {
    use sqlx::{ConnectOptions as _, Row as _, sqlite::SqliteConnectOptions};

    use super::super::super::tables::TABLES;
    use super::MIGRATIONS;

    #[tokio::test]
    async fn every_table_has_the_columns_that_its_description_names_and_no_others() {
        let mut connection = SqliteConnectOptions::new()
            .in_memory(true)
            .connect()
            .await
            .unwrap();
        for migration in MIGRATIONS {
            sqlx::raw_sql(*migration).execute(&mut connection).await.unwrap();
        }
        for shape in TABLES {
            let query =
                sqlx::query("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid").bind(shape.name);
            let rows = query.fetch_all(&mut connection).await.unwrap();
            let columns: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            let described = shape.key.iter().map(|column| column.name).chain(["version"]);
            let described = described.chain(shape.searched().map(|column| column.name));
            let described: Vec<&str> = described.chain(shape.has_body().then_some("body")).collect();
            assert_eq!(columns, described, "{}", shape.name);
            let keyed: Vec<bool> = rows.iter().map(|row| row.get::<i64, _>(1) > 0).collect();
            let key = shape.key.len();
            assert!(
                keyed.iter().enumerate().all(|(at, is_key)| *is_key == (at < key)),
                "{}",
                shape.name
            );
        }
    }
}
