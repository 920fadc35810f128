//! The digits and their split.
//!
//! `digits.txt` is the test set of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning
//! Repository, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0), as scikit-learn's `load_digits` has it, written down anew:
//! a line for each of 1,797 images, its digit and then its 8 × 8 pixels from 0 to 16 as `0` to `g`.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

/// Pixels of an image.
pub(crate) const PIXELS: usize = 64;
/// Digits that there are.
pub(crate) const CLASSES: usize = 10;
/// Seeds the split, whatever the seed of the search, so that no search has another one's test set.
const SPLIT_SEED: u64 = 1797;

/// Images from 0 to 1, one after the other, and their digits.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Digits {
    pub(crate) pixels: Vec<f32>,
    pub(crate) labels: Vec<usize>,
}

impl Digits {
    /// How many images there are.
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// These images, in this order.
    pub(crate) fn pick(&self, indices: &[usize]) -> Self {
        let pixels = indices.iter().flat_map(|i| &self.pixels[i * PIXELS..(i + 1) * PIXELS]).copied().collect();
        Self { pixels, labels: indices.iter().map(|i| self.labels[*i]).collect() }
    }
}

/// Three fifths to train on, a fifth to judge configs by, a fifth for the very end. The writers of the images are not told
/// apart, so each of them is in all three.
#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) train: Digits,
    pub(crate) validation: Digits,
    pub(crate) test: Digits,
}

impl Split {
    /// The split of the digits in this folder.
    pub(crate) fn load() -> Result<Self, DataError> {
        let all = parse(include_str!("digits.txt"))?;
        let [train, validation, test] = shares(all.len());
        Ok(Self { train: all.pick(&train), validation: all.pick(&validation), test: all.pick(&test) })
    }
}

/// A line that is no image.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("line {line} of the digits is not a digit, a space and {PIXELS} pixels from `0` to `g`")]
pub(crate) struct DataError {
    line: usize,
}

fn parse(text: &str) -> Result<Digits, DataError> {
    let mut digits = Digits::default();
    for (i, line) in text.lines().enumerate() {
        let (label, pixels) = parse_line(line).ok_or(DataError { line: i + 1 })?;
        digits.labels.push(label);
        digits.pixels.extend(pixels);
    }
    Ok(digits)
}

fn parse_line(line: &str) -> Option<(usize, Vec<f32>)> {
    let (label, pixels) = line.split_once(' ')?;
    let label = label.parse().ok().filter(|label| *label < CLASSES)?;
    let pixel = |letter: char| letter.to_digit(17).map(|value| value as f32 / 16.0);
    let pixels: Vec<f32> = pixels.chars().map(pixel).collect::<Option<_>>()?;
    (pixels.len() == PIXELS).then_some((label, pixels))
}

/// Which images go where.
fn shares(count: usize) -> [Vec<usize>; 3] {
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(&mut Pcg64::seed_from_u64(SPLIT_SEED));
    let fifth = count / 5;
    let test = order.split_off(count - fifth);
    let validation = order.split_off(count - 2 * fifth);
    [order, validation, test]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_have_no_image_in_common_and_all_together() {
        let [train, validation, test] = shares(1797);
        assert_eq!([train.len(), validation.len(), test.len()], [1079, 359, 359]);
        let mut all = [train, validation, test].concat();
        all.sort_unstable();
        assert_eq!(all, (0..1797).collect::<Vec<_>>());
    }

    #[test]
    fn every_share_has_every_digit() {
        let split = Split::load().unwrap();
        for share in [&split.train, &split.validation, &split.test] {
            assert!((0..CLASSES).all(|digit| share.labels.contains(&digit)));
            assert_eq!(share.pixels.len(), share.len() * PIXELS);
            assert!(share.pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        }
    }

    #[test]
    fn a_line_that_is_no_image_is_named() {
        let image = format!("3 {}", "0g".repeat(32));
        assert_eq!(parse(&image).unwrap().pixels[..2], [0.0, 1.0]);
        for wrong in ["3", "10 0", "x 0", &image[..65], &image.replace('g', "h")] {
            assert_eq!(parse(&format!("{image}\n{wrong}")), Err(DataError { line: 2 }), "{wrong}");
        }
    }
}
