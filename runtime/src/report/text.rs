use std::borrow::Cow;

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, RGBColor, TextStyle};

use super::bearing::bearing;
use super::font;
use super::palette::INK;
use super::pen::{Drawn, Pen, Point, Surface};
use crate::printable::pictured;

/// Half the height of the capital letters, in em.
const MIDDLE: f64 = 0.345;

/// A line of text and how it is set.
pub(super) struct Text<'a> {
    words: Cow<'a, str>,
    size: f64,
    color: RGBColor,
    align: HPos,
    turned: bool,
}

impl<'a> Text<'a> {
    /// A centred text whose em has `size` pixels.
    pub(super) fn new(words: &'a str, size: f64) -> Self {
        let is_pictured = words.contains(|letter| pictured(letter) != letter);
        let words = if is_pictured { words.chars().map(pictured).collect() } else { Cow::Borrowed(words) };
        Self { words, size, color: INK, align: HPos::Center, turned: false }
    }

    /// The text beginning at its point.
    pub(super) fn starting(self) -> Self {
        Self { align: HPos::Left, ..self }
    }

    /// The text ending at its point.
    pub(super) fn ending(self) -> Self {
        Self { align: HPos::Right, ..self }
    }

    /// The text running upwards.
    pub(super) fn turned(self) -> Self {
        Self { turned: true, ..self }
    }

    pub(super) fn color(self, color: RGBColor) -> Self {
        Self { color, ..self }
    }
}

impl<B: Surface> Pen<'_, B> {
    /// Writes at a point that lies halfway up the capital letters.
    pub(super) fn write(&mut self, text: &Text<'_>, at: Point) -> Drawn {
        if self.dialect.is_refined {
            return self.set(text, &text.words, text.align, at);
        }
        let start = match text.align {
            HPos::Left => 0.0,
            HPos::Center => -0.5,
            HPos::Right => -1.0,
        };
        let start = start * font::width(&text.words, text.size);
        letters(&text.words).try_for_each(|(before, letter)| {
            let along = start + self.ink(before, letter, text.size);
            let at = if text.turned { (at.0, at.1 - along) } else { (at.0 + along, at.1) };
            self.set(text, letter, HPos::Left, at)
        })
    }

    /// Where the ink of a letter begins.
    ///
    /// The bitmap backend moves the ink of every letter to the letter's start, but for the broken
    /// part of a dot, and so crowds upright letters and slanting ones alike.
    fn ink(&self, before: &str, letter: &str, size: f64) -> f64 {
        let units = size * f64::from(self.dialect.scale);
        let omitted = letter.chars().map(|letter| (bearing(letter) * units).floor()).sum::<f64>();
        let end = font::width(&[before, letter].concat(), size);
        end - font::width(letter, size) + omitted / f64::from(self.dialect.scale)
    }

    /// Hands words to the backend.
    fn set(&mut self, text: &Text<'_>, words: &str, align: HPos, at: Point) -> Drawn {
        if words.is_empty() {
            return Ok(());
        }
        let units = text.size * f64::from(self.dialect.scale);
        let rise = text.size * (self.dialect.baseline - MIDDLE);
        let (at, transform) = if text.turned {
            ((at.0 - rise, at.1), FontTransform::Rotate270)
        } else {
            ((at.0, at.1 - rise), FontTransform::None)
        };
        let style = TextStyle::from((font::FAMILY, units * self.dialect.size_per_em))
            .color(&text.color)
            .pos(Pos::new(align, VPos::Top))
            .transform(transform);
        let at = self.at(at);
        Ok(self.backend.draw_text(words, &style, at)?)
    }
}

/// Each letter that has ink, with all that stands before it.
fn letters(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.char_indices()
        .filter(|(_, letter)| !letter.is_whitespace())
        .map(|(start, letter)| (&text[..start], &text[start..start + letter.len_utf8()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_with_what_is_before_them() {
        let split: Vec<_> = letters("a é(x").collect();
        assert_eq!(split, [("", "a"), ("a ", "é"), ("a é", "("), ("a é(", "x")]);
    }
}
