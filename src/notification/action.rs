//! Actions: what a person can answer a notification with (CONTRACT §5.2, §5.3).

/// A way to answer a notification: a button, with a line of text where it asks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Action {
    /// The app's name for it: 1 to 32 letters, digits, `.`, `_` and `-`, once in a notification.
    pub(super) id: String,
    /// The text on its button: 1 to 64 characters.
    pub(super) title: String,
    /// How its button looks. Default: `default`.
    pub(super) style: Option<ActionStyle>,
    /// The line of text that it asks for. Default: none.
    pub(super) input: Option<ActionInput>,
}

impl Action {
    /// The most actions of a notification.
    pub const MAX_COUNT: usize = 4;
    /// The most characters of an id, all ASCII; the least is 1.
    pub const MAX_ID: usize = 32;
    /// The most characters of a title; the least is 1.
    pub const MAX_TITLE: usize = 64;

    /// The app's name for it, once in a notification.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text on its button.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// How its button looks.
    pub fn style(&self) -> ActionStyle {
        self.style.unwrap_or(ActionStyle::Default)
    }

    /// The line of text that it asks for.
    pub fn input(&self) -> Option<&ActionInput> {
        self.input.as_ref()
    }
}

/// A line of text that an action asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub struct ActionInput {
    /// The text in the empty line, at most 64 characters.
    pub(super) placeholder: Option<String>,
    /// The most characters of the text, 1 to 1000. Default: 200.
    pub(super) max_length: Option<u32>,
}

impl ActionInput {
    /// The most characters of a placeholder; it may be empty.
    pub const MAX_PLACEHOLDER: usize = 64;
    /// The longest text that may be asked for, in characters; the shortest is 1.
    pub const MAX_LENGTH: u32 = 1000;
    /// The most characters of a text where its action doesn't say.
    pub const DEFAULT_LENGTH: u32 = 200;

    /// The text in the empty line.
    pub fn placeholder(&self) -> Option<&str> {
        self.placeholder.as_deref()
    }

    /// The most characters of the text.
    pub fn max_length(&self) -> u32 {
        self.max_length.unwrap_or(Self::DEFAULT_LENGTH)
    }
}

/// How an action's button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ActionStyle {
    /// `default`: like any other.
    Default,
    /// `primary`: the one that most people want.
    Primary,
    /// `destructive`: the one that can't be undone.
    Destructive,
}

impl ActionStyle {
    /// All of them, in the order of the contract's table.
    pub const ALL: [Self; 3] = [Self::Default, Self::Primary, Self::Destructive];

    /// The canonical spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Primary => "primary",
            Self::Destructive => "destructive",
        }
    }

    /// Reads a name in any ASCII case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|style| name.eq_ignore_ascii_case(style.as_str()))
    }
}
