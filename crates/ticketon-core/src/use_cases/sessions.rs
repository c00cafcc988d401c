//! Logins: opened once a password was checked, gone on with, ended. Tokens are signed outside.

use std::time::Duration;

use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Stream, What};
use crate::ids::SessionId;
use crate::row::RowId;
use crate::store::{CommitError, Freshness, Versioned};
use crate::user::{Session, User};

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
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// Ends a login. Ending it again is no error.
pub async fn end_session(cx: &Context, session: SessionId) -> Result<(), Refusal> {
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
            Err(error) => tries.after_conflict(error)?,
        }
    }
}
