//! CONTRACT §2: ETags, tokens and pages; and when an item is there.

use notifeed::credentials::{User, base64url_decode, base64url_encode};
use notifeed::digest::Digest;
use notifeed::error::ErrorCode;
use notifeed::feed::append::{Appended, Head, Post, append};
use notifeed::feed::page::{self, DeltaToken, ListToken};
use notifeed::feed::{
    Cursor, Entry, Epoch, Known, NotificationStatus, ReadState, Seq, UserActionState, hub_name,
    hub_name_of, view,
};
use notifeed::guid::Guid;
use notifeed::notification::HostName;

use super::{NOW, at, context, notification};

const EPOCH: Epoch = Epoch::from_bytes([7; 16]);
const OTHER: Epoch = Epoch::from_bytes([8; 16]);
const ID: &str = "119081f2-f19d-4fa8-817c-7e01092c0f7d";
const BODY: &str = r#"{"targetHostName":"a","payload":{"rawContent":"r"},"displayTimeToLive":60}"#;

fn entry() -> Entry {
    let notification = notification(BODY);
    let post = Post {
        platforms: notification.platforms(),
        expiration: notification.expiration(),
        display_time_to_live: notification.display_time_to_live(),
        request_digest: Digest::of(&["d"]),
        create_only: false,
        asks: false,
        id: Guid::parse(ID).unwrap(),
        now: at(NOW),
    };
    match append(None, Head::default(), &post) {
        Appended::Created(entry) => entry,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_etag_changes_with_content_and_with_states_and_with_nothing_else() {
    let entry = entry();
    let etag = view::etag(&entry);
    assert_eq!(etag, "\"1.1\"");
    let replaced = Entry {
        revision: 2,
        seq: Seq::new(2),
        ..entry
    };
    let changed = Entry {
        seq: Seq::new(2),
        ..entry
    };
    let other = Entry {
        revision: 11,
        seq: Seq::new(1),
        ..entry
    };
    let tags = [&replaced, &changed, &other].map(view::etag);
    assert_eq!(tags, ["\"2.2\"", "\"1.2\"", "\"11.1\""]);
    assert_eq!(view::etag(&entry), etag);
    // RFC 9110 §8.8.3: a strong tag in quotes, of visible characters without a quote.
    for tag in tags {
        let inner = tag.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
        assert!(
            !inner.is_empty()
                && inner
                    .bytes()
                    .all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte))
        );
    }
}

/// "The whole seconds left, not counting the one that is running (60 asked → 59 straight away);
/// never negative; `null` when none was asked."
#[test]
fn the_display_time_that_is_left() {
    let entry = entry();
    for (passed, left) in [
        (0, 59),
        (1, 59),
        (999, 59),
        (1000, 58),
        (1001, 58),
        (58_999, 1),
        (59_000, 0),
        (60_000, 0),
        (61_000, 0),
        (10_000_000, 0),
    ] {
        let now = at(NOW + passed);
        assert_eq!(entry.display_seconds_left(now), Some(left), "{passed}");
    }
    let unasked = Entry {
        display_time_to_live: None,
        ..entry
    };
    assert_eq!(unasked.display_seconds_left(at(NOW)), None);
}

#[test]
fn an_item_leaves_at_its_instant_or_when_it_is_deleted() {
    let entry = entry();
    let expiration = NOW + 604_800_000;
    for (now, live) in [(NOW, true), (expiration - 1, true), (expiration, false)] {
        assert_eq!(entry.is_live(at(now)), live, "{now}");
        let deleted = Entry {
            deleted: Some(notifeed::feed::DeletedBy::Receiver),
            ..entry
        };
        assert!(!deleted.is_live(at(now)), "{now}");
    }
}

