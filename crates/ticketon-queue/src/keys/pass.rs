//! The pass: proof of admission to one room, for one visitor, until a moment. A JWT signed with Ed25519, so that other
//! services can check it with the public key alone.
//!
//! Every claim is checked, each with its own refusal: the predecessor's entry token never expired, was good for any
//! event, and its signature was never looked at.

use std::sync::{MutexGuard, PoisonError};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use super::Keys;
use super::signed::SignedPasses;
use crate::entry::{Entry, EntryId, EntryState};
use crate::limits::TOKEN_BYTES_MAX;
use crate::names::{RoomName, VisitorName};
use crate::time::Timestamp;

const KIND: &str = "pass";
const AUDIENCE: &str = "ticketon-room";

/// Admission of one visitor to one room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pass {
    /// The room it opens.
    pub room: RoomName,
    /// The entry that was admitted.
    pub entry: EntryId,
    /// Whose it is.
    pub visitor: VisitorName,
    /// Its end, on a whole second.
    pub until: Timestamp,
}

/// Why a text opens nothing here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PassError {
    /// It is no JWT, or lacks a claim that every pass has.
    #[error("the pass is malformed")]
    Malformed,
    /// It names another signing method or another key.
    #[error("the pass is signed with an unknown key")]
    UnknownKey,
    /// It was not signed with these keys, or was changed since.
    #[error("the pass's signature is wrong")]
    BadSignature,
    /// It is another kind of token.
    #[error("the token is not a pass")]
    WrongKind,
    /// It was not made for rooms.
    #[error("the pass is meant for another audience")]
    WrongAudience,
    /// It opens another room.
    #[error("the pass is for another room")]
    WrongRoom,
    /// It has ended.
    #[error("the pass ended at {0}")]
    Expired(Timestamp),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    kind: String,
    aud: String,
    room: String,
    entry: EntryId,
    sub: VisitorName,
    exp: u64,
}

impl Pass {
    /// The pass of an entry whose owner is inside and has claimed it; nobody else has one.
    pub fn of(entry: &Entry, room: RoomName) -> Option<Self> {
        match entry.state {
            EntryState::Claimed { until } => Some(Self {
                room,
                entry: entry.id,
                visitor: entry.visitor.clone(),
                until,
            }),
            EntryState::Waiting | EntryState::Admitted { .. } | EntryState::Ended { .. } => None,
        }
    }
}

impl Keys {
    /// The pass as a JWT. Ed25519 needs no randomness: the same pass gives the same text.
    pub fn sign_pass(&self, pass: &Pass) -> String {
        if let Some(text) = self.signed().text_of(pass) {
            return text;
        }
        let text = self.sign_anew(pass);
        self.signed().keep(pass, &text);
        text
    }

    /// The pass that a text is, if it opens this room now.
    pub fn verify_pass(&self, token: &str, room: &RoomName, now: Timestamp) -> Result<Pass, PassError> {
        let pass = match self.signed().pass_of(token) {
            Some(pass) => pass,
            None => self.check(token)?,
        };
        if pass.room != *room {
            return Err(PassError::WrongRoom);
        }
        if pass.until <= now {
            return Err(PassError::Expired(pass.until));
        }
        Ok(pass)
    }

