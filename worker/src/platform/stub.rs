//! The way from the Worker to a Hub.

use js_sys::Promise;
use notifeed::credentials::subscription_id::HubId;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, Response};
use worker::Env;

use crate::fault::Fault;

#[wasm_bindgen]
extern "C" {
    type Namespace;

    #[wasm_bindgen(method, catch, js_name = idFromName)]
    fn id_from_name(this: &Namespace, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = idFromString)]
    fn id_from_string(this: &Namespace, hex: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn get(this: &Namespace, id: &JsValue) -> Result<Stub, JsValue>;

    type Stub;

    #[wasm_bindgen(method, catch, js_name = fetch)]
    fn fetch_url(this: &Stub, url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = fetch)]
    fn fetch_request(this: &Stub, request: &Request) -> Result<Promise, JsValue>;
}

/// Where a command goes.
pub enum HubAddress {
    /// The Hub of that name.
    Named(String),
    /// The Hub of that id, which a subscription id led to.
    Id(HubId),
}

/// The URL of a command: only its being one matters.
pub const COMMAND_URL: &str = "https://hub/";

/// A Hub, by its address.
pub struct Hub(Stub);

impl Hub {
    /// Nothing is sent yet.
    pub fn at(env: &Env, address: &HubAddress) -> Result<Self, Fault> {
        let namespace: Namespace = js_sys::Reflect::get(env, &"HUB".into())?.unchecked_into();
        let id = match address {
            HubAddress::Named(name) => namespace.id_from_name(name)?,
            HubAddress::Id(id) => namespace.id_from_string(&id.to_string())?,
        };
        Ok(Self(namespace.get(&id)?))
    }

    /// Sends a command. The Hub's answer is the caller's, untouched.
    pub async fn command(&self, command: &str) -> Result<Response, Fault> {
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&JsValue::from_str(command));
        let response = JsFuture::from(self.0.fetch_url(COMMAND_URL, &init)?).await?;
        Ok(response.unchecked_into())
    }

    /// Hands a request over, as it is.
    pub async fn forward(&self, request: &Request) -> Result<Response, Fault> {
        let response = JsFuture::from(self.0.fetch_request(request)?).await?;
        Ok(response.unchecked_into())
    }
}
