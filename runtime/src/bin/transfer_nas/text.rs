//! Text of files that others may have written, on a terminal.

/// The text on one line: control characters could move the cursor or change colours.
pub(crate) fn line(text: &str) -> String {
    text.trim().replace(char::is_control, " ")
}

/// A number of things.
pub(crate) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
