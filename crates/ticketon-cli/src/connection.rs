//! How a command reaches the shop, in this order: the address that was named; the `serve` that holds the data
//! folder; the router, built in this process over the store and called without a socket.
//!
//! Towards one's own shop the command signs itself a one-minute token with the store's key, as the operator of this
//! machine: whoever can read the store may run the shop, and there is no second way in.

use std::sync::Arc;
use std::time::Duration;

use ticketon_core::ids::{JobRunId, Person};
use ticketon_core::store::Reads;
use ticketon_core::time::Clock as _;
use ticketon_server::adapter::sql::{OpenError, SqlStore, StoreAddress};
use ticketon_server::adapter::system::SystemClock;
use ticketon_server::client::{Answer, Call, Client};
use ticketon_server::data_folder::DataFolder;
use ticketon_server::jobs::Scheduler;
use ticketon_server::server::{Server, StartError};
use ticketon_server::settings::{Settings, TossSettings};
use ticketon_server::signing_key::tokens_of;
use ticketon_server::tokens::Tokens;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;

/// The shop, as somebody.
pub(crate) struct Connection {
    /// Where it is and who asks, for people.
    pub(crate) via: String,
    client: Client,
    /// Keeps the store open where the router is this process's own.
    server: Option<Server>,
    /// Signs as the operator of this machine, where that is who asks.
    signing: Option<Signing>,
    /// How long a run is left to others before this process may run it; none where another process has the store.
    leaves_runs_for: Option<Duration>,
    /// Runs what this command asked for, where nobody else has.
    jobs: Option<Scheduler>,
}

/// Who asks, and what signs for them.
struct Signing {
    tokens: Tokens,
    operator: Person,
}

impl Signing {
    /// As the operator of this machine, with the key of this store.
    async fn with_key_of(reads: &dyn Reads) -> Result<Self, Failure> {
        let no_key = || Failure::new(Exit::Unavailable, "the store has no key yet").hint("ticketon serve");
        Ok(Self {
            tokens: tokens_of(reads).await?.ok_or_else(no_key)?,
            operator: operator()?,
        })
    }

    /// A token that is good for a minute.
    fn token(&self) -> Result<String, Failure> {
        Ok(self.tokens.operator(self.operator.clone(), SystemClock.now())?)
    }
}

impl Connection {
    /// The shop at an address.
    pub(crate) fn to(url: &str) -> Result<Self, Failure> {
        let client = Client::to(url, limits::COMMAND_CONNECTIONS)?;
        let (client, who) = match std::env::var("TICKETON_TOKEN") {
            Ok(token) => (client.bearing(&token), "the bearer of TICKETON_TOKEN"),
            Err(_) => (client, "anyone"),
        };
        Ok(Self {
            via: format!("{url} as {who}"),
            client,
            server: None,
            signing: None,
            leaves_runs_for: None,
            jobs: None,
        })
    }

    /// The shop of this machine's data folder.
    pub(crate) async fn at_home(settings: &Settings) -> Result<Self, Failure> {
        match DataFolder::server_address(&settings.data_dir) {
            Some(url) => Self::beside(&url, settings).await,
            None => Self::within(settings).await,
        }
    }

    async fn beside(url: &str, settings: &Settings) -> Result<Self, Failure> {
        let reads = SqlStore::beside(&settings.store()).await;
        let reads = reads.map_err(StartError::from)?;
        let signing = Signing::with_key_of(&reads).await?;
        Ok(Self {
            via: format!("{url} as {}", signing.operator),
            client: Client::to(url, limits::COMMAND_CONNECTIONS)?.bearing(&signing.token()?),
            server: None,
            signing: Some(signing),
            leaves_runs_for: None,
            jobs: None,
        })
    }

    async fn within(settings: &Settings) -> Result<Self, Failure> {
        let store = settings.store();
        if !SqlStore::exists(&store).await.map_err(StartError::from)? {
            return Err(StartError::from(OpenError::Missing(store.to_string())).into());
        }
        Self::new_store(settings).await
    }

    /// The shop of a folder that may be new.
    pub(crate) async fn new_store(settings: &Settings) -> Result<Self, Failure> {
        let server = Server::open_or_create(&on_any_port(settings)).await?;
        let signing = Signing::with_key_of(&*server.shop().cx.reads).await?;
        let leaves_runs_for = match settings.store() {
            StoreAddress::File(_) => Duration::ZERO,
            StoreAddress::Database { .. } => limits::RUN_LEFT_TO_OTHERS,
        };
        Ok(Self {
            via: format!("the store in {} as {}", settings.store(), signing.operator),
            client: Client::within(server.router()).bearing(&signing.token()?),
            server: Some(server),
            signing: Some(signing),
            leaves_runs_for: Some(leaves_runs_for),
            jobs: None,
        })
    }

    /// How long a run that this command asks for is left to others before it may run it itself; none where it cannot.
    pub(crate) fn leaves_runs_for(&self) -> Option<Duration> {
        self.leaves_runs_for
    }

    /// Runs what this command asked for, unless somebody has taken it.
    pub(crate) async fn run_this(&mut self, run: JobRunId) -> Result<(), Failure> {
        let Some(server) = &self.server else { return Ok(()) };
        let mut jobs = Scheduler::new(Arc::clone(server.shop()));
        if jobs.run_this(run).await? {
            self.jobs = Some(jobs);
        }
        Ok(())
    }

    /// Whether a run goes on in this process, and is cut with it.
    pub(crate) fn runs_a_job(&self) -> bool {
        self.jobs.is_some()
    }

    /// Gives a reason for all that is asked for from now on.
    pub(crate) fn because(&mut self, reason: &str) {
        self.client = self.client.because(reason);
    }

    /// The client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The client with a token that is good from now on: for whatever may take longer than one lasts.
    pub(crate) fn client_from_now(&self) -> Result<Client, Failure> {
        match &self.signing {
            Some(signing) => Ok(self.client.bearing(&signing.token()?)),
            None => Ok(self.client.clone()),
        }
    }

    /// Sends a call; what is refused is a failure.
    pub(crate) async fn done(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let answer = call.send().await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(Failure::refused(&answer))
        }
    }

    /// Leaves everything durable.
    pub(crate) async fn close(self) {
        if let Some(jobs) = self.jobs {
            jobs.stop().await;
        }
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

/// A command that serves nobody takes no port from whoever serves another folder.
fn on_any_port(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    if let TossSettings::Sandbox { listen, .. } = &mut settings.toss {
        listen.set_port(0);
    }
    settings
}

/// Who types: a person of its own for limits and audit trails.
fn operator() -> Result<Person, Failure> {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let user = user.unwrap_or_else(|_| "somebody".to_owned());
    let host = std::fs::read_to_string("/etc/hostname").or_else(|_| std::env::var("HOSTNAME"));
    let host = host.unwrap_or_else(|_| "localhost".to_owned());
    let plain = |text: &str, chars: usize| -> String {
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        text.trim().chars().filter(is_plain).take(chars).collect()
    };
    let name = format!("operator:{}@{}", plain(&user, 24), plain(&host, 24));
    Person::new(name).map_err(Failure::unexpected)
}
