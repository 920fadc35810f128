//! Free places for the edges that run up and down.

use super::graph_layout::{HEIGHT, Placed};

/// From one edge to the next, and from an edge to a box.
const APART: f64 = 14.0;
const CLEAR: f64 = 10.0;

/// The boxes, and where edges already run up and down.
pub(super) struct Tracks<'a> {
    boxes: &'a [Placed],
    width: f64,
    taken: Vec<Track>,
}

/// Where an edge runs, and how much room its label takes on either side.
#[derive(Debug, Clone, Copy)]
struct Track {
    x: f64,
    ends: (f64, f64),
    half: f64,
}

impl<'a> Tracks<'a> {
    pub(super) fn new(boxes: &'a [Placed], width: f64) -> Self {
        Self { boxes, width, taken: Vec::new() }
    }

    /// The place nearest to two wishes where no box stands and no other edge runs between two heights.
    pub(super) fn find(&mut self, wishes: (f64, f64), heights: (f64, f64), half: f64) -> f64 {
        let ends = (heights.0.min(heights.1), heights.0.max(heights.1));
        let blocked = self.blocked(ends, half);
        let is_free = |x: &f64| blocked.iter().all(|(from, to)| x <= from || x >= to);
        let is_inside = |x: f64| (half..=self.width - half).contains(&x);
        let detour = |x: f64| (x - wishes.0).abs() + (x - wishes.1).abs();
        // Of two that are equally near the right one.
        let cost = |x: f64| detour(x) - 1e-3 * x + if is_inside(x) { 0.0 } else { 1e6 };
        let borders = blocked.iter().flat_map(|(from, to)| [*from, *to]);
        let free = [wishes.0, wishes.1].into_iter().chain(borders).filter(is_free);
        let x = free.min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(wishes.0);
        self.taken.push(Track { x, ends, half });
        x
    }

    /// From where to where there is no room.
    fn blocked(&self, ends: (f64, f64), half: f64) -> Vec<(f64, f64)> {
        let meets = |(top, bottom): (f64, f64)| top < ends.1 && ends.0 < bottom;
        let boxes = self.boxes.iter().filter(|node| meets((node.y - HEIGHT / 2.0, node.y + HEIGHT / 2.0)));
        let boxes = boxes.map(|node| (node.x, node.width / 2.0 + CLEAR.max(half + 4.0)));
        let tracks = self.taken.iter().filter(|track| meets(track.ends));
        let tracks = tracks.map(|track| (track.x, APART.max(half + track.half + 4.0)));
        boxes.chain(tracks).map(|(x, room)| (x - room, x + room)).collect()
    }
}