#[test]
fn spellings_of_the_receiver_s_view() {
    let read = ReadState::ALL.map(ReadState::as_str);
    assert_eq!(read, ["unread", "read"]);
    let action = UserActionState::ALL.map(UserActionState::as_str);
    assert_eq!(
        action,
        ["noInteraction", "activated", "dismissed", "snoozed"]
    );
    let status = NotificationStatus::ALL.map(NotificationStatus::as_str);
    assert_eq!(status, ["active", "updated"]);
    for (revision, status) in [(1, "active"), (2, "updated"), (3, "updated")] {
        let entry = Entry {
            revision,
            ..entry()
        };
        assert_eq!(entry.status().as_str(), status);
    }
    for state in ReadState::ALL {
        assert_eq!(ReadState::parse(state.as_str()), Some(state));
    }
    for state in UserActionState::ALL {
        assert_eq!(UserActionState::parse(state.as_str()), Some(state));
    }
    assert_eq!(ReadState::parse("Read"), None);
    assert_eq!(UserActionState::parse("Dismissed"), None);
}

#[test]
fn both_receivers_views_to_the_byte() {
    let entry = entry();
    let content = notification(BODY).content_text();
    let rest = format!(
        r#""id":"{ID}","appNotificationId":null,"targetHostName":"a","groupName":null,"priority":"None","payload":{{"rawContent":"r"}},"targetPolicy":{{"platformTypes":["Windows","iOS","Android","WebPush"]}},"fallbackPolicy":null,"createdDateTime":"2019-10-21T22:05:36.25Z","lastModifiedDateTime":"2019-10-21T22:05:36.25Z","expirationDateTime":"2019-10-28T22:05:36.25Z","displayTimeToLive":59,"readState":"unread","userActionState":"noInteraction","status":"active"}}"#
    );
    let receiver = view::receiver(&entry, &content, None, at(NOW));
    assert_eq!(receiver, format!("{{{rest}"));
    let entity = view::receiver_entity(&entry, &content, None, "m@x", &context());
    assert_eq!(
        entity,
        format!(
            r#"{{"@odata.context":"https://graph.microsoft.com/beta/$metadata#users('m%40x')/notifications/$entity",{rest}"#
        )
    );
}

#[test]
fn a_list_token_goes_on_below_its_place_in_its_feed_only() {
    for below in [0, 1, 12, i64::MAX] {
        let token = ListToken {
            epoch: EPOCH,
            below,
        };
        assert_eq!(ListToken::parse(&token.to_string(), EPOCH), Ok(token));
        let foreign = ListToken::parse(&token.to_string(), OTHER);
        let code = foreign.map_err(|problem| problem.code);
        assert_eq!(code, Err(ErrorCode::SyncStateNotFound));
    }
}

#[test]
fn a_delta_token_keeps_position_content_and_bound_apart() {
    let token = DeltaToken {
        epoch: EPOCH,
        known: Known {
            position: Seq::new(5),
            content: Seq::new(3),
            newest: None,
        },
        bound: Seq::new(9),
        fresh: false,
    };
    let text = token.to_string();
    assert_eq!(DeltaToken::parse(&text, EPOCH, Seq::ZERO), Ok(token));
    let foreign = DeltaToken::parse(&text, OTHER, Seq::ZERO);
    let code = foreign.map_err(|problem| problem.code);
    assert_eq!(code, Err(ErrorCode::SyncStateNotFound));
}

#[test]
fn a_token_that_was_cut_or_lengthened_or_is_of_the_other_kind_is_none() {
    let list = ListToken {
        epoch: EPOCH,
        below: 12,
    };
    let delta = DeltaToken {
        epoch: EPOCH,
        known: Known::all_up_to(Seq::new(3)),
        bound: Seq::new(9),
        fresh: false,
    };
    let (list, delta) = (list.to_string(), delta.to_string());
    let is_list = |text: &str| ListToken::parse(text, EPOCH).is_ok();
    let is_delta = |text: &str| DeltaToken::parse(text, EPOCH, Seq::ZERO).is_ok();
    assert!(is_list(&list) && !is_delta(&list));
    assert!(is_delta(&delta) && !is_list(&delta));
    let cursor = Cursor::all_up_to(EPOCH, Seq::new(3)).to_string();
    assert!(!is_list(&cursor) && !is_delta(&cursor));
    for token in [list, delta] {
        let bytes = base64url_decode(&token).unwrap();
        for length in 0..bytes.len() {
            let cut: Vec<u8> = bytes.iter().copied().take(length).collect();
            let cut = base64url_encode(&cut);
            // A delta token of one number less is no list token either: its first byte says so. (Of two
            // numbers more it is that of a client which asked for the newest items.)
            assert!(!is_list(&cut) && !is_delta(&cut), "{length}");
        }
        for more in [1, 7, 8, 15, 17, 24] {
            let longer = [bytes.clone(), vec![0; more]].concat();
            let longer = base64url_encode(&longer);
            assert!(!is_list(&longer) && !is_delta(&longer), "{more}");
        }
        assert!(!is_list(&format!("{token}=")) && !is_delta(&format!("{token}=")));
    }
}

