//! Text of files that others may have written, on a terminal.

use transfer_nas::printable::printable;

/// The text on one line: control characters could move the cursor or change colours.
pub(crate) fn line(text: &str) -> String {
    printable(text.trim()).to_string()
}

/// A reward in as few digits as tell it from all others.
pub(crate) fn reward(reward: f64) -> String {
    let is_usual = reward == 0.0 || (1e-5..1e10).contains(&reward.abs());
    if is_usual || !reward.is_finite() { reward.to_string() } else { format!("{reward:e}") }
}

/// A number of things.
pub(crate) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewards_of_any_size_are_short() {
        let shown = [0.875, 2.0, -1e6, 0.0, 1e-6, 1e300, -1.5e-300, f64::NEG_INFINITY].map(reward);
        assert_eq!(shown, ["0.875", "2", "-1000000", "0", "1e-6", "1e300", "-1.5e-300", "-inf"]);
    }
}