    fn sign_anew(&self, pass: &Pass) -> String {
        let header = Header {
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Claims {
            kind: KIND.to_owned(),
            aud: AUDIENCE.to_owned(),
            room: pass.room.as_str().to_owned(),
            entry: pass.entry,
            sub: pass.visitor.clone(),
            exp: pass.until.ms() / 1_000,
        };
        encode(&header, &claims, &self.signing)
            .expect("texts and numbers have a JSON form, and the key is sound")
    }

    /// The pass that a text is, whatever it opens.
    fn check(&self, token: &str) -> Result<Pass, PassError> {
        let claims = self.signed_claims(token)?;
        if claims.kind != KIND {
            return Err(PassError::WrongKind);
        }
        if claims.aud != AUDIENCE {
            return Err(PassError::WrongAudience);
        }
        Ok(Pass {
            room: RoomName::parse(&claims.room).map_err(|_| PassError::WrongRoom)?,
            entry: claims.entry,
            visitor: claims.sub,
            until: Timestamp::from_ms(claims.exp.saturating_mul(1_000)),
        })
    }

    fn signed(&self) -> MutexGuard<'_, SignedPasses> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed_claims(&self, token: &str) -> Result<Claims, PassError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(PassError::Malformed);
        }
        // The claims are checked by the callers, the end against an argument instead of the machine's clock.
        let mut signature_only = Validation::new(Algorithm::EdDSA);
        signature_only.required_spec_claims.clear();
        signature_only.validate_exp = false;
        signature_only.validate_aud = false;
        let signed =
            decode::<Claims>(token, &self.checking, &signature_only).map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => PassError::BadSignature,
                ErrorKind::InvalidAlgorithm => PassError::UnknownKey,
                _ => PassError::Malformed,
            })?;
        if signed.header.kid.as_deref() != Some(self.kid.as_str()) {
            return Err(PassError::UnknownKey);
        }
        Ok(signed.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    fn opera() -> RoomName {
        RoomName::parse("opera").unwrap()
    }

    fn keys() -> Keys {
        Keys::from_seed("k1", [7; 32])
    }

    fn pass() -> Pass {
        Pass {
            room: opera(),
            entry: EntryId::from_u128(42),
            visitor: VisitorName::parse("ana").unwrap(),
            until: Timestamp::from_ms(1_900_000),
        }
    }

    fn refusal_of(claims: &Claims) -> PassError {
        let header = Header {
            kid: Some("k1".to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let token = encode(&header, claims, &keys().signing).unwrap();
        keys().verify_pass(&token, &opera(), NOW).unwrap_err()
    }

    fn claims() -> Claims {
        Claims {
            kind: "pass".to_owned(),
            aud: "ticketon-room".to_owned(),
            room: "opera".to_owned(),
            entry: EntryId::from_u128(42),
            sub: VisitorName::parse("ana").unwrap(),
            exp: 1_900,
        }
    }

    #[test]
    fn a_pass_opens_its_room_until_it_ends() {
        let token = keys().sign_pass(&pass());
        assert_eq!(keys().verify_pass(&token, &opera(), NOW), Ok(pass()));
        assert_eq!(keys().sign_pass(&pass()), token);
        let end = pass().until;
        assert_eq!(
            keys().verify_pass(&token, &opera(), end),
            Err(PassError::Expired(end))
        );
    }

    #[test]
    fn a_pass_opens_no_other_room() {
        let token = keys().sign_pass(&pass());
        let other = RoomName::parse("stadium").unwrap();
        assert_eq!(keys().verify_pass(&token, &other, NOW), Err(PassError::WrongRoom));
    }

    #[test]
    fn every_claim_is_checked() {
        assert_eq!(
            refusal_of(&Claims {
                kind: "access".to_owned(),
                ..claims()
            }),
            PassError::WrongKind
        );
        assert_eq!(
            refusal_of(&Claims {
                aud: "shop".to_owned(),
                ..claims()
            }),
            PassError::WrongAudience
        );
        assert_eq!(
            refusal_of(&Claims { exp: 999, ..claims() }),
            PassError::Expired(Timestamp::from_ms(999_000))
        );
    }

    #[test]
    fn a_forged_pass_is_refused() {
        let theirs = Keys::from_seed("k1", [8; 32]).sign_pass(&pass());
        assert_eq!(
            keys().verify_pass(&theirs, &opera(), NOW),
            Err(PassError::BadSignature)
        );
        let renamed = Keys::from_seed("k2", [7; 32]).sign_pass(&pass());
        assert_eq!(
            keys().verify_pass(&renamed, &opera(), NOW),
            Err(PassError::UnknownKey)
        );
        let shared_secret = jsonwebtoken::EncodingKey::from_secret(b"public key as a secret");
        let hs256 = encode(&Header::new(Algorithm::HS256), &claims(), &shared_secret).unwrap();
        assert_eq!(
            keys().verify_pass(&hs256, &opera(), NOW),
            Err(PassError::UnknownKey)
        );
    }

    #[test]
    fn nonsense_is_malformed() {
        for token in ["", "a.b.c", "ticket", &"x".repeat(2_000)] {
            assert_eq!(
                keys().verify_pass(token, &opera(), NOW),
                Err(PassError::Malformed),
                "{token}"
            );
        }
    }

    #[test]
    fn only_a_claimed_entry_has_a_pass() {
        let entry = |state| Entry {
            id: EntryId::from_u128(42),
            seq: crate::entry::Seq(1),
            visitor: pass().visitor,
            entered_at: NOW,
            state,
        };
        assert_eq!(Pass::of(&entry(EntryState::Waiting), opera()), None);
        assert_eq!(
            Pass::of(&entry(EntryState::Admitted { claim_by: NOW }), opera()),
            None
        );
        let until = pass().until;
        assert_eq!(
            Pass::of(&entry(EntryState::Claimed { until }), opera()),
            Some(pass())
        );
    }
}
