use plotters::style::RGBColor;

use super::axis::{Axis, Tick};
use super::canvas::Figure;
use super::curve::{Curves, Series};
use super::curve_axes::{x_axis, x_ticks, y_axis};
use super::legend::{Legend, Stroke};
use super::palette::{FRAME, GRID, INK, SERIES};
use super::pen::{Drawn, Pen, Point, Surface, whole};
use super::text::Text;
use super::thin::{Sample, thin};
use super::{ReportError, font};

const TITLE: f64 = 21.0;
const AXIS_TITLE: f64 = 17.0;
const TICK: f64 = 15.0;
/// Pixels between the edge of the figure and what is in it.
const MARGIN: f64 = 18.0;
/// Pixels below the plot, for tick labels and the axis title.
const BELOW: f64 = 66.0;
/// The least room for the curves, in pixels.
const ROOM: (f64, f64) = (160.0, 100.0);

/// Curves with everything in its place.
pub(super) struct Plot<'a> {
    curves: &'a Curves,
    axes: (Axis, Axis),
    ticks: (Vec<Tick>, Vec<Tick>),
    legend: Legend,
    legend_top: f64,
    /// The corners of the plot.
    upper_left: Point,
    lower_right: Point,
}

impl<'a> Plot<'a> {
    pub(super) fn new(curves: &'a Curves) -> Result<Self, ReportError> {
        if curves.series.is_empty() {
            return Err(ReportError::Empty { what: "the list of series".into() });
        }
        let (width, height) = (f64::from(curves.size.0), f64::from(curves.size.1));
        let axes = (x_axis(curves), y_axis(curves)?);
        let ticks = (x_ticks(curves, &axes.0), axes.1.enough_ticks(curves.size.1 / 62));
        let left = MARGIN + AXIS_TITLE + 14.0 + widest(&ticks.1) * 1.1 + 9.0;
        let right = width - MARGIN - widest(&ticks.0) / 2.0;
        let legend = legend(curves, left, right);
        let legend_top = if curves.title.is_empty() { MARGIN - 6.0 } else { MARGIN + 28.0 };
        Ok(Self {
            curves,
            axes,
            ticks,
            legend_top,
            upper_left: (left, legend_top + legend.height() + 10.0),
            lower_right: (right, height - BELOW),
            legend,
        })
    }

    fn place(&self, x: f64, y: f64) -> Point {
        let ((left, top), (right, bottom)) = (self.upper_left, self.lower_right);
        let (along, up) = (self.axes.0.place(x), self.axes.1.place(y));
        (left + (right - left) * along, bottom - (bottom - top) * up)
    }

    fn titles<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let ((left, top), (right, bottom)) = (self.upper_left, self.lower_right);
        let (center, middle) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        let (width, height) = (f64::from(self.curves.size.0), f64::from(self.curves.size.1));
        let text = font::fit(&self.curves.title, TITLE, (width - center).min(center) * 2.0 - MARGIN);
        pen.write(&Text::new(&text, TITLE), (center, MARGIN + 10.0))?;
        let text = font::fit(&self.curves.x_label, AXIS_TITLE, right - left);
        pen.write(&Text::new(&text, AXIS_TITLE), (center, height - MARGIN - 4.0))?;
        let text = font::fit(&self.curves.y_label, AXIS_TITLE, bottom - top);
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

    fn frame<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let ((left, top), (right, bottom)) = (self.upper_left, self.lower_right);
        hair(pen, (left, top), (left, bottom), FRAME)?;
        hair(pen, (left, bottom), (right, bottom), FRAME)
    }

    fn references<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        for (index, reference) in self.curves.references.iter().enumerate() {
            let y = self.place(0.0, reference.value).1;
            let ends = [(self.upper_left.0, y), (self.lower_right.0, y)];
            reference_stroke(index).draw(pen, &ends)?;
        }
        Ok(())
    }

    /// The pieces between the gaps of each series.
    fn pieces(&self) -> Vec<(Stroke, Vec<Sample>)> {
        let columns = whole((self.lower_right.0 - self.upper_left.0) / 2.0);
        let mut pieces = Vec::new();
        for (index, series) in self.curves.series.iter().enumerate() {
            let samples = thin(&series.band, &self.axes.0, columns);
            let parts = samples.split(|sample| !sample.is_finite());
            let parts = parts.filter(|part| !part.is_empty());
            pieces.extend(parts.map(|part| (series_stroke(index, series), part.to_vec())));
        }
        pieces
    }

    fn bands<B: Surface>(&self, pen: &mut Pen<'_, B>, pieces: &[(Stroke, Vec<Sample>)]) -> Drawn {
        for (stroke, samples) in pieces {
            let low = samples.iter().map(|sample| self.place(sample.trial, sample.low));
            let high = samples.iter().map(|sample| self.place(sample.trial, sample.high));
            let outline: Vec<Point> = low.chain(high.rev()).collect();
            stroke.shade(pen, &outline)?;
        }
        Ok(())
    }

    fn lines<B: Surface>(&self, pen: &mut Pen<'_, B>, pieces: &[(Stroke, Vec<Sample>)]) -> Drawn {
        for (stroke, samples) in pieces {
            let place = |sample: &Sample| self.place(sample.trial, sample.mean);
            let points: Vec<Point> = samples.iter().map(place).collect();
            stroke.draw(pen, &points)?;
        }
        Ok(())
    }
}

impl Figure for Plot<'_> {
    fn size(&self) -> (u32, u32) {
        self.curves.size
    }

    fn least(&self) -> (u32, u32) {
        let beside = f64::from(self.curves.size.0) - self.lower_right.0 + self.upper_left.0;
        let around = self.upper_left.1 + BELOW;
        (whole((beside + ROOM.0).ceil()), whole((around + ROOM.1).ceil()))
    }

    fn paint<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        self.titles(pen)?;
        self.legend.draw(pen, self.legend_top)?;
        self.x_ticks(pen)?;
        self.y_ticks(pen)?;
        let pieces = self.pieces();
        self.bands(pen, &pieces)?;
        self.references(pen)?;
        self.lines(pen, &pieces)?;
        self.frame(pen)
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

fn series_stroke(index: usize, series: &Series) -> Stroke {
    let dashes = [None, Some((8.0, 4.0)), Some((2.5, 3.5))];
    Stroke {
        color: SERIES[index % SERIES.len()],
        width: 2.0,
        dash: dashes[index / SERIES.len() % dashes.len()],
        banded: series.replicas > 1,
    }
}

fn reference_stroke(index: usize) -> Stroke {
    let dashes = [(7.0, 5.0), (2.0, 4.0), (14.0, 4.0)];
    Stroke { color: INK, width: 1.5, dash: Some(dashes[index % dashes.len()]), banded: false }
}

fn legend(curves: &Curves, left: f64, right: f64) -> Legend {
    let mut legend = Legend::new(left, right);
    for (index, series) in curves.series.iter().enumerate() {
        legend.line(series_stroke(index, series), &series.name);
    }
    for (index, reference) in curves.references.iter().enumerate() {
        legend.line(reference_stroke(index), &reference.label);
    }
    if curves.series.iter().any(|series| series.replicas > 1) {
        legend.note("band: central 68 %");
    }
    legend
}
