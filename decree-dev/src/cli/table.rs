//! Columns that line up.

use std::io::{self, Write};

/// A value longer than this does not push what stands right of the others out of sight.
const WIDEST: usize = 40;

pub(super) fn print<const N: usize>(rows: &[[String; N]], out: &mut impl Write) -> io::Result<()> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count().min(WIDEST));
        }
    }
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.extend([format!("{cell:width$}  ")]);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// One line, and nothing that moves the cursor.
pub(super) fn one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "1", "x"], ["größer", "22", ""]].map(|row| row.map(str::to_owned));
        let mut out = Vec::new();
        print(&rows, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a       1   x\ngrößer  22\n"
        );
    }

    #[test]
    fn a_long_cell_does_not_move_the_others() {
        let long = "x".repeat(100);
        let rows = [[long.as_str(), "1"], ["a", "2"]].map(|row| row.map(str::to_owned));
        let mut out = Vec::new();
        print(&rows, &mut out).unwrap();
        let gap = " ".repeat(WIDEST + 1);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!("{long}  1\na{gap}2\n")
        );
    }

    #[test]
    fn a_value_cannot_take_over_the_terminal() {
        assert_eq!(one_line("a\n\u{1b}[31mb"), "a\\n\\u{1b}[31mb");
    }
}
