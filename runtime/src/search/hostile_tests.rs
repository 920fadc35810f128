//! Snapshots with lists that are far too long are read or refused in no more time than their length takes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{BayesianSearch, LocalSearch, RandomSearch, RegularizedEvolution, Searcher, Sources};
use crate::checkpoint::LoadError;
use crate::checkpoint::parcel::{INNER, Parcel};

const MANY: usize = 100_000;
/// Where time grows with the length it is below half a second; where it grows with the square, minutes.
const LIMIT: Duration = Duration::from_secs(5);

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Bits {
    bits: [bool; 18],
}

/// A config by its number, as the rows of its actions.
fn rows(number: usize) -> Value {
    (0..18).map(|bit| 2 * bit + (number >> bit & 1)).collect()
}

/// Rewards that rise, the worst order for a list that is sorted from the best to the worst.
fn trials() -> Value {
    (0..MANY).map(|number| json!([rows(number), { "reward": number as f64 }])).collect()
}

fn firsts() -> Value {
    (0..MANY).map(|number| json!([0, rows(number)])).collect()
}

fn many_pairs() -> Value {
    (0..MANY).map(|number| json!(["", format!("task {number}")])).collect()
}

fn many_tasks() -> Value {
    (0..MANY).map(|number| json!({ "name": format!("task {number}") })).collect()
}

fn many_states() -> Value {
    let state = |number| json!({ "name": format!("state {number}"), "kind": "flag", "actions": [{ "name": "a" }] });
    (0..MANY).map(state).collect()
}

/// A search of which something was told.
fn told(mut search: impl Searcher<Bits>) -> Vec<u8> {
    for _ in 0..3 {
        let trial = search.ask().unwrap();
        let reward = f64::from(u8::from(trial.config.bits[0]));
        search.tell(trial, reward).unwrap();
    }
    search.snapshot().unwrap().unwrap()
}

/// The snapshot with something changed in its state.
fn with(snapshot: &[u8], name: &'static str, parts: &[&str], change: &dyn Fn(&mut Value)) -> Vec<u8> {
    let parcel = Parcel::from_bytes(snapshot, name).unwrap();
    let mut state: Value = parcel.state().unwrap();
    change(&mut state);
    let mut changed = Parcel::new(name, &state).unwrap();
    for part in parts {
        changed = changed.with(part, Some(parcel.part(part).unwrap().to_vec()));
    }
    changed.to_bytes().unwrap()
}

fn in_time<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let started = Instant::now();
    let result = work();
    assert!(started.elapsed() < LIMIT, "{what}: {:?}", started.elapsed());
    result
}

/// Restores and adapts; where it is read, it goes on.
fn read<S: Searcher<Bits>>(what: &str, snapshot: &[u8], make: &dyn Fn() -> S) -> Result<bool, LoadError> {
    let mut search = make();
    in_time(&format!("{what} adapted"), || search.adapt(snapshot, MANY).map(drop).ok());
    let mut search = make();
    let restored = in_time(what, || search.restore(snapshot));
    if restored.is_ok() {
        in_time(&format!("{what} going on"), || {
            let trial = search.ask().unwrap();
            search.tell(trial, 0.5).unwrap();
        });
    }
    restored
}

/// A part of a state.
type Part = fn(&mut Value) -> &mut Value;

type Boxed = Box<dyn Fn(&mut Value)>;
type Change<'a> = &'a dyn Fn(&mut Value);

