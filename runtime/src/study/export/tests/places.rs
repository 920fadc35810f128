//! A state that a config decides at several places.

use serde_json::Value;

use crate::policy::AnyConfig;
use crate::search::RandomSearch;
use crate::study::{Chosen, Study, StudyBuilder};

/// The same types twice: with states that are shared, and with some of their own at each place.
macro_rules! nets {
    ($($module:ident: #[$($attribute:tt)*];)*) => {$(
        mod $module {
            #[crate::search_space]
            #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
            pub(super) enum Layer {
                Empty,
                Conv {
                    #[space(choices = [1, 2, 3, 5])]
                    kernel: u32,
                    gates: [bool; 2],
                },
                Pair(bool, #[space(range = 1..=3)] u8),
            }

            #[crate::search_space]
            #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
            pub(super) struct Net {
                #[$($attribute)*]
                pub(super) first: Layer,
                #[$($attribute)*]
                #[space(len = 0..=3)]
                pub(super) more: Vec<Layer>,
                #[$($attribute)*]
                pub(super) two: [Layer; 2],
                #[$($attribute)*]
                pub(super) last: Option<Layer>,
                #[space(len = 1..=2, range = 0..=4)]
                pub(super) widths: Vec<u8>,
                #[space(subset = ["relu", "a.b[c]", "elu"])]
                pub(super) activations: Vec<String>,
                #[space(subset = [16, 32])]
                pub(super) sizes: Vec<u32>,
                #[space(permutation = [1, 2, 3])]
                pub(super) order: Vec<u8>,
            }
        }
    )*};
}

nets! {
    shared: #[space()];
    own: #[space(own)];
}

fn study<T: AnyConfig>() -> StudyBuilder<Chosen<RandomSearch<T>>> {
    Study::in_memory().quiet().ctrl_c(false).trials(200).searcher(RandomSearch::<T>::new(1))
}

fn trials(json: &str) -> Vec<Value> {
    let mut json: Value = serde_json::from_str(json).unwrap();
    json["trials"].as_array_mut().unwrap().drain(..).collect()
}

fn kernel(layer: &shared::Layer) -> f64 {
    if let shared::Layer::Conv { kernel, .. } = layer { f64::from(*kernel) } else { 0.0 }
}

/// The places are the names that states of their own would have.
#[test]
fn a_place_is_named_by_fields_and_items() {
    let shared = study().run(|net: &shared::Net| kernel(&net.first)).unwrap();
    let own = study().run(|_: &own::Net| 0.0).unwrap();
    let (shared, own) = (trials(&shared.to_json().unwrap()), trials(&own.to_json().unwrap()));
    for (shared, own) in shared.iter().zip(&own) {
        let states = own["trace"].as_array().unwrap().iter().map(|step| step[0].clone());
        assert_eq!(shared["places"], Value::Array(states.collect()));
        assert_eq!(own["places"].as_array().unwrap().len(), own["trace"].as_array().unwrap().len());
    }
}

/// What serde reads back as the config that was evaluated.
#[test]
fn a_config_is_nested_as_its_type_is() {
    let study = study().run(|net: &shared::Net| kernel(&net.first)).unwrap();
    let written = trials(&study.to_json().unwrap());
    for (written, row) in written.iter().zip(study.trials().unwrap()) {
        let read: shared::Net = serde_json::from_value(written["nested"].clone()).unwrap();
        assert_eq!(Some(read), row.config);
    }
}

/// What one layer does stands in its own column, not in those of others.
#[test]
fn a_column_is_one_decision() {
    let study = study().run(|net: &shared::Net| kernel(&net.two[1])).unwrap();
    let table = study.to_csv().unwrap();
    let mut table = csv::Reader::from_reader(table.as_bytes());
    let titles = table.headers().unwrap().clone();
    let column = |name: &str| titles.iter().position(|title| title == name).unwrap_or_else(|| panic!("{titles:?}"));
    let (reward, kernel) = (column("reward"), column("Net.two[1].Conv.kernel"));
    column("Net.first.Conv.gates[1]");
    column("Net.more[2].Pair.0");
    column("Net.last.some");
    column("Net.widths[1]");
    let mut found = 0;
    for row in table.records() {
        let row = row.unwrap();
        assert!(row.iter().all(|cell| !cell.starts_with('[')), "{row:?}");
        assert_eq!(&row[reward], if row[kernel].is_empty() { "0" } else { &row[kernel] });
        found += usize::from(!row[kernel].is_empty());
    }
    assert!(found > 40, "{found}");
    let journal = study.to_optuna_journal().unwrap();
    let told = journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for trial in told.filter(|line| line["op_code"] == 4) {
        // By Optuna's number of a choice.
        let kernel = trial["params"].get("Net.two[1].Conv.kernel");
        let kernel = kernel.map_or(0, |choice| [1, 2, 3, 5][choice.as_u64().unwrap() as usize]);
        assert_eq!(trial["value"], f64::from(kernel));
        assert!(trial["params"].as_object().unwrap().keys().all(|name| !name.contains('#')));
    }
}
