//! Where whoever counts comes in: the store's own server and database, by another name.

use sqlx::mysql::MySqlConnectOptions;

use super::super::mysql::{parse, shown};
use super::super::open::OpenError;
use super::user::BatchUser;

/// An address by which nobody can count the store's tables; says what to write.
#[derive(Debug, thiserror::Error)]
pub enum BadBatchUrl {
    /// A file has no users.
    #[error("`batch.url` names a database user, and a store in a file has none: take it away")]
    OfAFile,
    /// It leads to other tables than the shop's.
    #[error(
        "`batch.url` leads to `{batch}`, and the store is at `{store}`: write the store's host, port and database"
    )]
    ElsewhereThan {
        /// Where it leads.
        batch: String,
        /// Where the store is.
        store: String,
    },
    /// It is no address, or the store's is none.
    #[error("`batch.url`: {0}")]
    NotAnAddress(#[source] OpenError),
}

pub(super) fn of_file(batch_url: Option<&str>) -> Result<(), BadBatchUrl> {
    batch_url.map_or(Ok(()), |_| Err(BadBatchUrl::OfAFile))
}

/// The statistics that the shop's plans are made by are those of its own server, so no other address counts.
pub(super) fn of_database(
    store_url: &str,
    batch_url: Option<&str>,
) -> Result<MySqlConnectOptions, BadBatchUrl> {
    let store = parse(store_url).map_err(BadBatchUrl::NotAnAddress)?;
    let Some(batch_url) = batch_url else {
        let without_password = parse(&anonymous(store_url)).map_err(BadBatchUrl::NotAnAddress)?;
        return Ok(without_password.username(BatchUser::NAME));
    };
    let is_mysql = ["mysql://", "mariadb://"]
        .iter()
        .any(|scheme| batch_url.starts_with(scheme));
    let batch = if is_mysql {
        parse(batch_url)
    } else {
        Err(OpenError::NotAnAddress(
            "it is none of MySQL or MariaDB".to_owned(),
        ))
    };
    let batch = batch.map_err(BadBatchUrl::NotAnAddress)?;
    if shown(&batch) != shown(&store) {
        return Err(BadBatchUrl::ElsewhereThan {
            batch: shown(&batch),
            store: shown(&store),
        });
    }
    Ok(batch)
}

/// An address without whoever comes in.
pub(super) fn anonymous(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("mysql", url));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: &str = "mysql://ticketon:secret@db:3307/shop?ssl-mode=DISABLED";

    #[test]
    fn unless_it_is_said_the_batch_user_comes_to_the_stores_place_without_a_password() {
        let options = of_database(STORE, None).unwrap();
        assert_eq!(options.get_username(), BatchUser::NAME);
        assert_eq!(shown(&options), "mysql://db:3307/shop");
        assert!(!format!("{options:?}").contains("secret"));
    }

    #[test]
    fn another_database_or_another_server_is_refused_in_a_sentence_without_passwords() {
        for other in [
            "mysql://b:hidden@db:3307/other",
            "mysql://b:hidden@db:3306/shop",
            "mysql://b:hidden@elsewhere:3307/shop",
        ] {
            let refused = of_database(STORE, Some(other)).unwrap_err().to_string();
            assert!(refused.contains("mysql://db:3307/shop"), "{refused}");
            assert!(
                !refused.contains("hidden") && !refused.contains("secret"),
                "{refused}"
            );
        }
        assert!(of_database(STORE, Some("mysql://b:hidden@db:3307/shop")).is_ok());
    }

    #[test]
    fn what_is_no_address_and_what_names_a_user_of_a_file_is_refused() {
        for bad in ["", "postgres://db/shop", "mysql://db"] {
            let refused = of_database(STORE, Some(bad)).unwrap_err();
            assert!(matches!(refused, BadBatchUrl::NotAnAddress(_)), "{refused}");
        }
        assert!(matches!(of_file(Some(STORE)), Err(BadBatchUrl::OfAFile)));
        assert!(of_file(None).is_ok());
    }
}
