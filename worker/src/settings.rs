//! The deployment's settings: vars and secrets of `wrangler.toml` and `.dev.vars`, read once for each wasm instance.

use std::cell::OnceCell;
use std::rc::Rc;

use notifeed_hub::fault::Fault;
pub use notifeed_settings::{NO_ISSUER, Settings};
use worker::console_error;

thread_local! {
    static SETTINGS: OnceCell<Result<Rc<Settings>, Fault>> = const { OnceCell::new() };
}

/// Reads the settings: `variables` is a JSON object of the names and values that are bound.
/// `counts_calls`: whether the rate limit `APP_LIMIT` is bound.
pub fn configure(variables: &str, counts_calls: bool) {
    SETTINGS.with(|settings| {
        settings.get_or_init(|| {
            let variables = serde_json::from_str(variables)
                .map_err(|error| Fault::new("the variables can't be read", &error))?;
            Settings::read(variables, counts_calls, |line| console_error!("{line}")).map(Rc::new)
        });
    });
}

/// The settings.
///
/// # Errors
/// A setting is wrong.
pub fn settings() -> Result<Rc<Settings>, Fault> {
    SETTINGS.with(|settings| match settings.get() {
        Some(settings) => settings.clone(),
        None => Err(Fault::new("settings", &"they weren't read yet")),
    })
}
