//! Lists of any length are read or refused in time.

use super::metadata::*;
use super::*;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Plane {
    #[space(range = 0..=499)]
    x: u32,
    #[space(range = 0..=399)]
    y: u32,
}

/// Longer than any agent's lists.
const MANY: u64 = 200_000;
/// Where time grows with the length it is about a second; where it grows with the square, hours.
const LIMIT: Duration = Duration::from_secs(5);

/// Elites of all kinds of configs, in the worst order.
fn elites() -> Value {
    let trace = |number: u64| [("Plane.x", (number % 500).to_string()), ("Plane.y", (number / 500).to_string())];
    (0..MANY).map(|number| serde_json::json!({ "reward": number, "trace": trace(number) })).collect()
}

fn in_time<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let started = Instant::now();
    let result = work();
    assert!(started.elapsed() < LIMIT, "{what}: {:?}", started.elapsed());
    result
}

#[test]
fn endless_lists_are_read_or_refused_in_time() {
    let mut agent = Agent::<Plane>::builder().seed(5).build().unwrap();
    for _ in 0..3 {
        let trial = agent.sample::<Plane>().unwrap();
        agent.observe(trial, 1.0).unwrap();
    }
    let good = agent.checkpoint().to_bytes().unwrap();
    let read = |what: &str, change: &dyn Fn(&mut Value)| {
        let bytes = with_metadata(&good, change);
        in_time(what, || Checkpoint::from_bytes(&bytes)).map(|checkpoint| {
            in_time(what, || Agent::<Cnn>::transfer(&checkpoint).map(drop).ok());
            let other = agent.checkpoint();
            in_time(what, || {
                drop((other.compare(&checkpoint), checkpoint.compare(&other), checkpoint.compare(&checkpoint)));
            });
            let transferred = in_time(what, || {
                Agent::<Plane>::transfer(&checkpoint).map(|(mut agent, _)| agent.proposals_first(usize::MAX))
            });
            (in_time(what, || Agent::<Plane>::resume(&checkpoint)), transferred)
        })
    };
    let more = read("more elites", &|meta| meta["pairs"][0]["elites"] = elites()).unwrap_err().to_string();
    assert!(more.contains("there are 200000 `elites`, more than its settings allow, 25"), "{more}");
    let (resumed, carried) = read("elites", &|meta| {
        meta["pairs"][0]["elites"] = elites();
        meta["settings"]["elites"] = MANY.into();
    })
    .unwrap();
    let resumed = resumed.unwrap().checkpoint();
    let summary = resumed.pairs().next().unwrap();
    assert_eq!((summary.elites, summary.best.unwrap().0), (MANY as usize, MANY as f64 - 1.0));
    assert_eq!(carried.unwrap(), MANY as usize);
    let same = |meta: &mut Value| {
        let elite = meta["pairs"][0]["elites"][0].clone();
        meta["pairs"][0]["elites"] = vec![elite; MANY as usize].into();
        meta["settings"]["elites"] = MANY.into();
    };
    let resumed = read("the same", &same).unwrap().0.unwrap();
    assert_eq!(resumed.checkpoint().pairs().next().unwrap().elites, 1);
    for list in ["carried", "proposals", "latest"] {
        let (resumed, _) = read(list, &|meta| {
            meta["pairs"][0][list] = match list {
                "carried" => elites(),
                "proposals" => elites().as_array().unwrap().iter().map(|elite| elite["trace"].clone()).collect(),
                _ => vec![serde_json::json!({ "reward": 0.5 }); MANY as usize].into(),
            };
        })
        .unwrap();
        assert!(resumed.is_ok(), "{list}");
    }
    let pairs = |meta: &mut Value| {
        let pair = meta["pairs"][0].clone();
        let pair = |number: u64| {
            let mut pair = pair.clone();
            pair["space"] = format!("space {number}").into();
            pair
        };
        meta["pairs"].as_array_mut().unwrap().extend((0..MANY / 10).map(pair));
    };
    assert!(read("pairs", &pairs).unwrap().0.is_ok());
    let states = |meta: &mut Value| {
        let state = |number: u64| serde_json::json!({ "name": format!("state {number}"), "kind": "flag", "actions": [{ "name": "a" }] });
        meta["states"].as_array_mut().unwrap().extend((0..MANY).map(state));
    };
    assert!(matches!(read("states", &states).unwrap().0, Err(LoadError::OtherNames { .. })));
    let labels = |meta: &mut Value| {
        let label = |number: u64| serde_json::json!({ "name": format!("label {number}") });
        meta["states"][1]["actions"].as_array_mut().unwrap().extend((0..MANY).map(label));
    };
    assert!(matches!(read("labels", &labels).unwrap().0, Err(LoadError::OtherNames { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any bytes, and any change to a good file, make a checkpoint or an error.
    #[test]
    fn no_bytes_break_the_reader(start in 0usize..6000, garbage in prop::collection::vec(any::<u8>(), 1..40)) {
        let _ = Checkpoint::from_bytes(&garbage).is_ok();
        let mut bytes = with_metadata(&trained_bytes(), |_| {});
        let start = start % (bytes.len() - garbage.len());
        bytes[start..start + garbage.len()].copy_from_slice(&garbage);
        if let Ok(checkpoint) = Checkpoint::from_bytes(&bytes) {
            let _ = Agent::<Models>::resume(&checkpoint).is_ok();
            let _ = Agent::<Cnn>::transfer(&checkpoint).is_ok();
        }
    }
}

fn trained_bytes() -> Vec<u8> {
    static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    BYTES.get_or_init(|| trained().checkpoint().to_bytes().unwrap()).clone()
}
