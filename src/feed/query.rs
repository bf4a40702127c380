//! What a reader may ask of a feed (CONTRACT §2; OData 4.01 §5.1, of which this is a small part):
//! `$top`, `$skiptoken`, `$deltatoken`, `$filter`, `$count`, `$select`, `$orderby`, `platform` and
//! `targetHostName`. Anything else is refused by its name (D20).

use serde::{Deserialize, Serialize};

use crate::error::{Problem, RefusalCode};
use crate::feed::entry::{ReadState, UserActionState};
use crate::feed::view::PROPERTIES;
use crate::http::route;
use crate::json::push_name;
use crate::notification::{Platform, Priority, nearest};

/// How many items a page has when `$top` doesn't say.
pub const DEFAULT_TOP: u32 = 20;
/// How many items a page has at most.
pub const MAX_TOP: u32 = 100;
/// (D15) The longest `$filter`, in characters.
pub const MAX_FILTER: usize = 1024;
/// (D15) The most conditions of a `$filter`.
pub const MAX_CONDITIONS: usize = 8;

/// One condition: that property has that value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// `readState eq 'unread'`
    ReadState(ReadState),
    /// `userActionState eq 'dismissed'`
    UserActionState(UserActionState),
    /// `groupName eq 'News'`, or `null`
    GroupName(Option<String>),
    /// `priority eq 'High'`
    Priority(Priority),
}

impl Condition {
    /// The condition that `property` has `value`, `None` being `null`; `None` for a property that
    /// can't be compared, or a value that it never has.
    pub fn of(property: &str, value: Option<&str>) -> Option<Self> {
        match (property, value) {
            ("groupName", value) => Some(Self::GroupName(value.map(str::to_owned))),
            ("readState", Some(value)) => ReadState::parse(value).map(Self::ReadState),
            ("userActionState", Some(value)) => {
                UserActionState::parse(value).map(Self::UserActionState)
            }
            ("priority", Some(value)) => Priority::parse(value).map(Self::Priority),
            _ => None,
        }
    }

    /// The property that is compared.
    pub const fn property(&self) -> &'static str {
        match self {
            Self::ReadState(_) => "readState",
            Self::UserActionState(_) => "userActionState",
            Self::GroupName(_) => "groupName",
            Self::Priority(_) => "priority",
        }
    }

    /// The value that it is to have; `None`: `null`.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::ReadState(state) => Some(state.as_str()),
            Self::UserActionState(state) => Some(state.as_str()),
            Self::GroupName(name) => name.as_deref(),
            Self::Priority(priority) => Some(priority.as_str()),
        }
    }
}

/// One comparison of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is compared with what.
    pub condition: Condition,
    /// `ne`: the condition must not hold, as it doesn't for `null`.
    pub negated: bool,
}

impl From<Condition> for Comparison {
    fn from(condition: Condition) -> Self {
        Self {
            condition,
            negated: false,
        }
    }
}

/// What is asked of a feed; each call takes some of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Query {
    /// `$top`
    pub top: Option<u32>,
    /// `$skiptoken`
    pub skip_token: Option<String>,
    /// `$deltatoken`
    pub delta_token: Option<String>,
    /// `$filter`: all of these.
    pub filter: Vec<Comparison>,
    /// `$filter`, as it was written: links repeat it.
    pub filter_text: Option<String>,
    /// `$count=true`: the first page says how many there are on all.
    pub count: bool,
    /// `$select`: only these properties, and the id; empty for all.
    pub select: Vec<String>,
    /// `platform`: only the items that it receives.
    pub platform: Option<Platform>,
    /// `targetHostName`: which of the app's hosts.
    pub host: Option<String>,
}

