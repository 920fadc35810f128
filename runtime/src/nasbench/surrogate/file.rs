//! A surrogate as a safetensors file.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use super::Surrogate;
use super::curve::{ACCURACIES, Curve, PREDICTIONS};
use super::error::SurrogateError;
use super::weights::{Network, PARTS, ROWS, Row, WIDTH};

impl Surrogate {
    /// Reads a surrogate from the bytes of a safetensors file, as [`to_bytes`](Self::to_bytes) makes it.
    ///
    /// # Errors
    /// [`SurrogateError`] where the bytes are no such file.
    pub fn read(bytes: &[u8]) -> Result<Self, SurrogateError> {
        read(bytes)
    }

    /// The surrogate as the bytes of a safetensors file.
    ///
    /// # Panics
    /// Never: the tensors have the shapes that they are written with.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write(self)
    }
}

fn read(bytes: &[u8]) -> Result<Surrogate, SurrogateError> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| SurrogateError::Format(error.into()))?;
    let mut rows: Vec<Row<f32>> = Vec::with_capacity(ROWS);
    for part in &PARTS {
        let values = values(&file, part.name, Some(part.shape))?;
        rows.extend(values.as_chunks::<WIDTH>().0);
    }
    let curve = Curve::new(values(&file, PREDICTIONS, None)?, values(&file, ACCURACIES, None)?)?;
    Ok(Surrogate { network: Network { rows }, curve })
}

/// The numbers of the tensor, which has this shape, or any of one dimension where none is given.
fn values(file: &SafeTensors<'_>, tensor: &'static str, shape: Option<&[usize]>) -> Result<Vec<f32>, SurrogateError> {
    let view = file.tensor(tensor).map_err(|error| absent(tensor, error))?;
    if view.dtype() != Dtype::F32 {
        return Err(SurrogateError::Type { tensor, found: view.dtype().to_string() });
    }
    let bytes = view.data().as_chunks::<4>().0;
    let expected = shape.map_or_else(|| vec![bytes.len()], <[usize]>::to_vec);
    if view.shape() != expected {
        return Err(SurrogateError::Shape { tensor, expected, found: view.shape().to_vec() });
    }
    let values: Vec<f32> = bytes.iter().copied().map(f32::from_le_bytes).collect();
    if values.iter().all(|value| value.is_finite()) { Ok(values) } else { Err(SurrogateError::NotFinite { tensor }) }
}

fn absent(tensor: &'static str, error: SafeTensorError) -> SurrogateError {
    match error {
        SafeTensorError::TensorNotFound(_) => SurrogateError::Missing { tensor },
        error => SurrogateError::Format(error.into()),
    }
}

fn write(surrogate: &Surrogate) -> Vec<u8> {
    let mut tensors = Vec::new();
    let mut rows = &surrogate.network.rows[..];
    for part in &PARTS {
        let (these, rest) = rows.split_at(part.rows());
        tensors.push((part.name, part.shape.to_vec(), bytes(these.as_flattened())));
        rows = rest;
    }
    for (name, values) in [(PREDICTIONS, surrogate.curve.predictions()), (ACCURACIES, surrogate.curve.accuracies())] {
        tensors.push((name, vec![values.len()], bytes(values)));
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (*name, view.expect("the bytes are those of the shape"))
    });
    safetensors::serialize(views, None).expect("the header is small")
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}
