//! What a process does. One process does all of it on engines of its own; several share the roles, and then the engines
//! must be shared ones, too.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Something that a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sells: accounts, events, seats, purchases, tickets, over HTTP.
    App,
    /// Tells those who wait where they stand: queue and streams, over HTTP.
    Broker,
    /// Lets people in.
    Dispatcher,
    /// Does what nobody asks for: positions, publishing, projections, look-ups, refunds, expiry.
    Worker,
    /// Runs jobs by the clock: what keeps the shop fast.
    Batch,
}

/// Some roles, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no role `{0}`: the roles are `app`, `broker`, `dispatcher`, `worker` and `batch`")]
pub struct NoRole(String);

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::App,
        Self::Broker,
        Self::Dispatcher,
        Self::Worker,
        Self::Batch,
    ];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Broker => "broker",
            Self::Dispatcher => "dispatcher",
            Self::Worker => "worker",
            Self::Batch => "batch",
        }
    }

    /// Where it listens unless it is told otherwise.
    pub fn default_port(self) -> u16 {
        match self {
            Self::App => 9000,
            Self::Dispatcher => 9002,
            Self::Broker => 9003,
            Self::Worker => 9004,
            Self::Batch => 9005,
        }
    }

    /// Whether it speaks to the payment provider.
    pub(crate) fn moves_money(self) -> bool {
        match self {
            Self::App | Self::Worker => true,
            Self::Broker | Self::Dispatcher | Self::Batch => false,
        }
    }

    /// Whether it knows which seats are free, and so follows the log.
    pub(crate) fn knows_seats(self) -> bool {
        match self {
            Self::App | Self::Broker | Self::Dispatcher => true,
            Self::Worker | Self::Batch => false,
        }
    }
}

impl Roles {
    /// Every role.
    pub fn all() -> Self {
        Self(Role::ALL.into())
    }

    /// These; every role where none is named.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        if roles.is_empty() {
            Self::all()
        } else {
            Self(roles)
        }
    }

    /// Whether a role is one of them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether these are all that there are.
    pub fn are_all(&self) -> bool {
        self.0.len() == Role::ALL.len()
    }

    /// Whether a role that is like this is one of them.
    pub(crate) fn any(&self, is: impl Fn(Role) -> bool) -> bool {
        self.0.iter().any(|role| is(*role))
    }

    /// Whose listener the process has: that of its first role, or of none in particular where it has all.
    pub fn listener(&self) -> Option<Role> {
        self.0.first().copied().filter(|_| !self.are_all())
    }
}

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Self, NoRole> {
        let named = Self::ALL.into_iter().find(|role| role.name() == text);
        named.ok_or_else(|| NoRole(text.to_owned()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `app, broker`.
impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|role| role.name()).collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_as_it_is_typed() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert!("gateway".parse::<Role>().is_err());
    }

    #[test]
    fn who_names_no_role_means_all() {
        assert!(Roles::of([]).are_all());
        let two = Roles::of([Role::Worker, Role::App]);
        assert_eq!((two.to_string().as_str(), two.are_all()), ("app, worker", false));
    }
}
