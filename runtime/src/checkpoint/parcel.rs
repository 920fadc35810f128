//! The snapshot of a strategy as bytes: what kind it is, its state as JSON, and snapshots of the strategies within it.
//!
//! The container is a safetensors file whose tensors are bytes. An agent's snapshot is its checkpoint itself.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Checkpoint, LoadError, SaveError};

/// The entry of the metadata that says what a snapshot is of.
const ENTRY: &str = "transfer-nas-strategy";
/// The version of the format that is written.
const FORMAT: u32 = 1;
/// The part that holds the strategy which this one is put around.
pub(crate) const INNER: &str = "inner";
/// How the parts that hold several strategies beside each other begin.
pub(crate) const PART: &str = "part ";

/// How many strategies may be put around each other.
const MOST_LAYERS: usize = 32;

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    strategy: String,
}

/// What a strategy knows.
pub(crate) struct Parcel {
    strategy: String,
    state: String,
    parts: BTreeMap<String, Vec<u8>>,
}

impl Parcel {
    pub(crate) fn new(strategy: &str, state: &impl Serialize) -> Result<Self, SaveError> {
        let state = serde_json::to_string(state).map_err(|error| SaveError::Encode { reason: error.to_string() })?;
        Ok(Self { strategy: strategy.to_owned(), state, parts: BTreeMap::new() })
    }

    /// The same with a part; none is left out.
    pub(crate) fn with(mut self, name: &str, part: Option<Vec<u8>>) -> Self {
        self.parts.extend(part.map(|part| (name.to_owned(), part)));
        self
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, SaveError> {
        let encode = |error: String| SaveError::Encode { reason: error };
        let header = Header { format: FORMAT, strategy: self.strategy.clone() };
        let header = serde_json::to_string(&header).map_err(|error| encode(error.to_string()))?;
        let all = self.parts.iter().map(|(name, part)| (name.as_str(), part.as_slice()));
        let all = all.chain(std::iter::once(("state", self.state.as_bytes())));
        let views = all.map(|(name, part)| Ok((name, TensorView::new(Dtype::U8, vec![part.len()], part)?)));
        let views = views.collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
        let views = views.map_err(|error| encode(error.to_string()))?;
        serialize(views, Some(HashMap::from([(ENTRY.to_owned(), header)]))).map_err(|error| encode(error.to_string()))
    }

    /// Reads the snapshot of a strategy.
    pub(crate) fn from_bytes(bytes: &[u8], strategy: &'static str) -> Result<Self, LoadError> {
        let parcel = Self::read(bytes)?;
        let other = |found: String| LoadError::OtherStrategy { found, expected: strategy };
        let parcel = parcel.ok_or_else(|| other("an agent".to_owned()))?;
        if parcel.strategy == strategy { Ok(parcel) } else { Err(other(parcel.strategy)) }
    }

    /// Reads any snapshot; none where it is not of this format, as an agent's checkpoint is not.
    fn read(bytes: &[u8]) -> Result<Option<Self>, LoadError> {
        let not_safetensors =
            |error: safetensors::SafeTensorError| LoadError::NotSafetensors { reason: error.to_string() };
        let metadata = |error: serde_json::Error| LoadError::Metadata { reason: error.to_string() };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(not_safetensors)?;
        let Some(header) = header.metadata().as_ref().and_then(|entries| entries.get(ENTRY)) else { return Ok(None) };
        let Header { format, strategy } = serde_json::from_str(header).map_err(metadata)?;
        if format > FORMAT {
            return Err(LoadError::Newer { found: format, known: FORMAT });
        }
        let file = SafeTensors::deserialize(bytes).map_err(not_safetensors)?;
        let parts = file.tensors().into_iter().map(|(name, view)| (name, view.data().to_vec()));
        let mut parts: BTreeMap<String, Vec<u8>> = parts.collect();
        let state = String::from_utf8(parts.remove("state").unwrap_or_default());
        let state = state.map_err(|error| LoadError::Metadata { reason: error.to_string() })?;
        Ok(Some(Self { strategy, state, parts }))
    }

    pub(crate) fn state<S: DeserializeOwned>(&self) -> Result<S, LoadError> {
        serde_json::from_str(&self.state).map_err(|error| LoadError::Metadata { reason: error.to_string() })
    }

    /// A part that must be there.
    pub(crate) fn part(&self, name: &str) -> Result<&[u8], LoadError> {
        let missing = || LoadError::Metadata { reason: format!("the part `{name}` is missing") };
        self.parts.get(name).map(Vec::as_slice).ok_or_else(missing)
    }
}

/// What a snapshot is of: a strategy, and those within it.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The kinds of the strategies, the outermost first; agents are not among them.
    pub(crate) strategies: Vec<String>,
    pub(crate) agents: Vec<Checkpoint>,
}

impl Contents {
    pub(crate) fn of(snapshot: &[u8]) -> Result<Self, LoadError> {
        let mut this = Self::default();
        this.add(snapshot, 0)?;
        Ok(this)
    }

    fn add(&mut self, snapshot: &[u8], layer: usize) -> Result<(), LoadError> {
        if layer == MOST_LAYERS {
            return Err(LoadError::Metadata {
                reason: format!("more than {MOST_LAYERS} strategies around each other"),
            });
        }
        let Some(parcel) = Parcel::read(snapshot)? else {
            self.agents.push(Checkpoint::from_bytes(snapshot)?);
            return Ok(());
        };
        self.strategies.push(parcel.strategy);
        let is_within = |name: &str| name == INNER || name.starts_with(PART);
        let within = parcel.parts.iter().filter(|(name, _)| is_within(name));
        within.into_iter().try_for_each(|(_, part)| self.add(part, layer + 1))
    }
}

impl Checkpoint {
    /// The checkpoint of the agent in the snapshot of a strategy, however much was put around it; none where there is no agent
    /// in it.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Option<Self>, LoadError> {
        let mut inside = bytes.to_vec();
        for _ in 0..MOST_LAYERS {
            match Parcel::read(&inside)? {
                None => return Self::from_bytes(&inside).map(Some),
                Some(mut parcel) => match parcel.parts.remove(INNER) {
                    Some(inner) => inside = inner,
                    None => return Ok(None),
                },
            }
        }
        Err(LoadError::Metadata { reason: format!("more than {MOST_LAYERS} strategies around each other") })
    }
}

/// A generator as text: its numbers have 128 bits, more than readers of JSON keep.
pub(crate) mod rng_text {
    use rand_pcg::Pcg64;
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(rng: &Pcg64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(rng).map_err(S::Error::custom)?)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pcg64, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}
