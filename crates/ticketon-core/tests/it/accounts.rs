//! Accounts: one address, one user; one refresh token, one use.

use std::time::Duration;

use ticketon_core::ids::Email;
use ticketon_core::store::{Freshness, Versioned};
use ticketon_core::user::{Session, User};
use ticketon_core::{
    Caller, Code, Context, FixedClock, Memory, NewUser, SeededEntropy, create_user, end_session, find_user,
    limits, refresh_session, start_session, verify,
};

const WEEK: Duration = Duration::from_hours(24 * 7);

fn shop() -> (Context, FixedClock) {
    let clock = FixedClock::at("2026-12-01T11:00:00Z");
    let cx = Context::new(Memory::new(), clock.clone(), SeededEntropy::new(7));
    (cx, clock)
}

fn ana() -> NewUser {
    NewUser {
        email: Email::new("ana@example.org").unwrap(),
        name: "Ana".to_owned(),
        password_hash: "$argon2id$…".to_owned(),
        birth_date: None,
        is_admin: false,
    }
}

async fn registered(cx: &Context) -> Versioned<User> {
    create_user(cx, &Caller::anyone(), ana()).await.unwrap();
    find_user(cx, &ana().email).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_address_is_registered_once() {
    let (cx, _) = shop();
    registered(&cx).await;
    let refused = create_user(&cx, &Caller::anyone(), ana()).await.unwrap_err();
    assert_eq!(refused.code(), Code::EmailTaken);
    let nobody = Email::new("bob@example.org").unwrap();
    assert_eq!(find_user(&cx, &nobody).await.unwrap(), None);
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn nobody_makes_an_admin_but_who_runs_the_shop() {
    let (cx, _) = shop();
    let admin = NewUser {
        is_admin: true,
        ..ana()
    };
    for (caller, code) in [
        (Caller::anyone(), Code::LoginRequired),
        (Caller::user("ana"), Code::Forbidden),
    ] {
        let refused = create_user(&cx, &caller, admin.clone()).await.unwrap_err();
        assert_eq!(refused.code(), code);
    }
    create_user(&cx, &Caller::system("init"), admin).await.unwrap();
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_shown_again_it_ends_the_login() {
    let (cx, clock) = shop();
    let user = registered(&cx).await;
    let first = start_session(&cx, &user, WEEK).await.unwrap();
    let (_, second) = refresh_session(&cx, first.id, first.generation).await.unwrap();
    clock.advance(limits::REFRESHED_TWICE_WITHIN);

    let reused = refresh_session(&cx, first.id, first.generation)
        .await
        .unwrap_err();
    assert_eq!(reused.code(), Code::TokenReused);
    let ended = refresh_session(&cx, second.id, second.generation)
        .await
        .unwrap_err();
    assert_eq!(ended.code(), Code::LoginRequired);

    // Another login of the same user goes on.
    let elsewhere = start_session(&cx, &user, WEEK).await.unwrap();
    refresh_session(&cx, elsewhere.id, elsewhere.generation)
        .await
        .unwrap();
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_and_a_lost_answer_end_nothing() {
    let (cx, clock) = shop();
    let user = registered(&cx).await;
    let first = start_session(&cx, &user, WEEK).await.unwrap();
    let (_, second) = refresh_session(&cx, first.id, first.generation).await.unwrap();
    clock.advance(limits::REFRESHED_TWICE_WITHIN.saturating_sub(Duration::from_millis(1)));
    let (_, again) = refresh_session(&cx, first.id, first.generation).await.unwrap();
    assert_eq!(again, second);
    let (_, third) = refresh_session(&cx, second.id, second.generation).await.unwrap();
    assert_eq!(third.generation, 3);

    // The one before the last is an old one, however soon it is shown.
    let reused = refresh_session(&cx, first.id, first.generation)
        .await
        .unwrap_err();
    assert_eq!(reused.code(), Code::TokenReused);
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn a_login_ends_by_itself_or_by_logging_out() {
    let (cx, clock) = shop();
    let user = registered(&cx).await;
    let forgotten = start_session(&cx, &user, WEEK).await.unwrap();
    let ended = start_session(&cx, &user, WEEK).await.unwrap();
    end_session(&cx, ended.id).await.unwrap();
    end_session(&cx, ended.id).await.unwrap();
    clock.advance(WEEK);
    for session in [forgotten, ended] {
        let refused = refresh_session(&cx, session.id, session.generation)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::LoginRequired);
    }
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn whoever_is_suspended_logs_in_no_more() {
    let (cx, _) = shop();
    let (user, version) = registered(&cx).await;
    let session = start_session(&cx, &(user.clone(), version), WEEK).await.unwrap();
    let suspended = User {
        is_suspended: true,
        ..user.clone()
    };
    let id = ticketon_core::ids::ChangesId::new(cx.now(), &*cx.entropy);
    let changes = ticketon_core::store::Changes::new(id).write(suspended, version);
    cx.store.commit(changes).await.unwrap();

    // Even for whoever read the account before.
    let stale = start_session(&cx, &(user.clone(), version), WEEK)
        .await
        .unwrap_err();
    assert_eq!(stale.code(), Code::Unavailable);
    let now = cx
        .load::<User>((user.id,), Freshness::Fresh)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        start_session(&cx, &now, WEEK).await.unwrap_err().code(),
        Code::Suspended
    );
    let refreshed = refresh_session(&cx, session.id, session.generation)
        .await
        .unwrap_err();
    assert_eq!(refreshed.code(), Code::LoginRequired);
    let kept = cx
        .load::<Session>((session.id,), Freshness::Fresh)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.0, session);
    verify(&cx).await.unwrap().assert_kept();
}
