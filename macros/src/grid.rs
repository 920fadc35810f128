//! Numbers on a grid: even or logarithmic steps between two bounds, and powers of two.

/// Numbers from `first` to `last`, with even distances or, logarithmic, even ratios. Rounded to nine significant digits,
/// so that each is what its label says.
pub(crate) fn floats(first: f64, last: f64, bins: usize, log: bool) -> Vec<f64> {
    (0..bins).map(|i| rounded(at(first, last, i, bins, log))).collect()
}

/// The same for whole numbers, each once.
pub(crate) fn integers(first: i128, last: i128, bins: usize, log: bool) -> Vec<i128> {
    // The ends are exact, also where `f64` is not.
    let number = |i: usize| match i {
        0 => first,
        i if i + 1 == bins => last,
        i => (at(first as f64, last as f64, i, bins, log).round() as i128).clamp(first, last),
    };
    let mut numbers: Vec<i128> = (0..bins).map(number).collect();
    numbers.dedup();
    numbers
}

/// `first`, twice that, … up to `last`.
pub(crate) fn powers_of_two(first: i128, last: i128) -> Vec<i128> {
    std::iter::successors(Some(first), |number| number.checked_mul(2)).take_while(|number| *number <= last).collect()
}

fn at(first: f64, last: f64, i: usize, bins: usize, log: bool) -> f64 {
    let share = i as f64 / (bins - 1) as f64;
    match (i, log) {
        (0, _) => first,
        (i, _) if i + 1 == bins => last,
        (_, true) if (last / first).is_finite() => first * (last / first).powf(share),
        (_, true) => (first.ln() * (1.0 - share) + last.ln() * share).exp(),
        (_, false) if (last - first).is_finite() => first + (last - first) * share,
        (_, false) => first * (1.0 - share) + last * share,
    }
}

fn rounded(number: f64) -> f64 {
    format!("{number:.8e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_what_their_labels_say() {
        let labels = |numbers: Vec<f64>| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(labels(floats(0.0, 1.0, 11, false)), "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1");
        assert_eq!(labels(floats(1e-300, 1e300, 3, true)), format!("{} 1 {}", 1e-300, 1e300));
        assert_eq!(labels(floats(-1.5e308, 1.5e308, 3, false)), format!("{} 0 {}", -1.5e308, 1.5e308));
        assert_eq!(labels(floats(1e-5, 1e-1, 5, true)), "0.00001 0.0001 0.001 0.01 0.1");
    }

    #[test]
    fn whole_numbers_are_rounded_and_listed_once() {
        assert_eq!(integers(1, 1000, 4, true), [1, 10, 100, 1000]);
        assert_eq!(integers(1, 4, 9, true), [1, 2, 3, 4]);
        assert_eq!(integers(0, 100, 5, false), [0, 25, 50, 75, 100]);
        let largest = i128::from(u64::MAX);
        assert_eq!(integers(0, largest, 2, false), [0, largest]);
        assert_eq!(powers_of_two(16, 128), [16, 32, 64, 128]);
    }
}
