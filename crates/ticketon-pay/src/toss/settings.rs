//! Where the provider is and how long to wait for it: one default, one check.

use std::time::Duration;

use reqwest::Url;

use crate::language::Language;
use crate::limits;

/// How a client speaks to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Scheme, host and port. HTTPS, except on this machine.
    pub base_url: String,
    /// For the connection.
    pub connect_timeout: Duration,
    /// From the connection to the end of the answer.
    pub read_timeout: Duration,
    /// Most calls, and connections, at once.
    pub calls_max: usize,
    /// Of the messages that buyers see.
    pub language: Language,
}

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// No URL, or one with a path or a user.
    #[error("base URL `{0}` must be scheme, host and port alone")]
    BaseUrl(String),
    /// Secrets in the clear.
    #[error("base URL `{0}` must be https: plain http is for this machine alone")]
    Plain(String),
    /// No call could succeed.
    #[error("time-outs and the number of calls must be above zero")]
    Zero,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: "https://api.tosspayments.com".to_owned(),
            connect_timeout: limits::CONNECT_TIMEOUT,
            read_timeout: limits::READ_TIMEOUT,
            calls_max: limits::CALLS_MAX,
            language: Language::Korean,
        }
    }
}

impl Settings {
    /// The defaults at another address, such as a sandbox's.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            ..Self::default()
        }
    }

    pub(super) fn validate(self) -> Result<Self, BadSettings> {
        let url = self
            .url()
            .ok_or_else(|| BadSettings::BaseUrl(self.base_url.clone()))?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
        if !is_bare {
            return Err(BadSettings::BaseUrl(self.base_url));
        }
        if url.scheme() != "https" && !self.is_loopback() {
            return Err(BadSettings::Plain(self.base_url));
        }
        if self.connect_timeout.is_zero() || self.read_timeout.is_zero() || self.calls_max == 0 {
            return Err(BadSettings::Zero);
        }
        Ok(self)
    }

    /// Whether the provider is a sandbox on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let url = self.url();
        let host = url.as_ref().and_then(Url::host_str);
        host.is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"))
    }

    fn url(&self) -> Option<Url> {
        Url::parse(&self.base_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_leave_this_machine_over_https_only() {
        assert!(Settings::default().validate().is_ok());
        assert!(Settings::at("http://127.0.0.1:9100").validate().is_ok());
        let plain = "http://api.tosspayments.com";
        assert_eq!(
            Settings::at(plain).validate(),
            Err(BadSettings::Plain(plain.to_owned()))
        );
        let sly = "http://127.0.0.1.example.com";
        assert_eq!(
            Settings::at(sly).validate(),
            Err(BadSettings::Plain(sly.to_owned()))
        );
    }

    #[test]
    fn a_base_url_is_an_address_alone() {
        for bad in [
            "api.tosspayments.com",
            "https://host/v1",
            "https://user@host",
            "ftp://127.0.0.1",
        ] {
            assert_eq!(
                Settings::at(bad).validate(),
                Err(BadSettings::BaseUrl(bad.to_owned()))
            );
        }
    }
}
