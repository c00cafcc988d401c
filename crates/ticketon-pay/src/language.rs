//! The languages that the provider's messages come in.

/// A language that the provider speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// 한국어, unless asked otherwise.
    #[default]
    Korean,
    /// English.
    English,
}

impl Language {
    /// The value of `Accept-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Korean => "ko-KR",
            Self::English => "en-US",
        }
    }

    /// Reads the value of `Accept-Language`.
    pub fn from_tag(tag: &str) -> Self {
        if tag.starts_with("en") {
            Self::English
        } else {
            Self::Korean
        }
    }
}
