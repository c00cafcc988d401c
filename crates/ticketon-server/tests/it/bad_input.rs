//! Whatever somebody sends: a 4xx that says what to do, and nothing is lost.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::House;
use crate::support::person::holds;
use crate::support::reply::Reply;

const JSON: &str = "application/json";

async fn sent(house: &House, path: &str, kind: Option<&str>, body: &[u8]) -> Reply {
    let ana = house.buyer("ana");
    let mut request = ana.request(Method::POST, path);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    house.send(request.body(Body::from(body.to_vec())).unwrap()).await
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let house = House::in_memory().await;
    let invalid_utf8 = b"{\"hold\": \"\xff\xfe\"}".as_slice();
    for body in [b"{".as_slice(), b"hold=1", b"{\"hold\"}", invalid_utf8] {
        sent(&house, "purchases", Some(JSON), body)
            .await
            .refused("malformed_json");
    }
    let deep = "[".repeat(10_000);
    sent(&house, "purchases", Some(JSON), deep.as_bytes())
        .await
        .refused("invalid_request");
}

#[tokio::test]
async fn the_field_that_is_wrong_is_named() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    for (body, field) in [
        (
            json!({"items": [{"seat": "A-1", "price": "R"}]}),
            "items[0].price",
        ),
        (
            json!({"items": [{"seat": "", "price": "R/adult"}]}),
            "items[0].seat",
        ),
        (json!({"items": [{"seat": "A-1"}]}), "items[0]"),
        (json!({"itmes": []}), "itmes"),
        (
            json!({"best_available": {"price": "R/adult", "quantity": -1}}),
            "best_available.quantity",
        ),
        (json!([]), "body"),
        (json!({}), "items"),
    ] {
        let refusal = house
            .buyer("ana")
            .post(&holds(&show), body)
            .await
            .refused("invalid_request");
        assert_eq!(refusal["fields"][0]["field"], field, "{refusal}");
        assert_eq!(refusal["status"], 400);
    }
}

#[tokio::test]
async fn another_kind_of_body_is_not_taken() {
    let house = House::in_memory().await;
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
    ] {
        sent(&house, "purchases", kind, b"{}")
            .await
            .refused("unsupported_media_type");
    }
    let refusal = sent(
        &house,
        "purchases",
        Some("application/json; charset=utf-8"),
        b"{}",
    )
    .await;
    refusal.refused("invalid_request");
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let house = House::in_memory().await;
    let ana = house.buyer("ana");
    ana.get("holds/17").await.refused("invalid_request");
    ana.get("tickets/17").await.refused("invalid_request");
    ana.get("performances/x/seats").await.refused("invalid_request");
    ana.get("holds/%ff").await.refused("invalid_request");
    ana.get("purchases/NOSUCH").await.refused("not_found");
    ana.get("purchases/%20").await.refused("not_found");
    ana.get("events/Not-A-Slug!").await.refused("not_found");
    ana.get("holds/019a8b5e-7c00-7000-8000-000000000001")
        .await
        .refused("not_found");
    ana.post("payments/x/confirm", json!({"payment_key": "k", "amount": 1}))
        .await
        .refused("invalid_request");
}

#[tokio::test]
async fn an_address_or_a_method_that_is_none_is_refused() {
    let house = House::in_memory().await;
    let ana = house.buyer("ana");
    ana.get("nothing").await.refused("not_found");
    ana.get("/").await.refused("not_found");
    let reply = ana.delete("purchases").await;
    let allowed = reply.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    reply.refused("method_not_allowed");
    ana.get("tickets?colour=red").await.refused("invalid_request");
}

#[tokio::test]
async fn seats_and_prices_that_are_none_are_refused() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let wish = |seat: &str, price: &str| json!({"items": [{"seat": seat, "price": price}]});
    for (seat, price, code) in [
        ("Z-1", "R/adult", "seat_unknown"),
        ("B-1", "R/adult", "price_unknown"),
        ("A-1", "R/senior", "price_unknown"),
    ] {
        house
            .buyer("ana")
            .post(&holds(&show), wish(seat, price))
            .await
            .refused(code);
    }
    let twice = json!({"items": [{"seat": "A-1", "price": "R/adult"}, {"seat": "A-1", "price": "R/youth"}]});
    house
        .buyer("ana")
        .post(&holds(&show), twice)
        .await
        .refused("invalid_request");
    house.buyer("ana").hold(&show, ["A-1"]).await.done();
    house.is_in_order().await;
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let house = House::in_memory().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    for key in ["", "\"\"", "two words", &"k".repeat(200)] {
        let refusal = ana.key(key).hold(&show, ["A-1"]).await.refused("invalid_request");
        assert_eq!(refusal["fields"][0]["field"], "idempotency-key");
    }
}

