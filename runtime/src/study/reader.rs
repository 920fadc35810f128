//! Between trials in the store, by names, and traces of a space.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::store::TrialRecord;
use crate::agent::Trial;
use crate::space::guide::Guide;
use crate::space::{ActionRow, Graph, Kind, Space, StateRow, Trace, WalkError};

/// A space with what its names stand for, earlier names included.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    graph: Graph,
    states: HashMap<String, StateRow>,
    actions: HashMap<StateRow, HashMap<String, ActionRow>>,
}

impl Reader {
    pub(super) fn new(space: Space) -> Self {
        let graph = Graph::of_space(space.node);
        let (mut states, mut actions) = (HashMap::new(), HashMap::new());
        for (row, state) in graph.vocabulary().states().iter().enumerate() {
            let row = StateRow(row as u32);
            let names = std::iter::once(&state.names.name).chain(&state.names.aliases);
            // A name now goes before an earlier name of something else.
            names.for_each(|name| _ = states.entry(name.clone()).or_insert(row));
            states.insert(state.name().to_owned(), row);
            let labels: &mut HashMap<String, ActionRow> = actions.entry(row).or_default();
            for (action, names) in state.rows().zip(&state.labels) {
                let action = ActionRow(action as u32);
                names.aliases.iter().for_each(|name| _ = labels.entry(name.clone()).or_insert(action));
                labels.insert(names.name.clone(), action);
            }
        }
        Self { graph, states, actions }
    }

    /// The decisions of a trace by name.
    pub(super) fn decisions(&self, trace: &Trace) -> Result<Vec<(String, String)>, WalkError> {
        self.graph.names(0, trace)
    }

    /// The decisions as a JSON object: the value by state name, an array where a state comes up several times.
    pub(super) fn config(&self, decisions: &[(String, String)]) -> String {
        let mut values: Map<String, Value> = Map::new();
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (state, label) in decisions {
            let value = self.value(state, label);
            let seen = times.entry(state).or_default();
            *seen += 1;
            match (*seen, values.get_mut(state)) {
                (2, Some(first)) => *first = Value::Array(vec![first.take(), value]),
                (_, Some(Value::Array(all))) => all.push(value),
                _ => _ = values.insert(state.clone(), value),
            }
        }
        Value::Object(values).to_string()
    }

    fn value(&self, state: &str, label: &str) -> Value {
        let kind = self.states.get(state).map(|row| self.graph.vocabulary().state(*row).kind);
        let number = matches!(kind, Some(Kind::Flag | Kind::Integer | Kind::Float | Kind::Length));
        let parsed = number.then(|| serde_json::from_str(label).ok()).flatten();
        parsed.unwrap_or_else(|| Value::String(label.to_owned()))
    }

    /// The trace of decisions by name; none where they are not those of a config of the space.
    pub(super) fn trace(&self, decisions: &[(String, String)]) -> Option<Trace> {
        let row = |(state, label): &(String, String)| {
            let state = *self.states.get(state)?;
            Some((state, *self.actions.get(&state)?.get(label)?))
        };
        Guide::new(decisions.iter().map(row).collect::<Option<_>>()?).trace(&self.graph, 0)
    }

    /// The trial of a record; none where its decisions are not those of a config of the space.
    pub(super) fn trial(&self, record: &TrialRecord) -> Option<Trial<()>> {
        let trace = self.trace(&record.decisions)?;
        Some(Trial { config: (), trace, log_prob: record.log_prob, task: record.task.clone().into() })
    }
}
