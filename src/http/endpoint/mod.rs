//! The endpoints of the service: of each its paths and, for each method, who may call, what is read and
//! what is answered, once. Routing ([`Route`](super::Route)), `Allow`, 405, the preflight, the edge's checks,
//! the constants for JavaScript and the documents follow from this table.
//!
//! Each file beside this one has the endpoints that a file of the same name in the Worker's edge carries out.

mod batch;
mod development;
mod feed;
mod items;
mod marking;
mod metadata;
mod notifications;
#[cfg(test)]
mod openapi;
mod operation;
mod personal_data;
mod query;
mod receipts;
mod stream;
mod subscriptions;

pub use feed::SENDERS_OPTIONS;
pub use metadata::METADATA;
pub use operation::{Answer, Body, Callers, Operation, OperationId, Shape};
pub use query::{Kind, QueryOption};

use super::Method;

/// A sentence for the documents. The Worker is built without it, to stay small.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    #[cfg(test)]
    text: &'static str,
}

/// A sentence for the documents.
const fn words(text: &'static str) -> Words {
    #[cfg(not(test))]
    let _ = text;
    Words {
        #[cfg(test)]
        text,
    }
}

#[cfg(test)]
impl Words {
    /// The sentence.
    pub const fn text(self) -> &'static str {
        self.text
    }
}

/// An endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// Its purpose, in a sentence.
    pub summary: Words,
    /// The paths that lead to it.
    pub paths: &'static [Path],
    /// The deployments that have it.
    pub availability: Availability,
    /// An operation for each of its methods, besides `OPTIONS`, which every endpoint has.
    pub operations: &'static [Operation],
}

/// A path that leads to an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Path {
    /// The path; `{id}` stands for an id and is its end, `beta` for any version, and `me` for any addressee.
    pub template: &'static str,
    /// The name of its constant in JavaScript.
    pub constant: &'static str,
}

/// The deployments that have an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// All.
    Always,
    /// Deployments with the development secret.
    Development,
    /// Deployments that test crashes.
    CrashTest,
}

impl Endpoint {
    /// The operation of that method.
    pub fn operation(&self, method: Method) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.method == method)
    }

    /// The methods, as the `Allow` header lists them. `HEAD` goes with `GET`.
    pub fn allow(&self) -> String {
        let mut allow = String::with_capacity(40);
        for operation in self.operations {
            allow.push_str(operation.method.allow());
            allow.push_str(", ");
        }
        allow.push_str(Method::Options.allow());
        allow
    }
}

/// Every endpoint. A path is looked for in this order: the one that is called most comes first, and a
/// name before an id in its place.
pub static ENDPOINTS: [&Endpoint; 19] = [
    &notifications::NOTIFICATIONS,
    &feed::COUNT,
    &feed::DELTA,
    &feed::ENDPOINTS_OF_FEED,
    &marking::MARK_ALL_READ,
    &marking::MARK_ALL_SEEN,
    &subscriptions::SUBSCRIPTIONS,
    &stream::STREAM,
    &stream::ACK,
    &receipts::RECEIPTS,
    &personal_data::ENDPOINT,
    &items::NOTIFICATION,
    &subscriptions::APPLICATION_SERVER_KEY,
    &subscriptions::SUBSCRIPTION,
    &batch::ENDPOINT,
    &metadata::ENDPOINT,
    &development::TOKEN,
    &development::COPIES,
    &development::PANIC,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Route;

    #[test]
    fn every_path_leads_to_its_endpoint() {
        for endpoint in ENDPOINTS {
            for path in endpoint.paths {
                let route = Route::parse(path.template);
                let found = route.map(|route| std::ptr::eq(route.endpoint, endpoint));
                assert_eq!(found, Some(true), "{path:?}");
            }
        }
    }

    #[test]
    fn a_name_stands_for_one_thing() {
        let operations = || {
            ENDPOINTS
                .into_iter()
                .flat_map(|endpoint| endpoint.operations)
        };
        for one in operations() {
            let same = |other: &&Operation| other.id == one.id;
            assert_eq!(operations().filter(same).count(), 1, "{:?}", one.id);
            assert_ne!(one.method, Method::Options);
        }
        for endpoint in ENDPOINTS {
            for operation in endpoint.operations {
                let found = endpoint.operation(operation.method);
                assert!(found.is_some_and(|found| found.id == operation.id));
            }
        }
    }
}
