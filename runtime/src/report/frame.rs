//! What is around the lines of a plot: titles, axes with ticks, and the frame.

use plotters::style::RGBColor;

use super::axis::{Axis, Tick};
use super::font;
use super::palette::{FRAME, GRID};
use super::pen::{Drawn, Pen, Point, Surface, whole};
use super::text::Text;

const TITLE: f64 = 21.0;
const AXIS_TITLE: f64 = 17.0;
const TICK: f64 = 15.0;
/// Pixels between the edge of the figure and what is in it.
const MARGIN: f64 = 18.0;
/// Pixels below the plot, for tick labels and the axis title.
const BELOW: f64 = 66.0;
/// The least room for what is drawn, in pixels.
const ROOM: (f64, f64) = (160.0, 100.0);

/// What is written at a plot.
#[derive(Debug, Clone)]
pub(super) struct Titles {
    pub(super) title: String,
    pub(super) x_label: String,
    pub(super) y_label: String,
}

/// Where a plot is, and what is around it.
pub(super) struct Frame<'a> {
    titles: &'a Titles,
    size: (u32, u32),
    axes: (Axis, Axis),
    ticks: (Vec<Tick>, Vec<Tick>),
    /// Below which height the legend stands.
    pub(super) legend_top: f64,
    /// The corners of the plot.
    pub(super) upper_left: Point,
    pub(super) lower_right: Point,
}

impl<'a> Frame<'a> {
    /// Without room for a legend yet.
    pub(super) fn new(titles: &'a Titles, size: (u32, u32), axes: (Axis, Axis), ticks: (Vec<Tick>, Vec<Tick>)) -> Self {
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let left = MARGIN + AXIS_TITLE + 14.0 + widest(&ticks.1) * 1.1 + 9.0;
        let right = width - MARGIN - widest(&ticks.0) / 2.0;
        let legend_top = if titles.title.is_empty() { MARGIN - 6.0 } else { MARGIN + 28.0 };
        let (upper_left, lower_right) = ((left, legend_top + 10.0), (right, height - BELOW));
        Self { titles, size, axes, ticks, legend_top, upper_left, lower_right }
    }

    /// The same below a legend of that height.
    pub(super) fn below(mut self, legend: f64) -> Self {
        self.upper_left.1 += legend;
        self
    }

    pub(super) fn x_axis(&self) -> &Axis {
        &self.axes.0
    }

    pub(super) fn place(&self, x: f64, y: f64) -> Point {
        let ((left, top), (right, bottom)) = (self.upper_left, self.lower_right);
        let (along, up) = (self.axes.0.place(x), self.axes.1.place(y));
        (left + (right - left) * along, bottom - (bottom - top) * up)
    }

    /// The width and the height that a figure needs.
    pub(super) fn least(&self) -> (u32, u32) {
        let beside = f64::from(self.size.0) - self.lower_right.0 + self.upper_left.0;
        let around = self.upper_left.1 + BELOW;
        (whole((beside + ROOM.0).ceil()), whole((around + ROOM.1).ceil()))
    }

    /// What stands below the lines: titles and ticks.
    pub(super) fn draw<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        self.titles(pen)?;
        self.x_ticks(pen)?;
        self.y_ticks(pen)
    }

    /// The left and the lower edge, above the lines.
    pub(super) fn edges<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let ((left, top), (right, bottom)) = (self.upper_left, self.lower_right);
        hair(pen, (left, top), (left, bottom), FRAME)?;
        hair(pen, (left, bottom), (right, bottom), FRAME)
    }

    fn titles<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let ((left, top), (right, bottom)) = (self.upper_left, self.lower_right);
        let (center, middle) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        let (width, height) = (f64::from(self.size.0), f64::from(self.size.1));
        let Titles { title, x_label, y_label } = self.titles;
        let text = font::fit(title, TITLE, (width - center).min(center) * 2.0 - MARGIN);
        pen.write(&Text::new(&text, TITLE), (center, MARGIN + 10.0))?;
        let text = font::fit(x_label, AXIS_TITLE, right - left);
        pen.write(&Text::new(&text, AXIS_TITLE), (center, height - MARGIN - 4.0))?;
        let text = font::fit(y_label, AXIS_TITLE, bottom - top);
        pen.write(&Text::new(&text, AXIS_TITLE).turned(), (MARGIN + AXIS_TITLE / 2.0, middle))
    }

    fn x_ticks<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let (top, bottom) = (self.upper_left.1, self.lower_right.1);
        for tick in &self.ticks.0 {
            let x = self.place(tick.value, 0.0).0;
            if !tick.label.is_empty() {
                hair(pen, (x, top), (x, bottom), GRID)?;
            }
            hair(pen, (x, bottom), (x, bottom + reach(tick)), FRAME)?;
            pen.write(&Text::new(&tick.label, TICK), (x, bottom + 19.0))?;
        }
        Ok(())
    }

    fn y_ticks<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let (left, right) = (self.upper_left.0, self.lower_right.0);
        for tick in &self.ticks.1 {
            let y = self.place(0.0, tick.value).1;
            if !tick.label.is_empty() {
                hair(pen, (left, y), (right, y), GRID)?;
            }
            hair(pen, (left - reach(tick), y), (left, y), FRAME)?;
            pen.write(&Text::new(&tick.label, TICK).ending(), (left - 9.0, y))?;
        }
        Ok(())
    }
}

fn widest(ticks: &[Tick]) -> f64 {
    font::widest(ticks.iter().map(|tick| tick.label.as_str()), TICK)
}

fn hair<B: Surface>(pen: &mut Pen<'_, B>, from: Point, to: Point, color: RGBColor) -> Drawn {
    pen.line(&[from, to], 1.0, color)
}

/// How far a tick stands out.
fn reach(tick: &Tick) -> f64 {
    if tick.label.is_empty() { 3.0 } else { 5.0 }
}
