//! How long it takes to make the page of a large study.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::agent::Agent;
use crate::policy::AnyConfig;
use crate::search::RandomSearch;
use crate::study::store::{TrialRecord, ValueRecord};
use crate::study::{MemoryStore, Study, StudyView};

/// 300 items with two to four decisions each.
#[crate::search_space]
#[derive(Debug, Clone)]
struct Nested {
    #[space(len = 200..=300)]
    items: Vec<Item>,
}

#[crate::search_space]
#[derive(Debug, Clone)]
struct Few {
    #[space(len = 1..=4)]
    items: Vec<Item>,
}

#[crate::search_space]
#[derive(Debug, Clone)]
struct Item {
    #[space(choices = [8, 16, 32, 64])]
    width: u32,
    kind: Kind,
}

#[crate::search_space]
#[derive(Debug, Clone)]
enum Kind {
    Plain,
    Rich {
        #[space(choices = [0.1, 0.2, 0.5])]
        rate: f64,
        gated: bool,
    },
}

/// Most of all depends on the first items.
fn worth(items: &[Item]) -> f64 {
    let item = |item: &Item| match item.kind {
        Kind::Plain => f64::from(item.width),
        Kind::Rich { rate, gated } => f64::from(item.width) * rate + f64::from(u8::from(gated)),
    };
    items.iter().enumerate().map(|(place, it)| item(it) / (1 + place * place) as f64).sum()
}

/// On two shared cores the slowest, the report of an agent, takes 1.6 s, and the others less than half a second. Where something is done again for
/// each item or trial it takes many times as long.
const MOST: Duration = Duration::from_secs(10);

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let made = work();
    println!("{what}: {:.2} s", begin.elapsed().as_secs_f64());
    assert!(begin.elapsed() < MOST, "{what} took {:?}", begin.elapsed());
    made
}

fn random<T: AnyConfig + Send + 'static>(trials: u64, items: fn(&T) -> &[Item]) -> StudyView {
    let study = Study::in_store(Arc::new(MemoryStore::new())).name("a").quiet().ctrl_c(false).repeats(true);
    let study = study.searcher(RandomSearch::<T>::new(7)).trials(trials);
    study.run(move |config: &T| worth(items(config))).unwrap().view().unwrap()
}

#[test]
fn the_page_of_300_nested_items_is_made_at_once() {
    let view = random(200, |nested: &Nested| &nested.items);
    let page = timed("the page of 300 nested items", || view.to_html());
    assert!(page.contains("items[0].width"));
}

#[test]
fn the_page_of_20_000_trials_is_made_at_once() {
    let mut view = random(400, |few: &Few| &few.items);
    let few = std::mem::take(&mut view.trials);
    let trial = |number: u64| {
        let like = &few[number as usize % few.len()];
        let reward = like.reward.map(|reward| reward + (number % 97) as f64);
        TrialRecord { number, reward, ..like.clone() }
    };
    view.trials = (0..20_000).map(trial).collect();
    let value =
        |row: u64| ValueRecord { row: row.cast_signed(), trial: row / 5, attempt: 1, step: row % 5, value: row as f64 };
    view.values = (0..100_000).map(value).collect();
    timed("the page of 20,000 trials", || view.to_html());
}

#[test]
fn what_an_agent_has_learned_of_300_nested_items_is_found_at_once() {
    let agent = Agent::<Nested>::builder().seed(7).build().unwrap();
    let study = Study::in_store(Arc::new(MemoryStore::new())).name("a").quiet().ctrl_c(false).agent(agent).trials(2);
    let mut study = study.run(|nested: &Nested| worth(&nested.items)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    timed("the report of an agent", || study.report(folder.path().join("report.html")).unwrap());
}

#[test]
fn what_the_model_makes_of_300_nested_items_is_found_at_once() {
    let study = Study::in_store(Arc::new(MemoryStore::new())).name("a").quiet().ctrl_c(false).seed(7).trials(60);
    let mut study = study.run(|nested: &Nested| worth(&nested.items)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    timed("the report of the default search", || study.report(folder.path().join("report.html")).unwrap());
}
