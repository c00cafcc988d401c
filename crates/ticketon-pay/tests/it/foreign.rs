//! A client that knows Toss's documents and not this crate: fields, headers, statuses and words.

use serde_json::{Value, json};
use ticketon_pay::sandbox::{Card, Latency, Sandbox};
use ticketon_pay::{Keys, PaymentKey};

use crate::support::Listening;

const CONFIRM: &str = "/v1/payments/confirm";

fn confirm(key: &PaymentKey, order_id: &str, amount: i64) -> String {
    json!({ "paymentKey": key.as_str(), "orderId": order_id, "amount": amount }).to_string()
}

async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn code(request: reqwest::RequestBuilder) -> (u16, String) {
    let (status, body) = read(request).await;
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_payment_has_every_field_of_the_documents() {
    let provider = Listening::prompt().await;
    let key = provider
        .buyer_chose(Card::Approved, "a4CWyWY5m89PNh7xJwhk1", 15_000)
        .await;
    let body = confirm(&key, "a4CWyWY5m89PNh7xJwhk1", 15_000);
    let (status, payment) = read(provider.post(CONFIRM, &body)).await;
    assert_eq!(status, 200);
    let expected = json!({
        "version": "2022-11-16", "paymentKey": key.as_str(), "type": "NORMAL",
        "orderId": "a4CWyWY5m89PNh7xJwhk1", "orderName": "two seats", "currency": "KRW", "method": "카드",
        "totalAmount": 15000, "balanceAmount": 15000, "status": "DONE",
        "requestedAt": "2026-12-01T12:00:00+09:00", "approvedAt": "2026-12-01T12:00:00+09:00",
        "useEscrow": false, "suppliedAmount": 13636, "vat": 1364, "taxFreeAmount": 0, "taxExemptionAmount": 0,
        "cultureExpense": false, "isPartialCancelable": true, "country": "KR",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&payment[field], value, "{field}");
    }
    for null in [
        "transactionKey",
        "metadata",
        "failure",
        "discount",
        "cancels",
        "virtualAccount",
        "transfer",
        "mobilePhone",
        "giftCertificate",
        "easyPay",
        "cashReceipt",
        "cashReceipts",
    ] {
        assert_eq!(payment.get(null), Some(&Value::Null), "{null}");
    }
    for text in ["mId", "lastTransactionKey", "secret"] {
        assert!(payment[text].is_string(), "{text}");
    }
    assert!(payment["mId"].as_str().unwrap().len() <= 14);
    assert!(payment["receipt"]["url"].is_string() && payment["checkout"]["url"].is_string());
    let card = &payment["card"];
    assert_eq!(card["amount"], 15_000);
    assert_eq!(card["number"], "43301200****000*");
    assert_eq!(card["approveNo"].as_str().unwrap().len(), 8);
    assert_eq!(
        (&card["cardType"], &card["ownerType"]),
        (&json!("신용"), &json!("개인"))
    );
}

#[tokio::test]
async fn a_cancel_is_listed_with_what_is_left() {
    let provider = Listening::prompt().await;
    let key = provider.buyer_chose(Card::Approved, "ORDER-1", 15_000).await;
    read(provider.post(CONFIRM, &confirm(&key, "ORDER-1", 15_000))).await;
    let path = format!("/v1/payments/{key}/cancel");
    let part = r#"{"cancelReason":"고객 변심","cancelAmount":1000.0,"refundableAmount":15000}"#;
    let (status, payment) = read(provider.post(&path, part)).await;
    assert_eq!(status, 200);
    assert_eq!(
        (
            &payment["status"],
            &payment["balanceAmount"],
            &payment["totalAmount"]
        ),
        (&json!("PARTIAL_CANCELED"), &json!(14000), &json!(15000))
    );
    let cancel = &payment["cancels"][0];
    let expected = json!({
        "cancelAmount": 1000, "cancelReason": "고객 변심", "taxFreeAmount": 0, "taxExemptionAmount": 0,
        "refundableAmount": 14000, "cardDiscountAmount": 0, "transferDiscountAmount": 0,
        "easyPayDiscountAmount": 0, "canceledAt": "2026-12-01T12:00:00+09:00", "receiptKey": null,
        "cancelStatus": "DONE", "cancelRequestId": null, "transactionKey": cancel["transactionKey"],
    });
    assert_eq!(*cancel, expected);
    assert_eq!(payment["lastTransactionKey"], cancel["transactionKey"]);
    for path in [
        format!("/v1/payments/{key}"),
        "/v1/payments/orders/ORDER-1".to_owned(),
    ] {
        assert_eq!(read(provider.get(&path)).await, (200, payment.clone()));
    }
}

#[tokio::test]
async fn a_replay_is_the_same_bytes_and_shows_itself() {
    let provider = Listening::prompt().await;
    for (card, order_id, status) in [(Card::Approved, "ORDER-1", 200), (Card::Stopped, "ORDER-2", 400)] {
        let key = provider.buyer_chose(card, order_id, 15_000).await;
        let mut heard = Vec::new();
        for _ in 0..2 {
            let request = provider.post(CONFIRM, &confirm(&key, order_id, 15_000));
            let response = request.header("Idempotency-Key", order_id).send().await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["idempotency-key"], order_id);
            let traces = response.headers()["x-tosspayments-trace-id"]
                .to_str()
                .unwrap()
                .to_owned();
            heard.push((traces.split(',').count(), response.bytes().await.unwrap()));
        }
        assert_eq!((heard[0].0, heard[1].0), (1, 2));
        assert_eq!(heard[0].1, heard[1].1);
    }
}

