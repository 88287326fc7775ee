//! The table as Markdown.

use std::fmt::Write;

use super::facts::Facts;

/// A client and what it was built of.
#[derive(Debug, Clone)]
pub struct Client {
    /// Heads its column.
    pub name: String,
    /// As the client gives them.
    pub versions: String,
}

/// A scenario and what each client showed in it.
#[derive(Debug, Clone)]
pub struct Row {
    /// What happens, in a few words.
    pub name: String,
    /// What happens, step by step.
    pub steps: String,
    /// By client, in the order of the columns; an error says why a play failed.
    pub facts: Vec<Result<Facts, String>>,
}

/// The table: a line for each scenario, a column for each client.
#[must_use]
pub fn table(clients: &[Client], rows: &[Row]) -> String {
    let mut text = String::new();
    let names = clients.iter().map(|client| client.name.as_str());
    push_line(&mut text, std::iter::once("What happens").chain(names));
    push_line(&mut text, (0..=clients.len()).map(|_| "---"));
    for row in rows {
        let cells = row.facts.iter().map(|facts| match facts {
            Ok(facts) => facts.to_string(),
            Err(why) => format!("NOT PLAYED: {why}"),
        });
        push_line(&mut text, std::iter::once(row.name.clone()).chain(cells));
    }
    text
}

fn push_line(text: &mut String, cells: impl Iterator<Item = impl AsRef<str>>) {
    for cell in cells {
        let cell = cell.as_ref().replace('|', "\\|").replace('\n', " ");
        let _ = write!(text, "| {cell} "); // a String takes everything
    }
    text.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rivals::{Said, Untrue, facts::tests::facts};

    #[test]
    fn a_cell_says_what_was_seen_and_no_more() {
        let right = facts();
        let wrong = Facts {
            answer: Some(vec![1, 2]),
            right_after: None,
            still_hears: Some(false),
            untrue: Untrue {
                torn: 1,
                invented: 0,
                zero: 2,
                backwards: 0,
            },
            subscribes: 0,
            said: Said::Error,
            ..facts()
        };
        let dead = Facts {
            answer: None,
            died: Some("a | b".to_owned()),
            ..facts()
        };
        let client = |name: &str| Client {
            name: name.to_owned(),
            versions: String::new(),
        };
        let row = Row {
            name: "A change".to_owned(),
            steps: String::new(),
            facts: vec![Ok(right), Ok(wrong), Ok(dead), Err("gone".to_owned())],
        };
        let clients = ["a", "b", "c", "d"].map(client);
        let lines = [
            "| What happens | a | b | c | d |",
            "| --- | --- | --- | --- | --- |",
            "| A change | right after 1.2 s; 1 new stream; silent \
             | **wrong**: 1, not 2; **deaf**; **half of a version**; **null as 0** (2 times); logs an error \
             | **process died**: a \\| b; 1 new stream; silent | NOT PLAYED: gone |",
        ];
        assert_eq!(table(&clients, &[row]), lines.join("\n") + "\n");
    }
}
