//! Configs that are given from outside, by names and values.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::ErasedScheduler;
use crate::space::{Kind, Outline, Refused};
use crate::study::StoreError;
use crate::study::StudyError;
use crate::study::store::{Access, Counts, Durability, TrialRecord};

impl ErasedScheduler {
    /// Has a config evaluated before anything that is proposed; gives its trial's number. The values are by state or place, as an
    /// [`Assignment`](super::Assignment) has them: one for each decision that the config makes, and none that it does not make. What a type
    /// asks of several values together (`valid`) is not known here.
    pub(crate) fn enqueue(&self, values: &Map<String, Value>, task: Option<&str>) -> Result<u64, StudyError> {
        // Where the store does not know whether it wrote it, it is there under the number that it was to have.
        let mut meant: Option<u64> = None;
        self.store.with(Access::Exclusive(Durability::Now), |ledger| {
            let mut study = ledger.known_study(self.study())?;
            let space = ledger.space(study.space)?.ok_or_else(|| StoreError::missing_space(&study.name))?;
            let outline: Outline = serde_json::from_str(&space.outline).map_err(|error| {
                self.no_config(format!("the space of the study is not one that this version knows ({error})"))
            })?;
            let (decisions, config) = chosen(&outline, values).map_err(|reason| self.no_config(reason))?;
            if let Some(number) = meant
                && ledger
                    .trial(study.id, number)?
                    .is_some_and(|known| known.asked.is_none() && known.decisions == decisions)
            {
                return Ok(number);
            }
            let task = task.unwrap_or("default").to_owned();
            let record = TrialRecord { config, decisions, task, ..TrialRecord::queued(study.trials, study.space) };
            meant = Some(record.number);
            study.trials += 1;
            ledger.put_trial(study.id, &record)?;
            ledger.put_study(&study, Counts::default())?;
            ledger.notify(study.id)?;
            Ok(record.number)
        })
    }

    fn no_config(&self, reason: String) -> StudyError {
        StudyError::NoConfig { study: self.study().to_owned(), reason }
    }
}

/// The decisions and the config as JSON by state, or what is wrong with the values.
fn chosen(outline: &Outline, values: &Map<String, Value>) -> Result<(Vec<(String, String)>, String), String> {
    let (mut given, mut config) = (Given { values, times: HashMap::new() }, Config::default());
    let decisions = outline.choose(|decision, state, place| {
        let (name, value) = given.next(state, place)?;
        let is_it = |label: &str| {
            *value == *label || label_value(decision.kind, label).is_some_and(|known| same(&known, value))
        };
        let Some(action) = decision.actions.iter().find(|action| is_it(&action.label)) else {
            let known: Vec<&str> = decision.actions.iter().map(|action| &*action.label).take(20).collect();
            return Err(format!("`{name}` is {value}, and it can be {}", known.join(", ")));
        };
        config.add(state, label_value(decision.kind, &action.label).unwrap_or_else(|| action.label.clone().into()));
        Ok(action.label.clone())
    });
    let decisions = decisions.map_err(|refused| match refused {
        Refused::ByChooser(reason) => reason,
        Refused::Unknown => "its values do not belong together, or go deeper than the type does".to_owned(),
    })?;
    match given.left() {
        Some(name) => Err(format!("`{name}` is no decision of this config, or has too many values")),
        None => Ok((decisions, Value::Object(config.0).to_string())),
    }
}

/// Values by state or place, and how many decisions each was for so far.
struct Given<'a> {
    values: &'a Map<String, Value>,
    times: HashMap<&'a str, usize>,
}

impl<'a> Given<'a> {
    /// The value of the next decision of a state at a place, and its name: of an array the next item.
    fn next(&mut self, state: &str, place: &str) -> Result<(&'a str, &'a Value), String> {
        let found = self.values.get_key_value(place).or_else(|| self.values.get_key_value(state));
        let (name, value) = found.filter(|found| !found.1.is_null()).ok_or_else(|| format!("`{place}` is missing"))?;
        let time = self.times.entry(name).or_default();
        *time += 1;
        match value {
            Value::Array(all) => {
                let item = all.get(*time - 1).ok_or_else(|| format!("`{name}` has {} values, too few", all.len()))?;
                Ok((name, item))
            }
            _ if *time > 1 && place == state => {
                Err(format!("`{name}` is decided several times: give an array of values"))
            }
            value => Ok((name, value)),
        }
    }

    /// The name of a value that is of no decision.
    fn left(&self) -> Option<&'a str> {
        let is_used = |name: &str, value: &Value| match (self.times.get(name), value) {
            (Some(times), Value::Array(all)) => *times == all.len(),
            (times, _) => times.is_some(),
        };
        let mut left = self.values.iter().filter(|(name, value)| !value.is_null() && !is_used(name, value));
        left.next().map(|(name, _)| &**name)
    }
}

/// Whether two values are the same, whole numbers and others alike.
fn same(known: &Value, value: &Value) -> bool {
    known == value || known.as_f64().zip(value.as_f64()).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
}

/// Values by state name, an array where a state comes up several times.
#[derive(Default)]
struct Config(Map<String, Value>);

impl Config {
    fn add(&mut self, state: &str, value: Value) {
        match self.0.get_mut(state) {
            Some(Value::Array(all)) => all.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => _ = self.0.insert(state.to_owned(), value),
        }
    }
}

