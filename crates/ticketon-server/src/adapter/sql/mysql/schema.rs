//! The schema, as migrations that are never changed once released: a later one adds.
//!
//! It is the schema of the SQLite store in the words of MySQL and MariaDB. The table `ticketon` remembers how many
//! migrations it has seen. A migration can stop half-way, as no transaction holds one together, so each can be begun
//! again. Only one process migrates at a time.
//!
//! Texts are compared byte by byte, spaces at their end included, as the program does.

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, Error, MySqlConnection};

use super::super::open::OpenError;
use super::super::value::Columns as _;
use super::open::{failed, shown};

/// What a database must have been through, in order. `{texts}` is how the server compares texts, `{checked}` what it calls
/// the first check of `event`.
const MIGRATIONS: &[&str] = &[FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH];

/// What a database is found to be.
struct Seen {
    tables: u64,
    /// How many migrations it has seen, if it is ours.
    version: Option<u64>,
    is_mariadb: bool,
}

/// Brings the schema up to date, unless a newer program, or another one, made it.
pub(super) async fn migrate(
    connection: &mut MySqlConnection,
    options: &MySqlConnectOptions,
    if_empty: impl FnOnce(String) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    let at = |source| failed(options, source);
    if !lock(connection).await.map_err(at)? {
        return Err(OpenError::Locked(shown(options)));
    }
    let seen = Seen::look(connection).await.map_err(at)?;
    if seen.tables == 0 {
        if_empty(shown(options))?;
    }
    for (text, version) in MIGRATIONS.iter().zip(1..).skip(seen.version(options)?) {
        let applied = apply(connection, text, version, seen.is_mariadb).await;
        applied.map_err(at)?;
    }
    // Closing the connection gives the lock back, too.
    let unlock = format!("DO RELEASE_LOCK({LOCK})");
    execute(connection, unlock).await.map_err(at)
}

/// Refuses a store that is not up to date.
pub(in crate::adapter::sql) async fn must_be_current(
    connection: &mut MySqlConnection,
    options: &MySqlConnectOptions,
) -> Result<(), OpenError> {
    let seen = Seen::look(connection).await;
    let seen = seen.map_err(|source| failed(options, source))?;
    if seen.tables == 0 {
        return Err(OpenError::Missing(shown(options)));
    }
    let (found, known) = (seen.version(options)?, MIGRATIONS.len());
    if found < known {
        let at = shown(options);
        return Err(OpenError::Older { at, found, known });
    }
    Ok(())
}

/// Whether the database holds nothing at all.
pub(super) async fn is_empty(connection: &mut MySqlConnection) -> Result<bool, Error> {
    Ok(Seen::look(connection).await?.tables == 0)
}

/// One lock a database of the server.
const LOCK: &str = "concat('ticketon/', database())";

/// Whether this process may migrate now; waits a minute for another one.
async fn lock(connection: &mut MySqlConnection) -> Result<bool, Error> {
    let text = format!("SELECT coalesce(GET_LOCK({LOCK}, 60), 0)");
    let row = sqlx::raw_sql(AssertSqlSafe(text)).fetch_one(connection).await?;
    Ok(row.integer(0)? == 1)
}

impl Seen {
    async fn look(connection: &mut MySqlConnection) -> Result<Self, Error> {
        let text = "SELECT count(*), CAST(coalesce(sum(table_name = 'ticketon'), 0) AS SIGNED), \
                    version() LIKE '%MariaDB%' \
                    FROM information_schema.tables WHERE table_schema = database()";
        let row = sqlx::raw_sql(text).fetch_one(&mut *connection).await?;
        let version = if row.integer(1)? > 0 {
            let rows = sqlx::raw_sql("SELECT version FROM ticketon")
                .fetch_all(connection)
                .await?;
            Some(rows.first().map_or(Ok(0), |row| row.number(0))?)
        } else {
            None
        };
        Ok(Self {
            tables: row.number(0)?,
            version,
            is_mariadb: row.integer(2)? > 0,
        })
    }

    /// How many migrations are done, unless a newer program, or another one, made the tables.
    fn version(&self, options: &MySqlConnectOptions) -> Result<usize, OpenError> {
        let known = MIGRATIONS.len();
        match self
            .version
            .map(|version| usize::try_from(version).unwrap_or(usize::MAX))
        {
            Some(found) if found > known => {
                let at = shown(options);
                Err(OpenError::Newer { at, found, known })
            }
            Some(found) => Ok(found),
            None if self.tables == 0 => Ok(0),
            None => Err(OpenError::NotAStore(shown(options))),
        }
    }
}

async fn apply(
    connection: &mut MySqlConnection,
    text: &str,
    version: usize,
    is_mariadb: bool,
) -> Result<(), Error> {
    let (texts, checked) = if is_mariadb {
        ("utf8mb4_nopad_bin", "CONSTRAINT_1")
    } else {
        ("utf8mb4_0900_bin", "event_chk_1")
    };
    let text = text.replace(
        "{texts}",
        &format!("ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE {texts}"),
    );
    let text = text.replace("{checked}", checked);
    execute(
        connection,
        format!("{text} UPDATE ticketon SET version = {version}"),
    )
    .await
}

