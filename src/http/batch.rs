//! `$batch`: several requests in one (CONTRACT §5.1), as the Graph SDKs send them. Here a batch is taken apart;
//! each request is then judged as if it had come alone.

use crate::error::{ErrorCode, Problem};
use crate::http::endpoint::OperationId;
use crate::http::headers::RequestHeader;
use crate::http::{BodyLimit, MAX_BODY_BYTES, Route};
use crate::json::{self, AroundError, Object, Value, joined, push_integer};
use crate::notification::check::Check;
use crate::request::ApiVersion;
use crate::violation::{Violation, ViolationCode as Code, Violations};

/// The most requests of a batch.
pub const MAX_REQUESTS: usize = 20;

/// The largest batch, decompressed, in bytes: 1.5 MiB.
pub const MAX_BATCH_BYTES: usize = 3 * 512 * 1024;

/// The most text of a batch around the bodies of its requests, in bytes: the room that the largest bodies leave.
const MAX_AROUND: usize = MAX_BATCH_BYTES - MAX_REQUESTS * MAX_BODY_BYTES;

/// The longest id of a request, in characters.
const MAX_ID: usize = 128;

/// How deep the requests of a batch stand: in an array in an object.
const DEPTH_OF_REQUESTS: usize = 3;

/// The headers of a request that count. `Prefer` is none of them: `wait` is all that is read there, and nobody waits in
/// a batch.
const HEADERS: [RequestHeader; 6] = [
    RequestHeader::Authorization,
    RequestHeader::SubscriptionId,
    RequestHeader::ClientRequestId,
    RequestHeader::ContentType,
    RequestHeader::IfMatch,
    RequestHeader::IfNoneMatch,
];

const METHODS: [&str; 5] = ["GET", "POST", "PATCH", "PUT", "DELETE"];

const DECLARED: [&str; 6] = ["id", "method", "url", "headers", "body", "dependsOn"];

/// A request of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its id in the batch.
    pub id: String,
    /// The method's name.
    pub method: String,
    /// Path and query, with the version in front.
    pub url: String,
    /// The headers that count.
    pub headers: Vec<(RequestHeader, String)>,
    /// The body as it stands in the batch: whether it is JSON at all isn't known.
    pub body: Option<&'a str>,
    /// The requests that must have succeeded before, by their places among the parts: all of them stand before it.
    pub after: Vec<usize>,
}

/// The size that a batch may have.
pub const LIMIT: BodyLimit = BodyLimit {
    decoded: MAX_BATCH_BYTES,
    sentence: "The batch is too large: at most 1.5 MiB in all, 256 KiB of it around the bodies.",
};

/// 424: a request that this one depends on has failed.
pub fn failed_dependency() -> Problem {
    Problem::new(
        ErrorCode::FailedDependency,
        "This request wasn't made: one that it depends on has failed.",
    )
}

/// Takes a batch apart. `version`: that of the batch's path. The parts are in an order in which they can be made.
///
/// # Errors
/// 400 with every violation; 413 for too much text around the bodies.
pub fn parse(text: &[u8], version: ApiVersion) -> Result<Vec<Part<'_>>, Problem> {
    let document = match json::read_around(text, DEPTH_OF_REQUESTS, "body", MAX_AROUND) {
        Ok(document) => document,
        Err(AroundError::TooLarge) => return Err(LIMIT.too_large()),
        Err(AroundError::Syntax(error)) => {
            return Err((&Violations::one(Violation::from(error))).into());
        }
    };
    let mut check = Check::default();
    check.ambiguities(document.ambiguities, document.more_ambiguities);
    let value = document.value;
    let parts = check.in_row(ErrorCode::BadRequest, |check| {
        let Value::Object(object) = &value else {
            check.not_an_object(&value);
            return Vec::new();
        };
        let parts = requests(check, object, version);
        order(check, parts)
    });
    match check.findings.into_parts().0 {
        Some(violations) => Err((&violations).into()),
        None => Ok(parts),
    }
}

