//! Undeclared property names: which of them are annotations, and which declared name is meant.

/// Names longer than this many bytes get no suggestion (D15).
const MAX_NAME: usize = 64;

/// From how many characters on the beginning or the end of a declared name stands for it.
const MIN_PART: usize = 5;

/// Whether `name` is an OData annotation, of an object (`@odata.type`) or of one of its
/// properties (`payload@odata.type`): these are ignored everywhere.
pub(crate) fn is_annotation(name: &str) -> bool {
    name.as_bytes().windows(7).any(|part| part == b"@odata.")
}

/// The declared name that `name` is probably meant to be: one that differs in case, `_` or `-`
/// only; else the nearest one, when every third character or fewer must be changed, left out,
/// put in or swapped with its neighbour; else one that begins or ends with it.
pub(crate) fn nearest(name: &str, declared: &[&'static str]) -> Option<&'static str> {
    let meant = Folded::of(name)?;
    let meant = meant.bytes();
    let mut best = None;
    let mut least = usize::MAX;
    let mut part = None;
    for candidate in declared {
        let Some(folded) = Folded::of(candidate) else {
            continue;
        };
        let folded = folded.bytes();
        if part.is_none()
            && meant.len() >= MIN_PART
            && (folded.starts_with(meant) || folded.ends_with(meant))
        {
            part = Some(*candidate);
        }
        let most = meant.len().min(folded.len()) / 3;
        // A name whose length differs by more needs no look.
        if meant.len().abs_diff(folded.len()) > most {
            continue;
        }
        let needed = distance(meant, folded);
        if needed < least && needed <= most {
            (best, least) = (Some(*candidate), needed);
        }
    }
    best.or(part)
}

/// A name in lower case, without `_` and `-`.
struct Folded {
    bytes: [u8; MAX_NAME],
    length: usize,
}

impl Folded {
    /// `None` for names longer than [`MAX_NAME`].
    fn of(name: &str) -> Option<Self> {
        let mut folded = Self {
            bytes: [0; MAX_NAME],
            length: 0,
        };
        if name.len() > MAX_NAME {
            return None;
        }
        for byte in name.bytes() {
            if !matches!(byte, b'_' | b'-')
                && let Some(place) = folded.bytes.get_mut(folded.length)
            {
                *place = byte.to_ascii_lowercase();
                folded.length += 1;
            }
        }
        Some(folded)
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// How many bytes of `left` must be changed, left out, put in or swapped with their neighbour to
/// make `right` (optimal string alignment). Neither is longer than [`MAX_NAME`].
fn distance(left: &[u8], right: &[u8]) -> usize {
    let at =
        |row: &[usize; MAX_NAME + 1], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
    let mut two_above = [0; MAX_NAME + 1];
    let mut above = std::array::from_fn(|column| column);
    let mut left_before = None;
    for (row, &from) in left.iter().enumerate() {
        let mut cost = row + 1;
        let mut current = [cost; MAX_NAME + 1];
        let mut right_before = None;
        for (column, (&to, place)) in right.iter().zip(current.iter_mut().skip(1)).enumerate() {
            let change = at(&above, column) + usize::from(from != to);
            cost = change.min(cost + 1).min(at(&above, column + 1) + 1);
            if right_before == Some(from) && left_before == Some(to) {
                cost = cost.min(at(&two_above, column - 1) + 1);
            }
            *place = cost;
            right_before = Some(to);
        }
        left_before = Some(from);
        two_above = above;
        above = current;
    }
    at(&above, right.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("title", "title", 0),
            ("titel", "title", 1),
            ("itle", "title", 1),
            ("tittle", "title", 1),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
            ("ab", "ba", 1),
        ] {
            assert_eq!(
                distance(left.as_bytes(), right.as_bytes()),
                expected,
                "{left} {right}"
            );
        }
    }

    #[test]
    fn suggestions() {
        let declared = [
            "targetHostName",
            "priority",
            "groupName",
            "displayTimeToLive",
            "expirationDateTime",
        ];
        for (name, expected) in [
            ("prioritty", Some("priority")),
            ("TargetHostName", Some("targetHostName")),
            ("target_host_name", Some("targetHostName")),
            ("displayTimeToLife", Some("displayTimeToLive")),
            ("displayTime", Some("displayTimeToLive")),
            ("expiration", Some("expirationDateTime")),
            ("hostName", Some("targetHostName")),
            ("group", Some("groupName")),
            ("name", None),
            ("id", None),
            ("", None),
            ("_", None),
            ("colour", None),
            ("prïority", Some("priority")),
        ] {
            assert_eq!(nearest(name, &declared), expected, "{name}");
        }
        assert_eq!(nearest("aaaaaaaaaa", &[]), None);
        assert_eq!(nearest(&"priority".repeat(9), &declared), None);
    }

    #[test]
    fn a_name_may_be_shorter_or_longer_by_a_third() {
        for (name, expected) in [
            ("titl", Some("title")),
            ("tittle", Some("title")),
            ("tittles", None),
            ("tit", None),
        ] {
            assert_eq!(nearest(name, &["title"]), expected, "{name}");
        }
    }

    #[test]
    fn a_name_of_64_bytes_gets_a_suggestion_and_no_longer_one() {
        let padded = |length: usize| format!("{:_<length$}", "priority");
        assert_eq!(nearest(&padded(64), &["priority"]), Some("priority"));
        for length in [65, 100] {
            assert_eq!(nearest(&padded(length), &["priority"]), None, "{length}");
        }
    }

    #[test]
    fn annotations() {
        for name in ["@odata.type", "payload@odata.type", "@odata.", "é@odata.id"] {
            assert!(is_annotation(name), "{name}");
        }
        for name in ["odata.type", "@type", "@Odata.type", "payload@", ""] {
            assert!(!is_annotation(name), "{name}");
        }
    }
}
