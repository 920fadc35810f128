//! Any bytes make a checkpoint or an error, and any checkpoint makes an agent or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use transfer_nas::checkpoint::Checkpoint;
use transfer_nas::prelude::*;

#[search_space]
struct Dense {
    #[space(choices = [16, 32])]
    units: u32,
    bias: bool,
}

#[search_space]
struct Net {
    #[space(len = 1..=3)]
    layers: Vec<Dense>,
    residual: bool,
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(checkpoint) = Checkpoint::from_bytes(bytes) {
        let _ = Agent::<Net>::resume(&checkpoint);
        if let Ok((mut agent, report)) = Agent::<Dense>::transfer(&checkpoint) {
            let _ = report.to_string();
            agent.proposals_first(3);
            let _ = agent.sample::<Dense>();
        }
    }
});
