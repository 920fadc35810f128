//! In which order actions are drawn.

use std::collections::BTreeSet;

use super::earlier::now;

/// The number that an action is, or that stands before what is said of it: `1024 (WIDE)`.
pub(super) fn number(action: &str) -> Option<f64> {
    action.split_whitespace().next()?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The actions of a type with those that only trials know: a number stands among the numbers, a renamed action after what it is now, and
/// the others are last.
fn merged<'a>(known: &[&'a str], others: &[&'a str]) -> Vec<&'a str> {
    let mut all = known.to_vec();
    let is_falling = is_falling(known);
    for &other in others {
        let place = number(other).and_then(|number| place(&all, number, is_falling));
        let after = || all.iter().position(|action| Some(*action) == now(other)).map(|place| place + 1);
        let place = place.or_else(after).unwrap_or(all.len());
        all.insert(place, other);
    }
    all
}

/// The actions of a state in the order in which they are drawn, with those that only trials know.
pub(super) fn all_actions<'a>(known: &'a [String], taken: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let is_known: BTreeSet<&str> = known.iter().copied().collect();
    let others: BTreeSet<&str> = taken.filter(|action| !is_known.contains(action)).collect();
    merged(&known, &others.into_iter().collect::<Vec<_>>())
}

/// Where a number stands among others; none where there are none.
fn place(all: &[&str], wanted: f64, is_falling: bool) -> Option<usize> {
    let comes_before = |number: f64| if is_falling { number >= wanted } else { number <= wanted };
    let is_after = |action: &&str| number(action).is_some_and(|number| !comes_before(number));
    let last = || all.iter().rposition(|action| number(action).is_some()).map(|last| last + 1);
    all.iter().position(is_after).or_else(last)
}

fn is_falling(actions: &[&str]) -> bool {
    let numbers: Vec<f64> = actions.iter().filter_map(|action| number(action)).collect();
    numbers.len() > 1 && numbers.windows(2).all(|pair| pair[0] > pair[1])
}

#[cfg(test)]
mod tests {
    use super::super::earlier::{dropped, renamed};
    use super::*;

    fn shown(known: &[&str], others: &[&str]) -> Vec<String> {
        merged(known, others).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_number_that_was_dropped_stands_among_the_others() {
        let (two, eight, sixty) = (dropped("2"), dropped("8"), dropped("64"));
        assert_eq!(
            shown(&["4", "16", "32"], &[&sixty, &eight, &two]),
            ["2 (dropped)", "4", "8 (dropped)", "16", "32", "64 (dropped)"]
        );
        assert_eq!(shown(&["32", "16", "4"], &[&eight, &two]), ["32", "16", "8 (dropped)", "4", "2 (dropped)"]);
        assert_eq!(shown(&["none", "0.1", "0.5"], &["0.3", "0.7"]), ["none", "0.1", "0.3", "0.5", "0.7"]);
        assert_eq!(shown(&["none"], &["9", "1e-3"]), ["none", "1e-3", "9"]);
    }

    #[test]
    fn a_renamed_action_stands_after_what_it_is_now() {
        let (silu, sigmoid) = (renamed("silu", "swish"), dropped("sigmoid"));
        assert_eq!(
            shown(&["relu", "swish", "tanh"], &[&sigmoid, &silu]),
            ["relu", "swish", "silu (now swish)", "tanh", "sigmoid (dropped)"]
        );
    }

    #[test]
    fn only_numbers_are_numbers() {
        assert_eq!(
            ["16", "1024 (WIDE)", "8 (dropped)", "relu", "inf", "NaN", "", "-1e-3"].map(number),
            [Some(16.0), Some(1024.0), Some(8.0), None, None, None, None, Some(-1e-3)]
        );
    }
}
