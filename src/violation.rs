//! Violations and warnings of a body: stable codes, paths, and sentences that
//! say what to do. A sentence names properties and enumeration values, never content.

mod code;

use crate::error_code::ErrorCode;
use crate::json::{
    Ambiguity, AmbiguityKind, Position, SyntaxError, SyntaxErrorKind, Writer, push_integer,
};

pub use code::{ViolationCode, WarningCode};

/// How many violations, and how many warnings, are listed at most (D15). If there are more, the last one listed says
/// so.
pub const MAX_LISTED: usize = 100;

/// A violation of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Violation {
    /// The kind of violation, for programs.
    pub code: ViolationCode,
    /// The row of the error table that it falls under. [`ViolationCode::row`] unless it stands
    /// inside `fallbackPolicy.endpointFallback`: there every fault is `BadRequest`.
    #[cfg_attr(test, ts(skip))]
    pub row: ErrorCode,
    /// The property: `payload.visualContent.title`, `targetPolicy.platformTypes[2]`; empty for
    /// the body itself.
    pub path: String,
    /// A sentence for people: the violation and the way out.
    pub message: String,
    /// The place in the text: for faults of the text itself.
    #[cfg_attr(test, ts(skip))]
    pub position: Option<Position>,
}

impl Violation {
    /// A violation without a position, in its code's own row.
    pub const fn new(code: ViolationCode, path: String, message: String) -> Self {
        Self {
            code,
            row: code.row(),
            path,
            message,
            position: None,
        }
    }

    fn at(code: ViolationCode, path: String, what: &str, position: Position) -> Self {
        let mut message = String::from("Line ");
        push_integer(&mut message, position.line.into());
        message.push_str(", column ");
        push_integer(&mut message, position.column.into());
        message.push_str(": ");
        message.push_str(what);
        Self {
            position: Some(position),
            ..Self::new(code, path, message)
        }
    }

    /// Writes it as the text face and the vectors have it:
    /// `{"code","path","message","line"?,"column"?}`.
    pub fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.string_field("code", self.code.as_str());
        w.string_field("path", &self.path);
        w.string_field("message", &self.message);
        if let Some(Position { line, column }) = self.position {
            w.integer_field("line", line.into());
            w.integer_field("column", column.into());
        }
        w.end_object();
    }
}

impl From<SyntaxError> for Violation {
    fn from(error: SyntaxError) -> Self {
        let code = match error.kind {
            SyntaxErrorKind::InvalidUtf8 => ViolationCode::InvalidUtf8,
            SyntaxErrorKind::TooDeep => ViolationCode::NestedTooDeep,
            _ => ViolationCode::InvalidJson,
        };
        Self::at(code, String::new(), error.kind.as_str(), error.position)
    }
}

impl From<Ambiguity> for Violation {
    fn from(ambiguity: Ambiguity) -> Self {
        let (code, what) = match ambiguity.kind {
            AmbiguityKind::DuplicateName => (
                ViolationCode::DuplicateProperty,
                "This property stands twice in its object: keep one of them.",
            ),
            AmbiguityKind::LoneSurrogate => (
                ViolationCode::LoneSurrogate,
                "This `\\u` escape is half a surrogate pair: write both halves, or the character itself.",
            ),
        };
        Self::at(code, ambiguity.path, what, ambiguity.position)
    }
}

/// The violations of a body: at least one, in the order in which they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations {
    list: Vec<Violation>,
    error_code: ErrorCode,
}

#[cfg(test)]
impl Violations {
    /// The paths and codes of what was found, for tests: empty where nothing was.
    pub(crate) fn codes<T>(parsed: Result<T, Self>) -> Vec<(String, &'static str)> {
        let found = parsed.err();
        let violations = found.iter().flatten();
        violations
            .map(|violation| (violation.path.clone(), violation.code.as_str()))
            .collect()
    }
}

impl Violations {
    /// Just this one.
    pub fn one(violation: Violation) -> Self {
        Self {
            error_code: violation.row,
            list: vec![violation],
        }
    }

    /// All of them, at most [`MAX_LISTED`].
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.list.iter()
    }

    /// The `error.code` of the answer: that of the first row of the error table that any of them
    /// falls under, listed or not. So it is `InvalidActivityDataType` only when every violation is
    /// a wrong data type.
    pub const fn error_code(&self) -> ErrorCode {
        self.error_code
    }

    /// The sentence for `error.message`: the first violation that the code stands for, and how
    /// many there are besides.
    pub fn message(&self) -> String {
        let ruling = self
            .list
            .iter()
            .find(|violation| violation.row == self.error_code);
        let Some(ruling) = ruling.or(self.list.first()) else {
            return String::new();
        };
        let mut message = ruling.message.clone();
        let others = self.list.len().saturating_sub(1);
        if others > 0 {
            message.push_str(" (and ");
            push_integer(&mut message, i64::try_from(others).unwrap_or(i64::MAX));
            message.push_str(" more)");
        }
        message
    }
}

