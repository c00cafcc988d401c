//! The user who counts: made with the rights that counting takes, as statements that somebody may read before.

use percent_encoding::percent_decode_str;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Error, MySqlConnection};
use ticketon_core::entropy::Entropy;

use super::super::mysql::{
    fill, is_no_new_user, lacks_a_grant, must_be_current, open_connection, parse, shown,
};
use super::super::open::OpenError;
use super::super::store::StoreAddress;
use super::super::value::{Columns as _, Value};
use super::address::{BadBatchUrl, anonymous, of_database};
use super::mysql::Flavour;
use super::table::CountedTable;
use crate::limits;

/// The batch user of a store, as it shall be.
#[derive(Debug)]
pub struct BatchUser {
    statements: Vec<String>,
    /// The address by which it comes in, with its password, where that is made here.
    made_url: Option<String>,
    name: String,
    options: MySqlConnectOptions,
}

/// What a batch user says to come in.
enum Password {
    /// What `batch.url` says, from now on.
    Said(String),
    /// What is made here, for a user who is new. It never becomes that of one who was there, with which somebody counts.
    Made(String),
    /// What it said before.
    Kept,
}

/// Why there is no batch user.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// A file has no users.
    #[error("a store in a file has no users: whoever may write to it may count")]
    OfAFile,
    /// The address of the batch user is no use.
    #[error(transparent)]
    Address(#[from] BadBatchUrl),
    /// The store was not reached.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is the store's own user.
    #[error("`{0}` is the store's own user, whose rights are left alone: name another in `batch.url`")]
    TheStores(String),
    /// A name or a password that cannot be written safely.
    #[error("name and password of the batch user must be printable and without quotes and backslashes")]
    Unwritable,
    /// The store's user may not make users.
    #[error("the server refuses: {0}; print the statements and let its administrator run them")]
    Refused(#[source] Error),
}

impl BatchUser {
    /// Its name unless `batch.url` says another.
    pub const NAME: &'static str = "ticketon_batch";

    /// As it shall be: with the name and the password of `batch_url`. Without a password there, a new user gets one that
    /// is made here, and one that exists keeps its own, whether or not the store's user may see that it does.
    pub async fn of(
        store: &StoreAddress,
        batch_url: Option<&str>,
        entropy: &dyn Entropy,
    ) -> Result<Self, UserError> {
        let StoreAddress::Database { url, .. } = store else {
            return Err(UserError::OfAFile);
        };
        let batch = of_database(url, batch_url)?;
        let options = parse(url)?;
        let name = batch.get_username().to_owned();
        if name == options.get_username() {
            return Err(UserError::TheStores(name));
        }
        let mut connection = open_connection(&options).await?;
        // Rights are granted on tables, which must be there.
        must_be_current(&mut connection, &options).await?;
        let look = async {
            let flavour = Flavour::of(&mut connection).await?;
            let exists = exists(&mut connection, &name).await?;
            connection.close().await?;
            Ok((flavour, exists))
        };
        let (flavour, exists) = look.await.map_err(UserError::Refused)?;
        let password = match password_in(batch_url.unwrap_or_default()) {
            Some(said) => Password::Said(said),
            None if exists => Password::Kept,
            None => Password::Made(letters(entropy)),
        };
        let made_url = match &password {
            Password::Made(made) => Some(address(batch_url.unwrap_or(url), &name, made)),
            Password::Said(_) | Password::Kept => None,
        };
        let database = options.get_database().unwrap_or_default();
        Ok(Self {
            statements: statements(flavour, &name, &password, database)?,
            made_url,
            name,
            options,
        })
    }

    /// What makes it, one statement after another; the same again changes nothing.
    pub fn statements(&self) -> &[String] {
        &self.statements
    }

    /// Who it is, and where.
    pub fn shown(&self) -> String {
        format!("{} at {}", self.name, shown(&self.options))
    }

    /// What `batch.url` must be set to, where the user is new and its password was made here: it is not written down
    /// anywhere else.
    pub fn made_url(&self) -> Option<&str> {
        self.made_url.as_deref()
    }

    /// Makes it, as the store's user. Says what [`Self::made_url`] does, unless the user turns out to have been there.
    pub async fn make(&self) -> Result<Option<&str>, UserError> {
        let made = async {
            let mut connection = self.options.connect().await?;
            let mut made_url = self.made_url();
            for statement in &self.statements {
                let run = sqlx::raw_sql(AssertSqlSafe(statement.clone()));
                match run.execute(&mut connection).await {
                    Err(error) if made_url.is_some() && is_no_new_user(&error) => made_url = None,
                    done => {
                        done?;
                    }
                }
            }
            connection.close().await?;
            Ok(made_url)
        };
        made.await.map_err(UserError::Refused)
    }
}

/// Whether there is a user of that name, as far as the store's user may see; to make one tells the rest.
async fn exists(connection: &mut MySqlConnection, name: &str) -> Result<bool, Error> {
    let text = fill(
        "SELECT count(*) FROM mysql.user WHERE user = ?1 AND host = '%'",
        &[Value::Text(name)],
    );
    match sqlx::raw_sql(AssertSqlSafe(text)).fetch_one(connection).await {
        Ok(row) => Ok(row.integer(0)? > 0),
        Err(error) if lacks_a_grant(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn statements(
    flavour: Flavour,
    name: &str,
    password: &Password,
    database: &str,
) -> Result<Vec<String>, UserError> {
    if ![name, password.text()].into_iter().all(is_writable) {
        return Err(UserError::Unwritable);
    }
    let user = format!("'{name}'@'%'");
    let mut statements = match password {
        Password::Said(said) => vec![
            format!("CREATE USER IF NOT EXISTS {user} IDENTIFIED BY '{said}'"),
            format!("ALTER USER {user} IDENTIFIED BY '{said}'"),
        ],
        Password::Made(made) => vec![format!("CREATE USER {user} IDENTIFIED BY '{made}'")],
        Password::Kept => Vec::new(),
    };
    // On one table at a time: on a whole database this would be the right to read keys and to make users.
    let database = database.replace('`', "``");
    for table in CountedTable::all() {
        statements.push(format!(
            "GRANT SELECT, INSERT ON `{database}`.`{table}` TO {user}"
        ));
    }
    statements.push(format!("GRANT PROCESS ON *.* TO {user}"));
    statements.push(format!("GRANT SELECT ON mysql.innodb_table_stats TO {user}"));
    match flavour {
        Flavour::MySql => {}
        Flavour::MariaDb => statements.push(format!("GRANT SELECT ON mysql.table_stats TO {user}")),
    }
    Ok(statements)
}

impl Password {
    fn text(&self) -> &str {
        match self {
            Self::Said(text) | Self::Made(text) => text,
            Self::Kept => "",
        }
    }
}

fn is_writable(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_control() && !matches!(c, '\'' | '"' | '`' | '\\'))
}

/// The password in an address, if there is one.
fn password_in(url: &str) -> Option<String> {
    let (user, _) = url.split_once("://")?.1.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    let password = percent_decode_str(password).decode_utf8().ok()?;
    Some(password.into_owned())
}

/// An address with this user and password.
fn address(url: &str, name: &str, password: &str) -> String {
    let place = anonymous(url);
    let (scheme, rest) = place.split_once("://").unwrap_or(("mysql", &place));
    format!("{scheme}://{name}:{password}@{rest}")
}

/// Of letters and digits, so that it can stand anywhere.
fn letters(entropy: &dyn Entropy) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut password = String::with_capacity(limits::BATCH_PASSWORD_CHARS);
    while password.len() < limits::BATCH_PASSWORD_CHARS {
        let mut byte = [0];
        entropy.fill(&mut byte);
        // 248 is the largest multiple of 62 in a byte: beyond it some letters would come more often.
        if byte[0] < 248 {
            password.push(char::from(LETTERS[usize::from(byte[0] % 62)]));
        }
    }
    password
}

#[cfg(test)]
mod tests {
    use ticketon_core::SeededEntropy;

    use super::*;

    #[test]
    fn the_statements_grant_what_counting_takes_and_nothing_else() {
        let made = statements(Flavour::MySql, "b", &Password::Made("pw".to_owned()), "my_shop").unwrap();
        let tables = CountedTable::all();
        let of_tables = tables
            .iter()
            .map(|table| format!("GRANT SELECT, INSERT ON `my_shop`.`{table}` TO 'b'@'%'"));
        let mut expected = vec!["CREATE USER 'b'@'%' IDENTIFIED BY 'pw'".to_owned()];
        expected.extend(of_tables);
        expected.push("GRANT PROCESS ON *.* TO 'b'@'%'".to_owned());
        expected.push("GRANT SELECT ON mysql.innodb_table_stats TO 'b'@'%'".to_owned());
        assert_eq!(made, expected);
        let kept = statements(Flavour::MariaDb, "b", &Password::Kept, "shop").unwrap();
        assert!(kept[0].starts_with("GRANT "), "{kept:?}");
        assert_eq!(
            kept.last().unwrap(),
            "GRANT SELECT ON mysql.table_stats TO 'b'@'%'"
        );
    }

    #[test]
    fn only_a_password_that_was_said_becomes_that_of_a_user_who_is_there() {
        let said = statements(Flavour::MySql, "b", &Password::Said("pw".to_owned()), "shop").unwrap();
        assert_eq!(
            said[..2],
            [
                "CREATE USER IF NOT EXISTS 'b'@'%' IDENTIFIED BY 'pw'",
                "ALTER USER 'b'@'%' IDENTIFIED BY 'pw'",
            ]
        );
        for password in [Password::Made("pw".to_owned()), Password::Kept] {
            let others = statements(Flavour::MySql, "b", &password, "shop").unwrap();
            assert!(
                !others
                    .iter()
                    .any(|text| text.contains("ALTER USER") || text.contains("IF NOT EXISTS")),
                "{others:?}"
            );
        }
    }

    #[test]
    fn a_name_or_a_password_that_would_end_its_literal_is_refused() {
        for bad in ["a'b", "a\\b", "a`b", "a\"b", "a\nb"] {
            assert!(matches!(
                statements(Flavour::MySql, bad, &Password::Kept, "shop"),
                Err(UserError::Unwritable)
            ));
            assert!(matches!(
                statements(Flavour::MySql, "b", &Password::Said(bad.to_owned()), "shop"),
                Err(UserError::Unwritable)
            ));
        }
        let odd = statements(Flavour::MySql, "b", &Password::Kept, "a`b%").unwrap();
        assert_eq!(odd[0], "GRANT SELECT, INSERT ON `a``b%`.`seat` TO 'b'@'%'");
    }

    #[test]
    fn a_password_comes_from_the_address_or_is_made_of_letters_and_digits() {
        assert_eq!(password_in("mysql://b:a%40b@db/shop"), Some("a@b".to_owned()));
        assert_eq!(password_in("mysql://b@db/shop"), None);
        assert_eq!(password_in(""), None);
        let made = letters(&SeededEntropy::new(1));
        assert_eq!(made.len(), limits::BATCH_PASSWORD_CHARS);
        assert!(made.chars().all(|c| c.is_ascii_alphanumeric()), "{made}");
        assert_ne!(made, letters(&SeededEntropy::new(2)));
        let url = address("mysql://ticketon:secret@db/shop?ssl-mode=REQUIRED", "b", &made);
        assert_eq!(url, format!("mysql://b:{made}@db/shop?ssl-mode=REQUIRED"));
    }
}
