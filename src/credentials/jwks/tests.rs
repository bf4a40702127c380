//! Key sets: which keys are usable, which is chosen, and when a set is fetched.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test may fail by panicking"
)]

use super::*;
use crate::credentials::base64url_encode;

fn bytes(count: usize) -> String {
    base64url_encode(&vec![0xb7; count])
}

fn rsa(rest: &str) -> String {
    format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"{rest}}}"#, bytes(256))
}

fn set(keys: &[String]) -> Result<KeySet, KeySetError> {
    KeySet::parse(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes())
}

#[test]
fn a_key_is_chosen_by_name_and_type() {
    let ec = format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}","kid":"e"}}"#,
        bytes(32)
    );
    let ed = format!(
        r#"{{"kty":"OKP","crv":"Ed25519","x":"{}","kid":"d"}}"#,
        bytes(32)
    );
    let pss = rsa(r#","kid":"p","alg":"PS256","use":"sig","key_ops":["verify"],"x5c":["…"]"#);
    let keys = set(&[rsa(r#","kid":"r""#), ec, ed, pss]).unwrap();
    let place = |algorithm, id| keys.select(algorithm, id).map(|(place, _)| place);
    assert_eq!(place(Algorithm::Rs256, Some("r")), Some(0));
    assert_eq!(place(Algorithm::Ps256, Some("r")), Some(0));
    assert_eq!(place(Algorithm::Es256, Some("e")), Some(1));
    assert_eq!(place(Algorithm::EdDsa, None), Some(2));
    assert_eq!(place(Algorithm::Ps256, Some("p")), Some(3));
    assert_eq!(place(Algorithm::Rs256, Some("p")), None);
    assert_eq!(place(Algorithm::Rs256, None), Some(0));
    assert_eq!(place(Algorithm::Ps256, None), None);
    assert_eq!(place(Algorithm::Es256, Some("r")), None);
    for id in [None, Some("r"), Some("e")] {
        assert_eq!(place(Algorithm::Hs256, id), None);
    }
    let (_, key) = keys.select(Algorithm::EdDsa, None).unwrap();
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, bytes(32));
    assert_eq!(key.to_jwk(), jwk);
}

#[test]
fn what_is_passed_over() {
    let short = rsa("").replace(&bytes(256), &bytes(128));
    let secret = format!(r#"{{"kty":"oct","k":"{}"}}"#, bytes(32));
    let p384 = format!(
        r#"{{"kty":"EC","crv":"P-384","x":"{0}","y":"{0}"}}"#,
        bytes(48)
    );
    for unusable in [
        rsa(r#","use":"enc""#),
        rsa(r#","key_ops":["encrypt"]"#),
        rsa(r#","alg":"RS512""#),
        short,
        secret,
        p384,
        rsa("").replace("AQAB", "A=="),
        "5".to_owned(),
    ] {
        let alone = set(std::slice::from_ref(&unusable));
        assert_eq!(alone, Err(KeySetError::NoUsableKey), "{unusable}");
        assert!(set(&[unusable, rsa("")]).is_ok());
    }
}

#[test]
fn a_modulus_counts_by_its_bits_and_an_exponent_is_one() {
    let key = |n: &[u8], e: &str| {
        let n = base64url_encode(n);
        set(&[format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#)]).is_ok()
    };
    let of = |first: &[u8], rest: usize| [first, &vec![0xff; rest][..]].concat();
    for (modulus, usable) in [
        (of(&[0x80], 255), true),
        (of(&[0x7f], 255), false),
        (of(&[], 1024), true),
        (of(&[1], 1024), false),
        // Padded to the length of one that would do.
        (of(&[0], 256), false),
        (of(&[0; 128], 128), false),
        (Vec::new(), false),
    ] {
        assert_eq!(key(&modulus, "AQAB"), usable, "{:?}", modulus.first());
    }
    let modulus = of(&[0x80], 255);
    for (exponent, usable) in [
        ("Aw", true),
        ("AQAB", true),
        ("_____w", true),
        ("AQ", false),
        ("AA", false),
        ("AAEAAQ", false),
        ("AQAAAAE", false),
    ] {
        assert_eq!(key(&modulus, exponent), usable, "{exponent}");
    }
}

#[test]
fn a_key_that_accepts_what_anybody_signs_is_none() {
    let key = |x: &[u8]| {
        let x = base64url_encode(x);
        set(&[format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)])
    };
    for point in SMALL_ORDER {
        let mut x: Vec<u8> = (0..32)
            .map(|place| u8::from_str_radix(&point[2 * place..2 * place + 2], 16).unwrap())
            .collect();
        for sign in [0, 0x80] {
            *x.last_mut().unwrap() |= sign;
            assert_eq!(key(&x), Err(KeySetError::NoUsableKey), "{point} {sign}");
        }
    }
    // The base point, and one that differs from a refused one in a bit.
    assert!(key(&[&[0x58][..], &[0x66; 31]].concat()).is_ok());
    assert!(key(&[&[2][..], &[0; 31]].concat()).is_ok());
}

#[test]
fn a_set_of_more_keys_than_are_looked_through_is_refused_whole() {
    let keys = |count: usize| -> Vec<String> {
        let keys = (0..count).map(|number| rsa(&format!(r#","kid":"{number}""#)));
        keys.chain([rsa(r#","use":"enc""#)]).collect()
    };
    let most = set(&keys(MAX_KEYS)).unwrap();
    assert!(most.select(Algorithm::Rs256, Some("99")).is_some());
    assert_eq!(set(&keys(MAX_KEYS + 1)), Err(KeySetError::TooManyKeys));
}

#[test]
fn what_is_no_key_set() {
    let large = format!(
        r#"{{"keys":[{}],"x":"{}"}}"#,
        rsa(""),
        "x".repeat(MAX_JWKS_BYTES)
    );
    for (text, error) in [
        ("", KeySetError::Malformed),
        ("[]", KeySetError::Malformed),
        ("{}", KeySetError::Malformed),
        (r#"{"keys":{}}"#, KeySetError::Malformed),
        (r#"{"keys":[]}"#, KeySetError::NoUsableKey),
        ("<html>", KeySetError::Malformed),
        (&large, KeySetError::TooLarge),
    ] {
        assert_eq!(KeySet::parse(text.as_bytes()), Err(error), "{text:.40}");
    }
}

#[test]
fn when_it_is_fetched() {
    let at = |seconds: i64| Some(Timestamp::saturating_from_unix_millis(seconds * 1000));
    let due = |fetched, tried, found| {
        Freshness::DEFAULT.is_due(fetched, tried, found, at(10_000).unwrap())
    };
    assert!(due(None, None, false));
    assert!(!due(None, at(9_996), false));
    assert!(due(None, at(9_995), false));
    assert!(!due(at(6_401), at(6_401), true));
    assert!(due(at(6_400), at(6_400), true));
    assert!(!due(at(6_400), at(9_941), true));
    assert!(!due(at(9_941), at(9_941), false));
    assert!(due(at(9_940), at(9_940), false));
}
