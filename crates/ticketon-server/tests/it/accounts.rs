//! Accounts: registering, logging in, staying logged in, logging out.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::reply::Reply;
use crate::support::{House, event};

const PASSWORD: &str = "correct horse battery";

async fn registered(house: &House) -> Reply {
    let body = json!({"email": "Ana@Example.com", "password": PASSWORD, "name": "Ana"});
    house.anyone().post("auth/register", body).await
}

async fn with_cookie(house: &House, path: &str, cookie: &str) -> Reply {
    let request = house
        .anyone()
        .request(Method::POST, path)
        .header("cookie", cookie);
    house.send(request.body(Body::empty()).unwrap()).await
}

/// What a browser would send back.
fn cookie(reply: &Reply) -> String {
    let set = reply.header("set-cookie");
    for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/api/v1/auth"] {
        assert!(set.contains(attribute), "{set}");
    }
    set.split(';').next().unwrap().to_owned()
}

fn bearer<'a>(house: &'a House, login: &Value) -> crate::support::person::Person<'a> {
    let token = login["access_token"].as_str().unwrap().to_owned();
    crate::support::person::Person::new(house, Some(token))
}

#[tokio::test]
async fn one_registers_and_is_logged_in() {
    let house = House::in_memory().await;
    let login = registered(&house).await;
    cookie(&login);
    let login = login.with(201);
    assert_eq!(login["user"]["email"], "ana@example.com");
    let ana = bearer(&house, &login);
    let me = ana.get("users/me").await.done();
    assert_eq!((&me["name"], &me["is_admin"]), (&json!("Ana"), &json!(false)));
    assert!(!me.to_string().contains("argon2"));
    registered(&house).await.refused("email_taken");
}

#[tokio::test]
async fn who_registers_again_because_the_answer_was_lost_is_logged_in_and_nobody_else_is() {
    let house = House::in_memory().await;
    let asked = |password: &str| json!({"email": "ana@example.com", "password": password, "name": "Ana"});
    let anyone = house.anyone();
    let first = anyone
        .key("k")
        .post("auth/register", asked(PASSWORD))
        .await
        .with(201);
    let again = anyone
        .key("k")
        .post("auth/register", asked(PASSWORD))
        .await
        .with(201);
    assert_eq!(first["user"], again["user"]);
    bearer(&house, &again).get("users/me").await.done();
    let guessed = anyone
        .key("k")
        .post("auth/register", asked("wrong horse battery"));
    guessed.await.refused("idempotency_key_reused");
    let mut other = asked(PASSWORD);
    other["name"] = json!("Bob");
    let other = anyone.key("k").post("auth/register", other);
    other.await.refused("idempotency_key_reused");
    anyone
        .post("auth/register", asked(PASSWORD))
        .await
        .refused("email_taken");
}

#[tokio::test]
async fn an_account_made_for_somebody_else_is_made_once() {
    let house = House::in_memory().await;
    let asked = json!({"email": "ana@example.com", "password": PASSWORD, "name": "Ana", "is_admin": true});
    let admin = house.admin();
    let first = admin.key("k").post("admin/users", asked.clone()).await.with(201);
    assert_eq!(
        admin.key("k").post("admin/users", asked.clone()).await.with(201),
        first
    );
    admin
        .post("admin/users", asked.clone())
        .await
        .refused("email_taken");
    house
        .anyone()
        .post("auth/register", asked)
        .await
        .refused("login_required");
}

#[tokio::test]
async fn a_wrong_password_and_a_wrong_address_are_refused_alike() {
    let house = House::in_memory().await;
    registered(&house).await.done();
    let anyone = house.anyone();
    let login = |email: &str, password: &str| json!({"email": email, "password": password});
    let right = login("ana@example.com", PASSWORD);
    anyone.post("auth/login", right).await.with(200);
    let wrong = login("ana@example.com", "wrong horse battery");
    let mut wrong = anyone.post("auth/login", wrong).await.refused("bad_credentials");
    let nobody = login("bob@example.com", PASSWORD);
    let mut nobody = anyone.post("auth/login", nobody).await.refused("bad_credentials");
    for refusal in [&mut wrong, &mut nobody] {
        refusal["request_id"].take();
    }
    assert_eq!(wrong, nobody);
}