impl Query {
    /// Reads a query, of which the call takes only the `allowed` options.
    ///
    /// # Errors
    /// 400 that names the option: unknown, given twice, or with a value that it can't have.
    pub fn parse(text: &str, allowed: &[&str]) -> Result<Self, Problem> {
        let mut query = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in route::query(text) {
            if !allowed.contains(&name.as_str()) {
                let name = shown(&name);
                return Err(bad_option(
                    &name,
                    format!(
                        "This call has no query option '{name}'. It has: {}.",
                        allowed.join(", ")
                    ),
                ));
            }
            if seen.contains(&name) {
                return Err(bad_option(
                    &name,
                    format!("'{name}' stands in the query twice."),
                ));
            }
            match name.as_str() {
                "$top" => query.top = Some(top(&value)?),
                "$skiptoken" => query.skip_token = Some(value),
                "$deltatoken" => query.delta_token = Some(value),
                "$filter" => {
                    query.filter = filter(&value)?;
                    query.filter_text = Some(value);
                }
                "$count" => query.count = count(&value)?,
                "$select" => query.select = select(&value)?,
                "$orderby" => order(&value)?,
                "platform" => query.platform = Some(platform(&value)?),
                _ => query.host = Some(value),
            }
            seen.push(name);
        }
        Ok(query)
    }

    /// Whether the page says how many there are on all: the first one, where that is asked.
    pub const fn counts(&self) -> bool {
        self.count && self.skip_token.is_none()
    }

    /// How many items a page has.
    pub fn page_size(&self) -> u32 {
        self.top.unwrap_or(DEFAULT_TOP)
    }

    /// The query of a link that goes on with `token` (an option and its value), and otherwise asks
    /// for the same.
    pub fn continued(&self, option: &str, token: &str) -> String {
        let mut pairs = vec![(option, token.to_owned())];
        pairs.extend(self.top.map(|top| ("$top", top.to_string())));
        pairs.extend(self.filter_text.clone().map(|filter| ("$filter", filter)));
        pairs.extend(self.count.then(|| ("$count", "true".to_owned())));
        if !self.select.is_empty() {
            pairs.push(("$select", self.select.join(",")));
        }
        pairs.extend(
            self.platform
                .map(|platform| ("platform", platform.parameter())),
        );
        pairs.extend(self.host.clone().map(|host| ("targetHostName", host)));
        let pairs: Vec<String> = pairs
            .into_iter()
            .map(|(name, value)| format!("{name}={}", route::percent_encode(&value)))
            .collect();
        pairs.join("&")
    }
}

/// A name that a caller sent, as far as it is repeated.
fn shown(name: &str) -> String {
    let mut shown = String::new();
    push_name(&mut shown, name);
    shown
}

fn bad_option(name: &str, sentence: String) -> Problem {
    RefusalCode::InvalidQueryOption.problem(name, sentence)
}

/// How many items a caller asks for: a whole number from 1 to `most`, else `None`.
pub fn whole_number(value: &str, most: u32) -> Option<u32> {
    let number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.then(|| value.parse().ok()).flatten();
    number.filter(|number| (1..=most).contains(number))
}

fn top(value: &str) -> Result<u32, Problem> {
    whole_number(value, MAX_TOP).ok_or_else(|| {
        bad_option(
            "$top",
            format!("'$top' must be a whole number from 1 to {MAX_TOP}."),
        )
    })
}

fn count(value: &str) -> Result<bool, Problem> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(bad_option(
            "$count",
            "'$count' must be true or false.".to_owned(),
        )),
    }
}

fn platform(value: &str) -> Result<Platform, Problem> {
    Platform::parse(value).ok_or_else(|| {
        bad_option(
            "platform",
            "'platform' must be windows, ios, android or webpush.".to_owned(),
        )
    })
}

/// Names of an item's properties with commas between, or `*` for all.
fn select(value: &str) -> Result<Vec<String>, Problem> {
    let bad = |what: &str| bad_option("$select", format!("'$select' {what}."));
    let mut selected: Vec<String> = Vec::new();
    let mut all = false;
    for name in value.split(',').map(str::trim) {
        if name == "*" {
            all = true;
        } else if !PROPERTIES.contains(&name) {
            let hint = match nearest(name, &PROPERTIES) {
                Some(meant) => format!(": did you mean '{meant}'?"),
                None => String::new(),
            };
            let name = shown(name);
            return Err(bad(&format!(
                "names '{name}', which is no property of a notification{hint}"
            )));
        } else if !selected.iter().any(|known| known == name) {
            selected.push(name.to_owned());
        }
    }
    Ok(if all { Vec::new() } else { selected })
}

/// The one order that there is, spelled out.
fn order(value: &str) -> Result<(), Problem> {
    let words: Vec<&str> = value.split_whitespace().collect();
    if words == ["createdDateTime", "desc"] {
        return Ok(());
    }
    Err(bad_option(
        "$orderby",
        "'$orderby' must be 'createdDateTime desc': the newest come first.".to_owned(),
    ))
}

