//! The options of a call: the clock and the policy that the contract takes as arguments.

use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::time::Timestamp;
use wasm_bindgen::prelude::*;

use crate::javascript::{RangeError, date_now};

#[wasm_bindgen]
extern "C" {
    /// `{now?, policy?}`
    #[wasm_bindgen(typescript_type = "Options")]
    pub type Options;

    #[wasm_bindgen(method, getter)]
    fn now(this: &Options) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn policy(this: &Options) -> Option<PolicyOptions>;

    /// `{retentionSeconds?, throttleStatus?}`
    pub type PolicyOptions;

    #[wasm_bindgen(method, getter, js_name = retentionSeconds)]
    fn retention_seconds(this: &PolicyOptions) -> Option<f64>;

    #[wasm_bindgen(method, getter, js_name = throttleStatus)]
    fn throttle_status(this: &PolicyOptions) -> Option<f64>;
}

/// Options as the contract has them: what was left out is the browser's clock and the default
/// policy.
pub(crate) struct Settings {
    pub(crate) now: Timestamp,
    pub(crate) policy: Policy,
}

impl Settings {
    /// Reads options, or throws a `RangeError` that names the one out of range.
    pub(crate) fn read(options: Option<&Options>) -> Result<Self, JsValue> {
        let now = options.and_then(Options::now).unwrap_or_else(date_now);
        let policy = options.and_then(Options::policy);
        Ok(Self {
            now: whole(now.floor())
                .and_then(Timestamp::from_unix_millis)
                .ok_or_else(|| {
                    out_of_range("now is milliseconds since 1970, from year 1 to 9999")
                })?,
            policy: policy.as_ref().map_or(Ok(Policy::DEFAULT), read_policy)?,
        })
    }
}

fn read_policy(options: &PolicyOptions) -> Result<Policy, JsValue> {
    let retention_seconds = match options.retention_seconds() {
        None => Policy::DEFAULT.retention_seconds(),
        // A value that isn't a number of seconds at all is out of the policy's range as well.
        Some(seconds) => whole(seconds)
            .and_then(|whole| whole.try_into().ok())
            .unwrap_or(0),
    };
    let throttle_status = match options.throttle_status() {
        None => Policy::DEFAULT.throttle_status(),
        Some(status) => whole(status)
            .and_then(|whole| whole.try_into().ok())
            .and_then(ThrottleStatus::from_u16)
            .ok_or_else(|| out_of_range("throttleStatus is 406 or 429"))?,
    };
    Policy::new(retention_seconds, throttle_status).map_err(|error| out_of_range(error.as_str()))
}

/// The integer that a JavaScript number is, if it is one that survived as such (2^53).
#[expect(
    clippy::cast_possible_truncation,
    reason = "only whole numbers below 2^53 are cast"
)]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

fn out_of_range(message: &str) -> JsValue {
    RangeError::new(message).into()
}
