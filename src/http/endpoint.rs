//! The endpoints of the service: of each its paths and its methods, once. `Allow`, 405, the preflight and
//! the constants for JavaScript follow.

use super::Method;

/// An endpoint.
#[derive(Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its purpose, in a sentence.
    pub summary: &'static str,
    /// The paths that lead to it, each with the name of its constant in JavaScript; `{id}` stands for an
    /// id. `beta` stands for any version, and `me` for any addressee.
    pub paths: &'static [(&'static str, &'static str)],
    /// The methods that it has, besides `OPTIONS`, which every endpoint has.
    pub methods: &'static [Method],
}

impl Endpoint {
    /// Whether the endpoint has that method.
    pub fn allows(&self, method: Method) -> bool {
        method == Method::Options || self.methods.contains(&method)
    }

    /// The methods, as the `Allow` header lists them. `HEAD` goes with `GET`.
    pub fn allow(&self) -> String {
        let mut allow = String::with_capacity(40);
        for method in self.methods {
            allow.push_str(method.allow());
            allow.push_str(", ");
        }
        allow.push_str(Method::Options.allow());
        allow
    }
}

/// Every endpoint that a deployment has; those of development are last.
pub static ENDPOINTS: [&Endpoint; 10] = [
    &NOTIFICATIONS,
    &NOTIFICATION,
    &COUNT,
    &DELTA,
    &ENDPOINTS_OF_FEED,
    &SUBSCRIPTIONS,
    &SUBSCRIPTION,
    &STREAM,
    &DEVELOPMENT_TOKEN,
    &DEVELOPMENT_COPIES,
];

/// `…/notifications`
pub static NOTIFICATIONS: Endpoint = Endpoint {
    summary: "The feed of the signed-in user; an app posts to it.",
    paths: &[("NOTIFICATIONS_PATH", "/beta/me/notifications")],
    methods: &[Method::Get, Method::Post],
};

/// `…/notifications/{id}`
pub static NOTIFICATION: Endpoint = Endpoint {
    summary: "A notification; `Location` names it as an activity.",
    paths: &[
        ("NOTIFICATION_PATH", "/beta/me/notifications/{id}"),
        ("ACTIVITY_PATH", "/beta/me/activities/{id}"),
    ],
    methods: &[Method::Get, Method::Patch, Method::Delete],
};

/// `…/notifications/$count`
pub static COUNT: Endpoint = Endpoint {
    summary: "The number of notifications.",
    paths: &[("COUNT_PATH", "/beta/me/notifications/$count")],
    methods: &[Method::Get],
};

/// `…/notifications/delta`
pub static DELTA: Endpoint = Endpoint {
    summary: "The changes since a delta token.",
    paths: &[("DELTA_PATH", "/beta/me/notifications/delta")],
    methods: &[Method::Get],
};

/// `…/notifications/endpoints`
pub static ENDPOINTS_OF_FEED: Endpoint = Endpoint {
    summary: "The user's endpoints: subscriptions and connections.",
    paths: &[("ENDPOINTS_PATH", "/beta/me/notifications/endpoints")],
    methods: &[Method::Get],
};

/// `…/notifications/subscriptions`
pub static SUBSCRIPTIONS: Endpoint = Endpoint {
    summary: "The subscriptions of the user's devices.",
    paths: &[("SUBSCRIPTIONS_PATH", "/beta/me/notifications/subscriptions")],
    methods: &[Method::Get, Method::Post, Method::Delete],
};

/// `…/notifications/subscriptions/{id}`
pub static SUBSCRIPTION: Endpoint = Endpoint {
    summary: "A subscription.",
    paths: &[(
        "SUBSCRIPTION_PATH",
        "/beta/me/notifications/subscriptions/{id}",
    )],
    methods: &[Method::Delete],
};

/// `…/notifications/stream`
pub static STREAM: Endpoint = Endpoint {
    summary: "The live connection.",
    paths: &[("STREAM_PATH", "/beta/me/notifications/stream")],
    methods: &[Method::Get],
};

/// `/dev/token`
pub static DEVELOPMENT_TOKEN: Endpoint = Endpoint {
    summary: "A token of a test user, in development only.",
    paths: &[("DEVELOPMENT_TOKEN_PATH", "/dev/token")],
    methods: &[Method::Post],
};

/// `/dev/copies`
pub static DEVELOPMENT_COPIES: Endpoint = Endpoint {
    summary: "The copies in KV of a page of the feed, in development only.",
    paths: &[("DEVELOPMENT_COPIES_PATH", "/dev/copies")],
    methods: &[Method::Get],
};

/// `/dev/panic/{place}`: no deployment has it, so it isn't one of [`ENDPOINTS`].
pub static DEVELOPMENT_PANIC: Endpoint = Endpoint {
    summary: "A crash, in tests of what a crash does only.",
    paths: &[],
    methods: &[Method::Get],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Route;

    #[test]
    fn every_path_leads_to_its_endpoint() {
        for endpoint in ENDPOINTS {
            for (_, path) in endpoint.paths {
                let route = Route::parse(path);
                let found = route.as_ref().map(|route| route.resource.endpoint());
                assert_eq!(found, Some(endpoint), "{path}");
            }
        }
    }
}
