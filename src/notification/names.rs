//! Undeclared property names: which of them are annotations, and which declared name is meant.

/// Names longer than this many bytes get no suggestion (D).
const MAX_NAME: usize = 64;

/// From how many characters on the beginning or the end of a declared name stands for it.
const MIN_PART: usize = 5;

/// Whether `name` is an OData annotation, of an object (`@odata.type`) or of one of its
/// properties (`payload@odata.type`): these are ignored everywhere.
pub(super) fn is_annotation(name: &str) -> bool {
    name.as_bytes().windows(7).any(|part| part == b"@odata.")
}

/// The declared name that `name` is probably meant to be: one that differs in case, `_` or `-`
/// only; else the nearest one, when every third character or fewer must be changed, left out,
/// put in or swapped with its neighbour; else one that begins or ends with it.
pub(super) fn nearest(name: &str, declared: &[&'static str]) -> Option<&'static str> {
    if name.len() > MAX_NAME {
        return None;
    }
    let meant = fold(name);
    let mut best = None;
    let mut least = usize::MAX;
    for candidate in declared {
        let folded = fold(candidate);
        let needed = distance(&meant, &folded);
        if needed < least && needed * 3 <= meant.len().min(folded.len()) {
            (best, least) = (Some(*candidate), needed);
        }
    }
    best.or_else(|| {
        declared.iter().copied().find(|candidate| {
            let folded = fold(candidate);
            meant.len() >= MIN_PART && (folded.starts_with(&meant) || folded.ends_with(&meant))
        })
    })
}

/// Lower case, without `_` and `-`.
fn fold(name: &str) -> Vec<u8> {
    let kept = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    kept.map(|byte| byte.to_ascii_lowercase()).collect()
}

/// How many bytes of `left` must be changed, left out, put in or swapped with their neighbour to
/// make `right` (optimal string alignment).
fn distance(left: &[u8], right: &[u8]) -> usize {
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
    let mut two_above: Vec<usize> = Vec::new();
    let mut above = vec![0];
    above.extend(right.iter().zip(1..).map(|(_, cost)| cost));
    let mut left_before = None;
    for (row, &from) in left.iter().enumerate() {
        let mut cost = row + 1;
        let mut current = vec![cost];
        let mut right_before = None;
        for (column, &to) in right.iter().enumerate() {
            let change = at(&above, column) + usize::from(from != to);
            cost = change.min(cost + 1).min(at(&above, column + 1) + 1);
            if right_before == Some(from) && left_before == Some(to) {
                cost = cost.min(at(&two_above, column - 1) + 1);
            }
            current.push(cost);
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
    fn annotations() {
        for name in ["@odata.type", "payload@odata.type", "@odata.", "é@odata.id"] {
            assert!(is_annotation(name), "{name}");
        }
        for name in ["odata.type", "@type", "@Odata.type", "payload@", ""] {
            assert!(!is_annotation(name), "{name}");
        }
    }
}
