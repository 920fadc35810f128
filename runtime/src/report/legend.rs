use plotters::style::{Color, RGBColor};

use super::dash::dashes;
use super::font;
use super::palette::{FRAME, INK};
use super::pen::{Drawn, Pen, Point, Surface};
use super::text::Text;

const SIZE: f64 = 15.0;
const SWATCH: f64 = 30.0;
const GAP: f64 = 8.0;
const BETWEEN: f64 = 26.0;
pub(super) const ROW: f64 = 24.0;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stroke {
    pub(super) color: RGBColor,
    pub(super) width: f64,
    /// Pixels drawn and pixels left out, if it is not solid.
    pub(super) dash: Option<(f64, f64)>,
    pub(super) banded: bool,
}

impl Stroke {
    pub(super) fn draw<B: Surface>(&self, pen: &mut Pen<'_, B>, points: &[Point]) -> Drawn {
        let Some((on, off)) = self.dash else {
            return pen.line(points, self.width, self.color);
        };
        dashes(points, on, off).iter().try_for_each(|piece| pen.line(piece, self.width, self.color))
    }

    /// Draws the band between the outline's lower and upper half.
    pub(super) fn shade<B: Surface>(&self, pen: &mut Pen<'_, B>, outline: &[Point]) -> Drawn {
        if self.banded {
            pen.area(outline, self.color.mix(0.2))?;
        }
        Ok(())
    }
}

/// What a line means.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    stroke: Option<Stroke>,
    name: String,
    at: Point,
}

/// The names of the lines, in rows above the plot where no data can be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Legend {
    entries: Vec<Entry>,
    left: f64,
    right: f64,
    next: Point,
}

impl Legend {
    /// A legend without entries, between two sides.
    pub(super) fn new(left: f64, right: f64) -> Self {
        Self { entries: Vec::new(), left, right, next: (left, ROW / 2.0) }
    }

    /// Adds the name of a line.
    pub(super) fn line(&mut self, stroke: Stroke, name: &str) {
        self.add(Some(stroke), name);
    }

    /// Adds a remark.
    pub(super) fn note(&mut self, text: &str) {
        self.add(None, text);
    }

    pub(super) fn height(&self) -> f64 {
        match self.entries.last() {
            Some(entry) => entry.at.1 + ROW / 2.0,
            None => 0.0,
        }
    }

    /// Draws below a height.
    pub(super) fn draw<B: Surface>(&self, pen: &mut Pen<'_, B>, top: f64) -> Drawn {
        self.entries.iter().try_for_each(|entry| entry.draw(pen, top))
    }

    /// Puts an entry beside the last one, or into a new row.
    fn add(&mut self, stroke: Option<Stroke>, name: &str) {
        let swatch = if stroke.is_some() { SWATCH + GAP } else { 0.0 };
        let name = font::fit(name, SIZE, self.right - self.left - swatch);
        // Viewers of SVG files may have a wider font.
        let width = swatch + 1.1 * font::width(&name, SIZE);
        if self.next.0 > self.left && self.next.0 + width > self.right {
            self.next = (self.left, self.next.1 + ROW);
        }
        self.entries.push(Entry { stroke, name, at: self.next });
        self.next.0 += width + BETWEEN;
    }
}

impl Entry {
    fn draw<B: Surface>(&self, pen: &mut Pen<'_, B>, top: f64) -> Drawn {
        let (left, middle) = (self.at.0, self.at.1 + top);
        let Some(stroke) = self.stroke else {
            let text = Text::new(&self.name, SIZE).starting().color(FRAME);
            return pen.write(&text, (left, middle));
        };
        let (right, half) = (left + SWATCH, 6.0);
        let outline = [(left, -half), (right, -half), (right, half), (left, half)];
        stroke.shade(pen, &outline.map(|(x, y)| (x, middle + y)))?;
        stroke.draw(pen, &[(left, middle), (right, middle)])?;
        let text = Text::new(&self.name, SIZE).starting().color(INK);
        pen.write(&text, (right + GAP, middle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke() -> Stroke {
        Stroke { color: INK, width: 2.0, dash: None, banded: false }
    }

    #[test]
    fn entries_stand_in_a_row_while_there_is_room() {
        let mut legend = Legend::new(100.0, 400.0);
        legend.line(stroke(), "scratch");
        legend.line(stroke(), "transfer");
        assert_eq!(legend.entries[0].at, (100.0, 12.0));
        assert!(legend.entries[1].at.0 > 170.0);
        assert!((legend.height() - ROW).abs() < 1e-9);
        legend.line(stroke(), "another name that is long");
        assert_eq!(legend.entries[2].at, (100.0, 36.0));
        assert!((legend.height() - 2.0 * ROW).abs() < 1e-9);
    }

    #[test]
    fn a_name_longer_than_a_row_is_shortened() {
        let mut legend = Legend::new(0.0, 200.0);
        legend.line(stroke(), &"long ".repeat(40));
        assert!(legend.entries[0].name.ends_with('…'));
        assert!((legend.height() - ROW).abs() < 1e-9);
    }

    #[test]
    fn no_entries_have_no_height() {
        assert!(Legend::new(0.0, 200.0).height().abs() < 1e-9);
    }
}
