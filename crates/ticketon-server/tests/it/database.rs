//! A store in a database of a real server does what every store must do. Each test has databases of its own.
//!
//! The servers are those of `cargo xtask up`; a test whose server is missing fails.

pub(crate) mod scratch;
mod statistics;
mod suite;

/// Runs tests of a file on one server.
macro_rules! on {
    ($server:ident is $variable:literal: $($file:ident: $($test:ident)*;)*) => {
        mod $server {
            use super::scratch::Server;

            $($(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let server = Server::named($variable);
                super::$file::$test(&server).await;
                server.tidy().await;
            })*)*
        }
    };
}

macro_rules! on_both {
    ($($tests:tt)*) => {
        on!(on_mysql is "TICKETON_TEST_MYSQL_URL": $($tests)*);
        on!(on_mariadb is "TICKETON_TEST_MARIADB_URL": $($tests)*);
    };
}

on_both! {
    suite:
    it_is_a_store
    it_is_like_memory
    an_address_that_leads_nowhere_says_which
    a_newer_schema_and_another_programs_tables_are_left_alone
    many_may_open_an_empty_database_at_once
    one_of_two_writers_has_the_row
    a_key_that_was_taken_meanwhile_is_found_when_begun_again
    a_lock_that_is_not_had_is_a_race
    a_commit_whose_answer_was_lost_is_recognized
    a_connection_that_is_cut_leaves_nothing_open
    facts_get_dense_positions_once_they_are_visible
    a_crowd_shares_two_committers
    a_whole_sale_keeps_every_promise
    what_people_look_through_is_one_statement
    what_was_just_written_is_read_from_memory
    a_store_goes_to_a_file_and_back
    a_replica_lists_what_anybody_may_see_and_nothing_else;

    statistics:
    the_batch_user_has_what_counting_takes_and_nothing_less_will_do
    the_batch_user_reads_no_key_makes_no_user_and_changes_no_row
    a_table_that_is_new_to_the_batch_user_is_named_until_it_is_set_up_again
    before_there_are_tables_there_is_no_batch_user
    a_new_batch_user_gets_a_password_and_one_that_exists_keeps_its_own
    who_sees_no_users_makes_one_and_changes_no_password_of_one_who_is_there
    what_was_loaded_is_noticed_counted_and_seen_to_be_counted
    a_table_that_is_gone_or_locked_fails_in_the_servers_own_words
    a_batch_user_that_nobody_made_is_told_how
    a_run_without_the_right_to_insert_fails_table_by_table_and_health_names_it;
}