#[tokio::test]
async fn a_password_is_long_enough_and_not_too_long() {
    let house = House::in_memory().await;
    for password in ["short".to_owned(), "x".repeat(300)] {
        let body = json!({"email": "ana@example.com", "password": password, "name": "Ana"});
        let refusal = house
            .anyone()
            .post("auth/register", body)
            .await
            .refused("invalid_request");
        assert_eq!(refusal["fields"][0]["field"], "password");
    }
    let body = json!({"email": "not an address", "password": PASSWORD, "name": "Ana"});
    let refusal = house
        .anyone()
        .post("auth/register", body)
        .await
        .refused("invalid_request");
    assert_eq!(refusal["fields"][0]["field"], "email");
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_login() {
    let house = House::in_memory().await;
    let first = cookie(&registered(&house).await);
    let second = with_cookie(&house, "auth/refresh", &first).await;
    let second_cookie = cookie(&second);
    bearer(&house, &second.with(200)).get("users/me").await.done();
    house.later(ticketon_core::limits::REFRESHED_TWICE_WITHIN);
    with_cookie(&house, "auth/refresh", &first)
        .await
        .refused("token_reused");
    with_cookie(&house, "auth/refresh", &second_cookie)
        .await
        .refused("login_required");
    with_cookie(&house, "auth/refresh", "other=1")
        .await
        .refused("login_required");
}

#[tokio::test]
async fn logging_out_ends_the_login() {
    let house = House::in_memory().await;
    let token = cookie(&registered(&house).await);
    for _ in 0..2 {
        let out = with_cookie(&house, "auth/logout", &token).await;
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        out.with(204);
    }
    with_cookie(&house, "auth/refresh", &token)
        .await
        .refused("login_required");
}

#[tokio::test]
async fn one_kind_of_token_is_not_another() {
    let house = House::in_memory().await;
    let login = registered(&house).await;
    let refresh = cookie(&login).split_once('=').unwrap().1.to_owned();
    let access = login.json["access_token"].as_str().unwrap().to_owned();
    let as_access = crate::support::person::Person::new(&house, Some(refresh));
    as_access.get("users/me").await.refused("login_required");
    let as_refresh = format!("ticketon_refresh={access}");
    with_cookie(&house, "auth/refresh", &as_refresh)
        .await
        .refused("login_required");
}

#[tokio::test]
async fn an_access_token_ends() {
    let house = House::in_memory().await;
    let login = registered(&house).await.done();
    house.later(std::time::Duration::from_mins(16));
    bearer(&house, &login)
        .get("users/me")
        .await
        .refused("login_required");
}

#[tokio::test]
async fn an_age_limit_needs_a_birth_date() {
    let house = House::in_memory().await;
    let mut late = event("late").no_queue();
    late.age_limit = Some(19);
    let show = house.show(late).await;
    let ana = bearer(&house, &registered(&house).await.done());
    ana.hold(&show, ["A-1"]).await.refused("birth_date_required");
    let changed = |birth_date: &str| json!({"birth_date": birth_date});
    let child = ana
        .send(Method::PATCH, "users/me", Some(changed("2010-01-01")))
        .await
        .done();
    bearer(&house, &child)
        .hold(&show, ["A-1"])
        .await
        .refused("too_young");
    let adult = ana
        .send(Method::PATCH, "users/me", Some(changed("2000-01-01")))
        .await
        .done();
    assert_eq!(adult["user"]["birth_date"], "2000-01-01");
    bearer(&house, &adult).hold(&show, ["A-1"]).await.done();
}

#[tokio::test]
async fn an_admin_makes_accounts() {
    let house = House::in_memory().await;
    let account =
        json!({"email": "boss@example.com", "password": PASSWORD, "name": "Boss", "is_admin": true});
    let made = house.admin().post("admin/users", account.clone()).await.with(201);
    assert_eq!(made["is_admin"], true);
    house
        .admin()
        .post("admin/users", account.clone())
        .await
        .refused("email_taken");
    house
        .buyer("ana")
        .post("admin/users", account)
        .await
        .refused("forbidden");
    let login = json!({"email": "boss@example.com", "password": PASSWORD});
    let login = house.anyone().post("auth/login", login).await.done();
    bearer(&house, &login).get("users/me").await.done();
}

#[tokio::test]
async fn anybody_may_check_a_signature() {
    let house = House::in_memory().await;
    let keys = house.anyone().get("/.well-known/jwks.json").await.done();
    assert_eq!(
        (&keys["keys"][0]["kty"], &keys["keys"][0]["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    assert!(keys["keys"][0]["d"].is_null());
}
