//! The shop's house: one process after another over the same store, and the way to whichever runs now.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ticketon_core::claims::ClaimsInMemory;
use ticketon_core::store::Reads;
use ticketon_core::{Code, Refusal, SeededEntropy};
use ticketon_queue::{Because, Decider, Decision, RoomName, decide_admission};
use ticketon_server::background::Background;
use ticketon_server::committer::Committer;
use ticketon_server::jobs::Schedules;
use ticketon_server::journal::StoreJournal;
use ticketon_server::rooms::in_memory;
use ticketon_server::shared::Ports;
use ticketon_server::shop::{Parts, Shop};
use tokio::time::sleep;

use super::Sabotage;
use super::bank::Line;
use super::dice::Dice;
use super::port::{Life, Port};
use super::store::{FaultyEngine, FaultyReads};
use super::time::ShopClock;
use super::world::World;

/// Longer than a buyer looks at a spinning wheel.
const PATIENCE: Duration = Duration::from_secs(90);

/// Where buyers go, whichever process runs.
pub(super) struct House {
    world: Arc<World>,
    open: Mutex<Option<Process>>,
}

/// A process that serves.
#[derive(Clone)]
struct Process {
    life: Arc<Life>,
    shop: Arc<Shop>,
}

/// Why a request got no answer, or a no.
#[derive(Debug)]
pub(super) enum Miss {
    /// Nobody knows what became of it.
    Lost,
    /// A refusal.
    Refused(Refusal),
}

impl Miss {
    pub(super) fn code(&self) -> Option<Code> {
        match self {
            Self::Lost => None,
            Self::Refused(refusal) => Some(refusal.code()),
        }
    }

    /// Whether the same request may still get another answer.
    pub(super) fn is_worth_a_repeat(&self) -> bool {
        self.code().is_none_or(Code::is_retryable)
    }
}

impl House {
    pub(super) fn of(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            open: Mutex::new(None),
        })
    }

    /// Runs a process, and when it has died the next, for ever.
    pub(super) async fn keep_open(self: Arc<Self>) {
        for number in 1.. {
            let life = Arc::new(Life::new(number));
            self.world.say(format_args!("{life} starts"));
            match start(&self.world, &life).await {
                Ok(shop) => {
                    let background = Background::start(&shop);
                    let process = Process {
                        life: Arc::clone(&life),
                        shop,
                    };
                    *self.open.lock().unwrap() = Some(process);
                    life.over().await;
                    *self.open.lock().unwrap() = None;
                    drop(background);
                }
                Err(why) => self.world.say(format_args!("{life} does not start: {why}")),
            }
            life.end();
            sleep(self.world.dice.millis(50, 2_500)).await;
        }
    }

    /// The shop of the process that runs.
    pub(super) fn shop(&self) -> Option<Arc<Shop>> {
        let open = self.open.lock().unwrap();
        open.as_ref().map(|process| Arc::clone(&process.shop))
    }

    /// Sends a request to the process that runs. It is served by a task of its own, as a connection is; nobody waits
    /// for an answer that does not come.
    pub(super) async fn ask<T, F>(&self, dice: &Dice, request: impl FnOnce(Arc<Shop>) -> F) -> Result<T, Miss>
    where
        F: Future<Output = Result<T, Refusal>> + Send + 'static,
        T: Send + 'static,
    {
        sleep(dice.millis(1, 20)).await;
        let process = self.open.lock().unwrap().clone();
        let Some(Process { life, shop }) = process else {
            return Err(Miss::Lost);
        };
        let cut = self.world.weather().cut;
        if dice.chance(cut) {
            return Err(Miss::Lost);
        }
        // Who goes away in the middle takes the handler along: it may end at any await.
        let patience = if dice.chance(cut) {
            dice.millis(1, 100)
        } else {
            PATIENCE
        };
        let mut served = tokio::spawn(request(shop));
        let ended = tokio::select! {
            biased;
            () = life.over() => None,
            ended = &mut served => Some(ended),
            () = sleep(patience) => None,
        };
        let Some(ended) = ended else {
            served.abort();
            return Err(Miss::Lost);
        };
        let answer = ended.unwrap_or_else(|panic| {
            self.world.broken(format!("a request panicked: {panic}"));
            Err(Refusal::internal("it panicked"))
        });
        if dice.chance(cut) {
            return Err(Miss::Lost);
        }
        answer.map_err(Miss::Refused)
    }
}

/// A process starts as the server does: engine, committer, shop.
async fn start(world: &Arc<World>, life: &Arc<Life>) -> Result<Arc<Shop>, String> {
    let port = Port {
        world: Arc::clone(world),
        life: Arc::clone(life),
    };
    let engine = FaultyEngine {
        memory: world.memory.clone(),
        port: port.clone(),
    };
    let reads: Arc<dyn Reads> = Arc::new(FaultyReads {
        memory: world.memory.clone(),
        port: port.clone(),
    });
    let (committer, _committing) = Committer::start(engine);
    let background_store = Arc::new(committer.in_background());
    let (store, journal_reads) = (Arc::new(committer.clone()), Arc::clone(&reads));
    let journal = move |room: &RoomName| -> Arc<dyn ticketon_queue::Journal> {
        Arc::new(StoreJournal::new(
            room,
            committer.clone(),
            Arc::clone(&journal_reads),
        ))
    };
    let starting = Shop::new(Parts {
        store,
        background_store,
        reads,
        clock: Arc::new(ShopClock(Arc::clone(&world.time))),
        entropy: Arc::new(SeededEntropy::new(world.dice.throw())),
        provider: Arc::new(Line(port)),
        shared: Ports::in_memory(
            in_memory(Box::new(journal), decider(world.sabotage)),
            ClaimsInMemory::new(),
        ),
        lists: None,
        upkeep: None,
        statistics: None,
        schedules: Schedules::default(),
        committers: None,
        rows: None,
    });
    tokio::select! {
        biased;
        () = life.over() => Err("it died".to_owned()),
        shop = starting => shop.map(Arc::new).map_err(|refusal| refusal.to_string()),
    }
}

fn decider(sabotage: Option<Sabotage>) -> Decider {
    match sabotage {
        Some(Sabotage::EverybodyIsAdmitted) => |counters, _, _| Decision {
            admit: counters.waiting,
            because: Because::RoomForAll,
        },
        _ => decide_admission,
    }
}