/// What each snapshot can have too much of.
fn names_in(lines: Part) -> [(&'static str, Boxed); 3] {
    [
        ("pairs", Box::new(move |state: &mut Value| lines(state)["pairs"] = many_pairs())),
        ("tasks", Box::new(move |state: &mut Value| lines(state)["tasks"] = many_tasks())),
        ("states", Box::new(move |state: &mut Value| lines(state)["states"] = many_states())),
    ]
}

fn is_refused(result: &Result<bool, LoadError>) -> bool {
    matches!(result, Err(LoadError::Metadata { .. } | LoadError::OtherNames { .. }))
}

/// Reads a snapshot with each of the changes; says which of them were refused.
fn refused<S: Searcher<Bits>>(
    make: &dyn Fn() -> S,
    (name, parts): (&'static str, &[&str]),
    lines: Part,
    changes: &[(&'static str, Change<'_>)],
) -> Vec<&'static str> {
    let snapshot = told(make());
    let names = names_in(lines);
    let all = changes.iter().copied().chain(names.iter().map(|(what, change)| (*what, &**change as Change<'_>)));
    let refused = all.filter(|(what, change)| {
        let result = read(&format!("{name}: {what}"), &with(&snapshot, name, parts, *change), make);
        assert!(result.is_ok() || is_refused(&result), "{what}: {result:?}");
        result.is_err()
    });
    refused.map(|(what, _)| what).collect()
}

fn of_identities(state: &mut Value) -> &mut Value {
    &mut state["identities"]["lines"]
}

fn lines(state: &mut Value) -> &mut Value {
    &mut state["lines"]
}

#[test]
fn random_search_and_evolution() {
    let firsts: Change<'_> = &|state| state["firsts"] = firsts();
    let best: Change<'_> = &|state| state["best"] = json!([[0, trials()]]);
    let make = || RandomSearch::<Bits>::new(1);
    let changes = [("firsts", firsts), ("best", best)];
    assert_eq!(refused(&make, ("random search", &[]), lines, &changes), ["pairs", "tasks", "states"]);
    let members = |told: usize, size: usize| {
        move |state: &mut Value| {
            state["populations"] = json!([{ "pair": 0, "told": told, "members": trials() }]);
            state["settings"]["population"] = size.into();
        }
    };
    let (few, enough) = (members(3, 100), members(usize::MAX, MANY));
    let make = || RegularizedEvolution::<Bits>::new(1);
    let changes = [("firsts", firsts), ("more than the settings allow", &few as Change<'_>), ("as many", &enough)];
    let expected = ["more than the settings allow", "pairs", "tasks", "states"];
    assert_eq!(refused(&make, ("evolution", &[]), lines, &changes), expected);
}

#[test]
fn local_search() {
    let values: Change<'_> = &|state| {
        let value = |trial: &Value| json!({ "trial": trial, "untried": [{ "decision": usize::MAX, "action": 7 }] });
        state["values"] = json!([[0, trials().as_array().unwrap().iter().map(value).collect::<Vec<_>>()]]);
    };
    let untried: Change<'_> = &|state| {
        let change = json!({ "decision": 1_000_000, "action": 1_000_000 });
        state["values"][0][1][0]["untried"] = vec![change; MANY].into();
    };
    let make = || LocalSearch::<Bits>::new(1).starts(0);
    let changes = [("values", values), ("untried", untried), ("firsts", &|state| state["firsts"] = firsts())];
    let expected = ["values", "pairs", "tasks", "states"];
    assert_eq!(refused(&make, ("local search", &[]), lines, &changes), expected);
}

#[test]
fn bayesian_search() {
    let points = |told: u64, since_fit: u64| {
        move |state: &mut Value| {
            let outcome = |number: usize| json!({ "reward": number as f64 });
            let point = |number| json!({ "pair": 0, "rows": rows(number), "outcome": outcome(number), "count": 1, "lot": number });
            state["points"] = (0..MANY).map(point).collect();
            (state["told"], state["since_fit"]) = (told.into(), since_fit.into());
        }
    };
    let (none, few, all) = (points(3, u64::MAX), points(u64::MAX, 3), points(MANY as u64, MANY as u64));
    let lost = |state: &mut Value| {
        all(state);
        state["progress"] = json!([]);
    };
    let pending: Change<'_> = &|state| state["pending"] = firsts();
    let used_up: Change<'_> = &|state| state["used_up"] = vec![0; MANY].into();
    let progress: Change<'_> = &|state| state["progress"] = vec![json!([0, 1.0, u64::MAX]); MANY].into();
    let fitted: Change<'_> = &|state| state["fitted"] = json!({ "weights": vec![1e300; MANY], "noise": 1e300 });
    let firsts: Change<'_> = &|state| state["firsts"] = firsts();
    let changes = [
        ("more than were told", &none as Change<'_>),
        ("more than are held", &few),
        ("all since the last fit", &all),
        ("no progress", &lost),
        ("pending", pending),
        ("used up", used_up),
        ("progress", progress),
        ("fitted", fitted),
        ("firsts", firsts),
    ];
    let make = || BayesianSearch::<Bits>::new(1);
    let refused = refused(&make, ("Bayesian search", &["tried"]), lines, &changes);
    assert_eq!(
        refused,
        ["more than were told", "more than are held", "no progress", "pending", "pairs", "tasks", "states"]
    );
}

#[test]
fn what_is_put_around_others() {
    let inside = || RandomSearch::<Bits>::new(1);
    let listed: Change<'_> = &|state| state["listed"] = vec![0; MANY].into();
    let used_up: Change<'_> = &|state| state["used_up"] = vec![7; MANY].into();
    let identities: Change<'_> = &|state| state["identities"]["identities"] = vec![u64::MAX; MANY].into();
    let changes = [("listed", listed), ("used up", used_up), ("identities", identities)];
    let make = || inside().unique();
    let found = refused(&make, ("a search without repeats", &["tried", INNER]), of_identities, &changes);
    assert_eq!(found, ["pairs", "tasks", "states"]);
    let make = || inside().starting_from([Bits { bits: [true; 18] }]);
    let changes = [("first", (&|state: &mut Value| state["first"] = firsts()) as Change<'_>)];
    let found = refused(&make, ("a search from given configs", &[INNER]), lines, &changes);
    assert_eq!(found, ["pairs", "tasks", "states"]);
    let make = || inside().confirming(5, 3, 2);
    let contenders: Change<'_> = &|state| {
        let contender = |number| json!([0, rows(number), { "sum": number as f64, "count": 1, "again": u32::MAX }]);
        state["contenders"] = (0..MANY).map(contender).collect();
    };
    let one: Change<'_> = &|state| {
        state["contenders"] = json!([[0, rows(1), { "sum": 1.0, "count": u32::MAX, "again": u32::MAX }]]);
    };
    let changes = [("contenders", contenders), ("one", one)];
    let found = refused(&make, ("a search that confirms its best", &[INNER]), lines, &changes);
    assert_eq!(found, ["contenders", "pairs", "tasks", "states"]);
}

#[test]
fn a_search_that_learns_from_others() {
    let trials = |from: u32| {
        (from..from + 60)
            .map(|number| (Bits { bits: std::array::from_fn(|bit| number >> bit & 1 == 1) }, f64::from(number)))
    };
    let make = || {
        let sources = Sources::new().trials("first", trials(0)).unwrap().trials("second", trials(30)).unwrap();
        BayesianSearch::<Bits>::new(1).learning_from(&sources).unwrap()
    };
    let contest =
        |field: &'static str, with: Value| move |state: &mut Value| state["contests"][0][field] = with.clone();
    let queue = contest("queue", (0..MANY).map(|number| json!([usize::MAX, rows(number)])).collect());
    let given = contest("given", (0..MANY).map(rows).collect());
    let elites = contest("elites", vec![json!({ "reward": 1.0 }); MANY].into());
    let wins = contest("wins", json!(1e300));
    let own = contest("own", json!(u64::MAX));
    let told: Change<'_> = &|state| {
        let told = |number: usize| json!([0, rows(number), { "reward": number as f64 }]);
        state["probation"]["told"] = (0..MANY).map(told).collect();
    };
    let group = |source: usize, trials: usize| {
        let decisions: Vec<Value> = (0..MANY).map(|row| json!([row, row])).collect();
        json!({ "source": source, "pair": 0, "trials": vec![json!([decisions.get(..18), { "reward": 1.0 }]); trials] })
    };
    let groups = |groups: Vec<Value>| move |state: &mut Value| state["probation"]["groups"] = groups.clone().into();
    let (many, empty) = (groups(vec![group(0, 1); MANY]), groups(vec![group(0, 0)]));
    let (long, unknown) = (groups(vec![group(1, MANY)]), groups(vec![group(7, 1)]));
    let policies: Change<'_> = &|state| state["probation"]["policies"] = vec![0; MANY].into();
    let changes = [
        ("queue", &queue as Change<'_>),
        ("given", &given),
        ("elites", &elites),
        ("wins", &wins),
        ("own", &own),
        ("told", told),
        ("many groups", &many),
        ("an empty group", &empty),
        ("a long group", &long),
        ("an unknown source", &unknown),
        ("policies", policies),
    ];
    let found = refused(&make, ("a search that learns from others", &["before", INNER]), lines, &changes);
    let expected = ["many groups", "an empty group", "an unknown source", "policies", "pairs", "tasks", "states"];
    assert_eq!(found, expected);
}

/// What was tried comes as keys in any order.
#[test]
fn many_keys_are_read_in_time() {
    let snapshot = told(RandomSearch::<Bits>::new(1).unique());
    let name = "a search without repeats";
    let parcel = Parcel::from_bytes(&snapshot, name).unwrap();
    let keys: Vec<u8> = (0..MANY as u128).rev().flat_map(|key| (key * 12_345).to_le_bytes()).collect();
    let inner = parcel.part(INNER).unwrap().to_vec();
    let state: Value = parcel.state().unwrap();
    let changed =
        Parcel::new(name, &state).unwrap().with(INNER, Some(inner)).with("tried", Some(keys)).to_bytes().unwrap();
    read("keys", &changed, &|| RandomSearch::<Bits>::new(1).unique()).unwrap();
}
