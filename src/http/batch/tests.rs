use super::*;

fn parts(text: &str) -> Vec<Part<'_>> {
    let parsed = parse(text.as_bytes(), ApiVersion::V1);
    assert_eq!(parsed.as_ref().err(), None, "{text}");
    parsed.unwrap_or_default()
}

/// The targets of the violations.
fn refused(text: &str) -> Vec<String> {
    let problem = parse(text.as_bytes(), ApiVersion::Beta).err();
    let code = problem.as_ref().map(|problem| problem.code);
    assert_eq!(code, Some(ErrorCode::BadRequest), "{text}");
    let details = problem.into_iter().flat_map(|problem| problem.details);
    details.map(|detail| detail.target).collect()
}

/// A batch of requests, each with its id and these other members.
fn batch(requests: &[(&str, &str)]) -> String {
    let request = |(id, more): &(&str, &str)| {
        format!(r#"{{"id":"{id}","method":"GET","url":"/me/notifications"{more}}}"#)
    };
    let requests: Vec<_> = requests.iter().map(request).collect();
    format!(r#"{{"requests":[{}]}}"#, requests.join(","))
}

fn with(members: &str) -> String {
    format!(r#"{{"requests":[{{"id":"a",{members}}}]}}"#)
}

#[test]
fn a_request_as_the_sdks_send_it() {
    let text = r#"{"requests":[{"id":"1","method":"POST","url":"/me/notifications",
        "headers":{"Content-Type":"application/json","x-uns-id":"u1","CF-Connecting-IP":"1.2.3.4",
        "Origin":"https://evil.example","Prefer":"wait=9","Content-Length":"1","Upgrade":"websocket"},
        "body": {"a":[1,"}\"{"]} }]}"#;
    let expected = Part {
        id: "1".into(),
        method: "POST".into(),
        url: "/v1.0/me/notifications".into(),
        headers: vec![
            (RequestHeader::ContentType, "application/json".into()),
            (RequestHeader::SubscriptionId, "u1".into()),
        ],
        body: Some(r#"{"a":[1,"}\"{"]}"#),
        after: vec![],
    };
    assert_eq!(parts(text), [expected]);
}

#[test]
fn a_body_is_left_as_it_is() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    for body in [
        "5",
        "nonsense",
        "\"a,b\"",
        "{\"a\":}",
        "{\"a\":1,\"a\":2}",
        "\"\\ud800\"",
        &deep,
    ] {
        let text = batch(&[("a", &format!(r#","body":{body}"#))]);
        assert_eq!(parts(&text).first().and_then(|part| part.body), Some(body));
        // Not the last member either.
        let text = batch(&[("a", &format!(r#","body" : {body} ,"dependsOn":[]"#))]);
        assert_eq!(parts(&text).first().and_then(|part| part.body), Some(body));
    }
    let text = batch(&[("a", r#","body":null"#)]);
    assert_eq!(parts(&text).first().and_then(|part| part.body), None);
    for text in [
        r#"{"requests":[{"body":}]}"#,
        r#"{"requests":[{"body":{]"#,
        r#"{"requests":[{"body":"\"#,
    ] {
        assert_eq!(refused(text), [""], "{text}");
    }
    assert_eq!(
        refused(&batch(&[("a", r#","body":1,"body":2"#)])),
        ["requests[0].body"]
    );
}

#[test]
fn what_is_around_the_bodies_has_a_size() {
    let body = "x".repeat(MAX_BODY_BYTES);
    let requests: Vec<_> = (0..MAX_REQUESTS).map(|id| id.to_string()).collect();
    let more = format!(r#","body":"{body}""#);
    let requests: Vec<_> = requests
        .iter()
        .map(|id| (id.as_str(), more.as_str()))
        .collect();
    assert_eq!(parts(&batch(&requests)).len(), MAX_REQUESTS);
    let name = "x".repeat(MAX_AROUND);
    let text = batch(&[("a", &format!(r#","{name}":[1,2]"#))]);
    let problem = parse(text.as_bytes(), ApiVersion::Beta).err();
    assert_eq!(problem, Some(LIMIT.too_large()));
}

#[test]
fn a_request_comes_after_those_that_it_depends_on() {
    let text = batch(&[
        ("a", r#","dependsOn":["c","b"]"#),
        ("b", ""),
        ("c", r#","dependsOn":["b","b"]"#),
    ]);
    let order: Vec<_> = parts(&text)
        .into_iter()
        .map(|part| (part.id, part.after))
        .collect();
    let expected = [("b", vec![]), ("c", vec![0, 0]), ("a", vec![1, 0])];
    assert_eq!(order, expected.map(|(id, after)| (id.to_owned(), after)));
}

#[test]
fn a_batch_that_is_refused() {
    let many: Vec<_> = (0..=MAX_REQUESTS).map(|id| id.to_string()).collect();
    let many: Vec<_> = many.iter().map(|id| (id.as_str(), "")).collect();
    for (text, targets) in [
        ("", vec![""]),
        ("[]", vec![""]),
        ("{}", vec!["requests"]),
        (r#"{"requests":[]}"#, vec!["requests"]),
        (r#"{"requests":{}}"#, vec!["requests"]),
        (r#"{"requests":[1]}"#, vec!["requests[0]"]),
        (&batch(&many), vec!["requests"]),
        (&batch(&[("a", ""), ("a", "")]), vec!["requests[1].id"]),
        (
            &batch(&[("a", r#","dependsOn":["b"]"#)]),
            vec!["requests[0].dependsOn[0]"],
        ),
        (
            &batch(&[("a", r#","dependsOn":"b""#)]),
            vec!["requests[0].dependsOn"],
        ),
        (&batch(&[("a", r#","dependsOn":["a"]"#)]), vec!["requests"]),
        (
            &batch(&[
                ("a", r#","dependsOn":["b"]"#),
                ("b", r#","dependsOn":["a"]"#),
                ("c", ""),
            ]),
            vec!["requests"],
        ),
        (&batch(&[("", "")]), vec!["requests[0].id"]),
        (
            &batch(&[("a", r#","headers":{"Authorization":"a\nb"}"#)]),
            vec!["requests[0].headers.Authorization"],
        ),
        (
            &batch(&[("a", r#","headers":{"If-Match":"\u0000"}"#)]),
            vec!["requests[0].headers.If-Match"],
        ),
        (
            &batch(&[("a", r#","headers":{"X-UNS-ID":5}"#)]),
            vec!["requests[0].headers.X-UNS-ID"],
        ),
        (
            r#"{"requests":[{}]}"#,
            vec!["requests[0].id", "requests[0].method", "requests[0].url"],
        ),
    ] {
        assert_eq!(refused(text), targets, "{text}");
    }
}

#[test]
fn a_url_is_relative_to_the_version() {
    for (url, expected) in [
        (
            "/me/notifications?$top=1&a=b://c",
            "/v1.0/me/notifications?$top=1&a=b://c",
        ),
        ("me/notifications", "/v1.0/me/notifications"),
        ("/dev/token", "/v1.0/dev/token"),
        ("//evil.example/x", "/v1.0//evil.example/x"),
    ] {
        let text = with(&format!(r#""method":"GET","url":"{url}""#));
        assert_eq!(
            parts(&text).first().map(|part| part.url.as_str()),
            Some(expected)
        );
    }
    for url in [
        "https://evil.example/beta/me/notifications",
        "/../dev/token",
        "/%2E%2e/dev/token",
        "/me/./notifications",
        "/me/notifications#x",
        "/me\\notifications",
        "/me/notifications\\nHost: x",
        "/me/not ifications",
        "/me/é",
        "/$batch",
        "/%24batch/",
        "/me/notifications/stream",
        "/users/a%40b/notifications/stream?platform=ios",
    ] {
        let url = url.replace('\\', "\\\\").replace("\\\\n", "\\n");
        let text = with(&format!(r#""method":"GET","url":"{url}""#));
        assert_eq!(refused(&text), ["requests[0].url"], "{url}");
    }
    for method in ["", "get", "OPTIONS", "HEAD", "GET\\nX: y"] {
        let text = with(&format!(r#""method":"{method}","url":"/me/notifications""#));
        assert_eq!(refused(&text), ["requests[0].method"], "{method}");
    }
}

#[test]
fn headers_of_one_name_are_joined() {
    let text = batch(&[(
        "a",
        r#","headers":{"If-Match":"\"1\"","if-match":"\"2\"","Prefer":null,"X":1}"#,
    )]);
    let headers = parts(&text).into_iter().flat_map(|part| part.headers);
    let expected = [(RequestHeader::IfMatch, String::from(r#""1", "2""#))];
    assert_eq!(headers.collect::<Vec<_>>(), expected);
}
