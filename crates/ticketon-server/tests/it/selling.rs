//! Putting an event on sale, and looking around.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use ticketon_core::organization::Role;

use crate::support::reply::Reply;
use crate::support::{House, event};

const PLAN: &str = "zone,row,seat,grade\nStalls,A,1,R\nStalls,A,2,R\n";

fn draft(slug: &str) -> Value {
    json!({
        "slug": slug, "title": "겨울 리사이틀", "organization": "house", "test": true,
        "performance": [{"starts_at": "2027-02-05T19:30:00+09:00", "venue": "Opera House"}],
        "price": [{"grade": "R", "kind": "adult", "amount": 150_000}],
        "sale": [{
            "name": "general", "opens_at": "2026-12-01T11:00:00+09:00", "closes_at": "2027-02-05T18:30:00+09:00",
            "lobby": "30m", "queue": {"mode": "off"},
        }],
    })
}

async fn seeded(house: &House, performance: &str, kind: &str, plan: &str) -> Reply {
    let path = format!("performances/{performance}/seat-plan");
    let request = house
        .admin()
        .request(Method::PUT, &path)
        .header("content-type", kind);
    house
        .send(request.body(Body::from(plan.to_owned())).unwrap())
        .await
}

fn performance_of(event: &Value) -> &str {
    event["performance"][0]["id"].as_str().unwrap()
}

#[tokio::test]
async fn an_event_goes_from_a_file_to_the_shelf() {
    let house = House::on_sqlite().await;
    let (admin, anyone) = (house.admin(), house.anyone());
    let made = admin.post("events", draft("winter")).await;
    assert_eq!(made.header("location"), "/api/v1/events/winter");
    let event = made.with(201);
    assert_eq!(
        (&event["state"], &event["sale"][0]["phase"]),
        (&json!("draft"), &json!("on_sale"))
    );
    assert_eq!(event["sale"][0]["lobby"], "30m");
    anyone.get("events/winter").await.refused("not_found");
    admin
        .post("events/winter/publish", json!({}))
        .await
        .refused("not_ready");

    let performance = performance_of(&event);
    let first = seeded(&house, performance, "text/csv", PLAN).await.done();
    assert_eq!((&first["added"], &first["seats"]), (&json!(2), &json!(2)));
    let again = seeded(&house, performance, "text/csv; charset=utf-8", PLAN)
        .await
        .done();
    assert_eq!((&again["added"], &again["seats"]), (&json!(0), &json!(2)));
    for _ in 0..2 {
        assert_eq!(
            admin.post("events/winter/publish", json!({})).await.done()["state"],
            "published"
        );
    }

    let id = event["id"].as_str().unwrap();
    for name in ["winter", "win", id] {
        assert_eq!(
            anyone.get(&format!("events/{name}")).await.done()["title"],
            "겨울 리사이틀"
        );
    }
    let dates = anyone.get("events/winter/performances").await.done();
    assert_eq!(dates["items"][0]["seats"], 2);
    let sales = anyone.get("events/winter/sales").await.done();
    assert_eq!(sales["items"][0]["name"], "general");
    let plan = anyone.get(&format!("performances/{performance}/seat-plan")).await;
    assert_eq!(
        plan.header("etag"),
        format!("\"{}\"", first["plan"].as_str().unwrap())
    );
    assert_eq!(plan.done()["zones"][0]["name"], "Stalls");
}

#[tokio::test]
async fn a_draft_is_taken_away_and_its_slug_is_free() {
    let house = House::on_sqlite().await;
    let admin = house.admin();
    let first = admin.post("events", draft("winter")).await.with(201);
    let performance = performance_of(&first);
    seeded(&house, performance, "text/csv", PLAN).await.done();
    assert_eq!(admin.get("events/winter").await.done()["id"], first["id"]);
    let gone = admin.delete("events/winter").await.done();
    assert_eq!(gone["slug"], "winter");
    for name in ["winter", first["id"].as_str().unwrap()] {
        admin.get(&format!("events/{name}")).await.refused("not_found");
        admin.delete(&format!("events/{name}")).await.refused("not_found");
    }
    let listed = admin.get("events").await.done();
    assert_eq!(listed["items"], json!([]));
    seeded(&house, performance, "text/csv", PLAN)
        .await
        .refused("not_found");

    let second = admin.post("events", draft("winter")).await.with(201);
    assert_ne!(second["id"], first["id"]);
    assert_eq!(admin.get("events/winter").await.done()["id"], second["id"]);
    seeded(&house, performance_of(&second), "text/csv", PLAN)
        .await
        .done();
    admin.post("events/winter/publish", json!({})).await.done();
    admin.delete("events/winter").await.refused("not_a_draft");
}