#[tokio::test]
async fn no_token_but_a_good_one_logs_anybody_in() {
    let house = House::in_memory().await;
    let good = house.buyer("ana").token.unwrap();
    let tampered = format!("{}x", &good[..good.len() - 1]);
    for header in [
        format!("Bearer {tampered}"),
        format!("Basic {good}"),
        "Bearer".to_owned(),
        format!("Bearer {}", "x".repeat(10_000)),
    ] {
        let request = house
            .anyone()
            .request(Method::GET, "purchases")
            .header("authorization", &header);
        let reply = house.send(request.body(Body::empty()).unwrap()).await;
        reply.refused("login_required");
    }
    let request = house
        .anyone()
        .request(Method::GET, "purchases")
        .header("user-id", "ana");
    house
        .send(request.body(Body::empty()).unwrap())
        .await
        .refused("login_required");
}

#[tokio::test]
async fn a_request_keeps_its_id_if_a_log_can_bear_it() {
    let house = House::in_memory().await;
    for (id, is_kept) in [("abc-123", true), ("two words", false), (&"x".repeat(100), false)] {
        let request = house
            .anyone()
            .request(Method::GET, "nothing")
            .header("x-request-id", id);
        let reply = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.header("x-request-id") == id, is_kept, "{id}");
        reply.refused("not_found");
    }
}

#[tokio::test]
async fn a_body_of_fifty_megabytes_is_refused_and_the_answer_arrives() {
    let house = House::in_memory().await;
    let address = house.listens().await;
    for head in ["content-length: 52428800", "transfer-encoding: chunked"] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let token = house.buyer("ana").token.unwrap();
        let request = format!(
            "POST /api/v1/purchases HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\n{head}\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let chunk = vec![b' '; 1024 * 1024];
        for _ in 0..50 {
            if head.starts_with("transfer") {
                socket.write_all(b"100000\r\n").await.unwrap();
            }
            socket.write_all(&chunk).await.unwrap();
            if head.starts_with("transfer") {
                socket.write_all(b"\r\n").await.unwrap();
            }
        }
        if head.starts_with("transfer") {
            socket.write_all(b"0\r\n\r\n").await.unwrap();
        }
        let mut answer = vec![0; 4096];
        let read = socket.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]);
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("body_too_large"), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_sends_too_slowly_is_not_waited_for() {
    let house = House::in_memory().await;
    let never = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = house
        .buyer("ana")
        .request(Method::POST, "purchases")
        .header("content-type", JSON);
    let reply = house.send(request.body(never).unwrap()).await;
    assert_eq!(reply.refused("body_too_slow")["status"], 408);
}

#[tokio::test]
async fn who_asks_too_often_is_told_to_wait() {
    let house = House::with_rates().await;
    let ana = house.buyer("ana");
    let mut refused = 0;
    for _ in 0..200 {
        if ana.get("nothing").await.status == 429 {
            refused += 1;
        }
    }
    assert_eq!(
        refused, 80,
        "120 at once are let through, at a time that stands still"
    );
    ana.get("nothing").await.refused("rate_limited");
    house.buyer("bob").get("nothing").await.refused("not_found");
    house.later(std::time::Duration::from_secs(1));
    house.buyer("ana").get("nothing").await.refused("not_found");
}

#[tokio::test]
async fn passwords_are_not_guessed_by_trying() {
    let house = House::with_rates().await;
    let guess = |password: &str| json!({"email": "ana@example.com", "password": password});
    for _ in 0..10 {
        house
            .anyone()
            .post("auth/login", guess("wrong horse battery"))
            .await
            .refused("bad_credentials");
    }
    house
        .anyone()
        .post("auth/login", guess("correct horse battery"))
        .await
        .refused("rate_limited");
}

#[tokio::test]
async fn who_guesses_passwords_elsewhere_locks_no_owner_out() {
    let house = House::with_rates().await;
    let guess = async |address: [u8; 4]| {
        let body = json!({"email": "ana@example.com", "password": "wrong horse battery"});
        let request = house
            .anyone()
            .request(Method::POST, "auth/login")
            .header("content-type", JSON)
            .extension(ConnectInfo(SocketAddr::from((address, 4_321))));
        house
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await
    };
    for _ in 0..10 {
        guess([192, 0, 2, 1]).await.refused("bad_credentials");
    }
    guess([192, 0, 2, 1]).await.refused("rate_limited");
    guess([198, 51, 100, 7]).await.refused("bad_credentials");
}
