//! Views that every process counts together. What one counts is carried to Redis behind its back, many at once; what
//! Redis does not take is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::{FromRedisValue, Script};
use ticketon_core::Timestamp;
use ticketon_core::entropy::Entropy;
use ticketon_core::ids::{ChangesId, EventId};
use ticketon_core::store::Unavailable;
use ticketon_queue::{Redis, RedisError};
use tokio::sync::{mpsc, oneshot};

use super::courtesy::Courtesy;
use crate::limits;
use crate::views::{Batch, Lost, View, ViewCounts, part_of};

static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/count_views.lua")));
static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/take_views.lua")));
static HAS_ANY: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/has_views.lua")));
static CONFIRM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/confirm_views.lua")));

/// Under this a batch keeps its name; no event is called so.
const NAME: &str = "batch";

/// View counts on Redis.
pub struct RedisViews {
    redis: Redis,
    /// Those that were sent: whoever looks again and again costs Redis nothing.
    sent: Mutex<BTreeSet<View>>,
    on_the_way: mpsc::Sender<OnTheWay>,
    lost: Arc<Lost>,
}

/// What is carried, in order.
enum OnTheWay {
    /// A view, and what the batch is called if it begins one.
    View(View, ChangesId),
    /// Somebody waits for what was before this.
    Waiting(oneshot::Sender<()>),
}

/// Brings views to Redis.
struct Carrier {
    redis: Courtesy,
    lost: Arc<Lost>,
}

impl RedisViews {
    /// The counts of all who are connected to the same. What is counted is carried by a task that ends with this.
    pub fn on(redis: Redis) -> Self {
        let (on_the_way, views) = mpsc::channel(limits::VIEWS_ON_THE_WAY);
        let lost = Arc::new(Lost::default());
        let carrier = Carrier {
            redis: Courtesy::of(redis.clone()),
            lost: Arc::clone(&lost),
        };
        tokio::spawn(carrier.carry(views));
        Self {
            redis,
            sent: Mutex::default(),
            on_the_way,
            lost,
        }
    }

    /// Whether it is the first time that this process hears of it. Forgetting costs Redis a look.
    fn is_new(&self, view: View) -> bool {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() >= limits::VIEWERS_SENT_MAX && !sent.contains(&view) {
            sent.clear();
        }
        sent.insert(view)
    }

    fn keys(&self, part: usize) -> [String; 2] {
        ["counted", "taken"].map(|name| self.redis.key(&tag(part), name))
    }
}

#[async_trait]
impl ViewCounts for RedisViews {
    fn count(&self, view: View, now: Timestamp, entropy: &dyn Entropy) {
        if !self.is_new(view) {
            return;
        }
        let sent = OnTheWay::View(view, ChangesId::new(now, entropy));
        if self.on_the_way.try_send(sent).is_err() {
            self.lost.lose(1, "more come than Redis is told of");
        }
    }

    async fn carried(&self) {
        let (arrived, arrives) = oneshot::channel();
        if self.on_the_way.send(OnTheWay::Waiting(arrived)).await.is_ok() {
            // An error says that there is no carrier any more.
            let _ = arrives.await;
        }
    }

    async fn has_any(&self) -> Result<bool, Unavailable> {
        for part in 0..limits::VIEW_PARTS {
            let answer = self.redis.run(&HAS_ANY, &self.keys(part), &[]).await;
            let there = u64::from_redis_value(answer.map_err(|error| unavailable(&error))?);
            if there.map_err(|error| Unavailable(error.to_string()))? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn take(&self) -> Result<Vec<Batch>, Unavailable> {
        let mut batches = Vec::new();
        for part in 0..limits::VIEW_PARTS {
            let answer = self.redis.run(&TAKE, &self.keys(part), &[]).await;
            let answer = answer.map_err(|error| unavailable(&error))?;
            let fields = BTreeMap::from_redis_value(answer);
            batches.extend(batch(&fields.map_err(|error| Unavailable(error.to_string()))?));
        }
        Ok(batches)
    }

    async fn confirm(&self, batch: &Batch) -> Result<(), Unavailable> {
        let Some(event) = batch.seen.keys().next() else {
            return Ok(());
        };
        let [_, taken] = self.keys(part_of(*event));
        let answer = self.redis.run(&CONFIRM, &[taken], &[batch.id.to_string()]).await;
        answer.map(drop).map_err(|error| unavailable(&error))
    }

    fn lost(&self) -> u64 {
        self.lost.so_far()
    }
}

impl Carrier {
    async fn carry(self, mut views: mpsc::Receiver<OnTheWay>) {
        let mut load = Vec::new();
        while views.recv_many(&mut load, limits::VIEWS_SENT_AT_ONCE).await > 0 {
            let mut parts: [Vec<(View, ChangesId)>; limits::VIEW_PARTS] = Default::default();
            let mut waiting = Vec::new();
            for carried in load.drain(..) {
                match carried {
                    OnTheWay::View(view, name) => parts[part_of(view.event)].push((view, name)),
                    OnTheWay::Waiting(arrived) => waiting.push(arrived),
                }
            }
            for (part, views) in parts.iter().enumerate() {
                self.hand_over(part, views).await;
            }
            for arrived in waiting {
                // Whoever waited may have gone.
                let _ = arrived.send(());
            }
        }
    }

    async fn hand_over(&self, part: usize, views: &[(View, ChangesId)]) {
        let Some((_, name)) = views.first() else {
            return;
        };
        let mut keys = vec![self.redis.key(&tag(part), "counted")];
        let bounds = [limits::VIEWED_EVENTS_MAX, limits::BUCKET_VIEWERS_MAX];
        // Whoever was the last to come is known until the window ends, whenever that was.
        let kept_for = limits::VIEW_WINDOW;
        let mut args = vec![name.to_string()];
        args.extend(bounds.map(|bound| bound.to_string()));
        args.push(kept_for.as_millis().to_string());
        for (view, _) in views {
            keys.push(self.redis.key(&tag(part), &bucket(view)));
            args.extend([view.event.to_string(), URL_SAFE_NO_PAD.encode(view.viewer)]);
        }
        let refused = match self.redis.ask(&COUNT, &keys, &args).await {
            Some(answer) => u64::from_redis_value(answer).unwrap_or(0),
            None => views.len() as u64,
        };
        self.lost
            .lose(refused, "Redis does not take them, or as many as it may have");
    }
}

/// The keys of a part lie in one slot; on a cluster each part lies somewhere else.
fn tag(part: usize) -> String {
    format!("v:{part}")
}

/// Where the viewers are that have something in common, so few that no set is large: Redis stands still while it drops one.
fn bucket(view: &View) -> String {
    let [first, ..] = view.viewer;
    format!(
        "viewers/{}/{}",
        view.window,
        usize::from(first) % limits::VIEWER_BUCKETS
    )
}

/// What stands under a part's keys; nothing where nothing was counted. What is no event's was written by somebody else.
fn batch(fields: &BTreeMap<String, String>) -> Option<Batch> {
    let id = fields.get(NAME)?.parse().ok()?;
    let mut seen = BTreeMap::new();
    for (event, views) in fields {
        if let (Ok(event), Ok(views)) = (event.parse::<EventId>(), views.parse()) {
            seen.insert(event, views);
        }
    }
    (!seen.is_empty()).then_some(Batch { id, seen })
}

fn unavailable(error: &RedisError) -> Unavailable {
    Unavailable(error.to_string())
}
