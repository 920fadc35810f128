//! Lists of labels for people.

/// So many whole numbers at even distances are written out.
const WRITTEN_OUT: usize = 6;

/// The labels with bars between them; a long range of whole numbers is shortened: `0 | 1 | 2 | … | 1000`.
pub(super) fn listed(labels: &[&str]) -> String {
    match labels {
        [first, second, third, .., last] if labels.len() > WRITTEN_OUT && is_even(labels) => {
            format!("{first} | {second} | {third} | … | {last}")
        }
        _ => labels.join(" | "),
    }
}

/// Whether the labels are whole numbers at even distances.
fn is_even(labels: &[&str]) -> bool {
    let Ok(numbers) = labels.iter().map(|label| label.parse()).collect::<Result<Vec<i128>, _>>() else {
        return false;
    };
    let mut distances = numbers.windows(2).map(|pair| pair[1].checked_sub(pair[0]));
    let Some(Some(first)) = distances.next() else { return false };
    distances.all(|distance| distance == Some(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(labels: impl IntoIterator<Item = i128>) -> String {
        let labels: Vec<String> = labels.into_iter().map(|label| label.to_string()).collect();
        listed(&labels.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn only_long_even_ranges_are_shortened() {
        assert_eq!(list(0..=1000), "0 | 1 | 2 | … | 1000");
        assert_eq!(list((-8..=8).step_by(2)), "-8 | -6 | -4 | … | 8");
        assert_eq!(list(1..=6), "1 | 2 | 3 | 4 | 5 | 6");
        assert_eq!(list([1, 2, 4, 8, 16, 32, 64]), "1 | 2 | 4 | 8 | 16 | 32 | 64");
        assert_eq!(list([i128::MIN, 0, i128::MAX, 1, 2, 3, 4]).matches(" | ").count(), 6);
        assert_eq!(listed(&["a", "b", "c", "d", "e", "f", "g"]), "a | b | c | d | e | f | g");
        assert_eq!(listed(&[]), "");
    }
}
