//! A process of the demo's shop: a child of this same program, so that a kill is a real one. It keeps its port over
//! restarts, and ends when its standard input does, so that it never outlives the demo.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use ticketon_server::client::Client;
use ticketon_server::roles::Role;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, sleep, timeout};

use super::breaks::Break;
use super::engines::Engines;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;

/// How the child is started, each time alike.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    /// What it is called.
    pub(crate) name: String,
    /// The data folder.
    pub(crate) folder: PathBuf,
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// The sandbox's address.
    pub(crate) sandbox: String,
    /// The safeguard that it is without.
    pub(crate) without: Option<Break>,
    /// The role that it plays among others, and the engines that they share.
    pub(crate) part: Option<(Role, Engines)>,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct ServerChild {
    process: Child,
    /// Held open: the server ends when it is closed, and waiting for a process closes what it still has.
    lifeline: Option<ChildStdin>,
    recipe: Recipe,
}

impl Recipe {
    /// Where the server is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Where the server's log goes.
    fn log(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }
}

impl ServerChild {
    /// Starts a server, and waits until it answers.
    pub(crate) async fn start(recipe: Recipe) -> Result<Self, Failure> {
        let (process, lifeline) = spawn(&recipe).map_err(Failure::unexpected)?;
        let mut child = Self {
            process,
            lifeline,
            recipe,
        };
        child.wait_until_it_answers().await?;
        Ok(child)
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        &self.recipe.name
    }

    /// Kills it as `kill -9` does, leaves it dead for a while, and starts it again; says how long it was away.
    pub(crate) async fn kill_and_restart(&mut self, dead_for: Duration) -> Result<Duration, Failure> {
        let killed = Instant::now();
        self.process.kill().await.map_err(Failure::unexpected)?;
        sleep(dead_for).await;
        (self.process, self.lifeline) = spawn(&self.recipe).map_err(Failure::unexpected)?;
        self.wait_until_it_answers().await?;
        Ok(killed.elapsed())
    }

    /// Waits until it ends by itself, which it should not.
    pub(crate) async fn ended(&mut self) -> Failure {
        let ended = self.process.wait().await;
        let why = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        Failure::new(
            Exit::Unexpected,
            format!("the {} ended by itself ({why}){}", self.name(), self.last_words()),
        )
    }

    /// Lets it finish what runs, and ends it.
    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        drop(self.lifeline.take());
        let ended = timeout(limits::CHILD_STARTS_WITHIN, self.process.wait()).await;
        match ended {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => {
                let message = format!("the {} ended with {status}{}", self.name(), self.last_words());
                Err(Failure::new(Exit::Unexpected, message))
            }
            Ok(Err(error)) => Err(Failure::unexpected(error)),
            Err(_) => self.process.kill().await.map_err(Failure::unexpected),
        }
    }

    async fn wait_until_it_answers(&mut self) -> Result<(), Failure> {
        let client = Client::to(&self.recipe.url(), 1)?;
        let until = Instant::now() + limits::CHILD_STARTS_WITHIN;
        loop {
            match client.get("/livez").within(Duration::from_secs(5)).send().await {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > until => {
                    let message = format!("the {} does not start: {error}{}", self.name(), self.last_words());
                    return Err(Failure::new(Exit::Unavailable, message));
                }
                Err(_) => {}
            }
            if self.process.try_wait().map_err(Failure::unexpected)?.is_some() {
                return Err(self.ended().await);
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// The end of its log.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.recipe.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let mut words = String::new();
        for line in &lines[lines.len().saturating_sub(5)..] {
            words.push_str("\n  ");
            words.push_str(line);
        }
        words
    }
}

fn spawn(recipe: &Recipe) -> std::io::Result<(Child, Option<ChildStdin>)> {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(recipe.log())?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("demo-server")
        .arg("--data-dir")
        .arg(&recipe.folder)
        .arg("--listen")
        .arg(recipe.listen.to_string())
        .arg("--sandbox")
        .arg(&recipe.sandbox);
    if let Some(without) = recipe.without {
        command.arg("--without").arg(without.name());
    }
    if let Some((role, engines)) = &recipe.part {
        command.arg("--role").arg(role.name()).args(engines.arguments());
    }
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?;
    let lifeline = process.stdin.take();
    Ok((process, lifeline))
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<SocketAddr, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(Failure::unexpected)?;
    listener.local_addr().map_err(Failure::unexpected)
}