async fn execute(connection: &mut MySqlConnection, text: String) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await?;
    Ok(())
}

const FIRST: &str = "
CREATE TABLE IF NOT EXISTS ticketon (
    only_row TINYINT PRIMARY KEY DEFAULT 1 CHECK (only_row = 1),
    version INT NOT NULL
) {texts};
INSERT IGNORE INTO ticketon (version) VALUES (0);

CREATE TABLE IF NOT EXISTS organization (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    slug VARCHAR(64) NOT NULL,
    body LONGTEXT NOT NULL,
    UNIQUE KEY organization_slug (slug)
) {texts};

CREATE TABLE IF NOT EXISTS user (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    email VARCHAR(254) NOT NULL,
    body LONGTEXT NOT NULL,
    UNIQUE KEY user_email (email)
) {texts};

CREATE TABLE IF NOT EXISTS session (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};

CREATE TABLE IF NOT EXISTS signing_key (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};

CREATE TABLE IF NOT EXISTS plan (
    id BINARY(32) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};

CREATE TABLE IF NOT EXISTS event (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    organization BINARY(16) NOT NULL,
    slug VARCHAR(64) NOT NULL,
    state VARCHAR(20) NOT NULL,
    body LONGTEXT NOT NULL,
    UNIQUE KEY event_slug (slug),
    FOREIGN KEY (organization) REFERENCES organization (id),
    CHECK (state IN ('draft', 'published'))
) {texts};

CREATE TABLE IF NOT EXISTS performance (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    event BINARY(16) NOT NULL,
    starts_at BIGINT NOT NULL,
    plan BINARY(32),
    body LONGTEXT NOT NULL,
    KEY performance_event (event, starts_at),
    FOREIGN KEY (event) REFERENCES event (id),
    FOREIGN KEY (plan) REFERENCES plan (id)
) {texts};

CREATE TABLE IF NOT EXISTS sale (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    event BINARY(16) NOT NULL,
    body LONGTEXT NOT NULL,
    FOREIGN KEY (event) REFERENCES event (id)
) {texts};

CREATE TABLE IF NOT EXISTS allowance (
    sale BINARY(16) NOT NULL,
    person VARCHAR(64) NOT NULL,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL,
    PRIMARY KEY (sale, person)
) {texts};

CREATE TABLE IF NOT EXISTS hold (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    performance BINARY(16) NOT NULL,
    sale BINARY(16) NOT NULL,
    person VARCHAR(64) NOT NULL,
    made_at BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    due_at BIGINT,
    body LONGTEXT NOT NULL,
    KEY hold_due (due_at, id),
    CHECK (state IN ('active', 'taken', 'released', 'expired'))
) {texts};

CREATE TABLE IF NOT EXISTS purchase (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    hold BINARY(16) NOT NULL,
    event BINARY(16) NOT NULL,
    person VARCHAR(64) NOT NULL,
    made_at BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    due_at BIGINT,
    body LONGTEXT NOT NULL,
    UNIQUE KEY purchase_code (code),
    KEY purchase_due (due_at, id),
    KEY purchase_person (person, id),
    KEY purchase_event (event, id),
    FOREIGN KEY (hold) REFERENCES hold (id),
    CHECK (state IN ('awaiting_payment', 'approving', 'paid', 'cancelled', 'expired', 'refunded'))
) {texts};

CREATE TABLE IF NOT EXISTS payment (
    order_id VARCHAR(64) PRIMARY KEY,
    version BIGINT NOT NULL,
    purchase BINARY(16) NOT NULL,
    made_at BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    due_at BIGINT,
    body LONGTEXT NOT NULL,
    KEY payment_due (due_at, order_id),
    FOREIGN KEY (purchase) REFERENCES purchase (id),
    CHECK (state IN ('ready', 'approving', 'paid', 'declined', 'not_charged', 'replaced'))
) {texts};

CREATE TABLE IF NOT EXISTS refund (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    purchase BINARY(16) NOT NULL,
    made_at BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    due_at BIGINT,
    body LONGTEXT NOT NULL,
    KEY refund_due (due_at, id),
    KEY refund_purchase (purchase, id),
    FOREIGN KEY (purchase) REFERENCES purchase (id),
    CHECK (state IN ('requested', 'done', 'failed'))
) {texts};

CREATE TABLE IF NOT EXISTS ticket (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    performance BINARY(16) NOT NULL,
    purchase BINARY(16) NOT NULL,
    person VARCHAR(64) NOT NULL,
    issued_at BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    live_seat BIGINT,
    body LONGTEXT NOT NULL,
    UNIQUE KEY ticket_live_seat (performance, live_seat),
    KEY ticket_person (person, id),
    FOREIGN KEY (purchase) REFERENCES purchase (id),
    CHECK (state IN ('issued', 'void')),
    CHECK ((live_seat IS NULL) = (state = 'void'))
) {texts};

