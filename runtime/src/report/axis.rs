/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    /// Empty for a minor tick.
    pub(super) label: String,
}

/// A stretch of numbers, and how it is laid out from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
}

impl Axis {
    /// A linear axis; a stretch without length is widened.
    pub(super) fn linear(low: f64, high: f64) -> Self {
        let spare = if high > low { 0.0 } else { (low.abs() * 0.05).max(0.5) };
        Self { low: low - spare, high: high + spare, log: false }
    }

    /// A logarithmic axis between positive numbers; a stretch without length is widened.
    pub(super) fn log(low: f64, high: f64) -> Self {
        let spare = if high > low { 1.0 } else { 2.0 };
        Self { low: low / spare, high: high * spare, log: true }
    }

    /// The axis with this part of its length added at both ends.
    pub(super) fn padded(self, part: f64) -> Self {
        let (low, high) = (self.warp(self.low), self.warp(self.high));
        let spare = (high - low) * part;
        Self { low: self.unwarp(low - spare), high: self.unwarp(high + spare), ..self }
    }

    /// Where a value lies, 0 at the low end and 1 at the high end; values beyond an end lie there.
    pub(super) fn place(&self, value: f64) -> f64 {
        if value <= self.low {
            return 0.0;
        }
        let (low, high) = (self.warp(self.low), self.warp(self.high));
        ((self.warp(value) - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// About this many labelled ticks; a logarithmic axis may add minor ones.
    pub(super) fn ticks(&self, wanted: u32) -> Vec<Tick> {
        if self.log { self.log_ticks(wanted) } else { self.linear_ticks(wanted) }
    }

    /// As [`Axis::ticks`], but more of them where fewer than two would be labelled.
    pub(super) fn enough_ticks(&self, wanted: u32) -> Vec<Tick> {
        let labelled = |ticks: &Vec<Tick>| ticks.iter().filter(|tick| !tick.label.is_empty()).count();
        (wanted..wanted + 4)
            .map(|wanted| self.ticks(wanted))
            .find(|ticks| labelled(ticks) > 1)
            .unwrap_or_else(|| self.ticks(wanted))
    }

    fn warp(&self, value: f64) -> f64 {
        if self.log { value.log10() } else { value }
    }

    fn unwarp(&self, value: f64) -> f64 {
        if self.log { 10_f64.powf(value) } else { value }
    }

    fn linear_ticks(&self, wanted: u32) -> Vec<Tick> {
        let step = round_step((self.high - self.low) / f64::from(wanted.max(1)));
        let largest = self.low.abs().max(self.high.abs());
        multiples(self.low, self.high, step)
            .into_iter()
            .map(|value| Tick { value, label: label(value, step, largest) })
            .collect()
    }

    fn log_ticks(&self, wanted: u32) -> Vec<Tick> {
        let decades = self.rounds_per_decade(&[1.0]);
        let every = decades.len().div_ceil(wanted.max(1) as usize);
        match decades.len() {
            0 | 1 => self.short_log_ticks(wanted),
            _ if every > 1 => decades.into_iter().step_by(every).collect(),
            _ => [decades, self.minor_ticks()].concat(),
        }
    }

    /// Unlabelled ticks at 2, 3, … 9 times every power of ten.
    fn minor_ticks(&self) -> Vec<Tick> {
        let mut ticks = self.rounds_per_decade(&[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        for tick in &mut ticks {
            tick.label.clear();
        }
        ticks
    }

    /// Ticks of a logarithmic axis that holds at most one power of ten.
    fn short_log_ticks(&self, wanted: u32) -> Vec<Tick> {
        let ticks = self.rounds_per_decade(&[1.0, 2.0, 5.0]);
        if ticks.len() < 2 {
            return self.linear_ticks(wanted);
        }
        ticks
    }

    /// Ticks at these multiples of every power of ten.
    fn rounds_per_decade(&self, times: &[f64]) -> Vec<Tick> {
        multiples(self.low.log10().floor(), self.high.log10(), 1.0)
            .into_iter()
            .flat_map(|exponent| times.iter().map(move |times| (times, exponent)))
            .map(|(times, exponent)| Tick { value: times * 10_f64.powf(exponent), label: product(*times, exponent) })
            .filter(|tick| self.holds(tick.value))
            .collect()
    }

    fn holds(&self, value: f64) -> bool {
        (self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9)).contains(&value)
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is no less than `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let rounds = [1.0, 2.0, 5.0].map(|times| times * power);
    rounds.into_iter().find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// The multiples of `step` from `low` to `high`; never more than a thousand.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let slack = 1e-9;
    let first = (low / step - slack).ceil();
    let last = high / step + slack;
    (0..1000)
        .map(|index| first + f64::from(index))
        .take_while(|multiple| *multiple <= last)
        .map(|multiple| multiple * step + 0.0)
        .filter(|value| value.is_finite())
        .collect()
}

/// A multiple of `step`, with the digits that tell it from its neighbours.
fn label(value: f64, step: f64, largest: f64) -> String {
    let step_power = step.log10().floor() as i32;
    if largest >= 1e6 || step_power < -5 {
        return scientific(value, step_power);
    }
    let decimals = usize::try_from(-step_power).unwrap_or(0);
    format!("{value:.decimals$}")
}

/// As `1.5e6`, with digits down to a power of ten.
fn scientific(value: f64, last_power: i32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let first_power = value.abs().log10().floor() as i32;
    let decimals = usize::try_from(first_power.saturating_sub(last_power)).unwrap_or(0).min(9);
    format!("{value:.decimals$e}")
}

/// A digit times a power of ten, written out where that is short.
fn product(digit: f64, exponent: f64) -> String {
    if !(-4.0..6.0).contains(&exponent) {
        return format!("{digit}e{exponent}");
    }
    let decimals = usize::try_from(-exponent as i32).unwrap_or(0);
    format!("{:.decimals$}", digit * 10_f64.powf(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis, wanted: u32) -> Vec<String> {
        let labelled = |tick: &Tick| !tick.label.is_empty();
        axis.ticks(wanted).into_iter().filter(labelled).map(|tick| tick.label).collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(labels(Axis::linear(0.0, 2000.0), 8), ["0", "500", "1000", "1500", "2000"]);
        assert_eq!(labels(Axis::linear(-0.04, 0.5), 6), ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(labels(Axis::linear(0.9411, 0.9414), 3), ["0.9411", "0.9412", "0.9413", "0.9414"]);
        assert_eq!(labels(Axis::linear(0.0, 2e7), 4), ["0", "5e6", "1.0e7", "1.5e7", "2.0e7"]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten() {
        assert_eq!(labels(Axis::log(1.0, 2000.0), 8), ["1", "10", "100", "1000"]);
        assert_eq!(labels(Axis::log(1e-5, 0.1), 8), ["1e-5", "0.0001", "0.001", "0.01", "0.1"]);
        assert_eq!(labels(Axis::log(1.0, 1e12), 4), ["1", "10000", "1e8", "1e12"]);
    }

    #[test]
    fn a_short_logarithmic_axis_has_ticks_between_the_powers() {
        assert_eq!(labels(Axis::log(0.3, 8.0), 8), ["0.5", "1", "2", "5"]);
        assert_eq!(labels(Axis::log(0.5, 0.6), 2), ["0.50", "0.55", "0.60"]);
    }

    #[test]
    fn only_some_ticks_of_a_logarithmic_axis_have_labels() {
        let ticks = Axis::log(1.0, 100.0).ticks(8);
        assert_eq!(ticks.len(), 3 + 2 * 8);
        assert_eq!(ticks.iter().filter(|tick| tick.label.is_empty()).count(), 16);
    }

    #[test]
    fn one_tick_is_not_enough() {
        assert_eq!(labels(Axis::linear(-0.9, 0.9), 1), ["0"]);
        let enough = Axis::linear(-0.9, 0.9).enough_ticks(1);
        assert_eq!(enough.iter().map(|tick| tick.value).collect::<Vec<_>>(), [-0.5, 0.0, 0.5]);
    }

    #[test]
    fn places_run_from_0_to_1() {
        let places = |axis: Axis, values: &[f64]| values.iter().map(|v| axis.place(*v)).collect::<Vec<_>>();
        assert_eq!(places(Axis::linear(10.0, 30.0), &[5.0, 10.0, 15.0, 40.0]), [0.0, 0.0, 0.25, 1.0]);
        assert_eq!(places(Axis::log(1.0, 1e4), &[-1.0, 0.0, 100.0, 1e4]), [0.0, 0.0, 0.5, 1.0]);
    }

    #[test]
    fn a_constant_gets_an_axis_around_it() {
        assert!((Axis::linear(0.7, 0.7).place(0.7) - 0.5).abs() < 1e-9);
        assert!((Axis::log(0.7, 0.7).place(0.7) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn extreme_numbers_make_no_endless_axis() {
        for (low, high) in [(f64::MIN, f64::MAX), (0.0, f64::MIN_POSITIVE), (1e17, 1e17 + 32.0)] {
            assert!(Axis::linear(low, high).padded(0.1).ticks(6).len() <= 1000);
        }
        assert!(Axis::log(f64::MIN_POSITIVE, f64::MAX).padded(0.1).ticks(6).len() <= 1000);
    }
}