#[test]
fn a_delta_begins_at_a_cursor_and_is_bound_by_the_head() {
    let head = Seq::new(9);
    let known = Known {
        position: Seq::new(9),
        content: Seq::new(2),
        newest: None,
    };
    let cursor = Cursor {
        epoch: EPOCH,
        known,
    };
    let begun = DeltaToken::begin(Some(&cursor.to_string()), EPOCH, head, Seq::ZERO);
    assert_eq!(
        begun.map(|token| (token.known, token.bound)),
        Ok((known, head))
    );
    let fresh = DeltaToken::begin(None, EPOCH, head, Seq::ZERO);
    assert_eq!(
        fresh.map(|token| (token.epoch, token.known, token.bound)),
        Ok((EPOCH, Known::NOTHING, head))
    );
}

#[test]
fn a_page_to_the_byte() {
    let values = [String::from("{\"a\":1}"), String::from("{}")];
    let link = Some(("@odata.nextLink", "https://x/?$skiptoken=\"t\""));
    for (values, link, page) in [
        (
            &values[..],
            link,
            r#"{"@odata.context":"c","value":[{"a":1},{}],"@odata.nextLink":"https://x/?$skiptoken=\"t\""}"#,
        ),
        (
            &values[..1],
            None,
            r#"{"@odata.context":"c","value":[{"a":1}]}"#,
        ),
        (&[], None, r#"{"@odata.context":"c","value":[]}"#),
    ] {
        assert_eq!(page::render("c", None, values, link), page);
    }
}

#[test]
fn what_is_gone_leaves_its_id_in_a_delta() {
    assert_eq!(
        page::removed(Guid::parse(ID).unwrap(), "deleted"),
        format!(r#"{{"id":"{ID}","@removed":{{"reason":"deleted"}}}}"#)
    );
}

/// A Hub for each issuer, tenant, subject and host (CONTRACT §2; the name is a SHA-256, FIPS 180-4).
#[test]
fn a_hub_is_a_user_s_of_one_host() {
    let user = |issuer: &str, tenant: &str, subject: &str| User {
        issuer: String::from(issuer),
        tenant: String::from(tenant),
        subject: String::from(subject),
        other_subjects: vec![String::from("other")],
        principal_name: String::from("megan@contoso.com"),
    };
    let host = HostName::parse("h").unwrap();
    let name = hub_name(&user("i", "t", "s"), &host);
    let mut named = vec![name];
    for (user, host) in [
        (user("j", "t", "s"), "h"),
        (user("i", "u", "s"), "h"),
        (user("i", "t", "r"), "h"),
        (user("i", "t", "s"), "g"),
        (user("it", "", "s"), "h"),
        (user("i", "ts", ""), "h"),
        (user("", "it", "s"), "h"),
        (user("i", "t", "sh"), ""),
        (user("t", "i", "s"), "h"),
    ] {
        named.push(hub_name_of(&user.issuer, &user.tenant, &user.subject, host));
    }
    for (place, name) in named.iter().enumerate() {
        assert!(!named.iter().skip(place + 1).any(|other| other == name));
    }
    let renamed = User {
        other_subjects: Vec::new(),
        principal_name: String::from("megan.b@contoso.com"),
        ..user("i", "t", "s")
    };
    assert_eq!(hub_name(&renamed, &host), name);
    // Recorded: every user's feed would be lost with another one.
    assert_eq!(
        name.as_str(),
        "f7855258bb13d1961ea0cd520267044689e47813cade4f36b3d620a5196d7482"
    );
}
