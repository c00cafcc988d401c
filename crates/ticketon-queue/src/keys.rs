//! What a room signs with. One seed makes two keys: an Ed25519 pair for passes, which other services check with the
//! public half, and an HMAC key for receipts, which only this queue ever checks.
//!
//! The two differ because their numbers do. Everybody who comes gets a receipt, thousands a second at the opening; an
//! HMAC costs about a microsecond. Only who is let in gets a pass, at the room's own rate; an Ed25519 signature costs
//! some tens, and checking it as much again. Both are repeatable: the same entry gives the same text, so neither is
//! ever stored, and the passes signed lately are remembered to save signing and checking them again.

use std::fmt;
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use sha2::Sha256;

mod pass;
mod receipt;
mod signed;

pub use pass::{Pass, PassError};
pub use receipt::{Receipt, ReceiptError};

use signed::SignedPasses;

/// The length of a seed.
const SEED_BYTES: usize = 32;

/// What stands before the seed in an Ed25519 key's PKCS #8 form (RFC 8410, section 7).
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
];

/// Separates the receipts' key from every other use of the seed.
const RECEIPT_KEY_LABEL: &[u8] = b"ticketon receipt 1";

/// Signs and checks receipts and passes.
#[derive(Clone)]
pub struct Keys {
    kid: String,
    signing: EncodingKey,
    checking: DecodingKey,
    receipts: Hmac<Sha256>,
    /// Shared by clones.
    signed: Arc<Mutex<SignedPasses>>,
}

impl Keys {
    /// The keys that a seed gives. `kid` names them in every pass, so that a new seed can follow an old one.
    pub fn from_seed(kid: &str, seed: [u8; SEED_BYTES]) -> Self {
        let signing = EncodingKey::from_ed_der(&[PKCS8_HEAD.as_slice(), &seed].concat());
        let checking = public_half(&signing);
        let receipt_key = keyed(&seed)
            .chain_update(RECEIPT_KEY_LABEL)
            .finalize()
            .into_bytes();
        Self {
            kid: kid.to_owned(),
            signing,
            checking,
            receipts: keyed(&receipt_key),
            signed: Arc::default(),
        }
    }

    /// New keys from the caller's source of randomness, which must be fit for secrets; the seed comes with them, to
    /// be kept as a secret.
    pub fn generate(kid: &str, entropy: impl FnOnce(&mut [u8; SEED_BYTES])) -> (Self, [u8; SEED_BYTES]) {
        let mut seed = [0; SEED_BYTES];
        entropy(&mut seed);
        (Self::from_seed(kid, seed), seed)
    }

    /// The keys' name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JSON Web Key, for others who check passes.
    pub fn public_jwk(&self) -> serde_json::Value {
        let mut jwk = jwk_of(&self.signing);
        jwk.common.key_id = Some(self.kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        json(&jwk)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

fn public_half(signing: &EncodingKey) -> DecodingKey {
    DecodingKey::from_jwk(&jwk_of(signing)).expect("a key's own public half is a key")
}

fn jwk_of(signing: &EncodingKey) -> Jwk {
    Jwk::from_encoding_key(signing, Algorithm::EdDSA).expect("any 32 bytes are the seed of an Ed25519 key")
}

fn json(jwk: &Jwk) -> serde_json::Value {
    serde_json::to_value(jwk).expect("a key made of texts always has a JSON form")
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("an HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_keys() {
        let (made, seed) = Keys::generate("k1", |bytes| bytes.fill(7));
        assert_eq!(made.public_jwk(), Keys::from_seed("k1", seed).public_jwk());
        assert_ne!(made.public_jwk(), Keys::from_seed("k1", [8; 32]).public_jwk());
    }

    #[test]
    fn the_public_half_is_what_the_standard_says() {
        // RFC 8032, section 7.1, test 1.
        let seed = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
            0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
        ];
        let jwk = Keys::from_seed("k1", seed).public_jwk();
        assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(jwk["kty"], "OKP");
        assert_eq!(jwk["kid"], "k1");
    }

    #[test]
    fn keys_do_not_show_themselves_in_a_log() {
        let shown = format!("{:?}", Keys::from_seed("k1", [7; 32]));
        assert_eq!(shown, "Keys { kid: \"k1\", .. }");
    }
}
