//! A curve as small as a line of text.

use super::markup::{Markup, Px, Way};
use super::scale::Scale;
use crate::train::Direction;

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 36.0;
/// The room around the lines, for their ends.
const EDGE: f64 = 4.0;

/// The scales that several drawings share.
pub(super) struct Spark {
    steps: Scale,
    values: Scale,
}

impl Spark {
    /// None without points. All points are finite.
    pub(super) fn of(direction: Direction, points: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Self> {
        Some(Self {
            steps: Scale::of(Direction::Maximize, points.clone().map(|(step, _)| step))?,
            values: Scale::of(direction, points.map(|(_, value)| value))?,
        })
    }

    /// A line whose end is marked, and another one to compare it with.
    pub(super) fn draw(&self, page: &mut Markup, title: &str, points: &[(f64, f64)], other: Option<&[(f64, f64)]>) {
        let [width, height] = [Px(WIDTH), Px(HEIGHT)];
        let view = format!("0 0 {width} {height}");
        let size = format!("width:{width}px;height:{height}px");
        page.within("svg", &[("class", &"spark"), ("role", &"img"), ("viewBox", &view), ("style", &size)], |page| {
            page.element("title", &[], title);
            for (class, points) in [("other", other.unwrap_or_default()), ("own", points)] {
                let way = Way::through(points.iter().map(|point| self.at(*point)));
                if !way.is_empty() {
                    page.single("path", &[("class", &class), ("d", &way)]);
                }
            }
            if let Some(end) = points.last() {
                let (x, y) = self.at(*end);
                page.single("circle", &[("class", &"end"), ("cx", &Px(x)), ("cy", &Px(y)), ("r", &Px(3.0))]);
            }
        });
    }

    fn at(&self, (step, value): (f64, f64)) -> (f64, f64) {
        let x = EDGE + (WIDTH - 2.0 * EDGE) * self.steps.place(step);
        (x, HEIGHT - EDGE - (HEIGHT - 2.0 * EDGE) * self.values.place(value))
    }
}
