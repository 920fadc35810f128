//! A config type changes, and what was learned moves on: the story that docs/transfer.md tells.

use transfer_nas::prelude::*;

#[path = "support/training.rs"]
mod training;

use training::{Meaning, accuracy, v1, v2};

/// The trials until a reward, at most `most`.
fn trials_until(agent: &mut Agent<v2::Training>, reward: f64, most: usize) -> usize {
    for trials in 1..=most {
        let trial = agent.sample::<v2::Training>().unwrap();
        let earned = accuracy(&Meaning::from(&trial.config));
        agent.observe(trial, earned).unwrap();
        if earned >= reward - 1e-9 {
            return trials;
        }
    }
    most
}

fn searched(seed: u64, trials: usize) -> Agent<v1::Training> {
    let mut agent = Agent::<v1::Training>::builder().seed(seed).build().unwrap();
    for _ in 0..trials {
        let trial = agent.sample::<v1::Training>().unwrap();
        let earned = accuracy(&Meaning::from(&trial.config));
        agent.observe(trial, earned).unwrap();
    }
    agent
}

#[test]
fn the_report_says_exactly_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v1.safetensors");
    searched(0, 50).save(&path).unwrap();
    let (_, report) = Agent::<v2::Training>::transfer(&path).unwrap();
    let text = report.to_string();
    let page = include_str!("../docs/transfer.md");
    let shown = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(text.replace("user_story::training::v1", "v1"), shown, "{text}");
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<transfer_nas::agent::TransferReport>(&json).unwrap(), report);
}

/// Seeds 0 to 19; 500 trials of v1, its best reward to be reached by v2 within 3,000. The objective was written before any
/// agent saw it, and no setting is other than the default. Of the policy alone the median is held to one half, since one of
/// the twenty transferred agents settles elsewhere for long; with the elites first, the mean is.
#[test]
fn the_new_version_needs_at_most_half_of_the_trials() {
    let (mut fresh, mut policy, mut elites) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..20 {
        let old = searched(seed, 500);
        let best = old.best::<v1::Training>().unwrap().reward;
        let mut agent = Agent::<v2::Training>::builder().seed(seed + 100).build().unwrap();
        fresh.push(trials_until(&mut agent, best, 3000));
        let (mut agent, _) = Agent::<v2::Training>::builder().seed(seed + 100).transfer(&old).unwrap();
        let mut with_elites = agent.clone();
        policy.push(trials_until(&mut agent, best, 3000));
        assert!(with_elites.proposals_first(10) > 0);
        elites.push(trials_until(&mut with_elites, best, 3000));
    }
    let mean = |trials: &[usize]| trials.iter().sum::<usize>() as f64 / trials.len() as f64;
    let median = |trials: &[usize]| {
        let mut sorted = trials.to_vec();
        sorted.sort_unstable();
        (sorted[9] + sorted[10]) as f64 / 2.0
    };
    for (name, trials) in [("fresh", &fresh), ("policy", &policy), ("elites first", &elites)] {
        println!("{name}: mean {:.1}, median {:.1}, {trials:?}", mean(trials), median(trials));
    }
    assert!(2.0 * median(&policy) <= median(&fresh), "fresh {fresh:?}, transferred {policy:?}");
    assert!(2.0 * mean(&elites) <= mean(&fresh), "fresh {fresh:?}, elites first {elites:?}");
}
