//! Any bytes as a request body: no panic, a verdict that keeps its own rules, a canonical text that
//! is its own canonical text, and a JSON reader that agrees with serde_json on what JSON is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use notifeed::error::Problem;
use notifeed::http::MAX_BODY_BYTES;
use notifeed::json::{self, SyntaxErrorKind, Writer};
use notifeed::notification::Notification;
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::time::Timestamp;
use notifeed::verdict::{Verdict, validate};
use notifeed::violation::MAX_LISTED;

/// 2019-10-21T22:05:36.25Z
const NOW: i64 = 1_571_695_536_250;

fuzz_target!(|body: &[u8]| {
    reads_what_serde_json_reads(body);
    let now = Timestamp::from_unix_millis(NOW).expect("a valid instant");
    let longest = Policy::new(2_592_000, ThrottleStatus::TooManyRequests).expect("a valid policy");
    for policy in [Policy::DEFAULT, longest] {
        let verdict = validate(body, now, &policy);
        keeps_its_own_rules(&verdict);
        if let Ok(accepted) = &verdict.outcome {
            is_canonical(accepted.notification(), now, &policy);
            let asked = accepted.request_text();
            if asked.as_str().len() <= MAX_BODY_BYTES {
                let again = validate(asked.as_str().as_bytes(), now, &policy).outcome;
                assert_eq!(
                    again.expect("a request text is a request").request_text(),
                    asked
                );
            }
        }
    }
});

/// The text face and the envelope of a verdict are JSON, and say something.
fn keeps_its_own_rules(verdict: &Verdict) {
    let text = verdict.to_json();
    let face: serde_json::Value = serde_json::from_str(&text).expect("the text face is JSON");
    assert_eq!(face["ok"], verdict.outcome.is_ok());
    assert!(verdict.warnings.len() <= MAX_LISTED);
    for warning in &verdict.warnings {
        assert!(warning.message.ends_with(['.', '?']), "{warning:?}");
    }
    if let Err(violations) = &verdict.outcome {
        let count = violations.iter().count();
        assert!((1..=MAX_LISTED).contains(&count));
        for violation in violations {
            assert!(violation.message.ends_with(['.', '?']), "{violation:?}");
            // The first row of the table rules; what isn't listed may lie before what is.
            assert!(violations.error_code() <= violation.row, "{violations:?}");
        }
        let problem = Problem::from(violations);
        assert_eq!(problem.details.len(), count);
        assert!(matches!(
            problem.code.status(&Policy::DEFAULT),
            400 | 401 | 413
        ));
    }
}

/// The canonical text is read back whatever its length, and its verdict is the same text again.
fn is_canonical(notification: &Notification, now: Timestamp, policy: &Policy) {
    let text = notification.canonical();
    let read = Notification::from_canonical(&text);
    assert_eq!(read.as_ref(), Ok(notification));
    if text.as_str().len() <= MAX_BODY_BYTES {
        let verdict = validate(text.as_str().as_bytes(), now, policy);
        assert_eq!(verdict.warnings, []);
        let accepted = verdict.outcome.expect("canonical text is a request");
        assert_eq!(accepted.notification(), notification);
        assert_eq!(accepted.request_text().as_str(), text.as_str());
    }
}

/// The differences that the contract wants: a byte order mark is skipped, lone surrogates are a
/// fault and no error, and there is a limit to depth. serde_json folds duplicate names silently.
fn reads_what_serde_json_reads(text: &[u8]) {
    let without_mark = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let theirs = serde_json::from_slice::<serde_json::Value>(without_mark);
    match json::read(text) {
        Ok(document) => {
            let mut writer = Writer::new();
            document.value.write(&mut writer);
            let written = writer.finish();
            let read: serde_json::Value =
                serde_json::from_str(&written).expect("what was read is written as JSON");
            match theirs {
                Ok(theirs) => assert_eq!(read, theirs, "{written}"),
                Err(error) => assert!(
                    document
                        .ambiguities
                        .iter()
                        .any(|fault| fault.kind == json::AmbiguityKind::LoneSurrogate)
                        || document.more_ambiguities,
                    "serde_json refuses what ours reads: {error}"
                ),
            }
        }
        Err(error) if error.kind == SyntaxErrorKind::TooDeep => {}
        Err(error) => assert!(
            theirs.is_err(),
            "serde_json reads what ours refuses: {error}"
        ),
    }
}
