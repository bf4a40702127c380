//! How an object of the contract is gone through: its declared members are found, the others
//! reported, types checked. The values are judged by [`super::rules`].

use super::names::{is_annotation, nearest};
use crate::error_code::ErrorCode;
use crate::json::{self, Ambiguity, Object, Value, joined, push_name};
use crate::violation::{Findings, Violation, ViolationCode, Violations, WarningCode};

/// How many members of an object are compared, at most, to find the one that may be meant when a declared member is
/// missing.
const MAX_LOOK_ALIKES: usize = 100;

/// The findings so far.
#[derive(Debug, Default)]
pub(crate) struct Check {
    pub(crate) findings: Findings,
    /// The row of the error table that all violations of the part being read get, regardless of their codes; `None`:
    /// each code's own row.
    row: Option<ErrorCode>,
    /// Whether an unfit value is one of visual content.
    in_content: bool,
}

/// Reads a body that must be an object. `read` returns `None` where it has noted why.
///
/// # Errors
/// Every violation.
pub(crate) fn object_body<T>(
    body: &[u8],
    read: impl FnOnce(&mut Check, &Object<'_>) -> Option<T>,
) -> Result<T, Violations> {
    let mut check = Check::default();
    let value = check.document(body);
    let result = match &value {
        Some(Value::Object(object)) => read(&mut check, object),
        Some(other) => {
            check.not_an_object(other);
            None
        }
        None => None,
    };
    match (result, check.findings.into_parts().0) {
        (Some(result), None) => Ok(result),
        (_, Some(violations)) => Err(violations),
        // A refusal without a violation would be a mistake in this code; the body is refused all the same.
        (None, None) => Err(Violations::one(Violation::new(
            ViolationCode::NotAnObject,
            String::new(),
            String::from("The body can't be read."),
        ))),
    }
}

impl Check {
    /// The value of a body. `None`, and a violation, where it isn't JSON; an ambiguous text is read, with a
    /// violation for each ambiguity.
    pub(crate) fn document<'a>(&mut self, body: &'a [u8]) -> Option<Value<'a>> {
        let document = match json::read(body) {
            Ok(document) => document,
            Err(error) => {
                self.findings.violation(error.into());
                return None;
            }
        };
        self.ambiguities(document.ambiguities, document.more_ambiguities);
        Some(document.value)
    }

    /// Notes the ambiguities of a text; `more`: there are others that aren't listed.
    pub(crate) fn ambiguities(&mut self, ambiguities: Vec<Ambiguity>, more: bool) {
        for fault in ambiguities {
            self.findings.violation(fault.into());
        }
        if more {
            self.findings.more_violations();
        }
    }

    /// Notes that a body isn't an object.
    pub(crate) fn not_an_object(&mut self, body: &Value<'_>) {
        let message = joined(&["The body must be an object, not ", body.kind(), "."]);
        let violation = Violation::new(ViolationCode::NotAnObject, String::new(), message);
        self.findings.violation(violation);
    }

    /// Runs `part`, whose violations all belong to `row`.
    pub(crate) fn in_row<T>(&mut self, row: ErrorCode, part: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.row.replace(row);
        let result = part(self);
        self.row = outer;
        result
    }

    /// Runs `part`, whose unfit values are those of visual content: `InvalidPayload`.
    pub(crate) fn in_content<T>(&mut self, part: impl FnOnce(&mut Self) -> T) -> T {
        self.in_content = true;
        let result = part(self);
        self.in_content = false;
        result
    }

    /// Notes a violation; its sentence is `path`, in backticks, and then `what`, without a stop unless
    /// it is a question.
    pub(crate) fn violation(&mut self, code: ViolationCode, path: &str, what: &[&str]) {
        let path = path.to_owned();
        let what = joined(what);
        let stop = if what.ends_with('?') { "" } else { "." };
        let message = joined(&["`", &path, "` ", &what, stop]);
        let mut violation = Violation::new(code, path, message);
        if self.in_content && violation.row == ErrorCode::BadRequest {
            violation.row = ErrorCode::InvalidPayload;
        }
        if let Some(row) = self.row {
            violation.row = row;
        }
        self.findings.violation(violation);
    }

    /// Finds the members of `object` whose names are `declared`, in that order; `null` is absent.
    /// Any other member, unless it is an annotation or `null`, is a warning. `at` is the path of
    /// the object.
    pub(crate) fn members<'v, 'a, const N: usize>(
        &mut self,
        object: &'v Object<'a>,
        at: &str,
        declared: &[&'static str; N],
    ) -> [Option<&'v Value<'a>>; N] {
        let mut found = [None; N];
        self.fill(object, at, declared, &mut found);
        found
    }

    fn fill<'v, 'a>(
        &mut self,
        object: &'v Object<'a>,
        at: &str,
        declared: &[&'static str],
        found: &mut [Option<&'v Value<'a>>],
    ) {
        for member in object {
            let name = &*member.name;
            match declared.iter().position(|declared| *declared == name) {
                Some(index) => {
                    if let Some(found) = found.get_mut(index)
                        && found.is_none()
                        && !member.value.is_null()
                    {
                        *found = Some(&member.value);
                    }
                }
                None if member.value.is_null() || is_annotation(name) => {}
                None => self.undeclared(at, name, declared),
            }
        }
    }

    fn undeclared(&mut self, at: &str, name: &str, declared: &[&'static str]) {
        let (mut path, mut message) = (String::new(), String::new());
        if self.findings.has_room_for_warnings() {
            path.push_str(at);
            if !at.is_empty() {
                path.push('.');
            }
            push_name(&mut path, name);
            message.push('`');
            push_name(&mut message, name);
            message.push_str("` is not a declared property and is ignored");
            if let Some(meant) = nearest(name, declared) {
                message.push_str(": did you mean `");
                message.push_str(meant);
                message.push_str("`?");
            } else {
                message.push('.');
            }
        }
        self.findings
            .warning(WarningCode::UndeclaredProperty, path, message);
    }

    /// Notes that the declared member of `object` with this path is missing: `what`, and which other
    /// member could be meant to be it.
    pub(crate) fn missing(
        &mut self,
        code: ViolationCode,
        object: &Object<'_>,
        path: &str,
        declared: &[&'static str],
        what: &str,
    ) {
        let mut hint = String::new();
        let dot = path.bytes().rposition(|byte| byte == b'.');
        let name = dot.and_then(|dot| path.get(dot + 1..)).unwrap_or(path);
        let look_alike = object.iter().take(MAX_LOOK_ALIKES).find(|member| {
            declared.iter().all(|declared| *declared != member.name)
                && !is_annotation(&member.name)
                && nearest(&member.name, declared) == Some(name)
        });
        if let Some(member) = look_alike {
            hint.push_str("; there is `");
            push_name(&mut hint, &member.name);
            hint.push_str("`: did you mean `");
            hint.push_str(name);
            hint.push_str("`? Names count with their case");
        }
        self.violation(code, path, &[what, &hint]);
    }

    /// The text of a string. `None`, and a violation, for any other type.
    pub(crate) fn string<'v>(&mut self, value: &'v Value<'_>, path: &str) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.wrong_type(value, path, "a string");
        }
        text
    }

    /// An object. `None`, and a violation, for any other type.
    pub(crate) fn object<'v, 'a>(
        &mut self,
        value: &'v Value<'a>,
        path: &str,
    ) -> Option<&'v Object<'a>> {
        let object = value.as_object();
        if object.is_none() {
            self.wrong_type(value, path, "an object");
        }
        object
    }

    /// An array. `None`, and a violation, for any other type.
    pub(crate) fn array<'v, 'a>(
        &mut self,
        value: &'v Value<'a>,
        path: &str,
    ) -> Option<&'v [Value<'a>]> {
        let elements = value.as_array();
        if elements.is_none() {
            self.wrong_type(value, path, "an array of strings");
        }
        elements
    }

    pub(crate) fn wrong_type(&mut self, value: &Value<'_>, path: &str, expected: &str) {
        let what = ["must be ", expected, ", not ", value.kind()];
        self.violation(ViolationCode::WrongType, path, &what);
    }
}
