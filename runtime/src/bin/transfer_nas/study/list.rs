//! All studies of a file or a database.

use std::path::Path;

use serde::Serialize;
use transfer_nas::printable::printable_json;
use transfer_nas::study::{Access, Direction, Ledger, StoreError, StudyError, StudyRecord, location};

use crate::failure::Failure;
use crate::table::Table;
use crate::text;

#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    /// The type.
    space: String,
    direction: Direction,
    done: u64,
    failed: u64,
    pruned: u64,
    /// Waiting or running.
    open: u64,
    best: Option<Best>,
}

#[derive(Debug, Serialize)]
struct Best {
    trial: u64,
    reward: f64,
}

pub(super) fn list(file: &Path, json: bool) -> Result<String, Failure> {
    let store = location::open_read_only(file)?;
    let mut studies = Vec::new();
    store.transact(Access::Read, &mut |ledger| {
        for record in ledger.studies()? {
            studies.push(listed(ledger, record)?);
        }
        Ok(())
    })?;
    match json {
        true => written(&studies),
        false if studies.is_empty() => Err(Failure::NoStudies { path: location::shown(file).into() }),
        false => Ok(table(&studies)),
    }
}

fn listed(ledger: &mut dyn Ledger, record: StudyRecord) -> Result<Listed, StudyError> {
    let best = ledger.best(record.id)?;
    let open = record.trials.saturating_sub(record.ended());
    Ok(Listed {
        space: ledger.space(record.space)?.map(|space| space.type_name).unwrap_or_default(),
        best: best.and_then(|trial| Some(Best { trial: trial.number, reward: trial.reward? })),
        direction: record.direction,
        open,
        done: record.done,
        failed: record.failed,
        pruned: record.pruned,
        name: record.name,
    })
}

fn written(studies: &[Listed]) -> Result<String, Failure> {
    let damaged = |error: serde_json::Error| StoreError::Damaged { what: error.to_string() };
    Ok(printable_json(&serde_json::to_string_pretty(studies).map_err(damaged)?) + "\n")
}

fn table(studies: &[Listed]) -> String {
    let mut table = Table::new().right(&[3, 4, 5, 6]);
    table.row(["NAME", "SPACE", "DIRECTION", "DONE", "FAILED", "PRUNED", "OPEN", "BEST"]);
    for study in studies {
        let counts = [study.done, study.failed, study.pruned, study.open].map(|count| count.to_string());
        let best = study.best.as_ref().map(|best| format!("{} (trial {})", text::reward(best.reward), best.trial));
        let words = [study.name.clone(), study.space.clone(), study.direction.word().to_owned()];
        table.row(words.into_iter().chain(counts).chain([best.unwrap_or_else(|| "none".to_owned())]));
    }
    table.text()
}
