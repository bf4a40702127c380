//! How values of the contract are spelled, read back and refused, between the parts of a server too.

use notifeed::credentials::configuration::issuers;
use notifeed::digest::Digest;
use notifeed::guid::Guid;
use notifeed::json::{self, Value};
use notifeed::notification::{CanonicalError, Platform, PlatformSet, Priority};
use notifeed::policy::PolicyError;
use notifeed::request::origin::OriginsError;
use notifeed::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{NOW, at};

const ID: &str = "119081f2-f19d-4fa8-817c-7e01092c0f7d";

/// Writes `value` as `text` and reads it back, and reads nothing of `refused`.
fn passes<T>(value: T, text: &str, refused: &[&str])
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    assert_eq!(serde_json::to_string(&value).unwrap(), text);
    assert_eq!(serde_json::from_str::<T>(text).unwrap(), value);
    for text in refused {
        assert!(serde_json::from_str::<T>(text).is_err(), "{text}");
    }
}

#[test]
fn between_the_parts_of_a_server() {
    passes(at(NOW), "1571695536250", &["\"x\"", "253402300800000"]);
    passes(at(-1), "-1", &["-62135596800001", "null"]);
    passes(Timestamp::MAX, "253402300799999", &[]);
    let id = Guid::parse(ID).unwrap();
    passes(id, &format!("\"{ID}\""), &["\"x\"", "5", "\"\""]);
    for (platform, text) in [
        (Platform::Windows, "\"Windows\""),
        (Platform::Ios, "\"iOS\""),
        (Platform::Android, "\"Android\""),
        (Platform::WebPush, "\"WebPush\""),
    ] {
        passes(platform, text, &["\"Symbian\"", "1"]);
    }
    for (priority, text) in [
        (Priority::None, "\"None\""),
        (Priority::High, "\"High\""),
        (Priority::Low, "\"Low\""),
    ] {
        passes(priority, text, &["\"Medium\"", "null"]);
    }
}

#[test]
fn platforms_as_a_number() {
    for (platform, bits) in [
        (Platform::Windows, 1),
        (Platform::Ios, 2),
        (Platform::Android, 4),
        (Platform::WebPush, 8),
    ] {
        assert_eq!(PlatformSet::of(platform).bits(), bits);
        assert_eq!(
            PlatformSet::from_bits(bits),
            Some(PlatformSet::of(platform))
        );
        assert_eq!(Platform::parse(&platform.to_string()), Some(platform));
    }
    for bits in 0..=u8::MAX {
        let set = PlatformSet::from_bits(bits);
        assert_eq!(set.map(PlatformSet::bits), (bits < 16).then_some(bits));
        let Some(set) = set else { continue };
        assert_eq!(set.is_empty(), bits == 0);
        assert_eq!(set.iter().count(), bits.count_ones() as usize);
        let mut again = PlatformSet::EMPTY;
        for platform in set.iter() {
            assert!(set.contains(platform) && !again.contains(platform));
            again.insert(platform);
        }
        assert_eq!(again, set);
        for other in (0..16).filter_map(PlatformSet::from_bits) {
            assert_eq!(set.union(other).bits(), bits | other.bits());
            assert_eq!(set.difference(other).bits(), bits & !other.bits());
        }
    }
    assert_eq!(PlatformSet::ALL.bits(), 15);
}

#[test]
fn a_json_value_is_of_one_kind() {
    let document = json::read(br#"[null,true,false,1.50,"t",[1],{"a":2,"a":3}]"#).unwrap();
    let Value::Array(elements) = &document.value else {
        panic!("{document:?}");
    };
    let kinds: Vec<_> = elements.iter().map(Value::kind).collect();
    let expected = [
        "null",
        "a boolean",
        "a boolean",
        "a number",
        "a string",
        "an array",
        "an object",
    ];
    assert_eq!(kinds, expected);
    for (place, value) in elements.iter().enumerate() {
        assert_eq!(value.is_null(), place == 0);
        let boolean = [(1, true), (2, false)];
        let boolean = boolean.into_iter().find(|(at, _)| *at == place);
        assert_eq!(value.as_bool(), boolean.map(|(_, value)| value));
        let number = value.as_number().map(|number| number.as_str().to_owned());
        assert_eq!(number, (place == 3).then(|| String::from("1.50")));
        assert_eq!(value.as_str(), (place == 4).then_some("t"));
        assert_eq!(value.as_array().map(<[_]>::len), (place == 5).then_some(1));
        let object = value.as_object();
        let members = object.map(|object| (object.len(), object.is_empty()));
        assert_eq!(members, (place == 6).then_some((2, false)));
        let first = object.and_then(|object| object.get("a")?.as_number());
        let first = first.map(|number| number.as_str().to_owned());
        assert_eq!(first, (place == 6).then(|| String::from("2")));
    }
    let empty = json::read(b"{}").unwrap();
    assert!(empty.value.as_object().is_some_and(json::Object::is_empty));
}

/// RFC 9562 §5.4.
#[test]
fn a_random_guid_is_version_4() {
    for (random, text) in [
        ([0; 16], "00000000-0000-4000-8000-000000000000"),
        ([0xff; 16], "ffffffff-ffff-4fff-bfff-ffffffffffff"),
    ] {
        let id = Guid::random_v4(random);
        assert_eq!(id.to_string(), text);
        assert_eq!(Guid::parse(&text.to_uppercase()), Ok(id));
        assert_eq!(Guid::from_bytes(*id.as_bytes()), id);
    }
    for text in [
        "",
        "119081f2",
        "119081f2f19d4fa8817c7e01092c0f7d",
        "{119081f2-f19d-4fa8-817c-7e01092c0f7d}",
        "119081f2-f19d-4fa8-817c-7e01092c0f7",
        "119081f2-f19d-4fa8-817c-7e01092c0f7dd",
        "119081f2-f19d-4fa8-817c-7e01092c0f7g",
        "119081f2-f19d-4fa8-817c07e01092c0f7d",
        "119081f21f19d-4fa8-817c-7e01092c0f7d",
    ] {
        assert!(Guid::parse(text).is_err(), "{text}");
    }
}

/// For each text its length, 8 bytes big endian, and then itself.
#[test]
fn digests_of_lists() {
    let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Digest::of(&[]).as_str(), of_nothing);
    assert_eq!(
        Digest::of(&["abc"]).as_str(),
        "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f"
    );
    let lists: [&[&str]; 7] = [
        &["ab", "c"],
        &["a", "bc"],
        &["abc", ""],
        &["", "abc"],
        &["c", "ab"],
        &["abc"],
        &[""],
    ];
    let upper = of_nothing.to_uppercase();
    for other in ["", "e3b0", &upper, &of_nothing.replace('e', "g")] {
        assert_eq!(Digest::parse(other), None, "{other}");
    }
    let digests = lists.map(Digest::of);
    for (place, digest) in digests.iter().enumerate() {
        assert!(!digests.iter().skip(place + 1).any(|other| other == digest));
        assert_eq!(Digest::parse(digest.as_str()), Some(*digest));
    }
}

/// The logged text says what is wrong.
#[test]
fn our_own_errors_have_a_sentence() {
    let id = Guid::parse("x").unwrap_err().to_string();
    let setting = issuers("", false).unwrap_err().to_string();
    for (said, about) in [
        (id, "GUID"),
        (setting, "ISSUERS"),
        (CanonicalError.to_string(), "canonical"),
        (OriginsError.to_string(), "https://"),
        (PolicyError::Retention.to_string(), "2592000"),
    ] {
        assert!(said.contains(about), "{said}");
    }
}