/// A request, and the ids that it depends on, with their paths.
type Depending<'a> = (Part<'a>, Vec<(String, String)>);

fn requests<'a>(check: &mut Check, object: &Object<'a>, version: ApiVersion) -> Vec<Depending<'a>> {
    let [value] = check.members(object, "", &["requests"]);
    let Some(value) = value else {
        let (code, what) = (
            Code::RequiredPropertyMissing,
            "is required: 1 to 20 requests",
        );
        check.violation(code, "requests", &[what]);
        return Vec::new();
    };
    let Some(elements) = value.as_array() else {
        check.wrong_type(value, "requests", "an array");
        return Vec::new();
    };
    if elements.is_empty() {
        check.violation(Code::EmptyList, "requests", &["must have a request"]);
    }
    if elements.len() > MAX_REQUESTS {
        let what = "must have at most 20 requests; send the others in a further batch";
        check.violation(Code::TooManyItems, "requests", &[what]);
        return Vec::new();
    }
    let mut parts: Vec<Depending<'a>> = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let at = indexed("requests", index);
        let Some(part) = check
            .object(element, &at)
            .and_then(|object| request(check, object, &at, version))
        else {
            continue;
        };
        if parts.iter().any(|(earlier, _)| earlier.id == part.0.id) {
            let what = "must differ from the ids of the other requests";
            check.violation(Code::UnknownValue, &under(&at, "id"), &[what]);
        }
        parts.push(part);
    }
    parts
}

fn request<'a>(
    check: &mut Check,
    object: &Object<'a>,
    at: &str,
    version: ApiVersion,
) -> Option<Depending<'a>> {
    let [id, method, url, headers, body, depends_on] = check.members(object, at, &DECLARED);
    let id = required(
        check,
        id,
        &under(at, "id"),
        |id| {
            (1..=MAX_ID)
                .contains(&id.chars().count())
                .then(|| id.to_owned())
        },
        "must be text of 1 to 128 characters",
    );
    let method = required(
        check,
        method,
        &under(at, "method"),
        |method| METHODS.contains(&method).then(|| method.to_owned()),
        "must be GET, POST, PATCH, PUT or DELETE",
    );
    let url = required(
        check,
        url,
        &under(at, "url"),
        |url| address(url, version),
        "must be a path after the version, such as `/me/notifications`, without dot segments; neither a stream nor personal data nor another batch",
    );
    let headers = headers.map_or(Some(Vec::new()), |value| {
        counted(check, value, &under(at, "headers"))
    });
    let depends_on = depends_on.map_or(Some(Vec::new()), |value| {
        dependencies(check, value, &under(at, "dependsOn"))
    });
    let body = match body {
        Some(Value::String(text)) => match text {
            std::borrow::Cow::Borrowed(text) => Some(*text).filter(|text| *text != "null"),
            // The reader leaves a body unparsed and borrows its text, so an owned text can't occur here.
            std::borrow::Cow::Owned(_) => None,
        },
        _ => None,
    };
    let part = Part {
        id: id?,
        method: method?,
        url: url?,
        headers: headers?,
        body,
        after: Vec::new(),
    };
    Some((part, depends_on?))
}

/// A member that must be a string which `read` accepts; `what` says so otherwise.
fn required(
    check: &mut Check,
    value: Option<&Value<'_>>,
    path: &str,
    read: impl FnOnce(&str) -> Option<String>,
    what: &str,
) -> Option<String> {
    let Some(value) = value else {
        check.violation(
            Code::RequiredPropertyMissing,
            path,
            &["is required, and ", what],
        );
        return None;
    };
    let read = read(check.string(value, path)?);
    if read.is_none() {
        check.violation(Code::UnknownValue, path, &[what]);
    }
    read
}

