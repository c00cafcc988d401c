//! A running `serve`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::{Desk, Transcript};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

/// A running `serve`.
pub(crate) struct Serving {
    process: Child,
    pub(crate) url: String,
    lines: std::thread::JoinHandle<String>,
}

impl Serving {
    pub(crate) fn start(desk: &Desk) -> Self {
        Self::logging(desk, "info")
    }

    /// With these settings.
    pub(crate) fn with(desk: &Desk, settings: &[(&str, &str)]) -> Self {
        Self::started(desk.command(&SERVE).envs(settings.iter().copied()), "info")
    }

    /// With so much of a log.
    pub(crate) fn logging(desk: &Desk, filter: &str) -> Self {
        Self::started(&mut desk.command(&SERVE), filter)
    }

    fn started(serve: &mut Command, filter: &str) -> Self {
        let mut process = serve
            .env("TICKETON_HTTP_SANDBOX", "127.0.0.1:0")
            .env("RUST_LOG", filter)
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("a server that says where it is").unwrap();
            if let Some(url) = line.strip_prefix("serving at ") {
                break url.to_owned();
            }
        };
        let lines = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>().join("\n"));
        Self { process, url, lines }
    }

    /// Tells it to stop, as a service manager does.
    pub(crate) fn is_told_to_stop(&self) {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
    }

    /// As a service manager stops it.
    pub(crate) fn stop(self) -> Transcript {
        self.is_told_to_stop();
        let output = self.process.wait_with_output().unwrap();
        let mut transcript = Transcript::from(output);
        transcript.err = self.lines.join().unwrap();
        transcript
    }

    /// As nobody stops it on purpose.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
