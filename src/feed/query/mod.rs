//! The query of a read (CONTRACT §2; OData 4.01 §5.1, of which this is a small part): `$top`, `$skiptoken`,
//! `$deltatoken`, `$filter`, `$count`, `$select`, `$orderby`, `platform` and `targetHostName`. Any other option is
//! refused by its name (D20).
//!
//! [`options`] reads the value of an option, [`filter`] the comparisons of `$filter`.

mod filter;
mod options;

use serde::{Deserialize, Serialize};

use crate::error::{Problem, RefusalCode};
use crate::json::push_name;
use crate::notification::Platform;
use crate::uri;

pub use filter::{Comparison, Condition, MAX_CONDITIONS, MAX_FILTER};
pub use options::whole_number;

/// The number of items of a page without `$top`.
pub const DEFAULT_TOP: u32 = 20;
/// The most items of a page.
pub const MAX_TOP: u32 = 100;
/// The options of a read; each endpoint takes some of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Query {
    /// `$top`
    pub top: Option<u32>,
    /// `$skiptoken`
    pub skip_token: Option<String>,
    /// `$deltatoken`
    pub delta_token: Option<String>,
    /// `$filter`: comparisons that must all hold.
    pub filter: Vec<Comparison>,
    /// The text of `$filter`, which links repeat.
    pub filter_text: Option<String>,
    /// `$count=true`: the first page says how many items all pages have.
    pub count: bool,
    /// `$select`: only these properties, and the id; empty for all.
    pub select: Vec<String>,
    /// `platform`: only the items that this platform receives.
    pub platform: Option<Platform>,
    /// `notification`: the id of the one that is asked about.
    pub notification: Option<String>,
    /// `targetHostName`: the host whose feed is read, of the app's hosts.
    pub host: Option<String>,
}

impl Query {
    /// Reads the query of a URL, for an endpoint with the `allowed` options.
    ///
    /// # Errors
    /// 400 that names the option: unknown, given twice, or with a value that it can't have.
    pub fn parse(text: &str, allowed: &[&str]) -> Result<Self, Problem> {
        let mut query = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in uri::query(text) {
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
                "$top" => query.top = Some(options::top(&value)?),
                "$skiptoken" => query.skip_token = Some(value),
                "$deltatoken" => query.delta_token = Some(value),
                "$filter" => {
                    query.filter = filter::filter(&value)?;
                    query.filter_text = Some(value);
                }
                "$count" => query.count = options::count(&value)?,
                "$select" => query.select = options::select(&value)?,
                "$orderby" => options::order(&value)?,
                "platform" => query.platform = Some(options::platform(&value)?),
                "notification" => query.notification = Some(value),
                _ => query.host = Some(value),
            }
            seen.push(name);
        }
        Ok(query)
    }

    /// Whether the page says how many items all pages have: the first page does, with `$count=true`.
    pub const fn counts(&self) -> bool {
        self.count && self.skip_token.is_none()
    }

    /// The number of items of a page.
    pub fn page_size(&self) -> u32 {
        self.top.unwrap_or(DEFAULT_TOP)
    }

    /// The query of a link to the next page or delta: this query's options, with `token` as the value of
    /// `option`.
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
            .map(|(name, value)| format!("{name}={}", uri::percent_encode(&value)))
            .collect();
        pairs.join("&")
    }
}

/// A name from a request, shortened and escaped for a sentence of an answer.
fn shown(name: &str) -> String {
    let mut shown = String::new();
    push_name(&mut shown, name);
    shown
}

/// 400 about the query option `name`.
fn bad_option(name: &str, sentence: String) -> Problem {
    RefusalCode::InvalidQueryOption.problem(name, sentence)
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