#[tokio::test]
async fn a_draft_becomes_what_its_file_says_and_a_dry_run_only_tells() {
    let house = House::on_sqlite().await;
    let admin = house.admin();
    let made = admin.put("events/winter?dry_run=true", draft("winter")).await;
    assert_eq!(made.done()["outcome"], "made");
    admin.get("events/winter").await.refused("not_found");
    let made = admin.put("events/winter", draft("winter")).await.with(201);
    let unchanged = admin.put("events/winter", draft("winter")).await.done();
    assert_eq!(unchanged["outcome"], "unchanged");

    let mut other = draft("winter");
    other["title"] = json!("Concert");
    other["sale"][0]["limits"] = json!({"per_order": 2, "per_person": 2});
    let second = json!({"starts_at": "2027-02-06T19:30:00+09:00"});
    other["performance"].as_array_mut().unwrap().push(second);
    let told = admin
        .put("events/winter?dry_run=true", other.clone())
        .await
        .done();
    assert_eq!(told["outcome"], "changed");
    let fields: Vec<&str> = told["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|difference| difference["field"].as_str().unwrap())
        .collect();
    let expected = [
        "performance[1]",
        "sale[0].limits.per_order",
        "sale[0].limits.per_person",
        "title",
    ];
    assert_eq!(fields, expected);
    assert_eq!(told["event"]["title"], "겨울 리사이틀");
    let changed = admin.put("events/winter", other.clone()).await.done();
    assert_eq!(changed["event"]["id"], made["event"]["id"]);
    assert_eq!(
        changed["event"]["performance"][0]["id"],
        made["event"]["performance"][0]["id"]
    );
    let shown = admin.get("events/winter").await.done();
    assert_eq!(
        (&shown["title"], &shown["sale"][0]["limits"]["per_order"]),
        (&json!("Concert"), &json!(2))
    );
    assert_eq!(shown["performance"].as_array().unwrap().len(), 2);

    let one_date = draft("winter");
    let refused = admin
        .put("events/winter", one_date)
        .await
        .refused("cannot_change");
    assert_eq!(refused["fields"][0]["field"], "performance[1]");
    admin
        .put("events/winter", draft("summer"))
        .await
        .refused("invalid_request");
    let mut odd = draft("winter");
    odd["sale"][0]["limits"] = json!({"per_order": "two"});
    let refused = admin.put("events/winter", odd).await.refused("invalid_request");
    assert_eq!(refused["fields"][0]["field"], "sale[0].limits.per_order");
}

#[tokio::test]
async fn of_a_published_event_what_is_safe_may_change_and_the_rest_is_named() {
    let house = House::on_sqlite().await;
    let admin = house.admin();
    let event = admin.post("events", draft("winter")).await.with(201);
    seeded(&house, performance_of(&event), "text/csv", PLAN)
        .await
        .done();
    admin.post("events/winter/publish", json!({})).await.done();
    let mut safe = draft("winter");
    safe["title"] = json!("Concert");
    safe["price"][0]["amount"] = json!(120_000);
    safe["sale"][0]["closes_at"] = json!("2027-02-05T12:00:00+09:00");
    safe["sale"][0]["limits"] = json!({"per_order": 5, "per_person": 6});
    let last = json!({
        "name": "last", "opens_at": "2027-02-05T13:00:00+09:00", "closes_at": "2027-02-05T18:00:00+09:00",
    });
    safe["sale"].as_array_mut().unwrap().push(last);
    assert_eq!(
        admin.put("events/winter", safe.clone()).await.done()["outcome"],
        "changed"
    );
    let shown = house.anyone().get("events/winter").await.done();
    assert_eq!(
        (&shown["title"], &shown["price"][0]["amount"]),
        (&json!("Concert"), &json!(120_000))
    );

    let mut bold = safe.clone();
    bold["test"] = json!(false);
    bold["performance"][0]["starts_at"] = json!("2027-02-07T19:30:00+09:00");
    bold["sale"][0]["limits"] = json!({"per_order": 4, "per_person": 6});
    bold["sale"][1]["opens_at"] = json!("2027-02-05T14:00:00+09:00");
    bold["policy"] = json!({"hold": "5m"});
    let refused = admin.put("events/winter", bold).await.refused("cannot_change");
    let fields: Vec<&str> = refused["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    let expected = [
        "performance[0].starts_at",
        "policy.hold",
        "sale[0].limits.per_order",
        "sale[1].opens_at",
        "test",
    ];
    assert_eq!(fields, expected);
    let mut unpriced = safe;
    unpriced["price"] = json!([]);
    admin.put("events/winter", unpriced).await.refused("not_ready");
    let manager = house
        .account("ana@example.com", std::collections::BTreeMap::new())
        .await;
    let refused = manager.put("events/winter", draft("winter")).await;
    refused.refused("forbidden");
}

#[tokio::test]
async fn a_real_event_is_not_published_where_the_shop_takes_play_money() {
    let house = House::on_sqlite().await;
    let admin = house.admin();
    let mut real = draft("winter");
    real["test"] = json!(false);
    let event = admin.post("events", real).await.with(201);
    seeded(&house, performance_of(&event), "text/csv", PLAN)
        .await
        .done();
    let refused = admin.post("events/winter/publish", json!({})).await;
    let refused = refused.refused("provider_mismatch");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("`toss.base_url`"), "{detail}");
    assert_eq!(admin.get("events/winter").await.done()["state"], "draft");
}

