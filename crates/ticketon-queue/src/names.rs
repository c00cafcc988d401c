//! The two names this crate is given from outside. They are opaque: a room may stand for a sale or for anything
//! else, a visitor for a user, a cookie or a device. Parsed once, at the edge.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits::NAME_BYTES_MAX;

/// Why a text is no name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a name has 1 to {NAME_BYTES_MAX} bytes, this one has {bytes}")]
pub struct NameError {
    bytes: usize,
}

/// A newtype over a shared text: cloning a name copies no bytes.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name, if the text has 1 to 64 bytes.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                if text.is_empty() || text.len() > NAME_BYTES_MAX {
                    return Err(NameError { bytes: text.len() });
                }
                Ok(Self(text.into()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }
    };
}

name! {
    /// The name of a room: one queue, for one sale or whatever else is let in piece by piece.
    RoomName
}

name! {
    /// The name of whoever waits: one entry each, from however many devices.
    VisitorName
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_64_bytes() {
        assert!(VisitorName::parse("").is_err());
        assert!(VisitorName::parse(&"가".repeat(21)).is_ok());
        assert_eq!(VisitorName::parse(&"가".repeat(22)), Err(NameError { bytes: 66 }));
    }
}
