//! Tokens: who somebody is, signed. An access token is never a refresh token and never a pass: each has its
//! kind, and all have an audience and an end.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use ticketon_core::ids::{OrganizationId, Person, SessionId};
use ticketon_core::organization::Role;
use ticketon_core::user::{Session, User};
use ticketon_core::{Caller, Code, Refusal, Timestamp};

use crate::limits;

/// Signs and checks tokens.
pub struct Tokens {
    kid: String,
    signing: EncodingKey,
    checking: DecodingKey,
    customer_keys: Hmac<Sha256>,
    /// Tokens checked or signed lately, so that a buyer's signature is checked once, not at each request.
    checked: Mutex<Checked>,
}

/// Two generations of known tokens: the older is dropped when the newer is full.
#[derive(Default)]
struct Checked {
    newer: BTreeMap<String, Access>,
    older: BTreeMap<String, Access>,
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Access {
    kind: AccessKind,
    aud: Audience,
    sub: Person,
    exp: i64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    roles: BTreeMap<OrganizationId, Role>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    admin: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    birth_date: Option<jiff::civil::Date>,
}

/// What a refresh token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Refresh {
    kind: RefreshKind,
    aud: Audience,
    sub: SessionId,
    generation: u32,
    exp: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum AccessKind {
    #[serde(rename = "access")]
    Access,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum RefreshKind {
    #[serde(rename = "refresh")]
    Refresh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Audience {
    #[serde(rename = "ticketon")]
    Ticketon,
}

/// Ed25519's PKCS #8 head (RFC 8410), before the 32 bytes of the seed.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

impl Tokens {
    /// Tokens signed by a seed under a key's name; `public_key` is the seed's public half.
    pub fn new(kid: &str, seed: [u8; 32], public_key: &[u8]) -> Self {
        Self {
            kid: kid.to_owned(),
            signing: EncodingKey::from_ed_der(&[PKCS8_HEAD.as_slice(), &seed].concat()),
            checking: DecodingKey::from_ed_der(public_key),
            customer_keys: Hmac::new_from_slice(&seed)
                .expect("HMAC takes keys of any length")
                .chain_update(b"ticketon customer key"),
            checked: Mutex::default(),
        }
    }

    /// A token that says who a user is.
    pub fn access(&self, user: &User, now: Timestamp) -> Result<String, Refusal> {
        let person = Person::new(user.id.to_string()).map_err(Refusal::internal)?;
        self.grant(Access {
            roles: user.roles.clone(),
            admin: user.is_admin,
            birth_date: user.birth_date,
            ..Access::of(person, now + limits::ACCESS_TOKEN_LASTS)
        })
    }

    /// A token for a person without a user row: simulated buyers.
    pub fn access_for(&self, person: Person, now: Timestamp, lasts: Duration) -> Result<String, Refusal> {
        self.grant(Access::of(person, now + lasts))
    }

    /// A token for whoever runs this machine, good for one minute.
    pub fn operator(&self, person: Person, now: Timestamp) -> Result<String, Refusal> {
        self.grant(Access {
            admin: true,
            ..Access::of(person, now + limits::OPERATOR_TOKEN_LASTS)
        })
    }

    /// The token that continues a login.
    pub fn refresh(&self, session: &Session) -> Result<String, Refusal> {
        self.sign(&Refresh {
            kind: RefreshKind::Refresh,
            aud: Audience::Ticketon,
            sub: session.id,
            generation: session.generation,
            exp: session.until.as_millis() / 1_000,
        })
    }

    /// What names a buyer to the payment provider: always the same, and nobody who knows the buyer can guess it.
    pub fn customer_key(&self, person: &Person) -> String {
        let mac = self.customer_keys.clone().chain_update(person.as_str());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Who an access token says that its bearer is.
    pub fn caller(&self, token: &str, now: Timestamp) -> Result<Caller, Refusal> {
        let known = self.checked().find(token);
        let access = match known {
            Some(access) => access,
            None => self.check_access(token)?,
        };
        if access.exp <= now.as_millis() / 1_000 {
            return Err(Refusal::new(
                Code::LoginRequired,
                "this token has ended: refresh it or log in",
            ));
        }
        Ok(Caller::known(
            access.sub,
            access.roles,
            access.admin,
            access.birth_date,
        ))
    }

    /// The login and the generation that a refresh token names.
    pub fn session(&self, token: &str, now: Timestamp) -> Result<(SessionId, u32), Refusal> {
        let refresh: Refresh = self.verify(token)?;
        if refresh.exp <= now.as_millis() / 1_000 {
            return Err(Refusal::new(
                Code::LoginRequired,
                "this login has ended: log in again",
            ));
        }
        Ok((refresh.sub, refresh.generation))
    }

    fn check_access(&self, token: &str) -> Result<Access, Refusal> {
        let access: Access = self.verify(token)?;
        self.checked().keep(token, access.clone());
        Ok(access)
    }

    /// Signs an access token. What was signed here need not be checked here.
    fn grant(&self, access: Access) -> Result<String, Refusal> {
        let token = self.sign(&access)?;
        self.checked().keep(&token, access);
        Ok(token)
    }

    fn checked(&self) -> MutexGuard<'_, Checked> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sign(&self, claims: &impl Serialize) -> Result<String, Refusal> {
        let header = Header {
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(Refusal::internal)
    }

    /// The claims of a token that we signed. Kind and audience are part of their type; the end is judged by
    /// the caller, who knows what time it is.
    fn verify<T: DeserializeOwned + Clone>(&self, token: &str) -> Result<T, Refusal> {
        if token.len() > limits::TOKEN_BYTES_MAX {
            return Err(not_a_token());
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let data =
            jsonwebtoken::decode::<T>(token, &self.checking, &validation).map_err(|_| not_a_token())?;
        Ok(data.claims)
    }
}

impl Access {
    fn of(person: Person, until: Timestamp) -> Self {
        Self {
            kind: AccessKind::Access,
            aud: Audience::Ticketon,
            sub: person,
            exp: until.as_millis() / 1_000,
            roles: BTreeMap::new(),
            admin: false,
            birth_date: None,
        }
    }
}

impl Checked {
    fn find(&mut self, token: &str) -> Option<Access> {
        if let Some(access) = self.newer.get(token) {
            return Some(access.clone());
        }
        let access = self.older.remove(token)?;
        self.keep(token, access.clone());
        Some(access)
    }

    fn keep(&mut self, token: &str, access: Access) {
        if self.newer.len() >= limits::CHECKED_TOKENS_MAX {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(token.to_owned(), access);
    }
}

fn not_a_token() -> Refusal {
    Refusal::new(Code::LoginRequired, "this is not a token of this shop: log in")
}
