//! Checkpoints as bytes, and bytes as files.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize};
use serde::Deserialize;

use super::header::DistinctKeys;
use super::{Checkpoint, LoadError, Meta, SaveError, TensorData, TensorFault};
use crate::file::{self, ReplaceError};

/// The entry of the header's metadata that is ours. There is only this one, so that equal agents make equal files.
const ENTRY: &str = "transfer-nas";

/// All that is read of the metadata before its version is known.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Checkpoint {
    /// Reads a checkpoint file. No more memory is taken than in proportion to the file's size.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| LoadError::Io { path: path.to_owned(), source })?;
        Self::from_bytes(&bytes)
    }

    /// Writes a checkpoint file: to a temporary file in the same folder, which is synced and then renamed, so that at any
    /// moment the path holds the old file or the new one, whole.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        replace(path.as_ref(), &self.to_bytes()?)
    }

    /// The checkpoint as a safetensors file. Equal agents give equal bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SaveError> {
        let encode = |reason: String| SaveError::Encode { reason };
        let bytes: Vec<(&String, &TensorData, Vec<u8>)> =
            self.tensors.iter().map(|(name, data)| (name, data, data.to_bytes())).collect();
        let mut meta = Meta { checksum: String::new(), ..self.meta.clone() };
        let data = bytes.iter().map(|(name, _, bytes)| (name.as_str(), bytes.as_slice()));
        let bare = serde_json::to_string(&meta).map_err(|error| encode(error.to_string()))?;
        meta.checksum = checksum(&bare, data);
        let text = serde_json::to_string(&meta).map_err(|error| encode(error.to_string()))?;
        let views = bytes.iter().map(|(name, data, bytes)| {
            let view = TensorView::new(Dtype::F32, data.shape.clone(), bytes);
            view.map(|view| (name.as_str(), view))
        });
        let views = views.collect::<Result<Vec<_>, _>>().map_err(|error| encode(error.to_string()))?;
        let metadata = HashMap::from([(ENTRY.to_owned(), text)]);
        serialize(views, Some(metadata)).map_err(|error| encode(error.to_string()))
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote. Whatever the bytes are, the answer is a checkpoint or an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LoadError> {
        let not_safetensors = |reason: String| LoadError::NotSafetensors { reason };
        let (header, metadata) =
            SafeTensors::read_metadata(bytes).map_err(|error| not_safetensors(error.to_string()))?;
        let text = bytes.get(8..8 + header).unwrap_or_default();
        serde_json::from_slice::<DistinctKeys>(text).map_err(|error| not_safetensors(error.to_string()))?;
        let ours = metadata.metadata().as_ref().and_then(|entries| entries.get(ENTRY)).ok_or(LoadError::NotOurs)?;
        let meta = read_meta(ours)?;
        let file = SafeTensors::deserialize(bytes).map_err(|error| not_safetensors(error.to_string()))?;
        let views: BTreeMap<String, TensorView<'_>> = file.tensors().into_iter().collect();
        check_sum(&meta, ours, &views)?;
        let tensors = views.iter().map(|(name, view)| Ok((name.clone(), data(name, view)?)));
        let tensors = tensors.collect::<Result<_, LoadError>>()?;
        super::tensors::check(&tensors)?;
        Ok(Self { tensors, meta: Meta { checksum: String::new(), ..meta } })
    }
}

fn read_meta(text: &str) -> Result<Meta, LoadError> {
    let metadata = |reason: String| LoadError::Metadata { reason };
    let Version { format } = serde_json::from_str(text).map_err(|error| metadata(error.to_string()))?;
    if format > Meta::FORMAT {
        return Err(LoadError::Newer { found: format, known: Meta::FORMAT });
    }
    let meta: Meta = serde_json::from_str(text).map_err(|error| metadata(error.to_string()))?;
    let meta = meta.upgraded();
    match meta.fault() {
        None => Ok(meta),
        Some(reason) => Err(metadata(reason)),
    }
}

/// A checksum that is there must hold; one that was taken out, by a tool that changed something on purpose, need not. It is that
/// of the text as it stands, so that a version with more fields does not take an older file for a damaged one.
fn check_sum(meta: &Meta, text: &str, views: &BTreeMap<String, TensorView<'_>>) -> Result<(), LoadError> {
    if meta.checksum.is_empty() {
        return Ok(());
    }
    let entry = |sum: &str| format!("\"checksum\":\"{sum}\"");
    let bare = text.replacen(&entry(&meta.checksum), &entry(""), 1);
    let data = views.iter().map(|(name, view)| (name.as_str(), view.data()));
    if meta.checksum == checksum(&bare, data) { Ok(()) } else { Err(LoadError::Checksum) }
}

/// 64-bit FNV-1a of the names and bytes of the tensors and of the metadata.
fn checksum<'a>(meta: &str, data: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for &byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (name, bytes) in data {
        add(name.as_bytes());
        add(bytes);
    }
    add(meta.as_bytes());
    format!("{hash:016x}")
}

impl TensorData {
    fn to_bytes(&self) -> Vec<u8> {
        self.values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

fn data(name: &str, view: &TensorView<'_>) -> Result<TensorData, LoadError> {
    let fault = |fault| LoadError::Tensor { name: name.to_owned(), fault };
    if view.dtype() != Dtype::F32 {
        return Err(fault(TensorFault::Dtype { found: view.dtype().to_string() }));
    }
    let values: Vec<f32> = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if !values.iter().all(|value| value.is_finite()) {
        return Err(fault(TensorFault::NotFinite));
    }
    Ok(TensorData { shape: view.shape().to_vec(), values })
}

/// Puts the bytes where the path says, whole or not at all.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    file::replace(path, bytes).map_err(|error| match error {
        ReplaceError::NotAFile { found } => SaveError::NotAFile { path: path.to_owned(), found },
        ReplaceError::Io(source) => SaveError::Io { path: path.to_owned(), source },
    })
}