/// `condition *( "and" condition )`, each `property ( "eq" / "ne" ) literal`; a literal is a string in single
/// quotes, in which two quotes stand for one, or `null`.
fn filter(text: &str) -> Result<Vec<Comparison>, Problem> {
    let bad = |what: &str| {
        bad_option(
            "$filter",
            format!(
                "'$filter' {what}. It compares readState, userActionState, groupName and priority by 'eq' or 'ne', joined by 'and': readState eq 'unread' and priority eq 'High'."
            ),
        )
    };
    if text.chars().count() > MAX_FILTER {
        return Err(bad("is longer than 1024 characters"));
    }
    let tokens = tokens(text).ok_or_else(|| bad("can't be read"))?;
    let mut tokens = tokens.iter();
    let mut conditions = Vec::new();
    loop {
        let (Some(Token::Word(property)), Some(Token::Word(operator)), Some(literal)) =
            (tokens.next(), tokens.next(), tokens.next())
        else {
            return Err(bad("can't be read"));
        };
        let negated = match operator.as_str() {
            "eq" => false,
            "ne" => true,
            _ => return Err(bad(&format!("has the operator '{}'", shown(operator)))),
        };
        let value = match literal {
            Token::Text(text) => Some(text.as_str()),
            Token::Word(word) if word == "null" => None,
            Token::Word(_) => return Err(bad("compares with what isn't a string in quotes")),
        };
        const COMPARED: [&str; 4] = ["groupName", "readState", "userActionState", "priority"];
        if !COMPARED.contains(&property.as_str()) {
            return Err(bad(&format!(
                "names '{}', which can't be compared",
                shown(property)
            )));
        }
        let condition = Condition::of(property, value).ok_or_else(|| {
            bad(&format!(
                "compares '{property}' with a value that it never has"
            ))
        })?;
        conditions.push(Comparison { condition, negated });
        if conditions.len() > MAX_CONDITIONS {
            return Err(bad("has more than 8 conditions"));
        }
        match tokens.next() {
            None => return Ok(conditions),
            Some(Token::Word(word)) if word == "and" => {}
            Some(Token::Word(word)) => {
                return Err(bad(&format!("has '{}' where 'and' belongs", shown(word))));
            }
            Some(Token::Text(_)) => return Err(bad("has a string where 'and' belongs")),
        }
    }
}

enum Token {
    Word(String),
    Text(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        if first == ' ' {
            continue;
        }
        let mut token = String::new();
        if first == '\'' {
            loop {
                match rest.next()? {
                    '\'' if rest.peek() == Some(&'\'') => token.extend(rest.next()),
                    '\'' => break,
                    other => token.push(other),
                }
            }
            tokens.push(Token::Text(token));
        } else {
            token.push(first);
            while let Some(next) = rest.next_if(|next| *next != ' ' && *next != '\'') {
                token.push(next);
            }
            tokens.push(Token::Word(token));
        }
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 5] = [
        "$top",
        "$skiptoken",
        "$deltatoken",
        "$filter",
        "targetHostName",
    ];

    fn conditions(filter: &str) -> Option<Vec<Condition>> {
        let query = format!("$filter={}", route::percent_encode(filter));
        let filter = Query::parse(&query, &ALL).ok()?.filter.into_iter();
        Some(
            filter
                .filter(|comparison| !comparison.negated)
                .map(|comparison| comparison.condition)
                .collect(),
        )
    }

    #[test]
    fn a_filter_compares_four_properties() {
        assert_eq!(
            conditions("readState eq 'unread' and userActionState eq 'dismissed'"),
            Some(vec![
                Condition::ReadState(ReadState::Unread),
                Condition::UserActionState(UserActionState::Dismissed),
            ])
        );
        assert_eq!(
            conditions(" groupName  eq 'O''Hara and é' and priority eq 'High' "),
            Some(vec![
                Condition::GroupName(Some("O'Hara and é".into())),
                Condition::Priority(Priority::High),
            ])
        );
        assert_eq!(
            conditions("groupName eq null"),
            Some(vec![Condition::GroupName(None)])
        );
    }

