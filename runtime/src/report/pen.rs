use std::error::Error;

use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBAColor, RGBColor, ShapeStyle};

use super::font;

/// A place in the figure, in pixels from the upper left corner.
pub(super) type Point = (f64, f64);

/// Whether something could be drawn.
pub(super) type Drawn = Result<(), Box<dyn Error + Send + Sync>>;

/// A backend whose errors can be collected.
pub(super) trait Surface: DrawingBackend<ErrorType: Error + Send + Sync + 'static> {}
impl<B: DrawingBackend<ErrorType: Error + Send + Sync + 'static>> Surface for B {}

/// In what one backend differs from another.
pub(super) struct Dialect {
    /// Units of the backend for a pixel of the figure.
    pub(super) scale: u32,
    /// The size to ask for, for a text whose em is 1.
    pub(super) size_per_em: f64,
    /// How far below the top of a text its baseline is drawn, in em.
    pub(super) baseline: f64,
    /// Whether the backend's file is drawn by a viewer that joins lines and spaces letters well.
    pub(super) is_refined: bool,
}

/// Quarters of a pixel: the backend knows whole numbers only.
pub(super) const SVG: Dialect = Dialect { scale: 4, size_per_em: 1.24, baseline: 0.76, is_refined: true };

/// Three by three dots for each pixel, to be averaged.
pub(super) const BITMAP: Dialect =
    Dialect { scale: 3, size_per_em: font::HEIGHT_PER_EM, baseline: font::HEIGHT_PER_EM / 2.0, is_refined: false };

/// Draws on a backend, in pixels of the figure and alike on all backends.
pub(super) struct Pen<'a, B> {
    pub(super) backend: &'a mut B,
    pub(super) dialect: &'static Dialect,
}

impl<'a, B: Surface> Pen<'a, B> {
    pub(super) fn new(backend: &'a mut B, dialect: &'static Dialect) -> Self {
        font::register();
        Self { backend, dialect }
    }

    /// A rectangle between opposite corners.
    pub(super) fn fill(&mut self, from: Point, to: Point, color: RGBColor) -> Drawn {
        let (from, to) = (self.at(from), self.at(to));
        Ok(self.backend.draw_rect(from, to, &color, true)?)
    }

    /// An area within a closed outline.
    pub(super) fn area(&mut self, outline: &[Point], color: RGBAColor) -> Drawn {
        let outline: Vec<_> = outline.iter().map(|point| self.at(*point)).collect();
        Ok(self.backend.fill_polygon(outline, &color)?)
    }

    /// A line through all points; one point alone becomes a dot.
    pub(super) fn line(&mut self, points: &[Point], width: f64, color: RGBColor) -> Drawn {
        match points {
            [] => Ok(()),
            [point] => self.dot(*point, 2.5 * width, color),
            _ if self.dialect.is_refined => self.path(points, width, color),
            _ => self.segments(points, width, color),
        }
    }

    fn dot(&mut self, at: Point, width: f64, color: RGBColor) -> Drawn {
        let (at, radius) = (self.at(at), self.units(width / 2.0));
        Ok(self.backend.draw_circle(at, radius, &color, true)?)
    }

    fn path(&mut self, points: &[Point], width: f64, color: RGBColor) -> Drawn {
        let style = ShapeStyle { color: color.to_rgba(), filled: false, stroke_width: self.units(width) };
        let points: Vec<_> = points.iter().map(|point| self.at(*point)).collect();
        Ok(self.backend.draw_path(points, &style)?)
    }

    /// A line of separate bars whose joints are covered with dots.
    fn segments(&mut self, points: &[Point], width: f64, color: RGBColor) -> Drawn {
        for pair in points.windows(2) {
            if let Some(outline) = bar(pair[0], pair[1], width) {
                self.area(&outline, color.to_rgba())?;
            }
        }
        let joints = points.get(1..points.len() - 1).unwrap_or_default();
        joints.iter().try_for_each(|joint| self.dot(*joint, width, color))
    }

    pub(super) fn at(&self, point: Point) -> (i32, i32) {
        let scale = f64::from(self.dialect.scale);
        ((point.0 * scale).round() as i32, (point.1 * scale).round() as i32)
    }

    fn units(&self, length: f64) -> u32 {
        whole((length * f64::from(self.dialect.scale)).round())
    }
}

/// A length without its broken part.
#[expect(clippy::cast_sign_loss, reason = "what is below zero becomes zero")]
pub(super) fn whole(length: f64) -> u32 {
    length as u32
}

/// The outline of a straight line, none if it has no length.
fn bar(from: Point, to: Point, width: f64) -> Option<[Point; 4]> {
    let (right, down) = (to.0 - from.0, to.1 - from.1);
    let length = right.hypot(down);
    let half = width / 2.0 / length;
    let (aside, along) = (-down * half, right * half);
    (length > 0.0).then_some([
        (from.0 + aside, from.1 + along),
        (to.0 + aside, to.1 + along),
        (to.0 - aside, to.1 - along),
        (from.0 - aside, from.1 - along),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_lies_to_both_sides_of_its_line() {
        let outline = bar((0.0, 0.0), (10.0, 0.0), 4.0).unwrap();
        assert_eq!(outline, [(0.0, 2.0), (10.0, 2.0), (10.0, -2.0), (0.0, -2.0)]);
        assert_eq!(bar((1.0, 1.0), (1.0, 1.0), 4.0), None);
    }

    #[test]
    fn lengths_below_zero_are_nothing() {
        assert_eq!((whole(2.9), whole(-3.0), whole(f64::NAN)), (2, 0, 0));
    }
}
