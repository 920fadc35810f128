//! The header of a file, to be read and changed.

use serde_json::Value;

/// The JSON of a file's `transfer-nas` entry.
pub(crate) fn metadata(bytes: &[u8]) -> Value {
    let header = header(bytes);
    serde_json::from_str(header["__metadata__"]["transfer-nas"].as_str().unwrap()).unwrap()
}

pub(crate) fn header(bytes: &[u8]) -> Value {
    let (length, rest) = bytes.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
    serde_json::from_slice(&rest[..length]).unwrap()
}

/// The file with another header.
pub(crate) fn with_header(bytes: &[u8], header: &str) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(&bytes[8 + length..]);
    file
}

/// The file with something changed in its metadata, and no checksum.
pub(crate) fn with_metadata(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut header, mut meta) = (header(bytes), metadata(bytes));
    meta["checksum"] = "".into();
    change(&mut meta);
    header["__metadata__"]["transfer-nas"] = meta.to_string().into();
    with_header(bytes, &header.to_string())
}
