//! The key that signs tokens and passes: a row of the store, so that every process of a shop signs alike.

use ticketon_core::fact::{Fact, Stream, What};
use ticketon_core::ids::{ChangesId, KeyId};
use ticketon_core::store::{Changes, CommitError, Pages, Reads};
use ticketon_core::user::SigningKey;
use ticketon_core::{Context, Refusal};
use ticketon_queue::Keys;

use crate::tokens::Tokens;

/// The name of every store's first signing key.
const FIRST_KEY: [u8; 16] = [0; 16];

/// Tokens signed by a store's own key, for a command beside its `serve`; `None` while it has no key.
pub async fn tokens_of(reads: &dyn Reads) -> Result<Option<Tokens>, Refusal> {
    let Some(key) = newest_key(reads).await? else {
        return Ok(None);
    };
    let seed = seed_of(&key)?;
    let keys = Keys::from_seed(&key.id.to_string(), seed);
    Ok(Some(Tokens::new(&key.id.to_string(), seed, &public_half(&keys)?)))
}

async fn newest_key(reads: &dyn Reads) -> Result<Option<SigningKey>, Refusal> {
    let mut snapshot = reads.snapshot().await?;
    let mut pages = Pages::<SigningKey>::all();
    let mut newest: Option<SigningKey> = None;
    while let Some(keys) = pages.next(&mut *snapshot).await? {
        let keys = keys.into_iter().map(|(key, _)| key);
        newest = newest.into_iter().chain(keys).max_by_key(|key| key.made_at);
    }
    Ok(newest)
}

/// The newest signing key, made if there is none yet. Of several processes that make the first one at the same time one
/// succeeds, because its name is the same for all; the others take what is there then.
pub(crate) async fn signing_key(cx: &Context) -> Result<SigningKey, Refusal> {
    if let Some(key) = newest_key(&*cx.reads).await? {
        return Ok(key);
    }
    match make_first_key(cx).await {
        Ok(key) => Ok(key),
        Err(CommitError::Conflict(_)) => {
            let key = newest_key(&*cx.reads).await?;
            key.ok_or_else(|| Refusal::internal("there is no signing key, and none can be made"))
        }
        Err(CommitError::Unavailable(error)) => Err(error.into()),
    }
}

async fn make_first_key(cx: &Context) -> Result<SigningKey, CommitError> {
    let now = cx.now();
    let mut seed = [0; 32];
    cx.entropy.fill(&mut seed);
    let id = KeyId::from_bytes(FIRST_KEY);
    let key = SigningKey {
        id,
        seed: hex(seed),
        made_at: now,
    };
    let changes = Changes::new(ChangesId::new(now, &*cx.entropy))
        .create(key.clone())
        .record(Fact {
            stream: Stream::System,
            at: now,
            what: What::KeyCreated { key: id },
        });
    cx.store.commit(changes).await?;
    Ok(key)
}

/// As [`SigningKey`] keeps it.
fn hex(seed: [u8; 32]) -> String {
    let mut text = String::with_capacity(64);
    for byte in seed {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).expect("four bits are a hexadecimal digit"));
        }
    }
    text
}

pub(crate) fn seed_of(key: &SigningKey) -> Result<[u8; 32], Refusal> {
    let bad = || Refusal::internal(format!("signing key `{}` is not 32 bytes in hex", key.id));
    let byte = |index: usize| u8::from_str_radix(key.seed.get(index * 2..index * 2 + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(bad)
}

/// The 32 public bytes, as the keys' JSON Web Key says them.
pub(crate) fn public_half(keys: &Keys) -> Result<Vec<u8>, Refusal> {
    use base64::Engine as _;
    let jwk = keys.public_jwk();
    let x = jwk
        .get("x")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(x);
    bytes.map_err(Refusal::internal)
}
