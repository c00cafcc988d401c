//! Where the settings come from: flags over environment over `ticketon.toml` over defaults. A key that nobody
//! knows is refused with the nearest one that is known, for a forgotten setting is worse than none.

mod key;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ticketon_server::adapter::sql::StoreAddress;
use ticketon_server::jobs::{self, BadSchedule, Job, Schedule, Schedules};
use ticketon_server::pay::Keys;
use ticketon_server::roles::Roles;
use ticketon_server::settings::{Settings, TossSettings, store_at};
use toml::{Table, Value};

use crate::exit::Exit;
use crate::failure::Failure;
pub(crate) use key::Key;

/// The file that is read where none is named.
const FILE: &str = "ticketon.toml";

/// What was set, by key, each with where it was said.
#[derive(Debug, Default)]
pub(crate) struct Configuration(BTreeMap<Key, Said>);

#[derive(Debug)]
struct Said {
    text: String,
    by: String,
}

impl Configuration {
    /// What the file and the environment say. A file that was named must be there.
    pub(crate) fn read(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let mut configuration = Self::default();
        let path = file.map_or_else(|| PathBuf::from(FILE), Path::to_owned);
        match std::fs::read_to_string(&path) {
            Ok(text) => configuration.read_file(&text, &path)?,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::file(&path, error)),
        }
        for key in Key::ALL {
            if let Some(text) = environment(key.variable()) {
                configuration.set(*key, text, key.variable());
            }
        }
        Ok(configuration)
    }

    /// Says something that outranks what was said before.
    pub(crate) fn set(&mut self, key: Key, text: impl Into<String>, by: impl Into<String>) {
        let said = Said {
            text: text.into(),
            by: by.into(),
        };
        self.0.insert(key, said);
    }

    /// What a key was set to.
    pub(crate) fn get(&self, key: Key) -> Option<&str> {
        self.0.get(&key).map(|said| said.text.as_str())
    }

    /// How the shop is to be run by a process of these roles, but for when its jobs are due: a mistake there is no reason not
    /// to look after what needs none.
    pub(crate) fn settings(&self, roles: Roles) -> Result<Settings, Failure> {
        let mut settings = Settings {
            roles,
            ..Settings::default()
        };
        if let Some(data_dir) = self.get(Key::DataDir) {
            settings.data_dir = PathBuf::from(data_dir);
        }
        settings.store = self.store()?;
        settings.batch_url = self.get(Key::BatchUrl).map(str::to_owned);
        for (key, listener) in [
            (Key::HttpGateway, &mut settings.http.gateway),
            (Key::HttpApp, &mut settings.http.app),
            (Key::HttpBroker, &mut settings.http.broker),
            (Key::HttpDispatcher, &mut settings.http.dispatcher),
            (Key::HttpWorker, &mut settings.http.worker),
            (Key::HttpBatch, &mut settings.http.batch),
        ] {
            if let Some(address) = self.parse(key, "an address such as `127.0.0.1:8080`")? {
                *listener = address;
            }
        }
        if let Some(queue) = self.parse(
            Key::QueueUrl,
            "`memory:` or a Redis such as `redis://127.0.0.1:6379`",
        )? {
            settings.queue = queue;
        }
        if let Some(bus) = self.parse(Key::BusUrl, "`none:` or brokers such as `kafka://127.0.0.1:9092`")? {
            settings.bus = bus;
        }
        settings.toss = self.toss(settings.toss)?;
        settings
            .validate()
            .map_err(ticketon_server::server::StartError::from)?;
        Ok(settings)
    }

    fn store(&self) -> Result<Option<StoreAddress>, Failure> {
        let (url, read_url) = (self.get(Key::StoreUrl), self.get(Key::StoreReadUrl));
        let Some(url) = url else {
            return match read_url {
                None => Ok(None),
                Some(_) => Err(Failure::new(
                    Exit::Usage,
                    "`store.read_url` names a replica: set `store.url` to what it is a replica of",
                )),
            };
        };
        let store = store_at(url, read_url).map_err(ticketon_server::server::StartError::from)?;
        Ok(Some(store))
    }

    /// When each job is due; what is never due is refused here, not missed on a Sunday.
    pub(crate) fn schedules(&self) -> Result<Schedules, Failure> {
        let mut schedules = Schedules::default();
        let zone = self.get(Key::BatchTimeZone).unwrap_or(jobs::TIME_ZONE);
        for job in Job::ALL {
            let expression = self.get(Key::cron_of(job)).unwrap_or(job.expression());
            let schedule = Schedule::new(expression, zone).map_err(|bad| {
                let key = match bad {
                    BadSchedule::NoZone(_) => Key::BatchTimeZone,
                    BadSchedule::Malformed(..) | BadSchedule::Never(_) => Key::cron_of(job),
                };
                Failure::new(Exit::Usage, format!("`{key}`: {bad}"))
            })?;
            schedules.set(job, schedule);
        }
        Ok(schedules)
    }

    fn toss(&self, default: TossSettings) -> Result<TossSettings, Failure> {
        if let Some(base_url) = self.get(Key::TossBaseUrl) {
            let keys = match (self.get(Key::TossClientKey), self.get(Key::TossSecretKey)) {
                (None, None) => Keys::sandbox(),
                (client, secret) => {
                    let keys = Keys::new(client.unwrap_or_default(), secret.unwrap_or_default());
                    keys.map_err(|error| Failure::new(Exit::Usage, error.to_string()))?
                }
            };
            return Ok(TossSettings::At {
                base_url: base_url.to_owned(),
                keys,
            });
        }
        if self.get(Key::TossClientKey).is_some() || self.get(Key::TossSecretKey).is_some() {
            let message = "`toss.client_key` or `toss.secret_key` is set, and `toss.base_url` is not: say whose keys they are";
            return Err(Failure::new(Exit::Usage, message)
                .hint("TICKETON_TOSS_BASE_URL=https://api.tosspayments.com ticketon …"));
        }
        let TossSettings::Sandbox { listen, is_allowed } = default else {
            return Ok(default);
        };
        Ok(TossSettings::Sandbox {
            listen: self
                .parse::<SocketAddr>(Key::HttpSandbox, "an address such as `127.0.0.1:9007`")?
                .unwrap_or(listen),
            is_allowed: self
                .parse(Key::TossAllowSandbox, "`true` or `false`")?
                .unwrap_or(is_allowed),
        })
    }

    fn read_file(&mut self, text: &str, path: &Path) -> Result<(), Failure> {
        let table: Table = text.parse().map_err(|error| Failure::file(path, error))?;
        self.read_table("", &table, path)
    }

    fn read_table(&mut self, prefix: &str, table: &Table, path: &Path) -> Result<(), Failure> {
        for (name, value) in table {
            let name = format!("{prefix}{name}");
            match (value, Key::parse(&name)) {
                (Value::String(text), Ok(key)) => self.set(key, text, path.display().to_string()),
                (Value::Boolean(_) | Value::Integer(_), Ok(key)) => {
                    self.set(key, value.to_string(), path.display().to_string());
                }
                (Value::Table(table), Err(_)) if Key::begins_with(&name) => {
                    self.read_table(&format!("{name}."), table, path)?;
                }
                (_, Ok(_)) => return Err(Failure::file(path, format!("`{name}` must be a text"))),
                (_, Err(unknown)) => return Err(Failure::file(path, unknown)),
            }
        }
        Ok(())
    }

    fn parse<T: std::str::FromStr>(&self, key: Key, what: &str) -> Result<Option<T>, Failure> {
        let Some(Said { text, by }) = self.0.get(&key) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            let message = format!("`{key}` is `{text}` by {by}: it must be {what}");
            Failure::new(Exit::Usage, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Configuration, Failure> {
        let mut configuration = Configuration::default();
        configuration.read_file(text, Path::new("ticketon.toml"))?;
        Ok(configuration)
    }

    #[test]
    fn a_file_says_how_the_shop_is_run() {
        let file = "data_dir = \"/srv/shop\"\n[http]\ngateway = \"127.0.0.1:9999\"\n";
        let settings = read(file).unwrap().settings(Roles::all()).unwrap();
        assert_eq!(settings.data_dir, Path::new("/srv/shop"));
        assert_eq!(settings.http.gateway.port(), 9999);
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let failure = read("[htpp]\ngateway = \"127.0.0.1:9999\"\n").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        let failure = read("[http]\ngatway = \"127.0.0.1:9999\"\n").unwrap_err();
        assert!(failure.message.contains("`http.gateway`"), "{}", failure.message);
    }

    #[test]
    fn a_value_that_cannot_be_used_says_who_said_it() {
        let mut configuration = Configuration::default();
        configuration.set(Key::HttpGateway, "everywhere", "--listen");
        let failure = configuration.settings(Roles::all()).unwrap_err();
        assert!(failure.message.contains("--listen"), "{}", failure.message);
    }

    #[test]
    fn the_environment_outranks_the_file() {
        let environment = |name: &str| (name == "TICKETON_DATA_DIR").then(|| "/srv/other".to_owned());
        let configuration = Configuration::read(None, environment).unwrap();
        assert_eq!(configuration.get(Key::DataDir), Some("/srv/other"));
    }

    #[test]
    fn facts_are_published_where_the_bus_says() {
        let file = "[bus]\nurl = \"kafka://10.0.0.1:9092/opera\"\n";
        let settings = read(file).unwrap().settings(Roles::all()).unwrap();
        assert_eq!(settings.bus.to_string(), "kafka://10.0.0.1:9092/opera");
        let failure = read("[bus]\nurl = \"10.0.0.1\"\n")
            .unwrap()
            .settings(Roles::all())
            .unwrap_err();
        assert!(failure.message.contains("`bus.url`"), "{}", failure.message);
    }

    #[test]
    fn keys_without_a_provider_are_noticed() {
        let mut configuration = Configuration::default();
        configuration.set(Key::TossSecretKey, "test_sk_x", "the test");
        assert_eq!(
            configuration.settings(Roles::all()).unwrap_err().exit,
            Exit::Usage
        );
    }
}
