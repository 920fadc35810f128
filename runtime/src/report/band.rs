use super::error::ReportError;

/// The mean and the central 68 % of several replicas, per trial.
///
/// For values that are normally distributed the band is one standard deviation to either side of
/// the mean. Values that are NaN or infinite count as missing: each trial is summarised over the
/// replicas that have it, and is NaN in all three curves if none does.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The mean over replicas, `[trials]`.
    pub mean: Vec<f64>,
    /// The 16th percentile over replicas, `[trials]`.
    pub low: Vec<f64>,
    /// The 84th percentile over replicas, `[trials]`.
    pub high: Vec<f64>,
}

impl Band {
    /// Summarises `[replicas, trials]` values.
    ///
    /// Percentiles between two replicas are interpolated linearly.
    pub fn of<R: AsRef<[f64]>>(replicas: &[R]) -> Result<Self, ReportError> {
        Self::named("the list of replicas", replicas)
    }

    /// As [`Band::of`], with a name for the error messages.
    pub(super) fn named<R: AsRef<[f64]>>(name: &str, replicas: &[R]) -> Result<Self, ReportError> {
        let trials = common_length(name, replicas)?;
        let mut band = Self {
            mean: Vec::with_capacity(trials),
            low: Vec::with_capacity(trials),
            high: Vec::with_capacity(trials),
        };
        for trial in 0..trials {
            band.push(&finite_sorted(replicas, trial));
        }
        if band.mean.iter().all(|mean| !mean.is_finite()) {
            return Err(ReportError::NotFinite { what: name.into() });
        }
        Ok(band)
    }

    /// Adds a trial, given its finite values in rising order.
    fn push(&mut self, sorted: &[f64]) {
        self.mean.push(mean(sorted));
        self.low.push(percentile(sorted, 0.16));
        self.high.push(percentile(sorted, 0.84));
    }
}

/// The length that all replicas share.
fn common_length<R: AsRef<[f64]>>(name: &str, replicas: &[R]) -> Result<usize, ReportError> {
    let expected = replicas.first().map_or(0, |first| first.as_ref().len());
    if expected == 0 {
        return Err(ReportError::Empty { what: name.into() });
    }
    for (index, replica) in replicas.iter().enumerate() {
        let found = replica.as_ref().len();
        if found != expected {
            return Err(ReportError::Ragged { what: format!("replica {index} of {name}"), expected, found });
        }
    }
    Ok(expected)
}

fn finite_sorted<R: AsRef<[f64]>>(replicas: &[R], trial: usize) -> Vec<f64> {
    let mut values: Vec<f64> =
        replicas.iter().map(|replica| replica.as_ref()[trial]).filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The value below which the given part of the sorted values lies, NaN if there are none.
#[expect(clippy::cast_sign_loss, reason = "no part of a length is negative")]
fn percentile(sorted: &[f64], part: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = part * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: &[f64], right: &[f64]) {
        assert_eq!(left.len(), right.len());
        for (left, right) in left.iter().zip(right) {
            assert!((left - right).abs() < 1e-12, "{left} is not {right}");
        }
    }

    #[test]
    fn percentiles_of_a_hundred_and_one_replicas_are_the_16th_and_the_84th() {
        let replicas: Vec<[f64; 1]> = (0..=100).rev().map(|value| [f64::from(value)]).collect();
        let band = Band::of(&replicas).unwrap();
        close(&band.mean, &[50.0]);
        close(&band.low, &[16.0]);
        close(&band.high, &[84.0]);
    }

    #[test]
    fn percentiles_between_replicas_are_interpolated() {
        let band = Band::of(&[[1.0, 0.0], [2.0, 10.0], [6.0, 2.0]]).unwrap();
        close(&band.mean, &[3.0, 4.0]);
        // 0.16 · 2 = 0.32 of the way from the first to the second, 0.68 from the second to the third.
        close(&band.low, &[1.32, 0.64]);
        close(&band.high, &[4.72, 7.44]);
    }

    #[test]
    fn one_replica_is_its_own_band() {
        let band = Band::of(&[[3.0, 5.0]]).unwrap();
        assert_eq!(band.mean, [3.0, 5.0]);
        assert_eq!((&band.low, &band.high), (&band.mean, &band.mean));
    }

    #[test]
    fn missing_values_are_left_out_of_their_trial() {
        let replicas = [[1.0, f64::NAN], [f64::NAN, f64::INFINITY], [3.0, f64::NAN]];
        let band = Band::of(&replicas).unwrap();
        close(&band.mean[..1], &[2.0]);
        close(&band.low[..1], &[1.32]);
        assert!(band.mean[1].is_nan() && band.low[1].is_nan() && band.high[1].is_nan());
    }

    #[test]
    fn no_replicas_and_no_trials_are_empty() {
        let none: [[f64; 3]; 0] = [];
        assert!(matches!(Band::of(&none), Err(ReportError::Empty { .. })));
        let no_trials: [[f64; 0]; 2] = [[], []];
        assert!(matches!(Band::of(&no_trials), Err(ReportError::Empty { .. })));
    }

    #[test]
    fn a_shorter_replica_is_ragged() {
        let error = Band::of(&[vec![1.0, 2.0], vec![1.0]]).unwrap_err();
        assert_eq!(error.to_string(), "ragged data: replica 1 of the list of replicas has 1 values where 2 are needed");
    }

    #[test]
    fn nothing_but_nan_is_not_finite() {
        let error = Band::of(&[[f64::NAN], [f64::NAN]]).unwrap_err();
        assert!(matches!(error, ReportError::NotFinite { .. }));
    }
}
