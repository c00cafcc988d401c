//! The shop: everything that the requests and the background work of one process share, wired once.

use std::sync::Arc;

use ticketon_core::entropy::Entropy;
use ticketon_core::fact::{Fact, Stream, What};
use ticketon_core::ids::ChangesId;
use ticketon_core::ids::KeyId;
use ticketon_core::store::{Changes, CommitError, Pages, Reads, Store};
use ticketon_core::time::Clock;
use ticketon_core::user::SigningKey;
use ticketon_core::{Context, Refusal};
use ticketon_queue::Keys;
use tokio::sync::watch;

use crate::adapter::sql::{Lists, Upkeep};
use crate::leases::Leases;
use crate::passwords::Passwords;
use crate::payments::Payments;
use crate::provider::Provider;
use crate::rates::Buckets;
use crate::rooms::Rooms;
use crate::seat_feed::SeatFeeds;
use crate::shared::Ports;
use crate::tokens::Tokens;

/// Everything that one process of the shop shares.
pub struct Shop {
    /// The ports of the use cases, for requests.
    pub cx: Context,
    /// The same for background work, which waits behind requests.
    pub background: Context,
    /// The waiting rooms.
    pub rooms: Rooms,
    /// Who somebody is, signed.
    pub tokens: Tokens,
    /// Passwords.
    pub passwords: Passwords,
    /// The payments under way.
    pub payments: Payments,
    /// How often somebody may ask.
    pub buckets: Arc<dyn Buckets>,
    /// Who does what only one process needs to do.
    pub leases: Arc<dyn Leases>,
    /// What people look through; none over a store that only decides.
    pub lists: Option<Lists>,
    /// What keeps the store in order; none over a store that only decides.
    pub upkeep: Option<Upkeep>,
    /// What changes in the halls that somebody watches.
    pub seat_feeds: SeatFeeds,
    stopping: watch::Sender<bool>,
}

/// What a shop is made of.
pub struct Parts {
    /// The one door for writing.
    pub store: Arc<dyn Store>,
    /// The same door, for background work.
    pub background_store: Arc<dyn Store>,
    /// What decisions read.
    pub reads: Arc<dyn Reads>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Randomness, fit for secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Who moves the money.
    pub provider: Arc<dyn Provider>,
    /// What all requests share for a moment.
    pub shared: Ports,
    /// What people look through, if the store has lists.
    pub lists: Option<Lists>,
    /// What keeps the store in order, if it needs that.
    pub upkeep: Option<Upkeep>,
}

impl Shop {
    /// Wires the parts; makes the signing key where there is none.
    pub async fn new(parts: Parts) -> Result<Self, Refusal> {
        let cx = Context {
            claims: parts.shared.claims,
            ..Context::over(parts.store, parts.reads, parts.clock, parts.entropy)
        };
        let background = Context {
            store: parts.background_store,
            ..cx.clone()
        };
        let key = signing_key(&cx).await?;
        let seed = seed_of(&key)?;
        let keys = Keys::from_seed(&key.id.to_string(), seed);
        let tokens = Tokens::new(&key.id.to_string(), seed, &public_half(&keys)?);
        Ok(Self {
            rooms: Rooms::new(keys, parts.shared.queues),
            tokens,
            passwords: Passwords::default(),
            payments: Payments::new(cx.clone(), parts.provider),
            buckets: parts.shared.buckets,
            leases: parts.shared.leases,
            lists: parts.lists,
            upkeep: parts.upkeep,
            seat_feeds: SeatFeeds::default(),
            background,
            cx,
            stopping: watch::Sender::new(false),
        })
    }

    /// Tells open streams to end, so that a listener can drain.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Turns true when the shop stops.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Ready once the shop stops, or is gone.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping();
        async move {
            // An error says that the shop is gone.
            let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
        }
    }
}

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
async fn signing_key(cx: &Context) -> Result<SigningKey, Refusal> {
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

/// The name of every store's first signing key.
const FIRST_KEY: [u8; 16] = [0; 16];

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

fn seed_of(key: &SigningKey) -> Result<[u8; 32], Refusal> {
    let bad = || Refusal::internal(format!("signing key `{}` is not 32 bytes in hex", key.id));
    let byte = |index: usize| u8::from_str_radix(key.seed.get(index * 2..index * 2 + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(bad)
}

/// The 32 public bytes, as the keys' JSON Web Key says them.
fn public_half(keys: &Keys) -> Result<Vec<u8>, Refusal> {
    use base64::Engine as _;
    let jwk = keys.public_jwk();
    let x = jwk
        .get("x")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(x);
    bytes.map_err(Refusal::internal)
}