CREATE TABLE IF NOT EXISTS seat (
    performance BINARY(16) NOT NULL,
    number BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    holder BINARY(16),
    PRIMARY KEY (performance, number),
    FOREIGN KEY (performance) REFERENCES performance (id),
    CHECK (state IN ('free', 'held', 'sold', 'off_sale')),
    CHECK ((holder IS NULL) = (state IN ('free', 'off_sale')))
) {texts};

CREATE TABLE IF NOT EXISTS figures (
    event BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL,
    FOREIGN KEY (event) REFERENCES event (id)
) {texts};

CREATE TABLE IF NOT EXISTS `cursor` (
    reader VARCHAR(32) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};

CREATE TABLE IF NOT EXISTS fact (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    changes_id BINARY(16) NOT NULL,
    n INT NOT NULL,
    position BIGINT,
    stream_kind VARCHAR(20) NOT NULL,
    stream_id BINARY(16),
    at BIGINT NOT NULL,
    kind VARCHAR(40) GENERATED ALWAYS AS (json_value(body, '$.kind')) VIRTUAL,
    body LONGTEXT NOT NULL,
    UNIQUE KEY fact_changes (changes_id, n),
    UNIQUE KEY fact_position (position),
    CHECK (stream_kind IN ('system', 'organization', 'user', 'event')),
    CHECK ((stream_id IS NULL) = (stream_kind = 'system'))
) {texts};

CREATE TABLE IF NOT EXISTS log (
    only_row TINYINT PRIMARY KEY DEFAULT 1 CHECK (only_row = 1),
    head BIGINT NOT NULL
) {texts};
INSERT IGNORE INTO log (head) VALUES (0);

CREATE TABLE IF NOT EXISTS answer (
    caller VARCHAR(160) NOT NULL,
    operation VARCHAR(255) NOT NULL,
    `key` VARCHAR(128) NOT NULL,
    fingerprint VARCHAR(128) NOT NULL,
    outcome VARCHAR(512) NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (caller, operation, `key`),
    KEY answer_at (at)
) {texts};

CREATE TABLE IF NOT EXISTS journal (
    number BIGINT PRIMARY KEY AUTO_INCREMENT,
    stream VARCHAR(200) NOT NULL,
    bytes LONGBLOB NOT NULL,
    KEY journal_stream (stream, number)
) {texts};
";

/// Queues that live elsewhere write down how far they may have come.
const SECOND: &str = "
CREATE TABLE IF NOT EXISTS numbering (
    sale BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};
";

/// Projections: what was sold in each minute, and the audit trail.
const THIRD: &str = "
CREATE TABLE IF NOT EXISTS minute (
    event BINARY(16) NOT NULL,
    minute BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL,
    PRIMARY KEY (event, minute)
) {texts};

CREATE TABLE IF NOT EXISTS trail (
    position BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};
";

/// Each stream's facts, hashed one after the other.
const FOURTH: &str = "
CREATE TABLE IF NOT EXISTS chain (
    stream VARCHAR(40) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};
";

/// Jobs that run by the clock, and their runs.
const FIFTH: &str = "
CREATE TABLE IF NOT EXISTS job (
    name VARCHAR(32) PRIMARY KEY,
    version BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};

CREATE TABLE IF NOT EXISTS job_run (
    id BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    job VARCHAR(32) NOT NULL,
    state VARCHAR(20) NOT NULL,
    due_at BIGINT,
    body LONGTEXT NOT NULL,
    KEY job_run_due (due_at, id),
    KEY job_run_job (job, id),
    CHECK (state IN ('requested', 'running', 'done', 'failed', 'died'))
) {texts};
";

/// The audit trail can be searched. It is made of facts alone: its reader begins again with the first.
const SIXTH: &str = "
DROP TABLE IF EXISTS trail;
CREATE TABLE IF NOT EXISTS trail (
    position BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    stream VARCHAR(40) NOT NULL,
    happened_at BIGINT NOT NULL,
    body LONGTEXT NOT NULL,
    KEY trail_of_stream (stream, position)
) {texts};
DELETE FROM `cursor` WHERE reader = 'trail';
";

/// How often events were looked at.
const SEVENTH: &str = "
CREATE TABLE IF NOT EXISTS views (
    event BINARY(16) PRIMARY KEY,
    version BIGINT NOT NULL,
    count BIGINT NOT NULL,
    body LONGTEXT NOT NULL
) {texts};
";

/// A draft can be taken away. In one statement, so that it can be begun again.
const EIGHTH: &str = "
ALTER TABLE event DROP CONSTRAINT {checked},
    ADD CONSTRAINT {checked} CHECK (state IN ('draft', 'published', 'deleted'));
";

/// The audit trail is in the order in which things happened, so that what is newer than a moment is found by it. It is made of
/// facts alone: its reader begins again with the first.
const NINTH: &str = "
DROP TABLE IF EXISTS trail;
CREATE TABLE IF NOT EXISTS trail (
    position BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    stream VARCHAR(40) NOT NULL,
    happened_at BIGINT NOT NULL,
    body LONGTEXT NOT NULL,
    KEY trail_by_time (happened_at, position),
    KEY trail_of_stream_by_time (stream, happened_at, position)
) {texts};
DELETE FROM `cursor` WHERE reader = 'trail';
";
