//! CONTRACT §3: subscription ids, what is remembered of tokens, keys of issuers, the registry.

use notifeed::credentials::issuer::Algorithm;
use notifeed::credentials::jwks::{Freshness, KeySet, KeySetError};
use notifeed::credentials::memory::Memory;
use notifeed::credentials::subscription_id::{
    HubId, Key, LIFETIME, MAX_KEY_ID, MAX_LENGTH, SubscriptionId, SubscriptionIdError,
};
use notifeed::credentials::{App, base64url_decode, base64url_encode};
use notifeed::guid::Guid;
use notifeed::notification::HostName;
use notifeed::time::Duration;

use super::{NOW, at};

fn key(id: &str, byte: u8) -> Key {
    Key {
        id: String::from(id),
        secret: vec![byte; 32],
    }
}

fn hub(digits: &str) -> HubId {
    HubId::parse(&digits.repeat(4)).unwrap()
}

fn id(expires: i64) -> SubscriptionId {
    SubscriptionId {
        hub: hub("0123456789abcdef"),
        subscription: Guid::random_v4([9; 16]),
        expires: at(expires),
    }
}

/// Whole seconds; what is beyond is cut: an id never works longer than was promised.
const EXPIRES: i64 = 1_790_000_000_000;

#[test]
fn an_id_works_until_its_instant_and_no_longer() {
    let keys = [key("k", 7)];
    for rest in [0, 1, 999] {
        let text = id(EXPIRES + rest).sign(&keys[0]);
        for (now, expected) in [
            (EXPIRES - 1, Ok(id(EXPIRES))),
            (EXPIRES, Err(SubscriptionIdError::Expired)),
            (EXPIRES + 1000, Err(SubscriptionIdError::Expired)),
        ] {
            let verdict = SubscriptionId::verify(&text, &keys, at(now));
            assert_eq!(verdict, expected, "{rest} {now}");
        }
    }
    assert_eq!(LIFETIME.millis(), 30 * 86_400_000);
}

#[test]
fn an_id_survives_the_rotation_of_keys_for_as_long_as_its_key_is_live() {
    let (old, new, other) = (key("2026-10", 1), key("2026-11", 2), key("x", 3));
    let verify = |text: &str, keys: &[Key]| SubscriptionId::verify(text, keys, at(NOW)).is_ok();
    let (before, after) = (id(EXPIRES).sign(&old), id(EXPIRES).sign(&new));
    for (keys, of_old, of_new) in [
        (vec![old.clone()], true, false),
        (vec![new.clone(), old.clone()], true, true),
        (vec![other.clone(), old, new.clone()], true, true),
        (vec![new], false, true),
        (vec![other], false, false),
        (vec![], false, false),
    ] {
        let names: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(verify(&before, &keys), of_old, "{names:?}");
        assert_eq!(verify(&after, &keys), of_new, "{names:?}");
    }
}

/// `v1.{key id}.{base64url(Hub id ‖ subscription id ‖ expiry)}.{base64url(HMAC-SHA-256)}`.
#[test]
fn an_id_says_what_it_says_and_fits() {
    let longest = "k".repeat(MAX_KEY_ID);
    assert_eq!((MAX_KEY_ID, MAX_LENGTH), (32, 256));
    let text = id(EXPIRES).sign(&key(&longest, 7));
    assert!(text.len() <= MAX_LENGTH);
    let parts: Vec<_> = text.split('.').collect();
    let [format, name, said, signature] = parts[..] else {
        panic!("{text}");
    };
    assert_eq!((format, name), ("v1", longest.as_str()));
    let expected = [
        [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef].repeat(4),
        Guid::random_v4([9; 16]).as_bytes().to_vec(),
        1_790_000_000_u64.to_be_bytes().to_vec(),
    ];
    assert_eq!(base64url_decode(said), Some(expected.concat()));
    assert_eq!(
        base64url_decode(signature).map(|bytes| bytes.len()),
        Some(32)
    );
    // A secret of other bytes, and of the same bytes under another name, sign otherwise.
    for other in [key(&longest, 8), key("k", 7)] {
        let other = id(EXPIRES).sign(&other);
        assert_ne!(other.rsplit('.').next(), Some(signature));
    }
    // At most 256 characters are looked at; one of any more is none.
    let keys = [key(&"k".repeat(400), 7)];
    let long = id(EXPIRES).sign(&keys[0]);
    assert!(long.len() > MAX_LENGTH);
    let verdict = SubscriptionId::verify(&long, &keys, at(NOW));
    assert_eq!(verdict, Err(SubscriptionIdError::Forged));
    let just = key(&"k".repeat(MAX_LENGTH - text.len() + 32), 7);
    let just_text = id(EXPIRES).sign(&just);
    assert_eq!(just_text.len(), MAX_LENGTH);
    assert!(SubscriptionId::verify(&just_text, &[just], at(NOW)).is_ok());
}

