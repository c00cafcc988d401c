//! Moments: milliseconds since the epoch inside, RFC 3339 in UTC outside. The date crate stays behind this
//! module.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Where the time comes from. The server's reads the machine's clock, a test's stands where it was put.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

/// A text that is not a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: write it as `2027-02-05T19:30:00+09:00`")]
pub struct BadTimestamp(String);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The calendar day in a time zone, or `None` if the zone is unknown.
    pub fn date_in(self, time_zone: &str) -> Option<jiff::civil::Date> {
        Some(self.to_jiff().in_tz(time_zone).ok()?.date())
    }

    /// As the clocks of a time zone show it, `2027-02-05T19:30:00+09:00`; in UTC where there is no such zone.
    pub fn on_clocks_of(self, time_zone: &str) -> String {
        match self.to_jiff().in_tz(time_zone) {
            Ok(there) => there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            Err(_) => self.to_string(),
        }
    }

    /// When its minute began.
    #[must_use]
    pub const fn minute(self) -> Self {
        Self(self.0 - self.0.rem_euclid(60_000))
    }

    fn to_jiff(self) -> jiff::Timestamp {
        let clamped = self.0.clamp(
            jiff::Timestamp::MIN.as_millisecond(),
            jiff::Timestamp::MAX.as_millisecond(),
        );
        jiff::Timestamp::from_millisecond(clamped).expect("clamped to the representable range")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    fn from_str(text: &str) -> Result<Self, BadTimestamp> {
        let parsed: jiff::Timestamp = text.parse().map_err(|_| BadTimestamp(text.to_owned()))?;
        Ok(Self(parsed.as_millisecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, length: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(length.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, length: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(length.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl FixedClock {
    /// A clock that stands at `text`, an RFC 3339 time.
    ///
    /// # Panics
    /// If `text` is not one: this clock is for tests and examples, which write it by hand.
    pub fn at(text: &str) -> Self {
        let now = text.parse().expect("a time written by hand");
        Self(Arc::new(Mutex::new(now)))
    }

    /// Moves the clock on.
    pub fn advance(&self, length: Duration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = *now + length;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Lengths of time as people write them in event files: `90s`, `7m`, `24h`, `10d`.
pub mod length {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

    /// Reads `7m`; nothing else is guessed.
    pub fn parse(text: &str) -> Option<Duration> {
        let unit = text.chars().last()?;
        let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        let count: u64 = text[..text.len() - 1].parse().ok()?;
        (count <= 100_000).then(|| Duration::from_secs(count * seconds))
    }

    /// Writes the largest unit that fits without a rest.
    pub fn format(length: Duration) -> String {
        let seconds = length.as_secs();
        let fits = |(_, size): &(char, u64)| seconds >= *size && seconds.is_multiple_of(*size);
        let (unit, size) = UNITS.into_iter().find(fits).unwrap_or(('s', 1));
        format!("{}{unit}", seconds / size)
    }

    /// For `#[serde(with = "length")]`.
    pub fn serialize<S: Serializer>(length: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format(*length))
    }

    /// For `#[serde(with = "length")]`.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is not a length of time: write it as `7m`")))
    }
}