#[tokio::test]
async fn the_body_is_no_part_of_a_key_and_the_path_is() {
    let provider = Listening::prompt().await;
    let first = provider.buyer_chose(Card::Approved, "ORDER-1", 15_000).await;
    let second = provider.buyer_chose(Card::Approved, "ORDER-2", 15_000).await;
    let with_key = |path: &str, body: &str| provider.post(path, body).header("Idempotency-Key", "one");
    read(with_key(CONFIRM, &confirm(&first, "ORDER-1", 15_000))).await;
    let (_, replayed) = read(with_key(CONFIRM, &confirm(&second, "ORDER-2", 15_000))).await;
    assert_eq!(replayed["orderId"], "ORDER-1");
    let cancel = with_key(
        &format!("/v1/payments/{first}/cancel"),
        r#"{"cancelReason":"ill"}"#,
    );
    assert_eq!(read(cancel).await.1["status"], "CANCELED");
}

#[tokio::test]
async fn who_asks_wrongly_hears_which_way() {
    let provider = Listening::prompt().await;
    let ask = |header: Option<&str>| {
        let request = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = request.get(format!("{}/v1/payments/orders/ORDER-1", provider.url));
        code(match header {
            Some(header) => request.header("Authorization", header),
            None => request,
        })
    };
    // test_sk_ticketonsandbox without its colon, test_sk_other:, test_ck_ticketonsandbox:
    let no_colon = "Basic dGVzdF9za190aWNrZXRvbnNhbmRib3g=";
    assert_eq!(
        ask(Some(no_colon)).await,
        (403, "INCORRECT_BASIC_AUTH_FORMAT".to_owned())
    );
    assert_eq!(
        ask(Some("Basic dGVzdF9za19vdGhlcjo=")).await,
        (401, "UNAUTHORIZED_KEY".to_owned())
    );
    assert_eq!(
        ask(Some("Basic dGVzdF9ja190aWNrZXRvbnNhbmRib3g6")).await,
        (400, "INVALID_API_KEY".to_owned())
    );
    assert_eq!(ask(None).await, (401, "UNAUTHORIZED_KEY".to_owned()));
    let own = provider.get("/v1/payments/orders/ORDER-1");
    assert_eq!(code(own).await, (404, "NOT_FOUND_PAYMENT".to_owned()));
}

