//! Why a verb ended badly, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line makes no sense: exit 2.
    Usage(String),
    /// A program that the verb started said no; its exit code is handed on, so that `demo` keeps its 7.
    Program { command: String, code: Option<i32> },
    /// A check found something, or a program could not be started: exit 1.
    Found(String),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Program { code, .. } => {
                ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
            }
            Self::Found(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) | Self::Found(what) => f.write_str(what),
            Self::Program {
                command,
                code: Some(code),
            } => write!(f, "`{command}` ended with {code}"),
            Self::Program { command, code: None } => write!(f, "`{command}` was killed"),
        }
    }
}