/// The value that a label stands for by itself; none of a text.
fn label_value(kind: Kind, label: &str) -> Option<Value> {
    let is_written = matches!(kind, Kind::Flag | Kind::Integer | Kind::Float | Kind::Length);
    is_written.then(|| serde_json::from_str(label).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::study::erased::{Claimed, ErasedScheduler};
    use crate::study::tests::{Model, quiet, stores};
    use crate::study::{Phase, StudyError};

    #[test]
    fn a_config_by_values_is_the_one_that_its_type_makes() {
        for (store, _folder) in stores() {
            let mut study = quiet(&store).trials(9).build::<Model>().unwrap();
            study.leave().unwrap();
            let scheduler = ErasedScheduler::open(store, "study").unwrap();
            let given = [
                Model::Deep { layers: vec![3, 0], gated: true },
                Model::Flat { rate: 0.5 },
                Model::Deep { layers: vec![4], gated: false },
            ];
            for config in &given {
                // What typed workers enqueue comes out as values, which make the same once more.
                study.enqueue(config.clone()).unwrap();
                let Claimed::Trials(trials) = scheduler.claim("one", 1).unwrap() else { panic!() };
                scheduler.enqueue(&trials[0].values, None).unwrap();
                let Claimed::Trials(again) = scheduler.claim("one", 1).unwrap() else { panic!() };
                assert_eq!((&again[0].values, &again[0].config), (&trials[0].values, &trials[0].config));
            }
            let rows = study.trials().unwrap();
            for (config, rows) in given.iter().zip(rows.chunks(2)) {
                assert_eq!(rows[0].config.as_ref(), Some(config));
                assert_eq!(
                    (rows[1].config.as_ref(), rows[1].phase, rows[1].number % 2),
                    (Some(config), Phase::Running, 1)
                );
                assert_eq!(rows[0].decisions, rows[1].decisions);
            }
        }
    }

    #[test]
    fn what_is_no_config_is_said() {
        for (store, _folder) in stores() {
            quiet(&store).trials(9).build::<Model>().unwrap().leave().unwrap();
            let scheduler = ErasedScheduler::open(store, "study").unwrap();
            for (values, reason) in [
                (json!({}), "`Model` is missing"),
                (json!({"Model": "Flat"}), "`Model.Flat.rate` is missing"),
                (json!({"Model": "Wide"}), "`Model` is \"Wide\", and it can be Deep, Flat"),
                (json!({"Model": "Flat", "Model.Flat.rate": 0.2}), "`Model.Flat.rate` is 0.2, and it can be 0.1, 0.5"),
                (
                    json!({"Model": "Flat", "Model.Flat.rate": 0.1, "Model.Deep.gated": true}),
                    "`Model.Deep.gated` is no decision of this config, or has too many values",
                ),
            ] {
                let error = scheduler.enqueue(values.as_object().unwrap(), None).unwrap_err();
                assert!(matches!(&error, StudyError::NoConfig { reason: found, .. } if found == reason), "{error}");
                let said = error.to_string();
                assert_eq!(said, format!("this is no config of the space of the study `study`: {reason}"));
            }
            let null = json!({"Model": "Flat", "Model.Flat.rate": 0.1, "Model.Deep.gated": null});
            assert_eq!(scheduler.enqueue(null.as_object().unwrap(), None).unwrap(), 0);
        }
    }
    /// A type that contains itself.
    #[crate::search_space(max_depth = 3)]
    #[derive(Debug, Clone, PartialEq)]
    enum Tree {
        Leaf {
            #[space(range = 1..=3)]
            value: u8,
        },
        Pair(Box<Tree>, Box<Tree>),
    }

    #[test]
    fn of_a_type_that_contains_itself_values_are_arrays_and_none_is_too_deep() {
        for (store, _folder) in stores() {
            let study = crate::study::Study::in_store(std::sync::Arc::clone(&store)).quiet().ctrl_c(false).trials(9);
            let mut study = study.build::<Tree>().unwrap();
            let leaf = |value| Box::new(Tree::Leaf { value });
            let tree = Tree::Pair(leaf(1), Box::new(Tree::Pair(leaf(2), leaf(3))));
            study.enqueue(tree.clone()).unwrap();
            let scheduler = ErasedScheduler::open(store, "study").unwrap();
            let Claimed::Trials(trials) = scheduler.claim("one", 1).unwrap() else { panic!() };
            scheduler.enqueue(&trials[0].values, None).unwrap();
            assert_eq!(study.trials().unwrap()[1].config.as_ref(), Some(&tree));
            for (values, reason) in [
                (json!({"Tree": "Pair"}), "`Tree` is decided several times: give an array of values"),
                (
                    json!({"Tree": vec!["Pair"; 99]}),
                    "its values do not belong together, or go deeper than the type does",
                ),
                (
                    json!({"Tree": ["Leaf", "Leaf"], "Tree.Leaf.value": 1}),
                    "`Tree` is no decision of this config, or has too many values",
                ),
                (json!({"Tree": ["Pair"]}), "`Tree` has 1 values, too few"),
            ] {
                let error = scheduler.enqueue(values.as_object().unwrap(), None).unwrap_err();
                assert!(matches!(&error, StudyError::NoConfig { reason: found, .. } if found == reason), "{error}");
            }
        }
    }
}
