//! Users: what is known of who logs in.

pub(super) mod account;
pub(super) mod change;
pub(super) mod create;
pub(super) mod me;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use ticketon_core::ids::{Email, OrganizationId, Person, UserId};
use ticketon_core::organization::Role;
use ticketon_core::user::User;
use ticketon_core::{Refusal, Timestamp};

/// A user as the user sees it.
#[derive(Debug, Serialize)]
pub(super) struct UserView {
    id: UserId,
    email: Email,
    name: String,
    birth_date: Option<Date>,
    /// Where the user is a member, and as what.
    roles: BTreeMap<OrganizationId, Role>,
    is_admin: bool,
    made_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            birth_date: user.birth_date,
            roles: user.roles,
            is_admin: user.is_admin,
            made_at: user.made_at,
        }
    }
}

/// The user that a person is; an operator at the machine and a simulated buyer are none.
fn user_of(person: &Person) -> Result<UserId, Refusal> {
    person
        .as_str()
        .parse()
        .map_err(|_| Refusal::not_found("user", person))
}
