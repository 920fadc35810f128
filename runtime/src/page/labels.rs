//! Actions as they are written along an axis.

use std::collections::BTreeSet;

/// Numbers of so many letters are read as they are.
const SHORT: usize = 6;

/// Numbers with a point that are long are rounded to as few digits as tell all of them apart: along an axis the neighbours say the rest.
pub(super) fn rounded(actions: &[&str]) -> Vec<String> {
    let is_long = |action: &&str| fraction(action).is_some_and(|_| first(action).len() > SHORT);
    if !actions.iter().any(is_long) {
        return actions.iter().map(|action| (*action).to_owned()).collect();
    }
    let distinct = actions.iter().collect::<BTreeSet<_>>().len();
    let labels = |digits: usize| actions.iter().map(|action| label(action, digits)).collect::<Vec<_>>();
    let tell_apart = |labels: &Vec<String>| labels.iter().collect::<BTreeSet<_>>().len() == distinct;
    (2..17).map(labels).find(tell_apart).unwrap_or_else(|| labels(17))
}

/// What stands before a note: `0.1` of `0.1 (dropped)`.
fn first(action: &str) -> &str {
    action.split(' ').next().unwrap_or_default()
}

/// The number that an action is, unless it is a whole one.
fn fraction(action: &str) -> Option<f64> {
    let first = first(action);
    first.parse().ok().filter(|number: &f64| number.is_finite() && first.contains(['.', 'e']))
}

fn label(action: &str, digits: usize) -> String {
    match fraction(action) {
        Some(number) => with_digits(number, digits) + &action[first(action).len()..],
        None => action.to_owned(),
    }
}

fn with_digits(number: f64, digits: usize) -> String {
    let size = number.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-3..1e6).contains(&size) {
        let text = format!("{number:.*e}", digits - 1);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    #[expect(clippy::cast_sign_loss, reason = "clamped")]
    let decimals = (digits as f64 - 1.0 - size.log10().floor()).clamp(0.0, 17.0) as usize;
    trimmed(&format!("{number:.decimals$}")).to_owned()
}

fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn long_numbers_are_rounded_as_far_as_they_stay_apart() {
        assert_eq!(rounded(&["0.4999999", "0.30000000000000004", "1"]), ["0.5", "0.3", "1"]);
        assert_eq!(rounded(&["0.12341", "0.12342"]), ["0.12341", "0.12342"]);
        assert_eq!(rounded(&["1.2589254117941673e-5", "1e-4"]), ["1.3e-5", "1e-4"]);
        assert_eq!(rounded(&["0.4999999 (dropped)", "0.1"]), ["0.5 (dropped)", "0.1"]);
    }

    #[test]
    fn what_is_short_or_whole_or_no_number_stays() {
        for actions in [["0.125", "0.25", "5"], ["1048576", "2097153", "0.1"], ["a.b.c.d.e", "none", "0.000001 m"]] {
            let expected = if actions[2].starts_with("0.000001") { ["a.b.c.d.e", "none", "1e-6 m"] } else { actions };
            assert_eq!(rounded(&actions), expected);
        }
    }
}
