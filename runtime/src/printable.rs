//! Text of others, such as names in a file or what a failed trial said, on a terminal or in a picture.

use std::fmt::{self, Display, Formatter, Write};

/// Shows a value on one line of a terminal: characters that would move the cursor, change colours, or reorder what stands around
/// them are escaped, `\u{1b}`.
pub fn printable<T: Display>(value: T) -> Printable<T> {
    Printable { value, keeps_lines: false }
}

/// The same with the line ends of the value as they are, and tabs.
pub fn printable_lines<T: Display>(value: T) -> Printable<T> {
    Printable { value, keeps_lines: true }
}

/// JSON in which characters that [disturb](disturbs) are escaped as JSON has it, those too that it would not have to escape. Line ends
/// between its parts stay.
#[must_use]
pub fn printable_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '\n' => escaped.push(letter),
            // None of them has more than four digits.
            _ if disturbs(letter) => _ = write!(escaped, "\\u{:04x}", u32::from(letter)),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A value as it can be printed.
#[derive(Debug, Clone, Copy)]
pub struct Printable<T> {
    value: T,
    keeps_lines: bool,
}

impl<T: Display> Display for Printable<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let keeps_lines = self.keeps_lines;
        write!(Escaping { out: formatter, keeps_lines }, "{}", self.value)
    }
}

struct Escaping<'a, 'b> {
    out: &'a mut Formatter<'b>,
    keeps_lines: bool,
}

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_escaped = |letter: char| disturbs(letter) && !(self.keeps_lines && matches!(letter, '\n' | '\t'));
        text.split_inclusive(is_escaped).try_for_each(|part| {
            match part.chars().next_back().filter(|&it| is_escaped(it)) {
                None => self.out.write_str(part),
                Some(letter) => {
                    self.out.write_str(&part[..part.len() - letter.len_utf8()])?;
                    write!(self.out, "{}", letter.escape_default())
                }
            }
        })
    }
}

/// Whether a character does something to the text around it rather than being visible: control characters, and those that set or
/// change the direction of text or end a line.
#[must_use]
pub fn disturbs(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is shown of a character in a drawing or on a page: of control characters pictures, of what else would [disturb](disturbs)
/// or is none that XML knows a replacement.
pub(crate) fn pictured(letter: char) -> char {
    match letter {
        '\t' | '\n' => letter,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        _ if disturbs(letter) => char::REPLACEMENT_CHARACTER,
        _ => letter,
    }
}

/// A line on standard error, where somebody is there to read it: who is not there is no reason to end.
macro_rules! say {
    ($($said:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($said)*);
    }};
}
pub(crate) use say;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_disturbs_is_escaped_and_all_else_stays() {
        let shown = |text: &str| printable(text).to_string();
        assert_eq!(shown("wide; \"größe\" → 日本 🦀 \\"), "wide; \"größe\" → 日本 🦀 \\");
        assert_eq!(shown("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(shown("a\nb\tc\r\0"), "a\\nb\\tc\\r\\u{0}");
        assert_eq!(shown("\u{7f}\u{9b}1m\u{85}"), "\\u{7f}\\u{9b}1m\\u{85}");
        assert_eq!(shown("ab\u{202e}dc\u{2066}"), "ab\\u{202e}dc\\u{2066}");
        assert_eq!(printable_lines("a\n\tb\r\u{1b}").to_string(), "a\n\tb\\r\\u{1b}");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn json_means_what_it_meant() {
        let text = "a\u{1b}\u{7f}\u{85}\n\u{202e}\u{2029}🦀\"";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let shown = printable_json(&json);
        assert!(!shown.contains(|letter| disturbs(letter) && letter != '\n'), "{shown}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [text]);
        assert_eq!(shown.lines().count(), json.lines().count());
    }

    #[test]
    fn no_character_disturbs_once_it_is_shown() {
        let is_in_xml =
            |letter| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        for letter in '\0'..=char::MAX {
            assert!(!printable(letter).to_string().chars().any(disturbs), "{letter:?}");
            assert!(is_in_xml(pictured(letter)), "{letter:?}");
        }
    }
}
