//! What an agent takes of memory at most, on a long chain: a process of its own, since the peak is the process's.
#![cfg(target_os = "linux")]

use transfer_nas::prelude::*;

#[search_space]
#[derive(Debug)]
struct Chain {
    #[space(range = 0..=49)]
    decisions: [u8; 400],
}

/// The bound is 200 MB, for 400 decisions of fifty actions.
#[test]
fn a_long_chain_stays_small() {
    let mut agent = Agent::<Chain>::builder().seed(1).build().unwrap();
    for _ in 0..12 {
        let trial = agent.sample::<Chain>().unwrap();
        let reward = trial.config.decisions.iter().map(|&decision| f64::from(decision)).sum::<f64>() / 19_600.0;
        agent.observe(trial, reward).unwrap();
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: f64 = peak.trim().trim_end_matches(" kB").trim().parse().unwrap();
    println!("peak {:.0} MB", kilobytes / 1024.0);
    assert!(kilobytes < 200.0 * 1024.0, "{peak}");
}
