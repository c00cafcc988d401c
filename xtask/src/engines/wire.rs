//! Whether an engine answers, and as which version, asked in its own protocol. A port that is open says less: Redis
//! answers while it loads, and MySQL's port opens before anybody may log in.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An engine on this machine that is well answers within a millisecond.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// The version that a MySQL or MariaDB names in its greeting.
pub(super) fn mysql_version(port: u16) -> Option<String> {
    let mut greeting = [0; 128];
    let length = connect(port)?.read(&mut greeting).ok()?;
    version_in_greeting(&greeting[..length])
}

/// The version that a Redis names, once it has loaded its data.
pub(super) fn redis_version(port: u16) -> Option<String> {
    let answer = redis(port, "INFO")?;
    let field = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name));
    field("loading:0")?;
    field("redis_version:").map(str::to_owned)
}

/// What a Redis answers to one command.
pub(super) fn redis(port: u16, command: &str) -> Option<String> {
    let mut connection = connect(port)?;
    write!(connection, "{command}\r\nQUIT\r\n").ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Whether a Kafka broker would serve a group. Asking makes the topic in which groups are kept, for which the first group
/// of a fresh broker else waits 2 to 3 s.
pub(super) fn kafka_serves_groups(port: u16) -> Option<()> {
    let mut connection = connect(port)?;
    connection.write_all(&find_coordinator()).ok()?;
    let mut answer = [0; 64];
    let length = connection.read(&mut answer).ok()?;
    found_coordinator(&answer[..length]).then_some(())
}

fn connect(port: u16) -> Option<TcpStream> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let connection = TcpStream::connect_timeout(&address, ANSWERS_WITHIN).ok()?;
    connection.set_read_timeout(Some(ANSWERS_WITHIN)).ok()?;
    Some(connection)
}

/// The greeting: four bytes of length and number, 10 for the protocol, the version up to a zero. A server that refuses
/// sends another first byte. MariaDB puts `5.5.5-` before its own version for the sake of old clients.
fn version_in_greeting(greeting: &[u8]) -> Option<String> {
    let [_, _, _, _, 10, version @ ..] = greeting else {
        return None;
    };
    let version = version.split(|byte| *byte == 0).next()?;
    let version = str::from_utf8(version).ok()?;
    let version = version.strip_prefix("5.5.5-").unwrap_or(version);
    version.split('-').next().map(str::to_owned)
}

/// The request `FindCoordinator`, version 0, for a group called `up`.
fn find_coordinator() -> Vec<u8> {
    let (key, version, correlation) = ([0, 10], [0, 0], [0, 0, 0, 7]);
    let (no_client, group) = ([0xff, 0xff], *b"\0\x02up");
    let body = [&key[..], &version, &correlation, &no_client, &group].concat();
    [&[0, 0, 0, 14], &body[..]].concat()
}

/// The answer: four bytes of length, four of correlation, two of an error that is zero.
fn found_coordinator(answer: &[u8]) -> bool {
    matches!(answer, [_, _, _, _, 0, 0, 0, 7, 0, 0, ..])
}

#[cfg(test)]
mod tests {
    use super::{find_coordinator, found_coordinator, version_in_greeting};

    #[test]
    fn a_request_to_kafka_begins_with_its_length() {
        assert_eq!(find_coordinator().len(), 4 + 14);
    }

    #[test]
    fn a_broker_that_is_still_at_work_on_it_has_found_nothing() {
        assert!(found_coordinator(
            b"\0\0\0\x19\0\0\0\x07\0\0\0\0\0\x01\0\x09127.0.0.1\0\0r\x08"
        ));
        assert!(!found_coordinator(
            b"\0\0\0\x10\0\0\0\x07\0\x0f\xff\xff\xff\xff\0\0\xff\xff\xff\xff"
        ));
        assert!(!found_coordinator(b""));
    }

    #[test]
    fn a_greeting_names_the_version() {
        let mysql = b"\x4b\0\0\0\x0a9.7.4-2\0\x08\0\0\0";
        let mariadb = b"\x64\0\0\0\x0a5.5.5-10.11.19-MariaDB-0+deb12u1\0\x31";
        assert_eq!(version_in_greeting(mysql).as_deref(), Some("9.7.4"));
        assert_eq!(version_in_greeting(mariadb).as_deref(), Some("10.11.19"));
    }

    #[test]
    fn a_server_that_refuses_or_is_cut_off_names_none() {
        assert_eq!(version_in_greeting(b"\x17\0\0\0\xff\x10\x04Too many"), None);
        assert_eq!(version_in_greeting(b""), None);
    }
}
