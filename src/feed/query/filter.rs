//! `$filter`: comparisons of an item's states, group and priority.

use serde::{Deserialize, Serialize};

use super::{bad_option, shown};
use crate::error::Problem;
use crate::feed::entry::{ReadState, UserActionState};
use crate::notification::Priority;

/// The longest `$filter`, in characters (D15).
pub const MAX_FILTER: usize = 1024;
/// The most conditions of a `$filter` (D15).
pub const MAX_CONDITIONS: usize = 8;

/// A condition: a property of an item has a value.
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

    /// The value that the property is compared with; `None`: `null`.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::ReadState(state) => Some(state.as_str()),
            Self::UserActionState(state) => Some(state.as_str()),
            Self::GroupName(name) => name.as_deref(),
            Self::Priority(priority) => Some(priority.as_str()),
        }
    }
}

/// A comparison of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The property and the value.
    pub condition: Condition,
    /// `ne`: the condition must not hold. A property that is `null` equals no string, so `ne` holds.
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

/// Reads `condition *( "and" condition )`, each `property ( "eq" / "ne" ) literal`; a literal is a string in single
/// quotes, in which two quotes stand for one, or `null`.
pub(super) fn filter(text: &str) -> Result<Vec<Comparison>, Problem> {
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

/// A token of `$filter`.
enum Token {
    /// A property, an operator, `and` or `null`.
    Word(String),
    /// A string in single quotes, without them.
    Text(String),
}

/// The tokens of `$filter`; `None` where a quote isn't closed.
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
    use super::super::Query;
    use super::*;
    use crate::uri;

    const OPTIONS: [&str; 1] = ["$filter"];

    fn conditions(filter: &str) -> Option<Vec<Condition>> {
        let query = format!("$filter={}", uri::percent_encode(filter));
        let filter = Query::parse(&query, &OPTIONS).ok()?.filter.into_iter();
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
            let query = format!("$filter={}", uri::percent_encode(filter));
            let problem = Query::parse(&query, &OPTIONS).err();
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
            &OPTIONS,
        );
        let negated = Comparison {
            condition: Condition::GroupName(None),
            negated: true,
        };
        let low = Condition::Priority(Priority::Low).into();
        assert_eq!(query.map(|query| query.filter), Ok(vec![negated, low]));
    }
}
