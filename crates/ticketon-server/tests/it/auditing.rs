//! The audit trail, as an admin looks through it.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use ticketon_core::follow;
use ticketon_core::organization::Role;
use ticketon_core::projection::Projection;

use crate::support::{House, event};

fn kinds(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_trail_is_looked_through_by_event_and_time_the_newest_first() {
    let house = House::on_sqlite().await;
    let recital = house.recital().await;
    let ana = house.buyer("ana");
    let purchase = ana.buy(&recital, ["A-1"]).await;
    let refunds = format!("purchases/{}/refunds", purchase["code"].as_str().unwrap());
    ana.post(&refunds, json!({"reason": "ill"})).await.with(201);
    house.later(std::time::Duration::from_mins(1));
    let later = house.shop.cx.now();
    house.show(event("matinee")).await;
    while follow(&house.shop.cx, Projection::Trail, 100).await.unwrap() > 0 {}

    let admin = house.admin();
    let of_recital = admin.get("admin/audit?event=recital").await.done();
    let recitals = ["refund_requested", "event_published", "seats_seeded"];
    assert_eq!(kinds(&of_recital), recitals);
    assert_eq!(of_recital["items"][0]["purchase"], purchase["id"]);
    let since = admin.get(&format!("admin/audit?since={later}")).await.done();
    assert!(!kinds(&since).contains(&"refund_requested"), "{since}");
    assert_eq!(kinds(&since)[0], "event_published");

    let mut paged = Vec::new();
    let mut address = "admin/audit?event=recital&limit=2".to_owned();
    for found in [2, 1] {
        let page = admin.get(&address).await.done();
        assert_eq!(kinds(&page).len(), found);
        paged.extend(kinds(&page).into_iter().map(str::to_owned));
        address = format!(
            "admin/audit?event=recital&cursor={}",
            page["next_cursor"].as_str().unwrap_or("")
        );
    }
    assert_eq!(paged, recitals);
    admin.get("admin/audit?event=recital&user=ana").await.with(400);
    admin.get("admin/audit?event=nothing").await.with(404);
}

#[tokio::test]
async fn the_trail_says_whose_act_it_was_and_why() {
    let house = House::on_sqlite().await;
    let recital = house.recital().await;
    let owner = house.member(recital.organization, Role::Owner).await;
    let staff = owner.get("users/me").await.done();
    house.account("gus@example.com", BTreeMap::new()).await;
    let path = "organizations/house/members/gus@example.com";
    let put = owner
        .request(Method::PUT, path)
        .header("content-type", "application/json")
        .header("ticketon-reason", "%EB%AC%B8%20at%20the%20door");
    let put = put.body(Body::from(json!({"role": "gate"}).to_string())).unwrap();
    house.send(put).await.with(200);
    while follow(&house.shop.cx, Projection::Trail, 100).await.unwrap() > 0 {}

    let page = house.admin().get("admin/audit").await.done();
    let newest = &page["items"][0];
    assert_eq!(newest["kind"], "member_named");
    assert_eq!(newest["name"], "house");
    assert_eq!(newest["by"], staff["id"]);
    assert_eq!(newest["by_email"], staff["email"]);
    assert_eq!(newest["reason"], "문 at the door");
    let published = &page["items"][1];
    assert_eq!(
        (&published["kind"], &published["name"]),
        (&json!("event_published"), &json!("recital"))
    );
    assert_eq!(
        (&published["by"], &published["reason"]),
        (&json!("system:test"), &Value::Null)
    );

    let delete = owner
        .request(Method::DELETE, path)
        .header("ticketon-reason", "%FF");
    house
        .send(delete.body(Body::empty()).unwrap())
        .await
        .refused("invalid_request");
}
