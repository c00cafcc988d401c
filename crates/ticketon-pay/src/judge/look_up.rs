//! Replies to a look-up.

use super::Read;
use crate::call::Reply;
use crate::code::Class;
use crate::outcome::{LookedUp, Unknown};

impl LookedUp {
    /// What a reply to a look-up means.
    pub fn from_reply(reply: &Reply) -> Self {
        match super::read(reply) {
            Read::Payment(payment) => Self::Found(payment),
            Read::Unknown(unknown) => Self::Unknown(unknown),
            Read::Refusal { code, message } => match code.class() {
                Class::SessionGone => Self::NotFound,
                Class::OurFault => Self::Refused { code, message },
                Class::Unclear
                | Class::Declined
                | Class::DeclinedForGood
                | Class::AlreadyCancelled
                | Class::CancelRefused => Self::Unknown(Unknown::Unclear { code, message }),
            },
        }
    }
}
