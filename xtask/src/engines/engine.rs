//! The engines there are, and what each is called where.

use crate::failure::Failure;

/// One engine that the tests need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Mysql,
    Mariadb,
    Redis,
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Mysql, Self::Mariadb, Self::Redis];

    /// As it is typed, and the name of its folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Redis => "redis",
        }
    }

    /// The variable from which tests read its address. Where it is set already, nothing is started.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Mysql => "TICKETON_TEST_MYSQL_URL",
            Self::Mariadb => "TICKETON_TEST_MARIADB_URL",
            Self::Redis => "TICKETON_TEST_REDIS_URL",
        }
    }

    /// The ports that it takes if they are free. Below 22,768 for a Redis Cluster, whose bus adds 10,000: from 32,768 on
    /// the machine hands ports to whoever asks.
    pub(super) fn preferred_ports(self) -> Vec<u16> {
        match self {
            Self::Mysql => vec![23_306],
            Self::Mariadb => vec![23_307],
            Self::Redis => vec![26_379],
        }
    }

    /// The ports that it takes besides, if its own is this one.
    pub(super) fn further_port(self, _port: u16) -> Option<u16> {
        match self {
            Self::Mysql | Self::Mariadb | Self::Redis => None,
        }
    }

    /// What a test is given.
    pub(super) fn url(self, ports: &[u16]) -> String {
        let hosts: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        match self {
            Self::Mysql | Self::Mariadb => format!("mysql://root@{}", hosts.join(",")),
            Self::Redis => format!("redis://{}", hosts.join(",")),
        }
    }
}

/// The engines that a command line names; all, if it names none.
pub(super) fn named(names: &[String]) -> Result<Vec<Engine>, Failure> {
    if names.is_empty() {
        return Ok(Engine::ALL.to_vec());
    }
    names.iter().map(|name| one(name)).collect()
}

fn one(name: &str) -> Result<Engine, Failure> {
    let found = Engine::ALL.into_iter().find(|engine| engine.name() == name);
    found.ok_or_else(|| {
        let known = Engine::ALL.map(Engine::name).join(", ");
        Failure::Usage(format!("no engine is called `{name}`; there are {known}"))
    })
}