#[tokio::test]
async fn a_plan_with_faults_is_refused_with_all_of_them() {
    let house = House::in_memory().await;
    let event = house.admin().post("events", draft("winter")).await.done();
    let performance = performance_of(&event);
    let twice = "zone,row,seat,grade\nStalls,A,1,R\nStalls,A,1,R\n";
    let refusal = seeded(&house, performance, "text/csv", twice)
        .await
        .refused("plan_invalid");
    assert_eq!(refusal["fields"][0]["field"], "line 3");
    let dangling = json!({
        "name": "Hall", "grades": ["R"],
        "zones": [{"name": "Stalls", "rows": [{"name": "A", "grade": "Q", "seats": "1-2"}]}],
    });
    let refusal = seeded(&house, performance, "application/json", &dangling.to_string()).await;
    let refusal = refusal.refused("plan_invalid");
    assert_eq!(refusal["fields"][0]["field"], "zones[0].rows[0].seats");
    seeded(&house, performance, "application/json", "{")
        .await
        .refused("plan_invalid");
    seeded(&house, performance, "text/plain", PLAN)
        .await
        .refused("unsupported_media_type");
    seeded(&house, performance, "text/csv", PLAN).await.done();
    let other = "zone,row,seat,grade\nStalls,A,1,R\n";
    seeded(&house, performance, "text/csv", other)
        .await
        .refused("plan_differs");
}

#[tokio::test]
async fn a_repeated_draft_hears_the_first_answer() {
    let house = House::in_memory().await;
    let admin = house.admin();
    let first = admin.key("k1").post("events", draft("winter")).await.with(201);
    assert_eq!(
        admin.key("k1").post("events", draft("winter")).await.with(201),
        first
    );
    admin.post("events", draft("winter")).await.refused("slug_taken");
}

#[tokio::test]
async fn drafts_are_seen_by_their_staff_alone() {
    let house = House::on_sqlite().await;
    let show = house.recital().await;
    house.admin().post("events", draft("winter")).await.done();
    let titles = |page: Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|event| event["slug"].as_str().unwrap().to_owned())
            .collect()
    };
    let seen_by =
        async |person: crate::support::person::Person<'_>| titles(person.get("events").await.done());
    assert_eq!(seen_by(house.anyone()).await, ["recital"]);
    assert_eq!(seen_by(house.buyer("ana")).await, ["recital"]);
    assert_eq!(seen_by(house.admin()).await, ["recital", "winter"]);
    let drafts = house.admin().get("events?state=draft").await.done();
    assert_eq!(titles(drafts), ["winter"]);
    let member = house.member(show.organization, Role::Gate).await;
    assert_eq!(titles(member.get("events").await.done()), ["recital", "winter"]);
    member.get("events/winter").await.done();
    member.get("events/win").await.done();
    house.anyone().get("events/win").await.refused("not_found");
}

