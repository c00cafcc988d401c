//! A room's slot moves to another node of its cluster, or its master dies and a replica takes over: whoever is connected
//! finds it again, and everybody stands where they stood.

use std::sync::Arc;
use std::time::Duration;

use ticketon_queue::{
    Arrival, CeilingsInMemory, EntryId, Place, Policy, Queue, QueueError, Redis, RedisQueue, RoomName, Seq,
    Settings,
};
use tokio::time::sleep;

use super::private::PrivateRedis;
use crate::faults::{OPENING, visitor};

/// Two nodes that know each other; the first has every slot.
async fn two_nodes() -> [PrivateRedis; 2] {
    let node = || {
        PrivateRedis::start_with(&[
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--save",
            "",
        ])
    };
    let nodes = [node(), node()];
    nodes[0]
        .command(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"])
        .await;
    let port = nodes[1].port().to_string();
    nodes[0].command(&["CLUSTER", "MEET", "127.0.0.1", &port]).await;
    for node in &nodes {
        node.hears_of("cluster_state:ok").await;
        node.hears_of("cluster_known_nodes:2").await;
    }
    nodes
}

async fn queue_on(nodes: &[PrivateRedis; 2]) -> RedisQueue {
    let url = format!(
        "redis-cluster://127.0.0.1:{},127.0.0.1:{}",
        nodes[0].port(),
        nodes[1].port()
    );
    let redis = Redis::connect(&url).await.unwrap();
    let room = RoomName::parse("opera").unwrap();
    let queue = RedisQueue::new(room, redis, Arc::new(CeilingsInMemory::default()));
    let settings = Settings::opening(OPENING, Policy::fifo().capacity(1));
    assert_eq!(queue.open(settings, OPENING).await, Ok(true));
    queue
}

async fn enter(queue: &RedisQueue, number: u128) -> Result<Place, QueueError> {
    let visitor = visitor(number);
    queue
        .enter(Arrival::new(&visitor, EntryId::from_u128(number)), OPENING)
        .await
}

/// Tries until it is done; what is refused meanwhile says to try again.
async fn enters_in_time(queue: &RedisQueue, number: u128) -> Place {
    for _ in 0..100 {
        match enter(queue, number).await {
            Ok(place) => return place,
            Err(error) => assert!(error.is_retryable(), "{error:?}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the queue was not found again");
}

#[tokio::test]
async fn on_redis_cluster_a_room_that_moves_to_another_node_is_found_there() {
    let nodes = two_nodes().await;
    let queue = queue_on(&nodes).await;
    for number in 1..=3 {
        enter(&queue, number).await.unwrap();
    }
    let [from, to] = &nodes;
    let slot: u16 = from.ask(&["CLUSTER", "KEYSLOT", "ticketon:{q:opera}:room"]).await;
    let slot = slot.to_string();
    let (from_id, to_id): (String, String) = (
        from.ask(&["CLUSTER", "MYID"]).await,
        to.ask(&["CLUSTER", "MYID"]).await,
    );
    to.command(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id])
        .await;
    from.command(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id])
        .await;
    let keys: Vec<String> = from.ask(&["CLUSTER", "GETKEYSINSLOT", &slot, "100"]).await;
    let port = to.port().to_string();
    for key in &keys {
        from.command(&["MIGRATE", "127.0.0.1", &port, key, "0", "1000"])
            .await;
    }
    for node in [to, from] {
        node.command(&["CLUSTER", "SETSLOT", &slot, "NODE", &to_id]).await;
    }

    let place = queue.find(&visitor(3), OPENING).await.unwrap().unwrap();
    assert_eq!((place.entry.seq, place.progress.ahead_of(Seq(3))), (Seq(3), 1));
    let newcomer = enters_in_time(&queue, 4).await;
    assert_eq!(
        newcomer.entry.seq,
        Seq(10_001),
        "another server may not know the last numbers"
    );
}

#[tokio::test]
async fn on_redis_cluster_a_room_whose_master_died_is_found_on_the_replica() {
    let [mut master, replica] = two_nodes().await;
    let master_id: String = master.ask(&["CLUSTER", "MYID"]).await;
    replica.command(&["CLUSTER", "REPLICATE", &master_id]).await;
    replica.says("INFO", "replication", "master_link_status:up").await;
    let nodes = [master, replica];
    let queue = queue_on(&nodes).await;
    for number in 1..=3 {
        enter(&queue, number).await.unwrap();
    }
    let replica;
    [master, replica] = nodes;
    master.is_copied().await;
    master.kill();
    let refused = enter(&queue, 4).await.unwrap_err();
    assert!(refused.is_retryable(), "{refused:?}");
    replica.command(&["CLUSTER", "FAILOVER", "TAKEOVER"]).await;
    let newcomer = enters_in_time(&queue, 4).await;
    assert_eq!(newcomer.entry.seq, Seq(10_001));
    let place = queue.find(&visitor(3), OPENING).await.unwrap().unwrap();
    assert_eq!((place.entry.seq, place.progress.ahead_of(Seq(3))), (Seq(3), 1));
}
