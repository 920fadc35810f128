use super::axis::Axis;
use super::band::Band;

/// A point of a curve and of the band around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// The number of the trial, from 1.
    pub(super) trial: f64,
    pub(super) mean: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Sample {
    pub(super) fn is_finite(&self) -> bool {
        self.mean.is_finite()
    }
}

/// The samples of a band, no more than one for each of `columns` equal parts of the axis.
///
/// Trials that fall into one part become their average, so that the size of a figure does not grow
/// with the number of trials.
pub(super) fn thin(band: &Band, axis: &Axis, columns: u32) -> Vec<Sample> {
    let column = |index: &usize| (axis.place(number(*index)) * f64::from(columns)) as i64;
    let trials: Vec<usize> = (0..band.mean.len()).collect();
    trials.chunk_by(|left, right| column(left) == column(right)).map(|run| average(band, run)).collect()
}

/// The number of the trial that stands at an index.
fn number(index: usize) -> f64 {
    index as f64 + 1.0
}

/// The average of the trials at the given indices that have a value.
fn average(band: &Band, run: &[usize]) -> Sample {
    let over = |value: &dyn Fn(usize) -> f64| {
        let present: Vec<f64> =
            run.iter().filter(|index| band.mean[**index].is_finite()).map(|index| value(*index)).collect();
        present.iter().sum::<f64>() / present.len() as f64
    };
    Sample {
        trial: over(&number),
        mean: over(&|index| band.mean[index]),
        low: over(&|index| band.low[index]),
        high: over(&|index| band.high[index]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: Vec<f64>) -> Band {
        Band::of(&[values]).unwrap()
    }

    #[test]
    fn few_trials_stay_as_they_are() {
        let samples = thin(&line(vec![5.0, 6.0, 7.0]), &Axis::linear(1.0, 3.0), 100);
        let points: Vec<(f64, f64)> = samples.iter().map(|s| (s.trial, s.mean)).collect();
        assert_eq!(points, [(1.0, 5.0), (2.0, 6.0), (3.0, 7.0)]);
    }

    #[test]
    fn many_trials_become_averages_of_their_column() {
        let values = (1..=1000).map(f64::from).collect();
        let samples = thin(&line(values), &Axis::linear(0.0, 1000.0), 10);
        assert!(samples.len() <= 11, "{} samples", samples.len());
        assert!(samples.iter().all(|s| (s.mean - s.trial).abs() < 1e-9));
    }

    #[test]
    fn a_logarithmic_axis_keeps_the_first_trials_apart() {
        let samples = thin(&line(vec![0.0; 100_000]), &Axis::log(1.0, 1e5), 100);
        assert!(samples.len() <= 101);
        assert_eq!((samples[0].trial, samples[1].trial), (1.0, 2.0));
    }

    #[test]
    fn a_missing_trial_is_a_gap_and_does_not_spoil_its_column() {
        let values = vec![1.0, f64::NAN, 3.0];
        let apart = thin(&line(values.clone()), &Axis::linear(1.0, 3.0), 100);
        assert!(!apart[1].is_finite());
        let together = thin(&line(values), &Axis::linear(0.0, 4.0), 1);
        assert_eq!((together[0].trial, together[0].mean), (2.0, 2.0));
    }
}
