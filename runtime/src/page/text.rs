//! How wide text is, and what fits.

/// The width of a letter of the monospaced font as a share of its size.
const ADVANCE: f64 = 0.602;

/// The width of text of a size in the monospaced font.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(cells).sum::<usize>() as f64 * ADVANCE * size
}

/// The text, or its beginning and an ellipsis where it is wider than `room`.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut shortened = String::new();
    let room = room - ADVANCE * size;
    let mut taken = 0.0;
    for letter in text.chars() {
        taken += cells(letter) as f64 * ADVANCE * size;
        if taken > room {
            break;
        }
        shortened.push(letter);
    }
    shortened + "…"
}

/// The same, but the end remains: of a path of names it says most.
pub(super) fn fit_end(text: &str, size: f64, room: f64) -> String {
    let turned = |text: &str| text.chars().rev().collect::<String>();
    turned(&fit(&turned(text), size, room))
}

/// Letters of East Asian scripts and pictures are twice as wide.
fn cells(letter: char) -> usize {
    if letter >= '\u{1100}' && !('\u{2000}'..'\u{2e80}').contains(&letter) { 2 } else { 1 }
}
