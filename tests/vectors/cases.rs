//! The vectors of `body/`, as README.md beside this describes them: read for the native tests and
//! for those in the browser.

use notifeed::json::{self, Object, Value, Writer};
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::time::Timestamp;

/// Every file of `body/`, in the order in which it is worth reading.
pub const FILES: [(&str, &str); 17] = [
    ("example.json", include_str!("body/example.json")),
    ("text.json", include_str!("body/text.json")),
    ("duplicates.json", include_str!("body/duplicates.json")),
    ("unicode.json", include_str!("body/unicode.json")),
    ("host.json", include_str!("body/host.json")),
    ("names.json", include_str!("body/names.json")),
    ("expiration.json", include_str!("body/expiration.json")),
    ("policy.json", include_str!("body/policy.json")),
    ("display.json", include_str!("body/display.json")),
    ("priority.json", include_str!("body/priority.json")),
    ("payload.json", include_str!("body/payload.json")),
    ("links.json", include_str!("body/links.json")),
    ("actions.json", include_str!("body/actions.json")),
    ("platforms.json", include_str!("body/platforms.json")),
    ("fallback.json", include_str!("body/fallback.json")),
    ("undeclared.json", include_str!("body/undeclared.json")),
    ("several.json", include_str!("body/several.json")),
];

const SENTENCES: &str = include_str!("sentences.json");

/// A vector.
pub struct Case {
    pub name: String,
    pub body: Vec<u8>,
    pub now: Timestamp,
    pub policy: Policy,
    /// The id of the notification that is made, if one is.
    pub id: String,
    pub user: String,
    pub origin: String,
    pub expected: Expected,
    pub warnings: Vec<Finding>,
    /// The sentences of the violations and then of the warnings, as they were recorded.
    pub sentences: Vec<String>,
}

pub enum Expected {
    Accepted {
        canonical: String,
        response: String,
    },
    Refused {
        code: String,
        status: i64,
        violations: Vec<Finding>,
    },
}

/// A violation or a warning, without its sentence.
pub struct Finding {
    pub code: String,
    pub path: String,
    pub position: Option<(i64, i64)>,
    /// The name that the sentence must suggest; without one it must suggest none.
    pub meant: Option<String>,
}

/// All of them, in the order of the files.
pub fn all() -> Vec<Case> {
    let sentences = json::read(SENTENCES.as_bytes()).expect("sentences.json is JSON");
    let sentences = sentences.value.as_object().expect("sentences by name");
    let files = FILES.iter().flat_map(|(name, text)| {
        let document =
            json::read(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            document.ambiguities.is_empty(),
            "{name}: {:?}",
            document.ambiguities
        );
        let file = document.value.as_object().expect("a file is an object");
        let cases = member(file, "cases")
            .as_array()
            .expect("cases are an array");
        let cases = cases
            .iter()
            .map(|case| case.as_object().expect("a case is an object"));
        cases
            .map(|case| read(file, case, sentences))
            .collect::<Vec<_>>()
    });
    files.collect()
}

impl Case {
    /// The text face of the verdict (`Verdict::to_json`), to the byte.
    pub fn verdict(&self) -> String {
        let mut sentences = self.sentences.iter();
        let mut list = |w: &mut Writer, key: &str, findings: &[Finding]| {
            w.key(key);
            w.begin_array();
            for finding in findings {
                w.begin_object();
                w.string_field("code", &finding.code);
                w.string_field("path", &finding.path);
                w.string_field(
                    "message",
                    sentences.next().map_or("(not recorded)", |said| said),
                );
                if let Some((line, column)) = finding.position {
                    w.integer_field("line", line);
                    w.integer_field("column", column);
                }
                w.end_object();
            }
            w.end_array();
        };
        let mut w = Writer::new();
        w.begin_object();
        match &self.expected {
            Expected::Accepted { canonical, .. } => {
                w.boolean_field("ok", true);
                w.raw_field("notification", canonical);
            }
            Expected::Refused {
                code, violations, ..
            } => {
                w.boolean_field("ok", false);
                w.string_field("code", code);
                list(&mut w, "violations", violations);
            }
        }
        list(&mut w, "warnings", &self.warnings);
        w.end_object();
        w.finish()
    }
}

fn read(file: &Object<'_>, case: &Object<'_>, sentences: &Object<'_>) -> Case {
    let own = |name: &str| case.get(name).unwrap_or_else(|| member(file, name));
    let policy = own("policy").as_object().expect("a policy is an object");
    let expected = member(case, "expect")
        .as_object()
        .expect("what is expected is an object");
    let name = string(case, "name");
    let recorded = sentences
        .get(&name)
        .and_then(Value::as_array)
        .unwrap_or_default();
    Case {
        body: bytes(member(case, "body")),
        now: Timestamp::parse(own("now").as_str().expect("now is text"))
            .expect("now is an instant"),
        policy: Policy::new(
            u32::try_from(integer(policy, "retentionSeconds")).expect("a retention"),
            u16::try_from(integer(policy, "throttleStatus"))
                .ok()
                .and_then(ThrottleStatus::from_u16)
                .expect("a throttle status"),
        )
        .expect("a policy"),
        id: string(file, "id"),
        user: string(file, "user"),
        origin: string(file, "origin"),
        expected: if member(expected, "ok").as_bool() == Some(true) {
            Expected::Accepted {
                canonical: text(member(expected, "canonical")),
                response: text(member(expected, "response")),
            }
        } else {
            Expected::Refused {
                code: string(expected, "code"),
                status: integer(expected, "status"),
                violations: findings(expected, "violations"),
            }
        },
        warnings: findings(expected, "warnings"),
        sentences: recorded
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        name,
    }
}

fn findings(expected: &Object<'_>, name: &str) -> Vec<Finding> {
    let listed = member(expected, name)
        .as_array()
        .expect("findings are an array");
    let each = listed.iter().map(|finding| {
        let finding = finding.as_object().expect("a finding is an object");
        let position = finding
            .get("line")
            .map(|_| (integer(finding, "line"), integer(finding, "column")));
        Finding {
            code: string(finding, "code"),
            path: string(finding, "path"),
            position,
            meant: finding.get("meant").map(|_| string(finding, "meant")),
        }
    });
    each.collect()
}

fn member<'v, 'a>(object: &'v Object<'a>, name: &str) -> &'v Value<'a> {
    object
        .get(name)
        .unwrap_or_else(|| panic!("`{name}` is missing in {object:?}"))
}

fn string(object: &Object<'_>, name: &str) -> String {
    member(object, name).as_str().expect("a string").to_owned()
}

fn integer(object: &Object<'_>, name: &str) -> i64 {
    let number = member(object, name).as_number().expect("a number");
    number.to_integer().expect("a whole number")
}

fn text(value: &Value<'_>) -> String {
    String::from_utf8(bytes(value)).expect("text is UTF-8")
}

/// Text as it is, `{"hex"}`, `{"repeat", "times"}`, or an array of these, one after the other.
fn bytes(value: &Value<'_>) -> Vec<u8> {
    match value {
        Value::String(text) => text.as_bytes().to_vec(),
        Value::Array(parts) => parts.iter().flat_map(bytes).collect(),
        Value::Object(part) if part.get("hex").is_some() => string(part, "hex")
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                let pair = std::str::from_utf8(pair).expect("hexadecimal digits");
                u8::from_str_radix(pair, 16).expect("two hexadecimal digits")
            })
            .collect(),
        Value::Object(part) => {
            let times = usize::try_from(integer(part, "times")).expect("how often");
            string(part, "repeat").repeat(times).into_bytes()
        }
        _ => panic!("no text: {value:?}"),
    }
}
