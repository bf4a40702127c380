//! The browser face of the contract: thin wasm-bindgen functions over `notifeed`.
