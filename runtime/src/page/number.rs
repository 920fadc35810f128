//! Numbers for people.

/// A number with five digits that count.
pub(crate) fn short(number: f64) -> String {
    let size = number.abs();
    if !number.is_finite() || size == 0.0 {
        return number.to_string();
    }
    if !(1e-3..1e6).contains(&size) {
        return format!("{number:.3e}");
    }
    let decimals = (4.0 - size.log10().floor()).clamp(0.0, 7.0);
    #[expect(clippy::cast_sign_loss, reason = "clamped")]
    let text = format!("{number:.*}", decimals as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// As many decimals for all numbers as those that need most of them, but no more than count in the largest.
pub(super) fn alike(numbers: impl Iterator<Item = f64> + Clone) -> impl Fn(f64) -> String {
    let needed = |number: f64| {
        let text = short(number);
        if text.contains('e') { 0 } else { text.split_once('.').map_or(0, |(_, decimals)| decimals.len()) }
    };
    let largest = numbers.clone().filter(|number| number.is_finite()).map(f64::abs).fold(0.0, f64::max);
    #[expect(clippy::cast_sign_loss, reason = "clamped")]
    let counting = if largest > 0.0 { (4.0 - largest.log10().floor()).clamp(0.0, 7.0) as usize } else { 0 };
    let decimals = numbers.map(needed).max().unwrap_or_default().min(counting);
    move |number| {
        let text = short(number);
        if text.contains('e') || !number.is_finite() { text } else { format!("{number:.decimals$}") }
    }
}

/// A share of 1 in percent.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.5 { "< 1 %".to_owned() } else { format!("{percent:.0} %") }
}

/// A duration.
pub(crate) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return String::new();
    }
    #[expect(clippy::cast_sign_loss, reason = "not negative")]
    let whole = seconds.round() as u64;
    match whole {
        0 if seconds == 0.0 => "0 s".to_owned(),
        0 if seconds < 0.1 => format!("{:.1} ms", 1e3 * seconds),
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// How long ago something was, in whole units.
pub(super) fn age(seconds: u64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min"),
        3600..172_800 => format!("{hours} h {:02} min", minutes % 60),
        _ => format!("{} days", hours / 24),
    }
}

/// A count with its noun, whose plural has an s.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_digits_count() {
        let shown = [0.877_058, 12.0, -0.5, 123_456.78, 0.0, 1e-7, 2.5e9].map(short);
        assert_eq!(shown, ["0.87706", "12", "-0.5", "123457", "0", "1.000e-7", "2.500e9"]);
    }

    #[test]
    fn numbers_of_one_table_have_the_same_decimals() {
        let shown = |numbers: [f64; 3]| numbers.map(alike(numbers.into_iter()));
        assert_eq!(shown([0.9805, 0.97772, 0.5]), ["0.98050", "0.97772", "0.50000"]);
        assert_eq!(shown([1.0, 2.0, 12.5]), ["1.0", "2.0", "12.5"]);
        assert_eq!(shown([0.0, f64::NAN, 1e-9]), ["0", "NaN", "1.000e-9"]);
    }

    #[test]
    fn durations_have_the_unit_that_fits() {
        let shown = [0.0, 0.012, 9.96, 59.97, 75.0, 7384.0, -1.0, f64::NAN].map(duration);
        assert_eq!(shown, ["0 s", "12.0 ms", "10.0 s", "1 min 00 s", "1 min 15 s", "2 h 03 min", "", ""]);
    }

    #[test]
    fn ages_have_whole_units() {
        let shown = [0, 59, 60, 3599, 3600, 90_060, 172_800].map(age);
        assert_eq!(shown, ["0 s", "59 s", "1 min", "59 min", "1 h 00 min", "25 h 01 min", "2 days"]);
    }

    #[test]
    fn little_is_not_nothing() {
        assert_eq!([0.0, 0.004, 0.5, 1.0].map(percent), ["0 %", "< 1 %", "50 %", "100 %"]);
    }
}
