//! Tests of reading: what is understood, what is refused, and where.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use super::*;

fn value(text: &str) -> Value<'_> {
    read(text.as_bytes())
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .value
}

fn error(text: &[u8]) -> (Kind, u32, u32) {
    let error = read(text).expect_err("a syntax error");
    (error.kind, error.position.line, error.position.column)
}

fn ambiguities(text: &str) -> Vec<(AmbiguityKind, String, u32)> {
    let document = read(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    let ambiguities = document.ambiguities.into_iter();
    ambiguities
        .map(|fault| (fault.kind, fault.path, fault.position.column))
        .collect()
}

#[test]
fn strings_are_exact_and_borrow_where_they_can() {
    for (text, expected) in [
        (r#""""#, ""),
        (r#""abc""#, "abc"),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u0041\u00e9\u20AC\ud83d\uDE00\u0000""#, "Aé€😀\0"),
        ("\"é😀\u{7f}\u{2028}e\u{301}\"", "é😀\u{7f}\u{2028}e\u{301}"),
        (
            r#""plain text long enough, then \n and then some more of it""#,
            "plain text long enough, then \n and then some more of it",
        ),
        (r#""\uffff\udbff\udfff""#, "\u{ffff}\u{10ffff}"),
    ] {
        assert_eq!(value(text).as_str(), Some(expected), "{text}");
    }
    assert!(matches!(
        value(r#""abc""#),
        Value::String(Cow::Borrowed("abc"))
    ));
    let object = value(r#"{"a":1,"\u0062":2}"#);
    assert_eq!(
        object
            .as_object()
            .unwrap()
            .get("b")
            .unwrap()
            .as_number()
            .unwrap()
            .as_str(),
        "2"
    );
}

#[test]
fn a_byte_order_mark_is_skipped_once_and_not_counted() {
    assert_eq!(value("\u{feff}1"), value("1"));
    assert_eq!(error("\u{feff}?".as_bytes()), (Kind::ValueExpected, 1, 1));
    assert_eq!(
        error("\u{feff}\u{feff}1".as_bytes()),
        (Kind::ValueExpected, 1, 1)
    );
    assert_eq!(error("\u{feff}".as_bytes()), (Kind::Empty, 1, 1));
}

#[test]
fn errors_say_what_and_where() {
    for (text, kind, line, column) in [
        ("", Kind::Empty, 1, 1),
        (" \n ", Kind::Empty, 2, 2),
        ("{", Kind::EndInObject, 1, 2),
        ("{\"a\"", Kind::EndInObject, 1, 5),
        ("{\"a\":", Kind::EndBeforeValue, 1, 6),
        ("{\"a\":1", Kind::EndInObject, 1, 7),
        ("{\"a\":1,", Kind::EndInObject, 1, 8),
        ("[", Kind::EndInArray, 1, 2),
        ("[1", Kind::EndInArray, 1, 3),
        ("[1,", Kind::EndInArray, 1, 4),
        ("\"é", Kind::EndInString, 1, 3),
        ("\"\\", Kind::EndInString, 1, 3),
        ("\"\\u00", Kind::EndInString, 1, 6),
        ("\"\\n", Kind::EndInString, 1, 4),
        ("-", Kind::EndInNumber, 1, 2),
        ("1.", Kind::EndInNumber, 1, 3),
        ("1e", Kind::EndInNumber, 1, 3),
        ("1e+", Kind::EndInNumber, 1, 4),
        ("tru", Kind::EndInWord, 1, 1),
        ("[true,\n nul", Kind::EndInWord, 2, 2),
        ("{\n  \"a\": 1,\n}", Kind::TrailingComma, 3, 1),
        ("[1,]", Kind::TrailingComma, 1, 4),
        ("[,1]", Kind::ValueExpected, 1, 2),
        ("[1,,2]", Kind::ValueExpected, 1, 4),
        ("{,}", Kind::NameExpected, 1, 2),
        ("{a:1}", Kind::NameExpected, 1, 2),
        ("{1:1}", Kind::NameExpected, 1, 2),
        ("{\"a\" 1}", Kind::ColonExpected, 1, 6),
        ("{\"a\":1 \"b\":2}", Kind::CommaOrBraceExpected, 1, 8),
        ("{\"é\":1]", Kind::CommaOrBraceExpected, 1, 7),
        ("[1 2]", Kind::CommaOrBracketExpected, 1, 4),
        ("{'a':1}", Kind::SingleQuote, 1, 2),
        ("['a']", Kind::SingleQuote, 1, 2),
        ("// x\n1", Kind::Comment, 1, 1),
        ("[1/**/]", Kind::Comment, 1, 3),
        ("{\"a\":1}//", Kind::Comment, 1, 8),
        ("\"a\nb\"", Kind::ControlCharacter, 1, 3),
        ("\"a\tb\"", Kind::ControlCharacter, 1, 3),
        ("\"\\x\"", Kind::InvalidEscape, 1, 2),
        ("\"a\\é\"", Kind::InvalidEscape, 1, 3),
        ("\"\\u00g0\"", Kind::InvalidUnicodeEscape, 1, 6),
        ("\"\\ud83d\\u\"", Kind::InvalidUnicodeEscape, 1, 10),
        ("+1", Kind::PlusSign, 1, 1),
        (".5", Kind::LeadingPoint, 1, 1),
        ("01", Kind::LeadingZero, 1, 1),
        ("-012", Kind::LeadingZero, 1, 2),
        ("-a", Kind::DigitExpected, 1, 2),
        ("1.e1", Kind::DigitExpected, 1, 3),
        ("1ex", Kind::DigitExpected, 1, 3),
        ("0x1", Kind::TextAfterValue, 1, 2),
        ("True", Kind::UnknownWord, 1, 1),
        ("[NaN]", Kind::UnknownWord, 1, 2),
        ("truefalse", Kind::UnknownWord, 1, 1),
        ("{} {}", Kind::TextAfterValue, 1, 4),
        ("}", Kind::ValueExpected, 1, 1),
        ("\u{a0}1", Kind::ValueExpected, 1, 1),
    ] {
        assert_eq!(error(text.as_bytes()), (kind, line, column), "{text}");
        assert!(kind.as_str().ends_with(['.', '?']), "{kind:?}");
    }
}

#[test]
fn invalid_utf_8_is_found_where_it_is() {
    assert_eq!(error(b"\"a\xff\""), (Kind::InvalidUtf8, 1, 3));
    assert_eq!(error("\n\"é\u{d7ff}".as_bytes()), (Kind::EndInString, 2, 4));
    assert_eq!(error(b"\xed\xa0\x80"), (Kind::InvalidUtf8, 1, 1));
    assert_eq!(error(b"\xc0\x80"), (Kind::InvalidUtf8, 1, 1));
    assert_eq!(error(b"\xff\xfe{\0}\0"), (Kind::InvalidUtf8, 1, 1));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(
        error(nested(MAX_DEPTH + 1).as_bytes()),
        (Kind::TooDeep, 1, 17)
    );
    assert_eq!(error("[".repeat(60_000).as_bytes()), (Kind::TooDeep, 1, 17));
    assert_eq!(error("{\"a\":".repeat(10_000).as_bytes()).0, Kind::TooDeep);
    assert!(Kind::TooDeep.as_str().contains("16"));
}

#[test]
fn every_duplicate_is_found() {
    use AmbiguityKind::DuplicateName;
    assert_eq!(ambiguities(r#"{"a":1,"b":{"a":1}}"#), []);
    assert_eq!(
        ambiguities(r#"{"a":1,"b":[{"c":1,"\u0063":{"d":1,"d":2}}],"a":3,"a":4,"":0,"":0}"#),
        [
            (DuplicateName, "b[0].c.d".to_owned(), 36),
            (DuplicateName, "b[0].c".to_owned(), 20),
            (DuplicateName, "a".to_owned(), 45),
            (DuplicateName, "a".to_owned(), 51),
            (DuplicateName, String::new(), 62),
        ]
    );
    assert_eq!(
        value(r#"{"a":1,"a":2}"#).as_object().unwrap().get("a"),
        Some(&value("1"))
    );
}

#[test]
fn large_objects_are_searched_the_same_way() {
    for size in [15, 16, 17, 18, 60] {
        let members: Vec<String> = (0..size).map(|i| format!("\"{}\":{i}", i % 15)).collect();
        let found = ambiguities(&format!("{{{}}}", members.join(",")));
        let names: Vec<String> = found.into_iter().map(|(_, path, _)| path).collect();
        let expected: Vec<String> = (15..size).map(|i| (i % 15).to_string()).collect();
        assert_eq!(names, expected, "{size}");
    }
}

#[test]
fn at_most_so_many_faults_are_listed() {
    for (size, more) in [(101, false), (102, true), (5_000, true)] {
        let text = format!("{{{}}}", vec!["\"a\":0"; size].join(","));
        let document = read(text.as_bytes()).unwrap();
        assert_eq!(
            (document.ambiguities.len(), document.more_ambiguities),
            (MAX_AMBIGUITIES, more)
        );
    }
}

#[test]
fn lone_surrogates_are_found() {
    use AmbiguityKind::LoneSurrogate;
    for (text, path, column) in [
        (r#"{"a":"x\ud800y"}"#, "a", 8),
        (r#"{"a":"\udc00\ud83d\ude00"}"#, "a", 7),
        (r#"{"a":"\ud83d\ud83d\ude00"}"#, "a", 7),
        (r#"{"a":"\ud83d\u0041"}"#, "a", 7),
        (r#"{"a":"\ud83d"}"#, "a", 7),
        (r#"{"a":{"\ud83d\n":1}}"#, "a", 8),
    ] {
        assert_eq!(
            ambiguities(text),
            [(LoneSurrogate, path.to_owned(), column)],
            "{text}"
        );
    }
    assert_eq!(
        value(r#""\ud83d\ud83d\ude00\ud83dA""#).as_str(),
        Some("\u{fffd}😀\u{fffd}A")
    );
}

#[test]
fn a_text_cut_off_anywhere_is_an_error() {
    let text = r#" {"a\u00e9😀":[1.5e+3,true,null,{"b":"\ud83d\ude00"}],"c":-0} "#;
    assert!(read(text.as_bytes()).is_ok());
    for cut in 0..text.len() - 1 {
        let cut_off = text.as_bytes().get(..cut).unwrap();
        let error = read(cut_off).expect_err("nothing is complete before the end");
        assert_eq!(error.position.line, 1);
    }
}
