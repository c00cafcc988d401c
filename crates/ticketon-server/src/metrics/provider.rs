//! Calls to the payment provider: what was asked, what came of it and how long it took.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use super::{Histograms, Label, Page, durations};

/// What is asked of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// Charge.
    Confirm,
    /// What became of a charge.
    LookUp,
    /// Give back.
    Refund,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// Charged, or given back.
    Done,
    /// The buyer's card was refused.
    Declined,
    /// Nothing was charged, and never will be.
    NotCharged,
    /// The provider does not give it back.
    Refused,
    /// Nobody knows.
    Unknown,
    /// A person must look.
    OurFault,
}

/// The calls of one process.
#[derive(Clone)]
pub(crate) struct Calls {
    asked: Family<[Label; 1], Counter>,
    answered: Family<[Label; 2], Counter>,
    took: Histograms<1>,
}

impl Calls {
    /// Counts a call that begins.
    pub(crate) fn begin(&self, call: Call) {
        self.asked.get_or_create(&[call.label()]).inc();
    }

    /// Counts its answer. A call that was given up has none.
    pub(crate) fn end(&self, call: Call, answered: Answered, took: Duration) {
        self.answered
            .get_or_create(&[call.label(), answered.label()])
            .inc();
        self.took
            .get_or_create(&[call.label()])
            .observe(took.as_secs_f64());
    }

    pub(super) fn write(&self, page: &mut Page) {
        page.metric(
            "provider_calls",
            "Calls to the payment provider that began",
            self.asked.clone(),
        );
        page.metric(
            "provider_answers",
            "Calls that ended, by what came of them",
            self.answered.clone(),
        );
        page.metric(
            "provider_call_seconds",
            "How long calls took, with their repeats",
            self.took.clone(),
        );
    }
}

/// With every call and answer there can be, at nought: what only appears when it happens first is not seen to grow.
impl Default for Calls {
    fn default() -> Self {
        let calls = Self {
            asked: Family::default(),
            answered: Family::default(),
            took: Histograms::new_with_constructor(durations),
        };
        for call in Call::ALL {
            drop(calls.asked.get_or_create(&[call.label()]));
            drop(calls.took.get_or_create(&[call.label()]));
            for answered in call.answers() {
                drop(calls.answered.get_or_create(&[call.label(), answered.label()]));
            }
        }
        calls
    }
}

impl Call {
    const ALL: [Self; 3] = [Self::Confirm, Self::LookUp, Self::Refund];

    fn label(self) -> Label {
        let name = match self {
            Self::Confirm => "confirm",
            Self::LookUp => "look_up",
            Self::Refund => "refund",
        };
        ("call", name)
    }

    fn answers(self) -> &'static [Answered] {
        use Answered::{Declined, Done, NotCharged, OurFault, Refused, Unknown};
        match self {
            Self::Confirm | Self::LookUp => &[Done, Declined, NotCharged, Unknown, OurFault],
            Self::Refund => &[Done, Refused, Unknown, OurFault],
        }
    }
}

impl Answered {
    fn label(self) -> Label {
        let name = match self {
            Self::Done => "done",
            Self::Declined => "declined",
            Self::NotCharged => "not_charged",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::OurFault => "our_fault",
        };
        ("outcome", name)
    }
}
