//! Who may log in: users, and the logins they have open.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{Email, OrganizationId, SessionId, UserId};
use crate::limits;
use crate::organization::Role;
use crate::time::Timestamp;

/// Who may log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The identifier; its text is the user's person where an event asks for no other.
    pub id: UserId,
    /// The address that the user logs in with.
    pub email: Email,
    /// The name for people.
    pub name: String,
    /// The password's hash in PHC form; core never sees a password.
    pub password_hash: String,
    /// Needed where an event has an age limit.
    pub birth_date: Option<Date>,
    /// Where the user is a member, and as what.
    pub roles: BTreeMap<OrganizationId, Role>,
    /// May run the shop.
    pub is_admin: bool,
    /// May not log in while set.
    pub is_suspended: bool,
    /// When the user was made.
    pub made_at: Timestamp,
}

/// One login and the family of its refresh tokens: each refresh raises `generation`; an older one shown again
/// ends the family, unless it is the latest before and was replaced only just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The identifier.
    pub id: SessionId,
    /// Whose login.
    pub user: UserId,
    /// The refresh token that is good now.
    pub generation: u32,
    /// When that token was given out.
    pub refreshed_at: Timestamp,
    /// When the family ends by itself.
    pub until: Timestamp,
    /// Set by logging out, or by an old token shown again.
    pub is_ended: bool,
}

/// A key that signs tokens and passes. A row, so that every process signs alike.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKey {
    /// The identifier, `kid` in tokens.
    pub id: crate::ids::KeyId,
    /// The 32 secret bytes, in hex.
    pub seed: String,
    /// When it was made; the newest signs.
    pub made_at: Timestamp,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Whether a token may be that of another tab, or of somebody whose answer was lost: the one before, replaced
    /// only just now.
    pub fn was_just_replaced(&self, generation: u32, now: Timestamp) -> bool {
        generation.checked_add(1) == Some(self.generation)
            && now < self.refreshed_at + limits::REFRESHED_TWICE_WITHIN
    }
}

impl User {
    /// The user's age in whole years on `day`, if the birth date is known.
    pub fn age_on(birth_date: Date, day: Date) -> i16 {
        let had_birthday = (day.month(), day.day()) >= (birth_date.month(), birth_date.day());
        day.year() - birth_date.year() - i16::from(!had_birthday)
    }
}
