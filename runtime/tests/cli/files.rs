//! Files to show.

use std::path::Path;

use tempfile::TempDir;
use transfer_nas::prelude::*;
use transfer_nas::study::{
    Access, Counts, Direction, Durability, Ledger, Millis, Phase, SpaceRecord, SqliteStore, Store, StudyError,
    StudyRecord, TrialRecord, ValueRecord,
};

#[search_space]
#[derive(Debug)]
pub(crate) struct Net {
    #[space(choices = [16, 32, 64])]
    pub(crate) width: u32,
    #[space(len = 1..=2)]
    pub(crate) gates: Vec<bool>,
}

/// What `Net` was before.
pub(crate) mod v1 {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug)]
    pub(crate) struct Net {
        #[space(choices = [16, 32, 48])]
        pub(crate) units: u32,
        #[space(choices = [0.1, 0.2])]
        pub(crate) rate: f64,
        #[space(range = 0..=1)]
        pub(crate) gated: u8,
    }
}

/// And what it is now.
pub(crate) mod v2 {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug)]
    pub(crate) struct Net {
        #[space(choices = [16, 32, 64], alias = "units")]
        pub(crate) width: u32,
        pub(crate) gated: bool,
        #[space(choices = ["relu", "gelu"])]
        pub(crate) activation: String,
    }
}

const START: u64 = 1_769_851_800_000;

pub(crate) fn trial(number: u64, phase: Phase, reward: Option<f64>, decisions: &[(&str, &str)]) -> TrialRecord {
    let is_queued = phase == Phase::Queued;
    TrialRecord {
        number,
        space: 0,
        phase,
        config: "{}".to_owned(),
        decisions: decisions.iter().map(|&(state, label)| (state.to_owned(), label.to_owned())).collect(),
        task: "default".to_owned(),
        log_prob: 0.0,
        origin: None,
        reward,
        measured: transfer_nas::study::Measured::default(),
        step: None,
        error: (phase == Phase::Failed).then(|| "out of memory\nat \u{1b}[31mlayer 3".to_owned()),
        severity: None,
        handed: u32::from(!is_queued),
        attempt: u32::from(!is_queued),
        failures: u32::from(phase == Phase::Failed),
        worker: (!is_queued).then(|| "w1".to_owned()),
        started: (!is_queued).then_some(Millis(START + 1000 * number)),
        ended: phase.is_final().then_some(Millis(START + 1000 * number + 750)),
        asked: None,
        learned: None,
    }
}

fn add(
    ledger: &mut dyn Ledger,
    (name, direction, trials): &(&str, Direction, &[TrialRecord]),
) -> Result<(), StudyError> {
    let type_name = "my_app::Net".to_owned();
    let space = ledger.add_space(&SpaceRecord { type_name, ..SpaceRecord::of::<Net>() })?;
    let study = ledger.add_study(name, space, *direction)?;
    let record = StudyRecord { trials: trials.len() as u64, ..study.clone() };
    ledger.put_study(&record, Counts::default())?;
    for trial in *trials {
        ledger.put_trial(study.id, &TrialRecord { space, ..trial.clone() })?;
    }
    ledger.add_value(study.id, &ValueRecord { row: 0, trial: 1, attempt: 1, step: 3, value: 0.5 })?;
    Ok(())
}

/// Trials of two spaces and two tasks, of which most fail.
fn joint() -> Vec<TrialRecord> {
    let of = |number, space, task: &str, reward: Option<f64>| {
        let phase = if reward.is_some() { Phase::Done } else { Phase::Failed };
        let decisions = [(transfer_nas::space::START, space), ("Net.width", "16")];
        TrialRecord { task: task.to_owned(), ..trial(number, phase, reward, &decisions) }
    };
    let done = [("Net", "mnist", 0.5), ("Net", "mnist", 0.25), ("Cell", "mnist", 1e-6), ("Cell", "svhn", 1e300)];
    let done = done.into_iter().zip(0..).map(|((space, task, reward), number)| of(number, space, task, Some(reward)));
    done.chain((4..64).map(|number| of(number, "Net", "mnist", None))).collect()
}

/// `one.db` has a study, `runs.db` has two, `none.db` has none; `joint.db` has one of several spaces and tasks, with losses.
pub(crate) fn studies() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let wide = [("Net.width", "64"), ("Net.gates.len", "2"), ("Net.gates[0]", "true"), ("Net.gates[1]", "false")];
    let narrow = [("Net.width", "16"), ("Net.gates.len", "1"), ("Net.gates[0]", "true")];
    let trials = [
        trial(0, Phase::Done, Some(0.25), &narrow),
        trial(1, Phase::Done, Some(0.875), &wide),
        trial(2, Phase::Failed, None, &wide),
        trial(3, Phase::Pruned, Some(0.125), &narrow),
        trial(4, Phase::Running, None, &narrow),
        trial(5, Phase::Queued, None, &narrow),
    ];
    let make = |file: &str, studies: &[(&str, Direction, &[TrialRecord])]| {
        let store = SqliteStore::open(folder.path().join(file)).unwrap();
        let enter = |ledger: &mut dyn Ledger| studies.iter().try_for_each(|study| add(ledger, study));
        store.transact(Access::Exclusive(Durability::Now), &mut { enter }).unwrap();
    };
    make("one.db", &[("baseline", Direction::Maximize, &trials)]);
    make("runs.db", &[("baseline", Direction::Maximize, &trials), ("wide nets", Direction::Maximize, &[])]);
    make("none.db", &[]);
    make("joint.db", &[("losses", Direction::Minimize, &joint())]);
    folder
}

/// `old.safetensors` has learned, `new.safetensors` has not.
pub(crate) fn checkpoints() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str| folder.path().join(name);
    let mut old = Agent::<v1::Net>::builder().seed(7).build().unwrap();
    let trial = old.trial(v1::Net { units: 48, rate: 0.2, gated: 1 }).unwrap();
    old.observe(trial, 2.5).unwrap();
    old.save(save("old.safetensors")).unwrap();
    Agent::<v2::Net>::builder().seed(7).build().unwrap().save(save("new.safetensors")).unwrap();
    folder
}

/// A file of the folder.
pub(crate) fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}
