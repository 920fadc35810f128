use std::path::Path;

use super::axis::Axis;
use super::canvas::{Figure, save};
use super::curve_paint::stroke;
use super::error::ReportError;
use super::frame::{Frame, Titles};
use super::legend::{Legend, Stroke};
use super::pen::{Drawn, Pen, Point, Surface};
use crate::train::{Objective, pareto_front};

/// The Pareto fronts of several searches with two objectives: the first upwards, the second one to the right.
///
/// Each front is drawn as the edge of what it dominates, with a dot for each of its members.
///
/// ```no_run
/// use transfer_nas::report::Fronts;
/// use transfer_nas::study::Objective;
///
/// let objectives = [Objective::maximize("accuracy"), Objective::minimize("params")];
/// Fronts::new("Accuracy and size", objectives)
///     .log_x()
///     .series("random search", &[[0.91, 3e6], [0.88, 1e6]])?
///     .draw("fronts.svg")?;
/// # Ok::<(), transfer_nas::report::ReportError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fronts {
    titles: Titles,
    objectives: [Objective; 2],
    series: Vec<(String, Vec<[f64; 2]>)>,
    log_x: bool,
    range: Option<(f64, f64)>,
    size: (u32, u32),
}

impl Fronts {
    /// A figure of 900 × 560 pixels without fronts.
    #[must_use]
    pub fn new(title: &str, objectives: [Objective; 2]) -> Self {
        let [y_label, x_label] = objectives.each_ref().map(ToString::to_string);
        let titles = Titles { title: title.to_owned(), x_label, y_label };
        Self { titles, objectives, series: Vec::new(), log_x: false, range: None, size: (900, 560) }
    }

    /// Adds the front of some values, those of the two objectives each.
    pub fn series(mut self, name: &str, values: &[[f64; 2]]) -> Result<Self, ReportError> {
        let what = || format!("series `{name}`");
        if values.is_empty() {
            return Err(ReportError::Empty { what: what() });
        }
        if values.iter().flatten().any(|value| !value.is_finite()) {
            return Err(ReportError::NotFinite { what: what() });
        }
        let mut front: Vec<[f64; 2]> =
            pareto_front(&self.objectives, values).into_iter().map(|place| values[place]).collect();
        let sign = self.objectives[1].direction().sign();
        // From the best by the second objective on.
        front.sort_by(|a, b| (sign * b[1]).total_cmp(&(sign * a[1])));
        front.dedup();
        self.series.push((name.to_owned(), front));
        Ok(self)
    }

    /// Lays the second objective out logarithmically; its values are above 0 then.
    #[must_use]
    pub fn log_x(self) -> Self {
        Self { log_x: true, ..self }
    }

    /// Shows only that range of the first objective; what is beyond lies on the edge.
    #[must_use]
    pub fn range(self, least: f64, most: f64) -> Self {
        Self { range: Some((least, most)), ..self }
    }

    /// Draws into a file whose name ends in `.svg` or `.png`.
    pub fn draw(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        save(&Plot::new(self)?, path.as_ref())
    }

    fn span(&self, objective: usize) -> (f64, f64) {
        let values = self.series.iter().flat_map(|(_, front)| front.iter().map(move |values| values[objective]));
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
    }
}

/// Fronts with everything in its place.
struct Plot<'a> {
    fronts: &'a Fronts,
    frame: Frame<'a>,
    legend: Legend,
}

impl<'a> Plot<'a> {
    fn new(fronts: &'a Fronts) -> Result<Self, ReportError> {
        if fronts.series.is_empty() {
            return Err(ReportError::Empty { what: "the list of series".into() });
        }
        let (x, y) = (fronts.span(1), fronts.range.unwrap_or_else(|| fronts.span(0)));
        if fronts.log_x && x.0 <= 0.0 {
            return Err(ReportError::NotPositive { what: fronts.objectives[1].name().to_owned() });
        }
        let x = if fronts.log_x { Axis::log(x.0, x.1) } else { Axis::linear(x.0, x.1) };
        let axes = (x.padded(0.03), Axis::linear(y.0, y.1).padded(0.04));
        let ticks = (axes.0.enough_ticks(fronts.size.0 / 95), axes.1.enough_ticks(fronts.size.1 / 62));
        let frame = Frame::new(&fronts.titles, fronts.size, axes, ticks);
        let mut legend = Legend::new(frame.upper_left.0, frame.lower_right.0);
        fronts.series.iter().enumerate().for_each(|(i, (name, _))| legend.line(stroke(i), name));
        Ok(Self { fronts, frame: frame.below(legend.height()), legend })
    }

    fn at(&self, values: [f64; 2]) -> Point {
        self.frame.place(values[1], values[0])
    }

    /// The edge of what a front dominates: by the corners between its members, and on to the frame.
    fn steps(&self, front: &[[f64; 2]]) -> Vec<Point> {
        let (Some(first), Some(last)) = (front.first(), front.last()) else { return Vec::new() };
        let [up, right] = self.fronts.objectives.each_ref().map(|objective| objective.direction().sign() > 0.0);
        let worse = |is_up: bool, a: f64, b: f64| if is_up { a.min(b) } else { a.max(b) };
        let (upper_left, lower_right) = (self.frame.upper_left, self.frame.lower_right);
        let (foot, end) =
            (if up { lower_right.1 } else { upper_left.1 }, if right { upper_left.0 } else { lower_right.0 });
        let mut steps = vec![(self.at(*first).0, foot), self.at(*first)];
        for two in front.windows(2) {
            let corner = [worse(up, two[0][0], two[1][0]), worse(right, two[0][1], two[1][1])];
            steps.extend([self.at(corner), self.at(two[1])]);
        }
        steps.push((end, self.at(*last).1));
        steps
    }
}

impl Figure for Plot<'_> {
    fn size(&self) -> (u32, u32) {
        self.fronts.size
    }

    fn least(&self) -> (u32, u32) {
        self.frame.least()
    }

    fn paint<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        self.frame.draw(pen)?;
        self.legend.draw(pen, self.frame.legend_top)?;
        for (i, (_, front)) in self.fronts.series.iter().enumerate() {
            stroke(i).draw(pen, &self.steps(front))?;
            let dot = Stroke { width: 2.8, dash: None, ..stroke(i) };
            front.iter().try_for_each(|values| dot.draw(pen, &[self.at(*values)]))?;
        }
        self.frame.edges(pen)
    }
}
