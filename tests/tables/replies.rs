//! CONTRACT §1, "Success" and "Headers": what an answer of each kind carries.

use notifeed::http::Reply;
use notifeed::http::reply::common_headers;
use notifeed::request::links::{feed_context, feed_url, location, notification_context};
use notifeed::request::origin::Readers;
use notifeed::request::{ApiVersion, Context};

use super::context;

const EXPOSED: &str =
    "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After";
const ID: &str = "119081f2-f19d-4fa8-817c-7e01092c0f7d";
const ODATA: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
    let mut found = reply.headers.iter().filter(|(other, _)| *other == name);
    let value = found.next().map(|(_, value)| value.as_ref());
    assert!(found.next().is_none(), "{name} stands there twice");
    value
}

/// The headers that every answer carries, as if they were an answer's own.
fn common(context: &Context) -> Reply {
    Reply {
        headers: common_headers(context),
        ..Reply::no_content()
    }
}

fn readers(readers: Readers) -> Context {
    Context {
        readers,
        ..context()
    }
}

#[test]
fn each_kind_of_answer_has_its_headers() {
    let body = || String::from("7");
    for (reply, status, content_type, odata_version) in [
        (Reply::odata(201, body()), 201, Some(ODATA), Some("4.0")),
        (
            Reply::json(200, body()),
            200,
            Some("application/json"),
            None,
        ),
        (
            Reply::text(200, body()),
            200,
            Some("text/plain"),
            Some("4.0"),
        ),
        (Reply::no_content(), 204, None, None),
    ] {
        assert_eq!(reply.status, status);
        assert_eq!(reply.body, if status == 204 { "" } else { "7" });
        assert_eq!(header(&reply, "Content-Type"), content_type, "{reply:?}");
        assert_eq!(header(&reply, "OData-Version"), odata_version, "{reply:?}");
        assert_eq!(header(&reply, "Retry-After"), None);
    }
    let created = Reply::odata(201, body()).header("Location", "x");
    assert_eq!(header(&created, "Location"), Some("x"));
    let common = common(&context());
    assert_eq!(header(&common, "request-id"), Some(ID));
    assert_eq!(header(&common, "client-request-id"), Some("mine"));
    assert_eq!(header(&common, "Cache-Control"), Some("private"));
}

#[test]
fn who_may_read_an_answer() {
    let own = || Readers::Only(String::from("https://app.example.com"));
    for (who, allowed, exposed, vary) in [
        (Readers::All, Some("*"), Some(EXPOSED), None),
        (
            own(),
            Some("https://app.example.com"),
            Some(EXPOSED),
            Some("Origin"),
        ),
        (Readers::None, None, None, Some("Origin")),
    ] {
        let reply = common(&readers(who.clone()));
        let origin = header(&reply, "Access-Control-Allow-Origin");
        assert_eq!(origin, allowed, "{who:?}");
        let names = header(&reply, "Access-Control-Expose-Headers");
        assert_eq!(names, exposed, "{who:?}");
        assert_eq!(header(&reply, "Vary"), vary, "{who:?}");
    }
}

#[test]
fn a_preflight_lists_the_methods_to_whom_it_allows_them() {
    let methods = "GET, PATCH, DELETE, OPTIONS";
    for who in [Readers::All, Readers::Only(String::from("https://a"))] {
        let reply = Reply::preflight(methods, &readers(who));
        assert_eq!((reply.status, reply.body.as_str()), (204, ""));
        assert_eq!(header(&reply, "Allow"), Some(methods));
        assert_eq!(
            header(&reply, "Access-Control-Allow-Methods"),
            Some(methods)
        );
        assert_eq!(header(&reply, "Access-Control-Max-Age"), Some("86400"));
        let allowed = header(&reply, "Access-Control-Allow-Headers").unwrap();
        let allowed: Vec<_> = allowed.split(", ").collect();
        for name in [
            "Authorization",
            "Content-Type",
            "Content-Encoding",
            "X-UNS-ID",
            "client-request-id",
            "If-Match",
            "SdkVersion",
        ] {
            assert!(allowed.contains(&name), "{name}");
        }
    }
    let reply = Reply::preflight(methods, &readers(Readers::None));
    assert_eq!(header(&reply, "Allow"), Some(methods));
    for name in ["Methods", "Headers", "Origin"] {
        let name = format!("Access-Control-Allow-{name}");
        assert_eq!(header(&reply, &name), None, "{name}");
    }
}

#[test]
fn links_begin_with_the_origin_and_the_version_of_the_path() {
    for (version, segment) in [(ApiVersion::Beta, "beta"), (ApiVersion::V1, "v1.0")] {
        let context = Context {
            version,
            ..context()
        };
        let base = format!("https://graph.microsoft.com/{segment}");
        assert_eq!(location(&context, ID), format!("{base}/me/activities/{ID}"));
        assert_eq!(
            feed_url(&context, "/delta?x"),
            format!("{base}/me/notifications/delta?x")
        );
        let user = "graphnotify@contoso.com";
        let named = format!("{base}/$metadata#users('graphnotify%40contoso.com')/notifications");
        assert_eq!(feed_context(&context, user), named);
        assert_eq!(
            notification_context(&context, user),
            format!("{named}/$entity")
        );
    }
}
