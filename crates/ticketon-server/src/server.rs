//! One process of the shop: engines opened, wired once, served, and drained at the end.

mod drain;

use std::future::{Future, IntoFuture as _};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use ticketon_core::store::{Engine, Reads, Store};
use ticketon_core::{Context, Refusal};
use ticketon_pay::Toss;
use ticketon_pay::sandbox::Latency;
use ticketon_queue::{RedisError, RoomName};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::adapter::kafka::BusError;
use crate::adapter::sql::{BadBatchUrl, Lists, OpenError, RowCounts, SqlStore, Statistics, Upkeep};
use crate::adapter::system::{SystemClock, SystemEntropy};
use crate::background::{Background, Decided, Dispatcher, Publishing};
use crate::committer::{Committers, Committing};
use crate::data_folder::{DataFolder, FolderError};
use crate::http;
use crate::jobs::Schedules;
use crate::journal::StoreJournal;
use crate::limits;
use crate::provider::Provider;
use crate::roles::{Role, Roles};
use crate::sandbox::{RunningSandbox, SandboxError};
use crate::settings::{BadSettings, Bus, Settings, TossSettings};
use crate::shared::Shared;
use crate::shop::{Parts, Shop};
use crate::views::flush_views;

/// An opened shop. It serves nothing and runs nothing in the background until it is told to.
pub struct Server {
    shop: Arc<Shop>,
    committing: Committing,
    folder: Option<DataFolder>,
    roles: Roles,
    sandbox: Option<RunningSandbox>,
    bus: Bus,
    publishing: Option<Publishing>,
}

/// What a server is made of; a demo that removes a safeguard makes another.
pub struct Composition {
    /// The folder that it writes to; none where others share what it writes to.
    pub folder: Option<DataFolder>,
    /// What it does.
    pub roles: Roles,
    /// What writes, each for a committer of its own.
    pub engines: Vec<Box<dyn Engine>>,
    /// What reads.
    pub reads: Arc<dyn Reads>,
    /// What people look through.
    pub lists: Lists,
    /// What keeps the store in order.
    pub upkeep: Upkeep,
    /// What the store's database knows of its tables.
    pub statistics: Statistics,
    /// Who moves the money.
    pub provider: Arc<dyn Provider>,
    /// What all requests share for a moment.
    pub shared: Shared,
    /// When each job is due.
    pub schedules: Schedules,
    /// How often what reads finds rows in memory.
    pub rows: RowCounts,
}

