//! The vectors of `tests/vectors/body`, natively: the verdict's text to the byte, and the answer of
//! a service that has the vector's clock.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

#[path = "vectors/cases.rs"]
mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cases::{Case, Expected, Finding};
use notifeed::digest::Digest;
use notifeed::error::Problem;
use notifeed::feed::append::{Appended, Head, Post, append};
use notifeed::feed::view;
use notifeed::feed::view::Sent;
use notifeed::guid::Guid;
use notifeed::http::MAX_BODY_BYTES;
use notifeed::json::JsonText;
use notifeed::notification::Notification;
use notifeed::request::{ApiVersion, Context};
use notifeed::verdict::{Accepted, Verdict, validate};
use notifeed::violation::{ViolationCode, WarningCode};

fn judge(case: &Case) -> Verdict {
    validate(&case.body, case.now, &case.policy)
}

/// The sentences of the verdict: the violations', then the warnings'.
fn sentences(verdict: &Verdict) -> Vec<&str> {
    let violations = verdict.outcome.as_ref().err().into_iter().flatten();
    let violations = violations.map(|violation| violation.message.as_str());
    let warnings = verdict
        .warnings
        .iter()
        .map(|warning| warning.message.as_str());
    violations.chain(warnings).collect()
}

/// `UPDATE_SENTENCES=1 cargo test --test vectors` records what is said now; then read the diff.
#[test]
fn sentences_are_as_recorded() {
    if std::env::var_os("UPDATE_SENTENCES").is_none() {
        for case in cases::all() {
            let verdict = judge(&case);
            assert_eq!(sentences(&verdict), case.sentences, "{}", case.name);
        }
        return;
    }
    let mut lines = Vec::new();
    for case in cases::all() {
        let verdict = judge(&case);
        let said = sentences(&verdict);
        if !said.is_empty() {
            let name = serde_json::to_string(&case.name).expect("JSON");
            let said: Vec<_> = said
                .iter()
                .map(|said| serde_json::to_string(said).expect("JSON"))
                .collect();
            lines.push(format!("  {name}: [\n    {}\n  ]", said.join(",\n    ")));
        }
    }
    let file = folder().join("sentences.json");
    std::fs::write(file, format!("{{\n{}\n}}\n", lines.join(",\n"))).expect("a file to write to");
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

#[test]
fn every_verdict_to_the_byte() {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let verdict = judge(&case).to_json();
        if verdict != case.verdict() {
            wrong.push(format!(
                "{}\n  got      {verdict}\n  expected {}",
                case.name,
                case.verdict()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_refused_has_its_status_and_all_details() {
    for case in cases::all() {
        let Expected::Refused {
            status, violations, ..
        } = &case.expected
        else {
            continue;
        };
        let found = judge(&case).outcome.expect_err(&case.name);
        let problem = Problem::from(&found);
        assert_eq!(
            i64::from(problem.code.status(&case.policy)),
            *status,
            "{}",
            case.name
        );
        let details: Vec<_> = problem
            .details
            .iter()
            .map(|detail| (detail.code.as_str(), &*detail.target))
            .collect();
        let expected: Vec<_> = violations
            .iter()
            .map(|found| (&*found.code, &*found.path))
            .collect();
        assert_eq!(details, expected, "{}", case.name);
    }
}

/// The answer of a service that has this clock, and gives this id.
fn answer(case: &Case, accepted: &Accepted) -> String {
    let context = Context {
        now: case.now,
        request_id: Guid::from_bytes([0; 16]),
        client_request_id: None,
        origin: case.origin.clone(),
        version: ApiVersion::Beta,
        readers: notifeed::request::origin::Readers::All,
    };
    let post = Post {
        platforms: accepted.notification().platforms(),
        expiration: accepted.notification().expiration(),
        display_time_to_live: accepted.notification().display_time_to_live(),
        request_digest: Digest::of(&[]),
        create_only: false,
        asks: false,
        id: Guid::parse(&case.id).expect("an id"),
        now: case.now,
    };
    let Appended::Created(entry) = append(None, Head::default(), &post) else {
        panic!("{}: nothing was there to be replaced", case.name);
    };
    let sent = Sent::of(accepted.notification());
    view::sender(&entry, &sent, &case.user, &context)
}

#[test]
fn what_is_accepted_has_its_answer_and_is_read_back() {
    for case in cases::all() {
        let Expected::Accepted {
            canonical,
            response,
        } = &case.expected
        else {
            continue;
        };
        let accepted = judge(&case).outcome.expect(&case.name);
        assert_eq!(answer(&case, &accepted), *response, "{}", case.name);
        let read = Notification::from_canonical(&JsonText::stored(canonical.clone()));
        assert_eq!(read.as_ref(), Ok(accepted.notification()), "{}", case.name);
        if canonical.len() <= MAX_BODY_BYTES && accepted.notification().expiration() > case.now {
            let again = validate(canonical.as_bytes(), case.now, &case.policy);
            assert_eq!(again.warnings, [], "{}", case.name);
            let again = again.outcome.expect(&case.name);
            assert_eq!(
                again.notification().canonical().as_str(),
                *canonical,
                "{}",
                case.name
            );
        }
    }
}

#[test]
fn the_example_cut_off_at_every_byte() {
    let mut cases = cases::all();
    let case = cases.first_mut().expect("the page's example is the first");
    let whole = case.body.clone();
    for cut in 0..whole.len() {
        case.body.truncate(whole.len() - 1 - cut);
        let verdict = judge(case);
        assert_eq!(verdict.warnings, [], "{cut}");
        let found = verdict.outcome.expect_err("a cut-off body");
        let problem = Problem::from(&found);
        assert_eq!(problem.code.as_str(), "BadRequest", "{cut}");
        let details: Vec<_> = problem
            .details
            .iter()
            .map(|detail| detail.code.as_str())
            .collect();
        assert_eq!(details, ["InvalidJson"], "{cut}");
    }
}

/// A sentence suggests the name that is meant, or none.
fn suggests(finding: &Finding, sentence: &str) -> bool {
    match &finding.meant {
        Some(name) => sentence.contains(&format!("did you mean `{name}`?")),
        None => !sentence.contains("did you mean"),
    }
}

#[test]
fn suggestions_are_as_expected() {
    for case in cases::all() {
        let violations = match &case.expected {
            Expected::Refused { violations, .. } => violations.as_slice(),
            Expected::Accepted { .. } => &[],
        };
        let verdict = judge(&case);
        for (finding, sentence) in violations
            .iter()
            .chain(&case.warnings)
            .zip(sentences(&verdict))
        {
            assert!(suggests(finding, sentence), "{}: {sentence}", case.name);
        }
    }
}

/// Nothing that the contract can say about a body is without a vector.
#[test]
fn every_code_and_every_row_has_a_vector() {
    let cases = cases::all();
    assert!(cases.len() >= 150);
    let mut codes = BTreeSet::new();
    let mut rows = BTreeMap::<_, usize>::new();
    for case in &cases {
        if let Expected::Refused {
            code, violations, ..
        } = &case.expected
        {
            *rows.entry(code.as_str()).or_default() += 1;
            codes.extend(violations.iter().map(|found| found.code.as_str()));
        }
        codes.extend(case.warnings.iter().map(|found| found.code.as_str()));
    }
    for code in ViolationCode::ALL {
        let of_notifications = !ViolationCode::OF_SUBSCRIPTIONS.contains(&code);
        let code = code.as_str();
        assert_eq!(codes.contains(code), of_notifications, "{code}");
    }
    for code in WarningCode::ALL {
        assert!(
            codes.contains(code.as_str()),
            "no vector has {}",
            code.as_str()
        );
    }
    let rows: Vec<_> = rows.into_keys().collect();
    assert_eq!(
        rows,
        [
            "BadRequest",
            "InvalidActivityDataType",
            "InvalidPayload",
            "MultipleNotificationsNotSupported",
            "RequestBodyTooLarge"
        ]
    );
}

#[test]
fn names_are_unique_and_every_file_is_read() {
    let cases = cases::all();
    let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), cases.len());
    let files = std::fs::read_dir(folder().join("body")).expect("the folder of the vectors");
    let files: BTreeSet<_> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(
        files,
        cases::FILES
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect()
    );
}
