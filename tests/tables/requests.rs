//! CONTRACT §1, "Request headers", and the paths and methods of §1 to §4.

use notifeed::error::ErrorCode;
use notifeed::http::headers::{BodyHeaders, bearer, client_request_id, if_match};
use notifeed::http::{Addressee, ContentEncoding, Method, Route};
use notifeed::request::ApiVersion;
use notifeed::uri::{percent_decode, percent_encode, query};

/// `application/json`, but for what a test changes.
fn headers(change: fn(&mut BodyHeaders)) -> Result<ContentEncoding, (ErrorCode, Vec<String>)> {
    let mut headers = BodyHeaders {
        content_type: Some(String::from("application/json")),
        ..BodyHeaders::default()
    };
    change(&mut headers);
    headers.check().map_err(|problem| {
        let targets = problem.details.into_iter();
        (problem.code, targets.map(|detail| detail.target).collect())
    })
}

#[test]
fn headers_that_decide_before_the_body_in_their_order() {
    let named = |code, name: &str| Err((code, vec![String::from(name)]));
    let unsupported = |name| named(ErrorCode::UnsupportedHeader, name);
    let media_type = |name| named(ErrorCode::UnsupportedMediaType, name);
    assert_eq!(headers(|_| ()), Ok(ContentEncoding::Identity));
    let since = headers(|headers| headers.if_modified_since = true);
    assert_eq!(since, unsupported("If-Modified-Since"));
    let range = headers(|headers| headers.if_range = true);
    assert_eq!(range, unsupported("If-Range"));
    let both = headers(|headers| {
        headers.if_range = true;
        headers.content_type = None;
        headers.content_encoding = Some(String::from("br"));
    });
    assert_eq!(both, unsupported("If-Range"));
    let neither = headers(|headers| {
        headers.content_type = Some(String::from("text/plain"));
        headers.content_encoding = Some(String::from("br"));
    });
    assert_eq!(neither, media_type("Content-Type"));
    let encoding = headers(|headers| headers.content_encoding = Some(String::from("br")));
    assert_eq!(encoding, media_type("Content-Encoding"));
    let gzip = headers(|headers| headers.content_encoding = Some(String::from("GZIP")));
    assert_eq!(gzip, Ok(ContentEncoding::Gzip));
    let deflate = headers(|headers| headers.content_encoding = Some(String::from("deflate")));
    assert_eq!(deflate, Ok(ContentEncoding::Deflate));
}

/// RFC 9110 §13.1.1, RFC 6750 §2.1.
#[test]
fn if_match_bearer_and_client_request_id() {
    for (header, matches) in [
        (None, true),
        (Some("*"), true),
        (Some("\"1.7\""), true),
        (Some(" \"1.7\" "), true),
        (Some("\"1.6\",\"1.7\""), true),
        (Some("\"1.7\" , \"1.8\""), true),
        (Some("\"1.70\""), false),
        (Some("\"1.6\", \"1.8\""), false),
        (Some("W/\"1.7\""), false),
        (Some("\"*\""), false),
        (Some("\"1.7\", *"), true),
        (Some(""), false),
    ] {
        assert_eq!(if_match(header, "\"1.7\""), matches, "{header:?}");
    }
    for (authorization, token) in [
        ("Bearer t", Some("t")),
        ("BEARER t", Some("t")),
        (" Bearer t ", Some("t")),
        ("Bearer   t", Some("t")),
        ("Bearert", None),
        ("Bearer", None),
        ("Bearer  ", None),
        ("Basic t", None),
        ("Bearer2 t", None),
        ("", None),
    ] {
        assert_eq!(bearer(authorization), token, "{authorization:?}");
    }
    for byte in 0..=u8::MAX {
        let text = char::from(byte).to_string();
        let printable = (0x20..=0x7e).contains(&byte);
        let echoed = client_request_id(Some(&text));
        assert_eq!(echoed.is_some(), printable, "{byte:#x}");
    }
    assert_eq!(client_request_id(None), None);
}

/// Version, addressee, the first template of the endpoint, and the id.
fn route(path: &str) -> Option<(ApiVersion, Addressee, &'static str, String)> {
    let route = Route::parse(path)?;
    let template = route.endpoint.paths.first()?.template;
    Some((route.version, route.addressee, template, route.id))
}

