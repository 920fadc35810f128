//! Between trials in the store, by names, and traces of a space.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::store::TrialRecord;
use crate::search::{Context, Proposal};
use crate::space::guide::Guide;
use crate::space::{ActionRow, Graph, Kind, START, StateRow, Trace, WalkError};

/// Spaces with what their names stand for, earlier names included. The first decision of a config of several spaces is the space.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    graph: Arc<Graph>,
    /// The one space; none where the first decision says which it is.
    space: Option<usize>,
    states: HashMap<String, StateRow>,
    actions: HashMap<StateRow, HashMap<String, ActionRow>>,
}

impl Reader {
    pub(super) fn new(context: &Context) -> Self {
        let graph = context.shared_graph();
        let only = context.pairs().first().map_or(0, |pair| pair.space);
        let space = (!context.is_joint()).then_some(only);
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
        Self { graph, space, states, actions }
    }

    /// The decisions of a config by name.
    pub(super) fn decisions(&self, context: &Context, proposal: &Proposal) -> Result<Vec<(String, String)>, WalkError> {
        let names = self.graph.names(proposal.pair.space, &proposal.trace)?;
        let space = self.space.is_none().then(|| (START.to_owned(), context.space(proposal.pair).to_owned()));
        Ok(space.into_iter().chain(names).collect())
    }

    /// The decisions as a JSON object: the value by state name, an array where a state comes up several times.
    pub(super) fn config(&self, decisions: &[(String, String)]) -> String {
        let mut values: Map<String, Value> = Map::new();
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (state, label) in decisions {
            let value = self.value(state, label);
            let count = times.entry(state).or_default();
            *count += 1;
            match (*count, values.get_mut(state)) {
                (2, Some(first)) => *first = Value::Array(vec![first.take(), value]),
                (_, Some(Value::Array(all))) => all.push(value),
                _ => _ = values.insert(state.clone(), value),
            }
        }
        Value::Object(values).to_string()
    }

    /// The number that a label is or names, the flag that it is, or else the label.
    fn value(&self, state: &str, label: &str) -> Value {
        let text = || Value::String(label.to_owned());
        let Some(row) = self.states.get(state) else { return text() };
        let state = self.graph.vocabulary().state(*row);
        if !matches!(state.kind, Kind::Flag | Kind::Integer | Kind::Float | Kind::Length) {
            return text();
        }
        let action = self.actions.get(row).and_then(|actions| actions.get(label));
        let number = action.and_then(|action| state.value(*action)).unwrap_or(label);
        serde_json::from_str(number).unwrap_or_else(|_| text())
    }

    /// The space and the trace of decisions by name; none where they are not those of a config of these spaces.
    pub(super) fn trace(&self, decisions: &[(String, String)]) -> Option<(usize, Trace)> {
        let row = |(state, label): &(String, String)| {
            let state = *self.states.get(state)?;
            Some((state, *self.actions.get(&state)?.get(label)?))
        };
        let (space, decisions) = match (self.space, decisions) {
            (Some(space), decisions) => (space, decisions),
            (None, [start, rest @ ..]) => {
                let (_, label) = row(start).filter(|(state, _)| *state == StateRow(0))?;
                (self.graph.spaces().iter().position(|root| root.start == label)?, rest)
            }
            (None, []) => return None,
        };
        let guide = Guide::new(decisions.iter().map(row).collect::<Option<_>>()?);
        Some((space, guide.trace(&self.graph, space)?))
    }

    /// What a strategy proposed for a record; none where its decisions are not those of a config, or its task is not one that is
    /// searched.
    pub(super) fn proposal(&self, context: &Context, record: &TrialRecord) -> Option<Proposal> {
        let (space, trace) = self.trace(&record.decisions)?;
        let pair = context.pair(space, &record.task)?;
        Some(Proposal { pair, trace, log_prob: record.log_prob, origin: None })
    }
}