impl<'v> IntoIterator for &'v Violations {
    type Item = &'v Violation;
    type IntoIter = std::slice::Iter<'v, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Something that is no violation, but hardly what the sender means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Warning {
    /// The kind of oddity, for programs.
    pub code: WarningCode,
    /// The property; empty for the body itself.
    pub path: String,
    /// A sentence for people: the oddity and the way out.
    pub message: String,
}

impl Warning {
    /// Writes it as the text face and the vectors have it: `{"code","path","message"}`.
    pub fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.string_field("code", self.code.as_str());
        w.string_field("path", &self.path);
        w.string_field("message", &self.message);
        w.end_object();
    }
}

/// Collects violations and warnings, the first [`MAX_LISTED`] of each.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    violations: Vec<Violation>,
    warnings: Vec<Warning>,
    /// The first row of the error table that any violation falls under, listed or not.
    row: Option<ErrorCode>,
}

impl Findings {
    pub(crate) fn violation(&mut self, violation: Violation) {
        self.row = Some(self.row.map_or(violation.row, |row| row.min(violation.row)));
        if self.violations.len() < MAX_LISTED {
            self.violations.push(violation);
        } else {
            self.more_violations();
        }
    }

    /// Notes, in place of the last violation, that there are more than are listed.
    pub(crate) fn more_violations(&mut self) {
        if let Some(last) = self.violations.last_mut() {
            let message = String::from("There are more violations than these: mend these first.");
            *last = Violation::new(ViolationCode::MoreViolations, String::new(), message);
        }
    }

    /// Whether there is no violation so far.
    pub(crate) const fn is_clean(&self) -> bool {
        self.row.is_none()
    }

    /// Whether another warning would still be listed. A warning that wouldn't needs no work.
    pub(crate) fn has_room_for_warnings(&self) -> bool {
        self.warnings.len() < MAX_LISTED
    }

    pub(crate) fn warning(&mut self, code: WarningCode, path: String, message: String) {
        if self.has_room_for_warnings() {
            self.warnings.push(Warning {
                code,
                path,
                message,
            });
        } else if let Some(last) = self.warnings.last_mut() {
            let message = String::from("There are more warnings than these.");
            *last = Warning {
                code: WarningCode::MoreWarnings,
                path: String::new(),
                message,
            };
        }
    }

    /// The collected violations, if any, and warnings.
    pub(crate) fn into_parts(self) -> (Option<Violations>, Vec<Warning>) {
        let list = self.violations;
        (
            self.row.map(|error_code| Violations { list, error_code }),
            self.warnings,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(codes: &[ViolationCode]) -> Option<Violations> {
        let mut findings = Findings::default();
        for code in codes {
            let message = format!("{}.", code.as_str());
            findings.violation(Violation::new(*code, String::new(), message));
        }
        findings.into_parts().0
    }

    #[test]
    fn the_first_row_of_the_table_rules() {
        use ViolationCode::*;
        for (codes, row, message) in [
            (
                &[WrongType][..],
                ErrorCode::InvalidActivityDataType,
                "WrongType.",
            ),
            (
                &[WrongType, EmptyTitle],
                ErrorCode::InvalidPayload,
                "EmptyTitle. (and 1 more)",
            ),
            (
                &[EmptyTitle, WrongType, TooLong],
                ErrorCode::BadRequest,
                "TooLong. (and 2 more)",
            ),
            (
                &[DuplicateProperty, MultipleNotifications],
                ErrorCode::MultipleNotificationsNotSupported,
                "MultipleNotifications. (and 1 more)",
            ),
        ] {
            let found = find(codes);
            assert_eq!(found.as_ref().map(Violations::error_code), Some(row));
            assert_eq!(found.map(|found| found.message()).as_deref(), Some(message));
        }
        assert_eq!(find(&[]), None);
    }

    #[test]
    fn lists_are_bounded_and_rows_are_not() {
        let mut codes = [ViolationCode::WrongType; MAX_LISTED + 1];
        let full = find(codes.get(1..).unwrap_or_default());
        assert_eq!(
            full.iter().flatten().last().map(|last| last.code),
            Some(codes[0])
        );
        codes[MAX_LISTED] = ViolationCode::TooLong;
        let over = find(&codes);
        let last = over.iter().flatten().last().map(|last| last.code);
        assert_eq!(last, Some(ViolationCode::MoreViolations));
        assert_eq!(over.iter().flatten().count(), MAX_LISTED);
        assert_eq!(
            over.map(|over| over.error_code()),
            Some(ErrorCode::BadRequest)
        );
    }

    #[test]
    fn codes_are_distinct() {
        let mut names = ViolationCode::ALL.map(ViolationCode::as_str).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ViolationCode::ALL.len());
    }
}
