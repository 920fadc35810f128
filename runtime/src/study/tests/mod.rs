//! Studies from outside, in each store.

mod best;
mod changes;
mod confirming;
mod endings;
mod failures;
mod model;
mod order;
mod seen;
mod sharing;
mod trials;

use std::sync::Arc;
use std::time::Duration;

use super::{Chosen, MemoryStore, Store, Study, StudyBuilder};
use crate::agent::Agent;

/// A space with decisions that depend on others.
#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
enum Model {
    Deep {
        #[space(len = 1..=3, range = 0..=4)]
        layers: Vec<u8>,
        gated: bool,
    },
    Flat {
        #[space(choices = [0.1, 0.5])]
        rate: f64,
    },
}

/// At most 13, for three layers of 4 with gates.
fn value(model: &Model) -> f64 {
    match model {
        Model::Deep { layers, gated } => f64::from(layers.iter().sum::<u8>()) + f64::from(u8::from(*gated)),
        Model::Flat { rate } => *rate,
    }
}

fn agent(seed: u64) -> Agent<Model> {
    Agent::builder().seed(seed).build().unwrap()
}

/// A study of its own for a test: quiet, and deaf to signals.
fn quiet(store: &Arc<dyn Store>) -> StudyBuilder<Chosen<Agent<Model>>> {
    Study::in_store(Arc::clone(store)).quiet().ctrl_c(false).agent(agent(7)).abandon_after(Duration::from_millis(300))
}

/// Each kind of store, and a folder that must outlive it.
fn stores() -> Vec<(Arc<dyn Store>, Option<tempfile::TempDir>)> {
    let memory: (Arc<dyn Store>, _) = (Arc::new(MemoryStore::new()), None);
    vec![
        memory,
        #[cfg(feature = "sqlite")]
        sqlite(),
    ]
}

#[cfg(feature = "sqlite")]
fn sqlite() -> (Arc<dyn Store>, Option<tempfile::TempDir>) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = super::SqliteStore::open(folder.path().join("runs.db")).unwrap();
    (Arc::new(sqlite), Some(folder))
}