#[tokio::test]
async fn events_are_looked_through_page_by_page() {
    let house = House::on_sqlite().await;
    for (slug, day) in [("spring", 3), ("summer", 2), ("autumn", 1)] {
        let mut event = event(slug).no_queue();
        event.performances[0].starts_at = format!("2027-03-0{day}T10:00:00Z").parse().unwrap();
        house.show(event).await;
        // Ids sort by the time at which they were made.
        house.later(std::time::Duration::from_millis(5));
    }
    for (sort, order) in [
        ("start", ["autumn", "summer", "spring"]),
        ("created", ["autumn", "summer", "spring"]),
    ] {
        let mut path = format!("events?sort={sort}&limit=1");
        let mut slugs = Vec::new();
        loop {
            let page = house.anyone().get(&path).await;
            assert_eq!(page.json["items"].as_array().unwrap().len(), 1);
            slugs.push(page.json["items"][0]["slug"].as_str().unwrap().to_owned());
            let Some(cursor) = page.json["next_cursor"].as_str() else {
                assert!(!page.headers.contains_key("link"));
                break;
            };
            let link = page.header("link");
            assert!(link.contains(&format!("cursor={cursor}")) && link.ends_with("rel=\"next\""));
            path = link[1..link.find('>').unwrap()].to_owned();
        }
        assert_eq!(slugs, order, "by {sort}");
    }
    let found = house.anyone().get("events?keyword=SUM").await.done();
    assert_eq!(found["items"][0]["slug"], "summer");
    house.anyone().get("events/s").await.refused("not_found");
    let refusal = house.anyone().get("events/su").await;
    assert_eq!(refusal.done()["slug"], "summer");
    house
        .anyone()
        .get("events?cursor=nonsense")
        .await
        .refused("invalid_request");
    house
        .anyone()
        .get("events?limit=1000")
        .await
        .refused("invalid_request");
    house
        .anyone()
        .get("events?sort=price")
        .await
        .refused("invalid_request");
}

#[tokio::test]
async fn a_prefix_of_two_names_is_no_name() {
    let house = House::on_sqlite().await;
    house.show(event("winter-one").no_queue()).await;
    house.show(event("winter-two").no_queue()).await;
    house
        .anyone()
        .get("events/winter")
        .await
        .refused("invalid_request");
    house.anyone().get("events/winter-o").await.done();
}

#[tokio::test]
async fn an_event_is_named_by_the_beginning_of_its_id() {
    let house = House::on_sqlite().await;
    house.show(event("winter").no_queue()).await;
    house.later(std::time::Duration::from_hours(24));
    house.show(event("spring").no_queue()).await;
    let anyone = house.anyone();
    let winter = anyone.get("events/winter").await.done();
    let id = winter["id"].as_str().unwrap();
    for beginning in [&id[..12], &id[..8], &id[..20]] {
        let found = anyone.get(&format!("events/{beginning}")).await.done();
        assert_eq!(found["slug"], "winter", "{beginning}");
    }
    anyone.get("events/01").await.refused("invalid_request");
    anyone.get("events/ff").await.refused("not_found");
}

#[tokio::test]
async fn buyers_look_through_their_own() {
    let house = House::on_sqlite().await;
    let show = house.recital().await;
    let (ana, bob) = (house.buyer("ana"), house.buyer("bob"));
    for seat in ["A-1", "A-2", "A-3"] {
        ana.buy(&show, [seat]).await;
        // Ids sort by the time at which they were made.
        house.later(std::time::Duration::from_millis(5));
    }
    let first = ana.get("purchases?limit=2").await.done();
    let seats = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|purchase| purchase["seats"][0].clone()).collect()
    };
    assert_eq!(seats(&first), ["A-3", "A-2"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = ana
        .get(&format!("purchases?limit=2&cursor={cursor}"))
        .await
        .done();
    assert_eq!(
        (seats(&second), &second["next_cursor"]),
        (vec![json!("A-1")], &json!(null))
    );
    let tickets = ana.get("tickets").await.done();
    assert_eq!(tickets["items"].as_array().unwrap().len(), 3);
    assert_eq!(tickets["items"][0]["seat"], "A-3");
    for list in ["purchases", "tickets"] {
        assert_eq!(bob.get(list).await.done()["items"], json!([]));
    }
}
