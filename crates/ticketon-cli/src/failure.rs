//! Why a command did not do what it should: an exit code, a sentence, and a hint that can be pasted.

use std::path::Path;

use ticketon_core::store::Unavailable;
use ticketon_core::{NotPromoted, Refusal};
use ticketon_server::adapter::kafka::BusError;
use ticketon_server::adapter::sql::{CopyError, UserError};
use ticketon_server::client::{Answer, BadAddress, CallError, Field};
use ticketon_server::replay::ReplayError;
use ticketon_server::sandbox::SandboxError;
use ticketon_server::server::StartError;

use crate::exit::Exit;

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What the process says to its parent.
    pub(crate) exit: Exit,
    /// What is wrong, in lower case.
    pub(crate) message: String,
    /// What to type, if anything helps.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// A failure that ends with this code.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
        }
    }

    /// Something that should not happen.
    pub(crate) fn unexpected(error: impl std::fmt::Display) -> Self {
        Self::new(Exit::Unexpected, error.to_string())
    }

    /// A file that cannot be used.
    pub(crate) fn file(path: &Path, error: impl std::fmt::Display) -> Self {
        Self::new(Exit::Usage, format!("`{}`: {error}", path.display()))
    }

    /// With what to type.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// An answer that is a refusal.
    pub(crate) fn refused(answer: &Answer) -> Self {
        let problem = answer.problem();
        let exit = problem
            .code()
            .map_or_else(|| Exit::of_status(answer.status), Exit::from);
        let mut message = match (problem.code.as_str(), problem.detail.as_str()) {
            ("", detail) => detail.to_owned(),
            (code, "") => code.to_owned(),
            (code, detail) => format!("{code}: {detail}"),
        };
        for Field {
            field,
            message: fault,
        } in &problem.fields
        {
            // Where there is only one, the sentence itself often says it.
            if !problem.detail.contains(fault.as_str()) {
                message.extend(["\n  ", field, ": ", fault]);
            }
        }
        let failure = Self::new(exit, message);
        match exit {
            Exit::NotFound => failure.hint("ticketon event list"),
            Exit::Refused if answer.status == 401 => failure.hint("TICKETON_TOKEN=… ticketon …"),
            _ => failure,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(Exit::from(refusal.code()), refusal.to_string())
    }
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        Self::new(Exit::Unavailable, error.to_string())
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        let exit = match &error {
            CallError::Unreachable(_) | CallError::Broken(_) | CallError::TooLate(_) => Exit::Unavailable,
            CallError::NotUnderstood(_) => Exit::Unexpected,
            CallError::NotARequest(_) => Exit::Usage,
        };
        let failure = Self::new(exit, error.to_string());
        match error {
            CallError::Unreachable(_) => failure.hint("ticketon serve"),
            _ => failure,
        }
    }
}

impl From<CopyError> for Failure {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Open(error) => StartError::from(error).into(),
            CopyError::Unavailable(error) => error.into(),
            CopyError::Differs { .. } => Self::new(Exit::PromiseBroken, error.to_string()),
        }
    }
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        let exit = match error {
            UserError::Open(error) => return StartError::from(error).into(),
            UserError::OfAFile | UserError::Address(_) | UserError::TheStores(_) | UserError::Unwritable => {
                Exit::Usage
            }
            UserError::Refused(_) => Exit::Refused,
        };
        let failure = Self::new(exit, error.to_string());
        match error {
            UserError::Refused(_) => failure.hint("ticketon db setup-batch-user --print | mysql -u root -p"),
            _ => failure,
        }
    }
}

impl From<BadAddress> for Failure {
    fn from(error: BadAddress) -> Self {
        Self::new(Exit::Usage, error.to_string())
    }
}

impl From<BusError> for Failure {
    fn from(error: BusError) -> Self {
        Self::new(Exit::Unavailable, error.to_string())
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Forgotten { first, .. } => {
                let hint = format!("ticketon replay --from {first}");
                Self::new(Exit::Refused, error.to_string()).hint(hint)
            }
            ReplayError::KafkaBehind { .. } | ReplayError::Store(_) | ReplayError::Bus(_) => {
                Self::new(Exit::Unavailable, error.to_string())
            }
        }
    }
}

impl From<NotPromoted> for Failure {
    fn from(error: NotPromoted) -> Self {
        let exit = match error {
            NotPromoted::Surplus(_) => Exit::PromiseBroken,
            NotPromoted::GoneOn(_) | NotPromoted::Commit(_) | NotPromoted::Unavailable(_) => {
                Exit::Unavailable
            }
        };
        Self::new(exit, error.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        use ticketon_server::adapter::sql::OpenError;
        use ticketon_server::queue::RedisError;

        let exit = match &error {
            StartError::Settings(_)
            | StartError::Listen { .. }
            | StartError::Sandbox(_)
            | StartError::Batch(_)
            | StartError::Provider(_)
            | StartError::Queue(RedisError::Address { .. })
            | StartError::Store(OpenError::NotAnAddress(_)) => Exit::Usage,
            StartError::Store(OpenError::Missing(_)) => Exit::NotFound,
            StartError::Store(OpenError::Exists(_)) => Exit::Refused,
            StartError::Folder(_) | StartError::Store(_) | StartError::Queue(_) | StartError::Bus(_) => {
                Exit::Unavailable
            }
            StartError::Listener(_) => Exit::Unexpected,
            StartError::Shop(refusal) => Exit::from(refusal.code()),
        };
        let failure = Self::new(exit, error.to_string());
        match error {
            StartError::Store(OpenError::Missing(_)) => failure.hint("ticketon init"),
            StartError::Sandbox(SandboxError::Listen { .. }) => {
                failure.hint("TICKETON_HTTP_SANDBOX=127.0.0.1:0 ticketon serve")
            }
            _ => failure,
        }
    }
}
