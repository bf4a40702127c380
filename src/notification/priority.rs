//! `priority` (CONTRACT §1), and its default (D10).

use std::fmt;

/// How urgent the sender says it is. Carried to the endpoints; the server treats all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Priority {
    /// `None`
    None,
    /// `High`
    High,
    /// `Low`
    Low,
}

impl Priority {
    /// All of them, in the order of the contract's table.
    pub const ALL: [Self; 3] = [Self::None, Self::High, Self::Low];

    /// The canonical spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::High => "High",
            Self::Low => "Low",
        }
    }

    /// Reads a name in any ASCII case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|priority| name.eq_ignore_ascii_case(priority.as_str()))
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
