//! Accounts: who may log in, and the logins they have open. Passwords are hashed and tokens signed outside.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries, same_request};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Stream, What};
use crate::ids::{Email, Person, SessionId, UserId};
use crate::limits;
use crate::row::{RowId, UniqueKey};
use crate::store::{CommitError, Conflict, Freshness, Versioned};
use crate::user::{Session, User};

/// A user to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The address to log in with.
    pub email: Email,
    /// The name for people.
    pub name: String,
    /// The password's hash in PHC form.
    pub password_hash: String,
    /// Needed where an event has an age limit.
    pub birth_date: Option<Date>,
    /// May run the shop; only who runs it may say so.
    pub is_admin: bool,
}

/// What a user changes of what is known of them; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The name for people.
    pub name: Option<String>,
    /// Needed where an event has an age limit.
    pub birth_date: Option<Date>,
}

/// Makes a user. A repeat of the request hears of the user that the first one made, whose password is the first's.
pub async fn create_user(cx: &Context, caller: &Caller, new: NewUser) -> Result<User, Refusal> {
    if new.is_admin {
        caller.may(Right::Administer)?;
    }
    check_name(&new.name)?;
    let now = cx.now();
    let user = User {
        id: UserId::new(now, &*cx.entropy),
        email: new.email,
        name: new.name,
        password_hash: new.password_hash,
        birth_date: new.birth_date,
        roles: BTreeMap::new(),
        is_admin: new.is_admin,
        is_suspended: false,
        made_at: now,
    };
    let changes = cx
        .changes()
        .create(user.clone())
        .answer(caller.answer(RowId::User(user.id), now))
        .record(Fact {
            stream: Stream::User(user.id),
            at: now,
            what: What::UserCreated { user: user.id },
        });
    match cx.commit(changes).await {
        Ok(()) => Ok(user),
        Err(CommitError::Conflict(Conflict::Taken(UniqueKey::Email(email)))) => Err(Refusal::new(
            Code::EmailTaken,
            format!("`{email}` is registered: log in"),
        )),
        Err(CommitError::Conflict(Conflict::Answered(answered))) => match same_request(caller, &answered)? {
            RowId::User(user) => Ok(cx.need::<User>((user,), Freshness::Cached, "user").await?.0),
            other => Err(Refusal::internal(format!("a request for a user made `{other}`"))),
        },
        Err(CommitError::Conflict(conflict)) => Err(Refusal::internal(conflict)),
        Err(CommitError::Unavailable(error)) => Err(error.into()),
    }
}

/// Changes what is known of a user.
pub async fn change_user(
    cx: &Context,
    caller: &Caller,
    user: UserId,
    change: UserChange,
) -> Result<User, Refusal> {
    let person = Person::new(user.to_string()).map_err(|error| Refusal::field("user", error.to_string()))?;
    caller.may(Right::ActFor(&person))?;
    if let Some(name) = &change.name {
        check_name(name)?;
    }
    let mut tries = Tries::default();
    loop {
        let (user, version) = cx.need::<User>((user,), Freshness::Fresh, "user").await?;
        let changed = User {
            name: change.name.clone().unwrap_or(user.name),
            birth_date: change.birth_date.or(user.birth_date),
            ..user
        };
        let fact = Fact {
            stream: Stream::User(changed.id),
            at: cx.now(),
            what: What::UserChanged { user: changed.id },
        };
        match cx
            .commit(cx.changes().write(changed.clone(), version).record(fact))
            .await
        {
            Ok(()) => return Ok(changed),
            Err(error) => drop(tries.after(error, caller)?),
        }
    }
}

/// The user who logs in with an address.
pub async fn find_user(cx: &Context, email: &Email) -> Result<Option<Versioned<User>>, Refusal> {
    let holder = cx.reads.holder(&UniqueKey::Email(email.clone())).await?;
    let Some(RowId::User(user)) = holder else {
        return Ok(None);
    };
    Ok(cx.load::<User>((user,), Freshness::Fresh).await?)
}

