//! A connection to Redis that comes back by itself, to one server or to a cluster.

use std::fmt::Display;
use std::sync::Arc;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::{Client, IntoConnectionInfo as _, ProtocolVersion, Script, Value};

use crate::limits;

/// A connection that many share: cloning it is cheap, and all clones use the same sockets.
///
/// It waits a bounded time for everything. A server that restarts, loads its data, moves a slot or fails over costs an
/// answer or two, which say so; the connection then finds it again.
#[derive(Clone)]
pub struct Redis {
    link: Link,
    prefix: Arc<str>,
}

#[derive(Clone)]
enum Link {
    One(ConnectionManager),
    Cluster(ClusterConnection),
}

/// Why Redis gave no answer, or none that can be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RedisError {
    /// The address cannot be one of Redis.
    #[error(
        "`{url}` is no address of Redis: {why}; write redis://HOST:PORT or redis-cluster://HOST:PORT,HOST:PORT"
    )]
    Address {
        /// What was given, without its password.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// It does not answer, or says that it cannot serve now. The same may succeed later.
    #[error("Redis does not answer: {0}")]
    Unreachable(String),
    /// It answers what no script of ours would.
    #[error("Redis answers what it should not: {0}")]
    Unexpected(String),
}

impl Redis {
    /// Connects to `redis://[USER[:PASSWORD]@]HOST:PORT[/DB]` or `redis-cluster://…HOST:PORT,HOST:PORT`, and hears from
    /// it once. `?prefix=NAME` keeps several shops on one server apart.
    pub async fn connect(url: &str) -> Result<Self, RedisError> {
        let address = Address::parse(url)?;
        Self::connect_to(&address).await.map_err(|error| match error {
            RedisError::Unreachable(why) => RedisError::Unreachable(format!("`{}`: {why}", address.shown)),
            other => other,
        })
    }

    async fn connect_to(address: &Address) -> Result<Self, RedisError> {
        let link = match address.kind {
            Kind::One => Link::One(one(address).await?),
            Kind::Cluster => Link::Cluster(cluster(address).await?),
        };
        let redis = Self {
            link,
            prefix: address.prefix.as_str().into(),
        };
        redis.answers().await?;
        Ok(redis)
    }

    /// A key; all keys of one tag lie in one slot of a cluster.
    pub fn key(&self, tag: &str, name: &str) -> String {
        format!("{}:{{{tag}}}:{name}", self.prefix)
    }

    /// Runs a script. What it does must be harmless when it is done twice: where a connection broke, it is sent again.
    pub async fn run(&self, script: &Script, keys: &[String], args: &[String]) -> Result<Value, RedisError> {
        let mut call = script.prepare_invoke();
        call.key(keys).arg(args);
        let mut tries = 1;
        loop {
            let answer = match &self.link {
                Link::One(connection) => call.invoke_async(&mut connection.clone()).await,
                Link::Cluster(connection) => call.invoke_async(&mut connection.clone()).await,
            };
            match answer {
                Ok(value) => return Ok(value),
                Err(error) if tries < limits::REDIS_TRIES && is_broken(&error) => tries += 1,
                Err(error) => return Err(told(&error)),
            }
        }
    }

    /// Hears from it once.
    pub async fn answers(&self) -> Result<(), RedisError> {
        let answer = match &self.link {
            Link::One(connection) => redis::cmd("PING").query_async(&mut connection.clone()).await,
            Link::Cluster(connection) => redis::cmd("PING").query_async(&mut connection.clone()).await,
        };
        answer.map_err(|error| told(&error))
    }
}

/// Where Redis is.
struct Address {
    kind: Kind,
    /// As the client crate reads them.
    nodes: Vec<String>,
    prefix: String,
    shown: String,
}

enum Kind {
    One,
    Cluster,
}

