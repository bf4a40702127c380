//! The public JSON parsing cases (`tests/vectors/json/JSONTestSuite`), read by ours.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::PathBuf;

use notifeed::json::{self, AmbiguityKind, SyntaxErrorKind};

/// `y_` cases that ours refuses, since the contract does: duplicate keys (CONTRACT §1).
const REFUSED: [&str; 2] = [
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
];

/// `i_` cases that ours reads: numbers of any size, since they are kept as they were written, and
/// a byte order mark. The others are text that is not UTF-8, lone surrogates, and deep nesting.
const READ: [&str; 11] = [
    "i_number_double_huge_neg_exp.json",
    "i_number_huge_exp.json",
    "i_number_neg_int_huge_exp.json",
    "i_number_pos_double_huge_exp.json",
    "i_number_real_neg_overflow.json",
    "i_number_real_pos_overflow.json",
    "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
    "i_structure_UTF-8_BOM_empty_object.json",
];

fn cases() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/json/JSONTestSuite");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let cases = files.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    cases
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

/// Read, and without a fault.
fn is_read(text: &[u8]) -> bool {
    json::read(text).is_ok_and(|document| document.ambiguities.is_empty())
}

#[test]
fn every_case_is_read_or_refused_as_it_should_be() {
    let cases = cases();
    assert_eq!(cases.len(), 316);
    for (name, text) in cases {
        let expected = match name.get(..2) {
            Some("y_") => !REFUSED.contains(&name.as_str()),
            Some("n_") => false,
            _ => READ.contains(&name.as_str()),
        };
        assert_eq!(is_read(&text), expected, "{name}: {:?}", json::read(&text));
    }
}

#[test]
fn what_is_refused_but_is_json_has_a_fault_that_says_why() {
    for (name, text) in cases() {
        if REFUSED.contains(&name.as_str()) {
            let faults = json::read(&text).unwrap().ambiguities;
            assert!(
                faults
                    .iter()
                    .all(|fault| fault.kind == AmbiguityKind::DuplicateName),
                "{name}"
            );
        }
    }
}

#[test]
fn the_two_large_cases_are_refused_for_their_depth() {
    for text in ["[".repeat(100_000), "[{\"\":".repeat(50_000)] {
        let refused = json::read(text.as_bytes())
            .map_err(|error| error.kind)
            .map(|_| ());
        assert_eq!(refused, Err(SyntaxErrorKind::TooDeep));
    }
}
