//! Push subscriptions that browsers give, and those that attackers would.

use super::*;
use crate::subscription;

/// The browser's keys of RFC 8291 §5.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";
const URL: &str = "https://fcm.googleapis.com/fcm/send/f1LsxkKphfQ:APA91bFUx7ja4BK4JVrNgVjpg1cs9lGSGI6IMNL4mQ3Xe6mDGxvt_C_gItKYJI9CAx5i_Ss6cmDxdWZoLyhS2RJhkcv7LeE6hkiOsK6oBzbyifvKCdUYU7ADIRBiYNxIVpLIYeZ8kq_A";

fn on(
    platform: &str,
    push: &str,
) -> Result<subscription::SubscriptionRequest, Vec<(String, &'static str)>> {
    let body =
        format!(r#"{{"targetHostName":"a","platform":"{platform}","pushSubscription":{push}}}"#);
    let parsed = subscription::parse(body.as_bytes(), &PushHosts::default());
    parsed.map_err(|violations| {
        let codes = violations
            .iter()
            .map(|found| (found.path.clone(), found.code.as_str()));
        codes.collect()
    })
}

fn with(endpoint: &str, p256dh: &str, auth: &str) -> String {
    format!(
        r#"{{"endpoint":"{endpoint}","expirationTime":null,"keys":{{"p256dh":"{p256dh}","auth":"{auth}"}}}}"#
    )
}

#[test]
fn what_browsers_give_is_kept_and_read_back() {
    for platform in ["webpush", "iOS"] {
        let asked = on(platform, &with(URL, P256DH, SECRET));
        let channel = asked.ok().and_then(|asked| asked.channel().cloned());
        let text = channel.as_ref().map(Channel::to_text).unwrap_or_default();
        assert_eq!(
            text,
            format!(r#"{{"endpoint":"{URL}","keys":{{"p256dh":"{P256DH}","auth":"{SECRET}"}}}}"#)
        );
        assert_eq!(Channel::from_text(&text, &PushHosts::default()), channel);
    }
    for text in ["", "{}", r#"{"endpoint":"https://push.example.com/1"}"#] {
        assert_eq!(
            Channel::from_text(text, &PushHosts::default()),
            None,
            "{text}"
        );
    }
}

#[test]
fn a_host_that_is_taken_off_the_list_is_pushed_to_no_longer() {
    let more = PushHosts::parse("push.example.com").unwrap_or_default();
    let text = with("https://push.example.com/1", P256DH, SECRET);
    assert!(Channel::from_text(&text, &more).is_some());
    assert_eq!(Channel::from_text(&text, &PushHosts::default()), None);
}

#[test]
fn endpoints_elsewhere_are_refused() {
    let long = |length: usize| format!("{URL}{}", "x".repeat(length - URL.len()));
    for url in [
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAC%2b",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://FCM.googleapis.com:443/fcm/send/1",
        &long(2048),
    ] {
        assert!(on("webpush", &with(url, P256DH, SECRET)).is_ok(), "{url}");
    }
    for url in [
        "",
        "http://fcm.googleapis.com/fcm/send/1",
        "HTTPS://fcm.googleapis.com/fcm/send/1",
        "ftp://fcm.googleapis.com/1",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com?x=/",
        "https://fcm.googleapis.com#/",
        "https://fcm.googleapis.com/#x",
        "https://fcm.googleapis.com:8443/fcm/send/1",
        "https://fcm.googleapis.com:/fcm/send/1",
        "https://fcm.googleapis.com:443:443/fcm/send/1",
        "https://fcm.googleapis.com./fcm/send/1",
        "https://me@fcm.googleapis.com/fcm/send/1",
        "https://fcm.googleapis.com:x@evil.example/fcm/send/1",
        "https://evil.example/@fcm.googleapis.com/",
        "https://fcm.googleapis.com.evil.example/fcm/send/1",
        "https://evilnotify.windows.com/w/1",
        "https://169.254.169.254/latest",
        "https://[::1]/fcm/send/1",
        "https://0x7f000001/1",
        "https://localhost/1",
        "https:///fcm.googleapis.com/1",
        r"https://evil.example\\@fcm.googleapis.com/1",
        r"https://fcm.googleapis.com\u0000.evil.example/1",
        r"https://fcm.googleapis.com/a\nb",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/é",
        "https://fcm.google\u{3002}apis.com/1",
        &long(2049),
    ] {
        let found = on("webpush", &with(url, P256DH, SECRET)).err();
        let expected = (
            "pushSubscription.endpoint".to_owned(),
            "InvalidPushEndpoint",
        );
        assert_eq!(found, Some(vec![expected]), "{url}");
    }
}

#[test]
fn keys_that_nothing_can_be_encrypted_for_are_refused() {
    let compressed =
        base64url_decode(P256DH).map(|key| base64url_encode(key.get(..33).unwrap_or_default()));
    let compressed = compressed.unwrap_or_default();
    let off_curve = P256DH.replacen('x', "y", 1);
    let padded = format!("{SECRET}==");
    for (p256dh, auth, path) in [
        ("", SECRET, "p256dh"),
        (&*compressed, SECRET, "p256dh"),
        (&*off_curve, SECRET, "p256dh"),
        (SECRET, SECRET, "p256dh"),
        (P256DH, "", "auth"),
        (P256DH, "BTBZMqHH6r4Tts7J_aSI", "auth"),
        (P256DH, P256DH, "auth"),
        (P256DH, &*padded, "auth"),
        (P256DH, "+TBZMqHH6r4Tts7J/aSIgg", "auth"),
    ] {
        let found = on("webpush", &with(URL, p256dh, auth)).err();
        let expected = (format!("pushSubscription.keys.{path}"), "InvalidPushKey");
        assert_eq!(found, Some(vec![expected]), "{p256dh} {auth}");
    }
}

#[test]
fn whatever_is_missing_or_misplaced_is_named() {
    let named = |found: &[(&str, &'static str)]| {
        let found = found
            .iter()
            .map(|(path, code)| (format!("pushSubscription{path}"), *code));
        Some(found.collect::<Vec<_>>())
    };
    let missing = "RequiredPropertyMissing";
    let whole = with(URL, P256DH, SECRET);
    for (platform, push, expected) in [
        (
            "webpush",
            "{}",
            &[(".endpoint", missing), (".keys", missing)][..],
        ),
        (
            "webpush",
            r#"{"endpoint":5,"keys":[]}"#,
            &[(".endpoint", "WrongType"), (".keys", "WrongType")],
        ),
        ("webpush", r#""x""#, &[("", "WrongType")]),
        ("windows", &whole, &[("", "UnsupportedPushPlatform")]),
        ("Android", &whole, &[("", "UnsupportedPushPlatform")]),
    ] {
        assert_eq!(
            on(platform, push).err(),
            named(expected),
            "{platform} {push}"
        );
    }
    let keys = format!(r#"{{"endpoint":"{URL}","keys":{{}}}}"#);
    let both = [(".keys.p256dh", missing), (".keys.auth", missing)];
    assert_eq!(on("webpush", &keys).err(), named(&both));
}

#[test]
fn what_a_click_opens_goes_along() {
    let asked = |platform: &str, push: &str, opening: &str| {
        on(platform, &format!(r#"{push},"webPush":{opening}"#))
    };
    let whole = with(URL, P256DH, SECRET);
    let opening = r#"{"navigate":"https://app.example.com/?n={id}&again={id}","title":"News"}"#;
    let asked_for = asked("webpush", &whole, opening);
    let channel = asked_for.ok().and_then(|asked| asked.channel().cloned());
    let text = channel.as_ref().map(Channel::to_text).unwrap_or_default();
    assert!(
        text.ends_with(&format!(r#","webPush":{opening}}}"#)),
        "{text}"
    );
    assert_eq!(Channel::from_text(&text, &PushHosts::default()), channel);
    let read = channel.and_then(|Channel::WebPush(push)| push.opening);
    let read = read.as_ref();
    assert_eq!(
        read.map(|read| read.navigate("7")).as_deref(),
        Some("https://app.example.com/?n=7&again=7")
    );
    assert_eq!(read.and_then(Opening::title), Some("News"));

    let navigate = |length: usize| {
        let least = "https://app.example.com/{id}";
        format!(
            r#"{{"navigate":"{least}{}"}}"#,
            "x".repeat(length - least.len())
        )
    };
    let titled = |length: usize| {
        format!(
            r#"{{"navigate":"https://a/{{id}}","title":"{}"}}"#,
            "é".repeat(length)
        )
    };
    for right in [&navigate(512), &titled(1), &titled(64), "null"] {
        assert!(asked("iOS", &whole, right).is_ok(), "{right}");
    }
    assert!(asked("webpush", "null", opening).is_ok());
    for (wrong, path, code) in [
        ("{}", ".navigate", "RequiredPropertyMissing"),
        (
            r#"{"navigate":"https://app.example.com/"}"#,
            ".navigate",
            "InvalidUrl",
        ),
        (
            r#"{"navigate":"http://app.example.com/{id}"}"#,
            ".navigate",
            "InvalidUrl",
        ),
        (
            r#"{"navigate":"https://{id}.example.com/"}"#,
            ".navigate",
            "InvalidUrl",
        ),
        (&navigate(513), ".navigate", "InvalidUrl"),
        (&titled(0), ".title", "Empty"),
        (&titled(65), ".title", "TooLong"),
        ("5", "", "WrongType"),
    ] {
        let expected = (format!("webPush{path}"), code);
        assert_eq!(
            asked("webpush", &whole, wrong).err(),
            Some(vec![expected]),
            "{wrong}"
        );
    }
    let expected = ("webPush".to_owned(), "UnsupportedPushPlatform");
    assert_eq!(
        asked("windows", "null", opening).err(),
        Some(vec![expected])
    );
}

#[test]
fn it_has_at_most_4096_bytes_without_blanks() {
    let sized = |bytes: usize| {
        let least = format!(
            r#"{},"x":""}}"#,
            with(URL, P256DH, SECRET).trim_end_matches('}')
        );
        // A brace closes the keys.
        let least = least.replace(r#","x""#, r#"},"x""#);
        least.replace(
            r#""x":"""#,
            &format!(r#" "x" : "{}""#, "x".repeat(bytes - least.len())),
        )
    };
    assert!(on("webpush", &sized(4096)).is_ok());
    let expected = ("pushSubscription".to_owned(), "TooLong");
    assert_eq!(on("webpush", &sized(4097)).err(), Some(vec![expected]));
}

#[test]
fn neither_path_nor_keys_are_shown_to_a_log() {
    let channel = Channel::from_text(&with(URL, P256DH, SECRET), &PushHosts::default());
    let shown = format!("{channel:?}");
    assert_eq!(
        shown,
        r#"Some(WebPush(WebPush(Endpoint("https://fcm.googleapis.com"))))"#
    );
}
