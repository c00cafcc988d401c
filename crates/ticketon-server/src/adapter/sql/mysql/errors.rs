//! What an error of the server means: <https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>,
//! <https://mariadb.com/kb/en/mariadb-error-codes/>.

use sqlx::Error;
use sqlx::mysql::MySqlDatabaseError;
use ticketon_core::store::NotWritten;

use super::super::decode::unavailable;

/// Why a call of a batch failed.
pub(super) fn not_written(error: Error) -> NotWritten {
    match number(&error) {
        // A key was taken since `begin`, a lock was not had in time, two writers waited for each other, a row changed
        // under a snapshot.
        Some(1062 | 1205 | 1213 | 1020) => NotWritten::Raced(without_values(&error)),
        // Not null, out of range, not text, too long, a reference, a check (MySQL's and MariaDB's).
        Some(1048 | 1264 | 1366 | 1406 | 1451 | 1452 | 3819 | 4025) => {
            NotWritten::Refused(without_values(&error))
        }
        _ => unavailable(error).into(),
    }
}

/// Whether the server said no to this user: wrong password, no right to this database.
pub(in crate::adapter::sql) fn is_denied(error: &Error) -> bool {
    matches!(number(error), Some(1044 | 1045 | 1142 | 1698))
}

/// Whether there is no such database.
pub(super) fn is_no_database(error: &Error) -> bool {
    number(error) == Some(1049)
}

/// Whether the server said that this user may not do that: in this database, with this table, with anything of it.
pub(in crate::adapter::sql) fn lacks_a_grant(error: &Error) -> bool {
    matches!(number(error), Some(1044 | 1142 | 1143 | 1227))
}

/// Whether the server made no user because there is one of that name.
pub(in crate::adapter::sql) fn is_no_new_user(error: &Error) -> bool {
    number(error) == Some(1396)
}

/// Whether the server answered at all, so that its connection goes on.
pub(in crate::adapter::sql) fn is_answer(error: &Error) -> bool {
    number(error).is_some()
}

/// What the server said, for a log: it names the value that did not fit, which may be somebody's address.
fn without_values(error: &Error) -> String {
    without_value(&error.to_string())
}

fn without_value(said: &str) -> String {
    for place in [" for key ", " for column "] {
        if let Some((_, at)) = said.rsplit_once(place) {
            return format!("a value does not fit{place}{at}");
        }
    }
    said.to_owned()
}

fn number(error: &Error) -> Option<u16> {
    let error = error
        .as_database_error()?
        .try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_did_not_fit_is_not_for_the_log() {
        let said = "1062 (23000): Duplicate entry 'ana@example.com' for key 'user.email'";
        assert_eq!(without_value(said), "a value does not fit for key 'user.email'");
        let said = "1213 (40001): Deadlock found when trying to get lock";
        assert_eq!(without_value(said), said);
    }
}
