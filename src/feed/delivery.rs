//! The delivery of a notification to an endpoint, as its user and its sender are told of it (CONTRACT §5.7).

/// The delivery of a notification to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The device has confirmed that it has the notification.
    Delivered,
    /// Its push service has taken it.
    Pushed,
    /// Its push service has refused it, or doesn't know the device any more.
    Refused,
    /// The notification expired, or its display time ended, before any of these happened.
    Expired,
    /// The notification isn't for that platform.
    NotTargeted,
    /// Nothing is known yet. A delivery may be reported late, never too early.
    Pending,
}

impl Delivery {
    /// As it is told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Pushed => "pushed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::NotTargeted => "notTargeted",
            Self::Pending => "pending",
        }
    }
}
