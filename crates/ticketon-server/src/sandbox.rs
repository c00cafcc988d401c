//! The Toss sandbox on a listener of its own: it stands for somebody else's server.

use std::net::SocketAddr;
use std::path::Path;

use ticketon_core::entropy::Entropy;
use ticketon_core::time::Clock;
use ticketon_pay::Keys;
use ticketon_pay::sandbox::{Latency, Ledger, LedgerError, Surroundings, router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::adapter::system::{SystemClock, SystemEntropy};

/// A running sandbox. Its ledger is written and synced before it answers, so it may be ended at any moment.
#[derive(Debug)]
pub struct RunningSandbox {
    url: String,
    task: JoinHandle<()>,
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Its ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Its listener.
    #[error("the sandbox cannot listen on `{address}`: {source}; set `http.sandbox` to a free address")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

impl RunningSandbox {
    /// Starts a sandbox over a ledger, as it was when it last ran.
    pub async fn start(ledger: &Path, listen: SocketAddr, latency: Latency) -> Result<Self, SandboxError> {
        let (ledger, sandbox) = Ledger::open(ledger, &Keys::sandbox())?;
        let failed = |source| SandboxError::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let surroundings = Surroundings {
            now: Box::new(now),
            entropy: Box::new(random),
            latency,
        };
        let app = router(sandbox, Some(ledger), surroundings);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the sandbox has ended");
            }
        });
        Ok(Self { url, task })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn now() -> ticketon_pay::sandbox::Timestamp {
    let millis = SystemClock.now().as_millis();
    ticketon_pay::sandbox::Timestamp::from_millisecond(millis)
        .unwrap_or(ticketon_pay::sandbox::Timestamp::UNIX_EPOCH)
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
