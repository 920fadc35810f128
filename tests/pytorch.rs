//! PyTorch's encoder, given a checkpoint, computes our policy: the script of docs/checkpoint.md.

#[path = "../runtime/tests/support/skip.rs"]
mod skip;

use std::process::Command;

use transfer_nas::prelude::*;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Model {
    Conv {
        #[space(choices = [1, 3, 5])]
        kernel: u8,
        #[space(len = 1..=3)]
        gates: Vec<bool>,
    },
    Dense {
        #[space(range = 1..=8)]
        units: u32,
        bias: Option<bool>,
    },
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Pair {
    first: Model,
    last: Model,
}

#[joint_space]
#[derive(Debug)]
enum Spaces {
    Pair(Pair),
    Model(Model),
}

/// Whether there is a Python that has a module.
fn has(module: &str) -> bool {
    let import = Command::new("python3").args(["-c", &format!("import {module}")]).output();
    import.is_ok_and(|output| output.status.success())
}

/// A Python that runs the script, with PyTorch, or with numpy behind the names of PyTorch.
fn python() -> Option<Command> {
    let mut python = Command::new("python3");
    if !has("torch") {
        if !has("numpy") {
            skip::skipped("no python3 with torch or numpy");
            return None;
        }
        println!("no python3 with torch: numpy takes its place");
        python.env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pytorch"));
    }
    Some(python)
}

#[test]
fn the_page_s_script_reproduces_log_probabilities() {
    let page = include_str!("../docs/checkpoint.md");
    let script = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for attention in [Attention::Causal, Attention::Full] {
        let mut agent = Agent::<Spaces>::builder().seed(3).attention(attention).learning_rate(5e-3).build().unwrap();
        for i in 0..80 {
            let trial = agent.sample_any().unwrap();
            agent.observe_any(trial, f64::from(i % 7)).unwrap();
        }
        let path = folder.path().join("agent.safetensors");
        agent.save(&path).unwrap();
        let Some(mut python) = python() else { return };
        let output = python.arg("-B").args(["-c", script]).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let found: Vec<f64> = text.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
        let pair = agent.log_prob(&agent.best::<Pair>().unwrap().config).unwrap();
        let model = agent.log_prob(&agent.best::<Model>().unwrap().config).unwrap();
        assert_eq!(found.len(), 2, "{text}");
        for (found, expected) in found.iter().zip([pair, model]) {
            assert!((found - expected).abs() < 1e-4, "{attention:?}: {found} for {expected}");
        }
    }
}
