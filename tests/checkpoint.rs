//! A checkpoint is the agent: it goes on where it stopped, under whatever order of names, and no file breaks the reader.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;
use transfer_nas::agent::ObserveError;
use transfer_nas::checkpoint::{Checkpoint, LoadError, SaveError, TensorFault};
use transfer_nas::prelude::*;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Dense {
    #[space(choices = [16, 32, 64])]
    units: u32,
    bias: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Cnn {
    #[space(len = 1..=3, range = 1..=5, step = 2)]
    kernels: Vec<u8>,
    head: Dense,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Mlp {
    body: Option<Dense>,
    head: Dense,
}

#[tasks]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Data {
    Digits,
    Letters,
}

#[joint_space(tasks = Data)]
#[derive(Debug, Clone, PartialEq)]
enum Models {
    Cnn(Cnn),
    #[space(tasks(Letters))]
    Mlp(Mlp),
}

/// The same, with everything in another order.
mod shuffled {
    use transfer_nas::prelude::*;

    #[search_space]
    pub(crate) struct Dense {
        bias: bool,
        #[space(choices = [64, 16, 32])]
        units: u32,
    }

    #[search_space]
    pub(crate) struct Cnn {
        head: Dense,
        #[space(len = 1..=3, range = 1..=5, step = 2)]
        kernels: Vec<u8>,
    }

    #[search_space]
    pub(crate) struct Mlp {
        body: Option<Dense>,
        head: Dense,
    }

    #[tasks]
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(crate) enum Data {
        Letters,
        Digits,
    }

    #[joint_space(tasks = Data)]
    pub(crate) enum Models {
        #[space(tasks(Letters))]
        Mlp(Mlp),
        Cnn(Cnn),
    }
}

fn reward(models: &Models) -> f64 {
    match models {
        Models::Cnn(cnn) => f64::from(cnn.kernels.iter().map(|&k| u32::from(k)).sum::<u32>()) / 15.0,
        Models::Mlp(mlp) => f64::from(mlp.head.units) / 64.0 - f64::from(u8::from(mlp.body.is_some())) / 2.0,
    }
}

/// What some trials were, to the bit.
fn trials(agent: &mut Agent<Models>, count: usize) -> Vec<(String, String, u64, u64)> {
    let one = |agent: &mut Agent<Models>| {
        let trial = agent.sample_any().unwrap();
        let (config, task, log_prob) =
            (format!("{:?}", trial.config), trial.task().to_owned(), trial.log_prob().to_bits());
        let reward = reward(&trial.config);
        let observation = agent.observe_any(trial, reward).unwrap();
        (config, task, log_prob, observation.entropy.to_bits())
    };
    (0..count).map(|_| one(agent)).collect()
}

fn trained() -> Agent<Models> {
    let mut agent = Agent::<Models>::builder().seed(5).elites(8).exploration(0.2, 90).build().unwrap();
    trials(&mut agent, 60);
    agent
}

#[test]
fn an_agent_goes_on_where_it_stopped_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.safetensors");
    let mut agent = trained();
    agent.save(&path).unwrap();
    let mut resumed = Agent::<Models>::load(&path).unwrap();
    assert_eq!(resumed.checkpoint(), agent.checkpoint());
    assert_eq!(trials(&mut resumed, 100), trials(&mut agent, 100));
    assert_eq!(resumed.checkpoint().to_bytes().unwrap(), agent.checkpoint().to_bytes().unwrap());
}

#[test]
fn an_agent_is_resumed_before_its_first_trial_too() {
    let mut agent = Agent::<Models>::builder().seed(5).build().unwrap();
    let mut resumed = Agent::<Models>::resume(&agent.checkpoint()).unwrap();
    assert_eq!(trials(&mut resumed, 20), trials(&mut agent, 20));
}

