//! How rewards are distributed: the share of the trials that are at least as good as each reward.

use super::figure::{Figure, rule, words};
use super::markup::{Markup, Way};
use super::number::{percent, short};
use super::numbers::{LEFT, RIGHT};
use super::scale::Scale;
use super::story::{Row, Story};
use crate::train::Direction;

const TOP: f64 = 14.0;
const BOTTOM: f64 = 214.0;
/// So many steps are drawn at most.
const STEPS: usize = 500;

pub(super) fn is_there(story: &Story) -> bool {
    story.trials.iter().filter_map(Row::reward).nth(1).is_some()
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let mut rewards: Vec<f64> = story.trials.iter().filter_map(Row::reward).collect();
    let Some(scale) = Scale::of(story.direction, rewards.iter().copied()) else { return };
    rewards.sort_by(f64::total_cmp);
    page.element("p", &[], introduction(story.direction, &rewards));
    let title = "The share of the trials by reward";
    Figure { title, width: 1120.0, height: BOTTOM + 46.0 }.draw(page, |page| {
        axes(page, story.direction, &scale);
        page.single(
            "path",
            &[("class", &"mean"), ("d", &way(story.direction, &steps(story.direction, &rewards), &scale))],
        );
    });
}

fn introduction(direction: Direction, rewards: &[f64]) -> String {
    let (side, of) = (side(direction), rewards.len());
    // From the best on.
    let best = |place: usize| match direction {
        Direction::Maximize => rewards[of - 1 - place],
        Direction::Minimize => rewards[place],
    };
    format!(
        "The line says which share of the {of} trials with a reward earned {side} the reward below it: half of them earned {side} {}, a tenth \
         {side} {}.",
        short(best((of - 1) / 2)),
        short(best((of - 1) / 10))
    )
}

fn side(direction: Direction) -> &'static str {
    match direction {
        Direction::Maximize => "at least",
        Direction::Minimize => "at most",
    }
}

/// Rewards in rising order with the share of the trials that are at least as good: each holds up to its reward where the greater ones
/// are better, and from its reward on where the lower ones are.
fn steps(direction: Direction, sorted: &[f64]) -> Vec<(f64, f64)> {
    let of = sorted.len();
    let stride = of.div_ceil(STEPS);
    let places = (0..of).filter(|place| place % stride == 0 || place + 1 == of);
    let share = |place: usize| {
        let reward = sorted[place];
        let good = match direction {
            Direction::Maximize => of - sorted.partition_point(|other| *other < reward),
            Direction::Minimize => sorted.partition_point(|other| *other <= reward),
        };
        (reward, good as f64 / of as f64)
    };
    let mut steps: Vec<(f64, f64)> = places.map(share).collect();
    steps.dedup();
    steps
}

fn x(scale: &Scale, reward: f64) -> f64 {
    LEFT + 8.0 + (RIGHT - LEFT - 16.0) * scale.place(reward)
}

fn y(share: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * share
}

/// From the left frame to the right one, in steps.
fn way(direction: Direction, steps: &[(f64, f64)], scale: &Scale) -> Way {
    let mut way = Way::default();
    let is_falling = direction == Direction::Maximize;
    let mut height = if is_falling { 1.0 } else { 0.0 };
    way.start((LEFT, y(height)));
    for (i, (reward, share)) in steps.iter().enumerate() {
        // What comes after a reward: of those that fall, the share of the next one.
        let next = if is_falling { steps.get(i + 1).map_or(0.0, |next| next.1) } else { *share };
        way.line((x(scale, *reward), y(height))).line((x(scale, *reward), y(next)));
        height = next;
    }
    way.line((RIGHT, y(height)));
    way
}

fn axes(page: &mut Markup, direction: Direction, scale: &Scale) {
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        rule(page, "grid", (LEFT, y(share)), (RIGHT, y(share)));
        words(page, "end quiet", (LEFT - 8.0, y(share) + 4.0), &percent(share));
    }
    rule(page, "frame", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    for (tick, label) in scale.ticks(8) {
        rule(page, "frame", (x(scale, tick), BOTTOM), (x(scale, tick), BOTTOM + 5.0));
        words(page, "middle quiet", (x(scale, tick), BOTTOM + 19.0), &label);
    }
    let label = format!("reward; the line is the share of the trials with {} this reward", side(direction));
    words(page, "middle quiet", (LEFT.midpoint(RIGHT), BOTTOM + 36.0), &label);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_counts_what_is_at_least_as_good() {
        let rewards = [1.0, 2.0, 2.0, 5.0];
        assert_eq!(steps(Direction::Maximize, &rewards), [(1.0, 1.0), (2.0, 0.75), (5.0, 0.25)]);
        assert_eq!(steps(Direction::Minimize, &rewards), [(1.0, 0.25), (2.0, 0.75), (5.0, 1.0)]);
    }

    #[test]
    fn the_line_falls_or_rises_from_end_to_end() {
        let rewards: Vec<f64> = (0..3000).map(|i| f64::from(i * i)).collect();
        for (direction, ends) in [(Direction::Maximize, (TOP, BOTTOM)), (Direction::Minimize, (BOTTOM, TOP))] {
            let scale = Scale::of(direction, rewards.iter().copied()).unwrap();
            let text = way(direction, &steps(direction, &rewards), &scale).to_string();
            let heights: Vec<f64> =
                text[1..].split('L').map(|point| point.split(' ').nth(1).unwrap().parse().unwrap()).collect();
            assert_eq!((heights[0], heights[heights.len() - 1]), ends);
            assert!(heights.is_sorted_by(|a, b| if ends.0 < ends.1 { a <= b } else { a >= b }));
            assert!(heights.len() < 2 * STEPS + 5);
        }
    }

    #[test]
    fn the_sentence_has_the_median_and_the_best_tenth() {
        let rewards: Vec<f64> = (1..=101).map(f64::from).collect();
        assert!(
            introduction(Direction::Maximize, &rewards)
                .contains("half of them earned at least 51, a tenth at least 91.")
        );
        assert!(
            introduction(Direction::Minimize, &rewards).contains("half of them earned at most 51, a tenth at most 11.")
        );
    }
}
