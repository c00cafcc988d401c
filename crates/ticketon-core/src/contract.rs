//! What every engine of a port must do, as public suites: run them against your own database.
//!
//! [`store`] asks one thing after another of fresh, empty engines; [`store_like_memory`] does the same random work on
//! an engine and in memory and compares whatever can be seen. Both panic with what was expected.

mod claims;
mod journal;
mod random;
mod reads;
pub mod sample;
mod subject;
mod writes;

pub use claims::claims;
pub use random::store_like_memory;
pub use subject::{Applied, Subject, Verdict};

use crate::store::{Engine, Reads};

/// What every store must do. `fresh` gives an empty engine and what reads it, each time another.
///
/// # Panics
/// If the store does not do it.
pub async fn store<E: Engine, R: Reads>(fresh: impl AsyncFn() -> (E, R)) {
    let fresh = async || {
        let (engine, reads) = fresh().await;
        Subject::open(engine, reads).await
    };
    writes::a_row_counts_how_often_it_was_written(fresh().await).await;
    writes::a_row_that_changed_since_it_was_read_is_stale(fresh().await).await;
    writes::what_a_decision_relies_on_must_still_stand(fresh().await).await;
    writes::changes_are_refused_whole(fresh().await).await;
    writes::a_row_is_written_at_most_once_in_a_batch(fresh().await).await;
    writes::a_key_has_one_holder(fresh().await).await;
    writes::a_key_is_handed_to_a_new_row(fresh().await).await;
    writes::a_key_given_up_is_free_in_the_next_batch(fresh().await).await;
    writes::an_answered_request_hears_its_answer(fresh().await).await;
    writes::changes_sent_twice_are_applied_once(fresh().await).await;
    writes::facts_stand_at_dense_positions_in_order(fresh().await).await;
    writes::parents_are_written_first(fresh().await).await;
    writes::a_batch_that_was_not_finished_leaves_nothing(fresh().await).await;
    journal::lines_stand_in_order(fresh().await).await;
    journal::lines_are_kept_with_whatever_the_batch_refuses(fresh().await).await;
    reads::rows_come_in_the_order_asked(fresh().await).await;
    reads::a_key_leads_to_its_holder(fresh().await).await;
    reads::what_is_due_comes_longest_due_first(fresh().await).await;
    reads::seats_come_in_number_order(fresh().await).await;
    reads::every_kind_of_row_is_read_as_it_was_written(fresh().await).await;
    reads::facts_come_page_by_page(fresh().await).await;
    reads::a_snapshot_stands_still(fresh().await).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Memory;

    fn memory() -> (Memory, Memory) {
        let memory = Memory::new();
        (memory.clone(), memory)
    }

    #[tokio::test]
    async fn memory_is_a_store() {
        store(async || memory()).await;
    }

    #[tokio::test]
    async fn memory_is_like_itself() {
        for seed in 0..20 {
            let (engine, reads) = memory();
            store_like_memory(engine, reads, seed, 50).await;
        }
    }
}