#[test]
fn nothing_in_a_checkpoint_is_known_by_its_position() {
    let agent = trained();
    let resumed = Agent::<shuffled::Models>::resume(&agent.checkpoint()).unwrap();
    let rows = |names: Vec<(String, String)>, rows: &[[f32; 8]]| -> HashMap<(String, String), [f32; 8]> {
        names.into_iter().zip(rows.iter().copied()).collect()
    };
    let names = |names: &[(&str, &str)]| names.iter().map(|(s, l)| ((*s).to_owned(), (*l).to_owned())).collect();
    let (old, new) = (agent.embeddings(), resumed.embeddings());
    assert_ne!(old.actions.names(), new.actions.names());
    assert_eq!(
        rows(names(old.actions.names()), old.actions.rows()),
        rows(names(new.actions.names()), new.actions.rows())
    );
    let elites = |checkpoint: &Checkpoint| {
        let bytes = checkpoint.to_bytes().unwrap();
        let mut elites: Vec<String> = Vec::new();
        for pair in metadata(&bytes)["pairs"].as_array().unwrap() {
            for elite in pair["elites"].as_array().unwrap() {
                let mut trace: Vec<String> = elite["trace"].as_array().unwrap().iter().map(Value::to_string).collect();
                trace.sort();
                elites.push(format!("{} {} {} {trace:?}", pair["space"], pair["task"], elite["reward"]));
            }
        }
        elites.sort();
        elites
    };
    assert_eq!(elites(&agent.checkpoint()), elites(&resumed.checkpoint()));
}

#[test]
fn another_type_is_refused_and_the_differences_are_named() {
    let error = Agent::<Cnn>::resume(&trained().checkpoint()).unwrap_err();
    let expected = "the checkpoint is of other names than `checkpoint::Cnn`: `start` = `Mlp` is gone, `Mlp.body` = `none` is gone, \
        `Mlp.body` = `some` is gone; `Agent::transfer` takes over what matches";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn saving_replaces_the_file_or_leaves_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.safetensors");
    fs::write(&path, "something else").unwrap();
    trained().save(&path).unwrap();
    assert!(Agent::<Models>::load(&path).is_ok());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    let nowhere = folder.path().join("missing").join("agent.safetensors");
    let error = trained().save(&nowhere).unwrap_err().to_string();
    assert!(error.starts_with("the checkpoint `") && error.contains("could not be written"), "{error}");
}

