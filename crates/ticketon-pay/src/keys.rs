//! The pair of keys that names a merchant to the provider: parsed once, so that a live key, a mixed pair or
//! a stray byte-order mark is found before anything is sent. Never printed.

use std::env::{self, VarError};
use std::fmt;

/// A client key for the payment window and the secret key that belongs to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    client: String,
    secret: String,
    is_live: bool,
}

/// Why keys are refused. No message holds a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// The variable is not set, or is no text.
    #[error("set `{0}`")]
    Missing(&'static str),
    /// Not `test_ck_…`, `live_ck_…`, `test_gck_…` or `live_gck_…`.
    #[error("the client key must begin with `test_ck_`, `test_gck_`, `live_ck_` or `live_gck_`")]
    Client,
    /// Not `test_sk_…`, `live_sk_…`, `test_gsk_…` or `live_gsk_…`.
    #[error("the secret key must begin with `test_sk_`, `test_gsk_`, `live_sk_` or `live_gsk_`")]
    Secret,
    /// One for tests and one live, or one of the widget and one of the API.
    #[error("client key and secret key are not of one pair: use two of the same kind")]
    Pair,
    /// A live key where only play money is expected.
    #[error("a live key moves real money: use test keys, or say so with `Toss::live`")]
    Live,
}

impl Keys {
    /// The variable that [`Keys::from_env`] takes the client key from.
    pub const CLIENT_KEY_VARIABLE: &str = "TICKETON_TOSS_CLIENT_KEY";
    /// The variable that [`Keys::from_env`] takes the secret key from.
    pub const SECRET_KEY_VARIABLE: &str = "TICKETON_TOSS_SECRET_KEY";

    /// Parses a pair.
    pub fn new(client: impl Into<String>, secret: impl Into<String>) -> Result<Self, BadKeys> {
        let (client, secret) = (client.into(), secret.into());
        let (client_world, client_kind) = kind(&client, "ck_").ok_or(BadKeys::Client)?;
        let (secret_world, secret_kind) = kind(&secret, "sk_").ok_or(BadKeys::Secret)?;
        if client_world != secret_world || client_kind != secret_kind {
            return Err(BadKeys::Pair);
        }
        Ok(Self {
            client,
            secret,
            is_live: secret_world == World::Live,
        })
    }

    /// Reads the pair from the environment.
    pub fn from_env() -> Result<Self, BadKeys> {
        Self::new(read(Self::CLIENT_KEY_VARIABLE)?, read(Self::SECRET_KEY_VARIABLE)?)
    }

    /// The pair that a sandbox of this crate goes by where nobody says otherwise. It is no secret.
    pub fn sandbox() -> Self {
        Self {
            client: "test_ck_ticketonsandbox".to_owned(),
            secret: "test_sk_ticketonsandbox".to_owned(),
            is_live: false,
        }
    }

    /// For the payment window: no secret.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// Whether they move real money.
    pub fn is_live(&self) -> bool {
        self.is_live
    }

    /// The value of the `Authorization` header. The colon is part of it: the password is empty.
    #[cfg(any(feature = "toss", feature = "sandbox"))]
    pub(crate) fn basic_auth(&self) -> String {
        use base64::Engine as _;
        let pair = format!("{}:", self.secret);
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}

/// Whose money moves.
#[derive(PartialEq, Eq)]
enum World {
    Test,
    Live,
}

/// Which of the provider's two products a key is for.
#[derive(PartialEq, Eq)]
enum Kind {
    Api,
    Widget,
}

fn kind(key: &str, ending: &str) -> Option<(World, Kind)> {
    let (world, rest) = if let Some(rest) = key.strip_prefix("test_") {
        (World::Test, rest)
    } else {
        (World::Live, key.strip_prefix("live_")?)
    };
    let (kind, rest) = if let Some(rest) = rest.strip_prefix('g') {
        (Kind::Widget, rest)
    } else {
        (Kind::Api, rest)
    };
    let name = rest.strip_prefix(ending)?;
    let is_plain = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_plain.then_some((world, kind))
}

fn read(variable: &'static str) -> Result<String, BadKeys> {
    env::var(variable).map_err(|error| match error {
        VarError::NotPresent | VarError::NotUnicode(_) => BadKeys::Missing(variable),
    })
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("is_live", &self.is_live)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_of_one_pair() {
        assert!(!Keys::new("test_ck_a", "test_sk_b").unwrap().is_live());
        assert!(Keys::new("live_gck_a", "live_gsk_b").unwrap().is_live());
        assert_eq!(Keys::new("test_ck_a", "live_sk_b"), Err(BadKeys::Pair));
        assert_eq!(Keys::new("test_gck_a", "test_sk_b"), Err(BadKeys::Pair));
    }

    #[test]
    fn swapped_empty_or_marked_keys_are_refused() {
        assert_eq!(Keys::new("test_sk_a", "test_sk_b"), Err(BadKeys::Client));
        assert_eq!(Keys::new("test_ck_a", "test_ck_b"), Err(BadKeys::Secret));
        assert_eq!(Keys::new("test_ck_a", "test_sk_"), Err(BadKeys::Secret));
        assert_eq!(Keys::new("test_ck_a", "\u{feff}test_sk_b"), Err(BadKeys::Secret));
        assert_eq!(Keys::new("test_ck_a", "test_sk_b\n"), Err(BadKeys::Secret));
    }

    #[test]
    fn a_secret_is_never_printed() {
        let printed = format!("{:?}", Keys::new("test_ck_a", "test_sk_hush").unwrap());
        assert!(!printed.contains("hush"), "{printed}");
    }
}
