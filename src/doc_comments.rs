//! Doc comments of the tables, for the documents that are made from them. Exists in tests only.
#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

/// A doc comment for readers without the Rust sources: links to them are plain names, references
/// to the contract's sections and decisions are left out.
pub(crate) fn for_javascript(docs: &str) -> String {
    let mut parts = docs.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let link = part.split_once(']');
        let Some((name, rest)) = link.filter(|(name, _)| is_link(name)) else {
            text.push_str(&format!("[{part}"));
            continue;
        };
        let target = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (rest, name) = match target {
            Some((_, rest)) => (rest, name.to_owned()),
            None => (rest, name.replace("::", ".")),
        };
        text.push_str(&name);
        text.push_str(rest);
    }
    while let Some((before, decision)) = text.split_once("(D") {
        let Some((number, after)) = decision.split_once(')') else {
            break;
        };
        assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{text}");
        text = format!("{}{}", before.trim_end_matches(' '), after);
    }
    while let Some((before, reference)) = text.split_once(" (CONTRACT") {
        let (_, after) = reference.split_once(')').expect("the end of a reference");
        text = format!("{before}{after}");
    }
    text
}

/// Whether what stands in brackets is a link, not an index.
fn is_link(name: &str) -> bool {
    !name.bytes().all(|byte| byte.is_ascii_digit())
}

/// The doc comment on a value of the enumeration `name`, from the `source` of its type.
pub(crate) fn docs_of(source: &str, name: &str, value: &str) -> String {
    let (_, declared) = source
        .split_once(&format!("pub enum {name} {{\n"))
        .expect("the type");
    let (before, _) = declared
        .split_once(&format!("    {value},\n"))
        .expect("the value");
    let attached = |line: &&str| line.starts_with("///") || line.starts_with("#[");
    let lines = before.lines().rev().map(str::trim).take_while(attached);
    let lines: Vec<_> = lines
        .filter_map(|line| line.strip_prefix("///").map(str::trim))
        .collect();
    let docs: Vec<_> = lines.into_iter().rev().collect();
    docs.join("\n")
}