#[test]
fn saving_onto_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = trained().save(folder.path()).unwrap_err();
    assert!(matches!(error, SaveError::NotAFile { found: "a folder", .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The JSON of a file's `transfer-nas` entry.
fn metadata(bytes: &[u8]) -> Value {
    let header = header(bytes);
    serde_json::from_str(header["__metadata__"]["transfer-nas"].as_str().unwrap()).unwrap()
}

fn header(bytes: &[u8]) -> Value {
    let (length, rest) = bytes.split_at(8);
    let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
    serde_json::from_slice(&rest[..length]).unwrap()
}

/// The file with another header.
fn with_header(bytes: &[u8], header: &str) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(&bytes[8 + length..]);
    file
}

/// The file with something changed in its metadata, and no checksum.
fn with_metadata(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut header, mut meta) = (header(bytes), metadata(bytes));
    meta["checksum"] = "".into();
    change(&mut meta);
    header["__metadata__"]["transfer-nas"] = meta.to_string().into();
    with_header(bytes, &header.to_string())
}

fn refusal(bytes: &[u8]) -> LoadError {
    match Checkpoint::from_bytes(bytes) {
        Err(error) => error,
        Ok(checkpoint) => Agent::<Models>::resume(&checkpoint).expect_err("the file is bad"),
    }
}

#[test]
fn a_truncated_file_is_refused_at_every_length() {
    let bytes = trained().checkpoint().to_bytes().unwrap();
    for length in (0..bytes.len()).step_by(61).chain(bytes.len() - 9..bytes.len()) {
        assert!(matches!(refusal(&bytes[..length]), LoadError::NotSafetensors { .. }), "{length}");
    }
}

#[test]
fn hostile_files_are_refused_with_a_reason() {
    let good = trained().checkpoint().to_bytes().unwrap();
    let of = |bytes: &[u8]| refusal(bytes).to_string();
    let huge = [u64::MAX.to_le_bytes().as_slice(), b"{}"].concat();
    assert!(of(&huge).starts_with("this is not a whole safetensors file"), "{}", of(&huge));
    assert!(matches!(refusal(b"\x89PNG\r\n\x1a\n and so on and on"), LoadError::NotSafetensors { .. }));
    assert!(matches!(refusal(&with_header(&good, r#"{"__metadata__":{}}"#)[..]), LoadError::NotSafetensors { .. }));
    let text = header(&good).to_string();
    let huge_shape = text.replacen("\"shape\":[", "\"shape\":[18446744073709551615,", 1);
    assert!(matches!(refusal(&with_header(&good, &huge_shape)), LoadError::NotSafetensors { .. }));
    let dtype = text.replacen("\"dtype\":\"F32\"", "\"dtype\":\"I32\"", 1);
    let dtype = with_header(&good, &dtype);
    assert!(matches!(refusal(&dtype), LoadError::Tensor { fault: TensorFault::Dtype { .. }, .. }), "{}", of(&dtype));
    let twice = text.replacen('{', "{\"actions\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},", 1);
    assert!(of(&with_header(&good, &twice)).contains("`actions` stands twice"), "{}", of(&with_header(&good, &twice)));
    let foreign = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let foreign = [(foreign.len() as u64).to_le_bytes().as_slice(), foreign.as_bytes(), &[0; 4]].concat();
    assert!(matches!(refusal(&foreign), LoadError::NotOurs));
}

#[test]
fn a_flipped_bit_is_noticed() {
    let good = trained().checkpoint().to_bytes().unwrap();
    for place in (0..good.len()).step_by(997) {
        let mut bytes = good.clone();
        bytes[place] ^= 0x10;
        assert!(Checkpoint::from_bytes(&bytes).is_err(), "byte {place}");
    }
}

#[test]
fn impossible_metadata_is_refused_with_a_reason() {
    let good = trained().checkpoint().to_bytes().unwrap();
    assert!(Checkpoint::from_bytes(&with_metadata(&good, |_| {})).is_ok(), "a change on purpose is allowed");
    let of = |change: fn(&mut Value)| refusal(&with_metadata(&good, change)).to_string();
    let newer = of(|meta| meta["format"] = 99.into());
    assert_eq!(
        newer,
        "the checkpoint has format 99, but this version of transfer-nas reads formats up to 2; update the crate"
    );
    let twice = of(|meta| meta["states"][2]["name"] = meta["states"][1]["name"].clone());
    assert!(twice.contains("stands twice"), "{twice}");
    let weight = of(|meta| meta["pairs"][0]["baseline"][1] = 2.into());
    assert!(weight.contains("the `baseline` of ") && weight.contains("out of its range"), "{weight}");
    let setting = of(|meta| meta["settings"]["learning_rate"] = (-1.0).into());
    assert!(setting.contains("`learning_rate` is -1"), "{setting}");
    let short = of(|meta| drop(meta["states"].as_array_mut().unwrap().pop()));
    assert!(short.contains("other names"), "{short}");
    let missing = of(|meta| drop(meta.as_object_mut().unwrap().remove("rng")));
    assert!(missing.contains("missing field `rng`"), "{missing}");
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let good = with_metadata(&trained().checkpoint().to_bytes().unwrap(), |_| {});
    for garbage in [f32::NAN, f32::INFINITY] {
        let mut bytes = good.clone();
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&garbage.to_le_bytes());
        assert!(matches!(refusal(&bytes), LoadError::Tensor { fault: TensorFault::NotFinite, .. }));
    }
}

/// The numbers of a tensor, to be changed.
fn with_tensor(bytes: &[u8], name: &str, change: impl Fn(&mut f32)) -> Vec<u8> {
    let mut bytes = with_metadata(bytes, |_| {});
    let offsets = header(&bytes)[name]["data_offsets"].clone();
    let body = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let [start, end] = [0, 1].map(|i| body + offsets[i].as_u64().unwrap() as usize);
    for chunk in bytes[start..end].as_chunks_mut::<4>().0 {
        let mut number = f32::from_le_bytes(*chunk);
        change(&mut number);
        *chunk = number.to_le_bytes();
    }
    bytes
}

#[test]
fn counts_and_rewards_that_cannot_be_are_refused_by_name() {
    let good = trained().checkpoint().to_bytes().unwrap();
    let of = |change: &dyn Fn(&mut Value)| refusal(&with_metadata(&good, change)).to_string();
    for (field, value) in [
        ("samples", Value::from(u64::MAX)),
        ("samples", Value::from(u64::MAX - 1)),
        ("steps", Value::from(u32::MAX)),
        ("steps", Value::from(1u32 << 31)),
    ] {
        let said = of(&|meta| meta[field] = value.clone());
        assert!(said.contains(&format!("no agent comes to {value} `{field}`")), "{said}");
    }
    for (field, value, reason) in [
        ("drawn", Value::from(u64::MAX), "`drawn`, 18446744073709551615, is out of its range"),
        ("accepted", Value::from(u64::MAX), "more configs were `accepted`, 18446744073709551615, than `drawn`"),
        ("baseline", serde_json::json!([1e300, 0.5]), "the `baseline` of 1"),
        ("baseline", serde_json::json!([1e-3, 0.0]), "the `baseline` of 0.001 by the weight 0 is out of its range"),
        ("baseline", serde_json::json!([0.0, -0.1]), "by the weight -0.1 is out of its range"),
    ] {
        let said = of(&|meta| meta["pairs"][0][field] = value.clone());
        assert!(said.contains("of the space `Cnn` on the task `Digits`, ") && said.contains(reason), "{said}");
    }
    let raw = of(&|meta| {
        meta["settings"]["rewards"] = "raw".into();
        meta["pairs"][0]["elites"][0]["reward"] = (-1e13).into();
    });
    assert!(raw.contains("the reward of one of the `elites` is out of its range"), "{raw}");
    let twice = of(&|meta| {
        let pair = meta["pairs"][0].clone();
        meta["pairs"].as_array_mut().unwrap().push(pair);
    });
    assert!(twice.contains("the space `Cnn` on the task `Digits` stands twice"), "{twice}");
}

type Change = fn(&mut f32);

#[test]
fn weights_and_moments_that_cannot_be_are_refused_by_name() {
    let good = trained().checkpoint().to_bytes().unwrap();
    let large: [Change; 3] = [|w| *w = 1e38, |w| *w = -1e38, |w| *w = 1.1e4];
    for name in ["actions", "output.bias", "encoder.1.ff.0.2.weight", "encoder.0.norm1.gamma"] {
        for change in large {
            let error = refusal(&with_tensor(&good, name, change));
            assert!(
                matches!(&error, LoadError::Tensor { name: it, fault: TensorFault::TooLarge } if it == name),
                "{error}"
            );
        }
    }
    let negative = refusal(&with_tensor(&good, "adam.second.states", |v| *v = -*v - 1e-6));
    assert_eq!(
        negative.to_string(),
        "the tensor `adam.second.states` holds a negative number, but is a mean of squares"
    );
    for change in [(|m| *m = 1e38) as Change, |m| *m = m.signum(), |m| *m = -1e3] {
        let error = refusal(&with_tensor(&good, "adam.first.output.weight", change));
        let is_named = |name: &str| name == "adam.first.output.weight";
        assert!(matches!(&error, LoadError::Tensor { name, fault: TensorFault::Moments } if is_named(name)), "{error}");
    }
}

/// All weights at the edge of what is read: the policy is one, and what would leave the range is refused and changes nothing.
#[test]
fn an_agent_at_the_edge_stays_as_it_was() {
    let mut bytes = trained().checkpoint().to_bytes().unwrap();
    let tensors = header(&bytes);
    for name in tensors.as_object().unwrap().keys().filter(|name| !name.starts_with("adam") && *name != "__metadata__")
    {
        bytes = with_tensor(&bytes, name, |w| *w = if *w < 0.0 { -1e4 } else { 1e4 });
    }
    let checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
    for attention in ["causal", "full"] {
        let set = with_metadata(&bytes, |meta| meta["settings"]["attention"] = attention.into());
        let mut agent = Agent::<Models>::resume(&Checkpoint::from_bytes(&set).unwrap()).unwrap();
        for _ in 0..20 {
            let trial = agent.sample_any().unwrap();
            assert!(trial.log_prob().is_finite());
            let before = agent.checkpoint();
            match agent.observe_any(trial, 1.0) {
                Ok(_) => assert!(
                    Agent::<Models>::resume(&Checkpoint::from_bytes(&agent.checkpoint().to_bytes().unwrap()).unwrap())
                        .is_ok()
                ),
                Err(error) => {
                    assert_eq!((error, agent.checkpoint()), (ObserveError::Diverged, before));
                }
            }
        }
    }
    assert!(Agent::<Cnn>::transfer(&checkpoint).unwrap().0.sample::<Cnn>().unwrap().log_prob().is_finite());
}

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
