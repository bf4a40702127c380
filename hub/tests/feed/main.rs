//! A feed as it ships, over a second host: SQLite, KV, sockets and a clock in memory ([`world`]), and
//! clients as they are ([`device`]). Faults come when a test asks for them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test ends at the first surprise"
)]

mod admission;
mod answers;
mod asking;
mod away;
mod changes;
mod closing;
mod copies;
mod copying;
mod copying_faults;
mod crash;
mod degraded;
mod delta;
mod device;
mod failures;
mod fallback;
mod healing;
mod idle;
mod item;
mod life;
mod limits;
mod lists;
mod live;
mod marking;
mod memory;
mod middle;
mod model;
mod newest;
mod oversight;
mod posting;
mod push;
mod push_attempts;
mod push_bill;
mod receipts;
mod releases;
mod resume;
mod sent;
mod since;
mod snoozes;
mod steps;
mod subscriptions;
mod told;
mod waiting;
mod world;
