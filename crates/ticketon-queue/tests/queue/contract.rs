use std::sync::Arc;

use ticketon_queue::NoJournal;
use ticketon_queue::contract::{Reload, Tape, every_case, journaled, same_as_the_model};

#[tokio::test]
async fn a_queue_without_a_journal_keeps_the_contract() {
    every_case(|| journaled(Arc::new(NoJournal)), Reload::Never).await;
}

#[tokio::test]
async fn a_journaled_queue_keeps_the_contract() {
    every_case(|| journaled(Arc::new(Tape::default())), Reload::Never).await;
}

#[tokio::test]
async fn a_queue_that_is_killed_after_every_answer_keeps_the_contract() {
    every_case(|| journaled(Arc::new(Tape::default())), Reload::AfterEveryStep).await;
}

#[tokio::test]
async fn a_queue_answers_like_a_list() {
    for seed in 0..60 {
        same_as_the_model(journaled(Arc::new(NoJournal)), Reload::Never, seed, 300).await;
    }
}

#[tokio::test]
async fn a_queue_that_is_killed_after_every_answer_answers_like_a_list() {
    for seed in 100..106 {
        same_as_the_model(
            journaled(Arc::new(Tape::default())),
            Reload::AfterEveryStep,
            seed,
            120,
        )
        .await;
    }
}