/// Why a server did not start; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings.
    #[error(transparent)]
    Settings(#[from] BadSettings),
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// How whoever counts the store's tables comes in.
    #[error(transparent)]
    Batch(#[from] BadBatchUrl),
    /// The sandbox.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Where the waiting rooms are.
    #[error("{0}; start it, or set `queue.url` to where it is")]
    Queue(#[from] RedisError),
    /// The payment provider's client.
    #[error("the payment client cannot be made: {0}")]
    Provider(#[from] ticketon_pay::NoClient),
    /// Where facts are published.
    #[error("{0}; start it, or set `bus.url` to where it is")]
    Bus(#[from] BusError),
    /// The shop.
    #[error(transparent)]
    Shop(#[from] Refusal),
    /// The address is another's, or not this machine's.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The listener failed while it served.
    #[error("the listener has failed: {0}")]
    Listener(io::Error),
}

/// Listens on an address.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listening = TcpListener::bind(address).await;
    listening.map_err(|source| StartError::Listen { address, source })
}

impl Server {
    /// The whole shop on embedded engines in a folder, which may be new: for programs that mount
    /// [`Server::router`] in their own.
    pub async fn embedded(folder: impl AsRef<Path>) -> Result<Self, StartError> {
        let sandbox = TossSettings::Sandbox {
            listen: crate::settings::loopback(0),
            is_allowed: false,
        };
        let settings = Settings {
            data_dir: folder.as_ref().to_owned(),
            toss: sandbox,
            ..Settings::default()
        };
        Self::open_or_create(&settings).await
    }

    /// Opens the shop that is in the settings' folder, or a new one if there is none.
    pub async fn open_or_create(settings: &Settings) -> Result<Self, StartError> {
        settings.validate()?;
        let is_alone = settings.roles.are_all();
        let folder = if is_alone {
            Some(DataFolder::lock(&settings.data_dir).await?)
        } else {
            None
        };
        let address = settings.store();
        let statistics = Statistics::of(&address, settings.batch_url.as_deref())?;
        let store = SqlStore::open_or_create(&address).await?;
        let shared = Shared::open(&settings.queue).await?;
        let sandbox = match &settings.toss {
            TossSettings::Sandbox { listen, .. } if is_alone => {
                let ledger = DataFolder::ledger_in(&settings.data_dir);
                Some(RunningSandbox::start(&ledger, *listen, Latency::none()).await?)
            }
            TossSettings::Sandbox { .. } | TossSettings::At { .. } => None,
        };
        let provider: Arc<dyn Provider> = Arc::new(toss(&settings.toss, sandbox.as_ref())?);
        let composition = Composition {
            folder,
            roles: settings.roles.clone(),
            engines: store.engines,
            rows: store.reads.row_counts(),
            reads: Arc::new(store.reads),
            lists: store.lists,
            upkeep: store.upkeep,
            statistics,
            provider,
            shared,
            schedules: settings.schedules.clone(),
        };
        Ok(Self {
            sandbox,
            bus: settings.bus.clone(),
            ..Self::composed(composition).await?
        })
    }

    /// A server of these parts.
    pub async fn composed(composition: Composition) -> Result<Self, StartError> {
        let (committers, committing) = Committers::start(composition.engines);
        let background: Arc<dyn Store> = Arc::new(committers.in_background());
        let counted = committers.clone();
        let (store, reads) = (Arc::new(committers.clone()), composition.reads);
        let journal_reads = Arc::clone(&reads);
        let journal = move |room: &RoomName| {
            let committer = committers.of_journal(room.as_str()).clone();
            let journal = StoreJournal::new(room, committer, Arc::clone(&journal_reads));
            Arc::new(journal) as Arc<dyn ticketon_queue::Journal>
        };
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        let cx = Context::over(store.clone(), Arc::clone(&reads), clock.clone(), entropy.clone());
        let shared = composition.shared.ports(Box::new(journal), cx, &*entropy);
        let shop = Shop::new(Parts {
            store,
            background_store: background,
            reads,
            clock,
            entropy,
            provider: composition.provider,
            shared,
            lists: Some(composition.lists),
            upkeep: Some(composition.upkeep),
            statistics: Some(composition.statistics),
            schedules: composition.schedules,
            committers: Some(counted),
            rows: Some(composition.rows),
        });
        Ok(Self {
            shop: Arc::new(shop.await?),
            committing,
            folder: composition.folder,
            roles: composition.roles,
            sandbox: None,
            bus: Bus::None,
            publishing: None,
        })
    }

    /// With facts published where the settings say, if it is a worker; who only calls the router publishes nothing.
    pub async fn publishing(self, bus: &Bus) -> Result<Self, StartError> {
        let publishing = match bus {
            Bus::Kafka(address) if self.roles.has(Role::Worker) => Some(Publishing::connect(address).await?),
            Bus::Kafka(_) | Bus::None => None,
        };
        Ok(Self { publishing, ..self })
    }

    /// What the server serves.
    pub fn shop(&self) -> &Arc<Shop> {
        &self.shop
    }

    /// The sandbox's address, if the sandbox runs in this process.
    pub fn sandbox_url(&self) -> Option<&str> {
        self.sandbox.as_ref().map(RunningSandbox::url)
    }

    /// Everything of its roles under `/api/v1`, to be mounted or called.
    pub fn router(&self) -> Router {
        let settings = http::Settings {
            roles: self.roles.clone(),
            bus: self.bus.clone(),
            ..http::Settings::default()
        };
        http::router_with(Arc::clone(&self.shop), settings)
    }

    /// Serves until `stop`, or until the listener dies, with the background work; then drains: takes no more in,
    /// finishes what runs, and leaves everything durable.
    pub async fn serve(
        mut self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let url = format!("http://{}", listener.local_addr().map_err(StartError::Listener)?);
        if let Some(folder) = &self.folder {
            folder.publish_address(&url)?;
        }
        let mut background = Background::of(&self.shop, &self.roles);
        if let Some(publishing) = self.publishing.take() {
            background = background.publishing(&self.shop, publishing);
        }
        let app = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, app).with_graceful_shutdown(self.shop.stopped());
        let serving = drain::Serving::new(tokio::spawn(serving.into_future()));
        let served = serving.until(stop, || self.shop.stop()).await;
        drain::in_time(background.stop(), "background work").await;
        self.add_views().await;
        if let Some(folder) = &self.folder {
            folder.retract_address();
        }
        self.stop().await;
        served.map_err(StartError::Listener)
    }

    /// What this process counted must not be gone with it.
    async fn add_views(&self) {
        let Shop {
            background, views, ..
        } = &*self.shop;
        let added = async {
            views.carried().await;
            flush_views(background, &**views).await
        };
        if let Some(Err(refusal)) = drain::in_time(added, "views").await {
            tracing::warn!("the last views were not added: {refusal}");
        }
    }

    /// Ticks waiting rooms until `stop`, without a listener; each round's decisions are told, and who cannot hear them
    /// any more ends it, too.
    pub async fn dispatch<E>(
        self,
        mut dispatcher: Dispatcher,
        stop: impl Future<Output = ()>,
        mut tell: impl FnMut(Vec<Decided>) -> Result<(), E>,
    ) -> Result<(), E> {
        let background = Background::following_seats(&self.shop);
        let mut stop = std::pin::pin!(stop);
        let told = loop {
            dispatcher.open_rooms().await;
            let told = tell(dispatcher.tick_rooms().await);
            if told.is_err() || timeout(limits::TICK_EVERY, &mut stop).await.is_ok() {
                break told;
            }
        };
        drain::in_time(background.stop(), "background work").await;
        self.stop().await;
        told
    }

    /// Ends without having served: payments under way are waited for, and what was handed over is committed.
    pub async fn stop(self) {
        drain::in_time(self.shop.payments.idle(), "payments").await;
        self.committing.shutdown().await;
    }
}

fn toss(settings: &TossSettings, sandbox: Option<&RunningSandbox>) -> Result<Toss, ticketon_pay::NoClient> {
    match settings {
        TossSettings::Sandbox { listen, .. } => {
            // Of roles apart, only those that move no money have none: they never ask it.
            let url = sandbox.map_or_else(|| format!("http://{listen}"), |sandbox| sandbox.url().to_owned());
            Toss::with(&ticketon_pay::Keys::sandbox(), ticketon_pay::Settings::at(url))
        }
        TossSettings::At { base_url, keys } if keys.is_live() => {
            Toss::live(keys, ticketon_pay::Settings::at(base_url))
        }
        TossSettings::At { base_url, keys } => Toss::with(keys, ticketon_pay::Settings::at(base_url)),
    }
}
