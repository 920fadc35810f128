//! The metrics of one run: a protobuf message in base64 (`model_metrics.proto` of the benchmark's
//! published code).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use prost::Message;

use super::error::RecordFault;
use crate::nasbench::EVALUATION_IMAGES;

/// The fields that a table needs; the others are passed over.
#[derive(Clone, PartialEq, Message)]
struct ModelMetrics {
    /// Before training, halfway, and at its end.
    #[prost(message, repeated, tag = "1")]
    evaluation_data: Vec<EvaluationData>,
    #[prost(int32, optional, tag = "2")]
    trainable_parameters: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct EvaluationData {
    #[prost(double, optional, tag = "4")]
    validation_accuracy: Option<f64>,
    #[prost(double, optional, tag = "5")]
    test_accuracy: Option<f64>,
}

/// The place of the evaluation at the end of training.
const END: usize = 2;

/// How far an accuracy times [`EVALUATION_IMAGES`] may be from a whole number. The file holds
/// accuracies of single precision, which are off by less than 0.001.
const TOLERANCE: f64 = 0.002;

/// What came of one training run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) params: u32,
    /// The validation images classified correctly, out of [`EVALUATION_IMAGES`].
    pub(super) valid: u16,
    /// The test images classified correctly, out of [`EVALUATION_IMAGES`].
    pub(super) test: u16,
}

impl Run {
    /// The run with these metrics, given in base64. As in the published reader, line breaks in it
    /// do not matter.
    pub(super) fn parse(base64: &str) -> Result<Self, RecordFault> {
        let mut text = base64.as_bytes().to_vec();
        text.retain(|byte| !byte.is_ascii_whitespace());
        let message = BASE64_STANDARD.decode(text).map_err(RecordFault::Base64)?;
        let metrics = ModelMetrics::decode(&message[..]).map_err(RecordFault::Protobuf)?;
        let end = expect(metrics.evaluation_data.get(END), "evaluation_data[2]")?;
        Ok(Self {
            params: params(metrics.trainable_parameters)?,
            valid: correct(end.validation_accuracy, "validation_accuracy")?,
            test: correct(end.test_accuracy, "test_accuracy")?,
        })
    }
}

fn expect<T>(metric: Option<T>, field: &'static str) -> Result<T, RecordFault> {
    metric.ok_or(RecordFault::MissingMetric { field })
}

fn params(metric: Option<i32>) -> Result<u32, RecordFault> {
    let found = expect(metric, "trainable_parameters")?;
    u32::try_from(found).map_err(|_| RecordFault::Params { found })
}

/// The images classified correctly at this accuracy.
fn correct(metric: Option<f64>, field: &'static str) -> Result<u16, RecordFault> {
    let found = expect(metric, field)?;
    let images = f64::from(EVALUATION_IMAGES) * found;
    let whole = images.round();
    let fits = (whole - images).abs() <= TOLERANCE && (0.0..=f64::from(EVALUATION_IMAGES)).contains(&whole);
    #[expect(clippy::cast_sign_loss, reason = "from 0 to 9984")]
    if fits { Ok(whole as u16) } else { Err(RecordFault::Accuracy { field, found }) }
}
