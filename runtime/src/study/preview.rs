//! What a study would learn from others, by what stores and files have of it, without its type.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::sources::{self, Own};
use super::store::{SpaceRecord, StateRecord, Store, location};
use super::{StoreError, StudyError, StudyView, TransferSource};
use crate::agent::TransferReport;
use crate::policy::Pair;
use crate::search::{Destination, Learner, Sources, SpaceNames};
use crate::space::outline::{Decision, Part};
use crate::space::{ActionRow, EarlierNames, Names, Outline, START, StateRow, Vocabulary, earlier_names};

/// The task of a space that names none.
const TASK: &str = "default";

/// What is known of a study that would learn.
struct Target {
    space: SpaceRecord,
    /// Those of its trials.
    tasks: BTreeSet<String>,
    learner: Learner,
}

impl StudyView {
    /// What would come along from sources to a new study of the same type and searcher as one in a store: the report that
    /// [`learn_from`](super::StudyBuilder::learn_from) would give, made of names only. Nothing is written. Sources that are all studies of
    /// a file or database leave out the study itself.
    ///
    /// What a store does not have of a type is not known here: configs that `valid` refuses count as any others, and tasks are those of the
    /// study's trials. Earlier names, which the type gives with `alias`, are known as the store has them.
    pub fn preview_transfer(
        location: impl AsRef<Path>,
        study: &str,
        sources: &[TransferSource],
    ) -> Result<TransferReport, StudyError> {
        let location = location.as_ref();
        let store = location::open_read_only(location)?;
        let target = Target::read(&*store, study)?;
        let sources = sources::read(sources, &*store, Some(Own { location, study }))?;
        Ok(sources.preview(&target.destination(&sources), &target.learner))
    }
}

impl Target {
    fn read(store: &dyn Store, name: &str) -> Result<Self, StudyError> {
        let (space, tasks, snapshot) = store.read(|ledger| {
            let study = ledger.known_study(name)?;
            let space = ledger.space(study.space)?.ok_or_else(|| StoreError::missing_space(&study.name))?;
            let tasks = ledger.trials(study.id)?.into_iter().map(|trial| trial.task).collect();
            Ok((space, tasks, ledger.snapshot(study.id)?))
        })?;
        let learner = match snapshot.map(|snapshot| Learner::of_snapshot(&snapshot.bytes)) {
            // A damaged one teaches nothing, as where a type changes.
            None | Some(Err(_)) => Learner::by_default(),
            Some(Ok(learner)) => learner,
        };
        Ok(Self { space, tasks, learner })
    }

    fn destination(&self, sources: &Sources) -> Destination<'static> {
        let outline: Outline = serde_json::from_str(&self.space.outline).unwrap_or_default();
        let vocabulary = vocabulary(&self.space.states, &earlier_names(&outline.parts));
        let spaces = spaces(&outline.parts, &vocabulary);
        let tasks = self.tasks(sources, spaces.len() > 1);
        let pairs = (0..spaces.len()).flat_map(|space| (0..tasks.len()).map(move |task| Pair { space, task }));
        Destination { pairs: pairs.collect(), vocabulary: std::borrow::Cow::Owned(vocabulary), tasks, spaces }
    }

    /// The tasks of its trials. Where there are none yet, a joint space may have all that sources have.
    fn tasks(&self, sources: &Sources, is_joint: bool) -> Vec<Names> {
        let mut tasks = self.tasks.clone();
        if tasks.is_empty() && is_joint {
            tasks = sources.tasks().map(str::to_owned).collect();
        }
        if tasks.is_empty() {
            tasks.insert(TASK.to_owned());
        }
        tasks.into_iter().map(|name| Names { name, aliases: Vec::new() }).collect()
    }
}

/// The states of a space and their actions, with what these were called before.
fn vocabulary(states: &[StateRecord], earlier: &HashMap<String, EarlierNames>) -> Vocabulary {
    let nothing = EarlierNames::default();
    let state = |StateRecord { state, kind, actions }: &StateRecord| {
        let earlier = earlier.get(state).unwrap_or(&nothing);
        let action = |label: &String| {
            let aliases = earlier.actions.get(label).cloned().unwrap_or_default();
            Names { name: label.clone(), aliases }
        };
        let names = Names { name: state.clone(), aliases: earlier.state.clone() };
        (names, *kind, actions.iter().map(action).collect())
    };
    Vocabulary::listed(states.iter().map(state))
}

/// The spaces of a joint one, or the only one.
fn spaces(parts: &[Part], vocabulary: &Vocabulary) -> Vec<SpaceNames> {
    let row = |row: usize| StateRow(row as u32);
    let states = vocabulary.states().iter().enumerate();
    let rows: BTreeMap<&str, StateRow> = states.map(|(place, state)| (state.name(), row(place))).collect();
    let Some((start, first)) = start(parts).zip(rows.get(START)) else {
        return vec![SpaceNames { start: None, states: rows.into_values().collect() }];
    };
    let first = vocabulary.state(*first);
    let space = |(label, place): (&Names, usize)| {
        let action = start.actions.iter().find(|action| action.label == label.name)?;
        let states = earlier_names(&action.then).into_keys().filter_map(|name| rows.get(name.as_str()).copied());
        Some(SpaceNames { start: Some(ActionRow(place as u32)), states: states.collect() })
    };
    first.labels.iter().zip(first.rows()).filter_map(space).collect()
}

/// The decision between the spaces of a joint one.
fn start(parts: &[Part]) -> Option<&Decision> {
    match parts.first()? {
        Part::Decision(decision) if decision.state == START => Some(decision),
        _ => None,
    }
}
