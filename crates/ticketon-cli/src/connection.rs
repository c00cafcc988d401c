//! How a command reaches the shop, in this order: the address that was named; the `serve` that holds the data
//! folder; the router, built in this process over the store and called without a socket.
//!
//! Towards one's own shop the command signs itself a one-minute token with the store's key, as the operator of this
//! machine: whoever can read the store may run the shop, and there is no second way in.

use ticketon_core::ids::Person;
use ticketon_core::time::Clock as _;
use ticketon_server::adapter::sql::{OpenError, SqlStore};
use ticketon_server::adapter::system::SystemClock;
use ticketon_server::client::{Answer, Call, Client};
use ticketon_server::data_folder::DataFolder;
use ticketon_server::server::{Server, StartError};
use ticketon_server::settings::{Settings, TossSettings};
use ticketon_server::signing_key::tokens_of;

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
        let operator = operator()?;
        let reads = SqlStore::beside(&settings.store()).await;
        let reads = reads.map_err(StartError::from)?;
        let no_key = || Failure::new(Exit::Unavailable, "the store has no key yet").hint("ticketon serve");
        let tokens = tokens_of(&reads).await?.ok_or_else(no_key)?;
        let token = tokens.operator(operator.clone(), SystemClock.now())?;
        Ok(Self {
            via: format!("{url} as {operator}"),
            client: Client::to(url, limits::COMMAND_CONNECTIONS)?.bearing(&token),
            server: None,
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
        let operator = operator()?;
        let server = Server::open_or_create(&on_any_port(settings)).await?;
        let shop = server.shop();
        let token = shop.tokens.operator(operator.clone(), shop.cx.now())?;
        Ok(Self {
            via: format!("the store in {} as {operator}", settings.store()),
            client: Client::within(server.router()).bearing(&token),
            server: Some(server),
        })
    }

    /// The client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
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