/// Opens a login for a user whose password was checked.
pub async fn start_session(
    cx: &Context,
    user: &Versioned<User>,
    lasts: Duration,
) -> Result<Session, Refusal> {
    let (user, version) = user;
    if user.is_suspended {
        return Err(Refusal::new(
            Code::Suspended,
            "this account is suspended: ask the box office",
        ));
    }
    let now = cx.now();
    let session = Session {
        id: SessionId::new(now, &*cx.entropy),
        user: user.id,
        generation: 1,
        refreshed_at: now,
        until: now + lasts,
        is_ended: false,
    };
    let changes = cx
        .changes()
        .create(session.clone())
        .rely(RowId::User(user.id), *version)
        .record(Fact {
            stream: Stream::User(user.id),
            at: now,
            what: What::SessionStarted { user: user.id },
        });
    match cx.commit(changes).await {
        Ok(()) => Ok(session),
        Err(CommitError::Unavailable(error)) => Err(error.into()),
        Err(CommitError::Conflict(_)) => Err(Refusal::new(
            Code::Unavailable,
            "this account has just changed: log in again",
        )),
    }
}

/// Uses a refresh token of `generation`: the family goes on with the next one. An old one shown again ends the
/// family, for somebody may have stolen it; two tabs that refresh at once, and whoever lost the answer, hear the
/// same next one.
pub async fn refresh_session(
    cx: &Context,
    session: SessionId,
    generation: u32,
) -> Result<(User, Session), Refusal> {
    let caller = Caller::anyone();
    let mut tries = Tries::default();
    loop {
        let (session, version) = cx.need::<Session>((session,), Freshness::Fresh, "login").await?;
        let (user, _) = cx.need::<User>((session.user,), Freshness::Fresh, "user").await?;
        let now = cx.now();
        if session.is_ended || now >= session.until || user.is_suspended {
            return Err(Refusal::new(
                Code::LoginRequired,
                "this login has ended: log in again",
            ));
        }
        if session.was_just_replaced(generation, now) {
            return Ok((user, session));
        }
        let token_reused = generation != session.generation;
        let next = Session {
            generation: session.generation + 1,
            refreshed_at: now,
            is_ended: token_reused,
            ..session
        };
        let what = if token_reused {
            What::SessionEnded {
                user: user.id,
                token_reused,
            }
        } else {
            What::SessionRefreshed { user: user.id }
        };
        let fact = Fact {
            stream: Stream::User(user.id),
            at: now,
            what,
        };
        match cx
            .commit(cx.changes().write(next.clone(), version).record(fact))
            .await
        {
            Ok(()) if token_reused => {
                let message = "this refresh token was used before: that login has ended, log in again";
                return Err(Refusal::new(Code::TokenReused, message));
            }
            Ok(()) => return Ok((user, next)),
            Err(error) => drop(tries.after(error, &caller)?),
        }
    }
}

/// Ends a login. Ending it again is no error.
pub async fn end_session(cx: &Context, session: SessionId) -> Result<(), Refusal> {
    let caller = Caller::anyone();
    let mut tries = Tries::default();
    loop {
        let loaded = cx.load::<Session>((session,), Freshness::Fresh).await?;
        let Some((session, version)) = loaded.filter(|(session, _)| !session.is_ended) else {
            return Ok(());
        };
        let fact = Fact {
            stream: Stream::User(session.user),
            at: cx.now(),
            what: What::SessionEnded {
                user: session.user,
                token_reused: false,
            },
        };
        let ended = Session {
            is_ended: true,
            ..session
        };
        match cx.commit(cx.changes().write(ended, version).record(fact)).await {
            Ok(()) => return Ok(()),
            Err(error) => drop(tries.after(error, &caller)?),
        }
    }
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let length = name.chars().count();
    if (1..=limits::NAME_CHARS_MAX).contains(&length) {
        return Ok(());
    }
    Err(Refusal::field("name", "must have 1 to 100 characters"))
}