#[tokio::test]
async fn the_test_code_answers_before_the_payment_is_looked_at() {
    let provider = Listening::prompt().await;
    for (wish, status) in [
        ("INVALID_CARD_NUMBER", 400),
        ("REJECT_CARD_PAYMENT", 403),
        ("IDEMPOTENT_REQUEST_PROCESSING", 409),
        ("UNKNOWN_PAYMENT_ERROR", 500),
        ("A_CODE_OF_TOMORROW", 400),
    ] {
        let request = provider
            .post(CONFIRM, "{}")
            .header("TossPayments-Test-Code", wish);
        assert_eq!(code(request).await, (status, wish.to_owned()));
    }
}

#[tokio::test]
async fn messages_speak_the_language_that_was_asked_for() {
    let provider = Listening::prompt().await;
    let ask = |tag: &str| provider.get("/v1/payments/nobody").header("Accept-Language", tag);
    assert_eq!(read(ask("en-US")).await.1["message"], "Not found payment.");
    assert_eq!(
        read(ask("ko-KR")).await.1["message"],
        "존재하지 않는 결제 정보 입니다."
    );
    let key = provider.buyer_chose(Card::Approved, "ORDER-1", 15_000).await;
    let request = provider
        .post(CONFIRM, &confirm(&key, "ORDER-1", 15_000))
        .header("Accept-Language", "en");
    assert_eq!(read(request).await.1["method"], "Card");
}

#[tokio::test]
async fn bad_requests_are_refused_and_nothing_is_charged() {
    let provider = Listening::prompt().await;
    let key = provider.buyer_chose(Card::Approved, "ORDER-1", 15_000).await;
    let invalid = (400, "INVALID_REQUEST".to_owned());
    let no_amount = format!(r#"{{"paymentKey":"{key}","orderId":"ORDER-1"}}"#);
    let broken = format!(r#"{{"paymentKey":"{key}","orderId":"ORDER-1","amount":15000.5}}"#);
    for body in ["", "{", "[]", "\u{0}", &no_amount, &broken] {
        assert_eq!(code(provider.post(CONFIRM, body)).await, invalid, "{body}");
    }
    let long_key = provider
        .post(CONFIRM, "{}")
        .header("Idempotency-Key", "k".repeat(301));
    assert_eq!(code(long_key).await, (400, "INVALID_IDEMPOTENCY_KEY".to_owned()));
    let huge = provider
        .post(CONFIRM, &"x".repeat(1024 * 1024))
        .send()
        .await
        .unwrap();
    assert_eq!(huge.status(), 413);
    assert_eq!(
        code(provider.get("/v1/nonsense")).await,
        (404, "NOT_FOUND".to_owned())
    );
    assert_eq!(
        read(provider.get(&format!("/v1/payments/{key}"))).await.1["status"],
        "IN_PROGRESS"
    );
    read(provider.post(CONFIRM, &confirm(&key, "ORDER-1", 15_000))).await;
    let cancel = format!("/v1/payments/{key}/cancel");
    let long_reason = json!({ "cancelReason": "x".repeat(201) }).to_string();
    for body in [
        "{}",
        r#"{"cancelReason":""}"#,
        r#"{"cancelReason":"x","cancelAmount":-1}"#,
        &long_reason,
    ] {
        assert_eq!(code(provider.post(&cancel, body)).await, invalid, "{body}");
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_is_charged_all_the_same() {
    let sandbox = Sandbox::new(&Keys::sandbox());
    let slow = Latency::seeded(7, std::time::Duration::from_millis(100));
    let provider = Listening::start(sandbox, None, slow).await;
    let key = provider.buyer_chose(Card::Approved, "ORDER-1", 15_000).await;
    let request = provider.post(CONFIRM, &confirm(&key, "ORDER-1", 15_000));
    let impatient = request.timeout(std::time::Duration::from_millis(20)).send().await;
    assert!(impatient.is_err());
    let path = format!("/v1/payments/{key}");
    while read(provider.get(&path)).await.1["status"] != "DONE" {}
}
