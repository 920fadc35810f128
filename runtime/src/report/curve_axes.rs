use super::axis::{Axis, Tick};
use super::curve::{Curves, Series};
use super::error::ReportError;

/// The axis of the trials, which are counted from 1.
pub(super) fn x_axis(curves: &Curves) -> Axis {
    let longest = longest(curves) as f64;
    if curves.log_x {
        Axis::log(1.0, longest)
    } else if longest <= 1.0 {
        Axis::linear(1.0, 1.0)
    } else if longest <= 20.0 {
        Axis::linear(1.0, longest).padded(0.02)
    } else {
        Axis::linear(0.0, longest)
    }
}

/// Ticks at whole trials.
pub(super) fn x_ticks(curves: &Curves, axis: &Axis) -> Vec<Tick> {
    let wanted = (curves.size.0 as usize / 95).min(longest(curves));
    axis.ticks(wanted as u32)
}

/// The number of trials of the longest series.
fn longest(curves: &Curves) -> usize {
    let trials = |series: &Series| series.band.mean.len();
    curves.series.iter().map(trials).max().unwrap_or(1)
}

/// The axis of the values, with some room above and below them.
pub(super) fn y_axis(curves: &Curves) -> Result<Axis, ReportError> {
    for reference in &curves.references {
        if !reference.value.is_finite() {
            let what = format!("reference line `{}`", reference.label);
            return Err(ReportError::NotFinite { what });
        }
    }
    let axis = if curves.log_y { log(curves)? } else { linear(curves) };
    Ok(axis.padded(0.04))
}

fn linear(curves: &Curves) -> Axis {
    let (low, high) = range(values(curves));
    Axis::linear(low, high)
}

/// The axis reaches at most ten times below the lowest mean: bands often reach down to zero.
fn log(curves: &Curves) -> Result<Axis, ReportError> {
    for series in &curves.series {
        let what = || format!("series `{}`", series.name);
        check_positive(&series.band.mean, what)?;
    }
    for reference in &curves.references {
        let what = || format!("reference line `{}`", reference.label);
        check_positive(&[reference.value], what)?;
    }
    let positive = |value: &f64| *value > 0.0;
    let (lowest_mean, _) = range(middles(curves).filter(positive));
    let (low, high) = range(values(curves).filter(positive));
    Ok(Axis::log(low.max(lowest_mean / 10.0), high))
}

fn check_positive(values: &[f64], what: impl Fn() -> String) -> Result<(), ReportError> {
    if values.iter().any(|value| *value > 0.0) {
        return Ok(());
    }
    Err(ReportError::NotPositive { what: what() })
}

/// The means and the reference lines.
fn middles(curves: &Curves) -> impl Iterator<Item = f64> {
    let means = curves.series.iter().flat_map(|series| series.band.mean.iter().copied());
    means.chain(curves.references.iter().map(|reference| reference.value))
}

/// Every value that is drawn.
fn values(curves: &Curves) -> impl Iterator<Item = f64> {
    let edges = |series: &Series| [series.band.low.clone(), series.band.high.clone()];
    let banded = curves.series.iter().filter(|series| series.replicas > 1);
    middles(curves).chain(banded.flat_map(edges).flatten())
}

/// The least and the greatest of the finite values.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves(replicas: &[Vec<f64>]) -> Curves {
        Curves::new("", "", "").series("series", replicas).unwrap()
    }

    fn near(axis: Axis, value: f64, place: f64) {
        assert!((axis.place(value) - place).abs() < 1e-9, "{value} is at {}", axis.place(value));
    }

    #[test]
    fn many_trials_begin_at_zero_and_few_at_one() {
        assert_eq!(x_axis(&curves(&[vec![0.0; 100]])), Axis::linear(0.0, 100.0));
        assert_eq!(x_axis(&curves(&[vec![0.0; 5]])), Axis::linear(1.0, 5.0).padded(0.02));
        assert_eq!(x_axis(&curves(&[vec![0.0; 100]]).log_x()), Axis::log(1.0, 100.0));
    }

    #[test]
    fn ticks_are_at_whole_trials() {
        for trials in 1..40 {
            let curves = curves(&[vec![0.0; trials]]);
            let ticks = x_ticks(&curves, &x_axis(&curves));
            assert!(!ticks.is_empty(), "no ticks for {trials} trials");
            assert!(ticks.iter().all(|tick| tick.value.fract() == 0.0), "{trials} trials: {ticks:?}");
        }
    }

    #[test]
    fn values_and_references_have_room_around_them() {
        let axis = y_axis(&curves(&[vec![1.0, 2.0, f64::NAN]]).reference("best", 3.0)).unwrap();
        near(axis, 1.0, 0.04 / 1.08);
        near(axis, 3.0, 1.04 / 1.08);
    }

    #[test]
    fn one_replica_needs_no_room_for_a_band_and_two_do() {
        let one = y_axis(&curves(&[vec![0.0, 2.0]])).unwrap();
        let two = y_axis(&curves(&[vec![0.0, 2.0], vec![0.0, 4.0]])).unwrap();
        near(one, 2.0, 1.04 / 1.08);
        near(two, 2.0 + 0.84 * 2.0, 1.04 / 1.08);
    }

    #[test]
    fn a_logarithmic_axis_ends_a_decade_below_the_means() {
        let axis = y_axis(&curves(&[vec![0.0, 1.0], vec![1e-9, 1.0], vec![3.0, 1.0]]).log_y()).unwrap();
        near(axis, 0.1, 0.04 / 1.08);
        let clipped = y_axis(&curves(&[vec![1.0, 0.0, 10.0]]).log_y()).unwrap();
        near(clipped, 1.0, 0.04 / 1.08);
    }

    #[test]
    fn a_logarithmic_axis_needs_positive_values() {
        let series = y_axis(&curves(&[vec![0.0, -1.0]]).log_y()).unwrap_err();
        assert!(matches!(series, ReportError::NotPositive { .. }), "{series}");
        let reference = y_axis(&curves(&[vec![1.0]]).reference("none", 0.0).log_y()).unwrap_err();
        assert!(matches!(reference, ReportError::NotPositive { .. }), "{reference}");
    }

    #[test]
    fn a_reference_must_be_finite() {
        let error = y_axis(&curves(&[vec![1.0]]).reference("best", f64::NAN)).unwrap_err();
        assert!(matches!(error, ReportError::NotFinite { .. }), "{error}");
    }
}
