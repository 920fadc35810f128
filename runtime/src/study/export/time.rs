//! Times as text, in UTC.

use crate::study::Millis;

const DAY: u64 = 24 * 60 * 60 * 1000;

/// As RFC 3339 has it, with milliseconds: `2026-01-31T09:30:00.250Z`.
pub(in crate::study) fn rfc_3339(time: Millis) -> String {
    format!("{}.{:03}Z", seconds(time), time.0 % 1000)
}

/// For people, to the second: `2026-01-31 09:30:00 UTC`.
pub(in crate::study) fn utc(time: Millis) -> String {
    format!("{} UTC", seconds(time).replace('T', " "))
}

/// As Python's `datetime.isoformat` has it, with microseconds: `2026-01-31T09:30:00.250000+00:00`.
pub(super) fn python(time: Millis) -> String {
    format!("{}.{:03}000+00:00", seconds(time), time.0 % 1000)
}

fn seconds(time: Millis) -> String {
    let (year, month, day) = date(time.0 / DAY);
    let seconds = time.0 % DAY / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// Year, month and day of a day since 1970. Years are counted from March, so that a leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 400 * 365 + 97;
    const FROM_MARCH_OF_YEAR_0: u64 = 719_468;
    let days = days + FROM_MARCH_OF_YEAR_0;
    let day_of_era = days % ERA;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / (ERA - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = days / ERA * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        // From `date -u -d @951782400` and the like.
        let known = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (1_709_164_800_250, "2024-02-29T00:00:00.250Z"),
            (1_735_689_599_000, "2024-12-31T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ];
        for (millis, text) in known {
            assert_eq!(rfc_3339(Millis(millis)), text);
        }
        assert_eq!(utc(Millis(1_709_164_800_250)), "2024-02-29 00:00:00 UTC");
        assert_eq!(python(Millis(1_709_164_800_250)), "2024-02-29T00:00:00.250000+00:00");
    }
}
