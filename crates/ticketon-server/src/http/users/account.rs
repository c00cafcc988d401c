//! What registering and making an account for somebody else have in common.

use jiff::civil::Date;
use serde::Deserialize;
use ticketon_core::caller::Right;
use ticketon_core::user::User;
use ticketon_core::{Caller, Code, NewUser, Refusal, create_user};

use crate::http::Http;
use crate::http::auth::email;
use crate::http::input::Input;

/// A new account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewAccount {
    email: String,
    password: String,
    name: String,
    /// Needed where an event has an age limit.
    birth_date: Option<Date>,
    /// May run the shop; only who runs it may say so.
    #[serde(default)]
    is_admin: bool,
}

/// Makes the account. A repeat of the request hears of the account that the first one made, if it knows the password:
/// those who are not logged in have one name together, so a key alone proves nothing.
pub(in crate::http) async fn make(
    http: &Http,
    caller: Caller,
    new: Input<NewAccount>,
) -> Result<User, Refusal> {
    let (caller, new) = new.by_all_but_secrets(caller, NewAccount::without_password);
    if new.is_admin {
        caller.may(Right::Administer)?;
    }
    let email = email(&new.email)?;
    let password_hash = hashed(http, new.password.clone()).await?;
    let asked = NewUser {
        email,
        name: new.name,
        password_hash: password_hash.clone(),
        birth_date: new.birth_date,
        is_admin: new.is_admin,
    };
    let user = create_user(&http.shop.cx, &caller, asked).await?;
    if user.password_hash == password_hash {
        return Ok(user);
    }
    let first = Some(user.password_hash.clone());
    if http.shop.passwords.verify(new.password, first).await? {
        return Ok(user);
    }
    Err(Refusal::new(
        Code::KeyReused,
        "this idempotency key was used for another account: send each request with a key of its own",
    ))
}

impl NewAccount {
    fn without_password(&self) -> String {
        let Self {
            email,
            password: _,
            name,
            birth_date,
            is_admin,
        } = self;
        format!("{email:?} {name:?} {birth_date:?} {is_admin}")
    }
}

/// A hash that nobody can compute beforehand.
async fn hashed(http: &Http, password: String) -> Result<String, Refusal> {
    let mut salt = [0; 16];
    http.shop.cx.entropy.fill(&mut salt);
    http.shop.passwords.hash(password, salt).await
}
