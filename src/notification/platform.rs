//! Platforms and sets of them: whom a notification targets, and what an endpoint is. Web Push gets the
//! same as a live connection (D11).

use std::fmt;

/// The operating system, or browser, of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Platform {
    /// `Windows`
    Windows,
    /// `iOS`
    Ios,
    /// `Android`
    Android,
    /// `WebPush`: a web app.
    WebPush,
}

impl Platform {
    /// All of them, in canonical order.
    pub const ALL: [Self; 4] = [Self::Windows, Self::Ios, Self::Android, Self::WebPush];

    /// The canonical spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Ios => "iOS",
            Self::Android => "Android",
            Self::WebPush => "WebPush",
        }
    }

    /// The spelling in the query of a URL: `windows`.
    pub fn parameter(self) -> String {
        self.as_str().to_ascii_lowercase()
    }

    /// Reads a name in any ASCII case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|platform| name.eq_ignore_ascii_case(platform.as_str()))
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Windows => 1,
            Self::Ios => 2,
            Self::Android => 4,
            Self::WebPush => 8,
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of platforms. Its order is canonical: Windows, iOS, Android, WebPush.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PlatformSet(u8);

impl PlatformSet {
    /// No platform.
    pub const EMPTY: Self = Self(0);
    /// All four.
    pub const ALL: Self = Self(0b1111);

    /// The set with only `platform`.
    pub const fn of(platform: Platform) -> Self {
        Self(platform.bit())
    }

    /// The set that [`PlatformSet::bits`] gave; `None` for bits that stand for no platform.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 {
            Some(Self(bits))
        } else {
            None
        }
    }

    /// A number for storing: 1 Windows, 2 iOS, 4 Android, 8 WebPush, added up.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether `platform` is in it.
    pub const fn contains(self, platform: Platform) -> bool {
        self.0 & platform.bit() != 0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds `platform`.
    pub const fn insert(&mut self, platform: Platform) {
        self.0 |= platform.bit();
    }

    /// The platforms that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The platforms that are in this set and not in `other`.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its platforms in canonical order.
    pub fn iter(self) -> impl Iterator<Item = Platform> {
        Platform::ALL
            .into_iter()
            .filter(move |platform| self.contains(*platform))
    }
}

impl FromIterator<Platform> for PlatformSet {
    fn from_iter<I: IntoIterator<Item = Platform>>(platforms: I) -> Self {
        platforms
            .into_iter()
            .fold(Self::EMPTY, |set, platform| set.union(Self::of(platform)))
    }
}

impl fmt::Debug for PlatformSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_written_in_one() {
        assert_eq!(Platform::parse("IOS"), Some(Platform::Ios));
        assert_eq!(
            Platform::parse("webpush").map(Platform::as_str),
            Some("WebPush")
        );
        assert_eq!(Platform::parse("ıos"), None);
        assert_eq!(Platform::parse(""), None);
        assert_eq!(Platform::parse("iOS "), None);
    }

    #[test]
    fn sets() {
        let mut set = PlatformSet::EMPTY;
        assert!(set.is_empty());
        set.insert(Platform::WebPush);
        set.insert(Platform::Ios);
        set.insert(Platform::Ios);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [Platform::Ios, Platform::WebPush]
        );
        assert_eq!(PlatformSet::from_bits(set.bits()), Some(set));
        assert_eq!(PlatformSet::from_bits(16), None);
        assert_eq!(
            PlatformSet::ALL.difference(set).union(set),
            PlatformSet::ALL
        );
        assert!(!PlatformSet::ALL.difference(set).contains(Platform::Ios));
        assert_eq!(
            Platform::ALL.into_iter().collect::<PlatformSet>(),
            PlatformSet::ALL
        );
    }
}
