//! How the shop is run: one struct, one default, one check. Where the values come from (flags, environment,
//! file) is the command line's business.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use ticketon_pay::Keys;

/// How the shop is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the embedded store and its ledger.
    pub data_dir: PathBuf,
    /// Where the one listener is.
    pub gateway: SocketAddr,
    /// Who moves the money.
    pub toss: TossSettings,
}

/// Who moves the money.
#[derive(Debug, Clone)]
pub enum TossSettings {
    /// Play money: a sandbox in this process, on a listener of its own, for it stands for somebody else's
    /// server.
    Sandbox {
        /// Where that listener is.
        listen: SocketAddr,
        /// The sandbox may sell on a gateway that is not loopback.
        is_allowed: bool,
    },
    /// A server that speaks Toss Payments' protocol.
    At {
        /// Scheme, host and port.
        base_url: String,
        /// The keys; live ones move real money.
        keys: Keys,
    },
}

/// Settings that no shop can be run by; says what to set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// Real tickets for play money.
    #[error(
        "the sandbox sells for play money and `http.gateway` is `{0}`, not loopback: set `toss.base_url` and keys, or `toss.allow_sandbox = true`"
    )]
    SandboxInPublic(SocketAddr),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("./ticketon-data"),
            gateway: loopback(8080),
            toss: TossSettings::Sandbox {
                listen: loopback(9007),
                is_allowed: false,
            },
        }
    }
}

impl Settings {
    /// Refuses what must not be run.
    pub fn validate(&self) -> Result<(), BadSettings> {
        match &self.toss {
            TossSettings::Sandbox {
                is_allowed: false, ..
            } if !self.gateway.ip().is_loopback() => Err(BadSettings::SandboxInPublic(self.gateway)),
            TossSettings::Sandbox { .. } | TossSettings::At { .. } => Ok(()),
        }
    }
}

/// An address on this machine; port 0 is any that is free.
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_refused_on_a_public_listener_unless_it_is_allowed() {
        let public = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8080);
        let mut settings = Settings {
            gateway: public,
            ..Settings::default()
        };
        assert_eq!(settings.validate(), Err(BadSettings::SandboxInPublic(public)));
        settings.toss = TossSettings::Sandbox {
            listen: loopback(0),
            is_allowed: true,
        };
        assert_eq!(settings.validate(), Ok(()));
    }
}