#[test]
fn the_id_of_a_durable_object_is_64_digits() {
    let digits = "0123456789abcdef".repeat(4);
    assert_eq!(hub("0123456789abcdef").to_string(), digits);
    assert_eq!(hub("0123456789ABCDEF").to_string(), digits);
    assert_eq!(
        hub("f00f00f00f00f00f").to_string(),
        "f00f00f00f00f00f".repeat(4)
    );
    for text in [
        "",
        "0",
        &"0".repeat(63),
        &format!("{digits}0"),
        &digits.replace('f', "g"),
    ] {
        assert_eq!(HubId::parse(text), None, "{text}");
    }
}

#[test]
fn what_was_found_out_counts_until_its_instant() {
    let mut memory = Memory::new(2);
    memory.put("a", 1, at(100));
    for (now, known) in [(0, Some(1)), (99, Some(1)), (100, None), (101, None)] {
        assert_eq!(memory.get("a", at(now)), known, "{now}");
    }
}

/// A generation of n: what was used among the last n is there, of what wasn't among the last 2 n
/// nothing is.
#[test]
fn a_memory_forgets_what_nobody_asks_for() {
    let until = at(NOW);
    for generation in [1, 2, 5] {
        let mut memory = Memory::new(generation);
        for number in 0..=2 * generation {
            memory.put(number, (), until);
        }
        assert_eq!(memory.get(&0, at(0)), None, "{generation}");
        for number in generation + 1..=2 * generation {
            assert!(
                memory.get(&number, at(0)).is_some(),
                "{generation} {number}"
            );
        }
    }
    // A generation of none would remember nothing of what it was just told.
    let mut least = Memory::new(0);
    least.put("a", 1, until);
    assert_eq!(least.get("a", at(0)), Some(1));
    // The same again takes no room.
    let mut memory = Memory::new(2);
    for (key, value) in [("a", 1), ("b", 2), ("b", 3), ("b", 4)] {
        memory.put(key, value, until);
    }
    let known = ["a", "b"].map(|key| memory.get(key, at(0)));
    assert_eq!(known, [Some(1), Some(4)]);
}

const MINUTE: i64 = 60;

/// An issuer's keys are used for an hour; a key that isn't among them makes for another fetch, at
/// most one a minute; where there are none at all, at most one in 5 seconds.
#[test]
fn when_keys_are_fetched() {
    let hour = 60 * MINUTE;
    for (fetched, tried, found, due) in [
        (None, None, false, true),
        (None, Some(0), false, false),
        (None, Some(4), false, false),
        (None, Some(5), false, true),
        (Some(0), Some(0), true, false),
        (Some(hour - 1), Some(hour - 1), true, false),
        (Some(hour), Some(hour), true, true),
        (Some(hour), Some(MINUTE - 1), true, false),
        (Some(hour), Some(MINUTE), true, true),
        (Some(2 * hour), Some(5), true, false),
        (Some(30), Some(30), false, false),
        (Some(MINUTE - 1), Some(MINUTE - 1), false, false),
        (Some(MINUTE), Some(MINUTE), false, true),
        (Some(2 * MINUTE), Some(30), false, false),
    ] {
        let ago = |seconds: i64| at(NOW - seconds * 1000);
        let is_due = Freshness::DEFAULT.is_due(fetched.map(ago), tried.map(ago), found, at(NOW));
        assert_eq!(is_due, due, "{fetched:?} {tried:?} {found}");
    }
    // A pause that is set shorter than 5 seconds counts there too.
    let eager = Freshness {
        lifetime: Duration::from_millis(1000),
        pause: Duration::from_millis(10),
    };
    let ago = |millis: i64| Some(at(NOW - millis));
    assert!(!eager.is_due(None, ago(9), false, at(NOW)));
    assert!(eager.is_due(None, ago(10), false, at(NOW)));
}

