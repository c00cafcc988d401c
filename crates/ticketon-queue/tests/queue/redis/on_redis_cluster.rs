use super::engine::{answers_like_a_list, answers_like_the_one_in_memory, cluster, keeps_the_contract};
use super::together;

#[tokio::test]
async fn a_queue_keeps_the_contract() {
    keeps_the_contract(&cluster().await).await;
}

#[tokio::test]
async fn a_queue_answers_like_a_list() {
    answers_like_a_list(&cluster().await).await;
}

#[tokio::test]
async fn a_queue_answers_like_the_one_in_memory() {
    answers_like_the_one_in_memory(&cluster().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_admit_nobody_twice_in_order_and_never_above_capacity() {
    together::two_dispatchers(cluster().await, cluster().await).await;
}
