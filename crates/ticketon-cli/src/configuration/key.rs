//! The keys of the settings, each with its name in the file and in the environment.

use std::fmt;

use ticketon_server::jobs::Job;
use ticketon_server::roles::{Role, Roles};

/// A setting.
#[expect(
    clippy::enum_variant_names,
    reason = "settings are named as the file names them"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    DataDir,
    StoreUrl,
    StoreReadUrl,
    BatchUrl,
    BusUrl,
    QueueUrl,
    HttpGateway,
    HttpApp,
    HttpBroker,
    HttpDispatcher,
    HttpWorker,
    HttpBatch,
    HttpSandbox,
    TossBaseUrl,
    TossClientKey,
    TossSecretKey,
    TossAllowSandbox,
    BatchAnalyzeCron,
    BatchViewsCron,
    BatchTimeZone,
    LogFormat,
}

/// A name that no setting has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no setting `{name}`: did you mean `{nearest}`?")]
pub(crate) struct UnknownKey {
    name: String,
    nearest: Key,
}

impl Key {
    /// Every setting.
    pub(crate) const ALL: &[Self] = &[
        Self::DataDir,
        Self::StoreUrl,
        Self::StoreReadUrl,
        Self::BatchUrl,
        Self::BusUrl,
        Self::QueueUrl,
        Self::HttpGateway,
        Self::HttpApp,
        Self::HttpBroker,
        Self::HttpDispatcher,
        Self::HttpWorker,
        Self::HttpBatch,
        Self::HttpSandbox,
        Self::TossBaseUrl,
        Self::TossClientKey,
        Self::TossSecretKey,
        Self::TossAllowSandbox,
        Self::BatchAnalyzeCron,
        Self::BatchViewsCron,
        Self::BatchTimeZone,
        Self::LogFormat,
    ];

    /// In the file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DataDir => "data_dir",
            Self::StoreUrl => "store.url",
            Self::StoreReadUrl => "store.read_url",
            Self::BatchUrl => "batch.url",
            Self::BusUrl => "bus.url",
            Self::QueueUrl => "queue.url",
            Self::HttpGateway => "http.gateway",
            Self::HttpApp => "http.app",
            Self::HttpBroker => "http.broker",
            Self::HttpDispatcher => "http.dispatcher",
            Self::HttpWorker => "http.worker",
            Self::HttpBatch => "http.batch",
            Self::HttpSandbox => "http.sandbox",
            Self::TossBaseUrl => "toss.base_url",
            Self::TossClientKey => "toss.client_key",
            Self::TossSecretKey => "toss.secret_key",
            Self::TossAllowSandbox => "toss.allow_sandbox",
            Self::BatchAnalyzeCron => "batch.analyze_cron",
            Self::BatchViewsCron => "batch.views_cron",
            Self::BatchTimeZone => "batch.time_zone",
            Self::LogFormat => "log.format",
        }
    }

    /// In the environment.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::DataDir => "TICKETON_DATA_DIR",
            Self::StoreUrl => "TICKETON_STORE_URL",
            Self::StoreReadUrl => "TICKETON_STORE_READ_URL",
            Self::BatchUrl => "TICKETON_BATCH_URL",
            Self::BusUrl => "TICKETON_BUS_URL",
            Self::QueueUrl => "TICKETON_QUEUE_URL",
            Self::HttpGateway => "TICKETON_HTTP_GATEWAY",
            Self::HttpApp => "TICKETON_HTTP_APP",
            Self::HttpBroker => "TICKETON_HTTP_BROKER",
            Self::HttpDispatcher => "TICKETON_HTTP_DISPATCHER",
            Self::HttpWorker => "TICKETON_HTTP_WORKER",
            Self::HttpBatch => "TICKETON_HTTP_BATCH",
            Self::HttpSandbox => "TICKETON_HTTP_SANDBOX",
            Self::TossBaseUrl => "TICKETON_TOSS_BASE_URL",
            Self::TossClientKey => "TICKETON_TOSS_CLIENT_KEY",
            Self::TossSecretKey => "TICKETON_TOSS_SECRET_KEY",
            Self::TossAllowSandbox => "TICKETON_TOSS_ALLOW_SANDBOX",
            Self::BatchAnalyzeCron => "TICKETON_BATCH_ANALYZE_CRON",
            Self::BatchViewsCron => "TICKETON_BATCH_VIEWS_CRON",
            Self::BatchTimeZone => "TICKETON_BATCH_TIME_ZONE",
            Self::LogFormat => "TICKETON_LOG_FORMAT",
        }
    }

    /// Where a process of these roles listens.
    pub(crate) fn listener_of(roles: &Roles) -> Self {
        match roles.listener() {
            None => Self::HttpGateway,
            Some(Role::App) => Self::HttpApp,
            Some(Role::Broker) => Self::HttpBroker,
            Some(Role::Dispatcher) => Self::HttpDispatcher,
            Some(Role::Worker) => Self::HttpWorker,
            Some(Role::Batch) => Self::HttpBatch,
        }
    }

    /// When a job is due.
    pub(crate) fn cron_of(job: Job) -> Self {
        match job {
            Job::Analyze => Self::BatchAnalyzeCron,
            Job::Views => Self::BatchViewsCron,
        }
    }

    /// The setting of that name.
    pub(crate) fn parse(name: &str) -> Result<Self, UnknownKey> {
        let known = Self::ALL.iter().find(|key| key.name() == name);
        known.copied().ok_or_else(|| UnknownKey {
            name: name.to_owned(),
            nearest: Self::nearest(name),
        })
    }

    /// Whether `name` is a table of settings.
    pub(crate) fn begins_with(name: &str) -> bool {
        let is_inside = |key: &Key| {
            key.name()
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        Self::ALL.iter().any(is_inside)
    }

    fn nearest(name: &str) -> Self {
        let distance = |key: &&Key| strsim::damerau_levenshtein(key.name(), name);
        Self::ALL
            .iter()
            .min_by_key(distance)
            .copied()
            .unwrap_or(Self::DataDir)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn every_setting_stands_in_the_document_of_files_by_both_its_names() {
        let document = include_str!("../../../../docs/files.md");
        for key in Key::ALL {
            for name in [key.name(), key.variable()] {
                assert!(
                    document.contains(&format!("`{name}`")),
                    "`{name}` is not in docs/files.md"
                );
            }
        }
    }
}
