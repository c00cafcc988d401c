//! The engines there are, and what each is called where.

use super::kafka;
use crate::failure::Failure;

/// One engine that the tests need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Mysql,
    Mariadb,
    Redis,
    /// Three masters.
    RedisCluster,
    /// One broker, or three.
    Kafka,
}

impl Engine {
    pub(crate) const ALL: [Self; 5] = [
        Self::Mysql,
        Self::Mariadb,
        Self::Redis,
        Self::RedisCluster,
        Self::Kafka,
    ];

    /// As it is typed, and the name of its folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Redis => "redis",
            Self::RedisCluster => "redis-cluster",
            Self::Kafka => "kafka",
        }
    }

    /// The variable from which tests read its address. Where it is set already, nothing is started.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Mysql => "TICKETON_TEST_MYSQL_URL",
            Self::Mariadb => "TICKETON_TEST_MARIADB_URL",
            Self::Redis => "TICKETON_TEST_REDIS_URL",
            Self::RedisCluster => "TICKETON_TEST_REDIS_CLUSTER_URL",
            Self::Kafka => "TICKETON_TEST_KAFKA_URL",
        }
    }

    /// What stands in the path of each test that needs it.
    pub(crate) fn tests(self) -> &'static str {
        match self {
            Self::Mysql => "on_mysql",
            Self::Mariadb => "on_mariadb",
            Self::Redis => "on_redis",
            Self::RedisCluster => "on_redis_cluster",
            Self::Kafka => "on_kafka",
        }
    }

    /// The ports that it takes if they are free, all below 32,768: from there on the machine hands them to whoever asks.
    pub(super) fn preferred_ports(self, brokers: usize) -> Vec<u16> {
        match self {
            Self::Mysql => vec![23_306],
            Self::Mariadb => vec![23_307],
            Self::Redis => vec![26_379],
            Self::RedisCluster => vec![21_001, 21_002, 21_003],
            // A broker's, then its controller's.
            Self::Kafka => (29_091..).take(2 * brokers).collect(),
        }
    }

    /// The port that it takes besides, if its own is this one.
    pub(super) fn further_port(self, port: u16) -> Option<u16> {
        match self {
            // On which the nodes speak with each other.
            Self::RedisCluster => Some(port + 10_000),
            Self::Mysql | Self::Mariadb | Self::Redis | Self::Kafka => None,
        }
    }

    /// Whether data written with these ports can be used with those.
    pub(super) fn can_go_on(self, before: &[u16], now: &[u16]) -> bool {
        match self {
            Self::Mysql | Self::Mariadb | Self::Redis => true,
            // Each node remembers the others' ports.
            Self::RedisCluster => before == now,
            // Topics have as many copies as there were brokers.
            Self::Kafka => before.len() == now.len(),
        }
    }

    /// What a test is given.
    pub(super) fn url(self, ports: &[u16]) -> String {
        let at = |port: &u16| format!("127.0.0.1:{port}");
        match self {
            Self::Mysql | Self::Mariadb => format!("mysql://root@{}", at(&ports[0])),
            Self::Redis => format!("redis://{}", at(&ports[0])),
            Self::RedisCluster => {
                let nodes: Vec<String> = ports.iter().map(|port| format!("redis://{}", at(port))).collect();
                nodes.join(",")
            }
            Self::Kafka => {
                let brokers: Vec<String> = kafka::listeners(ports).map(|(broker, _)| at(&broker)).collect();
                format!("kafka://{}", brokers.join(","))
            }
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
