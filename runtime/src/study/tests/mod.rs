//! Studies from outside, in each store.

mod best;
mod changes;
mod confirming;
mod endings;
mod failures;
mod faults;
mod hands;
mod model;
mod order;
mod page_speed;
mod reports;
mod several;
mod sharing;
mod trials;

use std::sync::Arc;
use std::time::Duration;

use super::protocol::Protocol;
use super::{Access, Chosen, Durability, Ledger, MemoryStore, Store, Study, StudyBuilder, StudyError};
use crate::agent::Agent;
use crate::policy::AnyConfig;
use crate::search::Searcher;

/// A space with decisions that depend on others.
#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
pub(in crate::study) enum Model {
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
pub(in crate::study) fn value(model: &Model) -> f64 {
    match model {
        Model::Deep { layers, gated } => f64::from(layers.iter().sum::<u8>()) + f64::from(u8::from(*gated)),
        Model::Flat { rate } => *rate,
    }
}

fn agent(seed: u64) -> Agent<Model> {
    Agent::builder().seed(seed).build().unwrap()
}

/// A study of its own for a test: quiet, and deaf to signals.
pub(in crate::study) fn quiet(store: &Arc<dyn Store>) -> StudyBuilder<Chosen<Agent<Model>>> {
    Study::in_store(Arc::clone(store)).quiet().ctrl_c(false).agent(agent(7)).abandon_after(Duration::from_millis(300))
}

/// A transaction that writes.
fn write<R>(
    store: &Arc<dyn Store>,
    work: impl FnMut(&mut dyn Ledger) -> Result<R, StudyError>,
) -> Result<R, StudyError> {
    store.with(Access::Exclusive(Durability::Soon), work)
}

/// A study that is not heard of any more, as if it were in a process of another machine that stands still.
pub(in crate::study) fn silence<T: AnyConfig, S: Searcher<T>>(study: &mut Study<T, S>) {
    study.heartbeat.stop();
    let Protocol { id, worker, .. } = &study.scheduler.protocol;
    write(&study.link.store, |ledger| Ok(ledger.heartbeat(*id, worker, None, 0)?)).unwrap();
}

/// A store, and what must outlive it.
pub(in crate::study) type TestStore = (Arc<dyn Store>, Box<dyn std::any::Any>);

/// Each kind of store.
pub(in crate::study) fn stores() -> Vec<TestStore> {
    let memory: TestStore = (Arc::new(MemoryStore::new()), Box::new(()));
    let all = vec![
        Some(memory),
        #[cfg(feature = "sqlite")]
        Some(sqlite()),
        #[cfg(feature = "postgres")]
        postgres(),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(feature = "sqlite")]
fn sqlite() -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = super::SqliteStore::open(folder.path().join("runs.db")).unwrap();
    (Arc::new(sqlite), Box::new(folder))
}

/// None where no server answers.
#[cfg(feature = "postgres")]
fn postgres() -> Option<TestStore> {
    let database = super::store::Database::make()?;
    Some((Arc::new(database.open()), Box::new(database)))
}
