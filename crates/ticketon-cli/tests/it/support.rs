//! A folder to work in, and the program run in it.

pub(crate) mod serving;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Desk(TempDir);

/// What the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Transcript {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A folder in which `ticketon init` was run.
    pub(crate) fn with_shop() -> Self {
        let desk = Self::empty();
        desk.run(["init"]).expect(0);
        desk
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file beside the shop.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Runs the program to its end.
    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> Transcript {
        self.command(&arguments).output().unwrap().into()
    }

    /// The program, to be run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticketon"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("USER", "tester")
            .stdin(Stdio::null());
        command
    }
}

impl Transcript {
    /// The transcript, if the program ended so.
    #[track_caller]
    pub(crate) fn expect(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// The transcript, if stderr says this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "`{text}` is not in:\n{}", self.err);
        self
    }

    /// The transcript, if stdout shows this.
    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(self.out.contains(text), "`{text}` is not in:\n{}", self.out);
        self
    }

    /// What stdout says as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in:\n{}", self.out))
    }
}

impl From<Output> for Transcript {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// An example of the workspace, by its name under `examples`.
pub(crate) fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name);
    path.to_str().unwrap().to_owned()
}

/// A small hall.
pub(crate) const HALL: &str = "zone,row,seat,grade\nStalls,A,1,R\nStalls,A,2,R\nStalls,B,1,S\n";

/// An event for it.
pub(crate) const RECITAL: &str = r#"
slug = "recital"
title = "Recital"
organization = "house"
test = true
[[performance]]
starts_at = 2027-02-05T19:30:00+09:00
plan = "hall.csv"
[[price]]
grade = "R"
kind = "adult"
amount = 55000
[[price]]
grade = "S"
kind = "adult"
amount = 33000
[[sale]]
name = "general"
opens_at = 2026-12-01T20:00:00+09:00
closes_at = 2027-02-05T18:30:00+09:00
"#;
