//! A store in a database of a real server does what every store must do. Each test has databases of its own.
//!
//! The servers are those of `cargo xtask up`; a test whose server is missing fails.

mod scratch;
mod suite;

/// Runs tests of the suite on one server.
macro_rules! on {
    ($server:ident is $variable:literal: $($test:ident)*) => {
        mod $server {
            use super::scratch::Server;
            use super::suite;

            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let server = Server::named($variable);
                suite::$test(&server).await;
                server.tidy().await;
            })*
        }
    };
}

macro_rules! on_both {
    ($($test:ident)*) => {
        on!(on_mysql is "TICKETON_TEST_MYSQL_URL": $($test)*);
        on!(on_mariadb is "TICKETON_TEST_MARIADB_URL": $($test)*);
    };
}

on_both! {
    it_is_a_store
    it_is_like_memory
}
