//! Handwritten digits, and their parts.
//!
//! `digits.txt` is the test set of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning
//! Repository, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0): a line for each of 1,797 images, its digit and then its 8 × 8 pixels
//! from 0 to 16 as `0` to `g`.

use std::fmt;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Pixels of an image.
pub const PIXELS: usize = 64;
/// Digits that there are.
pub const CLASSES: usize = 10;
/// Seeds the split, whatever the seed of the search, so that all studies have the same test digits.
const SPLIT_SEED: u64 = 1797;

/// An image from 0 to 1, and its digit.
#[derive(Debug, Clone, PartialEq)]
pub struct Digit {
    pub pixels: [f32; PIXELS],
    pub label: i32,
}

/// Three fifths to train on, a fifth to judge configs by, a fifth for the very end.
pub struct Digits {
    pub train: Vec<Digit>,
    pub validation: Vec<Digit>,
    pub test: Vec<Digit>,
}

/// A line that is no image.
#[derive(Debug, PartialEq)]
pub struct DigitsError {
    line: usize,
}

impl Digits {
    /// The digits of another example of this repository; put your own data here.
    pub fn load() -> Result<Self, DigitsError> {
        let lines = include_str!("../../train_mlp/digits.txt").lines().enumerate();
        let mut train =
            lines.map(|(i, line)| parse(line).ok_or(DigitsError { line: i + 1 })).collect::<Result<Vec<_>, _>>()?;
        train.shuffle(&mut StdRng::seed_from_u64(SPLIT_SEED));
        let fifth = train.len() / 5;
        let test = train.split_off(train.len() - fifth);
        let validation = train.split_off(train.len() - fifth);
        Ok(Self { train, validation, test })
    }
}

fn parse(line: &str) -> Option<Digit> {
    let (label, letters) = line.split_once(' ')?;
    let label = label.parse().ok().filter(|label| (0..CLASSES as i32).contains(label))?;
    let pixel = |letter: char| letter.to_digit(17).map(|value| value as f32 / 16.0);
    let pixels: Vec<f32> = letters.chars().map(pixel).collect::<Option<_>>()?;
    Some(Digit { pixels: pixels.try_into().ok()?, label })
}

impl fmt::Display for DigitsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "line {} of the digits is not a digit, a space and {PIXELS} pixels from `0` to `g`",
            self.line
        )
    }
}

impl std::error::Error for DigitsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_every_digit() {
        let Digits { train, validation, test } = Digits::load().unwrap();
        assert_eq!([train.len(), validation.len(), test.len()], [1079, 359, 359]);
        for part in [train, validation, test] {
            assert!((0..CLASSES as i32).all(|label| part.iter().any(|digit| digit.label == label)));
        }
    }

    #[test]
    fn a_line_that_is_no_image_is_none() {
        let image = format!("3 {}", "0g".repeat(32));
        assert_eq!(parse(&image).unwrap().pixels[..2], [0.0, 1.0]);
        for wrong in ["3", "10 0", "x 0", &image[..65], &image.replace('g', "h")] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