impl Address {
    fn parse(url: &str) -> Result<Self, RedisError> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
        let (login, hosts) = rest
            .rsplit_once('@')
            .map_or(("", rest), |(login, hosts)| (login, hosts));
        let shown = format!("{scheme}://{hosts}");
        let wrong = |why: &str| RedisError::Address {
            url: shown.clone(),
            why: why.to_owned(),
        };
        let prefix = match query.split_once('=') {
            None if query.is_empty() => "ticketon",
            Some(("prefix", prefix)) if is_plain(prefix) => prefix,
            _ => {
                return Err(wrong(
                    "after `?` only `prefix=NAME` is known, a name of letters, digits and `-`",
                ));
            }
        };
        let login = if login.is_empty() {
            String::new()
        } else {
            format!("{login}@")
        };
        let node = |host: &str| format!("redis://{login}{host}");
        let (kind, nodes) = match scheme {
            "redis" => (Kind::One, vec![node(hosts)]),
            "redis-cluster" => (Kind::Cluster, hosts.split(',').map(node).collect()),
            "rediss" => return Err(wrong("TLS is not built in: put a tunnel before it")),
            _ => return Err(wrong("it begins with neither `redis://` nor `redis-cluster://`")),
        };
        Ok(Self {
            kind,
            nodes,
            prefix: prefix.to_owned(),
            shown,
        })
    }

    fn wrong(&self, why: impl Display) -> RedisError {
        RedisError::Address {
            url: self.shown.clone(),
            why: why.to_string(),
        }
    }
}

fn is_plain(prefix: &str) -> bool {
    !prefix.is_empty()
        && prefix
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// One server. The third protocol tells of a broken connection at once, so that it is mended before the next call.
async fn one(address: &Address) -> Result<ConnectionManager, RedisError> {
    let info = address.nodes[0]
        .as_str()
        .into_connection_info()
        .map_err(|error| address.wrong(error))?;
    let redis = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let client = Client::open(info.set_redis_settings(redis)).map_err(|error| address.wrong(error))?;
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(limits::REDIS_CONNECT))
        .set_response_timeout(Some(limits::REDIS_ANSWER))
        .set_pipeline_buffer_size(limits::REDIS_PIPELINE);
    ConnectionManager::new_with_config(client, config)
        .await
        .map_err(|error| told(&error))
}

async fn cluster(address: &Address) -> Result<ClusterConnection, RedisError> {
    let client = ClusterClientBuilder::new(address.nodes.iter().map(String::as_str))
        .retries(limits::REDIS_CLUSTER_RETRIES)
        .min_retry_wait(20)
        .max_retry_wait(200)
        .connection_timeout(limits::REDIS_CONNECT)
        .response_timeout(limits::REDIS_ANSWER)
        .overall_response_timeout(Some(limits::REDIS_ANSWER))
        .build()
        .map_err(|error| address.wrong(error))?;
    client.get_async_connection().await.map_err(|error| told(&error))
}

/// Whether the connection broke; a time-out is not sent again, it would only take as long once more.
fn is_broken(error: &redis::RedisError) -> bool {
    error.is_connection_dropped()
}

fn told(error: &redis::RedisError) -> RedisError {
    match error.code() {
        Some("ERR" | "WRONGTYPE" | "CROSSSLOT") => RedisError::Unexpected(error.to_string()),
        _ => RedisError::Unreachable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(url: &str) -> Result<(Vec<String>, String), String> {
        let address = Address::parse(url).map_err(|error| error.to_string())?;
        Ok((address.nodes, address.prefix))
    }

    #[test]
    fn one_server_and_a_cluster_are_told_apart_by_the_scheme() {
        assert_eq!(
            nodes("redis://ana:secret@cache:6379/2"),
            Ok((
                vec!["redis://ana:secret@cache:6379/2".to_owned()],
                "ticketon".to_owned()
            ))
        );
        assert_eq!(
            nodes("redis-cluster://a:1,b:2?prefix=opera"),
            Ok((
                vec!["redis://a:1".to_owned(), "redis://b:2".to_owned()],
                "opera".to_owned()
            ))
        );
    }

    #[test]
    fn an_address_that_cannot_be_is_shown_without_its_password() {
        for url in [
            "http://ana:secret@cache",
            "rediss://ana:secret@cache",
            "redis://ana:secret@cache?prefix={x}",
        ] {
            let refused = nodes(url).unwrap_err();
            assert!(
                refused.contains("cache") && !refused.contains("secret"),
                "{refused}"
            );
        }
    }
    #[test]
    fn a_server_that_cannot_serve_now_is_told_from_one_that_answers_nonsense() {
        let said = |code: &str| told(&redis::make_extension_error(code.to_owned(), None));
        for code in [
            "LOADING",
            "CLUSTERDOWN",
            "MASTERDOWN",
            "READONLY",
            "TRYAGAIN",
            "OOM",
            "MISCONF",
        ] {
            assert!(matches!(said(code), RedisError::Unreachable(_)), "{code}");
        }
        for code in ["ERR", "WRONGTYPE"] {
            assert!(matches!(said(code), RedisError::Unexpected(_)), "{code}");
        }
    }
}
