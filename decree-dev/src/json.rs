//! JSON strings the way Go's `encoding/json` writes them, with HTML escaped.

/// Appends a quoted string.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match escape(c) {
            Escape::None => out.push(c),
            Escape::Short(letter) => out.extend(['\\', letter]),
            Escape::Unicode => out.extend(format!("\\u{:04x}", u32::from(c)).chars()),
        }
    }
    out.push('"');
}

/// How long a text is between its quotes.
pub(crate) fn escaped_len(text: &str) -> usize {
    let len = |c: char| match escape(c) {
        Escape::None => c.len_utf8(),
        Escape::Short(_) => 2,
        Escape::Unicode => 6,
    };
    text.chars().map(len).sum()
}

enum Escape {
    None,
    Short(char),
    Unicode,
}

fn escape(c: char) -> Escape {
    match c {
        '"' | '\\' => Escape::Short(c),
        '\n' => Escape::Short('n'),
        '\r' => Escape::Short('r'),
        '\t' => Escape::Short('t'),
        '\u{8}' => Escape::Short('b'),
        '\u{c}' => Escape::Short('f'),
        '<' | '>' | '&' | '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}' => Escape::Unicode,
        _ => Escape::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_for_html() {
        let mut out = String::new();
        push_string(&mut out, "a\"\\\n<ü>\u{1}\u{2028}");
        assert_eq!(out, r#""a\"\\\n\u003cü\u003e\u0001\u2028""#);
        assert_eq!(escaped_len("a\"\\\n<ü>\u{1}\u{2028}"), out.len() - 2);
    }
}
