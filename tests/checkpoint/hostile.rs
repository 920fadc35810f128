//! No file breaks the reader: what no agent could have written is refused, with a reason.

use super::metadata::*;
use super::*;

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
