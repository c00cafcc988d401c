//! What every command has at hand: where to write, how the shop is run, and how to reach it.

use ticketon_server::roles::Roles;
use ticketon_server::settings::Settings;

use crate::args::Global;
use crate::configuration::{Configuration, Key};
use crate::connection::Connection;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// What every command has at hand.
pub(crate) struct Shell {
    /// Where to write.
    pub(crate) console: Console,
    configuration: Configuration,
    server: Option<String>,
    /// Why whatever is done is done.
    reason: Option<String>,
}

impl Shell {
    /// Reads what was set.
    pub(crate) fn new(console: Console, global: Global) -> Result<Self, Failure> {
        let environment = |name: &str| std::env::var(name).ok();
        let mut configuration = Configuration::read(global.config.as_deref(), environment)?;
        if let Some(data_dir) = global.data_dir {
            configuration.set(Key::DataDir, data_dir.to_string_lossy(), "--data-dir");
        }
        Ok(Self {
            console,
            configuration,
            server: global.server,
            reason: global.reason,
        })
    }

    /// Outranks what was set, by a flag.
    pub(crate) fn set(&mut self, key: Key, text: impl Into<String>, flag: &str) {
        self.configuration.set(key, text, flag);
    }

    /// What a key was set to.
    pub(crate) fn get(&self, key: Key) -> Option<&str> {
        self.configuration.get(key)
    }

    /// How the shop is run.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        self.settings_of(Roles::all())
    }

    /// How it is run by a process of these roles.
    pub(crate) fn settings_of(&self, roles: Roles) -> Result<Settings, Failure> {
        if self.server.is_some() {
            let message = "this command is about this machine and its data folder: it takes no `--server`";
            return Err(Failure::new(Exit::Usage, message));
        }
        self.configuration.settings(roles)
    }

    /// Settings with when each job is due, for whoever runs jobs or tells of them.
    pub(crate) fn with_schedules(&self, settings: Settings) -> Result<Settings, Failure> {
        let schedules = self.configuration.schedules()?;
        Ok(Settings {
            schedules,
            ..settings
        })
    }

    /// The API, wherever it is; says where.
    pub(crate) async fn connect(&self) -> Result<Connection, Failure> {
        self.connect_by(Ok).await
    }

    /// The same for what is about jobs.
    pub(crate) async fn connect_to_jobs(&self) -> Result<Connection, Failure> {
        self.connect_by(|settings| self.with_schedules(settings)).await
    }

    async fn connect_by(
        &self,
        settings: impl FnOnce(Settings) -> Result<Settings, Failure>,
    ) -> Result<Connection, Failure> {
        let mut connection = match &self.server {
            Some(url) => Connection::to(url)?,
            None => Connection::at_home(&settings(self.settings()?)?).await?,
        };
        if let Some(reason) = &self.reason {
            connection.because(reason);
        }
        self.console.say(format_args!("via {}", connection.via));
        Ok(connection)
    }
}
