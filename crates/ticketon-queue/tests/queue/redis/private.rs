//! A Redis server of a test's own, to be flushed, stopped and killed.

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
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            port: free.local_addr().unwrap().port(),
            settings: settings.to_vec(),
            running: None,
        };
        drop(free);
        server.start_again();
        server
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(super) fn start_again(&mut self) {
        self.start_again_with(&[]);
    }

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

    /// As `kill -9`.
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Runs a command on it.
    pub(super) async fn command(&self, words: &[&str]) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd(words[0])
            .arg(&words[1..])
            .exec_async(&mut connection)
            .await
            .unwrap();
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        self.kill();
    }
}