fn bytes(count: usize) -> String {
    base64url_encode(&vec![0xb7; count])
}

fn key_set(keys: &[String]) -> Result<KeySet, KeySetError> {
    KeySet::parse(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes())
}

/// RSA of 2048 (RFC 7518 §3.3) to 8192 bits, P-256 and Ed25519 of 256.
#[test]
fn keys_of_other_lengths_are_passed_over() {
    let rsa =
        |n: usize, e: usize| format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, bytes(n), bytes(e));
    let p256 = |x: usize, y: usize| {
        let (x, y) = (bytes(x), bytes(y));
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#)
    };
    let ed25519 = |x: usize| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, bytes(x));
    for (key, usable) in [
        (rsa(255, 3), false),
        (rsa(256, 3), true),
        (rsa(1024, 3), true),
        (rsa(1025, 3), false),
        (rsa(256, 0), false),
        (rsa(256, 1), true),
        (rsa(256, 4), true),
        (rsa(256, 5), false),
        (p256(32, 32), true),
        (p256(31, 32), false),
        (p256(32, 31), false),
        (p256(33, 32), false),
        (p256(32, 33), false),
        (ed25519(32), true),
        (ed25519(31), false),
        (ed25519(33), false),
    ] {
        assert_eq!(
            key_set(std::slice::from_ref(&key)).is_ok(),
            usable,
            "{key:.60}"
        );
    }
}

#[test]
fn a_key_set_has_a_size_and_a_number_of_keys() {
    let ed25519 = |id: usize| {
        let x = bytes(32);
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","kid":"{id}"}}"#)
    };
    let keys: Vec<_> = (0..101).map(ed25519).collect();
    assert_eq!(key_set(&keys), Err(KeySetError::TooManyKeys));
    let keys = key_set(keys.get(..100).unwrap()).unwrap();
    let found = keys.select(Algorithm::EdDsa, Some("99"));
    assert_eq!(found.map(|(place, _)| place), Some(99));

    let text = format!(r#"{{"keys":[{}]}}"#, ed25519(0));
    for (size, read) in [(256 * 1024, true), (256 * 1024 + 1, false)] {
        let padded = text.clone() + &" ".repeat(size - text.len());
        assert_eq!(KeySet::parse(padded.as_bytes()).is_ok(), read, "{size}");
    }
}

#[test]
fn a_registry_key_has_at_most_512_bytes() {
    for (issuer, app, length) in [
        ("i", "a".repeat(506), Some(512)),
        ("i", "a".repeat(507), None),
        // Percent-encoded: three bytes each.
        ("i", "/".repeat(168), Some(510)),
        ("i", "/".repeat(169), None),
        ("ii", "a".repeat(506), None),
    ] {
        let key = App::registry_key(issuer, &app);
        assert_eq!(key.map(|key| key.len()), length, "{issuer} {}", app.len());
    }
}

#[test]
fn an_app_that_nobody_registered_has_no_host_and_is_not_blocked() {
    let app = App::unregistered();
    assert!(app.hosts.is_empty() && !app.blocked);
    // A name that is none is passed over.
    let entry = r#"{"hosts":["a.example","B.example","","1.2.3.4","a b"]}"#;
    let registered: App = serde_json::from_str(entry).unwrap();
    assert_eq!(registered.hosts.len(), 2);
    assert!(!registered.blocked);
    for (host, has) in [
        ("a.example", true),
        ("b.example", true),
        ("c.example", false),
        ("A.example", true),
        ("a.example.com", false),
    ] {
        let name = HostName::parse(host).unwrap();
        assert_eq!(registered.has_host(&name), has, "{host}");
        assert!(!app.has_host(&name), "{host}");
    }
}
