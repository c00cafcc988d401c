//! Views over HTTP: whose look counts, and where they are seen.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{ETAG, IF_NONE_MATCH, USER_AGENT};
use axum::http::{Method, Request};
use serde_json::Value;
use ticketon_core::Caller;
use ticketon_core::event::Event;
use ticketon_core::fact::{Fact, Stream, What};
use ticketon_core::ids::ChangesId;
use ticketon_core::organization::Role;
use ticketon_core::store::{Changes, Freshness};
use ticketon_server::views::flush_views;

use super::{NOON, published};
use crate::support::person::Person;
use crate::support::{House, event};

/// Looks at an event from an address, with a browser.
async fn visits(house: &House, slug: &str, address: &str, browser: &str) {
    let address: SocketAddr = format!("{address}:4711").parse().unwrap();
    let request = Request::get(format!("/api/v1/events/{slug}"))
        .header(USER_AGENT, browser)
        .extension(ConnectInfo(address));
    house.send(request.body(Body::empty()).unwrap()).await.done();
}

async fn adds(house: &House) {
    flush_views(&house.shop.background, &*house.shop.views)
        .await
        .unwrap();
}

async fn shown(house: &House, slug: &str) -> Value {
    house.anyone().get(&format!("events/{slug}")).await.done()["views"].clone()
}

