//! A config as its type is nested: as serde writes values of types without attributes of its own.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::places::Places;
use crate::space::Kind;
use crate::study::{StateRecord, TrialRecord};

/// What is decided at a place, and further in.
#[derive(Default)]
struct Node {
    decided: Option<(Kind, Value)>,
    /// By the next part of the place, `.width`, `[0]` or `{relu}`, in the order of the config.
    inside: Vec<(String, Node)>,
}

/// The configs of a study, nested.
pub(in crate::study) struct Nested<'a> {
    places: &'a Places,
    kinds: HashMap<&'a str, Kind>,
}

impl<'a> Nested<'a> {
    pub(in crate::study) fn of(states: &'a [StateRecord], places: &'a Places) -> Self {
        Self { places, kinds: states.iter().map(|state| (state.state.as_str(), state.kind)).collect() }
    }

    /// The config of a trial; none where it is not known where its decisions are made: in a type that contains itself, of a state with
    /// a name of its own (`state = ".."`), and in a type of an earlier version.
    pub(in crate::study) fn config(&self, trial: &TrialRecord) -> Option<Value> {
        let places = self.places.all(trial)?;
        let config: Map<String, Value> = serde_json::from_str(&trial.config).ok()?;
        let mut times: HashMap<&str, usize> = HashMap::new();
        let mut root = Node::default();
        let name = places.first().map(|place| place.split(['.', '[']).next().unwrap_or_default().to_owned())?;
        for (place, (state, label)) in places.iter().zip(&trial.decisions) {
            let time = times.entry(state).or_default();
            let value = match config.get(state) {
                Some(Value::Array(all)) => all.get(*time)?.clone(),
                Some(value) => value.clone(),
                None => Value::String(label.clone()),
            };
            *time += 1;
            let path = place.strip_prefix(&*name)?;
            root.at(path)?.decided = Some((*self.kinds.get(state.as_str())?, value));
        }
        root.value()
    }
}

impl Node {
    /// The node at a path from here; none where something was decided there, or it is no path.
    fn at(&mut self, path: &str) -> Option<&mut Self> {
        let mut node = self;
        for part in parts(path)? {
            let known = node.inside.iter().position(|(name, _)| name == part);
            let i = known.unwrap_or_else(|| {
                node.inside.push((part.to_owned(), Self::default()));
                node.inside.len() - 1
            });
            node = &mut node.inside[i].1;
        }
        node.decided.is_none().then_some(node)
    }

    fn value(&self) -> Option<Value> {
        match &self.decided {
            None => self.fields(),
            // The number of a type that serde sees through.
            Some((Kind::Variant, Value::String(label))) if is_number(label) => serde_json::from_str(label).ok(),
            Some((Kind::Variant, Value::String(variant))) => match self.get(&format!(".{variant}")) {
                None if self.inside.is_empty() => Some(Value::String(variant.clone())),
                None => None,
                Some(fields) => Some(Value::Object(Map::from_iter([(variant.clone(), fields.value()?)]))),
            },
            Some((Kind::Presence, _)) => self.get(".some").map_or(Some(Value::Null), Self::value),
            Some((_, value)) => self.inside.is_empty().then(|| value.clone()),
        }
    }

    fn get(&self, name: &str) -> Option<&Self> {
        self.inside.iter().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// The item of a subset that a name is of, where it is in it.
    fn taken(&self, name: &str) -> Option<Value> {
        let label = name.strip_prefix('{')?.strip_suffix('}')?;
        let is_taken = matches!(&self.decided, Some((_, Value::Bool(true))));
        let value = || if is_number(label) { serde_json::from_str(label).ok() } else { Some(label.into()) };
        is_taken.then(value).flatten()
    }

    /// A list, a tuple, what a type with one field without a name is of, or an object.
    fn fields(&self) -> Option<Value> {
        let is_length = |name: &str, node: &Self| name == ".len" && matches!(node.decided, Some((Kind::Length, _)));
        let fields: Vec<_> = self.inside.iter().filter(|(name, node)| !is_length(name, node)).collect();
        if !fields.is_empty() && fields.iter().all(|(name, _)| name.starts_with('{')) {
            return Some(Value::Array(fields.iter().filter_map(|(name, node)| node.taken(name)).collect()));
        }
        let values = || fields.iter().map(|(_, node)| node.value()).collect::<Option<Vec<_>>>();
        if fields.is_empty() || fields.iter().all(|(name, _)| name.starts_with('[')) {
            return values().map(Value::Array);
        }
        if fields.iter().enumerate().all(|(i, (name, _))| name[1..].parse() == Ok(i)) {
            let mut values = values()?;
            return if values.len() == 1 { values.pop() } else { Some(Value::Array(values)) };
        }
        let named = fields.iter().map(|(name, node)| Some((name.strip_prefix('.')?.to_owned(), node.value()?)));
        named.collect::<Option<Map<_, _>>>().map(Value::Object)
    }
}

fn is_number(label: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(label).is_ok()
}

/// `.layers[2].width` as `.layers`, `[2]`, `.width`; the item of a subset is the last part, whatever it is called.
fn parts(path: &str) -> Option<Vec<&str>> {
    let last = path.find('{').unwrap_or(path.len());
    let mut begins: Vec<usize> = path[..last].match_indices(['.', '[']).map(|(i, _)| i).collect();
    if last < path.len() {
        begins.push(last);
    }
    if !path.is_empty() && begins.first() != Some(&0) {
        return None;
    }
    begins.push(path.len());
    Some(begins.windows(2).map(|pair| &path[pair[0]..pair[1]]).collect())
}
