//! The verdict on a request body: one pure function, and its answer as a value and as text.

use crate::digest::Digest;
use crate::http::MAX_BODY_BYTES;
use crate::http::encoding::TOO_LARGE;
use crate::json::{JsonText, Writer};
use crate::notification::check::Check;
use crate::notification::rules::{self, Clock};
use crate::notification::{CanonicalError, Notification};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::violation::{Violation, ViolationCode, Violations, Warning};

/// Says whether `body`, without its content encoding, is a notification by CONTRACT §1, at the
/// instant `now` under `policy`. The same bytes, instant and policy give the same verdict,
/// wherever it is asked for.
///
/// All violations are found in one pass, with one exception: a body that is too long, no UTF-8, no
/// JSON or nested too deep has just that one violation, since there is nothing to look into.
///
/// ```
/// use notifeed::{policy::Policy, time::Timestamp, verdict::validate};
///
/// let now = Timestamp::parse("2019-10-21T22:05:36.25Z")?;
/// let body = br#"{"targetHostName":"app.example.com","payload":{"rawContent":"x"}}"#;
/// assert!(validate(body, now, &Policy::DEFAULT).outcome.is_ok());
///
/// let verdict = validate(br#"{"TargetHostName":"app.example.com"}"#, now, &Policy::DEFAULT);
/// let codes: Vec<_> = verdict.outcome.as_ref().err().into_iter().flatten().map(|v| v.code.as_str()).collect();
/// assert_eq!(codes, ["RequiredPropertyMissing", "RequiredPropertyMissing"]);
/// # Ok::<(), notifeed::time::TimeError>(())
/// ```
pub fn validate(body: &[u8], now: Timestamp, policy: &Policy) -> Verdict {
    let mut check = Check::default();
    let clock = Clock {
        now,
        policy: *policy,
    };
    let request = if body.len() > MAX_BODY_BYTES {
        check.findings.violation(Violation::new(
            ViolationCode::BodyTooLarge,
            String::new(),
            String::from(TOO_LARGE),
        ));
        None
    } else {
        read(&mut check, body, Some(clock))
    };
    let (violations, warnings) = check.findings.into_parts();
    let outcome = match (request, violations) {
        (
            Some(rules::CheckedBody {
                notification,
                expiration,
            }),
            None,
        ) => Ok(Accepted {
            notification,
            expiration,
        }),
        (_, Some(violations)) => Err(violations),
        // A body without a notification and without a violation would be a mistake in this code; the body is refused
        // all the same.
        (None, None) => Err(Violations::one(Violation::new(
            ViolationCode::NotAnObject,
            String::new(),
            String::from("The body is not a notification."),
        ))),
    };
    Verdict { outcome, warnings }
}

fn read(check: &mut Check, body: &[u8], clock: Option<Clock>) -> Option<rules::CheckedBody> {
    let value = check.document(body)?;
    rules::request(check, &value, clock)
}

impl Notification {
    /// Reads back what [`Notification::canonical`] wrote, however old and long it is: no rule of
    /// the clock applies, and with its defaults a canonical text can be longer than a body may be. Any other body that keeps all the other rules is read as well, when it has an
    /// expiration.
    ///
    /// # Errors
    /// [`CanonicalError`] for any other text.
    pub fn from_canonical(text: &JsonText<Self>) -> Result<Self, CanonicalError> {
        let mut check = Check::default();
        let request = read(&mut check, text.as_str().as_bytes(), None).ok_or(CanonicalError)?;
        match (request.expiration, check.findings.into_parts().0) {
            (Some(_), None) => Ok(request.notification),
            _ => Err(CanonicalError),
        }
    }
}

/// The outcome of [`validate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The notification, or everything that is wrong with the body.
    pub outcome: Result<Accepted, Violations>,
    /// Oddities of the body, whatever the outcome.
    pub warnings: Vec<Warning>,
}

impl Verdict {
    /// The verdict as JSON text, its text face. Compact, members in this order:
    /// `{"ok":true,"notification":{…},"warnings":[…]}` with the canonical notification, or
    /// `{"ok":false,"code":"BadRequest","violations":[…],"warnings":[…]}` with
    /// [`Violation::write`] and [`Warning::write`] for each.
    pub fn to_json(&self) -> String {
        let mut w = Writer::with_capacity(512);
        w.begin_object();
        w.boolean_field("ok", self.outcome.is_ok());
        match &self.outcome {
            Ok(accepted) => w.raw_field("notification", accepted.notification.canonical().as_str()),
            Err(violations) => {
                w.string_field("code", violations.error_code().as_str());
                w.key("violations");
                w.begin_array();
                for violation in violations {
                    violation.write(&mut w);
                }
                w.end_array();
            }
        }
        w.key("warnings");
        w.begin_array();
        for warning in &self.warnings {
            warning.write(&mut w);
        }
        w.end_array();
        w.end_object();
        w.finish()
    }
}

/// A body that is a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    notification: Notification,
    /// As asked, before the default and the cap.
    expiration: Option<Timestamp>,
}

impl Accepted {
    /// The notification.
    pub const fn notification(&self) -> &Notification {
        &self.notification
    }

    /// The notification.
    pub fn into_notification(self) -> Notification {
        self.notification
    }

    /// The canonical text of the request **before** defaults and caps that depend on the clock: what "same content"
    /// compares when an `appNotificationId` comes again (CONTRACT §1, "200 OK"). The text is that of
    /// [`Notification::canonical`] with the expiration as it was asked for, `null` when none was.
    pub fn request_text(&self) -> JsonText<Self> {
        JsonText::stored(self.notification.render(self.expiration))
    }

    /// The digest of [`Accepted::request_text`], which stands for it in the feed.
    pub fn request_digest(&self) -> Digest {
        Digest::of(&[self.request_text().as_str()])
    }
}

#[cfg(test)]
mod tests;
