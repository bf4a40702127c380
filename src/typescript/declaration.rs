//! Declarations as TypeScript text, laid out for people.
#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

use std::fmt::Debug;

use ts_rs::{Config, TS};

use crate::doc_comments::{docs_of, for_javascript};

/// An object type. `extends`: what it has besides the members of the Rust type; empty: nothing.
pub(super) fn interface<T: TS>(extends: &str) -> String {
    let config = config();
    let (docs, name) = (docs::<T>(), T::name(&config));
    let extends = match extends {
        "" => String::new(),
        _ => format!(" extends {extends}"),
    };
    let body = Object::read(&T::inline(&config)).block("");
    format!("{docs}export interface {name}{extends} {body}")
}

/// The names of an object type's members.
pub(super) fn members<T: TS>() -> Vec<String> {
    let members = Object::read(&T::inline(&config())).0.into_iter();
    members
        .map(|(_, name, _)| name.trim_end_matches('?').to_owned())
        .collect()
}

/// A type by another name.
pub(super) fn alias(name: &str, docs: &str, definition: &str) -> String {
    format!("{}export type {name} = {definition};", comment(docs, ""))
}

/// A type with the values `spellings`. The comment on each stands in the `source` of the type.
pub(super) fn enumeration<T: TS + Debug>(all: &[T], spellings: &[String], source: &str) -> String {
    let config = config();
    let name = T::name(&config);
    let inline = T::inline(&config);
    assert_eq!(inline.split(" | ").count(), all.len(), "{name}: all values");
    let notes: Vec<_> = all
        .iter()
        .zip(spellings)
        .map(|(value, spelling)| note(source, &name, &format!("{value:?}"), spelling))
        .collect();
    let values = if notes.iter().all(String::is_empty) {
        format!(" {}", spellings.join(" | "))
    } else {
        let values = notes.iter().zip(spellings);
        let values = values.map(|(note, spelling)| format!("\n{note}  | {spelling}"));
        values.collect()
    };
    format!("{}export type {name} ={values};", docs::<T>())
}

/// A type that is any of several object types.
pub(super) fn union<T: TS>() -> String {
    let config = config();
    let members = T::inline(&config);
    let members = members.split(" | {").enumerate().map(|(index, member)| {
        let member = match index {
            0 => member.to_owned(),
            _ => format!("{{{member}"),
        };
        match member.rsplit_once("} & ") {
            Some((object, rest)) => {
                let object = Object::read(&format!("{object}}}")).line();
                format!("\n  | ({object} & {rest})")
            }
            None => format!("\n  | {}", Object::read(&member).fitting("    ")),
        }
    });
    let members: String = members.collect();
    format!(
        "{}export type {} ={members};",
        docs::<T>(),
        T::name(&config)
    )
}

/// Numbers of the contract are exact in JavaScript: [`Seq`](crate::feed::Seq) says so of the largest.
fn config() -> Config {
    Config::new().with_large_int("number")
}

/// The members of an object type: comment, name with what follows it up to the colon, type.
struct Object(Vec<(String, String, String)>);

impl Object {
    /// Reads `{ name?: type, … }` with comments in front of members, as ts-rs writes it.
    fn read(text: &str) -> Self {
        let inner = text.trim().strip_prefix('{');
        let mut rest = inner.and_then(|text| text.strip_suffix('}')).expect(text);
        let mut members = Vec::new();
        while !rest.trim().is_empty() {
            let (docs, after) = match rest.trim().strip_prefix("/**") {
                Some(comment) => comment.split_once("*/").expect("the end of a comment"),
                None => ("", rest.trim()),
            };
            let (name, after) = after.split_once(':').expect("a name");
            let (kind, after) = after.split_once(',').unwrap_or((after, ""));
            let name = name.trim();
            let plain = name.trim_matches('"');
            let name = if plain.contains(['-', '.']) {
                name
            } else {
                plain
            };
            members.push((docs.to_owned(), name.to_owned(), kind.trim().to_owned()));
            rest = after;
        }
        Self(members)
    }

    /// On one line, without comments.
    fn line(&self) -> String {
        let members = self.0.iter();
        let members = members.map(|(_, name, kind)| format!("{name}: {kind}"));
        format!("{{ {} }}", members.collect::<Vec<_>>().join("; "))
    }

    /// On a line for each member, with its comment.
    fn block(&self, indent: &str) -> String {
        let mut text = String::from("{\n");
        for (docs, name, kind) in &self.0 {
            let indent = format!("{indent}  ");
            text.push_str(&comment(docs, &indent));
            text.push_str(&format!("{indent}{name}: {kind};\n"));
        }
        text + indent + "}"
    }

    /// On one line if there are no comments.
    fn fitting(&self, indent: &str) -> String {
        if self.0.iter().all(|(docs, ..)| docs.is_empty()) {
            self.line()
        } else {
            self.block(indent)
        }
    }
}

fn docs<T: TS>() -> String {
    let docs = T::docs().unwrap_or_default();
    comment(
        docs.trim().trim_start_matches("/**").trim_end_matches("*/"),
        "",
    )
}

/// A comment of a doc comment's lines, each of which may still have its star.
pub(super) fn comment(docs: &str, indent: &str) -> String {
    let lines = docs.lines().map(|line| line.trim().trim_start_matches('*'));
    let text = for_javascript(&lines.map(str::trim).collect::<Vec<_>>().join("\n"));
    match text.trim() {
        "" => String::new(),
        text if text.lines().count() == 1 => format!("{indent}/** {text} */\n"),
        text => {
            let lines = text.lines().map(|line| format!("{indent} * {line}"));
            let lines: Vec<_> = lines.map(|line| line.trim_end().to_owned()).collect();
            format!("{indent}/**\n{}\n{indent} */\n", lines.join("\n"))
        }
    }
}

/// The comment on a value of an enumeration, unless it only says the spelling.
fn note(source: &str, name: &str, value: &str, spelling: &str) -> String {
    let docs = docs_of(source, name, value);
    let spelling = format!("`{}`", spelling.trim_matches('"'));
    let said = docs.strip_prefix(&spelling).unwrap_or(&docs);
    let said = said.trim_start_matches([':', ' ']);
    let (first, rest) = said.split_at(said.len().min(1));
    comment(&(first.to_uppercase() + rest), "  ")
}
