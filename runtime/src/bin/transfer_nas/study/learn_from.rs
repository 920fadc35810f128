//! What a study would learn from others.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use transfer_nas::printable::printable_json;
use transfer_nas::study::{StoreError, StudyView, TransferSource};

use crate::failure::Failure;

/// All studies of locations, and checkpoints; then single studies, each a location and a name.
pub(super) fn sources(all: &[PathBuf], single: &[OsString]) -> Vec<TransferSource> {
    let all = all.iter().map(|path| TransferSource::from(path.as_path()));
    let single = single.chunks_exact(2).map(|of| TransferSource::study(Path::new(&of[0]), of[1].to_string_lossy()));
    all.chain(single).collect()
}

pub(super) fn preview(store: &Path, study: &str, sources: &[TransferSource], json: bool) -> Result<String, Failure> {
    let report = StudyView::preview_transfer(store, study, sources)?;
    if report.sources.is_empty() {
        return Err(Failure::NoSources { study: study.to_owned() });
    }
    if !json {
        return Ok(report.to_string());
    }
    let damaged = |error: serde_json::Error| StoreError::Damaged { what: error.to_string() };
    Ok(printable_json(&serde_json::to_string_pretty(&report).map_err(damaged)?) + "\n")
}
