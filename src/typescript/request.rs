//! A request body as an app may write it. The rules read one property by property, so it has no
//! type elsewhere; its names are held against those that the rules know.
#![expect(dead_code, reason = "declared for its shape")]

use ts_rs::{Config, TS};

use super::declaration::{alias, interface, members};
use crate::notification::{ActionStyle, Platform, Priority, rules};

/// A notification as an app posts it, before its defaults. `null` means absent, everywhere. Names of
/// platforms and priorities go in any case.
#[derive(TS)]
#[ts(rename_all = "camelCase", optional_fields = nullable)]
struct NotificationRequest {
    /// The app's cross-device domain: no scheme, port or path.
    target_host_name: String,
    /// The app's own id for it, 1 to 128 characters. Posted again, it replaces what is there.
    app_notification_id: Option<String>,
    /// The group that it is shown in, at most 128 characters.
    group_name: Option<String>,
    /// How urgent it is. Default: `High` with visual content, else `None`.
    priority: Option<AnyCase<Priority>>,
    /// The content that is sent: raw, visual or both.
    payload: PayloadRequest,
    /// The audience. Default: all platforms.
    target_policy: Option<TargetPolicyRequest>,
    /// The content for endpoints that don't fetch the raw content in time.
    fallback_policy: Option<FallbackPolicyRequest>,
    /// When it leaves every feed: ISO 8601. Default and latest: the service's retention from now.
    expiration_date_time: Option<Moment>,
    /// How long it is worth showing: whole seconds, 0 to 2592000.
    display_time_to_live: Option<Seconds>,
}

/// The content that is sent: raw, visual or both.
#[derive(TS)]
#[ts(rename_all = "camelCase", optional_fields = nullable)]
struct PayloadRequest {
    /// Content that only the app understands; not empty.
    raw_content: Option<String>,
    /// The content that a person reads.
    visual_content: Option<VisualContentRequest>,
}

/// The content that a person reads.
#[derive(TS)]
#[ts(optional_fields = nullable)]
struct VisualContentRequest {
    /// Not empty.
    title: String,
    /// The text under the title.
    body: Option<String>,
    /// The page that a person goes to who follows the notification: begins with `https://`.
    link: Option<String>,
    /// A picture, shown square: begins with `https://`.
    icon: Option<String>,
    /// The kind of notification that it is, for people's filters: 1 to 64 characters.
    category: Option<String>,
    /// The ways to answer it, 1 to 4.
    actions: Option<Vec<ActionRequest>>,
}

/// A way to answer a notification: a button, with a line of text where it asks for one.
#[derive(TS)]
#[ts(optional_fields = nullable)]
struct ActionRequest {
    /// The app's name for it: 1 to 32 letters, digits, `.`, `_` and `-`, once in a notification.
    id: String,
    /// The text on its button: 1 to 64 characters.
    title: String,
    /// How its button looks. Default: `default`.
    style: Option<AnyCase<ActionStyle>>,
    /// The line of text that it asks for. Default: none.
    input: Option<ActionInputRequest>,
}

/// A line of text that an action asks for.
#[derive(TS)]
#[ts(rename_all = "camelCase", optional_fields = nullable)]
struct ActionInputRequest {
    /// The text in the empty line, at most 64 characters.
    placeholder: Option<String>,
    /// The most characters of the text, 1 to 1000. Default: 200.
    max_length: Option<u32>,
}

/// The audience of a notification.
#[derive(TS)]
#[ts(rename_all = "camelCase", optional_fields = nullable)]
struct TargetPolicyRequest {
    /// At least one.
    platform_types: Option<Vec<AnyCase<Platform>>>,
}

/// The content for endpoints that don't fetch the raw content in time.
#[derive(TS)]
#[ts(rename_all = "camelCase", optional_fields = nullable)]
struct FallbackPolicyRequest {
    /// On iOS.
    endpoint_fallback: Option<EndpointFallbackRequest>,
}

/// The content that an iOS endpoint shows when it doesn't fetch the raw content in time.
#[derive(TS)]
#[ts(rename_all = "camelCase")]
struct EndpointFallbackRequest {
    /// Just iOS, which the target policy must have as well.
    platform_types: Vec<AnyCase<Platform>>,
    /// How long the endpoint has to fetch the raw content, 60 to 600 seconds.
    fallback_delay_in_seconds: u32,
    /// The content that is shown then.
    #[ts(type = "FallbackVisualContentRequest")]
    visual_content: VisualContentRequest,
}

/// A name that is read in any case, of which two are worth offering.
struct AnyCase<T>(T);

impl<T: TS> TS for AnyCase<T> {
    type WithoutGenerics = Moment;
    type OptionInnerType = Self;

    fn name(config: &Config) -> String {
        let name = T::name(config);
        format!("{name} | Lowercase<{name}>")
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}

/// A value from which `JSON.stringify` makes the text of an instant.
struct Moment;

/// A number, or its decimal digits.
struct Seconds;

super::written_as!(Moment => "string | Date", Seconds => "number | `${number}`");

/// The declarations of a request body.
pub(super) fn declarations() -> [String; 9] {
    [
        interface::<NotificationRequest>(""),
        interface::<PayloadRequest>(""),
        interface::<VisualContentRequest>(""),
        interface::<ActionRequest>(""),
        interface::<ActionInputRequest>(""),
        interface::<TargetPolicyRequest>(""),
        interface::<FallbackPolicyRequest>(""),
        interface::<EndpointFallbackRequest>(""),
        alias(
            "FallbackVisualContentRequest",
            "What a fallback shows: it can't be answered.",
            "Omit<VisualContentRequest, \"actions\">",
        ),
    ]
}

#[test]
fn the_names_are_those_of_the_rules() {
    fn names<T: TS>(declared: &[&str]) {
        let mut declared = declared.to_vec();
        declared.sort_unstable();
        let mut names = members::<T>();
        names.sort_unstable();
        assert_eq!(names, declared);
    }
    names::<NotificationRequest>(&rules::NOTIFICATION);
    names::<PayloadRequest>(&rules::PAYLOAD);
    names::<VisualContentRequest>(&rules::VISUAL_CONTENT);
    names::<ActionRequest>(&rules::ACTION);
    names::<ActionInputRequest>(&rules::ACTION_INPUT);
    let (fallback, last) = rules::VISUAL_CONTENT.split_at(5);
    assert_eq!(
        (fallback, last),
        (&rules::FALLBACK_VISUAL_CONTENT[..], &["actions"][..])
    );
    names::<TargetPolicyRequest>(&rules::TARGET_POLICY);
    names::<FallbackPolicyRequest>(&rules::FALLBACK_POLICY);
    names::<EndpointFallbackRequest>(&rules::ENDPOINT_FALLBACK);
}
