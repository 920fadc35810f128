//! Numbers that are finite, but that no agent could have come to, or go on from.

use std::collections::BTreeMap;

use super::{LoadError, TensorData, TensorFault};
use crate::train::adam::{MAX_RATIO, MAX_WEIGHT, ROUNDING};

/// The names under which the optimiser's moments are saved, before that of the tensor that they are of.
pub(crate) const MOMENTS: [&str; 2] = ["adam.first", "adam.second"];

/// The first fault of a checkpoint's tensors.
pub(super) fn check(tensors: &BTreeMap<String, TensorData>) -> Result<(), LoadError> {
    for (name, data) in tensors {
        if let Some(fault) = fault(name, data, tensors) {
            return Err(LoadError::Tensor { name: name.clone(), fault });
        }
    }
    Ok(())
}

fn fault(name: &str, data: &TensorData, tensors: &BTreeMap<String, TensorData>) -> Option<TensorFault> {
    let moment = |kind: &str| name.strip_prefix(kind)?.strip_prefix('.');
    if moment(MOMENTS[1]).is_some() {
        return data.values.iter().any(|value| *value < 0.0).then_some(TensorFault::Negative);
    }
    if let Some(path) = moment(MOMENTS[0]) {
        let second = tensors.get(&format!("{}.{path}", MOMENTS[1]))?;
        let mut pairs = data.values.iter().zip(&second.values);
        return pairs.any(|pair| !goes_with(pair)).then_some(TensorFault::Moments);
    }
    let is_large = |value: &f32| f64::from(value.abs()) > MAX_WEIGHT;
    data.values.iter().any(is_large).then_some(TensorFault::TooLarge)
}

/// Whether a mean of numbers can be beside the mean of their squares. Where that is negative, it is the one to be named.
fn goes_with((first, second): (&f32, &f32)) -> bool {
    *second < 0.0 || f64::from(first.abs()) <= MAX_RATIO * f64::from(*second).sqrt() + ROUNDING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(tensors: &[(&str, &[f32])]) -> Option<String> {
        let data = |values: &[f32]| TensorData { shape: vec![values.len()], values: values.to_vec() };
        let tensors = tensors.iter().map(|(name, values)| ((*name).to_owned(), data(values))).collect();
        check(&tensors).err().map(|error| error.to_string())
    }

    #[test]
    fn numbers_that_training_gives_are_taken() {
        let tensors: [(&str, &[f32]); 3] = [
            ("states", &[1e4, -1e4, 0.0]),
            ("adam.first.states", &[0.5, -7.0, 1e-20]),
            ("adam.second.states", &[0.25, 1.0, 0.0]),
        ];
        assert_eq!(found(&tensors), None);
        assert_eq!(found(&tensors[..2]), None, "what is missing is said elsewhere");
    }

    #[test]
    fn the_tensor_is_named() {
        let said = found(&[("states", &[0.0, 1e38])]).unwrap();
        assert!(said.starts_with(&format!("the tensor `states` holds a number beyond ±{MAX_WEIGHT}")), "{said}");
        let said = found(&[("adam.second.states", &[0.0, -1e-9])]).unwrap();
        assert!(said.starts_with("the tensor `adam.second.states` holds a negative number"), "{said}");
        let said = found(&[("adam.first.states", &[1.0, 11.0]), ("adam.second.states", &[1.0, 1.0])]).unwrap();
        assert!(said.starts_with("the tensor `adam.first.states` holds a number that cannot be beside"), "{said}");
    }
}
