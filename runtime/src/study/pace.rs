//! How fast trials end, and how long the rest will take, in words.

use std::time::Duration;

/// Before that nothing is said: what ends at once would be millions a second.
const ENOUGH: Duration = Duration::from_millis(250);
/// The words stay as they are for so long: a reader has to be able to read them.
const STAYS: Duration = Duration::from_secs(1);

/// The pace of one run.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// How many trials had ended before it.
    before: Option<u64>,
    words: String,
    /// When the words were chosen.
    since: Option<Duration>,
}

impl Pace {
    /// The words for a study of which so many trials have ended, and so many are wanted, at a time since the run began.
    pub(super) fn at(&mut self, ended: u64, wanted: Option<u64>, now: Duration) -> &str {
        let done = ended.saturating_sub(*self.before.get_or_insert(ended));
        let rest = wanted.map(|wanted| wanted.saturating_sub(ended));
        let is_fresh = self.since.is_some_and(|since| now < since + STAYS) && rest != Some(0);
        if !is_fresh && let Some(words) = words(done, rest, now) {
            (self.words, self.since) = (words, Some(now));
        }
        &self.words
    }
}

/// `, 12/min, 3 min left`; none where it is too early to say.
fn words(done: u64, rest: Option<u64>, elapsed: Duration) -> Option<String> {
    let rate = rate(done, elapsed)?;
    let left = rest.filter(|rest| *rest > 0).map(|rest| {
        let seconds = rest as f64 * elapsed.as_secs_f64() / done as f64;
        format!(", {} left", span(seconds))
    });
    Some(format!(", {rate}{}", left.unwrap_or_default()))
}

/// How many trials end in a second, or in a minute, an hour or a day where that is less than one.
fn rate(done: u64, elapsed: Duration) -> Option<String> {
    if done == 0 || elapsed < ENOUGH {
        return None;
    }
    let a_second = done as f64 / elapsed.as_secs_f64();
    let units = [(1.0, "s"), (60.0, "min"), (3600.0, "h")];
    let unit = units.into_iter().find(|(seconds, _)| a_second * seconds >= 1.0);
    let (seconds, unit) = unit.unwrap_or((86400.0, "day"));
    Some(format!("{}/{unit}", amount(a_second * seconds)))
}

/// Two or three digits that count, and commas between thousands.
#[expect(clippy::cast_sign_loss, reason = "not negative")]
fn amount(number: f64) -> String {
    match number {
        ..9.95 => format!("{number:.1}"),
        ..999.5 => format!("{number:.0}"),
        _ => {
            let unit = 10f64.powf(number.log10().floor() - 2.0).max(1.0);
            with_commas(((number / unit).round() * unit) as u64)
        }
    }
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time to come: nobody knows it to more than two digits.
fn span(seconds: f64) -> String {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    match seconds {
        ..1.0 => "less than 1 s".to_owned(),
        ..90.0 => format!("{seconds:.0} s"),
        ..5400.0 => format!("{:.0} min", seconds / MINUTE),
        ..172_800.0 => format!("{:.0} h", seconds / HOUR),
        ..86_400_000.0 => format!("{:.0} days", seconds / DAY),
        _ => "years".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn nothing_is_said_before_a_trial_has_ended_or_time_has_passed() {
        assert_eq!(words(0, Some(100), seconds(3600.0)), None);
        assert_eq!(words(50, Some(50), Duration::ZERO), None);
        assert_eq!(words(50, Some(50), seconds(0.1)), None);
    }

    #[test]
    fn rates_are_read_in_a_unit_that_suits_them() {
        let rate = |done, elapsed| rate(done, seconds(elapsed)).unwrap();
        assert_eq!(rate(123_456, 10.0), "12,300/s");
        assert_eq!(rate(10_000, 1.0), "10,000/s");
        assert_eq!(rate(9_996, 10.0), "1,000/s");
        assert_eq!(rate(570, 10.0), "57/s");
        assert_eq!(rate(57, 10.0), "5.7/s");
        assert_eq!(rate(1, 15.0), "4.0/min");
        assert_eq!(rate(1, 1200.0), "3.0/h");
        assert_eq!(rate(1, 43200.0), "2.0/day");
    }

    #[test]
    fn what_is_left_has_a_unit_that_suits_it_and_is_never_nothing() {
        let left = |done, rest, elapsed| words(done, Some(rest), seconds(elapsed)).unwrap();
        assert_eq!(left(123_456, 100, 10.0), ", 12,300/s, less than 1 s left");
        assert_eq!(left(10, 20, 10.0), ", 1.0/s, 20 s left");
        assert_eq!(left(10, 200, 10.0), ", 1.0/s, 3 min left");
        assert_eq!(left(1, 10, 3600.0), ", 1.0/h, 10 h left");
        assert_eq!(left(1, 1000, 3600.0), ", 1.0/h, 42 days left");
        assert_eq!(left(1, u64::MAX, 3600.0), ", 1.0/h, years left");
        assert_eq!(left(10, 0, 10.0), ", 1.0/s");
        assert_eq!(words(10, None, seconds(10.0)).unwrap(), ", 1.0/s");
    }

    #[test]
    fn what_was_done_before_says_nothing_of_the_pace() {
        let mut pace = Pace::default();
        assert_eq!(pace.at(1000, Some(2000), seconds(0.0)), "");
        assert_eq!(pace.at(1000, Some(2000), seconds(5.0)), "");
        assert_eq!(pace.at(1010, Some(2000), seconds(10.0)), ", 1.0/s, 16 min left");
    }

    #[test]
    fn words_stay_for_a_second_and_the_last_ones_come_at_once() {
        let mut pace = Pace::default();
        pace.at(0, Some(100), seconds(0.0));
        let first = pace.at(20, Some(100), seconds(1.0)).to_owned();
        assert_eq!(pace.at(70, Some(100), seconds(1.5)), first);
        assert_eq!(pace.at(80, Some(100), seconds(2.0)), ", 40/s, less than 1 s left");
        assert_eq!(pace.at(100, Some(100), seconds(2.1)), ", 48/s");
    }
}
