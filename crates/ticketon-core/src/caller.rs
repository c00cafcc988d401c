//! Who asks: what a decision needs of a person. It comes from outside; core never parses a token.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::error::{Code, Refusal};
use crate::fact::Act;
use crate::ids::{EntryId, IdempotencyKey, OrganizationId, Person, SaleId};
use crate::organization::Role;
use crate::row::RowId;
use crate::store::{AnswerKey, Answered};
use crate::time::Timestamp;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    identity: Identity,
    /// The admission that the caller showed.
    pub admission: Option<Admitted>,
    /// The key that the caller gave this request, if any.
    pub request: Option<RequestKey>,
    /// Why they ask it, in their own words.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Identity {
    Anyone,
    User {
        person: Person,
        roles: BTreeMap<OrganizationId, Role>,
        is_admin: bool,
        birth_date: Option<Date>,
    },
    System(&'static str),
}

/// Proof of admission to a sale: a plain value, made by whoever checked the pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// To which sale.
    pub sale: SaleId,
    /// Who.
    pub person: Person,
    /// By which entry of its queue.
    pub entry: EntryId,
    /// Until when.
    pub until: Timestamp,
}

/// A request's key, with what was asked, so that a repeat hears the first answer and another question under
/// the same key is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The client's own key.
    pub key: IdempotencyKey,
    /// Method and path.
    pub operation: String,
    /// A digest of the body.
    pub fingerprint: String,
}

/// What a caller may be asked to have the right to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right<'a> {
    /// Hold seats and buy for oneself.
    Buy,
    /// See or change what belongs to a person.
    ActFor(&'a Person),
    /// Act as a member of an organization.
    ActAs(OrganizationId, Role),
    /// Run the shop.
    Administer,
}

impl Caller {
    /// Somebody who did not log in.
    pub fn anyone() -> Self {
        Self::from(Identity::Anyone)
    }

    /// A buyer by the embedder's own id of theirs.
    ///
    /// # Panics
    /// If `person` is empty, longer than 64 bytes or has control characters; parse foreign text with
    /// [`Person::new`] and use [`Caller::person`].
    pub fn user(person: &str) -> Self {
        Self::person(Person::new(person).expect("a person's id written by the program"))
    }

    /// A buyer.
    pub fn person(person: Person) -> Self {
        Self::from(Identity::User {
            person,
            roles: BTreeMap::new(),
            is_admin: false,
            birth_date: None,
        })
    }

    /// A user with what is known of them.
    pub fn known(
        person: Person,
        roles: BTreeMap<OrganizationId, Role>,
        is_admin: bool,
        birth_date: Option<Date>,
    ) -> Self {
        Self::from(Identity::User {
            person,
            roles,
            is_admin,
            birth_date,
        })
    }

    /// The program itself: background work, or an operator at this machine. It may do everything but buy.
    pub fn system(name: &'static str) -> Self {
        Self::from(Identity::System(name))
    }

    /// The caller with a proof of admission.
    #[must_use]
    pub fn admitted(self, admission: Admitted) -> Self {
        Self {
            admission: Some(admission),
            ..self
        }
    }

    /// The caller with a key for this request.
    #[must_use]
    pub fn asking(self, request: RequestKey) -> Self {
        Self {
            request: Some(request),
            ..self
        }
    }

    /// The caller with a reason.
    #[must_use]
    pub fn because(self, reason: String) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// What is kept of whose act something is.
    pub fn act(&self) -> Act {
        let by = match &self.identity {
            Identity::Anyone | Identity::User { .. } => self.name().to_owned(),
            Identity::System(name) => format!("system:{name}"),
        };
        Act {
            by,
            reason: self.reason.clone(),
        }
    }

    /// Whom limits count.
    pub fn as_person(&self) -> Option<&Person> {
        match &self.identity {
            Identity::User { person, .. } => Some(person),
            Identity::Anyone | Identity::System(_) => None,
        }
    }