    #[test]
    fn any_other_filter_is_refused_with_its_name() {
        let long = format!("groupName eq '{}'", "x".repeat(MAX_FILTER));
        let many = ["readState eq 'read'"; MAX_CONDITIONS + 1].join(" and ");
        for filter in [
            "",
            "readState",
            "readState eq",
            "readState eq unread",
            "readState eq 'seen'",
            "readState gt 'read'",
            "title eq 'x'",
            "readState eq 'read' or readState eq 'unread'",
            "readState eq 'read' and",
            "groupName eq 'x",
            "(readState eq 'read')",
            "readState eq null",
            "'x' eq 'x'",
            "readState eq 'read' 'x'",
            &long,
            &many,
        ] {
            let query = format!("$filter={}", route::percent_encode(filter));
            let problem = Query::parse(&query, &ALL).err();
            let targets: Vec<_> = problem
                .iter()
                .flat_map(|p| &p.details)
                .map(|d| d.target.as_str())
                .collect();
            assert_eq!(targets, ["$filter"], "{filter:.60}");
        }
    }

    #[test]
    fn a_filter_says_what_may_not_be() {
        let query = Query::parse(
            "$filter=groupName%20ne%20null%20and%20priority%20eq%20'Low'",
            &ALL,
        );
        let negated = Comparison {
            condition: Condition::GroupName(None),
            negated: true,
        };
        let low = Condition::Priority(Priority::Low).into();
        assert_eq!(query.map(|query| query.filter), Ok(vec![negated, low]));
    }

    #[test]
    fn what_the_builders_of_sdks_add() {
        const OPTIONS: [&str; 3] = ["$count", "$select", "$orderby"];
        let read = |text: &str| Query::parse(text, &OPTIONS);
        let query =
            read("$count=true&$select=id,%20readState,id&$orderby=createdDateTime%20%20desc");
        assert_eq!(
            query
                .as_ref()
                .map(|query| query.continued("$skiptoken", "t"))
                .as_deref(),
            Ok("$skiptoken=t&$count=true&$select=id%2CreadState")
        );
        let all = read("$count=false&$select=*,id");
        assert_eq!(all, Ok(Query::default()));
        for (text, target, part) in [
            ("$count=1", "$count", "true or false"),
            ("$count=", "$count", "true or false"),
            ("$select=", "$select", "names ''"),
            ("$select=id,", "$select", "names ''"),
            ("$select=readstate", "$select", "did you mean 'readState'?"),
            (
                "$select=payload/visualContent",
                "$select",
                "names 'payload/",
            ),
            ("$orderby=createdDateTime", "$orderby", "newest"),
            ("$orderby=createdDateTime asc", "$orderby", "newest"),
            ("$orderby=priority desc", "$orderby", "newest"),
        ] {
            let problem = read(text).err();
            let detail = problem.as_ref().and_then(|problem| problem.details.first());
            assert_eq!(detail.map(|detail| detail.target.as_str()), Some(target));
            assert!(
                problem.is_some_and(|problem| problem.message.contains(part)),
                "{text}"
            );
        }
    }

    #[test]
    fn options_are_bounded_and_known() {
        assert_eq!(
            Query::parse("", &ALL).map(|query| query.page_size()),
            Ok(20)
        );
        assert_eq!(
            Query::parse("%24top=100", &ALL).map(|query| query.page_size()),
            Ok(100)
        );
        for query in [
            "$top=0",
            "$top=101",
            "$top=x",
            "$top=%2B5",
            "$top=%zz",
            "$top=",
            "$top=1&$top=1",
            "$orderby=id",
            "top=1",
        ] {
            assert!(Query::parse(query, &ALL).is_err(), "{query}");
        }
        assert!(Query::parse("$deltatoken=x", &["$top"]).is_err());
    }

    #[test]
    fn a_link_asks_for_the_same() {
        let query = Query::parse(
            "$filter=groupName%20eq%20'a%26b'&$top=5&$skiptoken=old",
            &ALL,
        );
        assert_eq!(
            query
                .map(|query| query.continued("$skiptoken", "new"))
                .as_deref(),
            Ok("$skiptoken=new&$top=5&$filter=groupName%20eq%20%27a%26b%27")
        );
    }
}