#[test]
fn every_path_under_both_versions_and_both_ways_of_naming_a_user() {
    let item = "/beta/me/notifications/{id}";
    let count = "/beta/me/notifications/$count";
    for (rest, template, id, allow) in [
        (
            "notifications",
            "/beta/me/notifications",
            "",
            "GET, HEAD, POST, OPTIONS",
        ),
        (
            "notifications/x",
            item,
            "x",
            "GET, HEAD, PATCH, DELETE, OPTIONS",
        ),
        (
            "activities/%78",
            item,
            "x",
            "GET, HEAD, PATCH, DELETE, OPTIONS",
        ),
        ("notifications/$count", count, "", "GET, HEAD, OPTIONS"),
        ("notifications/%24count", count, "", "GET, HEAD, OPTIONS"),
        (
            "notifications/delta",
            "/beta/me/notifications/delta",
            "",
            "GET, HEAD, OPTIONS",
        ),
        (
            "notifications/endpoints",
            "/beta/me/notifications/endpoints",
            "",
            "GET, HEAD, OPTIONS",
        ),
        (
            "notifications/subscriptions",
            "/beta/me/notifications/subscriptions",
            "",
            "GET, HEAD, POST, DELETE, OPTIONS",
        ),
        (
            "notifications/subscriptions/x",
            "/beta/me/notifications/subscriptions/{id}",
            "x",
            "DELETE, OPTIONS",
        ),
        (
            "notifications/stream",
            "/beta/me/notifications/stream",
            "",
            "GET, HEAD, OPTIONS",
        ),
    ] {
        let megan = Addressee::User(String::from("megan@contoso.com"));
        for (version, segment) in [(ApiVersion::Beta, "beta"), (ApiVersion::V1, "v1.0")] {
            assert_eq!(version.to_string(), segment);
            for (addressee, user) in [
                (Addressee::Me, "me"),
                (megan.clone(), "users/megan%40contoso.com"),
            ] {
                for slash in ["", "/"] {
                    let path = format!("/{segment}/{user}/{rest}{slash}");
                    let expected = (version, addressee.clone(), template, String::from(id));
                    assert_eq!(route(&path), Some(expected), "{path}");
                }
                assert_eq!(route(&format!("/{segment}/{user}/{rest}/y/z")), None);
            }
        }
        let path = format!("/beta/me/{rest}");
        let endpoint = Route::parse(&path).unwrap().endpoint;
        assert_eq!(endpoint.allow(), allow);
        for (method, name) in [
            (Method::Get, "GET"),
            (Method::Post, "POST"),
            (Method::Patch, "PATCH"),
            (Method::Delete, "DELETE"),
        ] {
            assert_eq!(Method::parse(name), Some(method));
            let listed = allow.split(", ").any(|listed| listed == name);
            let operation = endpoint.operation(method);
            assert_eq!(operation.is_some(), listed, "{rest} {name}");
        }
        assert_eq!(Method::parse("OPTIONS"), Some(Method::Options));
    }
}

#[test]
fn paths_of_development() {
    let panic = "/dev/panic/{id}";
    for (path, template, id) in [
        ("/dev/token", "/dev/token", ""),
        ("/dev/copies", "/dev/copies", ""),
        ("/dev/panic/worker", panic, "worker"),
        ("/dev/panic/hub", panic, "hub"),
    ] {
        let expected = (ApiVersion::Beta, Addressee::Me, template, String::from(id));
        assert_eq!(route(path), Some(expected), "{path}");
    }
    for path in ["/dev/panic", "/dev/panic/hub/x", "/dev/x"] {
        assert_eq!(route(path), None, "{path}");
    }
}

/// RFC 3986 §2.1 and §2.3.
#[test]
fn every_byte_is_encoded_or_unreserved_and_comes_back() {
    for byte in 0..=0x7f_u8 {
        let text = char::from(byte).to_string();
        let encoded = percent_encode(&text);
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let expected = if unreserved {
            text.clone()
        } else {
            format!("%{byte:02X}")
        };
        assert_eq!(encoded, expected);
        assert_eq!(percent_decode(&encoded), Some(text.clone()));
        assert_eq!(
            percent_decode(&encoded.to_lowercase()),
            Some(text.to_lowercase())
        );
    }
    for broken in ["%", "%4", "%4g", "%g4", "%ff", "a%"] {
        assert_eq!(percent_decode(broken), None, "{broken}");
    }
    let expected = [("a b", "c d"), ("e", "f=g"), ("h", ""), ("%", "%x")];
    assert_eq!(
        query("a+b=c%20d&&e=f=g&h&%=%x"),
        expected.map(|(name, value)| (String::from(name), String::from(value)))
    );
    assert_eq!(query(""), []);
}
