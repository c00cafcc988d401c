//! Accounts: who may log in. Passwords are hashed outside.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries, same_request};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Stream, What};
use crate::ids::{Email, Person, UserId};
use crate::limits;
use crate::row::{RowId, UniqueKey};
use crate::store::{CommitError, Conflict, Freshness, Versioned};
use crate::user::User;

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
            Err(error) => tries.after_conflict(error)?,
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

fn check_name(name: &str) -> Result<(), Refusal> {
    let length = name.chars().count();
    if (1..=limits::NAME_CHARS_MAX).contains(&length) {
        return Ok(());
    }
    Err(Refusal::field("name", "must have 1 to 100 characters"))
}
