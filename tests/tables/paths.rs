//! The beginnings of the API's paths stand in two more places, which decide between the API and the console's files.

use notifeed::http::endpoint::ENDPOINTS;
use notifeed::request::ApiVersion;

#[test]
fn no_path_of_the_api_is_taken_for_a_file_of_the_console() {
    let templates = ENDPOINTS.iter().flat_map(|endpoint| endpoint.paths);
    let first = |path: &'static str| path.split('/').nth(1).unwrap();
    let versions = [ApiVersion::Beta, ApiVersion::V1].map(ApiVersion::as_str);
    let begins: Vec<_> = templates
        .map(|path| first(path.template))
        .chain(versions)
        .collect();
    for (file, text) in [
        ("wrangler.toml", include_str!("../../wrangler.toml")),
        (
            "worker/selfhost/main.mjs",
            include_str!("../../worker/selfhost/main.mjs"),
        ),
    ] {
        for begin in &begins {
            assert!(text.contains(&format!("\"/{begin}/")), "{file}: {begin}");
        }
    }
}
