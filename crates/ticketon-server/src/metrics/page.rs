//! One scrape, as it is written.

use std::fmt::Debug;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeGaugeValue, prometheus_text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{Atomic, ConstGauge, Gauge};
use prometheus_client::registry::{Metric, Registry};

use super::Label;

/// Metrics in the order in which they were written. Every name begins with `ticketon_`, and a counter's ends in `_total`:
/// neither is written where it is named.
pub(crate) struct Page(Registry);

impl Page {
    /// In the text format of Prometheus, version 0.0.4.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.0).expect("a text takes whatever is written to it");
        text
    }

    /// What only grows.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.metric(name, help, ConstCounter::new(value));
    }

    /// The same by labels.
    pub(super) fn counters<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = ([Label; N], u64)>,
    ) {
        let family = Family::<[Label; N], Counter>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).inc_by(value);
        }
        self.metric(name, help, family);
    }

    /// What goes up and down: a number, or seconds.
    pub(super) fn gauge<V>(&mut self, name: &str, help: &str, value: V)
    where
        V: EncodeGaugeValue + Debug + Send + Sync + 'static,
    {
        self.metric(name, help, ConstGauge::new(value));
    }

    /// The same by labels.
    pub(super) fn gauges<const N: usize, V>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = ([Label; N], V)>,
    ) where
        V: EncodeGaugeValue + Debug + Send + Sync + 'static,
        AtomicU64: Atomic<V>,
    {
        let family = Family::<[Label; N], Gauge<V, AtomicU64>>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).set(value);
        }
        self.metric(name, help, family);
    }

    /// What is kept as a metric by whoever counts it.
    pub(super) fn metric(&mut self, name: &str, help: &str, metric: impl Metric) {
        self.0.register(name, help, metric);
    }
}

impl Default for Page {
    fn default() -> Self {
        Self(Registry::with_prefix("ticketon"))
    }
}