    /// What to call the caller in logs and messages: an id, never a name.
    pub fn name(&self) -> &str {
        match &self.identity {
            Identity::Anyone => "anyone",
            Identity::User { person, .. } => person.as_str(),
            Identity::System(name) => name,
        }
    }

    /// The caller's birth date, if known.
    pub fn birth_date(&self) -> Option<Date> {
        match &self.identity {
            Identity::User { birth_date, .. } => *birth_date,
            Identity::Anyone | Identity::System(_) => None,
        }
    }

    /// Refuses who has not the right: the first line of every use case.
    pub fn may(&self, right: Right<'_>) -> Result<(), Refusal> {
        let is_allowed = match (&self.identity, right) {
            (Identity::Anyone, _) => {
                return Err(Refusal::new(
                    Code::LoginRequired,
                    "log in first: this needs a user",
                ));
            }
            (Identity::System(_), Right::Buy) => false,
            (Identity::User { .. }, Right::Buy)
            | (Identity::System(_), Right::ActFor(_) | Right::ActAs(..) | Right::Administer) => true,
            (Identity::User { person, is_admin, .. }, Right::ActFor(other)) => *is_admin || person == other,
            (Identity::User { roles, is_admin, .. }, Right::ActAs(organization, least)) => {
                *is_admin || roles.get(&organization).is_some_and(|role| *role >= least)
            }
            (Identity::User { is_admin, .. }, Right::Administer) => *is_admin,
        };
        if is_allowed {
            Ok(())
        } else {
            Err(Refusal::new(Code::Forbidden, "this is not yours to do"))
        }
    }

    /// The organizations in which the caller has at least this role; `None` where that is every one.
    pub fn organizations(&self, least: Role) -> Option<Vec<OrganizationId>> {
        match &self.identity {
            Identity::Anyone => Some(Vec::new()),
            Identity::System(_) | Identity::User { is_admin: true, .. } => None,
            Identity::User { roles, .. } => {
                let has_role = roles.iter().filter(|(_, role)| **role >= least);
                Some(has_role.map(|(organization, _)| *organization).collect())
            }
        }
    }

    /// The buyer: refuses who cannot buy for oneself.
    pub fn buyer(&self) -> Result<&Person, Refusal> {
        self.may(Right::Buy)?;
        self.as_person()
            .ok_or_else(|| Refusal::new(Code::Forbidden, "only a user can buy"))
    }

    /// The name under which this request's answer is kept.
    pub fn answer_key(&self) -> Option<AnswerKey> {
        let request = self.request.as_ref()?;
        let caller = match &self.identity {
            Identity::Anyone => "anyone".to_owned(),
            Identity::User { person, .. } => format!("user:{person}"),
            Identity::System(name) => format!("system:{name}"),
        };
        Some(AnswerKey {
            caller,
            operation: request.operation.clone(),
            key: request.key.clone(),
        })
    }

    /// The answer to keep for this request, if it has a key.
    pub fn answer(&self, outcome: RowId, at: Timestamp) -> Option<Answered> {
        let fingerprint = self.request.as_ref()?.fingerprint.clone();
        Some(Answered {
            key: self.answer_key()?,
            fingerprint,
            outcome,
            at,
        })
    }
}

impl From<Identity> for Caller {
    fn from(identity: Identity) -> Self {
        Self {
            identity,
            admission: None,
            request: None,
            reason: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_buys_without_logging_in_and_the_system_buys_nothing() {
        assert_eq!(Caller::anyone().buyer().unwrap_err().code(), Code::LoginRequired);
        assert_eq!(
            Caller::system("test").buyer().unwrap_err().code(),
            Code::Forbidden
        );
    }

    #[test]
    fn a_buyer_sees_what_is_theirs_alone() {
        let (ana, bob) = (Person::new("ana").unwrap(), Person::new("bob").unwrap());
        assert!(Caller::person(ana.clone()).may(Right::ActFor(&ana)).is_ok());
        assert_eq!(
            Caller::person(ana).may(Right::ActFor(&bob)).unwrap_err().code(),
            Code::Forbidden
        );
    }
}
