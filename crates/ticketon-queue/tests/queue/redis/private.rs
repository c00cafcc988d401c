//! A Redis server of a test's own, to be flushed, stopped and killed.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A server in a folder of its own; it ends with this value.
pub(super) struct PrivateRedis {
    folder: TempDir,
    port: u16,
    settings: Vec<&'static str>,
    running: Option<Child>,
}

impl PrivateRedis {
    /// A server that writes everything down, as production should.
    pub(super) fn start() -> Self {
        Self::start_with(&["--appendonly", "yes", "--save", ""])
    }

    pub(super) fn start_with(settings: &[&'static str]) -> Self {
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            port: free_port(),
            settings: settings.to_vec(),
            running: None,
        };
        server.start_again();
        server
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Starts, and waits until it has loaded its data.
    pub(super) fn start_again(&mut self) {
        self.start_again_with(&[]);
        while !self.has_loaded() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts, and waits only until it can be connected to.
    pub(super) fn start_again_with(&mut self, more: &[&'static str]) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string(), "--dir"])
            .arg(self.folder.path())
            .args(&self.settings)
            .args(more)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is on the path: `apt-get install redis-server`, or `cargo xtask up`");
        self.running = Some(child);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn has_loaded(&self) -> bool {
        let mut answer = [0; 8];
        TcpStream::connect(("127.0.0.1", self.port))
            .and_then(|mut connection| {
                connection.write_all(b"PING\r\n")?;
                connection.read_exact(&mut answer[..5])
            })
            .is_ok_and(|()| !answer.starts_with(b"-LOAD"))
    }

    /// As `kill -9`.
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Runs a command on it.
    pub(super) async fn command(&self, words: &[&str]) {
        self.ask::<redis::Value>(words).await;
    }

    /// What it answers with a number.
    pub(super) async fn number(&self, words: &[&str]) -> i64 {
        self.ask(words).await
    }

    /// Waits until it says that of its cluster.
    pub(super) async fn hears_of(&self, what: &str) {
        self.says("CLUSTER", "INFO", what).await;
    }

    /// Waits until an answer contains something.
    pub(super) async fn says(&self, command: &str, word: &str, what: &str) {
        while !self.ask::<String>(&[command, word]).await.contains(what) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until its replica has everything. `WAIT` speaks of the writes of its own connection only, so that one
    /// writes, too, after all others.
    pub(super) async fn is_copied(&self) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let (copies,): (u32,) = redis::pipe()
            .cmd("SET")
            .arg("last")
            .arg("1")
            .ignore()
            .cmd("WAIT")
            .arg("1")
            .arg("5000")
            .query_async(&mut connection)
            .await
            .unwrap();
        assert_eq!(copies, 1, "the replica does not follow");
    }

    /// What it answers to a command.
    pub(super) async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd(words[0]);
        command
            .arg(&words[1..])
            .query_async(&mut connection)
            .await
            .unwrap()
    }
}

/// A cluster talks on the port 10,000 above.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if port < 55_000 {
            return port;
        }
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        self.kill();
    }
}
