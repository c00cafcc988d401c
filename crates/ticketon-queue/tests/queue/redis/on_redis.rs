use super::engine::{
    answers_like_a_list, answers_like_the_one_in_memory, keeps_the_contract, server, unused_room,
};
use super::private::PrivateRedis;
use super::together;
use ticketon_queue::{Redis, RedisError};

#[tokio::test]
async fn a_queue_keeps_the_contract() {
    keeps_the_contract(&server().await).await;
}

#[tokio::test]
async fn a_queue_answers_like_a_list() {
    answers_like_a_list(&server().await).await;
}

#[tokio::test]
async fn a_queue_answers_like_the_one_in_memory() {
    answers_like_the_one_in_memory(&server().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_admit_nobody_twice_in_order_and_never_above_capacity() {
    together::two_dispatchers(server().await, server().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_comes_to_two_processes_gets_every_number_once() {
    together::a_crowd(server().await, server().await).await;
}

#[tokio::test]
async fn when_masses_leave_positions_are_never_too_low_and_never_grow() {
    together::masses_leave(server().await).await;
}

#[tokio::test]
async fn a_tick_of_thousands_is_many_small_steps() {
    together::a_large_tick(server().await).await;
}

#[tokio::test]
async fn rooms_with_any_name_keep_their_keys_in_one_place() {
    let redis = server().await;
    for name in ["}", "{x}y", "ein Saal", "{"] {
        let keys = [
            redis.key(&format!("q:{name}"), "a"),
            redis.key(&format!("q:{name}"), "b"),
        ];
        let tag = |key: &str| {
            key.split_once('{')
                .and_then(|(_, rest)| Some(rest.split_once('}')?.0.to_owned()))
        };
        assert_eq!(tag(&keys[0]), tag(&keys[1]));
        assert!(tag(&keys[0]).is_some_and(|tag| !tag.is_empty()), "{keys:?}");
    }
    assert_ne!(unused_room(), unused_room());
}

#[tokio::test]
async fn a_server_that_does_not_answer_or_lets_nobody_in_is_named_without_the_password() {
    let server = PrivateRedis::start_with(&["--requirepass", "secret"]);
    let address = server.url().replace("redis://", "");
    Redis::connect(&format!("redis://:secret@{address}"))
        .await
        .unwrap();
    for url in [
        format!("redis://:wrong-one@{address}"),
        "redis://:wrong-one@127.0.0.1:1".to_owned(),
    ] {
        let refused = Redis::connect(&url).await.err().unwrap();
        assert!(matches!(refused, RedisError::Unreachable(_)), "{refused:?}");
        let said = refused.to_string();
        assert!(
            said.contains("redis://127.0.0.1:") && !said.contains("wrong-one"),
            "{said}"
        );
    }
}