/// The path and query of a request with the version in front. `None`: it isn't relative to the version, a parser of URLs
/// would read it otherwise, or it leads where no request of a batch does.
fn address(url: &str, version: ApiVersion) -> Option<String> {
    let relative = url.strip_prefix('/').unwrap_or(url);
    let url = joined(&["/", version.as_str(), "/", relative]);
    let path = url.split('?').next().unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#');
    let is_dots = |segment: &str| {
        matches!(
            segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
    };
    if !url.bytes().all(is_plain) || path.contains("://") || path.split('/').any(is_dots) {
        return None;
    }
    let excluded = Route::parse(path).is_some_and(|route| {
        let mut operations = route.endpoint.operations.iter();
        operations.any(|operation| {
            matches!(
                operation.id,
                OperationId::Connect | OperationId::ExportPersonalData | OperationId::Batch
            )
        })
    });
    (!excluded).then_some(url)
}

/// The headers that count; those of one name in several spellings are joined, as HTTP does.
fn counted(
    check: &mut Check,
    value: &Value<'_>,
    path: &str,
) -> Option<Vec<(RequestHeader, String)>> {
    let mut counted: Vec<(RequestHeader, String)> = Vec::new();
    for member in check.object(value, path)? {
        let known = |header: &RequestHeader| header.name().eq_ignore_ascii_case(&member.name);
        let Some(header) = HEADERS.into_iter().find(known) else {
            continue;
        };
        if member.value.is_null() {
            continue;
        }
        let path = under(path, &member.name);
        let text = check.string(&member.value, &path)?;
        if !text
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
        {
            check.violation(Code::UnknownValue, &path, &["must be printable ASCII text"]);
            return None;
        }
        match counted.iter_mut().find(|(earlier, _)| *earlier == header) {
            Some((_, earlier)) => earlier.push_str(&joined(&[", ", text])),
            None => counted.push((header, text.to_owned())),
        }
    }
    Some(counted)
}

/// The ids that a request depends on, with their paths.
fn dependencies(check: &mut Check, value: &Value<'_>, path: &str) -> Option<Vec<(String, String)>> {
    let ids = check.array(value, path)?.iter().enumerate();
    ids.map(|(index, value)| {
        let path = indexed(path, index);
        Some((check.string(value, &path)?.to_owned(), path))
    })
    .collect()
}

/// The requests in an order in which none comes before one that it depends on.
fn order<'a>(check: &mut Check, mut waiting: Vec<Depending<'a>>) -> Vec<Part<'a>> {
    let is_there = |id: &str| waiting.iter().any(|(part, _)| part.id == id);
    let unknown = waiting
        .iter()
        .flat_map(|(_, ids)| ids)
        .filter(|(id, _)| !is_there(id));
    for (_, path) in unknown {
        check.violation(
            Code::UnknownValue,
            path,
            &["must be the id of a request of this batch"],
        );
    }
    if !check.findings.is_clean() {
        return Vec::new();
    }
    let mut ordered: Vec<Part<'a>> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let before = waiting.len();
        for (mut part, ids) in std::mem::take(&mut waiting) {
            let place = |id: &String| ordered.iter().position(|earlier| earlier.id == *id);
            match ids.iter().map(|(id, _)| place(id)).collect() {
                Some(after) => {
                    part.after = after;
                    ordered.push(part);
                }
                None => waiting.push((part, ids)),
            }
        }
        if waiting.len() == before {
            let what = "must not depend on one another in a circle";
            check.violation(Code::UnknownValue, "requests", &[what]);
            break;
        }
    }
    ordered
}

fn under(at: &str, name: &str) -> String {
    let mut path = joined(&[at, "."]);
    json::push_name(&mut path, name);
    path
}

fn indexed(at: &str, index: usize) -> String {
    let mut path = joined(&[at, "["]);
    push_integer(&mut path, i64::try_from(index).unwrap_or(i64::MAX));
    path.push(']');
    path
}

#[cfg(test)]
mod tests;
