//! Several processes find the same moment due, again and again: one of them runs the job.

use std::time::Duration;

use futures_util::future::join_all;
use ticketon_core::Timestamp;
use ticketon_server::adapter::sql::{SqlStore, Statistics, StoreAddress};
use ticketon_server::jobs::Scheduler;

use super::FIRST_SUNDAY;
use crate::database::scratch::Server;
use crate::support::House;

/// Sundays that go by.
const WEEKS: u32 = 25;

const WEEK: Duration = Duration::from_hours(7 * 24);

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_at_the_same_sunday_two_oclock_run_the_job_once() {
    run_once(House::two_on_sqlite().await.into()).await;
}

mod on_mysql {
    #[tokio::test(flavor = "multi_thread")]
    async fn three_processes_at_the_same_sunday_two_oclock_run_the_job_once() {
        super::run_once_on("TICKETON_TEST_MYSQL_URL").await;
    }
}

mod on_mariadb {
    #[tokio::test(flavor = "multi_thread")]
    async fn three_processes_at_the_same_sunday_two_oclock_run_the_job_once() {
        super::run_once_on("TICKETON_TEST_MARIADB_URL").await;
    }
}

/// Three processes with nothing in common but a database.
async fn run_once_on(variable: &str) {
    let server = Server::named(variable);
    let address = StoreAddress::Database {
        url: server.database().await,
        read_url: None,
    };
    let mut houses = Vec::new();
    for number in 0..3 {
        let store = SqlStore::open_or_create(&address).await.unwrap();
        let statistics = Statistics::of(&address, Some(&server.last())).unwrap();
        houses.push(House::of_several(store, statistics, number).await);
    }
    run_once(houses).await;
    server.tidy().await;
}

/// All look at the same time, each by a clock of its own that was put to the same moment.
async fn run_once(houses: Vec<House>) {
    let mut processes: Vec<Scheduler> = houses
        .iter()
        .map(|house| Scheduler::new(house.shop.clone()))
        .collect();
    let first: Timestamp = FIRST_SUNDAY.parse().unwrap();
    look(&mut processes).await;
    for week in 0..WEEKS {
        let sunday = first + WEEK * week;
        for house in &houses {
            house.until(&sunday.to_string());
        }
        look(&mut processes).await;
        let runs = houses[0].runs("analyze").await;
        assert_eq!(runs.len(), week as usize + 1, "{sunday}");
        assert_eq!(
            (&runs[0]["due"], &runs[0]["state"]),
            (&sunday.to_string().into(), &"done".into())
        );
    }
}

async fn look(processes: &mut [Scheduler]) {
    let looks = processes.iter_mut().map(async |process| {
        process.look().await.unwrap();
        process.idle().await;
    });
    join_all(looks).await;
}
