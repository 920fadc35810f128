use std::path::Path;

use super::canvas::{Figure, save};
use super::curve::{Curves, Series};
use super::curve_axes::{x_axis, x_ticks, y_axis};
use super::error::ReportError;
use super::frame::Frame;
use super::legend::{Legend, Stroke};
use super::palette::{INK, SERIES};
use super::pen::{Drawn, Pen, Point, Surface, whole};
use super::thin::{Sample, thin};

impl Curves {
    /// Draws into a file whose name ends in `.svg` or `.png`.
    pub fn draw(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        save(&Plot::new(self)?, path.as_ref())
    }
}

/// Curves with everything in its place.
pub(super) struct Plot<'a> {
    curves: &'a Curves,
    frame: Frame<'a>,
    legend: Legend,
}

impl<'a> Plot<'a> {
    pub(super) fn new(curves: &'a Curves) -> Result<Self, ReportError> {
        if curves.series.is_empty() {
            return Err(ReportError::Empty { what: "the list of series".into() });
        }
        let axes = (x_axis(curves), y_axis(curves)?);
        let ticks = (x_ticks(curves, &axes.0), axes.1.enough_ticks(curves.size.1 / 62));
        let frame = Frame::new(&curves.titles, curves.size, axes, ticks);
        let legend = legend(curves, frame.upper_left.0, frame.lower_right.0);
        Ok(Self { curves, frame: frame.below(legend.height()), legend })
    }

    fn references<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        for (index, reference) in self.curves.references.iter().enumerate() {
            let y = self.frame.place(0.0, reference.value).1;
            let ends = [(self.frame.upper_left.0, y), (self.frame.lower_right.0, y)];
            reference_stroke(index).draw(pen, &ends)?;
        }
        Ok(())
    }

    /// The pieces between the gaps of each series.
    fn pieces(&self) -> Vec<(Stroke, Vec<Sample>)> {
        let columns = whole((self.frame.lower_right.0 - self.frame.upper_left.0) / 2.0);
        let mut pieces = Vec::new();
        for (index, series) in self.curves.series.iter().enumerate() {
            let samples = thin(&series.band, self.frame.x_axis(), columns);
            let parts = samples.split(|sample| !sample.is_finite());
            let parts = parts.filter(|part| !part.is_empty());
            pieces.extend(parts.map(|part| (series_stroke(index, series), part.to_vec())));
        }
        pieces
    }

    fn bands<B: Surface>(&self, pen: &mut Pen<'_, B>, pieces: &[(Stroke, Vec<Sample>)]) -> Drawn {
        for (stroke, samples) in pieces {
            let low = samples.iter().map(|sample| self.frame.place(sample.trial, sample.low));
            let high = samples.iter().map(|sample| self.frame.place(sample.trial, sample.high));
            let outline: Vec<Point> = low.chain(high.rev()).collect();
            stroke.shade(pen, &outline)?;
        }
        Ok(())
    }

    fn lines<B: Surface>(&self, pen: &mut Pen<'_, B>, pieces: &[(Stroke, Vec<Sample>)]) -> Drawn {
        for (stroke, samples) in pieces {
            let place = |sample: &Sample| self.frame.place(sample.trial, sample.mean);
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
        self.frame.least()
    }

    fn paint<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        self.frame.draw(pen)?;
        self.legend.draw(pen, self.frame.legend_top)?;
        let pieces = self.pieces();
        self.bands(pen, &pieces)?;
        self.references(pen)?;
        self.lines(pen, &pieces)?;
        self.frame.edges(pen)
    }
}

fn series_stroke(index: usize, series: &Series) -> Stroke {
    Stroke { banded: series.replicas > 1, ..stroke(index) }
}

/// Seven lines have colours of their own, further ones the same with dashes.
pub(super) fn stroke(index: usize) -> Stroke {
    let dashes = [None, Some((8.0, 4.0)), Some((2.5, 3.5))];
    Stroke {
        color: SERIES[index % SERIES.len()],
        width: 2.0,
        dash: dashes[index / SERIES.len() % dashes.len()],
        banded: false,
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