async fn slugs(person: Person<'_>, path: &str) -> Vec<String> {
    let page = person.get(path).await.done();
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["slug"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_visitor_counts_once_and_staff_and_calls_from_nowhere_do_not() {
    let house = House::on_sqlite().await;
    let show = house.recital().await;
    for _ in 0..3 {
        visits(&house, "recital", "192.0.2.1", "one").await;
    }
    visits(&house, "recital", "192.0.2.1", "other").await;
    visits(&house, "recital", "192.0.2.2", "one").await;
    for _ in 0..2 {
        house.buyer("ana").get("events/recital").await.done();
    }
    house.anyone().get("events/recital").await.done();
    let member = house.member(show.organization, Role::Gate).await;
    member.get("events/recital").await.done();
    assert_eq!(shown(&house, "recital").await, 0, "not added yet");
    adds(&house).await;
    assert_eq!(shown(&house, "recital").await, 4);
    house.later(ticketon_server::limits::VIEW_WINDOW);
    visits(&house, "recital", "192.0.2.1", "one").await;
    adds(&house).await;
    assert_eq!(shown(&house, "recital").await, 5, "in the next window again");
}

#[tokio::test]
async fn whoever_makes_up_browsers_adds_no_more_views_than_a_home() {
    let house = House::on_sqlite().await;
    published(&house, "gala").await;
    for n in 0..100 {
        visits(&house, "gala", "192.0.2.1", &format!("browser {n}")).await;
    }
    visits(&house, "gala", "192.0.2.2", "one").await;
    adds(&house).await;
    let a_home = u64::from(ticketon_server::limits::BROWSER_KINDS);
    assert_eq!(shown(&house, "gala").await, a_home + 1);
}

#[tokio::test]
async fn an_edit_leaves_the_views_alone() {
    let house = House::on_sqlite().await;
    let id = published(&house, "gala").await;
    house.buyer("ana").get("events/gala").await.done();
    adds(&house).await;
    let cx = &house.shop.cx;
    let (gala, version) = cx.load::<Event>((id,), Freshness::Fresh).await.unwrap().unwrap();
    let title = "Another name".to_owned();
    let edit = Changes::new(ChangesId::new(NOON, &*cx.entropy)).write(Event { title, ..gala }, version);
    let what = What::EventPublished { event: id };
    let (stream, at) = (Stream::Event(id), NOON);
    cx.store
        .commit(edit.record(Fact { stream, at, what }))
        .await
        .unwrap();
    let gala = house.anyone().get("events/gala").await.done();
    assert_eq!(
        (&gala["title"], &gala["views"]),
        (&"Another name".into(), &1.into())
    );
}

#[tokio::test]
async fn lists_show_views_and_can_be_in_their_order() {
    let house = House::on_sqlite().await;
    for (slug, viewers) in [("spring", 2), ("summer", 0), ("autumn", 3), ("winter", 2)] {
        house.show(event(slug).no_queue()).await;
        house.later(std::time::Duration::from_millis(5));
        for viewer in 0..viewers {
            let viewer = house.buyer(&format!("viewer-{viewer}"));
            viewer.get(&format!("events/{slug}")).await.done();
        }
    }
    adds(&house).await;
    let order = ["autumn", "winter", "spring", "summer"];
    assert_eq!(slugs(house.anyone(), "events?sort=views").await, order);
    assert_eq!(slugs(house.admin(), "events?sort=views").await, order);
    let page = house.anyone().get("events?sort=views").await.done();
    let views: Vec<u64> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["views"].as_u64().unwrap())
        .collect();
    assert_eq!(views, [3, 2, 2, 0]);

    let first = house.anyone().get("events?sort=views&limit=2").await.done();
    // Whoever overtakes meanwhile shows nobody twice.
    for viewer in 0..9 {
        house
            .buyer(&format!("late-{viewer}"))
            .get("events/autumn")
            .await
            .done();
    }
    adds(&house).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = format!("events?sort=views&limit=2&cursor={cursor}");
    assert_eq!(slugs(house.anyone(), &second).await, ["spring", "summer"]);
}

#[tokio::test]
async fn what_the_process_changes_it_shows_at_once() {
    let house = House::on_sqlite().await;
    let staff = Caller::system("test");
    let created = ticketon_core::create_event(&house.shop.cx, &staff, event("gala"))
        .await
        .unwrap();
    for _ in 0..2 {
        house.anyone().get("events/gala").await.refused("not_found");
        assert!(slugs(house.anyone(), "events").await.is_empty());
        assert_eq!(
            slugs(house.admin(), "events").await,
            ["gala"],
            "and staff see their drafts"
        );
    }
    ticketon_core::publish(&house.shop.cx, &staff, created.id)
        .await
        .unwrap();
    let before = house.shop.editions.counters();
    for _ in 0..3 {
        house.anyone().get("events/gala").await.done();
        assert_eq!(slugs(house.anyone(), "events").await, ["gala"]);
    }
    let after = house.shop.editions.counters();
    assert_eq!((after.made - before.made, after.found - before.found), (2, 4));
    house.buyer("ana").get("events/gala").await.done();
    adds(&house).await;
    assert_eq!(shown(&house, "gala").await, 1);
    let list = house.anyone().get("events").await.done();
    assert_eq!(list["items"][0]["views"], 1);
}

#[tokio::test]
async fn whoever_has_it_already_is_told_so() {
    let house = House::on_sqlite().await;
    house.recital().await;
    for path in ["events/recital", "events?limit=5"] {
        let anyone = house.anyone();
        let reply = anyone.get(path).await;
        let tag = reply.header(ETAG.as_str()).to_owned();
        assert_eq!(reply.header("cache-control"), "no-cache");
        let request = anyone.request(Method::GET, path).header(IF_NONE_MATCH, &tag);
        let again = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(again.status, 304, "{path}");
        assert_eq!(again.header(ETAG.as_str()), tag);
    }
}

#[tokio::test]
async fn a_list_is_one_statement_however_long_and_none_while_it_is_known() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = ticketon_server::adapter::sql::StoreAddress::File(folder.path().join("shop.db"));
    let store = ticketon_server::adapter::sql::SqlStore::open_or_create(&file)
        .await
        .unwrap();
    let (lists, reads) = (store.lists.clone(), store.reads.clone());
    let house = House::on(store).await;
    for n in 0..100 {
        house.show(event(&format!("event-{n}")).no_queue()).await;
    }
    let asked = || lists.asked() + reads.asked();
    for person in [house.anyone(), house.admin()] {
        for (rows, sort) in [
            (10, "start"),
            (100, "start"),
            (10, "views"),
            (100, "views"),
            (100, "created"),
        ] {
            let before = asked();
            let path = format!("events?limit={rows}&sort={sort}");
            assert_eq!(
                slugs(Person::new(&house, person.token.clone()), &path)
                    .await
                    .len(),
                rows
            );
            assert_eq!(asked() - before, 1, "{path}");
        }
    }
    let before = asked();
    house.anyone().get("events?limit=100&sort=views").await.done();
    assert_eq!(asked() - before, 0);
}
