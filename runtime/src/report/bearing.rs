/// The left side bearings of Ubuntu Light from `!` to `~`, in thousandths of an em.
#[rustfmt::skip]
const BEARINGS: [i16; 94] = [
    82, 84, 47, 75, 59, 50, 84, 83, 9, 39, 56, 49, 28, 68, -23, // ! to /
    59, 107, 69, 67, 50, 72, 77, 69, 66, 63, 68, 49, 55, 56, 55, 20, 72, // 0 to @
    10, 90, 62, 90, 90, 90, 62, 90, 90, 8, 90, 90, 73, // A to M
    90, 62, 90, 62, 90, 34, 18, 87, 10, 36, 27, 10, 38, // N to Z
    100, -23, 8, 62, -5, 60, // [ to `
    48, 86, 55, 55, 55, 86, 55, 86, 70, -63, 86, 85, 86, // a to m
    86, 55, 86, 55, 86, 40, 82, 80, 20, 23, 28, 1, 38, // n to z
    43, 100, 8, 50, // { to ~
];

/// The white between the start of a letter and its ink, in em; a common one for rare letters.
pub(super) fn bearing(letter: char) -> f64 {
    let place = u32::from(letter).checked_sub(u32::from('!'));
    let known = place.and_then(|place| BEARINGS.get(place as usize));
    f64::from(known.copied().unwrap_or(75)) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_begin_where_the_font_says() {
        let thousandths = |letter| (bearing(letter) * 1000.0).round() as i32;
        assert_eq!("!1AMZajz~".chars().map(thousandths).collect::<Vec<_>>(), [82, 107, 10, 73, 38, 48, -63, 38, 50]);
        assert_eq!("é… ".chars().map(thousandths).collect::<Vec<_>>(), [75, 75, 75]);
    }
}
